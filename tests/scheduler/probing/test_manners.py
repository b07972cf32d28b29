"""How politely probes ask: robots.txt, delays between requests, and time that a host asks for."""

import asyncio

import httpx
import pytest

from crawler.sources.declaration import Source
from scheduler.probing.manners import Manners
from scheduler.probing.probes import (
    ProbeOutcome,
    Prober,
)
from tests.scheduler.probing.answering import (
    NOON,
    SOURCE,
    Answer,
    client_for,
    listing,
    probe,
)


def test_robots_txt_is_obeyed() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, text="User-agent: *\nDisallow: /list/\n")

    refusal = probe(answer).refusal
    assert refusal is not None
    assert refusal.refusal_class.value == "forbidden"
    assert asked == ["/robots.txt"]


def robots(*answers: httpx.Response) -> tuple[Answer, list[str]]:
    """A host whose robots.txt answers so, one after the other, and what was asked of it."""
    asked: list[str] = []
    left = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if "robots" in request.url.path:
            return left.pop(0)
        return httpx.Response(200, html=listing(range(8)))

    return answer, asked


def redirect(target: str) -> httpx.Response:
    return httpx.Response(301, headers={"Location": target})


FORBIDS = httpx.Response(200, text="User-agent: *\nDisallow: /list/\n")


@pytest.mark.parametrize("status", [404, 403, 429])
def test_a_robots_txt_of_4xx_forbids_nothing(status: int) -> None:
    answer, asked = robots(httpx.Response(status, text="User-agent: *\nDisallow: /\n"))
    assert probe(answer).refusal is None
    assert asked == ["/robots.txt", "/list/"]


@pytest.mark.parametrize(("status", "name"), [(500, "http_error"), (503, "http_error")])
def test_a_robots_txt_of_5xx_forbids_everything_until_it_answers(status: int, name: str) -> None:
    answer, asked = robots(httpx.Response(status))
    refusal = probe(answer).refusal
    assert refusal is not None
    assert refusal.refusal_class.value == name
    assert refusal.detail.startswith(f"robots.txt answers {status}: nothing is asked for")
    assert asked == ["/robots.txt"]


def test_a_robots_txt_that_cannot_be_reached_forbids_everything() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        raise httpx.ConnectError("refused")

    refusal = probe(answer).refusal
    assert refusal is not None
    assert refusal.refusal_class.value == "network"
    assert refusal.detail.startswith("robots.txt cannot be had (ConnectError)")
    assert asked == ["/robots.txt"]


def test_five_redirects_of_robots_txt_are_followed_and_a_sixth_forbids_nothing() -> None:
    chain = [redirect(f"/robots{n}.txt") for n in range(5)]
    refusal = probe(robots(*chain, FORBIDS)[0]).refusal
    assert refusal is not None
    assert refusal.refusal_class.value == "forbidden"
    assert probe(robots(*chain, redirect("/robots9.txt"))[0]).refusal is None


def test_a_robots_txt_is_not_followed_off_the_declared_hosts() -> None:
    answer, asked = robots(redirect("http://other.example/robots.txt"), FORBIDS)
    assert probe(answer).refusal is None
    assert asked == ["/robots.txt", "/list/"]


def test_a_silent_robots_txt_is_asked_for_again_when_its_time_has_passed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer, asked = robots(httpx.Response(503), httpx.Response(404))

    async def ask() -> list[str | None]:
        async with client_for(answer) as client:
            prober = Prober(client, Manners("cppcc-monitor/0.1", 0.0), now=lambda: NOON)
            outcomes = [await prober.probe(SOURCE, {}) for _ in range(2)]
            monkeypatch.setattr("scheduler.probing.manners.SILENCE_KEPT_SECONDS", 0.0)
            outcomes.append(await prober.probe(SOURCE, {}))
        refusals = [outcome.refusal for outcome in outcomes]
        return [None if one is None else one.refusal_class.value for one in refusals]

    assert asyncio.run(ask()) == ["http_error", "http_error", None]
    assert asked == ["/robots.txt", "/robots.txt", "/list/"]


def test_a_delay_is_kept_between_two_requests_of_a_host() -> None:
    moments: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/robots.txt":
            return httpx.Response(200, text="User-agent: *\nCrawl-delay: 9\n")
        moments.append(asyncio.get_running_loop().time())
        return httpx.Response(200, html=listing(range(8)))

    lists = ["http://www.a.example/list/", "http://www.a.example/other/"]
    options = SOURCE.options.model_copy(update={"urls": tuple(lists)})
    two = SOURCE.model_copy(update={"options": options})

    async def ask() -> None:
        async with client_for(answer) as client:
            manners = Manners("cppcc-monitor/0.1", 0.2)  # caps the nine seconds
            await Prober(client, manners, now=lambda: NOON).probe(two, {})

    asyncio.run(ask())
    assert len(moments) == 2
    assert moments[1] - moments[0] >= 0.2


def test_sources_that_wait_for_their_host_keep_no_other_from_asking() -> None:
    order: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/robots.txt":
            return httpx.Response(404)
        order.append(request.url.host)
        return httpx.Response(200, html=listing(range(8)))

    def at(host: str, delay: float) -> Source:
        lists = SOURCE.options.model_copy(update={"urls": (f"http://{host}/list/",)})
        polite = SOURCE.politeness.model_copy(update={"delay_seconds": delay})
        return SOURCE.model_copy(update={"options": lists, "politeness": polite})

    async def ask() -> None:
        async with client_for(answer) as client:
            prober = Prober(client, Manners("cppcc-monitor/0.1"), now=lambda: NOON, at_once=1)
            slow = [at("slow.a.example", 0.2)] * 3
            sources = [*slow, at("quick.a.example", 0)]
            await asyncio.gather(*(prober.probe(source, {}) for source in sources))

    asyncio.run(ask())
    assert order.index("quick.a.example") <= 1


def test_a_host_that_asks_for_time_is_left_alone_for_it() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if request.url.path == "/robots.txt":
            return httpx.Response(404)
        return httpx.Response(429, headers={"Retry-After": "7200"})

    async def ask() -> list[ProbeOutcome]:
        async with client_for(answer) as client:
            prober = Prober(client, Manners("cppcc-monitor/0.1", 0.0), now=lambda: NOON)
            return [await prober.probe(SOURCE, {}) for _ in range(3)]

    outcomes = asyncio.run(ask())
    assert asked == ["/robots.txt", "/list/"]
    assert all(one.refusal is not None for one in outcomes)
    assert "left alone" in str(outcomes[2].refusal)

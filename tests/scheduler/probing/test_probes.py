"""Probes: what counts as a change, what as a refusal, and how politely they ask."""

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import brotli
import httpx
import pytest
import zstandard

from crawler.sources.declaration import Source
from scheduler.probing.manners import Manners
from scheduler.probing.probes import (
    FULL_EVERY,
    NO_ISSUE,
    ProbeOutcome,
    Prober,
    validator,
)
from scheduler.probing.request import probing_client
from storage.records import SHANGHAI, RefusalClass
from storage.runs.watches import ProbePage

NOON = datetime(2027, 1, 12, 12, tzinfo=SHANGHAI)
URL = "http://www.a.example/list/"
Answer = Callable[[httpx.Request], httpx.Response]

SOURCE = Source.model_validate(
    {
        "id": "a",
        "name": "甲政协网",
        "region": "云南",
        "kind": "committee_site",
        "family": "listing",
        "homepage": "http://www.a.example/",
        "hosts": ["a.example"],
        "article_pattern": r"/t\d+\.html",
        "politeness": {"delay_seconds": 0, "max_bytes": 20000},
        "listing": {"urls": [URL]},
        "expect": {"min_articles": 1, "max_days_silent": 9},
    }
)
PAPER = Source.model_validate(
    {
        "id": "b",
        "name": "乙日报",
        "region": "云南",
        "kind": "daily_epaper",
        "family": "epaper",
        "homepage": "http://b.example/",
        "hosts": ["b.example"],
        "politeness": {"delay_seconds": 0},
        "epaper": {"issue_url": "http://b.example/{YYYY}-{MM}/{DD}/node_1.htm"},
        "expect": {"min_articles": 1, "max_days_silent": 9},
    }
)
JSON_PAPER = Source.model_validate(
    {
        "id": "c",
        "name": "丙日报",
        "region": "广西",
        "kind": "daily_epaper",
        "family": "json",
        "homepage": "http://c.example/",
        "hosts": ["c.example"],
        "politeness": {"delay_seconds": 0},
        "json": {
            "issue_url": "http://c.example/api?date={YYYY}-{MM}-{DD}",
            "pages": "pages[].code",
            "page_url": "http://c.example/api?date={YYYY}-{MM}-{DD}&code={page}",
            "page_code": "code",
            "article_url": "http://c.example/{YYYY}{MM}{DD}/{page}/{number}.html",
            "issue_date": "date",
            "items": "items",
            "fields": {"title": "title", "kicker": "kicker", "body": "body", "number": "id"},
        },
        "expect": {"min_articles": 1, "max_days_silent": 9},
    }
)
ITEM = {"id": 7, "title": "省政协召开专题协商会", "kicker": "", "body": "<p>…</p>", "reads": 1}
ISSUE: dict[str, object] = {
    "date": "2027-01-12",
    "code": "001",
    "pages": [{"code": "001"}],
    "items": [ITEM],
}


class Streamed(httpx.AsyncByteStream):
    """A body that comes over the wire, as a real transport gives it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body


def client_for(answer: Answer) -> httpx.AsyncClient:
    """A probe's own client; the bodies of its answers are still to be read."""

    def handle(request: httpx.Request) -> httpx.Response:
        made = answer(request)
        return httpx.Response(
            made.status_code, headers=made.headers.raw, stream=Streamed(made.content)
        )

    return probing_client("cppcc-monitor/0.1", connections=8, transport=httpx.MockTransport(handle))


def listing(numbers: range, reads: int = 1) -> str:
    items = "".join(
        f'<li><a href="/t20270112{n:02}.html">省政协召开第{n}次专题协商会议并听取情况通报</a>'
        f"<span>2027-01-12</span></li>"
        for n in numbers
    )
    return (
        f"<html><head><title>政协要闻</title></head><body><h1>政协要闻</h1><ul>{items}</ul>"
        f"<p>访问 {reads} 次</p></body></html>"
    )


def probe(
    answer: Answer, known: Mapping[str, ProbePage] | None = None, source: Source = SOURCE
) -> ProbeOutcome:
    async def ask() -> ProbeOutcome:
        async with client_for(answer) as client:
            prober = Prober(client, Manners("cppcc-monitor/0.1", 0.0), now=lambda: NOON)
            return await prober.probe(source, known or {})

    return asyncio.run(ask())


def page(html: str, **headers: str) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/robots.txt":
            return httpx.Response(404)
        return httpx.Response(200, html=html, headers=headers)

    return answer


def status(code: int, location: str | None = None) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/robots.txt":
            return httpx.Response(404)
        return httpx.Response(code, headers={"Location": location} if location else {})

    return answer


def known_from(outcome: ProbeOutcome) -> dict[str, ProbePage]:
    return {one.url: one for one in outcome.pages}


def test_a_read_counter_is_no_change_and_a_new_link_is() -> None:
    first = probe(page(listing(range(8))))
    assert first.changed
    again = probe(page(listing(range(8), reads=99)), known_from(first))
    assert not again.changed
    assert again.refusal is None
    more = probe(page(listing(range(9))), known_from(first))
    assert more.changed


def test_validators_are_sent_and_304_is_believed_for_a_while() -> None:
    seen: list[httpx.Headers] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/robots.txt":
            return httpx.Response(404)
        seen.append(request.headers)
        if "If-None-Match" in request.headers:
            return httpx.Response(304)
        html = listing(range(8 if len(seen) == 1 else 9))
        return httpx.Response(200, html=html, headers={"ETag": '"1"'})

    outcome = probe(answer)
    changes = []
    for _ in range(FULL_EVERY):
        outcome = probe(answer, known_from(outcome))
        changes.append(outcome.changed)
    assert changes == [False] * (FULL_EVERY - 1) + [True], "a lying validator is found out"
    assert [("If-None-Match" in headers) for headers in seen] == [
        False, *[True] * (FULL_EVERY - 1), False,
    ]  # fmt: skip


def drop(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/robots.txt":
        return httpx.Response(404)
    raise httpx.ConnectTimeout("too slow")


@pytest.mark.parametrize(
    ("answer", "refusal_class"),
    [
        (status(503), "http_error"),
        (status(404), "gone"),
        (status(403), "blocked"),
        (status(412), "blocked"),
        (status(302, "http://www.a.example/"), "redirected"),
        (status(302, "/list/"), "moved"),
        (status(301, "http://other.example/list/"), "offsite"),
        (drop, "network"),
        (page("x" * 30000), "too_large"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_class(answer: Answer, refusal_class: str) -> None:
    refusal = probe(answer).refusal
    assert refusal is not None
    assert refusal.refusal_class.value == refusal_class
    assert refusal.url == URL


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


def test_a_paper_that_is_not_out_yet_is_no_failure() -> None:
    assert PAPER.options.probe_urls(NOON.date()) == ("http://b.example/2027-01/12/node_1.htm",)
    missing = probe(status(404), source=PAPER)
    assert missing.refusal is None
    assert not missing.changed
    assert missing.pages[0].links_sha256 == NO_ISSUE


def issue(**changed: object) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/robots.txt":
            return httpx.Response(404)
        return httpx.Response(200, content=json.dumps(ISSUE | changed))

    return answer


@pytest.mark.parametrize(
    ("changed", "news"),
    [
        ({}, False),
        ({"items": [ITEM | {"reads": 99}]}, False),
        ({"items": [ITEM | {"body": "<p>同题异文</p>"}]}, False),
        ({"items": [ITEM | {"title": "省政协召开专题协商会（更正）"}]}, True),
        ({"items": [ITEM | {"title": "\ud83d"}]}, True),
        ({"items": [ITEM | {"kicker": "引题"}]}, True),
        ({"items": [ITEM | {"id": 8}]}, True),
        ({"items": [ITEM, ITEM | {"id": 8}]}, True),
        ({"pages": [{"code": "001"}, {"code": "002"}]}, True),
    ],
)
def test_what_is_news_in_a_json_issue(changed: dict[str, object], news: bool) -> None:
    known = known_from(probe(issue(), source=JSON_PAPER))
    outcome = probe(issue(**changed), known, JSON_PAPER)
    assert outcome.refusal is None
    assert outcome.changed is news


@pytest.mark.parametrize("stated", ["", None, "2027-01-11"])
def test_a_json_issue_of_another_day_or_none_is_not_out_yet(stated: str | None) -> None:
    outcome = probe(issue(date=stated, items=None), source=JSON_PAPER)
    assert outcome.refusal is None
    assert not outcome.changed
    assert outcome.pages[0].links_sha256 == NO_ISSUE
    assert probe(issue(), known_from(outcome), JSON_PAPER).changed


def test_a_json_issue_without_its_list_is_refused() -> None:
    refusal = probe(issue(items=None), source=JSON_PAPER).refusal
    assert refusal is not None
    assert refusal.refusal_class.value == "layout_changed"
    assert "items finds no list" in refusal.detail


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


def test_the_unchanged_count_grows_with_each_304() -> None:
    first = probe(page(listing(range(8)), ETag='"1"'))
    kept = replace(first.pages[0], probed_at=NOON - timedelta(hours=1))
    outcome = probe(status(304), {URL: kept})
    assert outcome.pages[0].unchanged_count == 1
    assert outcome.pages[0].probed_at == NOON


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


@pytest.mark.parametrize(
    "odd", ['"一"', "a" * 300, '"x\x00"', '"\x7f"'], ids=["han", "long", "nul", "delete"]
)
def test_an_odd_validator_is_not_kept(odd: str) -> None:
    assert validator(odd) is None
    assert validator('W/"5f-1"') == 'W/"5f-1"'


def test_no_cookie_is_kept() -> None:
    cookies: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        cookies.append(request.headers.get("Cookie"))
        sent = {"Set-Cookie": "session=1; Path=/"}
        return httpx.Response(200, html=listing(range(8)), headers=sent)

    async def ask() -> None:
        async with client_for(answer) as client:
            prober = Prober(client, Manners("cppcc-monitor/0.1", 0.0), now=lambda: NOON)
            for _ in range(3):
                await prober.probe(SOURCE, {})

    asyncio.run(ask())
    assert set(cookies) == {None}


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip", "deflate"])
def test_a_bomb_is_too_large_and_never_unpacked(coding: str) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/robots.txt":
            return httpx.Response(404, stream=Streamed(b""))
        bomb = BOMBS[coding]
        return httpx.Response(200, headers={"Content-Encoding": coding}, stream=Streamed(bomb))

    async def ask() -> ProbeOutcome:
        client = probing_client(
            "cppcc-monitor/0.1", connections=8, transport=httpx.MockTransport(handle)
        )
        async with client:
            prober = Prober(client, Manners("cppcc-monitor/0.1", 0.0), now=lambda: NOON)
            return await prober.probe(SOURCE, {})

    outcome = asyncio.run(ask())
    assert outcome.refusal is not None
    assert outcome.refusal.refusal_class is RefusalClass.TOO_LARGE


ZEROS = bytes(4_000_000)
BOMBS = {
    "br": brotli.compress(ZEROS),
    "zstd": zstandard.ZstdCompressor().compress(ZEROS),
    "gzip": gzip.compress(ZEROS),
    "deflate": zlib.compress(ZEROS),
}

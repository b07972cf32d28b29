"""Probes of lists: what counts as a change, and what as a refusal."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from scheduler.probing.probes import (
    FULL_EVERY,
    validator,
)
from tests.scheduler.probing.answering import (
    NOON,
    URL,
    Answer,
    known_from,
    listing,
    page,
    probe,
    status,
)


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


def test_the_unchanged_count_grows_with_each_304() -> None:
    first = probe(page(listing(range(8)), ETag='"1"'))
    kept = replace(first.pages[0], probed_at=NOON - timedelta(hours=1))
    outcome = probe(status(304), {URL: kept})
    assert outcome.pages[0].unchanged_count == 1
    assert outcome.pages[0].probed_at == NOON


@pytest.mark.parametrize(
    "odd", ['"一"', "a" * 300, '"x\x00"', '"\x7f"'], ids=["han", "long", "nul", "delete"]
)
def test_an_odd_validator_is_not_kept(odd: str) -> None:
    assert validator(odd) is None
    assert validator('W/"5f-1"') == 'W/"5f-1"'

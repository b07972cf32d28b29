"""A source whose host answers as a test says, and a probe of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime

import httpx

from crawler.sources.declaration import Source
from scheduler.probing.manners import Manners
from scheduler.probing.probes import (
    ProbeOutcome,
    Prober,
)
from scheduler.probing.request import probing_client
from storage.records import SHANGHAI
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

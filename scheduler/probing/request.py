"""One HTTP request of a probe: its redirect not followed, its answer read and bounded.

A client's time-out bounds each read; a host that drips a byte at a time would hold a probe for
days.  So one deadline bounds the whole answer, and its body is bounded as it comes over the wire
and again while it is unpacked.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from crawler.errors import BodyRefusedError
from crawler.fetching.unpacking import unpacked
from crawler.sources.declaration import Politeness
from storage.records import RefusalClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; ``location`` where it is a redirect, whose body is not read."""

    status: int
    headers: httpx.Headers
    charset: str | None
    location: str | None = None
    body: bytes = b""


def probing_client(
    user_agent: str, *, connections: int, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """A client with the manners of a crawl: no cookie kept, no redirect followed."""
    return httpx.AsyncClient(
        headers={
            "User-Agent": user_agent,
            "Accept-Language": "zh-CN,zh;q=0.9",
            "Accept-Encoding": "gzip, deflate",
        },
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        limits=httpx.Limits(max_connections=connections, keepalive_expiry=15.0),
        follow_redirects=False,
        transport=transport,
    )


async def ask(
    client: httpx.AsyncClient,
    url: str,
    politeness: Politeness,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """GET ``url`` within the source's time and size.

    :raises httpx.HTTPError: when there is no whole answer within ``timeout_seconds``.
    :raises BodyRefusedError: when the body is over the bound or cannot be unpacked.
    """
    seconds = politeness.timeout_seconds
    try:
        async with asyncio.timeout(seconds):
            return await _ask(client, url, politeness, headers or {})
    except TimeoutError as error:
        raise httpx.ReadTimeout(f"no whole answer within {seconds:g} s") from error


async def _ask(
    client: httpx.AsyncClient, url: str, politeness: Politeness, headers: Mapping[str, str]
) -> Answer:
    agent = politeness.agent(client.headers["User-Agent"])
    request = client.stream(
        "GET",
        url,
        headers={**headers, "User-Agent": agent},
        timeout=politeness.timeout_seconds,
    )
    async with request as answer:
        location = answer.headers["Location"] if answer.has_redirect_location else None
        return Answer(
            status=answer.status_code,
            headers=answer.headers,
            charset=answer.charset_encoding,
            location=location,
            body=b"" if location else await _body(answer, politeness.max_bytes),
        )


async def _body(answer: httpx.Response, most: int) -> bytes:
    taken = bytearray()
    async for chunk in answer.aiter_raw():
        taken += chunk
        if len(taken) > most:
            raise BodyRefusedError(RefusalClass.TOO_LARGE, f"over {most} bytes")
    return unpacked(bytes(taken), answer.headers.get("Content-Encoding", ""), limit=most)

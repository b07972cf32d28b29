"""A probe's own client: it keeps no cookie and unpacks no bomb."""

import asyncio
import gzip
import zlib

import brotli
import httpx
import pytest
import zstandard

from scheduler.probing.manners import Manners
from scheduler.probing.probes import (
    ProbeOutcome,
    Prober,
)
from scheduler.probing.request import probing_client
from storage.records import RefusalClass
from tests.scheduler.probing.answering import (
    NOON,
    SOURCE,
    Streamed,
    client_for,
    listing,
)


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

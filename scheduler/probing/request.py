"""One HTTP request of a probe: its redirect not followed, its answer read and bounded."""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from crawler.sources.declaration import Politeness


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; ``location`` where it is a redirect, whose body is not read."""

    status: int
    headers: httpx.Headers
    charset: str | None
    location: str | None = None
    body: bytes = b""


class TooLargeError(Exception):
    """An answer is larger than the source's bound."""


async def ask(
    client: httpx.AsyncClient,
    url: str,
    politeness: Politeness,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """GET ``url`` within the source's time and size.

    :raises httpx.HTTPError: when there is no answer.
    :raises TooLargeError: when it is over the bound.
    """
    request = client.stream(
        "GET", url, headers=dict(headers or {}), timeout=politeness.timeout_seconds
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
    async for chunk in answer.aiter_bytes():
        taken += chunk
        if len(taken) > most:
            raise TooLargeError(f"over {most} bytes")
    return bytes(taken)

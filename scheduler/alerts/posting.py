"""One POST to a messenger: bounded in time as a whole and in size, its answer read.

A time-out of a client bounds each read, so a receiver that answers a byte a second holds its
sender for ever; here one deadline bounds connecting, header and body together.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

DEADLINE_SECONDS = 15.0
MOST_BYTES = 64 * 1024
"""More of an answer is not read: a robot's answer is a line of JSON."""


class ChannelError(Exception):
    """A channel did not take a message, or its URL is none; the words hold no secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a receiver answered; ``body`` is cut at ``MOST_BYTES``."""

    status: int
    body: bytes


def post(
    url: str,
    body: str,
    headers: Mapping[str, str],
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Reply:
    """POST ``body`` as JSON from a thread without an event loop.

    :raises ChannelError: when there is no whole answer within the deadline; names no address.
    """
    try:
        return asyncio.run(_post(url, body, headers, transport, deadline_seconds))
    except TimeoutError:
        raise ChannelError(f"no whole answer within {deadline_seconds:g} s") from None
    except httpx.HTTPError as error:
        raise ChannelError(f"no answer ({type(error).__name__})") from None


async def _post(
    url: str,
    body: str,
    headers: Mapping[str, str],
    transport: httpx.AsyncBaseTransport | None,
    deadline_seconds: float,
) -> Reply:
    # Packed answers are not asked for: what unpacks without bound is not worth a robot's line.
    sent = {"Content-Type": "application/json", "Accept-Encoding": "identity", **headers}
    async with (
        asyncio.timeout(deadline_seconds),
        httpx.AsyncClient(transport=transport, timeout=deadline_seconds) as client,
        client.stream("POST", url, content=body.encode("utf-8"), headers=sent) as answer,
    ):
        if answer.headers.get("Content-Encoding", "identity") != "identity":
            raise ChannelError(f"status {answer.status_code}, its answer packed unasked")
        taken = bytearray()
        async for chunk in answer.aiter_bytes():
            taken += chunk
            if len(taken) >= MOST_BYTES:
                break
        return Reply(status=answer.status_code, body=bytes(taken[:MOST_BYTES]))

"""What is asked of every request before a page sees it, and what is said with every answer.

- Who asks from this machine (peer and Host are loopback, and nothing forwarded it) is local.
  The Host check keeps a page on the internet, whose name was pointed at 127.0.0.1, out.
- Anybody else is refused until a user exists, and then has to log in.
- A write is a POST from a page of ours: Sec-Fetch-Site or Origin say so, the form has its token.
- A body is small and comes in time; an answer that nobody reads is given up.

Plain ASGI: nothing here buffers an answer.
"""

import asyncio
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scheduler.console.errors import RefusedError

MAX_BODY_BYTES = 64 * 1024
BODY_SECONDS = 10.0
"""For a whole body; a form of ours has some hundred bytes."""
SEND_SECONDS = 30.0
"""For one piece of an answer to be taken by its reader."""
MAX_TARGET = 4096

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer a form's Origin would be null
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
FORWARDING = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
              "x-real-ip", "via")  # fmt: skip
READS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request goes no further; ``code`` names it in the catalogues."""

    status: int
    code: str


@dataclass(frozen=True, slots=True)
class Door:
    """How this console is reached: names it answers to besides loopback, trusted proxies."""

    hosts: frozenset[str] = frozenset()
    proxies: frozenset[str] = frozenset()


def host_name(host: str) -> str | None:
    """The name in a Host header, in lower case, without its port; None for a malformed one."""
    try:
        parts = urlsplit(f"//{host}")
        port = parts.port  # ValueError for a port that is none
    except ValueError:
        return None
    if parts.username is not None or parts.path or parts.query or parts.fragment or not host:
        return None
    name = (parts.hostname or "").lower()
    del port
    return f"[{name}]" if ":" in name else name


def is_local(scope: Scope, headers: Headers) -> bool:
    """Whether a request comes from this machine, by itself.

    A proxy on this machine is a loopback peer too, and some send on the Host of their target
    and no header of their own: HTTP/1.0, which such a proxy speaks and no browser does, is
    not local either.
    """
    peer = scope.get("client")
    if not peer or not _is_loopback(peer[0]) or scope.get("http_version") == "1.0":
        return False
    if any(name in headers for name in FORWARDING):
        return False
    return host_name(headers.get("host", "")) in LOOPBACK_NAMES


def host_refusal(headers: Headers, door: Door, *, local: bool) -> Refusal | None:
    """Whether the Host is one of ours.

    An address instead of a name can be no rebound name; other names have to be declared.
    """
    if local:
        return None
    names = headers.getlist("host")
    name = host_name(names[0]) if len(names) == 1 else None
    if name is None:
        return Refusal(400, "bad_host")
    if name in door.hosts or (_is_address(name) and name not in LOOPBACK_NAMES):
        return None
    return Refusal(421, "foreign_host")


def origin_refusal(method: str, headers: Headers, scheme: str) -> Refusal | None:
    """Whether a write comes from a page of ours: both what the browser says must agree."""
    if method in READS or _is_bearer(headers):
        return None
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is None and origin is None:
        return Refusal(403, "no_origin")
    if site is not None and site != "same-origin":
        return Refusal(403, "foreign_origin")
    if origin is not None and origin.lower() != f"{scheme}://{headers.get('host', '')}".lower():
        return Refusal(403, "foreign_origin")
    return None


def _is_bearer(headers: Headers) -> bool:
    """A token in a header is sent by programs only: no browser adds it by itself."""
    return headers.get("authorization", "").lower().startswith("bearer ")


class Gate:
    """Refuses what may not come in, and sets every answer's headers."""

    def __init__(self, app: ASGIApp, *, door: Door, refuse: ASGIApp) -> None:
        self._app = app
        self._door = door
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; other kinds than http go on as they are."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        local = is_local(scope, headers)
        state = scope.setdefault("state", {})
        state["local"] = local
        refusal = self._refusal(scope, headers, local=local)
        sent = _Answer(send)
        if refusal is not None:
            state["refusal"] = refusal
            await self._refuse(scope, receive, sent)
            return
        # A form sends its empty fields too: a filter that is not set is none.
        fields = scope["query_string"].split(b"&")
        kept = b"&".join(field for field in fields if field.partition(b"=")[2])
        await self._app({**scope, "query_string": kept}, _Body(receive, sent), sent)

    def _refusal(self, scope: Scope, headers: Headers, *, local: bool) -> Refusal | None:
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_TARGET:
            return Refusal(414, "long_address")
        declared = headers.get("content-length", "")
        if declared and (not declared.isdecimal() or int(declared) > MAX_BODY_BYTES):
            return Refusal(413, "large_body")
        return host_refusal(headers, self._door, local=local) or origin_refusal(
            scope["method"], headers, scope["scheme"]
        )


class _Body:
    """A request's body, bounded in bytes and time; afterwards it waits for the end as before."""

    def __init__(self, receive: Receive, answer: "_Answer") -> None:
        self._receive = receive
        self._answer = answer
        self._end = asyncio.get_running_loop().time() + BODY_SECONDS
        self._size = 0
        self._whole = False

    async def __call__(self) -> Message:
        if self._whole or self._answer.begun:
            return await self._receive()  # only a disconnect can come now
        try:
            async with asyncio.timeout_at(self._end):
                message = await self._receive()
        except TimeoutError:
            raise RefusedError(408, "slow_body") from None
        self._size += len(message.get("body", b""))
        if self._size > MAX_BODY_BYTES:
            raise RefusedError(413, "large_body")
        self._whole = not message.get("more_body", False)
        return message


class _Answer:
    """An answer with the headers of all; given up when its reader takes nothing."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        async with asyncio.timeout(SEND_SECONDS):
            await self._send(message)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def is_loopback_host(host: str) -> bool:
    """Whether an address to listen on is reached from this machine only."""
    return host == "localhost" or _is_loopback(host)


def names_of(words: str) -> frozenset[str]:
    """Names separated by spaces or commas, in lower case."""
    return frozenset(words.replace(",", " ").lower().split())


def trusted(proxies: Sequence[str] | frozenset[str]) -> list[str]:
    """The proxies whose X-Forwarded-* are believed, as uvicorn takes them."""
    return sorted(proxies)

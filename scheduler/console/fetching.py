"""One page of an address that a person types: from the public internet only, small and soon.

The name is resolved here, every address that it has must be public, and the connection goes to
the very address that was checked: nothing is resolved twice, so a name cannot become another
one in between.  Each redirect is a new address and is checked in the same way.  No proxy of
the environment is used: behind one, nobody could say where a connection leads.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpcore

from crawler.config import MAX_BYTES, MAX_REDIRECTS
from scheduler.console.errors import InputError

PORTS = {"http": 80, "https": 443}
WHOLE_SECONDS = 20.0
MOST_URL = 2000
REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as it arrived; ``url`` is the last one of its redirects."""

    url: str
    status: int
    body: bytes


def fetch_public(url: str, *, user_agent: str) -> Fetched:
    """Ask once for ``url`` and follow its redirects.

    :raises InputError: with ``bad_address`` for another scheme or port, ``private_address``
        for a host that is not public, ``no_answer``, ``too_large``, ``too_many_redirects``.
    """
    end = time.monotonic() + WHOLE_SECONDS
    with httpcore.ConnectionPool(
        ssl_context=ssl.create_default_context(),
        network_backend=PublicOnly(end),
        max_connections=1,
        retries=0,
    ) as pool:
        for _ in range(MAX_REDIRECTS + 1):
            checked_url(url)
            try:
                answer, body = _ask(pool, url, user_agent, end)
            except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException,
                    httpcore.UnsupportedProtocol, ssl.SSLError) as error:  # fmt: skip
                raise InputError("no_answer", "url") from error
            location = _header(answer, b"location")
            if answer.status not in REDIRECTS or not location:
                return Fetched(url, answer.status, body)
            url = urljoin(url, location)
    raise InputError("too_many_redirects", "url")


def checked_url(url: str) -> None:
    """See that an address is one that may be asked.

    :raises InputError: for another scheme, another port, a login in it, or none at all.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna")
    except (ValueError, UnicodeError) as error:
        raise InputError("bad_address", "url") from error
    wanted = PORTS.get(parts.scheme)
    plain = url.isascii() and not any(ord(sign) <= 32 or ord(sign) == 127 for sign in url)
    if wanted is None or port not in (None, wanted) or not host or len(url) > MOST_URL:
        raise InputError("bad_address", "url")
    if parts.username is not None or parts.password is not None or not plain:
        raise InputError("bad_address", "url")


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet, also what an IPv6 one carries inside."""
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inside = found.ipv4_mapped or found.sixtofour or (found.teredo and found.teredo[1])
        if found in ipaddress.ip_network("64:ff9b::/96"):  # NAT64
            inside = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inside and not is_public(str(inside)):
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


class PublicOnly(httpcore.NetworkBackend):
    """Connects to public addresses on port 80 and 443, until a moment of ``time.monotonic``."""

    def __init__(self, end: float) -> None:
        self._end = end
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to an address of ``host`` that was checked.

        :raises InputError: when one of its addresses is not public.
        """
        if port not in PORTS.values():
            raise InputError("bad_address", "url")
        address = public_address_of(host, port)
        stream = self._inner.connect_tcp(address, port, self._left(), None, socket_options)
        return _InTime(stream, self._end)

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Never."""
        raise InputError("bad_address", "url")

    def _left(self) -> float:
        return max(0.01, self._end - time.monotonic())


def public_address_of(host: str, port: int) -> str:
    """An address of a host, all of whose addresses are public.

    :raises InputError: when one of them is not, or it has none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise InputError("no_answer", "url") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(is_public(address) for address in addresses):
        raise InputError("private_address", "url")
    return addresses[0]


class _InTime(httpcore.NetworkStream):
    """A connection that ends with the time of the whole page, however it drips."""

    def __init__(self, inner: httpcore.NetworkStream, end: float) -> None:
        self._inner = inner
        self._end = end

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _InTime(self._inner.start_tls(ssl_context, server_hostname, self._left()), self._end)

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)

    def _left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time of the page is over")
        return left


def _ask(
    pool: httpcore.ConnectionPool, url: str, user_agent: str, end: float
) -> tuple[httpcore.Response, bytes]:
    headers: dict[bytes | str, bytes | str] = {
        "Host": urlsplit(url).netloc,
        "User-Agent": user_agent,
        "Accept": "text/html,application/xhtml+xml",
        "Accept-Encoding": "identity",  # what is not packed cannot be a bomb
    }
    left = max(0.01, end - time.monotonic())
    limits = {"connect": left, "read": left, "write": left, "pool": left}
    with pool.stream("GET", url, headers=headers, extensions={"timeout": limits}) as answer:
        if (_header(answer, b"content-encoding") or "identity").lower() != "identity":
            raise InputError("no_answer", "url")
        body = bytearray()
        for piece in answer.iter_stream():
            body += piece
            if len(body) > MAX_BYTES:
                raise InputError("too_large", "url")
    return answer, bytes(body)


def _header(answer: httpcore.Response, name: bytes) -> str | None:
    found = [value for key, value in answer.headers if key.lower() == name]
    return found[0].decode("latin-1") if found else None

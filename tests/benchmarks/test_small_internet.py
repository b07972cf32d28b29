"""How fast the small internet answers: it must never be what a crawl benchmark measures."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from fixtures.server import SmallInternetProcess

PAGE = "http://yn.yunnan.cn/sz/index.shtml"
CONNECTIONS = 2
REQUESTS = 4000


def _fetch(proxy: tuple[str, int], count: int) -> int:
    """``count`` requests, one after the other, on one connection; the bytes received."""
    request = f"GET {PAGE} HTTP/1.1\r\nHost: yn.yunnan.cn\r\n\r\n".encode()
    received = 0
    with socket.create_connection(proxy) as connection:
        stream = connection.makefile("rb")
        for _ in range(count):
            connection.sendall(request)
            length = 0
            while (line := stream.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            received += len(stream.read(length))
    return received


@pytest.mark.bench
def test_requests_a_second() -> None:
    with SmallInternetProcess() as internet:
        where = urlsplit(internet.proxy_url)
        proxy = (where.hostname or "", where.port or 0)
        _fetch(proxy, 200)
        began = time.perf_counter()
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            shares = pool.map(
                _fetch, [proxy] * CONNECTIONS, [REQUESTS // CONNECTIONS] * CONNECTIONS
            )
            received = sum(shares)
        seconds = time.perf_counter() - began
    print(f"\n{REQUESTS / seconds:,.0f} requests/s, {received / seconds / 1e6:,.1f} MB/s")
    assert received > 0

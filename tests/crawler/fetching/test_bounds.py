"""Every wait for a peer ends, and no body is unpacked further than it may be."""

import gzip
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from backports import zstd
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from crawler.fetching.bounds import BoundedCompressionMiddleware, TooLargeError
from crawler.fetching.failures import refusal_of_error
from storage.engine.database import open_database
from storage.links.discoveries import list_refusals
from storage.records import RefusalClass
from storage.runs.history import list_runs
from tests.crawl_many import crawl_many

MOST = 2**20
ZEROS = bytes(64 * MOST)
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("encoding", PACKERS)
def test_a_bomb_is_too_large_whatever_packed_it(encoding: str) -> None:
    crawler = get_crawler(settings_dict={"DOWNLOAD_MAXSIZE": MOST})
    middleware = BoundedCompressionMiddleware.from_crawler(crawler)
    request = Request("http://bomb.example/list/")
    headers = {"Content-Encoding": encoding}
    packed = Response(request.url, body=PACKERS[encoding](ZEROS), headers=headers)
    with pytest.raises(TooLargeError) as caught:
        middleware.process_response(request, packed)
    assert refusal_of_error(caught.value)[0] is RefusalClass.TOO_LARGE
    small = Response(request.url, body=PACKERS[encoding](ZEROS[:MOST]), headers=headers)
    unpacked = middleware.process_response(request, small)
    assert isinstance(unpacked, Response)
    assert len(unpacked.body) == MOST


DECLARATION = """
name = "滴水网"
region = "广西"
kind = "committee_site"
family = "listing"
homepage = "http://{host}.example/"
hosts = ["{host}.example"]
[listing]
urls = ["http://{host}.example/list/index.html"]
[politeness]
delay_seconds = 0
timeout_seconds = 1
max_bytes = 1000000
[expect]
min_articles = 1
max_days_silent = 3
"""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
NO_RULES = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
DRIPS = {
    "dripbody": HEAD + b"Content-Length: 100000\r\n\r\n",
    "dripheader": HEAD + b"X-Slow: ",
    "driprobots": HEAD + b"Content-Length: 100000\r\n\r\n",
}
BOMBS = {"bombrobots": brotli.compress(ZEROS)}


class Faulty(threading.Thread):
    """An HTTP proxy whose hosts drip a byte at a time, for ever, or send a bomb."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def run(self) -> None:
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        with peer:
            asked = peer.recv(65536).split(b" ")[1].decode()
            host = asked.split("/")[2].removesuffix(".example")
            is_robots = asked.endswith("/robots.txt")
            if is_robots and host in BOMBS:
                head = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: %d\r\n\r\n"
                peer.sendall(head % len(BOMBS[host]) + BOMBS[host])
            elif is_robots is not (host == "driprobots"):
                peer.sendall(NO_RULES)
            else:
                self._drip(peer, DRIPS[host])

    def _drip(self, peer: socket.socket, head: bytes) -> None:
        try:
            peer.sendall(head)
            while True:
                peer.sendall(b"x")
                time.sleep(0.05)
        except OSError:
            return  # the client has had enough

    def stop(self) -> None:
        self._socket.close()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    """Host -> class and words of the refusal of its list."""
    folder: Path = tmp_path_factory.mktemp("faulty")
    names = [*DRIPS, *BOMBS]
    for name in names:
        (folder / f"{name}.toml").write_text(DECLARATION.format(host=name), "utf-8")
    url = f"sqlite:///{folder / 'cppcc.db'}"
    open_database(url).close()
    server = Faulty()
    server.start()
    crawl_many(
        names,
        {
            "CPPCC_DATABASE_URL": url,
            "CPPCC_SOURCES": str(folder),
            "CPPCC_MAX_DELAY_SECONDS": "0",
            "http_proxy": server.url,
            "https_proxy": server.url,
            "no_proxy": "",
        },
        seconds=120,
    )
    server.stop()
    database = open_database(url)
    refused = {}
    with database.reading() as session:
        for record in list_runs(session):
            (refusal,) = list_refusals(session, record.id)
            refused[record.source_id] = (refusal.refusal_class.value, refusal.detail)
    database.close()
    return refused


@pytest.mark.parametrize("name", ["dripbody", "dripheader", "driprobots"])
def test_what_drips_ends_as_a_time_out(found: dict[str, tuple[str, str]], name: str) -> None:
    refusal_class, words = found[name]
    assert refusal_class == "network"
    assert "Timeout" in words


def test_a_bomb_in_robots_txt_holds_everything_back(found: dict[str, tuple[str, str]]) -> None:
    refusal_class, words = found["bombrobots"]
    assert refusal_class == "too_large"
    assert words.startswith("robots.txt cannot be had")

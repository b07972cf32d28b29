"""A site of many hosts that misbehaves as it is told: for the week of random faults.

It is an HTTP proxy on loopback that answers for hosts of its own making.  Each host has one
list of several pages and publishes a few articles a day, one of them a review now and then.
"""

import random
import socket
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

PER_PAGE = 8
AT_FIRST = 20
DRIP_SECONDS = 0.4
SENTENCE = (
    "政协委员围绕第{n}项议题深入村寨和社区调研，召开第{n}次座谈会，提出意见建议{n}条并督促落实。"
)
DECLARED = """
name = "{name}日报"
region = "{region}"
kind = "portal"
family = "listing"
homepage = "http://{name}.example/"
hosts = ["{name}.example"]

[listing]
urls = ["http://{name}.example/list/index.html"]
max_pages = 20

[politeness]
delay_seconds = 0
timeout_seconds = 3

[expect]
min_articles = 1
max_days_silent = 30
"""


class Fault(StrEnum):
    """How an answer goes wrong; the last two are no answers but of this side."""

    DRIP = "drip"
    RESET = "reset"
    TOO_MANY = "429"
    SERVER_ERROR = "5xx"
    WRONG_LENGTH = "wrong length"
    SHIFTED_LIST = "shifted list"
    REPLACED_PAGE = "replaced page"
    LOST_CHANNEL = "lost channel"
    LOCKED_DATABASE = "locked database"


OF_ANSWERS = (
    Fault.DRIP, Fault.RESET, Fault.TOO_MANY, Fault.SERVER_ERROR, Fault.WRONG_LENGTH,
    Fault.SHIFTED_LIST, Fault.REPLACED_PAGE,
)  # fmt: skip


@dataclass(slots=True)
class Planted:
    """One fault of the answers of ``host`` to what begins with ``path``, so many times."""

    host: str
    path: str
    fault: Fault
    left: int
    hits: int = 0


@dataclass(slots=True)
class Host:
    """One host's articles, the oldest first: number and day."""

    name: str
    articles: list[tuple[int, date]] = field(default_factory=list)

    def publish(self, day: date) -> int:
        """One more article; its number."""
        number = len(self.articles) + 1
        self.articles.append((number, day))
        return number

    def url(self, number: int) -> str:
        """The address of an article, which is also its canonical one."""
        _, day = self.articles[number - 1]
        return f"http://{self.name}.example/{day:%Y/%m/%d}/{number:06d}.html"

    def title(self, number: int) -> str:
        """Its title, which no other article of any host has."""
        if self.is_review(number):
            return f"{self.name}市政协{self.articles[number - 1][1].year}年度十件大事（{number}）"
        return f"{self.name}市政协第{number}次专题协商座谈会举行"

    def is_review(self, number: int) -> bool:
        """Whether an article is one to be flagged."""
        return number % 11 == 0

    def list_page(self, page: int) -> str | None:
        """A page of the list, counted from 0; None where there is none."""
        newest = self.articles[::-1]
        rows = newest[page * PER_PAGE : (page + 1) * PER_PAGE]
        if not rows:
            return None
        pages = -(-len(newest) // PER_PAGE)
        items = "".join(
            f'<li><a href="{self.url(n)}">{self.title(n)}</a><span>{day}</span></li>'
            for n, day in rows
        )
        links = "".join(f'<a href="{_page_name(n)}">{n + 1}</a>' for n in range(pages))
        if page + 1 < pages:
            links += f'<a href="{_page_name(page + 1)}">下一页</a>'
        return (
            f"<html><head><meta charset='utf-8'><title>政协要闻</title></head><body>"
            f"<h2>政协要闻</h2><ul class='list'>{items}</ul><div class='pages'>{links}</div>"
            f"</body></html>"
        )

    def article(self, number: int) -> str:
        """An article's page."""
        _, day = self.articles[number - 1]
        lines = [SENTENCE.format(n=number * 10 + one) for one in range(1, 7)]
        if self.is_review(number):
            lines = [
                f"{n}、{self.name}市政协完成第{number}{n}项重点工作。"
                + SENTENCE.format(n=n * number)
                for n in range(1, 11)
            ]
        text = "".join(f"<p>{line}</p>" for line in lines)
        title = self.title(number)
        return (
            f"<html><head><meta charset='utf-8'><title>{title}</title></head><body>"
            f"<div class='article'><h1>{title}</h1>"
            f"<div class='info'>{day} 10:00:00 来源：{self.name}日报</div>"
            f"<div class='content'>{text}</div></div></body></html>"
        )


def _page_name(page: int) -> str:
    return "/list/index.html" if page == 0 else f"/list/index_{page}.html"


NOT_FOUND = (
    "<html><head><meta charset='utf-8'><title>提示信息</title></head><body><div>"
    "<h3>您访问的页面不存在或已被删除</h3><p><a href='/'>返回首页</a></p></div></body></html>"
)


class FaultySite:
    """Serves the hosts; what is planted plays until it is used up or cleared."""

    def __init__(self, names: list[str], today: date, seed: int) -> None:
        self.hosts = {f"{name}.example": Host(name) for name in names}
        self.today = today
        self.hits: Counter[Fault] = Counter()
        self._planted: list[Planted] = []
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        for host in self.hosts.values():
            for n in range(AT_FIRST):
                host.publish(today - timedelta(days=AT_FIRST - n))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def proxy_url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def plant(self, planted: Planted) -> None:
        """Let it play from now on."""
        with self._lock:
            self._planted.append(planted)

    def clear(self) -> None:
        """Everything answers as it should again."""
        with self._lock:
            self._planted.clear()

    def listed(self, host: str) -> list[int]:
        """The numbers of all articles that a host shows now."""
        with self._lock:
            return [number for number, _ in self.hosts[host].articles]

    def publish(self, host: str, count: int) -> None:
        """New articles of today."""
        with self._lock:
            for _ in range(count):
                self.hosts[host].publish(self.today)

    def _playing(self, host: str, path: str) -> Fault | None:
        with self._lock:
            for one in self._planted:
                if one.host == host and one.left and path.startswith(one.path):
                    one.left -= 1
                    one.hits += 1
                    self.hits[one.fault] += 1
                    return one.fault
        return None

    def _page(self, host: Host, path: str) -> str | None:
        with self._lock:
            if path.startswith("/list/index"):
                words = path.removeprefix("/list/index").removesuffix(".html").lstrip("_")
                return host.list_page(int(words or 0))
            if path.endswith(".html"):
                number = int(path.rsplit("/", 1)[1].removesuffix(".html"))
                return host.article(number) if number <= len(host.articles) else None
        return None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                host = outer.hosts.get(parts.hostname or "")
                fault = outer._playing(parts.hostname or "", parts.path)
                try:
                    self._answer(host, parts.path, fault)
                except OSError:
                    self.close_connection = True  # the client went away

            def _answer(self, host: Host | None, path: str, fault: Fault | None) -> None:
                if fault is Fault.RESET:
                    pack = struct.pack("ii", 1, 0)
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, pack)
                    self.connection.close()
                    self.close_connection = True
                    return
                page = outer._page(host, path) if host else None
                status, body, extra = (200 if page else 404), (page or "not found").encode(), {}
                if fault is Fault.TOO_MANY:
                    status, body, extra = 429, b"slow down", {"Retry-After": "1"}
                elif fault is Fault.SERVER_ERROR:
                    status, body = outer._chance.choice([500, 502, 503, 504]), b"error"
                elif fault is Fault.REPLACED_PAGE:
                    status, body = 200, NOT_FOUND.encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                longer = len(body) if fault is Fault.WRONG_LENGTH else 0
                self.send_header("Content-Length", str(len(body) + longer))
                for name, value in extra.items():
                    self.send_header(name, value)
                self.end_headers()
                if fault is Fault.DRIP:
                    for at in range(0, len(body), 40):
                        self.wfile.write(body[at : at + 40])
                        self.wfile.flush()
                        time.sleep(DRIP_SECONDS)
                else:
                    self.wfile.write(body)
                if longer:
                    self.close_connection = True
                if fault is Fault.SHIFTED_LIST and host is not None:
                    outer.publish(f"{host.name}.example", outer._chance.choice([1, 2, PER_PAGE]))

        return Handler

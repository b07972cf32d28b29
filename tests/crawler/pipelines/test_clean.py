"""The careful reading of flagged publications, shared by crawl and import."""

import pytest

from crawler.pages import read_article
from crawler.pipelines.clean import assess, declared_charset
from storage.records import Article, Capture
from tests.storage.samples import NOW

ITEMS = "".join(
    f"<p>{n}、省政协围绕第{n}个课题深入基层开展协商，提出建议{n + 2}条，得到有关部门采纳落实。</p>"
    for n in range(1, 11)
)
TITLE = "云南省政协2025年十件大事"
PAGE = f"""<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>
<div>2026-01-05 09:00 来源：某某日报</div><div class="content">{ITEMS}
<p><img src="/a.jpg"></p><p class="caption">图为委员在田间调研</p></div></body></html>"""


def fetched(body: bytes, content_type: str) -> Article:
    url = "http://www.a.example/1.html"
    capture = Capture(url=url, fetched_at=NOW, status=200,
                      headers=(("Content-Type", content_type),), body=body)  # fmt: skip
    page = read_article(PAGE.encode(), url=url)
    return Article(
        url=url, title=page.title, text=page.text, published_at=page.published_at,
        captures=(capture,),
    )  # fmt: skip


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_a_flagged_page_is_read_with_care(charset: str) -> None:
    """By the charset of its header: the page itself declares none."""
    one = fetched(PAGE.encode(charset), f"text/html; charset={charset}")
    done = assess(one, region="云南")
    assert done.reading is not None
    assert done.reading.flagged
    assert any(item.rule == "careful reading" for item in done.evidence)
    assert len(done.reading.events) == 10
    assert "第10个课题" in done.text


def test_the_quick_reading_stands_where_the_careful_one_finds_nothing() -> None:
    one = fetched(b"<html><body></body></html>", "text/html")
    done = assess(one, region="云南")
    assert (done.text, done.evidence) == (one.text, one.evidence)
    assert done.reading is not None


def test_json_answers_are_not_read_as_pages() -> None:
    one = fetched(b"{}", "application/json")
    assert assess(one, region="云南").text == one.text


@pytest.mark.parametrize(
    ("value", "charset"),
    [
        ("text/html; charset=GBK", "gbk"),
        ('text/html;charset="utf-8"', "utf-8"),
        ("text/html", None),
    ],
)
def test_declared_charset(value: str, charset: str | None) -> None:
    assert declared_charset([("X", "charset=no"), ("content-type", value)]) == charset

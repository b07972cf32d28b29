"""The careful reading of flagged publications, shared by crawl and import."""

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from crawler.errors import PageError
from crawler.pages import Selectors, read_article
from crawler.pages.careful import reread_carefully
from crawler.pipelines.clean import CleanPipeline, assess
from crawler.reading import read_publication
from storage.records import Article, Capture
from tests.storage.samples import NOW

if TYPE_CHECKING:
    from crawler.sources.declaration import Source

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
    done = assess(one, region="云南", selectors=None)
    assert done.reading is not None
    assert done.reading.flagged
    assert any(item.rule == "careful reading" for item in done.evidence)
    assert len(done.reading.events) == 10
    assert "第10个课题" in done.text


@pytest.mark.parametrize(
    ("body", "refused_as"),
    [
        (b"<html><body></body></html>", "too_short"),
        (b"<html><body><div id=app></div><script src=a.js></script></body></html>", "script_shell"),
        ("<html><title>安全验证</title><p>请完成安全验证</p>".encode(), "challenge"),
    ],
)
def test_a_refusal_of_the_careful_reading_is_a_doubt(body: bytes, refused_as: str) -> None:
    one = fetched(body, "text/html")
    with pytest.raises(PageError) as refusal:
        reread_carefully(body, url=one.url)
    done = assess(one, region="云南", selectors=None)
    assert (done.text, done.images, done.title) == (one.text, one.images, one.title)
    assert done.reading is not None
    assert done.reading.flagged
    assert [(item.about, item.rule, item.quote) for item in done.evidence] == [
        ("doubt", f"the careful reading says {refused_as}", refusal.value.detail)
    ]


ASIDE = "".join(
    f"<p>编后第{n}段：读者来信说，这样的好事还应当多办，并且要一件一件办到底，办出实效。</p>"
    for n in range(40)
)


def test_a_declared_body_is_the_body_of_the_careful_reading_too() -> None:
    page = PAGE.replace("</body>", f"<div id=letters>{ASIDE}</div></body>").encode()
    selectors = Selectors(body=".content")
    quick = read_article(page, url="http://www.a.example/1.html", selectors=selectors)
    careful = reread_carefully(page, url="http://www.a.example/1.html", selectors=selectors)
    assert quick.text == careful.text
    assert "编后" in reread_carefully(page, url="http://www.a.example/1.html").text
    one = replace(fetched(page, "text/html"), text=quick.text, evidence=quick.evidence)
    done = assess(one, region="云南", selectors=selectors)
    assert "第10个课题" in done.text
    assert "编后" not in done.text
    drift = [item for item in done.evidence if item.about == "drift"]
    assert len(drift) == 1, "said once, though both readings found it"


def test_the_pipeline_reads_by_its_sources_selectors() -> None:
    page = PAGE.replace("</body>", f"<div id=letters>{ASIDE}</div></body>").encode()
    one = fetched(page, "text/html")
    item = replace(one, reading=read_publication(one, region="云南"))
    source = SimpleNamespace(region="云南", selectors=Selectors(body=".content"))
    pipeline = CleanPipeline(cast("Source", source))
    assert "编后" not in pipeline.process_item(item).text


def test_evidence_says_each_thing_once() -> None:
    one = fetched(PAGE.encode(), "text/html")
    quick = read_article(PAGE.encode(), url=one.url)
    done = assess(replace(one, evidence=quick.evidence), region="云南", selectors=None)
    assert len(done.evidence) == len(set(done.evidence))
    assert {item.about for item in done.evidence} == {item.about for item in quick.evidence}


def test_json_answers_are_not_read_as_pages() -> None:
    one = fetched(b"{}", "application/json")
    assert assess(one, region="云南", selectors=None).text == one.text

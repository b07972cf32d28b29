"""List pages: every family of families.md, and the pages that are no lists.

``fixtures/listings`` holds pages of our own making; the ``.json`` beside each says what it
must read as.  A link counts as found when its canonical URL is the expected one.
"""

import re

import pytest

import crawler.errors
from crawler.errors import LayoutChangedError
from crawler.pages.lists.links import read_listing
from crawler.pages.raw.urls import canonical_url
from tests.crawler.pages.lists.listings import (
    ANSWERS,
    LISTINGS,
    LISTS,
    NOW,
    OTHERS,
    Answer,
    ExpectedLink,
    read,
)


@pytest.mark.parametrize("answer", LISTS, ids=lambda answer: answer["file"])
def test_a_list_is_read_as_its_answer_says(answer: Answer) -> None:
    listing = read(answer)
    found = [
        ExpectedLink(
            url=link.address,
            title=link.title,
            published_on=link.published_on.isoformat() if link.published_on else None,
        )
        for link in listing.links
    ]
    assert found == answer["links"], answer["why"]
    assert listing.next_page == answer["next_page"]
    assert listing.page_number == answer["page_number"]
    assert listing.page_count == answer["page_count"]
    assert listing.item_count == answer["item_count"]
    assert list(listing.issue_pages) == answer["issue_pages"]


@pytest.mark.parametrize("answer", OTHERS, ids=lambda answer: answer["file"])
def test_what_is_no_list_is_named(answer: Answer) -> None:
    error = getattr(crawler.errors, answer["error"])
    with pytest.raises(error) as caught:
        read(answer)
    assert caught.value.url == answer["url"]


def test_every_fixture_has_an_answer() -> None:
    pages = {path.name for path in LISTINGS.iterdir() if path.suffix not in (".json", "")}
    assert pages == {answer["file"] for answer in ANSWERS}


def test_precision_and_recall_of_links(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = found = right = 0
    for answer in LISTS:
        expected = {canonical_url(link["url"]) for link in answer["links"]}
        got = {canonical_url(link.url) for link in read(answer).links}
        wanted, found, right = wanted + len(expected), found + len(got), right + len(expected & got)
    precision, recall = right / found, right / wanted
    with capsys.disabled():
        print(  # noqa: T201 - the numbers are the point of this test (STYLE.md, 7)
            f"\nlinks of {len(LISTS)} lists: precision {precision:.4f}, recall {recall:.4f}"
            f" ({right} right of {found} found and {wanted} wanted)"
        )
    assert precision >= 0.99
    assert recall >= 0.99


@pytest.mark.parametrize(
    "other",
    [
        "<div>共1100条 第1页/共55页</div>",
        "<a href='index_2.html'>下一页</a>",
        "".join(
            f"<a href='/zt/{word}/'>政协历届全会专题集锦之{word}</a>" for word in "abcdefghijkl"
        ),
    ],
)
def test_words_of_emptiness_are_not_believed_against_the_page(other: str) -> None:
    page = f"<html><body><div class='notice'>暂无公告</div>{other}</body></html>"
    with pytest.raises(LayoutChangedError):
        read_listing(page.encode(), url="http://www.example.cn/list/", now=NOW)


PAGE = """<html><body><div class="a"><a href="/x/1.html">甲栏目下的一条短讯</a></div>
<ul class="b"><li><a href="/y/2.html">乙栏目下的一条短讯</a> 2026-03-01</li>
<li><a href="/z/3.html">丙栏目下的一条短讯</a></li></ul></body></html>"""


def links_of(**options: str | re.Pattern[str]) -> list[str]:
    selector, pattern = options.get("selector"), options.get("pattern")
    listing = read_listing(
        PAGE.encode(),
        url="http://www.example.cn/list/",
        link_selector=selector if isinstance(selector, str) else None,
        article_pattern=pattern if isinstance(pattern, re.Pattern) else None,
    )
    return [link.address.removeprefix("http://www.example.cn") for link in listing.links]


def test_a_selector_names_links_or_what_holds_them() -> None:
    assert links_of(selector="ul.b a") == ["/y/2.html", "/z/3.html"]
    assert links_of(selector="ul.b li") == ["/y/2.html", "/z/3.html"]
    assert links_of(selector="div.a, ul.b") == ["/x/1.html", "/y/2.html", "/z/3.html"]


def test_a_pattern_takes_the_place_of_judgement() -> None:
    assert links_of(pattern=re.compile(r"/[xz]/\d")) == ["/x/1.html", "/z/3.html"]
    assert links_of(selector="ul.b a", pattern=re.compile(r"/[xz]/\d")) == ["/z/3.html"]


@pytest.mark.parametrize("selector", ["ul.gone a", "ul.b p", "p[[["])
def test_a_selector_that_no_longer_matches_is_a_changed_layout(selector: str) -> None:
    with pytest.raises(LayoutChangedError):
        links_of(selector=selector)

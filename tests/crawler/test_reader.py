"""The one reader: careful once, pages joined, outlets looked up, declared values as declared."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import pytest

from crawler import reader
from crawler.errors import PageError, TooShortError, TruncatedPageError
from crawler.families.base import Item
from crawler.pages import Selectors, read_article
from crawler.pages.careful import reread_carefully
from crawler.reader import (
    EMPTY,
    MAX_PAGES,
    Part,
    finish,
    read_item,
    read_page,
    read_part,
    source_of,
)
from crawler.sources.declaration import Source
from storage.records import SHANGHAI, Article, Capture
from tests.storage.samples import NOW

URL = "http://www.a.example/1.html"
ITEMS = "".join(
    f"<p>{n}、省政协围绕第{n}个课题深入基层开展协商，提出建议{n + 2}条，得到有关部门采纳落实。</p>"
    for n in range(1, 11)
)
TITLE = "云南省政协2025年十件大事"
PAGE = f"""<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>
<div>2026-01-05 09:00 来源：某某日报</div><div class="content">{ITEMS}
<p><img src="/a.jpg"></p><p class="caption">图为委员在田间调研</p></div></body></html>"""
ASIDE = "".join(
    f"<p>编后第{n}段：读者来信说，这样的好事还应当多办，并且要一件一件办到底，办出实效。</p>"
    for n in range(40)
)


def a_source(**more: object) -> Source:
    return Source.model_validate(
        {
            "id": "a_source", "name": "某某网", "region": "云南", "kind": "portal",
            "family": "listing", "homepage": "http://www.a.example/", "hosts": ["a.example"],
            "listing": {"urls": ["http://www.a.example/list.html"]},
            "expect": {"min_articles": 1, "max_days_silent": 3},
        }
        | more
    )  # fmt: skip


def captured(body: bytes, content_type: str = "text/html", url: str = URL) -> Capture:
    headers = (("Content-Type", content_type),)
    return Capture(url=url, fetched_at=NOW, status=200, headers=headers, body=body)


def rules(article: Article, about: str) -> list[str]:
    return [item.rule for item in article.evidence if item.about == about]


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_a_flagged_page_is_read_with_care(charset: str) -> None:
    """By the charset of its header: the page itself declares none."""
    headers = (("Content-Type", f"text/html; charset={charset}"),)
    done = read_page(PAGE.encode(charset), url=URL, now=NOW, source=None, headers=headers)
    assert done.reading is not None
    assert done.reading.flagged
    assert "careful reading" in rules(done, "text")
    assert len(done.reading.events) == 10
    assert "第10个课题" in done.text
    assert len(done.evidence) == len(set(done.evidence)), "each thing is said once"


def test_a_page_that_only_care_could_read_is_not_read_so_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    swallowed = PAGE.replace('<div class="content">', "<div><!-- begins, never ends").encode()
    part = read_part(captured(swallowed), None)
    assert part.careful
    monkeypatch.setattr(reader, "_read_carefully", None)  # called, it would be no function
    done = finish([part], None)
    assert done.reading is not None
    assert done.reading.flagged
    assert len(done.reading.events) == 10


@pytest.mark.parametrize(
    ("body", "refused_as"),
    [
        (b"<html><body></body></html>", "too_short"),
        (b"<html><body><div id=app></div><script src=a.js></script></body></html>", "script_shell"),
        ("<html><title>安全验证</title><p>请完成安全验证</p>".encode(), "challenge"),
    ],
)
def test_a_refusal_of_the_careful_reading_is_a_doubt(body: bytes, refused_as: str) -> None:
    quick = replace(read_article(PAGE.encode(), url=URL), captures=(captured(body),))
    with pytest.raises(PageError) as refusal:
        reread_carefully(body, url=URL)
    done = finish([Part(article=quick)], a_source())
    assert (done.text, done.images, done.title) == (quick.text, quick.images, quick.title)
    assert done.reading is not None
    assert done.reading.flagged
    (doubt,) = [item for item in done.evidence if item.about == "doubt"]
    assert doubt.rule == f"the careful reading says {refused_as}"
    assert doubt.quote == refusal.value.detail


def test_what_the_quick_text_was_found_by_leaves_with_it() -> None:
    signed = PAGE.replace("<p><img", "<p>云南日报记者 王五</p><p><img")
    longer = signed.replace(ITEMS, f"<p>编者按：回望一年，履职有声，点滴皆见证。</p>{ITEMS}")
    quick = replace(read_article(longer.encode(), url=URL), captures=(captured(signed.encode()),))
    done = finish([Part(article=quick)], None)
    assert (quick.author, done.author) == ("王五", "王五")
    assert done.text != quick.text
    for item in done.evidence:
        if item.field == "text":
            assert done.text[slice(*item.span)] == item.quote, item
    assert len(rules(done, "author")) == 1


def test_a_declared_body_is_the_body_of_both_readings() -> None:
    page = PAGE.replace("</body>", f"<div id=letters>{ASIDE}</div></body>").encode()
    assert "编后" in reread_carefully(page, url=URL).text
    source = a_source(selectors={"body": ".content"})
    assert source.selectors == Selectors(body=".content")
    done = read_page(page, url=URL, now=NOW, source=source)
    assert "careful reading" in rules(done, "text")
    assert "第10个课题" in done.text
    assert "编后" not in done.text
    assert len(rules(done, "drift")) == 1, "said once, though both readings found it"


def test_an_outlet_is_looked_up_in_its_source() -> None:
    source = a_source(lookups={"outlet": {"某某日报": "某某日报社"}})
    done = read_page(PAGE.encode(), url=URL, now=NOW, source=source)
    assert (done.source_id, done.outlet) == ("a_source", "某某日报社")


def test_a_truncated_page_is_not_made_up_for() -> None:
    cut = PAGE.encode()[: PAGE.encode().rindex("第10个课题".encode())]
    with pytest.raises(TruncatedPageError):
        read_page(cut, url=URL, now=NOW, source=None)


def parts_of(count: int, pages: int) -> Sequence[Capture]:
    """The first ``count`` pages of an article that says it has ``pages``."""
    found = []
    for number in range(1, count + 1):
        url = URL if number == 1 else f"http://www.a.example/1_{number}.html"
        more = f'<a href="/1_{number + 1}.html">下一页</a>' if number < pages else ""
        text = "".join(
            f"<p>第{number}页第{n}段，{TITLE}评选揭晓，委员们纷纷点赞。</p>" for n in range(9)
        )
        page = PAGE.replace(ITEMS, text).replace("</body>", f"{more}</body>")
        found.append(captured(page.encode(), url=url))
    return found


def test_the_pages_of_an_article_are_joined_under_its_identity() -> None:
    draft = EMPTY
    for capture in parts_of(3, 3):
        draft = draft.with_page(capture, None)
    assert draft.wants is None
    done = draft.finished(None, url="http://www.a.example/known.html")
    assert done.url == "http://www.a.example/known.html"
    assert all(f"第{number}页第8段" in done.text for number in (1, 2, 3))
    assert len(done.captures) == 3
    assert done.next_page is None


def test_an_article_of_endless_pages_is_refused() -> None:
    draft = EMPTY
    captures = parts_of(MAX_PAGES, MAX_PAGES + 1)
    for capture in captures[:-1]:
        draft = draft.with_page(capture, None)
    with pytest.raises(TruncatedPageError, match=f"more than {MAX_PAGES} pages"):
        draft.with_page(captures[-1], None)


DOCUMENT = captured(b'{"list": []}', "application/json")


def given(**more: object) -> Article:
    values: dict[str, object] = {
        "name": "item 1", "url": URL, "title": "政协委员走基层", "body": ITEMS,
        "day": date(2020, 12, 30), "outlet": "广西日报",
    }  # fmt: skip
    return read_item(Item(**(values | more)), DOCUMENT, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "title",
    [
        "来源：群众 去处：政协",
        "2020 > 2021 广西政协",
        "2021-02-03 来源：新华社",
        "广西政协_广西日报",
        "<b>加粗</b>的标题",
        "记者：张三 编辑：李四",
    ],
)
def test_a_declared_title_is_neither_cut_nor_taken_for_a_credit(title: str) -> None:
    done = given(title=title)
    assert (done.title, done.outlet) == (title, "广西日报")
    assert done.published_at == datetime(2020, 12, 30, tzinfo=SHANGHAI)


def test_a_date_and_an_outlet_inside_a_declared_text_change_nothing() -> None:
    done = given(body=f"<p>2019年3月1日 来源：新华社</p>{ITEMS}", author="王五")
    assert (done.outlet, done.author) == ("广西日报", "王五")
    assert done.published_at == datetime(2020, 12, 30, tzinfo=SHANGHAI)


def test_a_text_of_plain_lines_keeps_its_paragraphs() -> None:
    lines = [f"第{n}段：委员们说，1 < 2，协商于民、协商为民，办好了{n}件实事。" for n in range(3)]
    assert given(body="\n".join(lines)).text.split("\n") == lines


def test_what_signs_inside_a_text_is_found_where_nothing_is_declared() -> None:
    done = given(body=f"<p>本报记者 赵六</p>{ITEMS}")
    assert done.author is not None
    assert "赵六" in done.author


def test_a_declared_article_without_text_is_refused() -> None:
    with pytest.raises(TooShortError):
        given(body='<p><img src="a.jpg"></p>')


def test_a_flagged_item_of_a_document_is_not_read_as_a_page() -> None:
    done = given(title=TITLE, day=date(2026, 1, 5))  # the year that the title names has ended
    assert done.reading is not None
    assert done.reading.flagged
    assert "careful reading" not in rules(done, "text")


def test_of_two_sources_on_a_host_the_one_whose_articles_look_so_is_it() -> None:
    site = a_source(id="site", article_pattern=r"/c/\d+\.html")
    paper = a_source(id="paper", article_pattern=r"/paper/\d+\.html")
    plain = a_source(id="plain", hosts=["b.example"], listing={"urls": ["http://b.example/l"]})
    for url, owner in (
        ("http://www.a.example/c/1.html", site),
        ("http://www.a.example/paper/1.html", paper),
        ("http://www.a.example/else.html", site),
        ("http://www.b.example/paper/1.html", plain),
        ("http://a.other/", None),
        ("", None),
    ):
        assert source_of(url, [plain, site, paper]) is owner

"""Declared selectors win where they match once; disagreement is evidence of drift."""

from datetime import datetime

import pytest

from crawler.errors import LayoutChangedError, NotArticleError, TooShortError
from crawler.pages import Selectors, read_article
from storage.records import SHANGHAI, Article

BODY = "".join(
    f"<p>第{number}条意见来自河湾镇，委员们在座谈会上作了记录，有关部门当场答复。</p>"
    for number in range(1, 5)
)
PAGE = f"""<html><head><title>四条意见_青石网</title></head><body>
<div class=k>县政协重点提案</div><h1>四条意见</h1>
<div class=m>2024-03-18 09:12 来源：青石日报</div><div class=o>来源：青石晚报</div>
<div class=d>2024年03月19日</div><div class=e>责编：马晓岚</div><div class=empty></div>
<div id=zw>{BODY}</div><div id=short><p>只有这一段是正文，别的都不是。</p></div></body></html>"""


def read(**css: str) -> Article:
    return read_article(PAGE.encode(), selectors=Selectors(**css))


def drift(article: Article) -> list[str]:
    return [item.rule for item in article.evidence if item.about == "drift"]


@pytest.mark.parametrize(
    ("css", "name", "wanted"),
    [
        ({"title": "h1"}, "title", "四条意见"),
        ({"outlet": ".m"}, "outlet", "青石日报"),
        ({"published_at": ".m"}, "published_at", datetime(2024, 3, 18, 9, 12, tzinfo=SHANGHAI)),
        ({"editor": ".e"}, "editor", "马晓岚"),
        ({"body": "#zw"}, "text", "\n".join(read().text.split("\n")[:4])),
    ],
)
def test_agreement_leaves_no_drift(css: dict[str, str], name: str, wanted: object) -> None:
    article = read(**css)
    assert getattr(article, name) == wanted
    assert drift(article) == []


@pytest.mark.parametrize(
    ("css", "name", "wanted"),
    [
        ({"outlet": ".o"}, "outlet", "青石晚报"),
        ({"published_at": ".d"}, "published_at", datetime(2024, 3, 19, tzinfo=SHANGHAI)),
        ({"body": "#short"}, "text", "只有这一段是正文，别的都不是。"),
        ({"title": ".k"}, "title", "县政协重点提案"),
    ],
)
def test_the_selector_wins_and_says_so(css: dict[str, str], name: str, wanted: object) -> None:
    article = read(**css)
    assert getattr(article, name) == wanted
    assert drift(article) == [f"selector {next(iter(css))} differs from the generic reading"]


@pytest.mark.parametrize(
    ("css", "rule"),
    [
        ({"title": ".none"}, "selector title matched 0 times"),
        ({"body": "p"}, "selector body matched 5 times"),
        ({"outlet": ".empty"}, "selector outlet matched, but holds no value"),
    ],
)
def test_without_one_match_the_generic_reading_stays(css: dict[str, str], rule: str) -> None:
    generic, article = read(), read(**css)
    assert (article.title, article.text, article.outlet) == (
        generic.title,
        generic.text,
        generic.outlet,
    )
    assert drift(article) == [rule]


def test_what_is_no_selector_is_refused() -> None:
    with pytest.raises(LayoutChangedError, match="not a CSS selector"):
        read(title="h1[")


def test_a_declared_body_is_read_where_the_gate_doubts_the_page() -> None:
    page = "<html><body><div id=zw><p>闭会通知</p></div><ul>" + "".join(
        f"<li><a href='{number}'>第{number}条新闻的标题</a></li>" for number in range(30)
    )
    with pytest.raises((NotArticleError, TooShortError)):
        read_article(page.encode())
    article = read_article(page.encode(), selectors=Selectors(body="#zw"))
    assert article.text == "闭会通知"
    assert article.score <= 0.5

"""Dated issues: pages that only a later page names, another day's issue, one that comes late."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, TextResponse

from crawler.config import CrawlConfig
from crawler.families.issues import issue_name, left_out, repeats
from crawler.runs.ledger import RunLedger
from crawler.sources.declaration import Source
from crawler.spiders.base import SourceSpider
from crawler.spiders.loader import spider_class
from storage.engine.database import Database
from storage.records import (
    SHANGHAI,
    End,
    OpenCause,
    RefusalClass,
    RequestKind,
    RunTrigger,
    Verdict,
    VerdictKind,
)
from storage.runs import door
from storage.runs.options import CrawlOptions

HOST = "http://p.example"


JSON = {
    "issue_url": HOST + "/{YYYY}-{MM}-{DD}", "lookback_days": 1, "items": "items",
    "article_url": HOST + "/c{page}.htm", "issue_date": "day",
    "fields": {"title": "title", "body": "body", "page": "id"},
}  # fmt: skip


def spider_of(
    database: Database, now: datetime, *, weekly: bool = False, family: str = "epaper"
) -> SourceSpider:
    epaper = {
        "issue_url": HOST + "/{YYYY}-{MM}/{DD}/node_1.htm", "lookback_days": 3,
        "skips_days": weekly,
    }  # fmt: skip
    paper = JSON if family == "json" else epaper
    source = Source.model_validate(
        {
            "id": "paper", "name": "某某日报", "region": "云南", "kind": "daily_epaper",
            "homepage": f"{HOST}/", "hosts": ["p.example"], "family": family, family: paper,
            "article_pattern": r"/c\d+\.htm", "expect": {"min_articles": 1, "max_days_silent": 2},
        }
    )  # fmt: skip
    with database.begin() as session:
        run_id, token = door.begin_run(
            session, source.id, trigger=RunTrigger.MANUAL, owner="test", now=now
        )
    spider = spider_class(source)(options=CrawlOptions())
    assert isinstance(spider, SourceSpider)
    spider.config = CrawlConfig(database_url=database.url, today=now.astimezone(SHANGHAI).date())
    spider.ledger = RunLedger(
        database, source_id=source.id, run_id=run_id, token=token, now=lambda: now
    )
    return spider


def played(
    spider: SourceSpider,
    site: Mapping[str, str],
    kind: VerdictKind,
    *,
    refused: RefusalClass = RefusalClass.GONE,
) -> list[str]:
    """The pages that a run over ``site`` (path -> body) asks for; it ends with ``kind``."""
    asked: list[str] = []
    waiting = list(spider.entries())
    while waiting:
        ask = waiting.pop(0).cb_kwargs["ask"]
        if ask.kind is RequestKind.ARTICLE:
            continue
        path = ask.url.removeprefix(HOST)
        asked.append(path)
        if path in site:
            page = f"<html><body>{site[path]}</body></html>".encode()
            outputs = spider.answered(HtmlResponse(ask.url, body=page), ask)
        else:
            outputs = spider.refuse(ask, refused, "played")
        waiting += [one for one in outputs if isinstance(one, Request)]
    spider.walker.conclude()
    spider.ledger.finish(spider.account, Verdict(kind=kind, reason="played"))
    return asked


def article(day: date, number: int) -> str:
    words = f"第{number}次协商议政会议在昆明召开"
    return f'<li><a href="/{day:%Y-%m/%d}/c{number}.htm">{words}</a></li>'


def page_link(day: date, number: int) -> str:
    return f'<a href="/{day:%Y-%m/%d}/node_{number}.htm">第0{number}版：要闻</a>'


NOW = datetime(2026, 1, 20, 12, tzinfo=SHANGHAI)
TODAY = NOW.date()


def test_a_page_that_only_a_later_page_names_is_read(database: Database) -> None:
    day = f"/{TODAY:%Y-%m/%d}"
    front = page_link(TODAY, 1) + page_link(TODAY, 2)
    site = {
        f"{day}/node_1.htm": front + article(TODAY, 1),
        f"{day}/node_2.htm": front + page_link(TODAY, 3) + article(TODAY, 2),
        f"{day}/node_3.htm": front + page_link(TODAY, 3) + article(TODAY, 3),
    }
    spider = spider_of(database, NOW)
    asked = played(spider, site, VerdictKind.PARTIAL)
    assert set(site) <= set(asked)
    totals = spider.account.walks[issue_name(TODAY)].totals
    assert (totals.end, totals.pages, totals.stated_pages) == (End.ISSUE_WHOLE, 3, 3)
    assert len(spider.account.walks[issue_name(TODAY)].shown) == 3


@pytest.mark.parametrize(
    ("there", "answer", "cause"),
    [
        (True, RefusalClass.GONE, None),
        (False, RefusalClass.GONE, None),
        (False, RefusalClass.HTTP_ERROR, OpenCause.PAGES_LEFT),
        (False, RefusalClass.BLOCKED, OpenCause.PAGES_LEFT),
    ],
)
def test_a_page_whose_number_is_left_out_is_asked_for(
    database: Database, there: bool, answer: RefusalClass, cause: OpenCause | None
) -> None:
    day = f"/{TODAY:%Y-%m/%d}"
    front = page_link(TODAY, 1) + page_link(TODAY, 2) + page_link(TODAY, 4)
    site = {f"{day}/node_{n}.htm": front + article(TODAY, n) for n in (1, 2, 4)}
    if there:
        site[f"{day}/node_3.htm"] = front + article(TODAY, 3)
    spider = spider_of(database, NOW)
    asked = played(spider, site, VerdictKind.PARTIAL, refused=answer)
    assert asked[-1] == f"{day}/node_3.htm"
    walk = spider.account.walks[issue_name(TODAY)]
    assert len(walk.shown) == 3 + there
    assert (walk.totals.end, walk.totals.cause) == (None if cause else End.ISSUE_WHOLE, cause)
    assert spider.account.missing == spider.account.asked[RequestKind.ARTICLE]
    assert {one.kind for one in spider.account.refusals} <= {RequestKind.ISSUE}
    assert not spider.account.walled


@pytest.mark.parametrize(
    ("names", "left"),
    [
        (["/05/node_1.htm", "/05/node_2.htm", "/05/node_4.htm"], ["/05/node_3.htm"]),
        (["/A01.html", "/A03.html", "/B01.html", "/B02.html"], ["/A02.html"]),
        (["/p?v=08", "/p?v=09", "/p?v=11"], ["/p?v=10"]),
        (["/p?v=9", "/p?v=11"], ["/p?v=10"]),
        (["/node_1.htm", "/node_4.htm"], []),
        (["/node_1.htm", "/node_40.htm", "/node_41.htm"], []),
        (["/index.htm"], []),
    ],
)
def test_which_pages_are_left_out(names: list[str], left: list[str]) -> None:
    assert left_out(names) == left


def test_a_day_that_is_answered_with_the_issue_of_another_stays_open(database: Database) -> None:
    newest = article(TODAY, 1) + article(TODAY, 2)
    site = {f"/{TODAY - timedelta(days=ago):%Y-%m/%d}/node_1.htm": newest for ago in range(3)}
    spider = spider_of(database, NOW)
    played(spider, site, VerdictKind.PARTIAL)
    causes = [
        spider.account.walks[issue_name(TODAY - timedelta(days=ago))].totals.cause
        for ago in range(3)
    ]
    assert causes == [None, OpenCause.REPEATS, OpenCause.REPEATS]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ({1: "ab", 2: "cd"}, {}),
        ({1: "ab", 2: "bc"}, {}),
        ({1: "ab", 2: "abc"}, {1: 2}),
        ({1: "ab", 2: "ab"}, {1: 2, 2: 1}),
        ({1: "", 2: "ab"}, {}),
    ],
)
def test_issues_that_show_only_what_others_show(
    shown: dict[int, str], expected: dict[int, int]
) -> None:
    assert repeats(shown) == expected


def test_an_issue_that_comes_late_is_read(database: Database) -> None:
    """A weekly paper whose issue of the 20th is put on the site on the 24th."""
    first = f"/{TODAY - timedelta(days=1):%Y-%m/%d}/node_1.htm"
    site = {first: article(TODAY - timedelta(days=1), 1)}
    played(spider_of(database, NOW, weekly=True), site, VerdictKind.COMPLETE)
    late = f"/{TODAY:%Y-%m/%d}/node_1.htm"
    for ago in (1, 2, 3):
        now = NOW + timedelta(days=ago)
        assert late in played(spider_of(database, now, weekly=True), site, VerdictKind.COMPLETE)
    site[late] = article(TODAY, 2)
    now = NOW + timedelta(days=4)
    assert late in played(spider_of(database, now, weekly=True), site, VerdictKind.COMPLETE)
    after = spider_of(database, now + timedelta(days=2), weekly=True)
    asked = played(after, site, VerdictKind.COMPLETE)
    assert first not in asked, "it is settled"


@pytest.mark.parametrize(("second", "cause"), [("7", OpenCause.ITEMS_LEFT), ("8", None)])
def test_two_articles_of_one_address_are_not_both_read(
    database: Database, second: str, cause: OpenCause | None
) -> None:
    body = "<p>" + "各位委员围绕中心工作协商议政，建言献策。" * 20 + "</p>"
    items = [
        {"title": "省政协十件大事", "body": body, "id": "7"},
        {"title": "第九次协商会议", "body": body, "id": second},
    ]
    document = json.dumps({"day": f"{TODAY}", "items": items}).encode()
    spider = spider_of(database, NOW, family="json")
    (request,) = spider.entries()
    outputs = spider.answered(TextResponse(request.url, body=document), request.cb_kwargs["ask"])
    assert len(outputs) == (1 if cause else 2)
    assert spider.account.walks[issue_name(TODAY)].totals.cause is cause


def test_an_issue_of_empty_pages_is_not_whole(database: Database) -> None:
    front = page_link(TODAY, 1) + page_link(TODAY, 2)
    site = {f"/{TODAY:%Y-%m/%d}/node_{n}.htm": front for n in (1, 2)}
    spider = spider_of(database, NOW)
    played(spider, site, VerdictKind.PARTIAL)
    assert spider.account.walks[issue_name(TODAY)].totals.cause is OpenCause.EMPTY_PAGE

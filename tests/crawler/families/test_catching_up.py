"""Papers after a pause that is longer than their look-back: what is caught up on, what is said."""

from datetime import datetime, timedelta

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse
from sqlalchemy import update

from crawler.config import CrawlConfig
from crawler.families.issues import MOST_DAYS_BACK, NOT_ASKED_FOR
from crawler.families.numbered import MOST_ISSUES_BACK
from crawler.runs.ledger import RunLedger
from crawler.sources.declaration import Source
from crawler.spiders.base import SourceSpider
from crawler.spiders.loader import spider_class
from storage.engine.database import Database
from storage.engine.link_tables import DiscoveryRow
from storage.records import (
    SHANGHAI,
    RefusalClass,
    RequestKind,
    RunCounts,
    RunTrigger,
    Verdict,
    VerdictKind,
)
from storage.runs import door, lease
from storage.runs.options import CrawlOptions
from tests.storage.samples import NOW

FAMILIES = {
    "epaper": {"issue_url": "http://p.example/{YYYY}-{MM}/{DD}/node_1.htm", "lookback_days": 3},
    "numbered": {
        "entry_url": "http://p.example/index.htm", "page_url": "http://p.example/i{issue}/p{page}.htm",
        "lookback_issues": 3,
    },
}  # fmt: skip


def spider_of(
    database: Database, family: str, now: datetime, options: CrawlOptions | None = None
) -> SourceSpider:
    source = Source.model_validate(
        {
            "id": "paper", "name": "某某日报", "region": "云南", "kind": "daily_epaper",
            "homepage": "http://p.example/", "hosts": ["p.example"],
            "family": family, family: FAMILIES[family],
            "article_pattern": r"/c\d+\.htm", "expect": {"min_articles": 1, "max_days_silent": 2},
        }
    )  # fmt: skip
    with database.begin() as session:
        run_id, token = door.begin_run(
            session, source.id, trigger=RunTrigger.MANUAL, owner="test", now=now
        )
    spider = spider_class(source)(options=options or CrawlOptions())
    assert isinstance(spider, SourceSpider)
    spider.config = CrawlConfig(database_url=database.url, today=now.astimezone(SHANGHAI).date())
    spider.ledger = RunLedger(
        database, source_id=source.id, run_id=run_id, token=token, now=lambda: now
    )
    return spider


def end(spider: SourceSpider, kind: VerdictKind) -> str | None:
    """What the run says of issues that it did not ask for; it ends with a verdict of ``kind``."""
    spider.walker.conclude()
    spider.ledger.finish(spider.account, Verdict(kind=kind, reason="played"))
    walk = spider.account.walks.get(NOT_ASKED_FOR)
    return None if walk is None else walk.broken


def complete_run(database: Database, family: str, now: datetime) -> None:
    spider = spider_of(database, family, now)
    with database.begin() as session:
        lease.finish_run(
            session, spider.ledger.run_id, spider.ledger.token,
            Verdict(kind=VerdictKind.COMPLETE, reason="played"), RunCounts(), now=now,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("pause", "options", "asked", "gap"),
    [
        (None, CrawlOptions(), 3, False),  # a first crawl
        (0, CrawlOptions(), 2, False),  # what may be corrected
        (0, CrawlOptions(full=True), 3, False),
        (-1, CrawlOptions(), 3, False),  # of a clock that ran ahead
        (20, CrawlOptions(), 22, False),
        (20, CrawlOptions(full=True), 22, False),
        (100, CrawlOptions(), MOST_DAYS_BACK, True),
        (100, CrawlOptions(since=(NOW - timedelta(days=4)).date()), 5, False),
        (100, CrawlOptions(until=(NOW - timedelta(days=4)).date()), 3, False),
    ],
)
def test_the_days_since_the_last_complete_run_are_asked_for(
    database: Database, pause: int | None, options: CrawlOptions, asked: int, gap: bool
) -> None:
    if pause is not None:
        complete_run(database, "epaper", NOW - timedelta(days=pause, hours=1))
    spider = spider_of(database, "epaper", NOW, options)
    assert len(list(spider.walker.entries())) == asked
    said = end(spider, VerdictKind.PARTIAL)
    assert (said is not None) is gap
    if said is not None:
        assert "no issue from 2025-10-11 to 2025-11-21 was asked for" in said


def test_days_that_nobody_asked_for_are_named_once(database: Database) -> None:
    complete_run(database, "epaper", NOW - timedelta(days=100))
    assert end(spider_of(database, "epaper", NOW), VerdictKind.PARTIAL) is not None
    later = NOW + timedelta(hours=1)
    assert end(spider_of(database, "epaper", later), VerdictKind.COMPLETE) is None
    again = NOW + timedelta(days=80)
    assert end(spider_of(database, "epaper", again), VerdictKind.PARTIAL) is not None


def play_days(spider: SourceSpider, failing: str) -> list[str]:
    """The days that are asked for; the issue of one of them does not come, of the others all."""
    asked = []
    for request in spider.entries():
        day = request.url.removeprefix("http://p.example/").removesuffix("/node_1.htm")
        asked.append(day)
        if day != failing:
            link = f'<a href="/c{day.replace("-", "").replace("/", "")}.htm">头条：政协协商议政</a>'
            response = HtmlResponse(request.url, body=f"<html><body>{link}</body></html>".encode())
            list(spider.answered(response, request.cb_kwargs["ask"]))
    with spider.ledger.database.begin() as session:
        session.execute(update(DiscoveryRow).values(state="stored"))
    return asked


def test_what_a_partial_run_read_as_a_whole_is_not_asked_for_again(database: Database) -> None:
    complete_run(database, "epaper", NOW - timedelta(days=20, hours=1))
    bad, newest = "2026-01/05", ["2026-01/20", "2026-01/19"]
    first = spider_of(database, "epaper", NOW)
    assert len(play_days(first, bad)) == 22
    end(first, VerdictKind.PARTIAL)
    again = spider_of(database, "epaper", NOW + timedelta(hours=1))
    assert play_days(again, bad) == [*newest, bad]
    end(again, VerdictKind.PARTIAL)
    full = spider_of(database, "epaper", NOW + timedelta(hours=2), CrawlOptions(full=True))
    assert len(play_days(full, bad)) == 22
    end(full, VerdictKind.PARTIAL)
    last = spider_of(database, "epaper", NOW + timedelta(hours=3))
    assert play_days(last, "") == [*newest, bad]
    end(last, VerdictKind.COMPLETE)
    assert play_days(spider_of(database, "epaper", NOW + timedelta(hours=4)), "") == newest


def test_a_run_of_a_clock_that_ran_ahead_has_read_no_day_as_a_whole(database: Database) -> None:
    complete_run(database, "epaper", NOW - timedelta(days=5, hours=1))
    ahead = spider_of(database, "epaper", NOW + timedelta(days=20))
    play_days(ahead, "")
    end(ahead, VerdictKind.PARTIAL)
    assert len(play_days(spider_of(database, "epaper", NOW), "")) == 7


def issues_read(spider: SourceSpider, newest: int, failing: int = 0) -> list[int]:
    """The issues that are asked for, one after the other, when ``newest`` is the newest.

    There is one a week, the newest today; the last page of issue ``failing`` does not come.
    """
    read: list[int] = []
    waiting = list(spider.entries())
    while waiting:
        request = waiting.pop(0)
        ask = request.cb_kwargs["ask"]
        if ask.kind is RequestKind.ARTICLE:
            continue
        number = newest if ask.walk == "entry" else int(ask.walk.removeprefix("issue "))
        if ask.page_number > 1:
            spider.refuse(ask, RefusalClass.HTTP_ERROR, "played")
            continue
        links = f'<a href="/i{number}/p1.htm">第{number}期</a>'
        if ask.walk != "entry":
            read.append(number)
            links += f'<a href="/c{number}.htm">第{number}期头条协商议政</a>'
            links += f'<a href="/i{number}/p2.htm">下一版</a>' if number == failing else ""
        day = f"{NOW - timedelta(days=7 * (newest - number)):%Y-%m-%d}"
        page = f"<html><body>{day} {links}</body></html>".encode()
        outputs = spider.answered(HtmlResponse(ask.url, body=page), ask)
        waiting += [one for one in outputs if isinstance(one, Request)]
    with spider.ledger.database.begin() as session:
        session.execute(update(DiscoveryRow).values(state="stored"))
    return read


@pytest.mark.parametrize("full", [False, True])
def test_the_issues_since_the_last_complete_run_are_asked_for(
    database: Database, full: bool
) -> None:
    first = spider_of(database, "numbered", NOW)
    assert issues_read(first, 10) == [10, 9, 8]  # the look-back
    assert end(first, VerdictKind.COMPLETE) is None
    later = spider_of(database, "numbered", NOW + timedelta(days=70), CrawlOptions(full=full))
    assert issues_read(later, 20) == [*range(20, 9, -1)]
    assert end(later, VerdictKind.COMPLETE) is None
    next_one = spider_of(database, "numbered", NOW + timedelta(days=71), CrawlOptions(full=full))
    assert issues_read(next_one, 21) == ([21, 20, 19] if full else [21, 20])


def test_an_issue_that_a_partial_run_read_as_a_whole_is_not_asked_for_again(
    database: Database,
) -> None:
    first = spider_of(database, "numbered", NOW)
    issues_read(first, 10)
    end(first, VerdictKind.COMPLETE)
    for hours in (1, 2):
        later = spider_of(database, "numbered", NOW + timedelta(hours=hours))
        read = issues_read(later, 20, failing=15)
        assert read == ([*range(20, 9, -1)] if hours == 1 else [20, 19, 15, 10])
        end(later, VerdictKind.PARTIAL)
    full = spider_of(database, "numbered", NOW + timedelta(hours=3), CrawlOptions(full=True))
    assert issues_read(full, 20) == [*range(20, 9, -1)]
    end(full, VerdictKind.COMPLETE)
    assert issues_read(spider_of(database, "numbered", NOW + timedelta(hours=4)), 21) == [21, 20]


@pytest.mark.parametrize(
    ("since", "until", "listed", "words"),
    [
        (40, 20, [37, 36, 35], None),
        (40, None, [40, 39, 38, 37, 36, 35], None),
        (None, 20, [37, 36, 35], None),  # the look-back
        (7 * 39 + 1, 7 * 39, [1], "issue 1, of 2025-04-22, is the last"),  # numbers may begin anew
    ],
)
def test_issues_of_days_asked_for_are_looked_for_back_to_the_first(
    database: Database, since: int | None, until: int | None, listed: list[int], words: str | None
) -> None:
    days = [None if ago is None else (NOW - timedelta(days=ago)).date() for ago in (since, until)]
    complete_run(database, "numbered", NOW - timedelta(hours=1))
    spider = spider_of(database, "numbered", NOW, CrawlOptions(since=days[0], until=days[1]))
    read = issues_read(spider, 40)
    assert read == [*range(40, (min(listed) - 1 if since and not words else min(listed)) - 1, -1)]
    assert [walk.day is not None for walk in spider.account.walks.values()].count(True) == len(
        [walk for name, walk in spider.account.walks.items() if walk.shown]
    )
    shown = [name for name, walk in spider.account.walks.items() if walk.shown]
    assert shown == [f"issue {number}" for number in listed]
    said = end(spider, VerdictKind.PARTIAL)
    assert said is None if words is None else said is not None and said.startswith(words)


def test_issues_that_nobody_asked_for_are_named_once(database: Database) -> None:
    first = spider_of(database, "numbered", NOW)
    issues_read(first, 10)
    end(first, VerdictKind.COMPLETE)
    later = spider_of(database, "numbered", NOW + timedelta(days=900))
    assert len(issues_read(later, 110)) == MOST_ISSUES_BACK
    said = end(later, VerdictKind.PARTIAL)
    assert said is not None
    assert said.startswith("no issue before 51 was asked for")
    again = spider_of(database, "numbered", NOW + timedelta(days=901))
    assert issues_read(again, 111) == [111, 110], "the rest was read as a whole"
    assert end(again, VerdictKind.COMPLETE) is None

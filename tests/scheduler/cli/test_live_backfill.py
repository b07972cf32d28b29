"""A live source's past: slices stop, resume, and say what was covered; walls end the walk."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest

from crawler.sources.declaration import Source, load_sources
from scheduler.cli.live_backfill import EMPTY_SLICES, LiveBackfill
from storage.engine.database import Database
from storage.records import SHANGHAI, RunCounts, RunTrigger, Verdict, VerdictKind
from storage.runs import door, history, lease
from storage.runs.history import RunRecord
from storage.runs.options import CrawlOptions
from storage.runs.parts import covered_years

NOW = datetime(2021, 3, 5, tzinfo=SHANGHAI)
PAPER, LISTS = "yunnan_daily", "yunnan_net"
Answer = tuple[VerdictKind, int]


@pytest.fixture
def source() -> Source:
    return load_sources(None)[PAPER]


class Site:
    """Carries out runs as a site would answer them: ``answers`` by first day, else complete."""

    def __init__(self, database: Database, answers: dict[date, list[Answer]]) -> None:
        self.database = database
        self.answers = {day: iter(given) for day, given in answers.items()}
        self.asked: list[CrawlOptions] = []

    def crawl(self, options: CrawlOptions) -> RunRecord:
        self.asked.append(options)
        assert options.since is not None
        default: Iterator[Answer] = iter([(VerdictKind.COMPLETE, 3)])
        kind, articles = next(self.answers.get(options.since, default))
        now = NOW.replace(minute=len(self.asked) % 60, hour=len(self.asked) // 60)
        with self.database.begin() as session:
            run_id, token = door.begin_run(
                session, PAPER, trigger=RunTrigger.MANUAL, owner="test:1", now=now
            )
            lease.finish_run(
                session, run_id, token, Verdict(kind=kind, reason=f"{kind.value} it was"),
                RunCounts(articles_new=articles), now=now,
            )  # fmt: skip
        with self.database.reading() as session:
            return history.get_run(session, run_id)


def walk(
    database: Database, source: Source, crawl: Callable[[CrawlOptions], RunRecord], since: date
) -> LiveBackfill:
    made = LiveBackfill(
        database=database,
        source=source,
        since=since,
        until=date(2021, 2, 10),
        crawl=crawl,
        now=lambda: NOW,
    )
    made.recall()
    return made


def test_a_paper_is_walked_month_by_month_and_goes_on(database: Database, source: Source) -> None:
    site = Site(database, {date(2020, 12, 1): [(VerdictKind.PARTIAL, 0)]})
    first = walk(database, source, site.crawl, date(2020, 11, 20))
    assert [one.since for one in first.read()] == [
        date(2021, 2, 1), date(2021, 1, 1), date(2020, 12, 1), date(2020, 11, 20),
    ]  # fmt: skip
    assert all(one.full and one.past and one.pages for one in site.asked)
    assert first.verdict().kind is VerdictKind.PARTIAL
    assert [(one.year, one.covered) for one in first.years] == [(2020, False), (2021, True)]
    assert first.years[0].why == "2020-12-01 to 2020-12-31: partial it was"

    again = walk(database, source, site.crawl, date(2020, 11, 20))
    site.answers.clear()
    assert [one.since for one in again.read()] == [date(2020, 12, 1)], "only what is left"
    assert again.verdict().kind is VerdictKind.COMPLETE
    assert again.verdict().reason == "12 articles; covered 2020, 2021"
    with database.reading() as session:
        assert covered_years(session) == {PAPER: {2020: 6, 2021: 6}}


def test_days_that_are_not_over_are_read_again(database: Database, source: Source) -> None:
    site = Site(database, {})
    for asked in (1, 2):
        made = walk(database, source, site.crawl, date(2021, 2, 1))
        made.now = lambda: datetime(2021, 2, 10, 22, tzinfo=SHANGHAI)
        list(made.read())
        assert len(site.asked) == asked
        assert made.verdict().kind is VerdictKind.COMPLETE
    with database.reading() as session:
        assert covered_years(session) == {PAPER: {2021: 3}}
    list(walk(database, source, site.crawl, date(2021, 2, 1)).read())
    list(walk(database, source, site.crawl, date(2021, 2, 1)).read())
    assert len(site.asked) == 3, "over now, and read once"


def test_a_list_is_walked_year_by_year(database: Database) -> None:
    site = Site(database, {})
    made = walk(database, load_sources(None)[LISTS], site.crawl, date(2018, 6, 1))
    assert [one.since.year for one in made.read()] == [2021, 2020, 2019, 2018]


def test_a_run_that_its_deadline_ends_is_gone_on_with(database: Database, source: Source) -> None:
    day = date(2021, 2, 1)
    partial = (VerdictKind.PARTIAL, 40)
    site = Site(database, {day: [partial, partial, (VerdictKind.COMPLETE, 7)]})
    made = walk(database, source, site.crawl, day)
    list(made.read())
    assert len(site.asked) == 3
    assert made.verdict().kind is VerdictKind.COMPLETE
    assert made.years[0].articles == 87


def test_a_wall_ends_the_walk(database: Database, source: Source) -> None:
    site = Site(database, {date(2021, 1, 1): [(VerdictKind.BLOCKED, 0)]})
    made = walk(database, source, site.crawl, date(2015, 1, 1))
    list(made.read())
    assert len(site.asked) == 2
    assert made.stopped is not None
    assert "refuses" in made.verdict().reason
    assert made.years[0].why.endswith("not read yet")


def test_the_beginning_of_an_archive_ends_the_walk(database: Database, source: Source) -> None:
    gone = {date(2020, month, 1): [(VerdictKind.FAILED, 0)] for month in range(1, 13)}
    site = Site(database, gone)
    made = walk(database, source, site.crawl, date(2010, 1, 1))
    list(made.read())
    assert len(site.asked) == 2 + EMPTY_SLICES
    assert made.verdict().kind is VerdictKind.PARTIAL
    assert [one.year for one in made.years if one.covered] == [2021]


def test_a_cancelled_run_ends_the_walk(database: Database, source: Source) -> None:
    site = Site(database, {})

    def cancelled(options: CrawlOptions) -> RunRecord:
        return replace(site.crawl(options), cancel_requested_at=NOW)

    made = walk(database, source, cancelled, date(2020, 1, 1))
    assert len(list(made.read())) == 1
    assert made.verdict().kind is not VerdictKind.COMPLETE

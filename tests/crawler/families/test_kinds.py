"""Each further family is crawled on three days of its own host: ordinary, broken, whole again."""

from datetime import timedelta
from pathlib import Path

import pytest

from crawler.sources.declaration import load_source
from fixtures.kinds import DECLARATIONS, KINDS, articles
from fixtures.server import SmallInternet
from fixtures.site import DAY_ONE
from storage.engine.database import Database, open_database
from storage.publications.reading import list_publications
from storage.records import WalkTotals
from storage.runs.history import RunRecord, list_runs
from storage.runs.totals import list_totals
from tests.crawl_many import crawl_many

BROKEN = {
    # the verdict of day 2, and words of its reason
    "scripted": ("changed", "no script of the page holds a list"),
    "jsonlist": ("partial", "12 articles declared, 9 found"),
    "jsonp": ("complete", ""),  # the empty page is asked for again, and is none
    "entry": ("changed", "leads to no dated issue"),
    "calendar": ("failed", "status 404"),
    "candidates": ("empty_unexpected", "the issue of 2021-01-24 was there before, and is not now"),
    "numbered": ("partial", "status 404"),
    "asked": ("partial", "has no text"),
    "feed": ("partial", "no feed"),
}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Database, list[str]]:
    """The database after three days, and the User-Agents that feed.example saw."""
    folder = tmp_path_factory.mktemp("kinds")
    url = f"sqlite:///{folder / 'cppcc.db'}"
    open_database(url).close()
    with SmallInternet(day=1) as internet:
        for day in (1, 2, 3):
            internet.day = day
            crawl_many(
                [name + (":full" if day == 2 and name == "jsonlist" else "") for name in KINDS],
                {
                    **internet.environment(),
                    "CPPCC_DATABASE_URL": url,
                    "CPPCC_SOURCES": str(DECLARATIONS),
                    "CPPCC_TODAY": (DAY_ONE + timedelta(days=day - 1)).isoformat(),
                    "CPPCC_MAX_DELAY_SECONDS": "0",
                },
                seconds=240,
            )
        agents = [
            served.user_agent or "" for served in internet.log if served.host == "feed.example"
        ]
    return open_database(url), agents


def run_of(database: Database, name: str, day: int) -> tuple[RunRecord, list[WalkTotals]]:
    with database.reading() as session:
        records = list_runs(session, source_id=name)
        assert len(records) == 3, "each day has one run"
        record = records[3 - day]
        return record, list_totals(session, record.id)


@pytest.mark.parametrize("name", KINDS)
def test_the_ordinary_days_are_complete(crawled: tuple[Database, list[str]], name: str) -> None:
    for day in (1, 3):
        record, totals = run_of(crawled[0], name, day)
        assert record.verdict is not None
        assert record.verdict.kind.value == "complete", (day, record.verdict.reason)
        assert all(one.end is not None for one in totals)
        assert sum(one.remainder or 0 for one in totals) == 0, totals


@pytest.mark.parametrize("name", KINDS)
def test_the_broken_day_is_said(crawled: tuple[Database, list[str]], name: str) -> None:
    record, _ = run_of(crawled[0], name, 2)
    verdict, words = BROKEN[name]
    assert record.verdict is not None
    assert record.verdict.kind.value == verdict, record.verdict.reason
    assert words in record.verdict.reason


@pytest.mark.parametrize("name", KINDS)
def test_every_article_of_the_window_is_stored(
    crawled: tuple[Database, list[str]], name: str
) -> None:
    with crawled[0].reading() as session:
        stored = [one for one in list_publications(session, limit=500) if one.source_id == name]
    wanted = {one.text.title for one in articles(name)}
    if name == "calendar":
        wanted -= {one.text.title for one in articles(name) if one.on == DAY_ONE - timedelta(1)}
    if name == "candidates":  # looks back three days
        first = DAY_ONE - timedelta(days=2)
        wanted = {one.text.title for one in articles(name) if one.on >= first}
    if name == "asked":
        wanted = {one.text.title for one in articles(name) if one.on >= DAY_ONE - timedelta(days=2)}
    if name == "numbered":  # three issues back
        days = sorted({one.on for one in articles(name) if one.since == 1})[-3:]
        wanted = {one.text.title for one in articles(name) if one.on >= days[0]}
    if name == "entry":
        wanted = {one.text.title for one in articles(name) if one.on >= DAY_ONE - timedelta(days=3)}
    assert {one.title for one in stored} == wanted
    assert all(one.published_at is not None for one in stored)


def test_a_source_may_be_asked_under_another_form_of_our_name(
    crawled: tuple[Database, list[str]],
) -> None:
    _, agents = crawled
    assert agents
    assert all(one.startswith("Mozilla/5.0 (compatible; cppcc-monitor/") for one in agents)


def test_the_declarations_beside_the_hosts_are_sound() -> None:
    paths = sorted(Path(DECLARATIONS).glob("*.toml"))
    assert [path.stem for path in paths] == sorted(KINDS)
    for path in paths:
        assert load_source(path).family

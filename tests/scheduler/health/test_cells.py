"""How a region is watched, as the database has it."""

from dataclasses import replace
from datetime import timedelta

from crawler.sources.declaration import Source
from scheduler.health.cells import refresh, region_watches
from scheduler.health.expected import Unseen
from scheduler.rhythm.almanac import load_almanac
from storage.engine.database import Database
from storage.notices import coverage
from storage.notices.decisions import dismiss_flag
from storage.records import SHANGHAI, Genre, OpenCause
from tests.storage.audit.test_counts import NOW, put_walk
from tests.storage.samples import article
from tests.storage.steps import save_article

SOURCE = Source.model_validate(
    {
        "id": "a", "name": "某某网", "region": "云南", "kind": "portal",
        "homepage": "http://a.example/", "hosts": ["a.example"],
        "family": "listing", "listing": {"urls": ["http://a.example/list.html"]},
        "expect": {"min_articles": 1, "max_days_silent": 3},
    }
)  # fmt: skip


def test_what_came_and_went_between_two_readings_was_not_seen(database: Database) -> None:
    minutes_of_two_days = 60 * 24 * 2
    with database.begin() as session:
        put_walk(session, 1)
        put_walk(session, minutes_of_two_days, end_proof=None, cause=OpenCause.GAP.value, words="x")
    day = NOW.astimezone(SHANGHAI).date()
    with database.reading() as session:
        for now, seen in ((NOW + timedelta(days=30), False), (NOW + timedelta(days=400), True)):
            watch = region_watches(session, {"a": SOURCE}, now=now)["云南"]
            gap = Unseen(source_id="a", first=day, last=day + timedelta(days=2))
            assert watch.unseen == (() if seen else (gap,))


def test_a_year_before_the_watch_goes_with_what_was_found_of_it(database: Database) -> None:
    almanac = load_almanac()
    review = article(1, genre=Genre.TEN_EVENTS)
    assert review.reading is not None
    review = replace(review, reading=replace(review.reading, years=(2019,)))

    def years_of() -> set[int]:
        with database.begin() as session:
            refresh(session, almanac, {}, now=NOW)
            return {one.year for one in coverage.list_cells(session) if one.region == "云南"}

    with database.begin() as session:
        flag_id = save_article(session, review, now=NOW, run_id=None).flag_id
    assert flag_id is not None
    before = years_of()
    assert 2019 in before
    with database.begin() as session:
        dismiss_flag(session, flag_id, why="no review", now=NOW)
    assert years_of() == before - {2019}

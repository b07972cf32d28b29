"""What counts as found: nothing that a person took back, nothing doubtful that nobody confirmed."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text, update

from storage.engine.database import Database
from storage.engine.tables import PublicationRow
from storage.notices import coverage
from storage.notices.coverage import Cell, CellStatus
from storage.notices.decisions import accept_flag, dismiss_flag, reopen_flag
from storage.records import SHANGHAI, Genre, Level
from tests.storage.samples import DAY, NOW, article, reading
from tests.storage.steps import save_article

CELL = ("云南", Level.PROVINCIAL, 2025)
SURE, DOUBTFUL = 0.93, 0.62


def save(database: Database, number: int, score: float) -> int:
    one = replace(article(number), reading=replace(reading(Genre.ANNUAL_REVIEW), score=score))
    with database.begin() as session:
        return save_article(session, one, now=NOW, run_id=None).flag_id or 0


def in_view(database: Database) -> list[tuple[str, int | None]]:
    with database.reading() as session:
        rows = session.execute(
            text("SELECT status, publication_id FROM v1_coverage WHERE region = '云南'")
        )
        return [(status, publication_id) for status, publication_id in rows]


def found(database: Database) -> int | None:
    with database.reading() as session:
        held = coverage.found_reviews(session)
    return held[CELL].publication_id if CELL in held else None


def test_what_was_dismissed_fills_no_cell(database: Database) -> None:
    flag_id = save(database, 1, SURE)
    assert (found(database), in_view(database)) == (1, [("found", 1)])
    with database.begin() as session:
        dismiss_flag(session, flag_id, why="前年的", now=NOW + DAY)
    assert (found(database), in_view(database)) == (None, [])
    with database.begin() as session:
        reopen_flag(session, flag_id, now=NOW + 2 * DAY)
    assert (found(database), in_view(database)) == (1, [("found", 1)])


def test_what_is_doubtful_fills_a_cell_once_a_person_confirms_it(database: Database) -> None:
    flag_id = save(database, 1, DOUBTFUL)
    assert (found(database), in_view(database)) == (None, [])
    with database.reading() as session:
        assert coverage.doubtful_reviews(session) == {CELL: flag_id}
    with database.begin() as session:
        accept_flag(session, flag_id, now=NOW + DAY)
    assert (found(database), in_view(database)) == (1, [("found", 1)])
    with database.reading() as session:
        assert coverage.doubtful_reviews(session) == {}


def test_one_that_stands_counts_before_one_that_its_site_took_down(database: Database) -> None:
    save(database, 1, SURE)
    with database.begin() as session:
        session.execute(update(PublicationRow).values(removed_at=NOW))
    with database.reading() as session:
        assert coverage.found_reviews(session)[CELL].removed
    save(database, 2, SURE)
    with database.reading() as session:
        held = coverage.found_reviews(session)[CELL]
    assert (held.publication_id, held.removed) == (2, False)
    assert in_view(database) == [("found", 1)]


@pytest.mark.parametrize(
    ("first", "last", "status"), [(-9, 9, "due"), (-9, -1, "overdue"), (5, 9, "not_due")]
)
def test_a_cell_that_is_not_refreshed_yet_does_not_say_found(
    database: Database, first: int, last: int, status: str
) -> None:
    today = datetime.now(SHANGHAI).date()  # the view's own day is that of the database
    region, level, year = CELL
    cell = Cell(
        region=region, level=level, year=year, status=CellStatus.FOUND, publication_id=1,
        due_from=today + timedelta(days=first), due_until=today + timedelta(days=last),
        reason=f"found on {date(2026, 1, 19)}",
    )  # fmt: skip
    flag_id = save(database, 1, SURE)
    with database.begin() as session:
        coverage.put_cells(session, [cell], now=NOW)
    assert in_view(database) == [("found", 1)]
    with database.begin() as session:
        dismiss_flag(session, flag_id, why="不是", now=NOW + DAY)
    assert in_view(database) == [(status, None)]


def test_an_index_alone_says_what_was_found(database: Database) -> None:
    if database.engine.dialect.name != "sqlite":
        pytest.skip("the words of SQLite's plan")
    with database.reading() as session:
        plan = session.execute(text("EXPLAIN QUERY PLAN SELECT * FROM v1_coverage")).all()
    of_publications = [row[3] for row in plan if "ix_publications" in row[3]]
    assert of_publications
    assert all("COVERING INDEX ix_publications_found" in words for words in of_publications)

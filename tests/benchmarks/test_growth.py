"""What a large database costs those who ask it: processor time, the least of several rounds.

``CPPCC_BENCH_LARGE`` is the SQLite URL of one that ``tests.benchmarks.large_database`` made; the
goals are for a million articles.  Without it, a small one is made, which shows the table only.
"""

import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from crawler.sources.declaration import load_sound_sources
from scheduler.health.cells import cells_now
from scheduler.rhythm.almanac import load_almanac
from storage.engine.database import Database, open_database, open_reading
from storage.exports.selection import id_batches, select_changes
from storage.notices.flags import list_flags
from storage.records import SHANGHAI
from storage.runs.history import latest_runs
from tests.benchmarks.large_database import ORIGINALS, build

LARGE = os.environ.get("CPPCC_BENCH_LARGE")
ROUNDS = 3
RECENT = 1000
"""Changes since the last export."""


@pytest.mark.bench
def test_questions_to_a_large_database(tmp_path: Path) -> None:
    url = LARGE or f"sqlite:///{tmp_path / 'small.db'}"
    if LARGE is None:
        small = open_database(url)
        build(small, 2 * ORIGINALS)
        small.close()
    database = open_reading(url)
    sources, almanac = load_sound_sources()[0], load_almanac()
    with database.reading() as session:
        ask = session.connection().exec_driver_sql
        number = ask("SELECT count(*) FROM publications").scalar()
        last: int = ask("SELECT max(cursor) FROM changes").scalar_one()
    now = datetime.now(SHANGHAI)
    questions: dict[str, tuple[float, Callable[[Session], object]]] = {
        "coverage": (300, lambda asked: cells_now(asked, almanac, sources, now=now)),
        "export --since, first batch": (20, lambda asked: next(changed(asked, last - RECENT))),
        "latest run of each source": (100, latest_runs),
        "flags list": (50, lambda asked: list_flags(asked, limit=50)),
        "v1_coverage": (50, rows("SELECT * FROM v1_coverage")),
        "v1_reviews, first 100": (50, rows("SELECT * FROM v1_reviews LIMIT 100")),
        "v1_reviews of a region": (50, rows("SELECT * FROM v1_reviews WHERE region = '云南'")),
        "v1_stories, first 100": (50, rows("SELECT * FROM v1_stories LIMIT 100")),
    }
    print(f"\n{number} articles\n{'question':30}{'ms':>8}{'goal':>8}")
    over = []
    for name, (goal, question) in questions.items():
        took = 1000 * min(cost(database, question) for _ in range(ROUNDS))
        print(f"{name:30}{took:>8.1f}{goal:>8.0f}")
        if took > goal:
            over.append(name)
    database.close()
    assert LARGE is None or not over


def changed(session: Session, since: int) -> Iterator[list[int]]:
    """The batches of an export of what changed after ``since``."""
    return id_batches(session, select_changes(session, since))


def rows(query: str) -> Callable[[Session], object]:
    """A question in SQL, with all its rows."""
    return lambda session: session.connection().exec_driver_sql(query).all()


def cost(database: Database, question: Callable[[Session], object]) -> float:
    """Processor seconds of one question in a session of its own."""
    with database.reading() as session:
        session.connection()
        began = time.process_time()
        question(session)
        return time.process_time() - began

"""What a large database costs those who ask it and those who write into it.

``CPPCC_BENCH_LARGE`` is the URL of one that ``tests.benchmarks.large_database`` made; the goals
are for a million articles on SQLite.  Without it, a small one is made, which shows the table
only.  It is written into: give a copy, or one that is thrown away.  On PostgreSQL the small one is
made beside it, and nobody else may be at work on that server.

A question's cost is processor time (of the server too, on PostgreSQL), the least of several
rounds; its peer is the same question to a database of 4,000 articles in the same run.  Of a
stored article it is that of batches of twenty, by turns in both databases.  A peer that is
given as ``-`` would only say that a small file is small.
"""

import os
import random
import statistics
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from crawler.sources.declaration import Source, load_sound_sources
from scheduler.config import Config
from scheduler.examination import examine
from scheduler.health.cells import cells_now
from scheduler.rhythm.almanac import Almanac, load_almanac
from storage.articles.saving import save_articles
from storage.engine.backup import make_backup
from storage.engine.database import Database, open_database, open_reading
from storage.exports.selection import id_batches, select_changes
from storage.notices.flags import list_flags
from storage.records import SHANGHAI
from storage.runs.history import latest_with_verdict
from storage.search.query import search
from tests.benchmarks.console_database import NOW, articles
from tests.benchmarks.large_database import ORIGINALS, build
from tests.benchmarks.table import Table

LARGE = os.environ.get("CPPCC_BENCH_LARGE")
ROUNDS = 3
RECENT = 1000
"""Changes since the last export."""

BATCH = 20
BATCHES = 15
SEARCHES = 60
DEARER = 1.3
"""A stored article costs at most so many times what it costs in a database of 10,000."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A database with what its questions need besides a session."""

    url: str
    sources: Mapping[str, Source]
    almanac: Almanac
    last: int  # cursor of its newest change
    words: Sequence[str]  # two to four characters that its texts hold


Question = Callable[[Session], object]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[str]:
    """The URL of a database to be filled with few articles, on the engine of the large one."""
    if LARGE is None or LARGE.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'small.db'}"
        return
    server = create_engine(LARGE, isolation_level="AUTOCOMMIT")
    name = f"cppcc_small_{uuid.uuid4().hex[:12]}"
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield server.url.set(database=name).render_as_string(hide_password=False)
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    server.dispose()


@pytest.mark.bench
def test_questions_to_a_large_database(small: str) -> None:
    made(small, 2 * ORIGINALS)
    large = LARGE or small
    opened = {url: open_reading(url) for url in {small, large}}
    asked = {url: about(database) for url, database in opened.items()}
    with opened[large].reading() as session:
        number = session.connection().exec_driver_sql("SELECT count(*) FROM publications").scalar()
    print(f"\n{number} articles, {opened[large].engine.dialect.name}")
    table = Table()
    for name, (goal, question) in QUESTIONS.items():
        took = {url: ask(opened[url], partial(question, one)) for url, one in asked.items()}
        table.add(name, took[large], goal, peer=took[small], unit="ms")
    found = {url: searches(opened[url], one.words) for url, one in asked.items()}
    table.add("search, p95", found[large], 50, peer=found[small], unit="ms")
    for database in opened.values():
        database.close()
    table.show()


@pytest.mark.bench
def test_a_stored_article_in_a_large_database(small: str) -> None:
    made(small, 5 * ORIGINALS)
    databases = {"peer": open_database(small), "own": open_database(LARGE or small)}
    fresh = list(islice(articles(10**6, seed=time.time_ns()), 700, 700 + 2 * BATCH * BATCHES))
    spent: dict[str, list[float]] = {name: [] for name in databases}
    for number in range(2 * BATCHES):
        batch = [
            replace(one, url=f"{one.url}?fresh={time.time_ns()}")
            for one in fresh[BATCH * number : BATCH * (number + 1)]
        ]
        name = ("peer", "own")[number % 2]
        with processor_of(databases[name]) as clock, databases[name].begin() as session:
            save_articles(session, batch, now=NOW, run_id=None)
        spent[name].append(1000 * clock.seconds / BATCH)
    for database in databases.values():
        database.close()
    table = Table()
    peer, own = (statistics.median(spent[name]) for name in ("peer", "own"))
    table.add("a stored article", own, DEARER * peer, peer=peer, unit="ms")
    table.show()


@pytest.mark.bench
def test_a_backup_is_linear(tmp_path: Path, small: str) -> None:
    large = LARGE or small
    if not large.startswith("sqlite"):
        # Runs on SQLite alone: what is measured is our own backup, of which PostgreSQL has no need.
        pytest.skip("PostgreSQL has pg_dump")
    made(small, 5 * ORIGINALS)
    took = {}
    for name, url in (("peer", small), ("own", large)):
        began = time.process_time()
        size = make_backup(url, tmp_path / f"{name}.copy")
        took[name] = 1e9 * (time.process_time() - began) / size
        (tmp_path / f"{name}.copy").unlink()
    table = Table()
    table.add("db backup, checked", took["own"], 1.5 * took["peer"], peer=took["peer"], unit="s/GB")
    table.show()


def made(url: str, number: int) -> None:
    """A database of so many articles."""
    database = open_database(url, migrate=True)
    build(database, number, search=True)
    database.close()


def about(database: Database) -> Asked:
    """What the questions need to know of a database."""
    with database.reading() as session:
        ask = session.connection().exec_driver_sql
        last: int = ask("SELECT max(cursor) FROM changes").scalar_one()
        texts = ask("SELECT text FROM revisions WHERE publication_id <= 200").scalars().all()
    chance = random.Random(5)
    words = []
    for one in chance.choices(texts, k=SEARCHES):
        start = chance.randrange(len(one) - 4)
        words.append(one[start : start + chance.randint(2, 4)])
    sources = load_sound_sources()[0]
    return Asked(database.url, sources, load_almanac(), last, words)


def rows(query: str) -> Callable[[Asked, Session], object]:
    """A question in SQL, with all its rows."""
    return lambda asked, session: session.connection().exec_driver_sql(query).all()


QUESTIONS: dict[str, tuple[float, Callable[[Asked, Session], object]]] = {
    "coverage": (
        300,
        lambda asked, session: cells_now(
            session, asked.almanac, asked.sources, now=datetime.now(SHANGHAI)
        ),
    ),
    "doctor": (1000, lambda asked, session: list(examine(Config(database_url=asked.url)))),
    "export --since, first batch": (
        20,
        lambda asked, session: next(
            id_batches(session, select_changes(session, asked.last - RECENT))
        ),
    ),
    "last verdict on each source": (100, lambda asked, session: latest_with_verdict(session)),
    "flags list": (50, lambda asked, session: list_flags(session, limit=50)),
    "v1_coverage": (50, rows("SELECT * FROM v1_coverage")),
    "v1_reviews, first 100": (50, rows("SELECT * FROM v1_reviews LIMIT 100")),
    "v1_reviews of a region": (50, rows("SELECT * FROM v1_reviews WHERE region = '云南'")),
    "v1_stories, first 100": (50, rows("SELECT * FROM v1_stories LIMIT 100")),
}
"""Each with its goal in milliseconds."""


def ask(database: Database, question: Question) -> float:
    """Milliseconds of one question, each time in a session of its own."""
    least = float("inf")
    for _ in range(ROUNDS):
        with database.reading() as session:
            session.connection()
            with processor_of(database, session) as clock:
                question(session)
        least = min(least, clock.seconds)
    return 1000 * least


def searches(database: Database, words: Sequence[str]) -> float:
    """The 95th percentile of searches for words that stand in texts."""
    took = [ask(database, partial(search_for, word)) for word in words]
    return statistics.quantiles(took, n=20)[-1]


def search_for(word: str, session: Session) -> object:
    """A search as a page of the console asks it."""
    return search(session, word)


class Clock:
    """What a piece of work took, once it is over."""

    seconds = 0.0


@contextmanager
def processor_of(database: Database, session: Session | None = None) -> Iterator[Clock]:
    """Processor seconds of this process, and of all the server's behind a PostgreSQL database."""
    backends = []
    if database.engine.dialect.name == "postgresql":
        with nullcontext(session) if session else database.reading() as asking:
            backends = list(asking.scalars(text("SELECT pid FROM pg_stat_activity")))
    served = {backend: _server_seconds(backend) for backend in backends}
    clock, began = Clock(), time.process_time()
    yield clock
    clock.seconds = time.process_time() - began
    clock.seconds += sum(max(0.0, _server_seconds(one) - before) for one, before in served.items())


def _server_seconds(backend: int) -> float:
    """Of a server's process; 0 of one that has ended."""
    try:
        return int(Path(f"/proc/{backend}/schedstat").read_text("utf-8").split()[0]) / 1e9
    except OSError:
        return 0.0

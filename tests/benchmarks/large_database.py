"""A database of many articles in minutes: ``python -m tests.benchmarks.large_database URL N``.

A few thousand made articles go through the crawl's own way of storing, and are then multiplied
inside the database: each copy has its own ids, addresses, times, sums, bands and changes, and the
words of its original.  So every table and index has the rows that N articles leave (3 % of them
flagged, each a story of its own), and the sources have runs, incidents and decisions as the console
shows them; what cannot be told from it is how words repeat.  On SQLite the search index is filled
too with ``--search``, which takes most of the time.
"""

import argparse
import time
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, text

from storage.articles.saving import save_articles
from storage.engine.database import Database, open_database
from storage.engine.tables import Base
from storage.records import Article, Genre
from storage.search.index import fts5_document
from tests.benchmarks.console_database import (
    NOW,
    add_decisions,
    add_runs,
    articles,
    declare,
    of_sources,
)

ORIGINALS = 2000
FLAGGED = 60
BATCH = 200
APART = "7 hours"
STEP = 100_000
"""Articles a statement: the keys of so many are sorted before they go into an index."""

HASH_BYTES = 256 * 2**20
"""What FTS5 may gather before it writes."""

IDS = {"publication_id", "story_id", "flag_id", "original_id"}
SUMS = {"content_sha256", "snapshot_sha256", "sha256"}
OWN_ID = {"publications": "id", "stories": "id", "flags": "id", "changes": "cursor"}
MULTIPLIED = (
    "stories", "snapshots", "publications", "revisions", "captures", "events", "figures",
    "signatures", "flags", "changes", "bands",
)  # fmt: skip


def main() -> None:
    """Make it, and say how long each part took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="sqlite:///FILE, or an empty PostgreSQL database")
    parser.add_argument("articles", type=int)
    parser.add_argument("--search", action="store_true")
    given = parser.parse_args()
    database = open_database(given.url, migrate=True)
    build(database, given.articles, search=given.search)
    database.close()


def build(database: Database, number: int, *, search: bool = False) -> None:
    """Fill an empty database with about so many articles, a multiple of ``ORIGINALS``."""
    began = time.process_time()
    _store_originals(database)
    print(f"{ORIGINALS} stored through the crawl's own path: {time.process_time() - began:.0f} s")
    indexes = _indexes(database)
    _hasten(database)
    with database.engine.begin() as connection:
        for index in indexes:
            connection.exec_driver_sql(f"DROP INDEX {index}")
    for name in MULTIPLIED:
        began = time.perf_counter()
        with database.engine.begin() as connection:  # apart: bands have no index by publication
            connection.exec_driver_sql(f"CREATE TABLE originals AS {_originals(name)}")
        for first in range(1, number // ORIGINALS, STEP // ORIGINALS):
            last = min(first + STEP // ORIGINALS, number // ORIGINALS)
            with database.engine.begin() as connection:
                if database.engine.dialect.name == "postgresql":  # no foreign key is looked up
                    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
                connection.execute(text(_copying(name, connection)), {"a": first, "b": last})
        with database.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE originals")
        print(f"{name}: {time.perf_counter() - began:.0f} s", flush=True)
    began = time.perf_counter()
    with database.engine.begin() as connection:
        for made in indexes.values():
            connection.exec_driver_sql(made)
        if database.engine.dialect.name == "postgresql":
            for name, column in OWN_ID.items():
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{name}', '{column}'), "
                    f"(SELECT max({column}) FROM {name}))"
                )
    print(f"indexes: {time.perf_counter() - began:.0f} s")
    add_runs(database)
    add_decisions(database)
    if search and database.engine.dialect.name == "sqlite":
        began = time.perf_counter()
        _fill_search(database, number)
        print(f"search: {time.perf_counter() - began:.0f} s")
    if database.engine.dialect.name == "postgresql":  # its autovacuum does; nobody does on SQLite
        with database.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")


def _indexes(database: Database) -> dict[str, str]:
    """Those that can be dropped, with the statements that make them: of no key or constraint."""
    wanted = {
        "sqlite": "SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'index' AND sql > ''",
        "postgresql": "SELECT indexname, indexdef, tablename FROM pg_indexes WHERE indexname NOT IN"
        " (SELECT conname FROM pg_constraint) AND schemaname = 'public'",
    }
    with database.engine.begin() as connection:
        rows = connection.exec_driver_sql(wanted[database.engine.dialect.name]).all()
    return {name: made for name, made, table in rows if table in MULTIPLIED}


def _hasten(database: Database) -> None:
    """Neither sums nor keys are in doubt here, and a crash only costs a new start.

    The table of bands is its own index and lies at random: it fits the cache.
    """
    if database.engine.dialect.name == "sqlite":
        connection = database.engine.raw_connection()
        for pragma in (
            "foreign_keys = OFF",
            "synchronous = OFF",
            "journal_mode = OFF",
            "cache_size = -2000000",
        ):
            connection.cursor().execute(f"PRAGMA {pragma}")
        connection.close()  # back into the pool, which gives it out again


def _store_originals(database: Database) -> None:
    made = articles(60 * ORIGINALS)
    flagged = list(islice((one for one in made if _flagged(one)), FLAGGED))
    plain = islice((one for one in made if not _flagged(one)), ORIGINALS - FLAGGED)
    wanted = list(of_sources([*flagged, *plain], declare(database)))
    for begin in range(0, ORIGINALS, BATCH):
        with database.begin() as session:
            save_articles(session, wanted[begin : begin + BATCH], now=NOW, run_id=None)


def _flagged(article: Article) -> bool:
    return article.reading is not None and article.reading.genre is not Genre.CPPCC_NEWS


def _copying(name: str, connection: Connection) -> str:
    """The statement that makes the copies from number ``:a`` to before ``:b`` of a table's rows."""
    postgresql = connection.dialect.name == "postgresql"
    wide = "lpad(to_hex(n.k), 8, '0')" if postgresql else "printf('%08x', n.k)"
    columns, values = [], []
    for column in Base.metadata.tables[name].columns:
        one = f't."{column.name}"'
        if column.name in IDS or OWN_ID.get(name) == column.name:
            one = f"{one} + n.k * {ORIGINALS}"
        elif column.name in SUMS:
            one = f"substr({one}, 1, 56) || {wide}"
        elif column.name == "published_at":  # else 500 articles of one moment follow each other
            one = _earlier(one, postgresql=postgresql)
        elif column.name == "url":
            one = f"{one} || '?' || n.k"
        elif name == "bands":  # the key: a band of other words
            one = f"{one} + n.k * 1000003"
        columns.append(f'"{column.name}"')
        values.append(one)
    order = " ORDER BY 1, 2" if name == "bands" else ""
    return (
        "WITH RECURSIVE n(k) AS (SELECT CAST(:a AS BIGINT)"
        " UNION ALL SELECT k + 1 FROM n WHERE k + 1 < :b) "
        f'INSERT INTO "{name}" ({", ".join(columns)}) '
        f"SELECT {', '.join(values)} FROM n CROSS JOIN originals t{order}"
    )


def _earlier(moment: str, *, postgresql: bool) -> str:
    """A moment in SQL, ``APART`` earlier with each copy."""
    if postgresql:
        return f"{moment} - n.k * interval '{APART}'"
    hours, _ = APART.split()
    return f"strftime('%Y-%m-%d %H:%M:%f000', {moment}, '-' || ({hours} * n.k) || ' hours')"


def _originals(name: str) -> str:
    """The query for those rows of a table that the crawl's own way of storing has made."""
    if name != "snapshots":
        return f"SELECT * FROM {name} WHERE {OWN_ID.get(name, 'publication_id')} <= {ORIGINALS}"
    own = f"SELECT sha256 FROM captures WHERE publication_id <= {ORIGINALS}"
    return f"SELECT * FROM snapshots WHERE sha256 IN ({own})"


def _fill_search(database: Database, number: int) -> None:
    """Every copy has the words of its original, so their grams are made once."""
    with database.engine.begin() as connection:
        words = connection.exec_driver_sql(
            f"SELECT publication_id, title, text FROM revisions WHERE publication_id <= {ORIGINALS}"
        ).all()
    grams = [(id_, fts5_document(title, body)) for id_, title, body in words]
    set_option = "INSERT INTO search_grams (search_grams, rank) VALUES (?, ?)"
    with database.engine.begin() as connection:  # else most of the time goes into merging
        connection.exec_driver_sql(set_option, ("hashsize", HASH_BYTES))
        connection.exec_driver_sql(set_option, ("automerge", 0))
    for first in range(1, number // ORIGINALS, STEP // ORIGINALS):
        with database.engine.begin() as connection:
            for copy in range(first, min(first + STEP // ORIGINALS, number // ORIGINALS)):
                connection.exec_driver_sql(
                    "INSERT INTO search_grams (rowid, grams) VALUES (?, ?)",
                    [(id_ + copy * ORIGINALS, document) for id_, document in grams],
                )
    with database.engine.begin() as connection:  # FTS5's own values
        connection.exec_driver_sql(set_option, ("hashsize", 2**20))
        connection.exec_driver_sql(set_option, ("automerge", 4))


if __name__ == "__main__":
    Path("var").mkdir(exist_ok=True)
    main()

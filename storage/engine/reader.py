"""A database opened for looking only: it cannot write, and no query takes longer than told.

For the console: a slow query of a person never holds the service, and a bug in a page can
change nothing.  The schema is not brought up to date from here.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from storage.engine.database import make_engine, schema_revision, sqlite_file, to_json, translated
from storage.engine.files import Access
from storage.errors import DatabaseUnavailableError, QueryTooSlowError, SchemaOutdatedError
from storage.migrations import HEAD

LOCK_WAIT_MS = 1_000
"""How long a page waits for a lock before it says that the database is locked."""

CACHE_KIB = 2_048
"""SQLite's cache of one connection: several are open, in a process that should stay small."""

STEPS_BETWEEN_LOOKS = 20_000
"""Virtual machine steps of SQLite between two looks at the clock, about a millisecond."""

FileMark = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reader:
    """An open database that is only read; ``mark`` names the very file that was opened."""

    url: str
    engine: Engine
    mark: FileMark | None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session on one consistent state.

        QueryTooSlowError when the time is over; StorageError as all of storage raises.
        """
        with translated():
            try:
                with Session(self.engine) as session:
                    yield session
            except DBAPIError as error:
                if _is_interruption(error):
                    raise QueryTooSlowError from error
                raise

    @property
    def is_current(self) -> bool:
        """Whether the file at this URL is still the one that was opened (SQLite)."""
        return self.mark == _mark_of(self.url)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def open_reader(url: str, *, seconds: float) -> Reader:
    """Connect for reading; every transaction has ``seconds``.

    DatabaseUnavailableError when there is none, SchemaOutdatedError when its schema is another.
    """
    mark = _mark_of(url)
    file = sqlite_file(url)
    if file is not None and mark is None:
        raise DatabaseUnavailableError(f"there is no database at {file}")
    engine = _sqlite(file, seconds) if file is not None else _postgresql(url, seconds)
    try:
        with translated():
            found = schema_revision(engine)
        if found != HEAD:
            raise SchemaOutdatedError(found, HEAD)
    except BaseException:
        engine.dispose()
        raise
    return Reader(url=url, engine=engine, mark=mark)


def _postgresql(url: str, seconds: float) -> Engine:
    engine = make_engine(url, Access.READ)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_WAIT_MS}")

    return engine


def _sqlite(file: Path, seconds: float) -> Engine:
    engine = create_engine(
        f"sqlite:///{file}",
        json_serializer=to_json,
        connect_args={"timeout": LOCK_WAIT_MS / 1000},
        pool_size=4,
        max_overflow=4,
        pool_timeout=seconds,
    )

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {LOCK_WAIT_MS}")
        connection.execute("PRAGMA query_only = ON")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        raw = connection.connection.dbapi_connection
        end = time.monotonic() + seconds
        if isinstance(raw, sqlite3.Connection):
            raw.set_progress_handler(lambda: time.monotonic() > end, STEPS_BETWEEN_LOOKS)
        connection.exec_driver_sql("BEGIN")

    return engine


def _is_interruption(error: DBAPIError) -> bool:
    if isinstance(error.orig, sqlite3.OperationalError):
        return error.orig.sqlite_errorname == "SQLITE_INTERRUPT"
    return getattr(error.orig, "sqlstate", None) == "57014"  # query_canceled


def _mark_of(url: str) -> FileMark | None:
    """Device and inode of a SQLite file; None for another engine or where no file is."""
    file = sqlite_file(url)
    if file is None:
        return None
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino

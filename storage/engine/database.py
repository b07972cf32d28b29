"""Engines and transactions: SQLite for one machine, PostgreSQL for many.

A write transaction on SQLite takes the write lock at its beginning (``BEGIN IMMEDIATE``).
One that reads first and asks for the lock later cannot be helped by any time-out when
another process has written in between: SQLite refuses it at once.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pydantic_core
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from storage.errors import (
    DatabaseLockedError,
    DatabaseUnavailableError,
    DiskFullError,
    RecordRefusedError,
    SchemaOutdatedError,
    StorageError,
)
from storage.migrations import HEAD

BUSY_TIMEOUT_MS = 30_000
"""How long a writer waits for another: longer than any transaction of ours takes."""

_READ_ONLY = "cppcc_read_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """An open database; ``sessions`` begin write transactions, ``reading()`` reads only."""

    url: str
    engine: Engine
    sessions: sessionmaker[Session]

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A session in one write transaction: committed at the end, rolled back on any error.

        A locked database, a full disk and a broken connection come out as StorageError.
        """
        with translated(), self.sessions.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that reads one consistent state and blocks no writer."""
        reader = self.engine.execution_options(**{_READ_ONLY: True})
        with translated(), Session(reader) as session:
            yield session

    def close(self) -> None:
        """Give all connections back; the object can still be used and connects anew."""
        self.engine.dispose()


def open_database(url: str, *, migrate: bool | None = None) -> Database:
    """Connect and see that the schema is the one that this program knows.

    SQLite: the folder is made, and the schema is brought up to date unless ``migrate`` is
    False.  PostgreSQL is changed only when ``migrate`` is True: other machines may be running
    on it.  SchemaOutdatedError when the schema is another one in the end, or a newer one;
    DatabaseUnavailableError for a SQLite file of another program.
    """
    engine = make_engine(url)
    wanted = engine.dialect.name == "sqlite" if migrate is None else migrate
    try:
        with translated():
            found = schema_revision(engine)
            if found is None and migrate is None:
                _see_empty(engine)
            if wanted and (found is None or found < HEAD):
                from storage.migrations.upgrading import upgrade_engine  # Alembic costs 0.4 s

                upgrade_engine(engine)
                found = schema_revision(engine)
        if found != HEAD:
            raise SchemaOutdatedError(found, HEAD)
    except StorageError:
        engine.dispose()
        raise
    return Database(url=url, engine=engine, sessions=sessionmaker(engine))


def upgrade(url: str) -> None:
    """Bring the schema to this program's revision."""
    open_database(url, migrate=True).close()


def check(url: str) -> list[str]:
    """What is wrong with this database, in words; empty when nothing is."""
    try:
        engine = make_engine(url, create_folder=False)
    except StorageError as error:
        return [str(error)]
    try:
        with translated():
            return _problems(engine)
    except StorageError as error:
        return [str(error)]
    finally:
        engine.dispose()


def make_engine(url: str, *, create_folder: bool = True) -> Engine:
    """An engine with this program's settings; nothing is read or changed yet."""
    parsed = _parse(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(
            parsed,
            json_serializer=to_json,
            pool_pre_ping=True,
            connect_args={"options": f"-c lock_timeout={BUSY_TIMEOUT_MS}"},
        )
    if create_folder and parsed.database and parsed.database != ":memory:":
        try:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseUnavailableError(f"no folder for {parsed.database}: {error}") from error
    engine = create_engine(
        parsed, json_serializer=to_json, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}
    )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def shown_url(url: str) -> str:
    """The URL without its password.  DatabaseUnavailableError when it is none."""
    return _parse(url).render_as_string(hide_password=True)


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database; None for another engine or one in memory."""
    parsed = _parse(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(str(parsed.database))


def schema_revision(engine: Engine) -> str | None:
    """The revision that the database says it is at; None when it holds no tables of ours."""
    with engine.execution_options(**{_READ_ONLY: True}).connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _see_empty(engine: Engine) -> None:
    """See that a SQLite file without tables of ours has none of another program either."""
    if engine.dialect.name != "sqlite":
        return
    with engine.execution_options(**{_READ_ONLY: True}).connect() as connection:
        tables = inspect(connection).get_table_names()
    if tables:
        raise DatabaseUnavailableError(
            f"{engine.url.database} is another program's database, with a table {tables[0]}"
        )


def to_json(value: object) -> str:
    """Compact JSON that keeps Chinese as it is: a third of the bytes of escapes.

    Several rows a stored article hold some; this encoder takes a fifth of json.dumps's time.
    """
    return pydantic_core.to_json(value).decode()


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the drivers say of locks, disks and connections into a StorageError."""
    try:
        yield
    except OperationalError as error:
        raise _in_words(error) from error
    except (DataError, IntegrityError) as error:
        raise RecordRefusedError(f"the database refuses the record: {error.orig}") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise DatabaseUnavailableError(f"the connection broke: {error.orig}") from error
        if type(error.orig) is sqlite3.DatabaseError:  # of no kind: the file itself is wrong
            raise DatabaseUnavailableError(f"not a sound database: {error.orig}") from error
        raise


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError):
        # Neither the URL nor the driver's words about it: both may hold the password.
        known = "sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
        raise DatabaseUnavailableError(f"not a database URL; write {known}") from None
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseUnavailableError(
            f"only sqlite and postgresql are known, not {parsed.get_backend_name()}"
        )
    return parsed


def _set_pragmas(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not the driver
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")  # with WAL: a crash cannot corrupt
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA cache_size = -65536")  # 64 MiB: the band index is read at random
    connection.execute("PRAGMA temp_store = MEMORY")


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _in_words(error: OperationalError) -> StorageError:
    said = str(error.orig)
    lowered = said.lower()
    if "disk is full" in lowered or "no space left" in lowered or "disk i/o error" in lowered:
        return DiskFullError(f"the database could not be written: {said}")
    if "locked" in lowered or "lock timeout" in lowered or "deadlock" in lowered:
        return DatabaseLockedError(f"another process holds the database: {said}")
    return DatabaseUnavailableError(f"the database does not answer as it should: {said}")


def _problems(engine: Engine) -> list[str]:
    if engine.dialect.name == "sqlite":
        file = engine.url.database
        if file and file != ":memory:" and not Path(file).exists():
            return [f"there is no database at {file}: run `cppcc db upgrade`"]
    problems = []
    found = schema_revision(engine)
    if found != HEAD:
        problems.append(str(SchemaOutdatedError(found, HEAD)))
    if engine.dialect.name == "sqlite":
        with engine.execution_options(**{_READ_ONLY: True}).connect() as connection:
            said = connection.execute(text("PRAGMA quick_check(5)")).scalars().all()
            orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
        problems += [f"the file is damaged: {words}" for words in said if words != "ok"]
        if orphans:
            problems.append(f"{len(orphans)} rows point at rows that do not exist")
    return problems

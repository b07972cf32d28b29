"""Engines and transactions: SQLite for one machine, PostgreSQL for many.

A write transaction on SQLite takes the write lock at its beginning (``BEGIN IMMEDIATE``).
One that reads first and asks for the lock later cannot be helped by any time-out when
another process has written in between: SQLite refuses it at once.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
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

from storage.engine.files import Access, DatabaseFile, unwritable
from storage.errors import (
    DatabaseLockedError,
    DatabaseMissingError,
    DatabaseUnavailableError,
    DiskFullError,
    RecordRefusedError,
    SchemaInUseError,
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


def open_database(
    url: str, *, migrate: bool | None = None, busy_timeout_ms: int | None = None
) -> Database:
    """Connect for writing, and see that the schema is the one that this program knows.

    SQLite: folder and file are made, and the schema is brought up to date, unless ``migrate``
    is False.  PostgreSQL is changed only when ``migrate`` is True: other machines may be
    running on it.  ``busy_timeout_ms`` is how long it waits for another writer.

    :raises SchemaOutdatedError: when the schema is another one in the end, or a newer one.
    :raises SchemaInUseError: when it would be changed under a service at work.
    :raises DatabaseUnavailableError: for a SQLite file of another program, or none that answers.
    """
    access = Access.WRITE if migrate is False else Access.CREATE
    engine = make_engine(url, access, busy_timeout_ms=busy_timeout_ms)
    wanted = engine.dialect.name == "sqlite" if migrate is None else migrate
    try:
        with translated():
            found = schema_revision(engine)
            if found is None and migrate is None:
                _see_empty(engine)
            if wanted and (found is None or found < HEAD):
                from storage.migrations.upgrading import upgrade_engine  # Alembic costs 0.4 s

                if found is not None:
                    _see_no_service(engine, found)
                upgrade_engine(engine)
                found = schema_revision(engine)
        if found != HEAD:
            raise SchemaOutdatedError(found, HEAD)
    except StorageError:
        engine.dispose()
        raise
    return Database(url=url, engine=engine, sessions=sessionmaker(engine))


def open_reading(url: str) -> Database:
    """Connect for reading alone: nothing is migrated, and no byte of the file changes.

    :raises DatabaseMissingError: when there is no database.
    :raises DatabaseUnavailableError: when it does not answer.
    :raises SchemaOutdatedError: when the schema is not the one that this program reads.
    """
    engine = make_engine(url, Access.READ)
    file = sqlite_file(url)
    try:
        if file is not None and not file.exists():
            raise DatabaseMissingError(file)
        with translated():
            found = schema_revision(engine)
            if found is None:
                _see_empty(engine)
        if found != HEAD:
            raise SchemaOutdatedError(found, HEAD)
    except StorageError:
        engine.dispose()
        raise
    return Database(url=url, engine=engine, sessions=sessionmaker(engine))


def upgrade(url: str) -> str | None:
    """Bring the schema to this program's revision (HEAD); the one that it had, None for none."""
    before = _revision_at(url)
    open_database(url, migrate=True).close()
    return before


def _revision_at(url: str) -> str | None:
    """The revision of the database there; None where there is none, or none of ours."""
    file = sqlite_file(url)
    if file is not None and not file.exists():
        return None
    engine = make_engine(url, Access.READ)
    try:
        with translated():
            return schema_revision(engine)
    finally:
        engine.dispose()


def check(url: str, *, deep: bool = True) -> list[str]:
    """What is wrong with this database, in words; empty when nothing is.

    ``deep`` looks at every page of a SQLite file, which takes as long as reading it.
    """
    try:
        engine = make_engine(url, Access.READ)
    except StorageError as error:
        return [str(error)]
    try:
        with translated():
            return _problems(engine, deep=deep)
    except StorageError as error:
        return [str(error)]
    finally:
        engine.dispose()


def why_not_writable(url: str) -> str | None:
    """Why nothing can be written to this database, in words; None when the lock was had.

    The file and what SQLite keeps beside it are named where this user may not write them: a
    journal that a reader of a read-only file left behind stops every writer.
    """
    file = sqlite_file(url)
    parts = unwritable(file) if file is not None else []
    found = [f"this user may not write {', '.join(str(part) for part in parts)}"] if parts else []
    engine = make_engine(url, Access.WRITE, busy_timeout_ms=2_000)
    try:
        with translated(), engine.connect() as connection:
            on_standby = engine.dialect.name == "postgresql" and (
                connection.execute(text("SHOW transaction_read_only")).scalar() == "on"
            )
            connection.execute(text("SELECT 1"))  # within BEGIN IMMEDIATE, which takes the lock
            connection.rollback()
    except StorageError as error:
        return "; ".join([str(error), *found])
    finally:
        engine.dispose()
    if on_standby:
        return "this server takes no writes: it is a standby, or set to read only"
    return "; ".join(found) or None


def make_engine(
    url: str, access: Access = Access.CREATE, *, busy_timeout_ms: int | None = None
) -> Engine:
    """An engine with this program's settings; nothing is read or changed yet.

    For a SQLite file that is to be created, its folder is made.
    """
    parsed = _parse(url)
    waits_ms = BUSY_TIMEOUT_MS if busy_timeout_ms is None else busy_timeout_ms
    if parsed.get_backend_name() == "postgresql":
        return create_engine(
            parsed,
            json_serializer=to_json,
            pool_pre_ping=True,
            # Compiling a query takes a second, and none of ours so long: a recheck of the search
            # index is estimated far too dear.
            connect_args={"options": f"-c lock_timeout={waits_ms} -c jit=off"},
        )
    path = sqlite_file(url)
    opened = None if path is None else DatabaseFile(path, access)
    if path is not None and access is Access.CREATE:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseUnavailableError(f"no folder for {path}: {error}") from error
    if opened is None:  # in memory, or by a URI of SQLite's own
        engine = create_engine(parsed, json_serializer=to_json)
    else:
        engine = create_engine(parsed, json_serializer=to_json, creator=opened.connect)
    pragmas = _pragmas(access, waits_ms)

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # transactions are begun by ``begin``, not the driver
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if opened is not None:
            opened.see_same()
        reads = access is Access.READ or connection.get_execution_options().get(_READ_ONLY, False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _pragmas(access: Access, busy_timeout_ms: int) -> list[str]:
    """What each connection is told.  A reader leaves the journal as it is, so also the file."""
    common = [
        f"busy_timeout = {busy_timeout_ms}",
        "cache_size = -65536",  # 64 MiB: the band index is read at random
        "temp_store = MEMORY",
    ]
    if access is Access.READ:
        return [*common, "query_only = ON"]
    return [
        *common,
        "journal_mode = WAL",
        "synchronous = NORMAL",  # with WAL: a crash cannot corrupt
        "foreign_keys = ON",
    ]


def shown_url(url: str) -> str:
    """The URL without its password.  DatabaseUnavailableError when it is none."""
    parsed = _parse(url)
    kept = {key: "***" if "password" in key else value for key, value in parsed.query.items()}
    return parsed.set(query=kept).render_as_string(hide_password=True)


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database; None for another engine, one in memory, or a URI."""
    parsed = _parse(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    if "uri" in parsed.query:
        return None  # SQLite's own words of a file, whose rules are its own
    return Path(str(parsed.database))


_KNOWS_REVISION = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'",
    "postgresql": "SELECT to_regclass('alembic_version') IS NOT NULL",
}


def schema_revision(where: Engine | Connection) -> str | None:
    """The revision that the database says it is at; None when it holds no tables of ours."""
    if isinstance(where, Engine):
        with where.execution_options(**{_READ_ONLY: True}).connect() as connection:
            return schema_revision(connection)
    # In the engine's own words: SQLAlchemy's inspection costs a run's start 6 MB, and each beat
    # of a service a hundred times the question.
    if not where.exec_driver_sql(_KNOWS_REVISION[where.dialect.name]).scalar():
        return None
    return where.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


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
    if "@" in (parsed.host or ""):
        # What stands before the last @ is a part of the password, in every message on the host.
        raise DatabaseUnavailableError("not a database URL; an @ in its password is written %40")
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseUnavailableError(
            f"only sqlite and postgresql are known, not {parsed.get_backend_name()}"
        )
    return parsed


def _in_words(error: OperationalError) -> StorageError:
    said = str(error.orig)
    lowered = said.lower()
    if "disk is full" in lowered or "no space left" in lowered or "disk i/o error" in lowered:
        return DiskFullError(f"the database could not be written: {said}")
    if "locked" in lowered or "lock timeout" in lowered or "deadlock" in lowered:
        return DatabaseLockedError(f"another process holds the database: {said}")
    if "readonly" in lowered or "read-only" in lowered:
        return DatabaseUnavailableError(
            f"the database may not be written here: {said}; `cppcc doctor` names what is in the way"
        )
    return DatabaseUnavailableError(f"the database does not answer as it should: {said}")


def _see_no_service(engine: Engine, found: str) -> None:
    """See that no service is at work, to which another schema would be an end.

    :raises SchemaInUseError: when one is.
    """
    from storage.engine import services  # its tables are what no reading command needs

    with engine.execution_options(**{_READ_ONLY: True}).connect() as connection:
        if not services.known_to(connection):
            return
        names = [one.name for one in services.at_work(connection, now=datetime.now(UTC))]
    if names:
        raise SchemaInUseError(found, HEAD, names)


def _problems(engine: Engine, *, deep: bool) -> list[str]:
    if engine.dialect.name == "sqlite":
        file = engine.url.database
        if file and file != ":memory:" and not Path(file).exists():
            return [f"there is no database at {file}: run `cppcc db upgrade`"]
    problems = []
    found = schema_revision(engine)
    if found != HEAD:
        problems.append(str(SchemaOutdatedError(found, HEAD)))
    if deep and engine.dialect.name == "sqlite":
        with engine.execution_options(**{_READ_ONLY: True}).connect() as connection:
            said = connection.execute(text("PRAGMA quick_check(5)")).scalars().all()
            orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
        problems += [f"the file is damaged: {words}" for words in said if words != "ok"]
        if orphans:
            problems.append(f"{len(orphans)} rows point at rows that do not exist")
    return problems

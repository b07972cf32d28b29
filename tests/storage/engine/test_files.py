"""A database file under a running program: gone, replaced, read-only; readers change nothing."""

import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.engine import services
from storage.engine.database import (
    Database,
    check,
    open_database,
    open_reading,
    upgrade,
    why_not_writable,
)
from storage.engine.services import ServiceBeat
from storage.errors import DatabaseUnavailableError, SchemaInUseError, SchemaOutdatedError
from storage.migrations import HEAD
from storage.runs import history
from tests.storage.steps import downgrade_engine

NOBODY = 65534
MOMENT = datetime(2027, 1, 12, 4, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path, sqlite_template: Path) -> Path:
    path = tmp_path / "cppcc.db"
    shutil.copyfile(sqlite_template, path)
    return path


def count_runs(database: Database) -> int:
    with database.reading() as session:
        return len(history.list_runs(session))


def test_a_file_that_was_deleted_is_written_to_no_more(path: Path) -> None:
    database = open_database(f"sqlite:///{path}")
    assert count_runs(database) == 0
    path.unlink()
    for _ in range(3):
        with pytest.raises(DatabaseUnavailableError, match="is gone since it was opened"):
            count_runs(database)
        database.close()  # a new connection would begin an empty database
    assert not path.exists()


def test_a_file_that_was_replaced_is_neither_read_nor_written(
    path: Path, sqlite_template: Path
) -> None:
    database = open_database(f"sqlite:///{path}")
    other = path.with_name("other.db")
    shutil.copyfile(sqlite_template, other)
    os.replace(other, path)
    with (
        pytest.raises(DatabaseUnavailableError, match="replaced by another file"),
        database.begin() as session,
    ):
        session.execute(text("SELECT 1"))
    database.close()
    assert count_runs(open_database(f"sqlite:///{path}")) == 0, "a fresh start takes the new one"


def fingerprint(folder: Path) -> dict[str, str]:
    return {
        one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in sorted(folder.iterdir())
    }


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_reading_leaves_every_byte_as_it_is(path: Path, journal: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA journal_mode = {journal}")
    before = fingerprint(path.parent)
    database = open_reading(f"sqlite:///{path}")
    assert count_runs(database) == 0
    assert check(database.url) == []
    database.close()
    after = fingerprint(path.parent)
    assert {name: after[name] for name in before} == before


def test_reading_never_migrates(path: Path) -> None:
    writer = open_database(f"sqlite:///{path}")
    downgrade_engine(writer.engine, "0005")
    writer.close()
    before = path.read_bytes()
    with pytest.raises(SchemaOutdatedError, match="cppcc db upgrade"):
        open_reading(f"sqlite:///{path}")
    assert path.read_bytes() == before
    assert [upgrade(writer.url), upgrade(writer.url)] == ["0005", HEAD], "what it had before"


def test_where_nothing_is_reading_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailableError, match="cppcc db upgrade"):
        open_reading(f"sqlite:///{tmp_path / 'deep' / 'cppcc.db'}")
    assert not list(tmp_path.iterdir())


def test_a_reader_cannot_write(path: Path) -> None:
    database = open_reading(f"sqlite:///{path}")
    with (
        pytest.raises(DatabaseUnavailableError, match="may not be written here"),
        database.begin() as session,
    ):
        session.execute(text("DELETE FROM runs"))


def test_the_schema_is_not_changed_under_a_service_at_work(path: Path) -> None:
    url = f"sqlite:///{path}"
    database = open_database(url)
    with database.begin() as session:
        now = datetime.now(UTC)
        one = ServiceBeat(name="here:1", schema_revision=HEAD, started_at=now, beat_at=now)
        services.beat(session, one)
        session.execute(text("UPDATE alembic_version SET version_num = '0011'"))  # an older one
    for way in (open_database, upgrade):
        with pytest.raises(SchemaInUseError, match=r"here:1.*stop it, then run `cppcc db upgrade`"):
            way(url)
    with database.begin() as session:
        services.leave(session, "here:1")
        session.execute(text(f"UPDATE alembic_version SET version_num = '{HEAD}'"))
    open_database(url).close()


def test_a_service_counts_as_at_work_for_a_minute_after_its_last_beat(database: Database) -> None:
    def beat(name: str, at: datetime) -> None:
        with database.begin() as session:
            services.beat(
                session,
                ServiceBeat(name=name, schema_revision=HEAD, started_at=at, beat_at=at),
            )

    beat("old:1", MOMENT - timedelta(days=2))
    beat("killed:1", MOMENT - timedelta(seconds=61))
    beat("ahead:1", MOMENT + timedelta(days=300))
    beat("here:1", MOMENT - timedelta(seconds=5))
    beat("here:1", MOMENT)
    with database.reading() as session:
        assert [one.name for one in services.at_work(session, now=MOMENT)] == ["here:1"]


@pytest.fixture
def medium(sqlite_template: Path) -> Iterator[Path]:
    """A folder that anybody may look into, with a database in WAL mode."""
    folder = Path(tempfile.mkdtemp(prefix="cppcc-medium-"))
    folder.chmod(0o755)
    shutil.copyfile(sqlite_template, folder / "x.db")
    with closing(sqlite3.connect(folder / "x.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def as_nobody(work: Callable[[], object]) -> str:
    """What ``work`` returns, or raises, in a process that may not do what root may."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            said = repr(work())
        except BaseException as error:  # it must not come back into pytest a second time
            said = f"{type(error).__name__}: {error}"
        os.write(write, said.encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        said = answer.read().decode()
    os.waitpid(child, 0)
    return said


@pytest.mark.parametrize(("file", "folder"), [(0o444, 0o555), (0o444, 0o777), (0o644, 0o555)])
def test_a_read_only_copy_is_read_and_nothing_is_left_beside_it(
    medium: Path, file: int, folder: int
) -> None:
    url = f"sqlite:///{medium / 'x.db'}"
    (medium / "x.db").chmod(file)
    medium.chmod(folder)
    assert as_nobody(lambda: count_runs(open_reading(url))) == "0"
    assert [one.name for one in medium.iterdir()] == ["x.db"]


def test_what_is_in_the_way_of_a_writer_is_named(medium: Path) -> None:
    url = f"sqlite:///{medium / 'x.db'}"
    medium.chmod(0o777)
    (medium / "x.db").chmod(0o666)
    assert as_nobody(lambda: why_not_writable(url)) == "None"
    (medium / "x.db").chmod(0o444)
    assert f"this user may not write {medium / 'x.db'}" in as_nobody(lambda: why_not_writable(url))
    (medium / "x.db").chmod(0o666)
    (medium / "x.db-shm").write_bytes(b"")
    (medium / "x.db-shm").chmod(0o444)
    said = as_nobody(lambda: why_not_writable(url))
    assert "may not write" in said
    assert str(medium / "x.db-shm") in said


def test_the_lock_that_another_holds_is_why_nothing_can_be_written(path: Path) -> None:
    assert why_not_writable(f"sqlite:///{path}") is None
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = why_not_writable(f"sqlite:///{path}")
    assert said is not None
    assert "another process holds the database" in said

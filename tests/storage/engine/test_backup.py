"""Restoring: whatever stands in the database's place is put aside whole, and nothing is lost."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from storage.engine.backup import BackupError, copy_database, make_backup, restore_backup
from storage.engine.database import open_database
from storage.errors import StorageError

DAMAGED = {
    "other bytes": b"not a database at all\n" * 500,
    "one other byte": b"\0",
    "a head alone": b"SQLite format 3\0" + b"\0" * 84,
    "empty": b"",
}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "cppcc.db"


@pytest.fixture
def url(target: Path, sqlite_template: Path) -> str:
    shutil.copyfile(sqlite_template, target)
    note(target, "kept in the backup")
    return f"sqlite:///{target}"


@pytest.fixture
def backup(tmp_path: Path, url: str) -> Path:
    path = tmp_path / "copies" / "backup.db"
    make_backup(url, path)
    return path


def note(path: Path, words: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE IF NOT EXISTS notes (words TEXT)")
        connection.execute("INSERT INTO notes VALUES (?)", [words])


def notes(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [words for (words,) in connection.execute("SELECT words FROM notes")]


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_database_is_put_aside_as_it_is(
    target: Path, url: str, backup: Path, damage: str
) -> None:
    target.write_bytes(DAMAGED[damage])
    kept = restore_backup(url, backup)
    assert kept is not None
    assert kept.read_bytes() == DAMAGED[damage]
    assert notes(target) == ["kept in the backup"]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_so_is_one_that_was_cut(target: Path, url: str, backup: Path, share: float) -> None:
    cut = target.read_bytes()[: int(target.stat().st_size * share)]
    target.write_bytes(cut)
    kept = restore_backup(url, backup)
    assert kept is not None
    assert kept.read_bytes()[-100:] == cut[-100:]
    assert notes(target) == ["kept in the backup"]


def left_journal(target: Path) -> bytes:
    """The journal that a killed writer leaves, of what the backup does not hold."""
    with closing(sqlite3.connect(target)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        note(target, "written after the backup")
        return target.with_name(target.name + "-wal").read_bytes()


@pytest.mark.parametrize("database_too", [False, True])
def test_a_journal_of_the_former_database_is_not_played_into_the_new_one(
    target: Path, url: str, backup: Path, database_too: bool
) -> None:
    journal = left_journal(target)
    if not database_too:
        target.unlink()
    wal = target.with_name(target.name + "-wal")
    wal.write_bytes(journal)
    kept = restore_backup(url, backup)
    assert kept is not None
    assert notes(target) == ["kept in the backup"]
    if not database_too:
        assert kept.read_bytes() == journal, "nothing is thrown away"


def test_each_former_database_has_a_name_of_its_own(target: Path, url: str, backup: Path) -> None:
    names = set()
    for number in range(3):
        target.write_bytes(b"%d" % number)
        names.add(restore_backup(url, backup))
    assert len(names) == 3


HOLDER = """
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1])
held.execute("SELECT count(*) FROM sqlite_master").fetchone()
print("held", flush=True)
sys.stdin.readline()
"""


def test_a_damaged_database_that_is_in_use_is_not_replaced(
    target: Path, url: str, backup: Path
) -> None:
    with closing(sqlite3.connect(target)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(target)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with target.open("rb+") as file:
            file.write(b"damaged by something else")
        with pytest.raises(BackupError, match="in use"):
            restore_backup(url, backup)
        holder.communicate("\n")
    assert restore_backup(url, backup) is not None


def test_a_backup_of_a_newer_program_is_refused_with_the_way_out(
    target: Path, url: str, backup: Path
) -> None:
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = target.read_bytes()
    with pytest.raises(BackupError, match=r"newer version of the program.*install that one"):
        restore_backup(url, backup)
    assert target.read_bytes() == before


def test_a_restored_backup_is_opened_as_ever(url: str, backup: Path) -> None:
    restore_backup(url, backup)
    open_database(url).close()


def test_a_busy_database_is_copied_in_one_reading(target: Path, url: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(target)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE bulk (words TEXT)")
        connection.executemany("INSERT INTO bulk VALUES (?)", [["政协" * 2000]] * 3000)
    stop = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        with closing(sqlite3.connect(target, timeout=60)) as writer:
            while not stop.is_set():
                writer.execute("INSERT INTO notes VALUES ('meanwhile')")
                writer.commit()
                written += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copy_database(target, tmp_path / "copy.db")  # without its own snapshot it never ends
    finally:
        stop.set()
        writer.join()
    assert written > 0
    assert len(notes(tmp_path / "copy.db")) <= written + 1
    assert not (tmp_path / "copy.db-wal").exists()


def test_restore_errors_are_storage_errors(url: str, tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        restore_backup(url, tmp_path / "no such file")

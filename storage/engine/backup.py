"""Copies of a living database: SQLite's online backup; PostgreSQL has pg_dump."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from storage.engine.database import sqlite_file
from storage.errors import StorageError

PAGES_AT_ONCE = 4096
"""Copied under one read lock: writers wait some milliseconds, not for the whole copy."""


class BackupError(StorageError):
    """A backup could not be made or is none, in words."""


def file_of(url: str) -> Path:
    """The file behind a database URL.

    :raises BackupError: for an engine that has its own tools, or a database in memory.
    """
    file = sqlite_file(url)
    if file is None:
        raise BackupError(
            "only a SQLite file is backed up and restored here; PostgreSQL has its own tools: "
            "pg_dump --format=custom makes a backup, pg_restore --clean puts it back"
        )
    return file


def make_backup(url: str, target: Path) -> int:
    """Copy the database to ``target`` while others write to it; its size in bytes.

    The copy is checked, and appears under its name only when it is whole.

    :raises BackupError: when ``target`` exists, the database is not there, or it is damaged.
    """
    source = file_of(url)
    if not source.exists():
        raise BackupError(f"there is no database at {source}")
    if target.exists():
        raise BackupError(f"{target} exists; a backup never overwrites another")
    partial = target.with_name(target.name + ".partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(partial)) as write:
            read.backup(write, pages=PAGES_AT_ONCE)
            write.execute("PRAGMA journal_mode = DELETE")  # one file, no -wal beside it
        see_sound(partial)
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.rename(target)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"no backup was made: {error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return target.stat().st_size


def restore_backup(url: str, backup: Path) -> Path | None:
    """Put ``backup`` in the database's place; where the former one was kept, if there was one.

    The service must not run meanwhile.

    :raises BackupError: when the backup is damaged or none, or the database is in use.
    """
    target = file_of(url)
    see_sound(backup)
    kept = None
    partial = target.with_name(target.name + ".partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        with closing(sqlite3.connect(backup)) as read, closing(sqlite3.connect(partial)) as write:
            read.backup(write)
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        if target.exists():
            _see_unused(target)
            kept = _free_name(target)
            target.rename(kept)
        partial.rename(target)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"not restored: {error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return kept


def see_sound(path: Path) -> None:
    """See that a file is a whole database of ours.

    :raises BackupError: when it is not.
    """
    if not path.is_file():
        raise BackupError(f"there is no file {path}")
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise BackupError(f"{path} is no database of ours: {error}") from error
    if said != "ok" or revision is None:
        raise BackupError(f"{path} is damaged: {said}")


def _see_unused(path: Path) -> None:
    """See that nobody has the database open, and make it one file with no -wal beside it.

    Leaving the WAL mode needs the only connection: any other one, idle or not, refuses it.

    :raises BackupError: when the database is in use.
    """
    with closing(sqlite3.connect(path, timeout=1.0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            raise BackupError(f"not restored: {path} is in use ({error})") from error


def _free_name(path: Path) -> Path:
    number = 1
    while (name := path.with_name(f"{path.name}.before-restore-{number}")).exists():
        number += 1
    return name

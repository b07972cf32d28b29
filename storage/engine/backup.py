"""Copies of a living database: SQLite's online backup; PostgreSQL has pg_dump."""

import fcntl
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from storage.engine.database import sqlite_file
from storage.engine.files import COMPANIONS, Access, companion, uri_of
from storage.errors import StorageError
from storage.migrations import HEAD

LOCK_BYTES = (0x40000000, 512)
"""Where SQLite locks a file (start, length), https://sqlite.org/fileformat2.html#the_lock_byte_page."""


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

    The copy is of one state, and takes one reading of the file however much is written
    meanwhile.  It is checked, and appears under its name only when it is whole.

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
        copy_database(source, partial)
        see_sound(partial)
        partial.rename(target)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"no backup was made: {error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return target.stat().st_size


def copy_database(source: Path, target: Path) -> None:
    """Copy the state that ``source`` has now, as one file with no journal beside it."""
    target.unlink(missing_ok=True)
    read = sqlite3.connect(uri_of(source, Access.READ), uri=True, isolation_level=None)
    with closing(read), closing(sqlite3.connect(target)) as write:
        # In a transaction of its own the source stands still: without, SQLite begins the copy
        # anew at every write of another process, and a busy database is never done.
        read.execute("BEGIN")
        read.execute("SELECT count(*) FROM sqlite_master").fetchone()
        read.backup(write)
        write.execute("PRAGMA journal_mode = DELETE")
    _to_disk(target)


def restore_backup(url: str, backup: Path) -> Path | None:
    """Put ``backup`` in the database's place; where the former one was kept, if there was one.

    The former one may be damaged, or have left nothing but its journal: whatever stands there
    is put aside as it is, so that SQLite plays no journal of another database into this one.
    The service must not run meanwhile.

    :raises BackupError: when the backup is damaged, none, or of a newer program, or the
        database is in use.
    """
    target = file_of(url)
    see_sound(backup)
    partial = target.with_name(target.name + ".partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        copy_database(backup, partial)
        if target.exists():
            _see_unused(target)
        kept = _put_aside(target)
        partial.rename(target)
        _to_disk(target.parent)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"not restored: {error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return kept


def see_sound(path: Path) -> None:
    """See that a file is a whole database of ours, of this program's schema or an older one.

    :raises BackupError: when it is not.
    """
    if not path.is_file():
        raise BackupError(f"there is no file {path}")
    try:
        with closing(sqlite3.connect(uri_of(path, Access.READ), uri=True)) as connection:
            said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise BackupError(f"{path} is no database of ours: {error}") from error
    if said != "ok" or revision is None:
        raise BackupError(f"{path} is damaged: {said}")
    if revision[0] > HEAD:  # revisions are numbered: 0001, 0002, ...
        raise BackupError(
            f"{path} is of a newer version of the program (revision {revision[0]}, this one "
            f"knows {HEAD}): install that one, then restore"
        )


def _see_unused(path: Path) -> None:
    """See that nobody has the database open; a sound one is made one file with no journal.

    Leaving the WAL mode needs the only connection: any other one, idle or not, refuses it.

    :raises BackupError: when the database is in use.
    """
    try:
        with closing(sqlite3.connect(path, timeout=1.0, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise BackupError(f"not restored: {path} is in use ({error})") from error
        _see_unlocked(path)
    except sqlite3.DatabaseError:  # damaged: this is what one restores over
        _see_unlocked(path)


def _see_unlocked(path: Path) -> None:
    """The same of a damaged file, by the lock that every other process's connection holds.

    :raises BackupError: when another process has locked it.
    """
    with path.open("rb+") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, LOCK_BYTES[1], LOCK_BYTES[0])
        except OSError as error:
            raise BackupError(f"not restored: {path} is in use ({error.strerror})") from error


def _put_aside(path: Path) -> Path | None:
    """Rename a database and its journals together; its new name, None where nothing stood."""
    parts = [Path(path), *(companion(path, end) for end in COMPANIONS)]
    standing = [part for part in parts if part.exists()]
    if not standing:
        return None
    kept = _free_name(path)
    for part in reversed(standing):  # the journals first: alone they harm nobody
        part.rename(kept.with_name(kept.name + part.name.removeprefix(path.name)))
    return (
        kept
        if path in standing
        else kept.with_name(kept.name + standing[0].name.removeprefix(path.name))
    )


def _free_name(path: Path) -> Path:
    number = 1
    while any(path.parent.glob(f"{path.name}.before-restore-{number}*")):
        number += 1
    return path.with_name(f"{path.name}.before-restore-{number}")


def _to_disk(path: Path) -> None:
    """Have a file, or a folder's names, written out."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

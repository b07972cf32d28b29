"""A SQLite database as a file: how it is opened, and whether it is still the one that was."""

import os
import sqlite3
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from urllib.parse import quote

from storage.errors import DatabaseUnavailableError

COMPANIONS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database of the same name, and plays into any file that bears it."""


class Access(Enum):
    """What a connection may do to the file."""

    READ = "read"  # not even what SQLite does by itself: no journal is begun, no byte changes
    WRITE = "write"
    CREATE = "create"  # and make the file, where there is none


@dataclass(slots=True)
class DatabaseFile:
    """The very file that an engine has opened, by device and inode.

    SQLite goes on with a file that was deleted or replaced under it: every write succeeds and
    is lost, and a new connection begins an empty database in the old one's place.
    """

    path: Path
    access: Access
    _opened: tuple[int, int] | None = None

    def connect(self) -> sqlite3.Connection:
        """A connection of this access.

        :raises DatabaseUnavailableError: when the file is not there any more, or another one.
        """
        if self._opened is not None:
            self.see_same()
        connection = sqlite3.connect(
            uri_of(self.path, self.access if self._opened is None else self._reopening),
            uri=True,
            check_same_thread=False,
        )
        if self._opened is None:
            self._opened = _identity(self.path)
        return connection

    def see_same(self) -> None:
        """See that the path still leads to the file that was opened.

        :raises DatabaseUnavailableError: when it was deleted or replaced.
        """
        found = _identity(self.path)
        if found == self._opened:
            return
        what = "is gone" if found is None else "was replaced by another file"
        raise DatabaseUnavailableError(
            f"the database {self.path} {what} since it was opened: end this program, see what "
            "stands there, and start it again"
        )

    @property
    def _reopening(self) -> Access:
        return Access.WRITE if self.access is Access.CREATE else self.access


def uri_of(path: Path, access: Access) -> str:
    """The URI that opens ``path`` so and not otherwise.

    What cannot be written, and has no journal to be read with it, is opened as immutable:
    SQLite would else need to make files beside it to read one that is in WAL mode.
    """
    mode = {Access.READ: "ro", Access.WRITE: "rw", Access.CREATE: "rwc"}[access]
    frozen = access is Access.READ and _is_frozen(path)
    return f"file:{quote(str(path.absolute()))}?mode={mode}" + ("&immutable=1" if frozen else "")


def unwritable(path: Path) -> list[Path]:
    """What of a database cannot be written by this process: file, companions, folder."""
    parts = [path, *(companion(path, end) for end in COMPANIONS)]
    found = [part for part in parts if part.exists() and not os.access(part, os.W_OK)]
    return found + ([] if os.access(path.parent, os.W_OK) else [path.parent])


def companion(path: Path, end: str) -> Path:
    """The file that SQLite keeps beside a database: ``end`` is one of ``COMPANIONS``."""
    return path.with_name(path.name + end)


def _is_frozen(path: Path) -> bool:
    wal = companion(path, "-wal")
    if wal.exists() and wal.stat().st_size:
        return False
    return path.exists() and bool(unwritable(path))


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino

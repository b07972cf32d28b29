"""Everything that storage raises on purpose.

::

    StorageError
    ├── SchemaOutdatedError    the database is of another version than this program
    ├── SchemaInUseError       it would be changed under a service at work
    ├── DatabaseUnavailableError   it cannot be opened or has gone away
    │   └── DatabaseMissingError   there is none to be read
    ├── DatabaseLockedError    another process kept it locked for too long
    ├── QueryTooSlowError      a question of a person took longer than it may
    ├── DiskFullError          no space is left for the write
    ├── RecordRefusedError     the database cannot hold a value of this record
    ├── RecordNotFoundError    no publication, flag or run has this id
    ├── TransitionError        a run or flag cannot go from its state to that one
    ├── LeaseLostError         another runner has taken this run over, or it was ended
    ├── SourceBusyError        another run of the source is at work
    ├── OptionsError           a crawl cannot have this option, or not with this value
    ├── ExportError            a file of this format cannot hold what was asked for
    ├── SnapshotDroppedError   a raw page is no longer kept
    └── SnapshotCorruptError   stored evidence no longer has the hash it is filed under

After any of them the transaction is rolled back as a whole: nothing is half-written.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path


class StorageError(Exception):
    """Base of all errors that storage raises on purpose."""


class SchemaOutdatedError(StorageError):
    """The database's schema is not the one that this program reads and writes."""

    def __init__(self, found: str | None, wanted: str) -> None:
        state = f"is at revision {found}" if found else "holds no tables of ours"
        todo = "run `cppcc db upgrade`"
        if found is not None and found > wanted:  # revisions are numbered: 0001, 0002, ...
            todo = "a newer version of the program has used it; install that one"
        super().__init__(f"the database {state}, this program needs {wanted}: {todo}")
        self.found = found
        self.wanted = wanted


class SchemaInUseError(StorageError):
    """The schema would be changed under services at work, which know the older one only."""

    def __init__(self, found: str, wanted: str, services: Sequence[str]) -> None:
        super().__init__(
            f"the database is at revision {found} and a service is at work on it "
            f"({', '.join(services)}): stop it, then run `cppcc db upgrade`; one that was killed "
            "counts as at work for a minute"
        )
        self.found = found
        self.wanted = wanted
        self.services = tuple(services)


class DatabaseUnavailableError(StorageError):
    """The database cannot be opened, or the connection to it broke."""


class DatabaseMissingError(DatabaseUnavailableError):
    """There is no database where one was to be read."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"there is no database at {file}: `cppcc db upgrade` makes an empty one")
        self.file = file


class DatabaseLockedError(StorageError):
    """Another process kept the database locked for longer than the busy time-out."""


class QueryTooSlowError(StorageError):
    """A question took longer than its reader gave it; nothing else was held up by it."""

    def __init__(self) -> None:
        super().__init__("the question took too long and was given up")


class DiskFullError(StorageError):
    """The database's disk or quota is full; the transaction was rolled back."""


class RecordRefusedError(StorageError):
    """A value that the database cannot hold, or that breaks one of its constraints."""


class RecordNotFoundError(StorageError):
    """No row has this key."""

    def __init__(self, kind: str, key: int | str) -> None:
        super().__init__(f"no {kind} {key!r} in the database")
        self.kind = kind
        self.key = key


class TransitionError(StorageError):
    """A run or a flag was asked to go to a state that its own state does not lead to."""

    def __init__(self, kind: str, key: int, state: str, wanted: str) -> None:
        super().__init__(f"{kind} {key} is {state}, it cannot become {wanted}")
        self.kind = kind
        self.key = key
        self.state = state
        self.wanted = wanted


class LeaseLostError(StorageError):
    """The fencing token is stale: this run is somebody else's now, or has ended."""

    def __init__(self, run_id: int, token: int) -> None:
        super().__init__(f"run {run_id}: lease with token {token} was lost")
        self.run_id = run_id
        self.token = token


class SourceBusyError(StorageError):
    """A run was to begin at once while another run of its source is at work."""

    def __init__(self, source_id: str, run_id: int, owner: str | None) -> None:
        by = f" by {owner}" if owner else ""
        super().__init__(f"run {run_id} of {source_id} is being worked on{by}")
        self.source_id = source_id
        self.run_id = run_id
        self.owner = owner


class OptionsError(StorageError):
    """A crawl cannot have this option, or not with this value."""

    def __init__(self, name: str, value: object, problem: str) -> None:
        super().__init__(f"{name}={value!r} {problem}")
        self.name = name
        self.value = value


class ExportError(StorageError):
    """A file of this format cannot hold what was asked for."""


class SnapshotDroppedError(StorageError):
    """The bytes under a hash were dropped, as `cppcc db prune-snapshots` does."""

    def __init__(self, sha256: str, dropped_at: datetime) -> None:
        super().__init__(f"snapshot {sha256} was dropped on {dropped_at:%Y-%m-%d}")
        self.sha256 = sha256
        self.dropped_at = dropped_at


class SnapshotCorruptError(StorageError):
    """The bytes under a hash do not have that hash."""

    def __init__(self, sha256: str, problem: str) -> None:
        super().__init__(f"snapshot {sha256}: {problem}")
        self.sha256 = sha256
        self.problem = problem

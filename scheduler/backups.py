"""What is known of the last backup: `cppcc db backup` notes each in a file of CPPCC_VAR.

A file and no row: it says the same before and after a restore, and whatever the schema is.
PostgreSQL's own tools note nothing here.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scheduler.config import Config

NAME = "last-backup.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was made of this database; ``there``: its file still lies there, as large."""

    at: datetime
    path: str
    size: int
    there: bool


def note_backup(config: Config, path: Path, size: int) -> None:
    """Remember a backup that was just made, in bytes; OSError where CPPCC_VAR takes no file."""
    config.var.mkdir(parents=True, exist_ok=True)
    told = {
        "at": config.now().isoformat(),
        "path": str(path.resolve()),
        "size": size,
        "of": config.database_url,
    }
    partial = config.var / f"{NAME}.partial"
    partial.write_text(json.dumps(told), "utf-8")
    partial.replace(config.var / NAME)


def last_backup(config: Config) -> Backup | None:
    """The last one of this very database; None where none is known."""
    try:
        told = json.loads((config.var / NAME).read_text("utf-8"))
        if told["of"] != config.database_url:
            return None
        path, size = Path(told["path"]), int(told["size"])
        return Backup(
            at=datetime.fromisoformat(told["at"]),
            path=str(path),
            size=size,
            there=path.is_file() and path.stat().st_size == size,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None  # nobody noted one, or not like this

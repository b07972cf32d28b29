"""Files for downstream tools; docs/exports.md says what each holds.

Each is streamed in batches and renamed when it is whole; a schema lies beside each table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from storage.errors import ExportError
from storage.exports.atom import export_atom
from storage.exports.csv import export_csv
from storage.exports.files import schema_path
from storage.exports.filters import Filters
from storage.exports.jsonfeed import export_jsonfeed
from storage.exports.jsonl import export_jsonl
from storage.exports.parquet import export_parquet
from storage.exports.selection import EVERYTHING, Selection, count_copies, select_changes
from storage.exports.warc import export_warc
from storage.exports.xlsx import export_xlsx


class Format(StrEnum):
    """What an export can be."""

    JSONL = "jsonl"
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    WARC = "warc"
    ATOM = "atom"
    JSONFEED = "jsonfeed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written; ``cursor`` is the next export's ``since``, None for a feed of flags.

    ``copies`` of the ``count`` are copies of others' words; None where no publications are counted.
    """

    path: Path
    schema: Path | None
    count: int
    cursor: int | None
    copies: int | None = None


_WRITERS: Mapping[Format, Callable[[Session, Path, Selection], int]] = {
    Format.JSONL: export_jsonl,
    Format.CSV: export_csv,
    Format.XLSX: export_xlsx,
    Format.PARQUET: export_parquet,
    Format.WARC: export_warc,
}


_FEEDS: Mapping[Format, Callable[[Session, Path], int]] = {
    Format.ATOM: export_atom,
    Format.JSONFEED: export_jsonfeed,
}


def export(
    session: Session,
    format_: Format,
    path: Path,
    *,
    since: int | None = None,
    filters: Filters = EVERYTHING,
    chinese: bool = False,
) -> Exported:
    """Write one file.  ``since`` is a cursor of v1_changes: only what changed after it.

    ``filters`` keep some of these, as they stand now; ``chinese`` is for a workbook's headers.

    ExportError when the format cannot do what was asked; OSError when the disk cannot.
    """
    if feed := _FEEDS.get(format_):
        if since is not None or filters != EVERYTHING:
            raise ExportError("a feed holds the newest flags; it knows no cursor and no filter")
        return Exported(path=path, schema=None, count=feed(session, path), cursor=None)
    chosen = select_changes(session, since, filters)
    write = partial(export_xlsx, chinese=True) if chinese else _WRITERS[format_]
    if chinese and format_ is not Format.XLSX:
        raise ExportError("only a workbook has Chinese headers")
    count = write(session, path, chosen)
    schema = None if format_ is Format.WARC else schema_path(path)
    copies = None if format_ is Format.WARC else count_copies(session, chosen)
    return Exported(path=path, schema=schema, count=count, cursor=chosen.cursor, copies=copies)

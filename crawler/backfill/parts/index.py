"""Indexes of archives: where a page's record is, before any archive is opened.

CDX and CDXJ as pywb, OpenWayback and Heritrix write them, and the columns of Common Crawl's
parquet.  DuckDB picks what is wanted out of millions of lines; it is asked for only here, and
comes with the extra ``cppcc-monitor[cluster]``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.backfill.parts.prefilter import Wanted

if TYPE_CHECKING:
    import duckdb

INDEX_SUFFIXES = (".cdx", ".cdx.gz", ".cdxj", ".cdxj.gz", ".parquet")

_BATCH = 10_000
_PAGE = (
    "(mime IS NULL OR mime IN ('', '-', 'unk') OR mime LIKE '%html%' OR mime LIKE 'text/plain%')"
)
_SOUND = "(status IS NULL OR status IN ('', '-') OR status LIKE '2__')"


class ArchiveIndexError(Exception):
    """An index cannot be read, in words."""


@dataclass(frozen=True, slots=True)
class IndexedRecord:
    """A record that an index names: its file as written there, and where it begins."""

    file: str
    offset: int


@dataclass(frozen=True, slots=True)
class UnreadLines:
    """So many lines of an index are none: which records they name nobody can say."""

    count: int


def read_index(path: Path, wanted: Wanted) -> Iterator[IndexedRecord | UnreadLines]:
    """The records of pages that an index names, those that ``wanted`` asks for.

    Then, once, how many of its lines could not be read, where there are any: an index that was
    cut, or spoilt, names less than it did.

    :raises ArchiveIndexError: when DuckDB is not there, or the file is no such index.
    """
    try:
        import duckdb
    except ImportError as error:
        raise ArchiveIndexError(
            "an index is read by DuckDB: pip install 'cppcc-monitor[cluster]'"
        ) from error
    where, values = _conditions(wanted)
    try:
        connection = duckdb.connect(":memory:")
        rows = connection.execute(
            "SELECT CASE WHEN sound THEN file END AS file, CASE WHEN sound THEN start END AS start,"
            " count(*) FROM (SELECT *, (start IS NOT NULL AND file IS NOT NULL) AS sound"
            f" FROM ({_rows_of(path)})) WHERE NOT sound OR ({where}) GROUP BY 1, 2 ORDER BY ALL",
            [str(path), *values],
        )
        unread = 0
        while batch := rows.fetchmany(_BATCH):
            for file, offset, lines in batch:
                if file is None:
                    unread += lines
                else:
                    yield IndexedRecord(file=file, offset=offset)
        if not path.name.lower().endswith(".parquet"):
            unread += _rejected(connection)
        if unread:
            yield UnreadLines(unread)
    except duckdb.Error as error:
        raise ArchiveIndexError(f"{path} is no index of archives: {error}") from error


def _rejected(connection: "duckdb.DuckDBPyConnection") -> int:
    """How many lines the reader itself left out: too long ones, bytes that are no UTF-8."""
    found = connection.execute("SELECT count(DISTINCT line) FROM reject_errors").fetchone()
    return int(found[0]) if found else 0


def _rows_of(path: Path) -> str:
    """The index as rows of (url, stamp, mime, status, start, file); stamp has 14 digits.

    A line that is none is a row without start or file.
    """
    name = path.name.lower()
    if name.endswith(".parquet"):
        return (
            "SELECT url, strftime(fetch_time, '%Y%m%d%H%M%S') AS stamp,"
            " content_mime_type AS mime, CAST(fetch_status AS VARCHAR) AS status,"
            " CAST(warc_record_offset AS BIGINT) AS start, warc_filename AS file"
            " FROM read_parquet(?)"
        )
    lines = (
        "SELECT line FROM read_csv(?, columns={'line': 'VARCHAR'}, delim='\\x01', quote='',"
        " escape='', header=false, auto_detect=false, ignore_errors=true, store_rejects=true,"
        " max_line_size=4194304)"
        " WHERE trim(line) <> '' AND NOT starts_with(line, ' ') AND NOT starts_with(line, '!')"
    )
    if ".cdxj" in name:
        return (
            "SELECT json_extract_string(j, '$.url') AS url, stamp,"
            " coalesce(json_extract_string(j, '$.mime'), '') AS mime,"
            " json_extract_string(j, '$.status') AS status,"
            " TRY_CAST(json_extract_string(j, '$.offset') AS BIGINT) AS start,"
            " json_extract_string(j, '$.filename') AS file FROM ("
            "SELECT split_part(line, ' ', 2) AS stamp,"
            " TRY_CAST(substr(line, greatest(strpos(line, '{'), 1)) AS JSON) AS j"
            f" FROM ({lines}))"
        )
    # 11 columns (N b a m s k r M S V g) or 9 (N b a m s k r V g): the last two are the same.
    return (
        "SELECT f[3] AS url, f[2] AS stamp, f[4] AS mime, f[5] AS status,"
        " CASE WHEN len(f) IN (9, 11) THEN TRY_CAST(f[len(f) - 1] AS BIGINT) END AS start,"
        f" f[len(f)] AS file FROM (SELECT string_split(line, ' ') AS f FROM ({lines}))"
    )


def _conditions(wanted: Wanted) -> tuple[str, list[str]]:
    conditions = [_PAGE, _SOUND]
    values: list[str] = []
    if wanted.hosts:
        host = "lower(regexp_extract(url, '^[a-zA-Z]+://(?:[^/@]*@)?([^/:?#]+)', 1))"
        one = f"({host} = ? OR ends_with({host}, ?))"
        conditions.append(f"({' OR '.join([one] * len(wanted.hosts))})")
        for name in wanted.hosts:
            values += [name, f".{name}"]
    # A day in Shanghai begins in the afternoon before, in UTC; the reader looks closer.
    if wanted.since:
        conditions.append("stamp >= ?")
        values.append(_stamp(wanted.since - timedelta(days=1)))
    if wanted.until:
        conditions.append("stamp < ?")
        values.append(_stamp(wanted.until + timedelta(days=1)))
    return " AND ".join(conditions), values


def _stamp(day: date) -> str:
    return f"{day:%Y%m%d}"

"""What a file to import holds: pages and texts, one by one, from JSONL or WARC.

JSONL lines are the batch input of docs/commands.md with ``url`` required; a WARC may be plain or
gzipped.  Nothing is held but the one item that is being read.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.pages.raw.urls import canonical_url
from storage.records import SHANGHAI, Capture, RefusalClass

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

MAX_BODY_BYTES = 16 * 1024 * 1024
PAGE_TYPES = ("text/html", "application/xhtml", "text/plain", "application/xml", "text/xml")


class ImportFileError(Exception):
    """The file as a whole cannot be read any further, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as it was fetched, by whoever it was."""

    url: str
    capture: Capture


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenText:
    """A text given with its title instead of a page; ``row`` is the line's object."""

    url: str
    row: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """A line or record that holds neither; ``url`` names its place where it has no URL."""

    url: str
    refusal_class: RefusalClass
    detail: str


Item = Page | GivenText | Unusable


def read_items(path: Path, *, now: datetime) -> Iterator[Item]:
    """The items of a file in its order.

    ``now`` is when pages were fetched that do not say it.  ImportFileError when the file is
    of neither kind, or breaks off.
    """
    name = path.name.lower()
    if name.endswith((".warc", ".warc.gz")):
        return _warc_items(path)
    if name.endswith((".jsonl", ".ndjson")):
        return _jsonl_items(path, now)
    raise ImportFileError(f"{path} is neither .jsonl nor .warc(.gz)")


def _jsonl_items(path: Path, now: datetime) -> Iterator[Item]:
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _line_item(line, f"{path.name}:{number}", path.parent, now)


def _line_item(line: str, place: str, folder: Path, now: datetime) -> Item:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        return _unusable(place, RefusalClass.TRUNCATED, f"no JSON: {error}")
    if not isinstance(row, dict) or not isinstance(row.get("url"), str):
        return _unusable(place, RefusalClass.WRONG_CONTENT, 'no object with a "url"')
    url = row["url"]
    try:
        canonical_url(url)
    except ValueError as error:
        return _unusable(place, RefusalClass.WRONG_CONTENT, f"no absolute URL: {error}")
    if isinstance(row.get("text"), str):
        return GivenText(url=url, row=row)
    if not isinstance(row.get("file"), str):
        return _unusable(url, RefusalClass.WRONG_CONTENT, 'neither "file" nor "text"')
    try:
        body = (folder / row["file"]).read_bytes()
        fetched_at = _instant(row.get("fetched_at")) or now
    except (OSError, ValueError) as error:
        return _unusable(url, RefusalClass.GONE, str(error))
    capture = Capture(url=url, fetched_at=fetched_at, status=200, headers=(), body=body)
    return Page(url=url, capture=capture)


def _instant(value: object) -> datetime | None:
    if value is None:
        return None
    stated = datetime.fromisoformat(str(value))
    return stated if stated.tzinfo else stated.replace(tzinfo=SHANGHAI)


def _warc_items(path: Path) -> Iterator[Item]:
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    with path.open("rb") as stream:
        try:
            for record in ArchiveIterator(stream):
                if record.rec_type == "response" and record.http_headers is not None:
                    item = _record_item(record)
                    if item is not None:
                        yield item
        except (ArchiveLoadFailed, EOFError, ValueError) as error:
            raise ImportFileError(f"{path} breaks off or is no WARC: {error}") from error


def _record_item(record: "ArcWarcRecord") -> Item | None:
    """The page of a response; None for a picture, a style sheet and the like."""
    kind = (record.http_headers.get_header("Content-Type") or "").lower()
    if kind and not kind.startswith(PAGE_TYPES):
        return None
    url = str(record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    try:
        canonical_url(url)
    except ValueError as error:
        return _unusable(url or "?", RefusalClass.WRONG_CONTENT, f"no absolute URL: {error}")
    body = record.content_stream().read(MAX_BODY_BYTES + 1)
    if len(body) > MAX_BODY_BYTES:
        return _unusable(url, RefusalClass.TOO_LARGE, f"more than {MAX_BODY_BYTES} bytes")
    status = record.http_headers.get_statuscode()
    date = str(record.rec_headers.get_header("WARC-Date"))
    return Page(
        url=url,
        capture=Capture(
            url=url,
            fetched_at=datetime.fromisoformat(date),
            status=int(status) if str(status).isdigit() else 0,
            headers=tuple((str(name), str(value)) for name, value in record.http_headers.headers),
            body=bytes(body),
        ),
    )


def _unusable(url: str, refusal_class: RefusalClass, detail: str) -> Unusable:
    return Unusable(url=url, refusal_class=refusal_class, detail=detail)

"""What a file to import holds, one by one: pages and texts, from JSONL or a web archive.

JSONL lines are the batch input of docs/commands.md with ``url`` required; a WARC may be plain,
gzipped or zstd.  Nothing is held but the one item that is being read, and an item that cannot
be read is one refusal: the file is read on behind it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from crawler.backfill.archive.moments import FIRST
from crawler.backfill.archive.reading import (
    Page,
    Revisit,
    Unusable,
    Unwanted,
    read_archive,
)
from crawler.backfill.files import (
    FileRefusedError,
    TooLongLine,
    is_archive,
    numbered_lines,
    open_regular,
    read_body,
)
from crawler.backfill.texts import MAX_TEXT_CHARS, period_of, published_of
from crawler.pages.raw.jsontext import JsonTextError, parse_json
from crawler.pages.raw.urls import canonical_url
from storage.records import SHANGHAI, Capture, RefusalClass


class ImportFileError(Exception):
    """The file as a whole cannot be read any further, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenText:
    """A text given with its title instead of a page; ``row`` is the line's object."""

    url: str
    row: Mapping[str, object]


Item = Page | GivenText | Unusable | Unwanted | Revisit


class _LineRefusedError(Exception):
    """A line gives no item; ``refusal_class`` and ``detail`` say why."""

    def __init__(self, refusal_class: RefusalClass, detail: str) -> None:
        super().__init__(detail)
        self.refusal_class = refusal_class
        self.detail = detail


def read_items(path: Path, *, now: datetime) -> Iterator[Item]:
    """The items of a file in its order.

    ``now`` is when pages were fetched that do not say it.

    :raises ImportFileError: when the file is of neither kind, or no regular file.
    """
    jsonl = path.name.lower().endswith((".jsonl", ".ndjson"))
    if not jsonl and not is_archive(path):
        raise ImportFileError(f"{path} is neither .jsonl nor .warc(.gz, .zst)")
    try:
        stream = open_regular(path)
    except FileRefusedError as error:
        raise ImportFileError(error.detail) from error
    if jsonl:
        return _jsonl_items(stream, path, now)
    stream.close()
    return read_archive(path, now=now)


def _jsonl_items(stream: BinaryIO, path: Path, now: datetime) -> Iterator[Item]:
    with stream:
        for number, line in numbered_lines(stream):
            place = f"{path.name}:{number}"
            try:
                if isinstance(line, TooLongLine):
                    raise _LineRefusedError(RefusalClass.TOO_LARGE, f"a line of {line.size} bytes")
                yield _line_item(line, path.parent, now)
            except _LineRefusedError as error:
                yield _unusable(place, error.refusal_class, error.detail)


def _line_item(line: str, folder: Path, now: datetime) -> Item:
    """The item of a line.

    :raises _LineRefusedError: when it has no address by which it could be called.
    """
    try:
        row = parse_json(line)
    except JsonTextError as error:
        detail = f"no JSON: {error.problem}"
        raise _LineRefusedError(RefusalClass.TRUNCATED, detail) from error
    if not isinstance(row, dict) or not isinstance(row.get("url"), str):
        raise _LineRefusedError(RefusalClass.WRONG_CONTENT, 'no object with a "url"')
    url = row["url"]
    try:
        canonical_url(url)
    except ValueError as error:
        detail = f"no absolute URL: {error}"
        raise _LineRefusedError(RefusalClass.WRONG_CONTENT, detail) from error
    try:
        return _item(url, row, folder, now)
    except (_LineRefusedError, FileRefusedError) as error:
        return _unusable(url, error.refusal_class, error.detail)


def _item(url: str, row: Mapping[str, object], folder: Path, now: datetime) -> Item:
    text, file = row.get("text"), row.get("file")
    if isinstance(text, str):
        _check_text(text, row)
        return GivenText(url=url, row=row)
    if not isinstance(file, str):
        raise _LineRefusedError(RefusalClass.WRONG_CONTENT, 'neither "file" nor "text"')
    fetched_at = _fetched_at(row.get("fetched_at"), now)
    body = read_body(folder / file)
    charset = row.get("charset")
    headers = (("Content-Type", f"text/html; charset={charset}"),) if charset else ()
    capture = Capture(url=url, fetched_at=fetched_at, status=200, headers=headers, body=body)
    return Page(url=url, capture=capture)


def _check_text(text: str, row: Mapping[str, object]) -> None:
    if len(text) > MAX_TEXT_CHARS:
        raise _LineRefusedError(
            RefusalClass.TOO_LARGE, f"a text of more than {MAX_TEXT_CHARS} characters"
        )
    stated = row.get("published")
    if stated and published_of(stated)[0] is None and period_of(row) is None:
        raise _LineRefusedError(
            RefusalClass.WRONG_CONTENT, f'"published" is no possible date: {str(stated)[:40]}'
        )


def _fetched_at(stated: object, now: datetime) -> datetime:
    """When a row says that its page was fetched; without a zone it is that of Shanghai."""
    if stated is None:
        return now
    try:
        at = datetime.fromisoformat(str(stated))
        at = (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).astimezone(UTC)
    except (ValueError, OverflowError):
        at = None
    if at is None or not at >= FIRST:
        raise _LineRefusedError(
            RefusalClass.WRONG_CONTENT, f'"fetched_at" is no possible instant: {str(stated)[:40]}'
        )
    return at


def _unusable(url: str, refusal_class: RefusalClass, detail: str) -> Unusable:
    return Unusable(url=url, refusal_class=refusal_class, detail=detail)

"""`cppcc inspect` on many rows or one list: pages, texts, lists and addresses, nothing stored."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawler.backfill.files import FileRefusedError, TooLongLine, read_body
from crawler.backfill.texts import read_row
from crawler.errors import PageError
from crawler.pages.lists.links import read_listing
from crawler.pages.raw.charset import header_charset
from crawler.pages.raw.jsontext import JsonTextError, parse_json
from crawler.pages.raw.urls import canonical_url
from crawler.reader import read_page, source_of
from crawler.sources.declaration import Source
from scheduler.shapes.listing import listing_json
from scheduler.shapes.publication import article_json
from storage.records import Listing, RefusalClass

Headers = tuple[tuple[str, str], ...]
Row = Mapping[str, object]
Shape = dict[str, object]


FILE_ERRORS = {RefusalClass.TOO_LARGE: "too_large", RefusalClass.WRONG_CONTENT: "input"}
"""What a refused file is called in an error row; any other one is ``unreadable_file``."""


class InputError(Exception):
    """A line of a batch is not what the batch format says."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What the rows of a batch have in common; ``folder`` is that of relative files."""

    folder: Path
    now: datetime
    sources: tuple[Source, ...]


def read_list(
    body: bytes,
    *,
    url: str,
    now: datetime,
    sources: Iterable[Source],
    headers: Headers = (),
    article_pattern: re.Pattern[str] | None = None,
) -> Listing:
    """A list page as a crawl reads it: a declared list by its source's selector and pattern.

    :raises PageError: when the page is no list that can be read.
    """
    owner = next((source for source in sources if url in source.entry_urls), None)
    return read_listing(
        body,
        url=url,
        charset=header_charset(headers),
        now=now,
        link_selector=owner.options.list_selector if owner else None,
        article_pattern=article_pattern or (owner.article_re if owner else None),
    )


def inspect_batch(
    lines: Iterable[tuple[int, str | TooLongLine]],
    *,
    folder: Path,
    now: datetime,
    sources: Iterable[Source],
) -> Iterator[Shape]:
    """The output rows of a batch, in input order; what cannot be read as an error row."""
    batch = Batch(folder, now, tuple(sources))
    for number, line in lines:
        page_id: object = str(number)
        try:
            if isinstance(line, TooLongLine):
                raise InputError(f"{line.size} bytes in one line")
            row = parse_json(line)
            if not isinstance(row, dict):
                raise InputError("not an object")
            page_id = _id_of(row, str(number))
            answer = _answer(row, batch)
        except PageError as error:
            yield _error(page_id, error.refusal_class.value, error.detail)
        except (InputError, JsonTextError) as error:
            yield _error(page_id, "input", f"line {number}: {error}")
        except FileRefusedError as error:
            said = FILE_ERRORS.get(error.refusal_class, "unreadable_file")
            yield _error(page_id, said, error.detail)
        else:
            yield answer | {"id": page_id}


def _answer(row: Row, batch: Batch) -> Shape:
    """What a row asks for, read.

    :raises PageError, InputError, FileRefusedError: when it cannot be.
    """
    url = _url_of(row, "url")
    match row.get("reader") or "page":
        case "canonical":
            return {"canonical": _canonical(row, "url"), "other": _canonical(row, "other")}
        case "list":
            pattern = _pattern_of(row)
            listing = read_list(
                _body_of(row, batch),
                url=url,
                now=batch.now,
                sources=batch.sources,
                headers=_headers_of(row),
                article_pattern=pattern,
            )
            return listing_json(listing)
        case "page":
            source = source_of(url, batch.sources)
            if "text" in row:
                if not isinstance(row["text"], str):
                    raise InputError('"text" is no string')
                return article_json(read_row(row, url=url, source=source))
            body = _body_of(row, batch)
            headers = _headers_of(row)
            return article_json(
                read_page(body, url=url, now=batch.now, source=source, headers=headers)
            )
        case other:
            raise InputError(f'"reader" is {other!r}, none of page, list, canonical')


def _id_of(row: Row, default: str) -> object:
    given = row.get("id", default)
    if isinstance(given, list | dict):
        raise InputError('"id" is no string or number')
    return given


def _url_of(row: Row, key: str) -> str:
    url = str(row.get(key) or "")
    try:
        urlsplit(url)
    except ValueError as error:
        raise InputError(f'"{key}" is none: {error}') from error
    return url


def _canonical(row: Row, key: str) -> str | None:
    """The identity of an address; None where the row has none."""
    url = _url_of(row, key)
    try:
        return canonical_url(url) if url else None
    except ValueError as error:
        raise InputError(f'"{key}" is no absolute URL: {error}') from error


def _body_of(row: Row, batch: Batch) -> bytes:
    file = row.get("file")
    if not isinstance(file, str):
        raise InputError('neither "file" nor "text"')
    return read_body(batch.folder / file)


def _headers_of(row: Row) -> Headers:
    """The Content-Type that an HTTP answer with the row's ``charset`` has."""
    charset = row.get("charset")
    return (("Content-Type", f"text/html; charset={charset}"),) if charset else ()


def _pattern_of(row: Row) -> re.Pattern[str] | None:
    pattern = row.get("article_pattern")
    if pattern is None:
        return None
    try:
        return re.compile(str(pattern))
    except (re.error, RecursionError, OverflowError) as error:
        raise InputError(f'"article_pattern" is none: {error}') from error


def _error(page_id: object, error_class: str, message: str) -> Shape:
    return {"id": page_id, "error": {"class": error_class, "message": message}}

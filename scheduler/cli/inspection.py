"""The batch of `cppcc inspect`: pages and texts read without storing anything, a row each."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawler.backfill.texts import read_row
from crawler.errors import PageError
from crawler.pages.raw.jsontext import JsonTextError, parse_json
from crawler.reader import read_page, source_of
from crawler.sources.declaration import Source
from scheduler.shapes.publication import article_json


class InputError(Exception):
    """A line of a batch is not what the batch format says."""


def inspect_batch(
    lines: Iterable[str], *, folder: Path, now: datetime, sources: Iterable[Source]
) -> Iterator[dict[str, object]]:
    """The output rows of a batch, in input order; an unreadable page as an error row."""
    declared = list(sources)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        page_id: str = str(number)
        try:
            row = parse_json(line)
            if not isinstance(row, dict):
                raise InputError("not an object")
            page_id = row.get("id", page_id)
            url = _url_of(row)
            source = source_of(url, declared)
            if "text" in row:
                if not isinstance(row["text"], str):
                    raise InputError('"text" is no string')
                article = read_row(row, url=url, source=source)
            elif isinstance(row.get("file"), str):
                body = _bytes_of(folder / row["file"])
                article = read_page(body, url=url, now=now, source=source)
            else:
                raise InputError('neither "file" nor "text"')
        except PageError as error:
            yield _error(page_id, error.refusal_class.value, error.detail)
        except (InputError, JsonTextError) as error:
            yield _error(page_id, "input", f"line {number}: {error}")
        except OSError as error:
            yield _error(page_id, "unreadable_file", str(error))
        else:
            yield article_json(article) | {"id": page_id}


def _url_of(row: dict[str, object]) -> str:
    url = str(row.get("url") or "")
    try:
        urlsplit(url)
    except ValueError as error:
        raise InputError(f'"url" is none: {error}') from error
    return url


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except ValueError as error:  # a name that no file can have
        raise InputError(f'"file" is none: {error}') from error


def _error(page_id: str, error_class: str, message: str) -> dict[str, object]:
    return {"id": page_id, "error": {"class": error_class, "message": message}}

"""Reading pages and texts without storing anything: what `cppcc inspect` does."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawler.errors import PageError
from crawler.pages.careful import read_thoroughly
from crawler.pages.raw.charset import header_charset
from crawler.pages.raw.storable import storable
from crawler.pipelines.clean import assess
from crawler.reading import read_publication
from crawler.sources.declaration import Source
from scheduler.shapes.publication import article_json
from storage.records import SHANGHAI, Article, Capture, Precision


class InputError(Exception):
    """A line of a batch is not what the batch format says."""


def source_of(url: str | None, sources: Iterable[Source]) -> Source | None:
    """The declared source on whose hosts ``url`` lies; the most specific host wins."""
    host = urlsplit(url or "").hostname or ""
    matches = [
        (
            max(len(name) for name in source.hosts if host == name or host.endswith(f".{name}")),
            source,
        )
        for source in sources
        if host and source.allows(host)
    ]
    return max(matches, key=lambda match: match[0])[1] if matches else None


def of_source(article: Article, source: Source | None) -> Article:
    """The article with the id of its source, its outlet's odd spelling looked up there."""
    if source is None:
        return article
    outlets = source.lookups.get("outlet", {})
    return replace(
        article,
        source_id=source.id,
        outlet=outlets.get(article.outlet or "", article.outlet),
    )


def read_page(
    body: bytes,
    *,
    url: str,
    now: datetime,
    source: Source | None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Article:
    """One page with its reading, read as a crawl reads it: with care where it is flagged.

    :raises PageError: when the page is not one that can be read.
    """
    selectors = source.selectors if source else None
    article = read_thoroughly(
        body, url=url, charset=header_charset(headers), now=now, selectors=selectors
    )
    capture = Capture(url=url, fetched_at=now, status=200, headers=headers, body=body)
    return assess(
        of_source(replace(article, captures=(capture,)), source),
        region=source.region if source else None,
        selectors=selectors,
    )


def given_text(row: dict[str, object], *, url: str) -> Article:
    """A text as its row gives it, unread."""
    published_at, precision = published_of(row.get("published"))
    return Article(
        url=url,
        title=storable(str(row.get("title") or "")),
        text=storable(str(row["text"])),
        outlet=storable(str(row["source"])) if row.get("source") else None,
        published_at=published_at,
        published_precision=precision,
    )


def read_text(row: dict[str, object], *, source: Source | None) -> Article:
    """A text given with its title instead of a page.

    ``published`` may be a day or an instant in ISO 8601.  A month or a year (``2020-12``) states
    no day, so the article has none; but it tells the reading which years may be meant.
    """
    article = given_text(row, url=str(row.get("url") or ""))
    dated = article if article.published_at else replace(article, published_at=period_of(row))
    reading = read_publication(dated, region=source.region if source else None)
    return replace(article, reading=reading)


def period_of(row: dict[str, object]) -> datetime | None:
    """The beginning of the month or year that ``published`` states, if it does."""
    stated = re.fullmatch(r"(\d{4})(?:-(\d{2}))?", str(row.get("published")))
    if stated is None or not 1 <= int(stated[2] or 1) <= 12:
        return None
    return datetime(int(stated[1]), int(stated[2] or 1), 1, tzinfo=SHANGHAI)


def published_of(value: object) -> tuple[datetime | None, Precision | None]:
    """The instant that an ISO 8601 text states, in Asia/Shanghai where it names no zone."""
    try:
        stated = datetime.fromisoformat(str(value))
    except ValueError:
        return None, None
    if stated.tzinfo is None:
        stated = stated.replace(tzinfo=SHANGHAI)
    return stated, Precision.DAY if len(str(value)) == len("2021-01-24") else Precision.SECOND


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
            row = json.loads(line)
            if not isinstance(row, dict):
                raise InputError("not an object")
            page_id = row.get("id", page_id)
            url = _url_of(row)
            source = source_of(url, declared)
            if "text" in row:
                if not isinstance(row["text"], str):
                    raise InputError('"text" is no string')
                article = read_text(row, source=source)
            elif isinstance(row.get("file"), str):
                body = _bytes_of(folder / row["file"])
                article = read_page(body, url=url, now=now, source=source)
            else:
                raise InputError('neither "file" nor "text"')
        except PageError as error:
            yield _error(page_id, error.refusal_class.value, error.detail)
        except (InputError, json.JSONDecodeError) as error:
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

"""A text given with its title instead of a page: a row of the batch format as an article."""

import re
from collections.abc import Mapping
from datetime import datetime

from crawler.pages.raw.storable import storable
from crawler.reader import read_text
from crawler.sources.declaration import Source
from storage.records import SHANGHAI, Article, Precision

MAX_TEXT_CHARS = 2_000_000
"""The longest real publication seen has 60,000; a text of this length is a book or a fault."""
YEARS = range(1900, 2200)


def read_row(row: Mapping[str, object], *, url: str, source: Source | None) -> Article:
    """The text of a row with its reading; ``row["text"]`` is a string.

    ``published`` may be a day or an instant in ISO 8601.  A month or a year (``2020-12``) states
    no day, so the article has none; but it tells the reading which years may be meant.
    """
    return read_text(given_text(row, url=url), source, around=period_of(row))


def given_text(row: Mapping[str, object], *, url: str) -> Article:
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


def period_of(row: Mapping[str, object]) -> datetime | None:
    """The beginning of the month or year that ``published`` states, if it does."""
    stated = re.fullmatch(r"(\d{4})(?:-(\d{2}))?", str(row.get("published")))
    if stated is None or not 1 <= int(stated[2] or 1) <= 12 or int(stated[1]) not in YEARS:
        return None
    return datetime(int(stated[1]), int(stated[2] or 1), 1, tzinfo=SHANGHAI)


def published_of(value: object) -> tuple[datetime | None, Precision | None]:
    """The instant that an ISO 8601 text states, in Asia/Shanghai where it names no zone.

    None for what is no date, or one of a year in which nothing was published for us: those at
    the ends of the calendar cannot even be told in another zone.
    """
    try:
        stated = datetime.fromisoformat(str(value))
    except ValueError:
        return None, None
    if stated.year not in YEARS:
        return None, None
    if stated.tzinfo is None:
        stated = stated.replace(tzinfo=SHANGHAI)
    return stated, Precision.DAY if len(str(value)) == len("2021-01-24") else Precision.SECOND

"""Inbox and searches as feeds, Atom and JSON Feed, with the filter of their page."""

import io
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from fastapi import APIRouter, Query
from starlette.responses import Response

from scheduler.console.forms import json_bytes
from scheduler.console.pages.inbox import Region, Year
from scheduler.console.pages.search import MOST_TERMS
from scheduler.console.routes import Ask, Asked
from storage.exports.feed import EPOCH, TAG
from storage.notices.flags import FlagStatus
from storage.notices.inbox import InboxFilter, InboxRow, newest_in_inbox
from storage.publications.reading import PublicationSummary
from storage.records import SHANGHAI, Genre, Level
from storage.search.newest import newest_hits

NEWEST = 100
# What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000),
                            0xFFFE, 0xFFFF])  # fmt: skip

router = APIRouter(include_in_schema=False)


class Form(StrEnum):
    """Atom 1.0 and JSON Feed 1.1."""

    ATOM = "atom"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One entry; ``key`` makes its id, which no later change of it alters."""

    key: str
    title: str
    publication: int
    url: str
    published: datetime
    updated: datetime
    author: str
    summary: str
    tags: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Feed:
    title: str
    here: str
    base: str
    entries: list[_Entry]


@router.get("/feeds/flags.{form}")
def flags(
    asked: Ask,
    form: Form,
    status: FlagStatus | None = None,
    region: Region = None,
    genre: Genre | None = None,
    year: Year = None,
) -> Response:
    """The newest flagged stories that fit."""
    wanted = InboxFilter(status=status, region=region or None, genre=genre, year=year)
    with asked.ground.reading() as session:
        rows = newest_in_inbox(session, wanted, limit=NEWEST)
    title = [asked.words.say("Reviews and ten events of the CPPCC")]
    entries = [_of_flag(asked, row) for row in rows]
    return _answer(asked, form, [*title, *_filters(asked, region, year, genre, None)], entries)


@router.get("/feeds/search.{form}")
def found(
    asked: Ask,
    form: Form,
    q: Annotated[str, Query(min_length=1, max_length=200)],
    region: Region = None,
    year: Year = None,
    genre: Genre | None = None,
    level: Level | None = None,
    originals: bool = False,
) -> Response:
    """What a search finds, what was stored last first."""
    terms = q.split()[:MOST_TERMS]
    rows: list[PublicationSummary] = []
    if terms:
        with asked.ground.reading() as session:
            rows = newest_hits(
                session, *terms, limit=NEWEST, region=region or None, year=year, genre=genre,
                level=level, originals=originals,
            )  # fmt: skip
    title = [" ".join(terms), *_filters(asked, region, year, genre, level)]
    return _answer(asked, form, title, [_of_publication(asked, row) for row in rows])


def _filters(
    asked: Asked,
    region: str | None,
    year: int | None,
    genre: Genre | None,
    level: Level | None,
) -> list[str]:
    """The filters of a feed, as its title names them."""
    found = [asked.words.name("region", region)] if region else []
    found += [asked.words.name("genre", genre)] if genre else []
    found += [asked.words.name("level", level)] if level else []
    return found + ([str(year)] if year else [])


def _answer(asked: Asked, form: Form, title: list[str], entries: list[_Entry]) -> Response:
    request = asked.request
    feed = _Feed(" · ".join(title), _plain(str(request.url)), str(request.base_url), entries)
    if form is Form.ATOM:
        return Response(_atom(feed), media_type="application/atom+xml")
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "feed_url": feed.here,
        "home_page_url": feed.base,
        "language": asked.words.language,
        "items": [
            {
                "id": f"{TAG}{one.key}",
                "url": f"{feed.base}publications/{one.publication}",
                "external_url": one.url,
                "title": one.title,
                "content_text": one.summary,
                "date_published": one.published,
                "date_modified": one.updated,
                "tags": [term for _, term in one.tags],
            }
            for one in feed.entries
        ],
    }
    return Response(json_bytes(document), media_type="application/feed+json")


def _atom(feed: _Feed) -> bytes:
    out = io.BytesIO()
    xml = XMLGenerator(out, "utf-8", short_empty_elements=True)

    def element(name: str, words: str = "", **attributes: str) -> None:
        plain = {key: _plain(value) for key, value in attributes.items()}
        xml.startElement(name, AttributesImpl(plain))
        xml.characters(_plain(words))
        xml.endElement(name)

    xml.startDocument()
    xml.startElement("feed", AttributesImpl({"xmlns": "http://www.w3.org/2005/Atom"}))
    element("id", feed.here)
    element("title", feed.title)
    element("link", rel="self", href=feed.here)
    element("updated", _said(max((one.updated for one in feed.entries), default=EPOCH)))
    for one in feed.entries:
        xml.startElement("entry", AttributesImpl({}))
        element("id", f"{TAG}{one.key}")
        element("title", one.title)
        element("link", rel="alternate", href=f"{feed.base}publications/{one.publication}")
        element("link", rel="via", href=one.url)
        element("published", _said(one.published))
        element("updated", _said(one.updated))
        xml.startElement("author", AttributesImpl({}))
        element("name", one.author)
        xml.endElement("author")
        for scheme, term in one.tags:
            element("category", scheme=f"{TAG}{scheme}", term=term)
        element("summary", one.summary)
        xml.endElement("entry")
    xml.endElement("feed")
    xml.endDocument()
    return out.getvalue()


def _of_flag(asked: Asked, row: InboxRow) -> _Entry:
    moments = [row.raised_at, row.decided_at, row.revised_at]
    head = _head(asked, row.genre, row.committee or row.region, row.year_to)
    return _Entry(
        key=f"flag:{row.flag}",
        title=row.title,
        publication=row.publication,
        url=row.url,
        published=row.raised_at,
        updated=max(moment for moment in moments if moment is not None),
        author=row.outlet or row.source_id or "-",
        summary=f"{head}\n{row.sentence}",
        tags=_tags(genre=row.genre.value, region=row.region, status=row.status.value),
    )


def _of_publication(asked: Asked, row: PublicationSummary) -> _Entry:
    committee = row.committee.name if row.committee else row.region
    region = row.committee.region if row.committee else row.region
    return _Entry(
        key=f"publication:{row.id}",
        title=row.title,
        publication=row.id,
        url=row.url,
        published=row.first_seen_at,
        updated=row.first_seen_at,
        author=row.outlet or row.source_id or "-",
        summary=_head(asked, row.genre, committee, row.years[-1] if row.years else None),
        tags=_tags(genre=row.genre.value if row.genre else None, region=region),
    )


def _head(asked: Asked, genre: Genre | None, committee: str | None, year: int | None) -> str:
    kind = asked.words.name("genre", genre or Genre.OTHER)
    return f"{kind}, {committee or '–'}{'' if year is None else f' {year}'}"


def _tags(**terms: str | None) -> tuple[tuple[str, str], ...]:
    return tuple((scheme, term) for scheme, term in terms.items() if term)


def _plain(words: str) -> str:
    return words.translate(_FORBIDDEN)


def _said(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat()

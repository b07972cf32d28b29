"""The inbox as a feed, Atom and JSON Feed, with the filter of the page that it was taken from."""

import io
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from fastapi import APIRouter, Request
from starlette.responses import Response

from scheduler.console.forms import json_bytes
from scheduler.console.pages.inbox import Region, Year
from scheduler.console.routes import Ask, Asked
from storage.notices.flags import FlagStatus
from storage.notices.inbox import InboxFilter, InboxRow, list_inbox
from storage.records import SHANGHAI, Genre

NEWEST = 100
TAG = "tag:cppcc-monitor,2026:"
EPOCH = datetime(2026, 1, 1, tzinfo=SHANGHAI)
# What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000),
                            0xFFFE, 0xFFFF])  # fmt: skip

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _Feed:
    title: str
    here: str
    base: str
    rows: list[InboxRow]


@router.get("/feeds/flags.atom")
def atom(
    asked: Ask,
    status: FlagStatus | None = None,
    region: Region = None,
    genre: Genre | None = None,
    year: Year = None,
) -> Response:
    """Atom 1.0."""
    feed = _read(asked, status, region, genre, year)
    return Response(_atom(asked, feed), media_type="application/atom+xml")


@router.get("/feeds/flags.json")
def json_feed(
    asked: Ask,
    status: FlagStatus | None = None,
    region: Region = None,
    genre: Genre | None = None,
    year: Year = None,
) -> Response:
    """JSON Feed 1.1."""
    feed = _read(asked, status, region, genre, year)
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "feed_url": feed.here,
        "home_page_url": feed.base,
        "language": asked.words.language,
        "items": [
            {
                "id": f"{TAG}flag:{row.flag}",
                "url": f"{feed.base}publications/{row.publication}",
                "external_url": row.url,
                "title": row.title,
                "content_text": _summary(asked, row),
                "date_published": row.raised_at,
                "date_modified": _changed(row),
                "tags": [tag for tag in (row.genre.value, row.region, row.status.value) if tag],
            }
            for row in feed.rows
        ],
    }
    return Response(json_bytes(document), media_type="application/feed+json")


def _read(
    asked: Asked,
    status: FlagStatus | None,
    region: str | None,
    genre: Genre | None,
    year: int | None,
) -> _Feed:
    wanted = InboxFilter(status=status, region=region or None, genre=genre, year=year)
    with asked.ground.reading() as session:
        rows = list_inbox(session, wanted, limit=NEWEST)
    title = [asked.words.say("Reviews and ten events of the CPPCC")]
    title += [region] if region else []
    title += [asked.words.name("genre", genre)] if genre else []
    title += [str(year)] if year else []
    return _Feed(" · ".join(title), _plain(str(asked.request.url)), _base(asked.request), rows)


def _atom(asked: Asked, feed: _Feed) -> bytes:
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
    element("updated", _said(max(map(_changed, feed.rows), default=EPOCH)))
    for row in feed.rows:
        xml.startElement("entry", AttributesImpl({}))
        element("id", f"{TAG}flag:{row.flag}")
        element("title", row.title)
        element("link", rel="alternate", href=f"{feed.base}publications/{row.publication}")
        element("link", rel="via", href=row.url)
        element("published", _said(row.raised_at))
        element("updated", _said(_changed(row)))
        xml.startElement("author", AttributesImpl({}))
        element("name", row.outlet or row.source_id or "-")
        xml.endElement("author")
        for scheme, term in (
            ("genre", row.genre.value), ("region", row.region), ("status", row.status.value),
        ):  # fmt: skip
            if term:
                element("category", scheme=f"{TAG}{scheme}", term=term)
        element("summary", _summary(asked, row))
        xml.endElement("entry")
    xml.endElement("feed")
    xml.endDocument()
    return out.getvalue()


def _summary(asked: Asked, row: InboxRow) -> str:
    years = "" if row.year_to is None else f" {row.year_to}"
    head = f"{asked.words.name('genre', row.genre)}, {row.committee or row.region or '–'}{years}"
    return f"{head}\n{row.sentence}"


def _changed(row: InboxRow) -> datetime:
    moments = [row.raised_at, row.decided_at, row.revised_at]
    return max(moment for moment in moments if moment is not None)


def _base(request: Request) -> str:
    return str(request.base_url)


def _plain(words: str) -> str:
    return words.translate(_FORBIDDEN)


def _said(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat()

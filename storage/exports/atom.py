"""An Atom feed of the newest flags as a file, for any reader or a web server to pick up."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from sqlalchemy.orm import Session

from storage.exports.files import whole_file
from storage.exports.moved import last_moved
from storage.notices.flags import Flag, list_flags
from storage.records import SHANGHAI

NEWEST = 200
"""Entries in the feed: older ones are in the database."""

NAMESPACE = "http://www.w3.org/2005/Atom"
TAG = "tag:cppcc-monitor,2026:"
EPOCH = datetime(2026, 1, 1, tzinfo=SHANGHAI)

# What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def export_atom(session: Session, path: Path) -> int:
    """Write the feed; how many entries it has."""
    flags = list_flags(session, limit=NEWEST)
    with whole_file(path) as temporary, temporary.open("wb") as stream:
        xml = XMLGenerator(stream, "utf-8", short_empty_elements=True)
        _Feed(xml, last_moved(session, flags)).write(flags)
    return len(flags)


class _Feed:
    def __init__(self, xml: XMLGenerator, moved: Mapping[int, datetime]) -> None:
        self._xml = xml
        self._moved = moved

    def write(self, flags: list[Flag]) -> None:
        xml = self._xml
        xml.startDocument()
        xml.startElement("feed", AttributesImpl({"xmlns": NAMESPACE}))
        self._element("id", f"{TAG}flags")
        self._element("title", "政协年度综述与十件大事")
        self._element("updated", _said(max(self._moved.values(), default=EPOCH)))
        for flag in flags:
            self._entry(flag)
        xml.endElement("feed")
        xml.endDocument()

    def _entry(self, flag: Flag) -> None:
        self._xml.startElement("entry", AttributesImpl({}))
        self._element("id", f"{TAG}flag:{flag.id}")
        self._element("title", flag.title)
        self._element("link", "", href=flag.url, rel="alternate")
        self._element("published", _said(flag.raised_at))
        self._element("updated", _said(self._moved[flag.id]))
        self._xml.startElement("author", AttributesImpl({}))
        self._element("name", flag.source_id or "import")
        self._xml.endElement("author")
        for scheme, term in (
            ("genre", flag.genre.value),
            ("region", flag.region),
            ("status", flag.status.value),
        ):
            if term:
                self._element("category", "", scheme=f"{TAG}{scheme}", term=term)
        words = [f"{flag.genre.value} ({flag.score:.2f})"]
        words += [f"{note.at.astimezone(SHANGHAI):%Y-%m-%d}: {note.words}" for note in flag.notes]
        self._element("summary", "\n".join(words))
        self._xml.endElement("entry")

    def _element(self, name: str, words: str, **attributes: str) -> None:
        plain = {key: value.translate(_FORBIDDEN) for key, value in attributes.items()}
        self._xml.startElement(name, AttributesImpl(plain))
        self._xml.characters(words.translate(_FORBIDDEN))
        self._xml.endElement(name)


def _said(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat()

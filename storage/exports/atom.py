"""An Atom feed of the newest flags as a file, for any reader or a web server to pick up.

Its entries are those of ``storage.exports.feed``.
"""

from pathlib import Path
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from sqlalchemy.orm import Session

from storage.exports.feed import TAG, Entry, Feed, read_feed
from storage.exports.files import whole_file

NAMESPACE = "http://www.w3.org/2005/Atom"

# What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def export_atom(session: Session, path: Path) -> int:
    """Write the feed; how many entries it has."""
    feed = read_feed(session)
    with whole_file(path) as temporary, temporary.open("wb") as stream:
        _Writer(XMLGenerator(stream, "utf-8", short_empty_elements=True)).write(feed)
    return len(feed.entries)


class _Writer:
    def __init__(self, xml: XMLGenerator) -> None:
        self._xml = xml

    def write(self, feed: Feed) -> None:
        xml = self._xml
        xml.startDocument()
        xml.startElement("feed", AttributesImpl({"xmlns": NAMESPACE, "xml:lang": "zh-CN"}))
        self._element("id", feed.id)
        self._element("title", feed.title)
        self._element("updated", feed.updated.isoformat())
        for entry in feed.entries:
            self._entry(entry)
        xml.endElement("feed")
        xml.endDocument()

    def _entry(self, entry: Entry) -> None:
        self._xml.startElement("entry", AttributesImpl({}))
        self._element("id", entry.id)
        self._element("title", entry.title)
        self._element("link", "", href=entry.url, rel="alternate")
        self._element("published", entry.published.isoformat())
        self._element("updated", entry.updated.isoformat())
        self._xml.startElement("author", AttributesImpl({}))
        self._element("name", entry.author)
        self._xml.endElement("author")
        for scheme, term in entry.categories:
            self._element("category", "", scheme=f"{TAG}{scheme}", term=term)
        self._element("summary", entry.summary)
        self._element("content", entry.html, type="html")
        self._xml.endElement("entry")

    def _element(self, name: str, words: str, **attributes: str) -> None:
        plain = {key: value.translate(_FORBIDDEN) for key, value in attributes.items()}
        self._xml.startElement(name, AttributesImpl(plain))
        self._xml.characters(words.translate(_FORBIDDEN))
        self._xml.endElement(name)

"""The family ``feed``: RSS, Atom and sitemaps, plain or gzipped.

A feed shows the newest only: between two readings more may have come than it holds.  So a
reading that shows nothing of what the list showed before leaves a gap that it cannot prove away.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from typing import ClassVar, Literal
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

from pydantic import Field

from crawler.errors import LayoutChangedError, TruncatedPageError
from crawler.families.base import Ask, Family, HttpUrl, Listed, Probed, Run, Site, Step, Walker
from crawler.pages.raw.storable import storable
from crawler.pages.raw.urls import canonical_url, url_date
from crawler.pages.values.parts import absolute
from crawler.runs.proof import Open, Proved, gap_in, unreached
from storage.records import SHANGHAI, Capture, End, Link, Listing, OpenCause, RequestKind

MOST_BYTES = 50 * 2**20
"""What the sitemap protocol allows a file to be, unpacked."""


class FeedOptions(Family):
    """Options of the family ``feed``: ``urls`` are feeds, sitemaps or indexes of sitemaps.

    ``max_files`` bounds the sitemaps of an index that are read.
    """

    asks_for: ClassVar[RequestKind] = RequestKind.LISTING

    family: Literal["feed"] = "feed"
    urls: tuple[HttpUrl, ...] = Field(min_length=1)
    max_files: int = Field(default=50, ge=1)

    @property
    def entry_urls(self) -> tuple[str, ...]:
        """The feeds."""
        return self.urls

    def probe_urls(self, day: date) -> tuple[str, ...]:
        """The same, whatever the day."""
        return self.urls

    def listed(self, page: Probed, site: Site) -> tuple[str, ...]:
        """Address and title of each entry, and the sitemaps that an index names."""
        feed = read_feed(page.body, url=page.url)
        links = sorted(f"{link.url} {link.title}" for link in wanted(feed.links, site))
        return (*links, *sorted(url for url, _ in feed.files))

    def walker(self, site: Site, run: Run) -> "FeedWalker":
        """Reads each feed, and each sitemap of an index."""
        return FeedWalker(self, site, run)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a feed says: its title, its entries, the further files (with the day of their last
    change, if said) that an index of sitemaps names."""

    heading: str = ""
    links: tuple[Link, ...] = ()
    files: tuple[tuple[str, date | None], ...] = ()


def wanted(links: tuple[Link, ...], site: Site) -> tuple[Link, ...]:
    """The entries that the declared article pattern takes."""
    if site.article_re is None:
        return links
    return tuple(link for link in links if site.article_re.search(link.address))


def read_feed(body: bytes, *, url: str) -> Feed:
    """RSS 2.0, RSS 1.0, Atom, a sitemap or an index of sitemaps.

    :raises LayoutChangedError: when it is none of these, or declares entities of its own.
    :raises TruncatedPageError: when it is gzipped, and cut or larger than may be.
    """
    xml = _unpacked(body, url)
    if b"<!ENTITY" in xml[:4096].upper():
        raise LayoutChangedError("the feed declares entities", url=url)
    try:
        root = ElementTree.fromstring(xml.lstrip())
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise LayoutChangedError(f"no feed: {error}", url=url) from error
    name = _name(root)
    if name == "sitemapindex":
        files = [(_text(one, "loc"), _day(_text(one, "lastmod"))) for one in root]
        return Feed(files=tuple((_file(loc, url), day) for loc, day in files if loc))
    if name == "urlset":
        return Feed(links=_distinct(_of_sitemap(one, url) for one in root))
    if name == "feed":
        entries = [one for one in root if _name(one) == "entry"]
        links = _distinct(_of_atom(entry, url) for entry in entries)
        return Feed(heading=_text(root, "title"), links=links)
    if name in ("rss", "rdf"):
        channel = next((one for one in root if _name(one) == "channel"), root)
        items = [one for one in root.iter() if _name(one) == "item"]
        return Feed(
            heading=_text(channel, "title"), links=_distinct(_of_rss(one, url) for one in items)
        )
    raise LayoutChangedError(f"no feed: its root is <{name}>", url=url)


def _file(loc: str, url: str) -> str:
    address = absolute(url, loc)
    if address is None:  # what it holds nobody can say
        raise LayoutChangedError(f"a file at no address: {loc}", url=url)
    return address


def _unpacked(body: bytes, url: str) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        xml = unpacker.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise TruncatedPageError(f"not gzip: {error}", url=url) from error
    if not unpacker.eof:
        raise TruncatedPageError("the gzipped feed is cut, or larger than may be", url=url)
    return xml


def _name(node: ElementTree.Element) -> str:
    return str(node.tag).rsplit("}", 1)[-1].lower()


def _text(node: ElementTree.Element, name: str) -> str:
    """The text of the first child of that name; "" where there is none."""
    found = next((one for one in node if _name(one) == name), None)
    if found is None:
        return ""
    return " ".join(storable("".join(found.itertext())).split())


def _of_rss(item: ElementTree.Element, base: str) -> Link | None:
    address = _text(item, "link") or _text(item, "guid")
    stated = _text(item, "pubdate") or _text(item, "date")
    return _link(address, _text(item, "title"), stated, base)


def _of_atom(entry: ElementTree.Element, base: str) -> Link | None:
    links = [one for one in entry if _name(one) == "link"]
    chosen = next((one for one in links if one.get("rel", "alternate") == "alternate"), None)
    address = chosen.get("href", "") if chosen is not None else ""
    stated = _text(entry, "published") or _text(entry, "updated")
    return _link(address, _text(entry, "title"), stated, base)


def _of_sitemap(entry: ElementTree.Element, base: str) -> Link | None:
    news = next((one for one in entry if _name(one) == "news"), None)
    title = _text(news, "title") if news is not None else ""
    stated = _text(news, "publication_date") if news is not None else ""
    # The last change is no day of publication: only the address may say that.
    return _link(_text(entry, "loc"), title, stated, base)


def _link(address: str, title: str, stated: str, base: str) -> Link | None:
    """None for what nobody can ask for: no address, one of another scheme, or a broken one."""
    try:
        asked = urljoin(base, address)
        if not address or urlsplit(asked).scheme not in ("http", "https"):
            return None
        url = canonical_url(asked)
    except ValueError:
        return None
    return Link(
        url=url,
        title=re.sub(r"<[^>]*>", "", title) or asked,
        published_on=_day(stated) or url_date(asked),
        fetch_url=asked if asked != url else None,
    )


def _day(stated: str) -> date | None:
    """The day of an RFC 822 or ISO 8601 time, in Shanghai."""
    if not stated:
        return None
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(stated)
        except (ValueError, IndexError, OverflowError):
            continue
        return moment.astimezone(SHANGHAI).date() if moment.tzinfo else moment.date()
    return None


def _distinct(links: "Iterable[Link | None]") -> tuple[Link, ...]:
    kept: dict[str, Link] = {}
    for link in links:
        if link is not None:
            kept.setdefault(link.url, link)
    return tuple(kept.values())


class FeedWalker(Walker):
    """Reads each feed, and each sitemap of an index."""

    def __init__(self, options: FeedOptions, site: Site, run: Run) -> None:
        super().__init__(site, run)
        self.options = options
        self._files: set[str] = set(options.urls)
        self._left: dict[str, int] = dict.fromkeys(options.urls, 1)
        self._days: defaultdict[str, set[date | None]] = defaultdict(set)  # walk -> of its entries

    def entries(self) -> Iterator[Ask]:
        """The declared feeds."""
        for url in self.options.urls:
            yield Ask(url=url, kind=RequestKind.LISTING, walk=url, read=self.read_file)

    def read_file(self, capture: Capture, ask: Ask) -> Iterator[Step]:
        """The entries of a feed, or the files that an index names."""
        feed = read_feed(capture.body, url=capture.url)
        links = wanted(feed.links, self.site)
        walk = self.run.account.walk(ask.walk)
        if ask.page_number == 1 and not feed.files:
            self.run.compare(ask.walk, Listing(url=ask.url, links=links, heading=feed.heading))
        urls = [link.url for link in links]
        walk.links += len(set(urls) - self.run.met - walk.shown)
        walk.note_page(ask.page_number, urls)
        self._days[ask.walk] |= {link.published_on for link in links}
        yield Listed(links=tuple(link for link in links if self._is_wanted(link)), walk=ask.walk)
        # Asked after the links are met, so that the database is asked for them once.
        settled = not self.run.full and self.run.settled(urls)
        known = None if feed.files else self.run.known_when_judged(ask.walk, urls)
        listed = [(link.url, link.published_on) for link in links]
        gap = None if known is None or ask.page_number > 1 else gap_in(listed, known)
        yield from self._further(feed, ask)
        self._left[ask.walk] -= 1
        if gap is not None:
            walk.end_with(gap)
        if self._left[ask.walk] == 0:
            if why := unreached(self._days[ask.walk], self.run.since, self.run.until):
                walk.end_with(Open(OpenCause.WINDOW, why))
            alone = ask.page_number == 1 and not feed.files  # no index says that this is all
            proved = End.SILENT if alone else End.LAST_PAGE
            proved = End.KNOWN_REACHED if settled else proved
            walk.end_with(Proved(proved, f"{ask.walk} read whole", empty=not walk.shown))

    def _further(self, feed: Feed, ask: Ask) -> Iterator[Ask]:
        since = self.run.since
        older = {day for _, day in feed.files if since and day and day < since}
        self._days[ask.walk] |= older  # left out: so far back it reaches
        fresh = [url for url, day in feed.files if url not in self._files and day not in older]
        for url in fresh:
            if len(self._files) - len(self.options.urls) >= self.options.max_files:
                words = f"stopped at the limit of {self.options.max_files} files"
                self.run.account.walk(ask.walk).end_with(Open(OpenCause.LIMIT, words))
                return
            self._files.add(url)
            self._left[ask.walk] += 1
            yield Ask(
                url=url,
                kind=RequestKind.LISTING,
                walk=ask.walk,
                read=self.read_file,
                page_number=len(self._files) + 1,
            )

    def _is_wanted(self, link: Link) -> bool:
        day, since, until = link.published_on, self.run.since, self.run.until
        if day is None:
            return True
        return not (since and day < since) and not (until and day > until)

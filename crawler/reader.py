"""One reader for every way in: bytes and source in, an article with its reading out.

A crawl, an import, ``cppcc inspect``, a back-fill and a second reading of what is stored all
come through here, so that a page is the same publication whichever way it came.  The road of
a page: read quickly; carefully where no text was found; the pages of one article joined; the
outlet's odd spellings looked up; read as a publication; and where that is flagged, its pages
read carefully once, for people will read those in full.

Pure: no request is made and nothing is stored.  ``crawler.pages.careful`` is imported where it
is needed, for it brings BeautifulSoup along and one page in a hundred needs it.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from urllib.parse import urlsplit

from crawler.errors import (
    LayoutChangedError,
    NotArticleError,
    PageError,
    ScriptShellError,
    TooShortError,
    TruncatedPageError,
)
from crawler.families.base import Item
from crawler.pages import join_pages, read_article
from crawler.pages.fragment import read_fragment
from crawler.pages.raw.charset import header_charset
from crawler.pages.repair import swallows
from crawler.reading import read_publication
from crawler.sources.declaration import Source
from storage.records import SHANGHAI, Article, Capture, Evidence, Precision

logger = logging.getLogger(__name__)

MAX_PAGES = 30
"""Pages of one article; a pager that leads further goes in a circle of new addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One page of an article as it was read; ``careful`` where only that reading found a text."""

    article: Article
    careful: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """An article of which some pages are read, in their order."""

    parts: tuple[Part, ...] = ()

    @property
    def wants(self) -> str | None:
        """The address of the page that comes next; None when the article is whole."""
        if not self.parts:
            return None
        wanted = self.parts[-1].article.next_page
        return None if wanted in self._addresses else wanted

    @property
    def url(self) -> str:
        """The address of the first page."""
        return self.parts[0].article.url

    @property
    def _addresses(self) -> set[str]:
        captured = {one.url for part in self.parts for one in part.article.captures}
        return captured | {part.article.url for part in self.parts}

    def with_page(self, capture: Capture, source: Source | None) -> "Draft":
        """The draft with one more page.

        :raises PageError: when the page is no article, or is one too many.
        """
        draft = Draft((*self.parts, read_part(capture, source)))
        if draft.wants and len(draft.parts) >= MAX_PAGES:
            raise TruncatedPageError(f"more than {MAX_PAGES} pages", url=self.url)
        return draft

    def finished(self, source: Source | None, *, url: str | None = None) -> Article:
        """The article of all pages with its reading; ``url`` is its identity, canonical."""
        return finish(self.parts, source, url=url)


EMPTY = Draft()


def read_page(
    body: bytes,
    *,
    url: str,
    now: datetime,
    source: Source | None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Article:
    """One page with its reading, the first of its article; ``next_page`` is left out.

    ``now`` is when it was fetched, and only bounds which dates are plausible.

    :raises PageError: when the page is not one that can be read.
    """
    capture = Capture(url=url, fetched_at=now, status=200, headers=headers, body=body)
    return finish([read_part(capture, source)], source)


def read_part(capture: Capture, source: Source | None) -> Part:
    """One page, read quickly, or carefully where broken markup swallows its text.

    A wall, a soft 404, an altered mirror stay refused at once: no parser makes them articles.
    Nor does one bring back what a truncated page has lost.

    :raises PageError: when the page is no article.
    """
    try:
        quick = read_article(
            capture.body,
            url=capture.url,
            charset=header_charset(capture.headers),
            now=capture.fetched_at,
            selectors=source.selectors_on(capture.fetched_at) if source else None,
        )
    except (ScriptShellError, TooShortError, NotArticleError) as refusal:
        if not swallows(capture.body):
            raise
        try:
            careful = _read_carefully(capture, source)
        except PageError:
            raise refusal from None
        return Part(article=replace(careful, captures=(capture,)), careful=True)
    return Part(article=replace(quick, captures=(capture,)))


def finish(parts: Sequence[Part], source: Source | None, *, url: str | None = None) -> Article:
    """The article of ``parts`` with its reading; ``url`` is its identity, else the page's own."""
    joined = join_pages(parts[0].article, [part.article for part in parts[1:]])
    article = replace(
        joined,
        url=joined.url if url is None else url,
        fetched_at=joined.captures[0].fetched_at,
        next_page=None,
    )
    article = with_reading(of_source(article, source), region_of(source))
    if article.reading is None or not article.reading.flagged:
        return article
    if all(part.careful for part in parts):
        return article
    return _with_care(article, parts, source)


def _with_care(article: Article, parts: Sequence[Part], source: Source | None) -> Article:
    """The flagged article with text and pictures of the careful reading.

    It costs 35 times a lexbor parse, so only what people will read in full gets it.  Where it
    refuses a page, the quick reading stands, for that passed every gate; what the refusal says
    travels with it as a doubt.
    """
    try:
        pages = [
            part.article if part.careful else _read_carefully(part.article.captures[0], source)
            for part in parts
        ]
    except PageError as error:
        logger.warning("kept the quick reading: %s url=%s", error.detail, article.url)
        return replace(article, evidence=(*article.evidence, _doubt(error)))
    careful = join_pages(pages[0], pages[1:])
    kept = [item for item in article.evidence if item.field != "text" and item.about != "text"]
    # Both readings found most values by the same words; said once is enough.
    new = [item for item in careful.evidence if item not in kept]
    cleaned = replace(article, text=careful.text, images=careful.images, evidence=(*kept, *new))
    return with_reading(cleaned, region_of(source))


def _read_carefully(capture: Capture, source: Source | None) -> Article:
    from crawler.pages.careful import reread_carefully

    return reread_carefully(
        capture.body,
        url=capture.url,
        charset=header_charset(capture.headers),
        now=capture.fetched_at,
        selectors=source.selectors_on(capture.fetched_at) if source else None,
    )


def _doubt(refusal: PageError) -> Evidence:
    return Evidence(
        about="doubt",
        rule=f"the careful reading says {refusal.refusal_class.value}",
        field="html",
        span=(0, len(refusal.detail)),
        quote=refusal.detail,
    )


def read_item(item: Item, capture: Capture, source: Source | None) -> Article:
    """An item of a document with its reading; what is declared is taken as it is declared.

    ``capture`` is the document that it stands in.  Who wrote and edited it is looked for in the
    text where the document does not say it.

    :raises PageError: when it has no title, no text, or a spoilt one.
    """
    if not item.title:
        raise LayoutChangedError(f"{item.name} has no title")
    if not item.body.strip():
        raise TooShortError(f"{item.name} ({item.title}) has no text")
    beside = [words for words in (item.kicker, item.subtitle) if words]
    fragment = read_fragment(item.body, title=item.title, beside=beside, url=item.url)
    signed = fragment.credits
    article = Article(
        url=item.url,
        title=item.title,
        kicker=item.kicker or None,
        subtitle=item.subtitle or None,
        text=fragment.text,
        published_at=datetime.combine(item.day, time(), SHANGHAI),
        published_precision=Precision.DAY,
        outlet=item.outlet or None,
        author=item.author or (signed.author.name if signed.author else None),
        editor=signed.editor.name if signed.editor else None,
        images=fragment.images,
        evidence=(
            _declared("title", item.title),
            _declared("published_at", item.day.isoformat()),
            *([_declared("outlet", item.outlet)] if item.outlet else []),
            *([_declared("author", item.author)] if item.author else []),
            *([signed.author.evidence] if signed.author and not item.author else []),
            *([signed.editor.evidence] if signed.editor else []),
        ),
        captures=(capture,),
        fetched_at=capture.fetched_at,
    )
    return with_reading(of_source(article, source), region_of(source))


def _declared(about: str, value: str) -> Evidence:
    return Evidence(
        about=about, rule="declared field", field="meta", span=(0, len(value)), quote=value
    )


def read_text(
    article: Article, source: Source | None, *, around: datetime | None = None
) -> Article:
    """A text that came with its title instead of a page, with its reading.

    ``around`` says which years may be meant where the text has no day of its own.
    """
    article = of_source(article, source)
    dated = article if article.published_at else replace(article, published_at=around)
    return replace(article, reading=read_publication(dated, region=region_of(source)))


def with_reading(article: Article, region: str | None) -> Article:
    """The article with its reading; ``region`` is the province that its source reports on."""
    return replace(article, reading=read_publication(article, region=region))


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


def region_of(source: Source | None) -> str | None:
    """The short name of the province that a source reports on; None for no source."""
    return source.region if source else None


def source_of(url: str | None, sources: Iterable[Source]) -> Source | None:
    """The declared source on whose hosts ``url`` lies; the most specific host wins.

    Of several on one host (a paper and its site) it is the one whose articles look like that.
    """
    host = urlsplit(url or "").hostname or ""
    found: list[Source] = []
    longest = 0
    for source in sources:
        if not host or not source.allows(host):
            continue
        size = max(len(name) for name in source.hosts if f".{host}".endswith(f".{name}"))
        if size > longest:
            longest, found = size, []
        if size == longest:
            found.append(source)
    likely = (one for one in found if one.article_re and one.article_re.search(url or ""))
    return next(likely, found[0] if found else None)

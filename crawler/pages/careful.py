"""The second, slow reading, for a refused page and for the few pages that were flagged.

It costs some thirty times the quick reading (docs/pages.md), so no page takes it first.  What
it adds: markup that swallows the text is repaired; tables with joined cells become whole rows;
pictures get the captions printed with them.  What then reads the page is the quick reader
itself, so that both readings follow the same rules.
"""

import re
from dataclasses import replace
from datetime import datetime

from bs4 import BeautifulSoup, Tag
from bs4.exceptions import ParserRejectedMarkup
from selectolax.lexbor import LexborHTMLParser

from crawler.errors import NotHtmlError, PageError
from crawler.pages.article import read_tree
from crawler.pages.layout.printed import without_sections
from crawler.pages.quality import check_bytes
from crawler.pages.raw.charset import Decoded, decode
from crawler.pages.repair import repaired
from crawler.pages.selectors import Selectors
from crawler.pages.values.parts import absolute
from storage.records import Article, Evidence, Image

_HAN = re.compile(r"[\u4e00-\u9fff]")
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_CAPTION_NAME = re.compile(r"caption|tuzhu|picdesc|pic-desc|img-desc|imgtitle|pictext|zhushi")
_CAPTION_WORDS = re.compile(r"[\s(（]摄|摄[)）]?$|^[▲△▼↑↓←→图]|图为|资料图|供图|配图|图[源/:：]")
_ENOUGH_HAN = 60
_CAPTION = 80
_CELL = 80


def reread_carefully(
    body: bytes,
    *,
    url: str = "",
    charset: str | None = None,
    now: datetime | None = None,
    selectors: Selectors | None = None,
) -> Article:
    """Read a page the slow way; raises the quick reader's PageError when that fails too.

    ``selectors`` hold as they do in the quick reading: a declared body is the body.
    """
    at = url or None
    check_bytes(body, at)
    decoded = decode(body, declared=charset)
    try:
        soup = BeautifulSoup(repaired(without_sections(decoded.text)), "lxml")
    except ParserRejectedMarkup as exc:
        raise NotHtmlError("no parser takes this markup", url=at) from exc
    _fill_tables(soup)
    captions = _captions(soup, url)
    try:
        article = _read(soup, decoded.encoding, url, now, selectors)
    except PageError:
        if not _show(soup):
            raise
        article = _read(soup, decoded.encoding, url, now, selectors)
    rule = Evidence(about="text", rule="careful reading", field="html", span=(0, 0), quote="")
    images = tuple(
        Image(url=image.url, caption=captions.get(image.url) or image.caption)
        for image in article.images
    )
    return replace(article, images=images, evidence=(*article.evidence, rule))


def _read(
    soup: BeautifulSoup,
    encoding: str,
    url: str,
    now: datetime | None,
    selectors: Selectors | None,
) -> Article:
    source = str(soup)
    # The bytes were judged when they were decoded; here only the tree is new.
    decoded = Decoded(source, encoding, 0)
    return read_tree(LexborHTMLParser(source), decoded, url=url, now=now, selectors=selectors)


def _holds_text(source: str) -> bool:
    return len(_HAN.findall(source[:20_000])) >= _ENOUGH_HAN


def _fill_tables(soup: BeautifulSoup) -> None:
    """Repeat a cell that spans rows, so that each row of a data table reads alone."""
    for table in soup.find_all("table"):
        rows = table.find_all("tr")
        if len(rows) < 2 or table.find("table") is not None:
            continue
        if any(len(cell.get_text()) > _CELL for cell in table.find_all(["td", "th"])):
            continue
        carried: dict[int, tuple[int, str]] = {}
        for row in rows:
            carried = _fill_row(soup, row, carried)


def _fill_row(
    soup: BeautifulSoup, row: Tag, carried: dict[int, tuple[int, str]]
) -> dict[int, tuple[int, str]]:
    """Insert the cells that rows above reach down with; return what reaches further."""
    below: dict[int, tuple[int, str]] = {}
    column = 0
    for cell in row.find_all(["td", "th"], recursive=False):
        while column in carried:
            left, text = carried[column]
            filled = soup.new_tag("td")
            filled.string = text
            cell.insert_before(filled)
            if left > 1:
                below[column] = (left - 1, text)
            column += 1
        span = str(cell.get("rowspan") or "1")
        if span.isdecimal() and 1 < int(span) <= 100:
            below[column] = (int(span) - 1, " ".join(cell.get_text().split()))
        wide = str(cell.get("colspan") or "1")
        column += int(wide) if wide.isdecimal() and int(wide) <= 100 else 1
    return below


def _captions(soup: BeautifulSoup, url: str) -> dict[str, str]:
    """The caption printed with each picture, by the picture's absolute address."""
    found: dict[str, str] = {}
    for picture in soup.find_all("img"):
        source = ""
        for key in ("data-original", "data-src", "data-lazy-src", "src"):
            source = source or str(picture.get(key) or "")
        caption = _caption_of(picture)
        address = absolute(url, source) if source else None
        if address and caption:
            found[address] = caption
    return found


def _caption_of(picture: Tag) -> str | None:
    figure = picture.find_parent("figure")
    if figure is not None:
        named = figure.find("figcaption")
        if named is not None:
            return " ".join(named.get_text().split()) or None
    holder: Tag = picture
    for _ in range(3):
        after = holder.find_next_sibling()
        if isinstance(after, Tag):
            words = " ".join(after.get_text().split())
            name = f"{after.get('class') or ''} {after.get('id') or ''}".lower()
            if 0 < len(words) <= _CAPTION and (
                _CAPTION_NAME.search(name) or _CAPTION_WORDS.search(words)
            ):
                return words
            if words:
                return None
        if holder.parent is None:
            return None
        holder = holder.parent
    return None


def _show(soup: BeautifulSoup) -> bool:
    """Show what inline styles hide, as a 展开全文 button would; False when nothing was hidden."""
    shown = False
    for node in soup.find_all(style=_HIDING):
        if _holds_text(node.get_text()):
            del node["style"]
            shown = True
    for sheet in soup.find_all("style"):
        if _HIDING.search(sheet.get_text()):
            sheet.decompose()
            shown = True
    return shown

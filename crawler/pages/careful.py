"""The second reading, for a refused page and for the few pages that were flagged.

It costs some twice the quick reading (docs/pages.md), so no page takes it first.  What it adds:
markup that swallows the text is repaired, and read by another parser; tables with joined cells
become whole rows; pictures get the captions printed with them.  What then reads the page is the
quick reader itself, so that both readings follow the same rules.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from html import escape

from lxml import etree
from lxml.html import HtmlElement, HTMLParser
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
_RAW = frozenset(("script", "style"))
_UNSEEN = _RAW | {"template"}
_VOID = frozenset(
    (
        *("area", "base", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta"),
        *("param", "source", "track", "wbr"),
    )
)
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
    root = _parsed(repaired(without_sections(decoded.text)), at)
    _fill_tables(root)
    captions = _captions(root, url)
    try:
        article = _read(root, decoded.encoding, url, now, selectors)
    except PageError:
        if not _show(root):
            raise
        article = _read(root, decoded.encoding, url, now, selectors)
    rule = Evidence(about="text", rule="careful reading", field="html", span=(0, 0), quote="")
    images = tuple(
        Image(url=image.url, caption=captions.get(image.url) or image.caption)
        for image in article.images
    )
    return replace(article, images=images, evidence=(*article.evidence, rule))


def _parsed(source: str, url: str | None) -> HtmlElement:
    sent = source.replace("\0", "").encode("utf-8", "replace")
    try:
        root = etree.fromstring(sent, HTMLParser(encoding="utf-8", huge_tree=True))
    except etree.LxmlError as exc:
        raise NotHtmlError("no parser takes this markup", url=url) from exc
    if root is None:
        raise NotHtmlError("no parser finds an element in it", url=url)
    return root


def _read(
    root: HtmlElement,
    encoding: str,
    url: str,
    now: datetime | None,
    selectors: Selectors | None,
) -> Article:
    source = "".join(_written(root))
    # The bytes were judged when they were decoded; here only the tree is new.
    decoded = Decoded(source, encoding, 0)
    return read_tree(LexborHTMLParser(source), decoded, url=url, now=now, selectors=selectors)


def _written(root: HtmlElement) -> Iterator[str]:
    """A tree as HTML.  lxml's own writing would escape the addresses in it a second time."""
    yield root.getroottree().docinfo.doctype
    for before in reversed(list(root.itersiblings(etree.Comment, preceding=True))):
        yield f"<!--{before.text or ''}-->"
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        tag = node.tag
        if event == "start":
            given = "".join([f' {name}="{escape(value)}"' for name, value in node.items()])
            yield f"<{tag}{given}>"
            if node.text:
                yield node.text if tag in _RAW else escape(node.text, quote=False)
            continue
        if event == "comment":
            yield f"<!--{node.text or ''}-->"
        elif event == "end" and tag not in _VOID:
            yield f"</{tag}>"
        if node is not root and node.tail:
            yield escape(node.tail, quote=False)


def _words(node: HtmlElement) -> str:
    """The text inside an element in one line, that of scripts and sheets left out."""
    said = [node.text or ""]
    for inner in node.iterdescendants():
        if isinstance(inner.tag, str) and inner.tag not in _UNSEEN:
            said.append(inner.text or "")
        said.append(inner.tail or "")
    return " ".join("".join(said).split())


def _holds_text(source: str) -> bool:
    return len(_HAN.findall(source[:20_000])) >= _ENOUGH_HAN


def _fill_tables(root: HtmlElement) -> None:
    """Repeat a cell that spans rows, so that each row of a data table reads alone."""
    for table in root.iter("table"):
        rows = list(table.iter("tr"))
        if len(rows) < 2 or next(table.iterdescendants("table"), None) is not None:
            continue
        if any(len(_words(cell)) > _CELL for cell in table.iter("td", "th")):
            continue
        carried: dict[int, tuple[int, str]] = {}
        for row in rows:
            carried = _fill_row(row, carried)


def _fill_row(row: HtmlElement, carried: dict[int, tuple[int, str]]) -> dict[int, tuple[int, str]]:
    """Insert the cells that rows above reach down with; return what reaches further."""
    below: dict[int, tuple[int, str]] = {}
    column = 0
    for cell in list(row.iterchildren("td", "th")):
        while column in carried:
            left, text = carried[column]
            filled = row.makeelement("td")
            filled.text = text
            cell.addprevious(filled)
            if left > 1:
                below[column] = (left - 1, text)
            column += 1
        span = cell.get("rowspan") or "1"
        if span.isdigit() and 1 < int(span) <= 100:
            below[column] = (int(span) - 1, _words(cell))
        wide = cell.get("colspan") or "1"
        column += int(wide) if wide.isdigit() and int(wide) <= 100 else 1
    return below


def _captions(root: HtmlElement, url: str) -> dict[str, str]:
    """The caption printed with each picture, by the picture's absolute address."""
    found: dict[str, str] = {}
    for picture in root.iter("img"):
        source = ""
        for key in ("data-original", "data-src", "data-lazy-src", "src"):
            source = source or picture.get(key) or ""
        caption = _caption_of(picture)
        address = absolute(url, source) if source else None
        if address and caption:
            found[address] = caption
    return found


def _caption_of(picture: HtmlElement) -> str | None:
    figure = next(picture.iterancestors("figure"), None)
    if figure is not None:
        named = next(figure.iter("figcaption"), None)
        if named is not None:
            return _words(named) or None
    holder = picture
    for _ in range(3):
        after = next(holder.itersiblings(etree.Element), None)
        if after is not None:
            words = _words(after)
            name = f"{after.get('class') or ''} {after.get('id') or ''}".lower()
            if 0 < len(words) <= _CAPTION and (
                _CAPTION_NAME.search(name) or _CAPTION_WORDS.search(words)
            ):
                return words
            if words:
                return None
        holder = holder.getparent()
        if holder is None:
            return None
    return None


def _show(root: HtmlElement) -> bool:
    """Show what inline styles hide, as a 展开全文 button would; False when nothing was hidden."""
    shown = False
    for node in root.iter(etree.Element):
        if _HIDING.search(node.get("style") or "") and _holds_text(_words(node)):
            del node.attrib["style"]
            shown = True
    for sheet in root.iter("style"):
        if _HIDING.search(sheet.text or ""):
            sheet.text = ""
            shown = True
    return shown

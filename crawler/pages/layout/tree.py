"""A page as lines and boxes: one walk over the lexbor tree that all later reading works on.

A *line* is what a browser would set as one run of text between two block boundaries; a *box*
is a block element.  A box covers a contiguous range of lines, so that what a box holds is
always a slice.  Text that no reader sees (scripts, hidden elements, readings over ruby) makes
no line.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.pages.layout.printed import needs_cleaning, plain, prints_markup
from crawler.pages.layout.sheets import (
    GONE,
    INVISIBLE,
    LINES,
    NO_SHEETS,
    SHOWN,
    WHITE,
    Sheets,
    effect_of,
    sheets_of,
)


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_UNREAD_TAGS = _names(
    """
    script style noscript template textarea select option iframe object embed math canvas head
    title meta link input button audio map datalist rt rp rtc path symbol
    defs use circle rect polygon polyline line ellipse linearGradient radialGradient mask clipPath
    """
)
_BLOCK_TAGS = _names(
    """
    address article aside blockquote body caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main
    menu nav ol p pre listing plaintext section summary table tbody td tfoot th thead tr ul
    founder-content founder-title founder-author video svg foreignObject text xmp
    """
)
_INLINE, _UNREAD, _BREAK, _IMAGE, _LINK, _BLOCK, _SOURCE = range(7)
_KEEPING_TAGS = frozenset({"pre", "xmp", "listing", "plaintext"})
_KEPT = 16
"""Added to the kind of an element in which line ends of the source are line ends."""
_KINDS: dict[str | None, int] = {
    **dict.fromkeys(_UNREAD_TAGS, _UNREAD),
    **dict.fromkeys(_BLOCK_TAGS, _BLOCK),
    **dict.fromkeys(("-comment", "-doctype", "-document", None), _UNREAD),
    "br": _BREAK,
    "img": _IMAGE,
    "source": _SOURCE,
    "a": _LINK,
}
_FOLDED = 30
"""Characters that a hidden element holds from which it may be the rest of a text."""
MAX_DEPTH = 2_000
"""Nesting beyond this is not read: no page of a real editor comes near it."""
MAX_LINES = 20_000
"""Lines kept of one page; what comes after is not an article any more."""


@dataclass(slots=True)
class Box:
    """One block element: its place in the tree and its lines ``[start, end)``."""

    index: int
    parent: int
    tag: str
    name: str  # class and id, lower case, separated by a space
    depth: int
    start: int
    end: int = -1


@dataclass(slots=True)
class Line:
    """One run of text; ``pieces`` keeps the boundaries of inline elements inside it."""

    text: str
    pieces: tuple[str, ...]
    linked: int  # characters of ``text`` inside links
    box: int


@dataclass(frozen=True, slots=True)
class Picture:
    """One ``img``: before or on line ``line``, its source, its words, what it links to."""

    line: int
    box: int
    source: str
    alt: str
    href: str


@dataclass(frozen=True, slots=True)
class Fold:
    """A hidden element that holds text: it stands before line ``line``, in ``box``."""

    line: int
    box: int
    node: LexborNode
    stops: int  # full stops and commas in it


@dataclass(slots=True)
class Page:
    """The lines, boxes and pictures of one page in document order."""

    lines: list[Line] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    folds: list[Fold] = field(default_factory=list)
    starts: dict[int, int] = field(default_factory=dict)  # by box of an ol, its first number
    hidden_chars: int = 0
    invisible_chars: int = 0  # of them, what a script may show when the page has loaded
    markup: bool = False  # tags are printed among the words

    def behind(self, box: int) -> int:
        """The index of the first box behind all that ``box`` holds."""
        depth = self.boxes[box].depth
        for index in range(box + 1, len(self.boxes)):
            if self.boxes[index].depth <= depth:
                return index
        return len(self.boxes)


def lay_out(
    tree: LexborHTMLParser,
    source: str,
    *,
    loaded: bool = False,
    unfolded: frozenset[int] = frozenset(),
) -> Page:
    """Walk the tree once; ``source`` is the page's text, for its style sheets.

    ``loaded``: with what is only invisible, as a script would show it; WeChat sends an article
    ``visibility: hidden`` and shows it when its pictures are there.  ``unfolded``: the hidden
    elements (``mem_id``) that a button of the page shows.
    """
    root = tree.body or tree.root
    if root is None:
        return Page()
    hiding = GONE if loaded else GONE | INVISIBLE
    return _laid_out(root, _Walk(sheets_of(source), hiding, unfolded))


def lay_out_node(node: LexborNode) -> Page:
    """The lines and boxes inside one element, as if it were the whole page."""
    return _laid_out(node, _Walk(NO_SHEETS, GONE | INVISIBLE))


@dataclass(frozen=True, slots=True)
class _Walk:
    """What a walk is told: the page's style rules, what hides, what is shown all the same."""

    sheets: Sheets
    hiding: int
    unfolded: frozenset[int] = frozenset()
    clean: Callable[[str], str] | None = None


def _laid_out(root: LexborNode, told: _Walk) -> Page:
    page = Page()
    _walk(root, page, told)
    whole = "\n".join([line.text for line in page.lines])
    if needs_cleaning(whole):
        page = Page()
        _walk(root, page, _Walk(told.sheets, told.hiding, told.unfolded, plain))
    page.markup = prints_markup(whole)
    return page


def _named(classes: str | None, own: str | None, sheets: Sheets) -> tuple[str, bool]:
    """A box's name by its class and id, and whether a style rule of the page may hold for it."""
    rules = sheets.rules
    touched = bool(rules) and (
        f"#{own}" in rules or not rules.keys().isdisjoint((classes or "").split())
    )
    return f"{classes or ''} {own or ''}".lower(), touched


def _walk(root: LexborNode, page: Page, told: _Walk) -> None:
    """Depth first without recursion: a hostile page may nest ten thousand deep.

    One function on purpose: calls per node would cost more than the work (docs/pages.md).
    """
    boxes, lines = page.boxes, page.lines
    boxes.append(Box(0, -1, "body", "", 0, 0))
    box = 0
    parts: list[str] = []
    linked = 0
    links: list[str] = []
    kept = 0
    offered = ""  # the address that a <source> offers to the img behind it
    stack: list[tuple[LexborNode, int]] = []
    known_names: dict[tuple[str | None, str | None], tuple[str, bool]] = {}
    sheets, hiding, clean = told.sheets, told.hiding, told.clean
    styled = bool(sheets.rules)
    kind_of = _KINDS.get
    node = root.first_child
    while True:
        while node is None and stack:
            node, kind = stack.pop()
            if kind >= _KEPT:
                kind -= _KEPT
                kept -= 1
            if kind == _BLOCK:
                if parts:
                    _end_line(lines, parts, linked, box)
                    parts, linked = [], 0
                closing = boxes[box]
                closing.end = len(lines)
                box = closing.parent
            elif kind == _LINK:
                links.pop()
            node = node.next
        if node is None:
            break
        text = node.text_content  # None for what is no text, and most nodes are text
        if text is not None:
            if clean is not None:
                text = clean(text)
            if kept and "\n" in text:
                *ended, text = text.split("\n")
                for words in ended:
                    if words and not words.isspace():
                        parts.append(words)
                        if links:
                            linked += len(words.strip())
                    if parts:
                        _end_line(lines, parts, linked, box)
                        parts, linked = [], 0
            if text and not text.isspace():
                parts.append(text)
                if links:
                    linked += len(text.strip())
            node = node.next
            continue
        tag = node.tag
        kind = kind_of(tag, _INLINE)
        if kind == _BREAK:
            if parts:
                _end_line(lines, parts, linked, box)
                parts, linked = [], 0
        elif kind != _UNREAD:
            attributes = node.attributes
            name, effect = "", 0
            if attributes:
                if kind == _BLOCK or styled:
                    names = attributes.get("class"), attributes.get("id")
                    known = known_names.get(names)
                    if known is None:
                        known = known_names[names] = _named(*names, sheets)
                    name, touched = known
                    if touched:
                        effect = sheets.effect_on(node, names[0] or "", names[1] or "")
                style = attributes.get("style")
                if style:
                    own = effect_of(style)
                    effect = own if own & SHOWN else effect | own
                if "hidden" in attributes:
                    effect |= GONE
            if effect & hiding and node.mem_id not in told.unfolded:
                _hide(page, node, kind, box, effect)
            elif kind == _IMAGE:
                address = links[-1] if links else ""
                page.pictures.append(_picture(attributes, offered, len(lines), box, address))
                offered = ""
            elif kind == _SOURCE:
                offered = offered or _first_of_set(attributes.get("srcset") or "")
            elif (
                parts
                and (effect & WHITE or tag == "font")
                and kind == _INLINE
                and _is_jam(node, attributes, effect)
            ):
                page.hidden_chars += len(node.text())
            else:
                if parts and kind == _BLOCK:
                    _end_line(lines, parts, linked, box)
                    parts, linked = [], 0
                child = node.first_child  # an empty element makes no box
                if child is not None and len(stack) < MAX_DEPTH and len(lines) < MAX_LINES:
                    if kind == _BLOCK:
                        number = len(boxes)
                        boxes.append(Box(number, box, tag or "", name, len(stack), len(lines)))
                        box = number
                        if tag == "ol" and (attributes.get("start") or "").isdecimal():
                            page.starts[number] = int(attributes["start"] or 1)
                    elif kind == _LINK:
                        # <a name=top> marks a place; unclosed, it would link the whole page.
                        address = attributes.get("href") or ""
                        if address:
                            links.append(address)
                        else:
                            kind = _INLINE
                    if tag in _KEEPING_TAGS or effect & LINES:
                        kind += _KEPT
                        kept += 1
                    stack.append((node, kind))
                    node = child
                    continue
        node = node.next
    if parts:
        _end_line(lines, parts, linked, box)
    boxes[0].end = len(lines)


def _end_line(lines: list[Line], parts: list[str], linked: int, box: int) -> None:
    if len(parts) == 1:
        text = " ".join(parts[0].split())
        lines.append(Line(text, (text,), linked, box))
        return
    text = " ".join("".join(parts).split())
    pieces = tuple([" ".join(part.split()) for part in parts])
    lines.append(Line(text, pieces, linked, box))


def _hide(page: Page, node: LexborNode, kind: int, box: int, effect: int) -> None:
    """Leave a hidden element out; one that holds text may be the rest of an article."""
    text = node.text()
    chars = len(text)
    page.hidden_chars += chars
    if not effect & GONE:
        page.invisible_chars += chars
    if chars >= _FOLDED and kind != _IMAGE and ("。" in text or "，" in text):
        page.folds.append(Fold(len(page.lines), box, node, text.count("。") + text.count("，")))


def _is_jam(node: LexborNode, attributes: dict[str, str | None], effect: int) -> bool:
    """Whether white words stand in the middle of a line of other words, against copying."""
    if not effect & WHITE and not effect_of(f"color:{attributes.get('color') or ''}") & WHITE:
        return False
    after = node.next
    words = after.text_content if after is not None else None
    return words is not None and bool(words) and not words.isspace()


_LAZY = frozenset(
    (
        *("data-original", "data-src", "data-lazy-src", "data-lazyload", "data-actualsrc"),
        *("data-echo", "data-url", "_src", "file", "original", "lay-src", "lazy-src"),
        *("data-lazy", "data-img", "data-imgsrc"),
    )
)
"""Where lazy loaders keep an address, each under its own name."""
_NO_ADDRESS = frozenset(
    (
        *("alt", "title", "class", "id", "style", "src", "srcset", "data-srcset", "sizes"),
        *("data-type", "width", "height", "border", "align", "onload", "onerror"),
    )
)
_IMAGE_FILE = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|bmp|avif)(?:[?!@]\S*)?", re.I)


def _picture(
    attributes: dict[str, str | None], offered: str, line: int, box: int, href: str
) -> Picture:
    """Lazy loaders keep the real address beside a placeholder in ``src``, each under its name."""
    source: str | None = None
    for key, value in attributes.items():
        if value and key not in _NO_ADDRESS:
            if key in _LAZY:
                source = value
                break
            if source is None and "." in value and _IMAGE_FILE.fullmatch(value):
                source = value
    if not source:
        of_set = attributes.get("srcset") or attributes.get("data-srcset") or ""
        source = _first_of_set(of_set) or attributes.get("src") or offered
    alt = attributes.get("alt") or ""
    return Picture(line, box, source.strip(), " ".join(alt.split()), href)


def _first_of_set(srcset: str) -> str:
    """The first address of a ``srcset``; it is followed by a width or a density."""
    return srcset.split(",")[0].split()[0] if srcset.strip(", ") else ""

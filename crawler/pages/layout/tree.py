"""A page as lines and boxes: one walk over the lexbor tree that all later reading works on.

A *line* is what a browser would set as one run of text between two block boundaries; a *box*
is a block element.  A box covers a contiguous range of lines, so that what a box holds is
always a slice.  Text that no reader sees (scripts, hidden elements) makes no line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_UNREAD_TAGS = _names(
    """
    script style noscript template textarea select option iframe object embed svg math canvas head
    title meta link input button audio map datalist
    """
)
_BLOCK_TAGS = _names(
    """
    address article aside blockquote body caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main
    menu nav ol p pre section summary table tbody td tfoot th thead tr ul founder-content
    founder-title founder-author video
    """
)
_INLINE, _UNREAD, _BREAK, _IMAGE, _LINK, _BLOCK = range(6)
_KINDS: dict[str | None, int] = {
    **dict.fromkeys(_UNREAD_TAGS, _UNREAD),
    **dict.fromkeys(_BLOCK_TAGS, _BLOCK),
    **dict.fromkeys(("-comment", "-doctype", "-document", None), _UNREAD),
    "br": _BREAK,
    "img": _IMAGE,
    "a": _LINK,
}
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt)?\s*(?:;|$|!)", re.I
)
_GONE = re.compile(r"display\s*:\s*none|font-size\s*:\s*0(?:px|pt)?\s*(?:;|$|!)", re.I)
_HIDING_MARKS = ("display:none", "display: none", "visibility:hidden", "visibility: hidden")
_SIMPLE = re.compile(r"[.#][\w-]+")
_MAX_STYLE = 50_000
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
    worth: float | None = None  # what ``body`` found, once it did
    rule: str | None = ""  # the rule that drops the line; "" before it was asked for


@dataclass(slots=True)
class Picture:
    """One ``img``: where it stands (before line ``line``), its source and its alternative text."""

    line: int
    box: int
    source: str
    alt: str


@dataclass(slots=True)
class Page:
    """The lines, boxes and pictures of one page in document order."""

    lines: list[Line] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    hidden_chars: int = 0
    shares: dict[int, float] = field(default_factory=dict)  # by box, filled by ``body``

    def behind(self, box: int) -> int:
        """The index of the first box behind all that ``box`` holds."""
        depth = self.boxes[box].depth
        for index in range(box + 1, len(self.boxes)):
            if self.boxes[index].depth <= depth:
                return index
        return len(self.boxes)


def lay_out(tree: LexborHTMLParser, source: str) -> Page:
    """Walk the tree once; ``source`` is the page's text, for its style sheets."""
    page = Page()
    root = tree.body or tree.root
    if root is not None:
        _walk(root, page, _hidden_names(source), _HIDING)
    return page


def lay_out_as_loaded(tree: LexborHTMLParser, source: str) -> Page:
    """The page with the boxes that are only invisible, as its script would show them.

    WeChat sends an article ``visibility: hidden`` and shows it when its pictures are there.
    """
    page = Page()
    root = tree.body or tree.root
    if root is not None:
        _walk(root, page, _hidden_names(source), _GONE)
    return page


def lay_out_node(node: LexborNode) -> Page:
    """The lines and boxes inside one element, as if it were the whole page."""
    page = Page()
    _walk(node, page, frozenset(), _HIDING)
    return page


def _sheets(source: str) -> Iterator[str]:
    """The style sheets in a page's source; plain search, for a page is long and they are few."""
    at = source.find("<style")
    while at >= 0:
        end = source.find("</", at)
        if 0 < end - at <= _MAX_STYLE:
            yield source[source.find(">", at) + 1 : end]
        at = source.find("<style", at + 1)


def _hidden_names(source: str) -> frozenset[str]:
    """Classes and #ids that the page's own style sheets hide outright."""
    names: set[str] = set()
    for css in _sheets(source):
        for mark in _HIDING_MARKS:
            at = css.find(mark)
            while at >= 0:
                opened = css.rfind("{", 0, at)
                before = max(css.rfind("}", 0, at), css.rfind("{", 0, max(0, opened)))
                for selector in css[before + 1 : opened].split(","):
                    if before < opened and _SIMPLE.fullmatch(selector.strip()):
                        names.add(selector.strip().lstrip("."))
                at = css.find(mark, at + 1)
    return frozenset(names)


def _named(names: tuple[str | None, str | None], hidden_names: frozenset[str]) -> tuple[str, bool]:
    """A box's name by its class and id, and whether a style sheet of the page hides it."""
    classes, own = names[0] or "", names[1] or ""
    hidden = not hidden_names.isdisjoint(classes.split()) or f"#{own}" in hidden_names
    return f"{classes} {own}".lower(), hidden


def _walk(
    root: LexborNode, page: Page, hidden_names: frozenset[str], hiding: re.Pattern[str]
) -> None:
    """Depth first without recursion: a hostile page may nest ten thousand deep.

    One function on purpose: calls per node would cost more than the work (docs/pages.md).
    """
    boxes, lines = page.boxes, page.lines
    boxes.append(Box(0, -1, "body", "", 0, 0))
    box = 0
    parts: list[str] = []
    linked = 0
    link_depth = 0
    stack: list[tuple[LexborNode, int]] = []
    known_names: dict[tuple[str | None, str | None], tuple[str, bool]] = {}
    kind_of = _KINDS.get
    node = root.first_child
    while True:
        while node is None and stack:
            node, kind = stack.pop()
            if kind == _BLOCK:
                if parts:
                    _end_line(lines, parts, linked, box)
                    parts, linked = [], 0
                closing = boxes[box]
                closing.end = len(lines)
                box = closing.parent
            elif kind == _LINK:
                link_depth -= 1
            node = node.next
        if node is None:
            break
        text = node.text_content  # None for what is no text, and most nodes are text
        if text is not None:
            if text and not text.isspace():
                parts.append(text)
                if link_depth:
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
            name, hidden = "", False
            if attributes:
                if kind == _BLOCK:
                    names = attributes.get("class"), attributes.get("id")
                    known = known_names.get(names)
                    if known is None:
                        known = known_names[names] = _named(names, hidden_names)
                    name, hidden = known
                    hidden = hidden or "hidden" in attributes
                style = attributes.get("style")
                if style and not hidden:
                    hidden = hiding.search(style) is not None
            if hidden:
                page.hidden_chars += len(node.text())
            elif kind == _IMAGE:
                page.pictures.append(_picture(attributes, len(lines), box))
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
                    elif kind == _LINK:
                        # <a name=top> marks a place; unclosed, it would link the whole page.
                        if attributes.get("href"):
                            link_depth += 1
                        else:
                            kind = _INLINE
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


def _picture(attributes: dict[str, str | None], line: int, box: int) -> Picture:
    """Lazy loaders keep the real address beside a placeholder in ``src``."""
    for key in ("data-original", "data-src", "data-lazy-src", "src"):
        source = attributes.get(key)
        if source:
            return Picture(line, box, source.strip(), (attributes.get("alt") or "").strip())
    return Picture(line, box, "", "")

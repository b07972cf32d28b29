"""A page as lines and boxes: one walk over the lexbor tree that all later reading works on.

A *line* is what a browser would set as one run of text between two block boundaries; a *box*
is a block element.  A box covers a contiguous range of lines, so that what a box holds is
always a slice.  Text that no reader sees (scripts, hidden elements) makes no line.
"""

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_UNREAD = _names(
    """
    script style noscript template textarea select option iframe object embed svg math canvas head
    title meta link input button audio map datalist
    """
)
_BLOCK = _names(
    """
    address article aside blockquote body caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main
    menu nav ol p pre section summary table tbody td tfoot th thead tr ul founder-content
    founder-title founder-author video
    """
)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt)?\s*(?:;|$|!)", re.I
)
_HIDING_RULE = re.compile(
    r"(?:^|[}\s>])([.#][\w-]+)\s*\{([^{}]*(?:display\s*:\s*none|visibility\s*:\s*hidden)[^{}]*)\}",
    re.I,
)
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

    def ancestors(self, box: int) -> list[Box]:
        """The boxes from ``box`` itself up to the body."""
        chain = []
        while box >= 0:
            chain.append(self.boxes[box])
            box = self.boxes[box].parent
        return chain


def lay_out(tree: LexborHTMLParser, *, show_hidden: bool = False) -> Page:
    """Walk the tree once; with ``show_hidden`` styles that hide an element are disregarded."""
    page = Page()
    root = tree.body or tree.root
    if root is not None:
        _walk(root, page, None if show_hidden else _hidden_names(tree))
    return page


def lay_out_node(node: LexborNode) -> Page:
    """The lines and boxes inside one element, as if it were the whole page."""
    page = Page()
    _walk(node, page, frozenset())
    return page


def _hidden_names(tree: LexborHTMLParser) -> frozenset[str]:
    """Class and id selectors that the page's own style sheet hides outright."""
    names: set[str] = set()
    for style in tree.css("style"):
        css = style.text()
        if len(css) < _MAX_STYLE and ("none" in css or "hidden" in css):
            names.update(rule[1] for rule in _HIDING_RULE.finditer(css))
    return frozenset(names)


def _is_hidden(attributes: dict[str, str | None], hidden_names: frozenset[str]) -> bool:
    style = attributes.get("style")
    if style and _HIDING.search(style):
        return True
    if "hidden" in attributes:
        return True
    if hidden_names:
        if f"#{attributes.get('id')}" in hidden_names:
            return True
        return any(f".{name}" in hidden_names for name in (attributes.get("class") or "").split())
    return False


def _walk(root: LexborNode, page: Page, hidden_names: frozenset[str] | None) -> None:
    """Depth first without recursion: a hostile page may nest ten thousand deep.

    One function on purpose: calls per node would cost more than the work (docs/pages.md).
    """
    boxes, lines = page.boxes, page.lines
    boxes.append(Box(0, -1, "body", "", 0, 0))
    box = 0
    parts: list[str] = []
    linked = 0
    link_depth = 0
    stack: list[tuple[LexborNode, str]] = []
    node = root.first_child
    while True:
        while node is None and stack:
            node, kind = stack.pop()
            if kind == "block":
                if parts:
                    _end_line(lines, parts, linked, box)
                    parts, linked = [], 0
                closing = boxes[box]
                closing.end = len(lines)
                box = closing.parent
            elif kind == "link":
                link_depth -= 1
            node = node.next
        if node is None:
            break
        tag = node.tag
        if tag == "-text":
            text = node.text_content
            if text and not text.isspace():
                parts.append(text)
                if link_depth:
                    linked += len(text.strip())
        elif tag == "br":
            if parts:
                _end_line(lines, parts, linked, box)
                parts, linked = [], 0
        elif tag is not None and tag not in _UNREAD:
            attributes = node.attributes
            kind = "inline"
            if attributes and hidden_names is not None and _is_hidden(attributes, hidden_names):
                page.hidden_chars += len(node.text())
            elif tag == "img":
                page.pictures.append(_picture(attributes, len(lines), box))
            elif len(lines) < MAX_LINES and len(stack) < MAX_DEPTH:
                if tag == "a":
                    # <a name=top> marks a place; unclosed, it would make the whole page a link.
                    if attributes.get("href"):
                        link_depth += 1
                        kind = "link"
                elif tag in _BLOCK:
                    if parts:
                        _end_line(lines, parts, linked, box)
                        parts, linked = [], 0
                    name = ""
                    if attributes:
                        name = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
                    boxes.append(Box(len(boxes), box, tag, name.lower(), len(stack), len(lines)))
                    box = len(boxes) - 1
                    kind = "block"
                first = node.first_child
                if first is not None or kind != "inline":
                    stack.append((node, kind))
                    node = first
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

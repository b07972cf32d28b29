"""One walk over the lexbor tree, which makes the lines and boxes that later reading works on.

Text that no reader sees (scripts, hidden elements, readings over ruby) makes no line.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.pages.layout.page import Attributes, Box, Fold, Line, Page, Picture, first_of_set
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
from crawler.pages.rules.limits import FOLDED


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_UNREAD_TAGS = _names(
    """
    script style noscript template textarea select option iframe object embed math canvas head
    title meta link input button audio map datalist rt rp rtc path symbol
    defs use circle rect polygon polyline line ellipse linearGradient radialGradient mask clipPath
    lineargradient radialgradient clippath marquee
    """
)
_BLOCK_TAGS = _names(
    """
    address article aside blockquote body caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main
    menu nav ol p pre listing plaintext section summary table tbody td tfoot th thead tr ul
    founder-content founder-title founder-author video svg foreignObject foreignobject text xmp
    """
)
_TEXT, _BLOCK, _INLINE, _LINK, _UNREAD, _BREAK, _IMAGE, _SOURCE = range(8)
"""Kinds of nodes, those that hold others right behind the text, which is most of a page."""
_KEEPING_TAGS = frozenset({"pre", "xmp", "listing", "plaintext"})
_OWN_WAYS = _KEEPING_TAGS | {"ol"}
_KEPT = 16
"""Added to the kind of an element in which line ends of the source are line ends."""
_KINDS: dict[str | None, int] = {
    **dict.fromkeys(_UNREAD_TAGS, _UNREAD),
    **dict.fromkeys(_BLOCK_TAGS, _BLOCK),
    **dict.fromkeys(("-comment", "-doctype", "-document", None), _UNREAD),
    "-text": _TEXT,
    "br": _BREAK,
    "img": _IMAGE,
    "source": _SOURCE,
    "a": _LINK,
}
_KNOWN_KINDS: dict[int, int] = {}
_KNOWN_TAGS: dict[int, str] = {}
"""Kind and name by lexbor's number of a tag, as they are met: a number costs a third of a name."""
_LEAST_OWN_NUMBER = 1_000
"""Tags that lexbor does not know get numbers of one page, far above its own."""
MAX_DEPTH = 2_000
"""Nesting beyond this is not read: no page of a real editor comes near it."""
MAX_LINES = 20_000
"""Lines kept of one page; what comes after is not an article any more."""
_PARENT, _END = Box._fields.index("parent"), Box._fields.index("end")


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


def _learnt(node: LexborNode, number: int) -> int:
    """The kind of an element that no page had before."""
    tag = node.tag
    kind = _KINDS.get(tag, _INLINE)
    if number < _LEAST_OWN_NUMBER:
        _KNOWN_KINDS[number] = kind
        _KNOWN_TAGS[number] = tag or ""
    return kind


def _walk(root: LexborNode, page: Page, told: _Walk) -> None:
    """Depth first without recursion: a hostile page may nest ten thousand deep.

    One function on purpose, its commonest cases first: calls per node would cost more than the
    work, and each step is taken for thousands of nodes (docs/pages.md).
    """
    lines = page.lines
    boxes: list[list[Any]] = [[0, -1, "body", 0, 0, -1, {}]]  # each as Box has it
    box = 0
    parts: list[str] = []
    linked = 0
    links: list[str] = []
    kept = 0
    offered = ""  # the address that a <source> offers to the img behind it
    stack: list[tuple[LexborNode, int]] = []
    sheets, hiding, clean = told.sheets, told.hiding, told.clean
    styled, untouched, ids = bool(sheets.rules), sheets.untouched, sheets.ids
    special = clean is not None  # or inside an element that keeps line ends
    known_kinds = _KNOWN_KINDS
    deepest = MAX_DEPTH
    node = root.first_child
    while True:
        if node is None:
            if not stack:
                break
            node, kind = stack.pop()
            if kind >= _KEPT:
                kind -= _KEPT
                kept -= 1
                special = kept > 0 or clean is not None
            if kind == _BLOCK:
                if parts:
                    _end_line(lines, parts, linked, box)
                    parts = []
                    linked = 0
                closing = boxes[box]
                closing[_END] = len(lines)
                box = closing[_PARENT]
            elif kind == _LINK:
                links.pop()
            node = node.next
            continue
        number = node.tag_id
        try:
            kind = known_kinds[number]
        except KeyError:
            kind = _learnt(node, number)
        if not kind:
            text = node.text_content
            if special:
                text = clean(text or "") if clean is not None else text or ""
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
        if kind >= _UNREAD:
            if kind == _BREAK:
                if parts:
                    _end_line(lines, parts, linked, box)
                    parts, linked = [], 0
            elif kind != _UNREAD:
                attributes = node.attributes
                effect = _effect(node, attributes, sheets)
                if effect & hiding and node.mem_id not in told.unfolded:
                    _hide(page, node, kind, box, effect)
                elif kind == _IMAGE:
                    address = links[-1] if links else ""
                    values = (len(lines), box, attributes, offered, address)
                    page.pictures.append(tuple.__new__(Picture, values))
                    offered = ""
                else:
                    offered = offered or first_of_set(attributes.get("srcset") or "")
            node = node.next
            continue
        attributes = node.attributes
        effect = 0
        if attributes:
            if styled:
                classes, own_name = attributes.get("class"), attributes.get("id")
                if (classes and classes not in untouched) or (own_name and own_name in ids):
                    effect = sheets.effect_on(node, classes or "", own_name or "")
            if "style" in attributes and (style := attributes["style"]):
                own = effect_of(style)
                effect = own if own & SHOWN else effect | own
            if "hidden" in attributes:
                effect |= GONE
            if effect and effect & hiding and node.mem_id not in told.unfolded:
                _hide(page, node, kind, box, effect)
                node = node.next
                continue
        if kind == _BLOCK:
            if parts:
                _end_line(lines, parts, linked, box)
                parts = []
                linked = 0
            child = node.first_child  # an empty element makes no box
            if child is None or len(stack) >= deepest:
                node = node.next
                continue
            begun = len(lines)
            if begun >= MAX_LINES:
                deepest = 0
            tag = _KNOWN_TAGS.get(number) or node.tag or ""
            opened = len(boxes)
            boxes.append([opened, box, tag, len(stack), begun, -1, attributes])
            box = opened
            if tag in _OWN_WAYS:
                if tag in _KEEPING_TAGS:
                    effect |= LINES
                elif (attributes.get("start") or "").isdecimal():
                    page.starts[box] = int(attributes["start"] or 1)
        else:
            if (
                parts
                and attributes
                and kind == _INLINE
                and (effect & WHITE or node.tag == "font")
                and _is_jam(node, attributes, effect)
            ):
                node = node.next
                continue
            child = node.first_child
            if child is None or len(stack) >= deepest:
                node = node.next
                continue
            if kind == _LINK:
                # <a name=top> marks a place; unclosed, it would link the whole page.
                address = attributes.get("href") or ""
                if address:
                    links.append(address)
                else:
                    kind = _INLINE
        if effect & LINES:
            kind += _KEPT
            kept += 1
            special = True
        stack.append((node, kind))
        node = child
    if parts:
        _end_line(lines, parts, linked, box)
    boxes[0][_END] = len(lines)
    # The constructor of a named tuple costs eight times as much.
    page.boxes = [tuple.__new__(Box, given) for given in boxes]


def _effect(node: LexborNode, attributes: Attributes, sheets: Sheets) -> int:
    """What style does to a picture; the walk does the same in place for what holds others."""
    effect = 0
    if sheets.rules:
        classes, own_name = attributes.get("class") or "", attributes.get("id") or ""
        if classes not in sheets.untouched or own_name in sheets.ids:
            effect = sheets.effect_on(node, classes, own_name)
    if style := attributes.get("style"):
        own = effect_of(style)
        effect = own if own & SHOWN else effect | own
    return effect | GONE if "hidden" in attributes else effect


def _end_line(lines: list[Line], parts: list[str], linked: int, box: int) -> None:
    if len(parts) == 1:
        text = " ".join(parts[0].split())
        lines.append(tuple.__new__(Line, (text, (text,), linked, box)))
        return
    text = " ".join("".join(parts).split())
    pieces = tuple([" ".join(part.split()) for part in parts])
    lines.append(tuple.__new__(Line, (text, pieces, linked, box)))


def _hide(page: Page, node: LexborNode, kind: int, box: int, effect: int) -> None:
    """Leave a hidden element out; one that holds text may be the rest of an article."""
    text = node.text()
    chars = len(text)
    stops = text.count("。") + text.count("，")
    if not effect & GONE:
        page.invisible_chars += chars
        page.invisible_stops += stops
        page.invisible_pictures = page.invisible_pictures or node.css_first("img") is not None
    if stops and chars >= FOLDED.value and kind != _IMAGE:
        page.folds.append(Fold(len(page.lines), box, node, stops))


def _is_jam(node: LexborNode, attributes: Attributes, effect: int) -> bool:
    """Whether white words stand in the middle of a line of other words, against copying.

    A forum (Discuz) names such words, and makes them white in a sheet of its own.
    """
    if attributes.get("class") == "jammer":
        return True
    if not effect & WHITE and not effect_of(f"color:{attributes.get('color') or ''}") & WHITE:
        return False
    after = node.next
    words = after.text_content if after is not None else None
    return words is not None and bool(words) and not words.isspace()

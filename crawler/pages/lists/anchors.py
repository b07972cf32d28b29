"""The links of a page in document order, each with its title, its place and the day beside it.

One walk over the tree, linear however flat or deep the page is: what stands nearer to what
is told by the lowest depth that the walk touches between two things.
"""

import re
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.pages.lists.controls import ShortText, is_control
from crawler.pages.lists.linktitles import (
    LEAST_TITLE,
    SAYS_NOTHING,
    SPACE,
    clean_text,
    is_whole_of,
    offered_title,
)
from crawler.pages.lists.listdays import PrintedDay, printed_day
from crawler.pages.raw.urls import canonical_url

_UNREAD = frozenset(("script", "style", "noscript", "template", "head", "iframe", "svg", "object"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = (
    frozenset(
        ("div", "p", "li", "ul", "ol", "dl", "dt", "dd", "tr", "td", "table", "section", "article")
    )
    | _HEADINGS
    | {"br", "header", "footer", "nav", "aside", "main", "form", "center"}
)
_BOXES = frozenset(("div", "ul", "ol", "dl", "table", "tbody", "section", "map", "nav", "aside"))
_VARYING = frozenset(
    [
        "first",
        "last",
        "odd",
        "even",
        "cur",
        "current",
        "active",
        "on",
        "hover",
        "clearfix",
        "cf",
        "clear",
        "fl",
        "fr",
        "left",
        "right",
    ]
)
_SIDE_NAME = re.compile(
    r"(?:^|[\s_-])(?:side(?:bar)?|aside|hot|rank\w*|ranking|top10|recommend\w*|tuijian|tj|relate\w*"
    r"|links?|yqlj|friend\w*|flink|footer|foot|bottom|nav\w*|menu\w*|crumbs?|bread\w*|header|topbar"
    r"|copyright|banner|ads?|advert\w*|hotnews|paihang)(?=$|[\s_-])",
    re.IGNORECASE,
)
_SIDE_LABEL = re.compile(
    r"^[\s|·]*(?:.{0,4}(?:热门|热点|最热|热文|点击|阅读|浏览|人气|一周|本周|24小时|48小时)?"
    r"(?:排行榜?|热榜)|(?:热门|热点|最热)\S{0,4}|.{0,4}推荐\S{0,2}|推荐(?:阅读|新闻|视频)|相关\S{0,4}"
    r"|点击\S{0,3}|猜你喜欢|友情链接|网站导航|为您推荐|延伸阅读|精彩\S{0,4})[\s|·:：]*$"
)
_SCRIPT_TARGET = re.compile(
    r"(?:location(?:\.href)?\s*=\s*|location\.(?:assign|replace)\(\s*|window\.open\(\s*"
    r"|^javascript:\s*\w+\(\s*|\w+\(\s*)['\"]([^'\"\s]+?(?:\.\w{2,6}(?:\?[^'\"]*)?|/|\?[^'\"]+))['\"]"
)
_MAX_DEPTH = 2_000
_LONGEST_CONTROL = 40


@dataclass(slots=True)
class Anchor:
    """One link: ``title`` is its best title, ``text`` what is printed, ``place`` its structure."""

    url: str
    place: tuple[str, ...]
    in_side_block: bool
    node: LexborNode
    is_area: bool = False
    text: str = ""
    title: str = ""
    day: PrintedDay | None = None


@dataclass(slots=True)
class _Reading:
    """The walk's state while it is inside one anchor."""

    anchor: Anchor
    depth: int
    pieces: list[tuple[str, bool]] = field(default_factory=list)  # text, stands in a heading
    nodes: list[str] = field(default_factory=list)
    broken: bool = True
    alt: str = ""


@dataclass(slots=True)
class _Note:
    """A day printed outside all anchors."""

    day: PrintedDay


@dataclass(slots=True)
class AnchorWalk:
    """Links and loose texts of a page in document order."""

    base: str
    anchors: list[Anchor] = field(default_factory=list)
    heading: str = ""
    loose_texts: list[str] = field(default_factory=list)
    short_texts: list[ShortText] = field(default_factory=list)
    _events: list[Anchor | _Note] = field(default_factory=list)
    _gaps: list[int] = field(default_factory=list)
    _lowest: int = 0
    _pending: list[str] = field(default_factory=list)

    def meet(self, event: Anchor | _Note, depth: int) -> None:
        """Note an event and the lowest depth touched since the one before."""
        self._gaps.append(min(self._lowest, depth))
        self._events.append(event)
        self._lowest = depth

    def sink(self, depth: int) -> None:
        """The walk went up to ``depth``."""
        if depth < self._lowest:
            self._lowest = depth

    def loose_text(self, text: str, depth: int) -> None:
        """Text outside all anchors: a day beside a link, or a page total."""
        text = SPACE.sub(" ", text).strip()
        if not text:
            return
        self.loose_texts.append(text)
        # `<b>05</b><span>2024-12</span>` and `12<i>-</i>05` are one day in several nodes.
        self._pending = [*self._pending[-2:], text] if len(text) < 12 else [text]
        for start in range(len(self._pending) - 1, -1, -1):
            day = printed_day(" ".join(self._pending[start:]))
            if day:
                self.meet(_Note(day), depth)
                self._pending = []
                return

    def forget_pending(self) -> None:
        """An anchor ends a run of loose text."""
        self._pending = []


def walk_anchors(tree: LexborHTMLParser, *, url: str) -> AnchorWalk:
    """All http links of a page with titles and days; ``<base href>`` is obeyed."""
    walk = AnchorWalk(base=_base_of(tree, url))
    body = tree.body or tree.root
    if body is not None:
        _walk(body, walk)
        _assign_days(walk)
    return walk


def _base_of(tree: LexborHTMLParser, url: str) -> str:
    base = tree.css_first("base[href]")
    href = base.attributes.get("href") if base else None
    return _absolute(url, href) or url if href else url


def _walk(root: LexborNode, walk: AnchorWalk) -> None:
    stack: list[tuple[LexborNode, str, bool]] = []  # node, structure token, is a side block
    tokens: list[str] = []
    sides = 0
    label_floor = -1  # while the walk stays at this depth or below, a side label holds
    reading: _Reading | None = None
    node = root.first_child
    while True:
        while node is None and stack:
            node, _, was_side = stack.pop()
            tokens.pop()
            sides -= was_side
            depth = len(stack)
            walk.sink(depth)
            if depth < label_floor:
                label_floor = -1
            if reading is not None and depth <= reading.depth:
                _finish(reading, walk)
                reading = None
            elif reading is not None and node.tag in _BLOCKS:
                reading.broken = True
            node = node.next
        if node is None:
            break
        tag = node.tag
        depth = len(stack)
        if tag == "-text":
            text = node.text_content or ""
            if reading is not None:
                _take_text(reading, text, in_heading=_in_heading(tokens))
            elif text and not text.isspace():
                if len(text) < 16 and (_in_heading(tokens) or "tit" in (tokens or [""])[-1]):
                    labelled = _SIDE_LABEL.match(clean_text(text))
                    label_floor = max(depth - 2, 1) if labelled else -1
                if _in_heading(tokens):
                    walk.heading = clean_text(text)
                walk.loose_text(text, depth)
                if len(text) < _LONGEST_CONTROL and is_control(text.strip()):
                    parent = node.parent
                    if parent is not None:
                        short = ShortText(text.strip(), parent, len(walk.anchors))
                        walk.short_texts.append(short)
            node = node.next
            continue
        if tag is None or tag[0] in "-!" or tag in _UNREAD or depth > _MAX_DEPTH:
            node = node.next
            continue
        attributes = node.attributes
        if reading is None:
            anchor = _anchor_at(node, tag, attributes, walk.base)
            if anchor is not None:
                anchor.place = (*tokens[-5:], tag)
                anchor.in_side_block = sides > 0 or label_floor >= 0
                walk.forget_pending()
                walk.meet(anchor, depth)
                walk.anchors.append(anchor)
                reading = _Reading(anchor, depth)
                anchor.title = clean_text(attributes.get("title") or "")
        elif tag == "img":
            reading.alt = reading.alt or clean_text(attributes.get("alt") or "")
        elif tag in _BLOCKS:
            reading.broken = True
        first = node.first_child
        if first is None:
            if reading is not None and depth <= reading.depth:
                _finish(reading, walk)
                reading = None
            node = node.next
            continue
        name = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        is_side = tag in ("nav", "aside", "footer") or bool(
            tag in _BOXES and name != " " and _SIDE_NAME.search(name)
        )
        stack.append((node, tag, is_side))
        tokens.append(_token(tag, attributes.get("class")))
        sides += is_side
        node = first
    if reading is not None:
        _finish(reading, walk)


def _in_heading(tokens: list[str]) -> bool:
    return any(token in _HEADINGS for token in tokens[-3:])


def _token(tag: str, name: str | None) -> str:
    """A box with its first steady class; rows and inline elements by their tag alone."""
    if name and tag in _BOXES:
        for word in name.lower().split():
            word = re.sub(r"[\d_-]+$", "", word)
            if word and word not in _VARYING:
                return f"{tag}.{word}"
    return tag


def _anchor_at(
    node: LexborNode, tag: str, attributes: dict[str, str | None], base: str
) -> Anchor | None:
    is_link = tag in ("a", "area")
    if not is_link and "data-href" not in attributes and "onclick" not in attributes:
        return None
    target = attributes.get("href") if is_link else None
    if target is None or target.strip().lower().startswith(("javascript", "#")) or not target:
        target = (
            attributes.get("data-href")
            or attributes.get("data-url")
            or _script_target(f"{target or ''} {attributes.get('onclick') or ''}")
        )
        if target and not is_link and node.css_first("a[href]") is not None:
            return None  # a card around real links: they speak for themselves
    if not target:
        return None
    url = _absolute(base, target)
    return Anchor(url, (), False, node, is_area=tag == "area") if url else None


def _script_target(script: str) -> str | None:
    found = _SCRIPT_TARGET.search(script.strip())
    return found[1] if found else None


def _absolute(base: str, target: str) -> str | None:
    """The http URL that a browser would ask for, without its fragment; None for others."""
    target = re.sub(r"[\t\r\n]", "", target).strip()
    try:
        url = urljoin(base, target).partition("#")[0].replace(" ", "%20")
        canonical_url(url)
    except ValueError:
        return None  # mailto:, a port of six digits, a host that no name server could know
    return url


def _take_text(reading: _Reading, text: str, *, in_heading: bool) -> None:
    text = SPACE.sub(" ", text)
    if not text.strip():
        return
    reading.nodes.append(text.strip())
    if reading.broken or not reading.pieces:
        reading.pieces.append((text, in_heading))
        reading.broken = False
    else:
        before, was_heading = reading.pieces[-1]
        reading.pieces[-1] = (before + text, was_heading or in_heading)


def _finish(reading: _Reading, walk: AnchorWalk) -> None:
    """Choose the title: a heading in the link, else its first long line, else ``title=``."""
    anchor = reading.anchor
    lines = []
    for text, in_heading in reading.pieces:
        day = printed_day(text) if len(text) < 24 else None
        if day is not None and _is_only_a_day(text):
            anchor.day = day
        else:
            lines.append((clean_text(text), in_heading))
    if anchor.day is None and len(reading.nodes) > 2:
        lines = _without_split_day(anchor, reading, lines)
    headings = [text for text, in_heading in lines if in_heading]
    long_lines = [text for text, _ in lines if len(text) >= 6]
    anchor.text = (headings or long_lines or [text for text, _ in lines] or [""])[0]
    offered = offered_title(anchor.title)
    if not anchor.text:
        anchor.title = offered or reading.alt
    elif is_whole_of(anchor.text, offered):
        anchor.title = offered
    else:
        anchor.title = anchor.text
    if SAYS_NOTHING.match(anchor.title) and len(walk.heading) >= LEAST_TITLE:
        anchor.title = walk.heading  # `<h3>title</h3> … <a>详细</a>`
    walk.heading = ""


def _is_only_a_day(text: str) -> bool:
    return (
        len(
            re.sub(
                r"[\d\s年月日/.:：\[\]()（）【】-]|发布|时间|日期|前|天|小时|分钟|昨|今", "", text
            )
        )
        == 0
    )


def _without_split_day(
    anchor: Anchor, reading: _Reading, lines: list[tuple[str, bool]]
) -> list[tuple[str, bool]]:
    """Take ``<i>05</i><em>2024-12</em>``, a calendar leaf inside the link, out of its lines."""
    for first, second in pairwise(reading.nodes[:8]):
        leaf = f"{first} {second}"
        day = printed_day(leaf) if len(leaf) < 20 and _is_only_a_day(leaf) else None
        if day:
            anchor.day = day
            gone = {first, second, leaf, first + second}
            left = [(SPACE.sub(" ", text), heading) for text, heading in lines if text not in gone]
            glued = re.compile(rf"^{re.escape(first)}\s*{re.escape(second)}\s*")
            return [(glued.sub("", text), heading) for text, heading in left]
    return lines


def _assign_days(walk: AnchorWalk) -> None:
    """Give each loose day to the link that stands nearest to it in the tree.

    Nearest is the link with the deepest common ancestor; where both neighbours are as near
    (a flat list) the habit of the page decides: days after links unless a day stands first.
    A day farther from its link than the next link is belongs to neither: a page header's.
    """
    events, gaps = walk._events, walk._gaps
    titled = [
        place
        for place, event in enumerate(events)
        if isinstance(event, Anchor) and (len(event.title) >= LEAST_TITLE)
    ]
    if not titled:
        return
    spans = [min(gaps[one + 1 : other + 1]) for one, other in pairwise(titled)]
    for index in range(len(titled) + 1):
        start = titled[index - 1] if index else -1
        end = titled[index] if index < len(titled) else len(events)
        notes = [place for place in range(start + 1, end) if isinstance(events[place], _Note)]
        if notes:
            _assign_between(events, gaps, titled, spans, index, notes)


def _assign_between(
    events: list[Anchor | _Note],
    gaps: list[int],
    titled: list[int],
    spans: list[int],
    index: int,
    notes: list[int],
) -> None:
    """Assign the days between titled link ``index - 1`` and titled link ``index``."""
    before = events[titled[index - 1]] if index else None
    after = events[titled[index]] if index < len(titled) else None
    near_before = min(gaps[titled[index - 1] + 1 : notes[0] + 1]) if index else -1
    near_after = min(gaps[notes[-1] + 1 : titled[index] + 1]) if index < len(titled) else -1
    floor_before = max(_at(spans, index - 2), _at(spans, index - 1))
    floor_after = max(_at(spans, index), _at(spans, index - 1))
    first, last = events[notes[0]], events[notes[-1]]
    fits_before = isinstance(before, Anchor) and before.day is None and near_before >= floor_before
    fits_after = isinstance(after, Anchor) and after.day is None and near_after >= floor_after
    if fits_before and fits_after and len(notes) == 1:
        fits_before = near_before >= near_after
        fits_after = not fits_before
    if fits_before and isinstance(before, Anchor) and isinstance(first, _Note):
        before.day = first.day
    if fits_after and isinstance(after, Anchor) and isinstance(last, _Note):
        after.day = last.day


def _at(spans: list[int], index: int) -> int:
    return spans[index] if 0 <= index < len(spans) else -1

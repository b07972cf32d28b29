"""One walk over a list page: its links, each with its title and place, and what stands between.

It is linear however flat or deep the page is: what stands nearer to what is told by the lowest
depth that the walk touches between two things.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.pages.lists.anchors import Anchor, AnchorWalk
from crawler.pages.lists.boxes import HEADINGS, MOST_NAMED, SIDES, box_depth, heads, named
from crawler.pages.lists.controls import BARE_MORE, ShortText, is_control
from crawler.pages.lists.linktitles import (
    INVISIBLE,
    LEAST_TITLE,
    SAYS_NOTHING,
    SPACE,
    clean_text,
    is_whole_of,
    offered_title,
    printed,
)
from crawler.pages.lists.listdays import is_only_a_day, printed_day, stated_year, without_day
from crawler.pages.lists.rowdays import assign_days
from crawler.pages.lists.targets import Targets, script_target
from storage.records import SHANGHAI

_UNREAD = frozenset(("script", "style", "noscript", "template", "head", "iframe", "svg", "object"))
_BLOCKS = (
    frozenset(
        ("div", "p", "li", "ul", "ol", "dl", "dt", "dd", "tr", "td", "table", "section", "article")
    )
    | HEADINGS
    | {"br", "header", "footer", "nav", "aside", "main", "form", "center"}
)
_SIDE_LABEL = re.compile(
    r"^[\s|·]*(?:.{0,4}(?:热门|热点|最热|热文|点击|阅读|浏览|人气|一周|本周|今日|本月|24小时|48小时)?"
    r"(?:排行榜?|热榜)|(?:热门|热点|最热)\S{0,4}|.{0,4}推荐\S{0,2}|推荐(?:阅读|新闻|视频)|相关\S{0,4}"
    r"|(?:一周|本周|今日|本月|每日|24小时|48小时)?(?:点击|热点|热文|最热|热读)\S{0,3}|.{0,2}图文热点|猜你喜欢|友情链接"
    r"|网站导航|为您推荐|延伸阅读|精彩\S{0,4})[\s|·:：]*$"
)
_MAY_LABEL = re.compile(r"[排热推相点喜链航荐延精]")
_STAMP = re.compile(r"^\s*((?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2})(?:[T\s]|$)")
_COUNTED = frozenset(
    [
        *("pagecount", "page-count", "page_count", "totalpage", "totalpages", "total-page"),
        *("total-pages", "total_page", "countpage", "pagetotal", "pages", "maxpage", "max-page"),
        *("total", "total-count", "totalcount", "recordcount", "rowcount", "record-count"),
        *("pagesize", "page-size", "page_size", "per-page", "perpage", "limit"),
        *("current-page", "currentpage", "pageno", "page-no", "pagenum", "curpage", "pageindex"),
        *("has-more", "hasmore", "has-next", "is-last", "is-end", "page", "current", "size"),
        *("continue_flag", "continue-flag"),
    ]
)
_LEADING = frozenset(("onclick", "data-href", "data-url"))
_LONGEST_CONTROL = 40
_MAX_DEPTH = 2_000


@dataclass(slots=True)
class _Reading:
    """The walk's state while it is inside one anchor."""

    anchor: Anchor
    depth: int
    pieces: list[tuple[str, bool]] = field(default_factory=list)  # text, stands in a heading
    nodes: list[str] = field(default_factory=list)
    broken: bool = True
    alt: str = ""


def walk_anchors(tree: LexborHTMLParser, *, url: str, encoding: str = "utf-8") -> AnchorWalk:
    """All http links of a page with titles and days; ``<base href>`` is obeyed.

    ``encoding`` is the page's: browsers send characters of a query in it.
    """
    targets = Targets(url, _base_href(tree), encoding)
    walk = AnchorWalk(base=targets.base)
    body = tree.body or tree.root
    if body is not None:
        _walk(body, walk, targets)
        assign_days(walk)
    return walk


def _base_href(tree: LexborHTMLParser) -> str | None:
    base = tree.css_first("base[href]")
    return base.attributes.get("href") if base else None


_KNOWN_TAGS: dict[int, str] = {}
"""Tags by lexbor's numbers, as they are met; "" for what is not read."""
_LEAST_OWN_NUMBER = 1_000
"""Tags that lexbor does not know get numbers of one page, far above its own."""


def _learnt(node: LexborNode, number: int) -> str:
    """The tag of a number that no page had before."""
    tag = node.tag or ""
    if tag != "-text" and (tag[:1] in "-!" or tag in _UNREAD):
        tag = ""
    if number < _LEAST_OWN_NUMBER:
        _KNOWN_TAGS[number] = tag
    return tag


def _walk(root: LexborNode, walk: AnchorWalk, targets: Targets) -> None:
    stack: list[LexborNode] = []
    tokens: list[str] = []
    side_depth = -1  # of the outermost side block in which the walk stands
    label_floor = -1  # while the walk stays at this depth or below, a side label holds
    more_floor = -1  # and so for the box of another column, which a link 更多 leads to
    reading: _Reading | None = None
    known_tags = _KNOWN_TAGS
    node = root.first_child
    while True:
        while node is None and stack:
            left = stack.pop()
            tokens.pop()
            depth = len(stack)
            if depth < walk.lowest:
                walk.lowest = depth
            if depth <= side_depth or depth < label_floor or depth < more_floor:
                if depth == side_depth:
                    side_depth = -1
                if depth < label_floor:
                    label_floor = -1
                if depth < more_floor:
                    more_floor = -1
            if reading is not None:
                if depth <= reading.depth:
                    if _finish(reading, walk):
                        more_floor = box_depth(tokens)
                    reading = None
                elif left.tag in _BLOCKS:
                    reading.broken = True
            node = left.next
        if node is None:
            break
        number = node.tag_id
        try:
            tag = known_tags[number]
        except KeyError:
            tag = _learnt(node, number)
        if tag == "-text":
            text = node.text_content
            if text and not text.isspace():
                depth = len(stack)
                if reading is not None:
                    _take_text(reading, text, in_heading=heads(tokens))
                elif text := printed(text):
                    if len(text) < 16:
                        in_heading = heads(tokens)
                        if _MAY_LABEL.search(text) and _SIDE_LABEL.match(text):
                            label_floor = max(depth - 2, 1)
                        elif in_heading or (tokens and "tit" in tokens[-1]):
                            label_floor = -1
                        stated = stated_year(text)
                        if stated and tokens[-1:] != ["option"]:
                            walk.year = stated
                    else:
                        in_heading = heads(tokens)
                    if in_heading:
                        walk.heading = clean_text(text)
                    walk.loose_text(text, depth)
                    if len(text) < _LONGEST_CONTROL and is_control(text):
                        parent = node.parent
                        if parent is not None:
                            walk.short_texts.append(ShortText(text, parent, len(walk.anchors)))
            node = node.next
            continue
        if not tag or len(stack) > _MAX_DEPTH:
            node = node.next
            continue
        attributes = node.attributes
        if attributes:
            names = tuple(attributes)
            said = _SAID.get(names) or _say(names)
            if said.counts:
                walk.counted.append((tag, attributes))
            if said.dates or (said.titles and tag != "a" and tag != "area"):
                _take_stamp(attributes, walk, reading, len(stack))
        if reading is None:
            if attributes and (tag == "a" or said.leads or tag == "area"):
                anchor = _anchor_at(node, tag, attributes, targets)
                if anchor is not None:
                    depth = len(stack)
                    anchor.place = (*tokens[-5:], tag)
                    anchor.in_side_block = side_depth >= 0 or label_floor >= 0
                    anchor.under_more = more_floor >= 0
                    anchor.year = walk.year
                    walk.forget_pending()
                    walk.meet(anchor, depth)
                    walk.anchors.append(anchor)
                    reading = _Reading(anchor, depth)
                    title = attributes.get("title") or attributes.get("data-title")
                    anchor.title = clean_text(title) if title else ""
        elif tag == "img":
            reading.alt = reading.alt or clean_text(attributes.get("alt") or "")
        elif tag in _BLOCKS:
            reading.broken = True
        first = node.first_child
        if first is None:
            if reading is not None and len(stack) <= reading.depth:
                _finish(reading, walk)
                reading = None
            node = node.next
            continue
        token, is_side = named(tag, attributes) if attributes else (tag, tag in SIDES)
        if is_side and side_depth < 0:
            side_depth = len(stack)
        stack.append(node)
        tokens.append(token)
        node = first
    if reading is not None:
        _finish(reading, walk)


@dataclass(frozen=True, slots=True)
class _Said:
    """What an element's attributes say by their names alone.

    ``counts``: one counts, also under a prefix (``data-total-page``, ``:total``); ``leads``: one
    may lead somewhere besides ``href``; ``dates`` and ``titles``: one may hold a whole day.
    """

    counts: bool
    leads: bool
    dates: bool
    titles: bool


_SAID: dict[tuple[str, ...], _Said] = {}


def _say(names: tuple[str, ...]) -> _Said:
    """Few combinations of names make up a page, so each is judged once, up to a bound."""
    said = _Said(
        counts=not _COUNTED.isdisjoint(_PREFIX.sub("", name) for name in names),
        leads=not _LEADING.isdisjoint(names)
        or ("data-link" in names and "data-title" in names),  # WeChat's albums
        dates="datetime" in names,
        titles="title" in names,
    )
    if len(_SAID) >= MOST_NAMED:
        _SAID.clear()
    _SAID[names] = said
    return said


_EPOCH = re.compile(r"1[0-9]{9}")
_PREFIX = re.compile(r"^(?:v-bind:|data-|:)")


def _take_stamp(
    attributes: Mapping[str, str | None], walk: AnchorWalk, reading: _Reading | None, depth: int
) -> None:
    """A whole day in an attribute, of which the page prints a part: ``<time datetime=…>``."""
    for name in ("datetime", "title"):
        found = _STAMP.match(attributes.get(name) or "")
        day = printed_day(found[1]) if found else None
        if day is None:
            continue
        if reading is None:
            walk.note(day, found[1] if found else "", depth)
        elif reading.anchor.day is None:
            reading.anchor.day = day
        return


_SCRIPTED = re.compile(r"\s*(?:#|javascript)", re.IGNORECASE)


def _anchor_at(
    node: LexborNode, tag: str, attributes: Mapping[str, str | None], targets: Targets
) -> Anchor | None:
    is_link = tag in ("a", "area")
    target = attributes.get("href") if is_link else None
    if not target or _SCRIPTED.match(target):
        target = (
            attributes.get("data-href")
            or attributes.get("data-url")
            or attributes.get("data-link")
            or script_target(f"{target or ''} {attributes.get('onclick') or ''}")
        )
        if target and not is_link and node.css_first("a[href]") is not None:
            return None  # a card around real links: they speak for themselves
    if not target:
        return None
    url = targets.absolute(target)
    return Anchor(url, (), False, node, is_area=tag == "area") if url else None


def _take_text(reading: _Reading, text: str, *, in_heading: bool) -> None:
    if not text.isprintable() or "  " in text:
        text = SPACE.sub(" ", INVISIBLE.sub("", text))
    bare = text.strip()
    if not bare:
        return
    reading.nodes.append(bare)
    if reading.broken or not reading.pieces:
        reading.pieces.append((text, in_heading))
        reading.broken = False
    else:
        before, was_heading = reading.pieces[-1]
        reading.pieces[-1] = (before + text, was_heading or in_heading)


def _finish(reading: _Reading, walk: AnchorWalk) -> bool:
    """Choose the title: a heading in the link, else its first long line, else ``title=``.

    True where the link is the 更多 of a box: what follows in it is of another column.
    """
    anchor = reading.anchor
    lines: list[tuple[str, bool]] = []
    for text, in_heading in reading.pieces:
        text = clean_text(text)
        if len(text) == 10 and _EPOCH.fullmatch(text):  # a script prints it as a day
            at = datetime.fromtimestamp(int(text), SHANGHAI)
            text = f"{at:%Y-%m-%d}"
        day = printed_day(text) if len(text) < 24 else None
        if day is not None and is_only_a_day(text):
            anchor.day = anchor.day or day
        else:
            lines.append((text, in_heading))
    if len(reading.nodes) > 2 and anchor.day is None:
        lines = _without_split_day(anchor, reading, lines)
    if len(reading.nodes) > 1:
        lines = _without_node_days(anchor, reading.nodes, lines)
    lines = [(_without_own_day(anchor, text), in_heading) for text, in_heading in lines]
    anchor.text = _first_of(lines)
    offered = _without_own_day(anchor, offered_title(anchor.title)) if anchor.title else ""
    if not anchor.text:
        anchor.title = offered or reading.alt
        anchor.of_picture = not offered and bool(reading.alt)
    elif is_whole_of(anchor.text, offered):
        anchor.title = offered
    else:
        anchor.title = anchor.text
    if len(walk.heading) >= LEAST_TITLE and SAYS_NOTHING.match(anchor.title):
        anchor.title = walk.heading  # `<h3>title</h3> … <a>详细</a>`
    walk.heading = ""
    return bool(anchor.text and BARE_MORE.match(anchor.text)) and anchor.url != walk.base


def _first_of(lines: list[tuple[str, bool]]) -> str:
    """The first heading, else the first long line, else the first of any kind."""
    if len(lines) > 1:
        headings = [text for text, in_heading in lines if in_heading]
        long_lines = [text for text, _ in lines if len(text) >= 6]
        if headings or long_lines:
            return (headings or long_lines)[0]
    return lines[0][0] if lines else ""


def _without_own_day(anchor: Anchor, text: str) -> str:
    """A line of a link without the day at its edge, which becomes the link's."""
    rest, day = without_day(text)
    if day is not None:
        anchor.day = anchor.day or day
    return rest


def _without_node_days(
    anchor: Anchor, nodes: list[str], lines: list[tuple[str, bool]]
) -> list[tuple[str, bool]]:
    """Take ``<span>2021-01-20</span>``, which stands in the same line as the title, out of it."""
    for node in nodes[:12]:
        day = printed_day(node) if len(node) < 24 else None
        if day is None or not is_only_a_day(node):
            continue
        anchor.day = anchor.day or day
        for place, (text, in_heading) in enumerate(lines):
            if len(text) < len(node) + 4:
                continue
            if text.startswith(node):
                lines[place] = (text[len(node) :].strip(), in_heading)
            elif text.endswith(node):
                lines[place] = (text[: -len(node)].strip(), in_heading)
    return lines


def _without_split_day(
    anchor: Anchor, reading: _Reading, lines: list[tuple[str, bool]]
) -> list[tuple[str, bool]]:
    """Take ``<i>05</i><em>2024-12</em>``, a calendar leaf inside the link, out of its lines."""
    for first, second in pairwise(reading.nodes[:8]):
        leaf = f"{first} {second}"
        day = printed_day(leaf) if len(leaf) < 20 and is_only_a_day(leaf) else None
        if day and printed_day(first) is None and printed_day(second) is None:
            anchor.day = day
            gone = {first, second, leaf, first + second}
            left = [(text, heading) for text, heading in lines if text not in gone]
            glued = re.compile(rf"^{re.escape(first)}\s*{re.escape(second)}\s*")
            return [(glued.sub("", text), heading) for text, heading in left]
    return lines

"""The links of a page in document order, each with its title, its place and the day beside it.

One walk over the tree, linear however flat or deep the page is: what stands nearer to what
is told by the lowest depth that the walk touches between two things.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from selectolax.lexbor import LexborHTMLParser, LexborNode

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
from crawler.pages.lists.listdays import (
    PrintedDay,
    is_only_a_day,
    printed_day,
    stated_year,
    without_day,
)
from crawler.pages.lists.targets import Targets, script_target

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
        *("has-more", "hasmore", "has-next", "is-last", "is-end", "page", "current"),
    ]
)
_LONGEST_CONTROL = 40
_MAX_DEPTH = 2_000


@dataclass(slots=True)
class Anchor:
    """One link: ``title`` is its best title, ``text`` what is printed, ``place`` its structure.

    ``year`` is that of the heading above; ``of_picture`` is a title that only a picture gives;
    ``under_more`` stands in a box that leads on to another column (更多>>).
    """

    url: str
    place: tuple[str, ...]
    in_side_block: bool
    node: LexborNode
    is_area: bool = False
    text: str = ""
    title: str = ""
    day: PrintedDay | None = None
    year: int | None = None
    of_picture: bool = False
    under_more: bool = False

    @property
    def is_titled(self) -> bool:
        """Whether a day beside it may be its own: no [column] label, no 详细, no comments."""
        title = self.title
        return (
            len(title) >= LEAST_TITLE
            and not _LABEL.match(self.text)
            and not SAYS_NOTHING.match(title)
        )


_LABEL = re.compile(r"^[\[【〔(（].{1,8}[\]】〕)）]$")


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
    """A day printed outside all anchors; ``text`` is what it was read from."""

    day: PrintedDay
    text: str


@dataclass(slots=True)
class AnchorWalk:
    """Links and loose texts of a page in document order."""

    base: str
    anchors: list[Anchor] = field(default_factory=list)
    heading: str = ""
    year: int | None = None
    loose_texts: list[str] = field(default_factory=list)
    short_texts: list[ShortText] = field(default_factory=list)
    counted: list[tuple[str, Mapping[str, str | None]]] = field(default_factory=list)
    _events: list[Anchor | _Note] = field(default_factory=list)
    _gaps: list[int] = field(default_factory=list)
    _lowest: int = 0
    _pending: list[str] = field(default_factory=list)

    def meet(self, event: Anchor | _Note, depth: int) -> None:
        """Note an event and the lowest depth touched since the one before."""
        self._gaps.append(min(self._lowest, depth))
        self._events.append(event)
        self._lowest = depth

    def note(self, day: PrintedDay, text: str, depth: int) -> None:
        """A day stands here, outside all anchors."""
        self.meet(_Note(day, text), depth)
        self._pending = []

    def loose_text(self, text: str, depth: int) -> None:
        """Text outside all anchors: a day beside a link, or a page total."""
        self.loose_texts.append(text)
        # `<b>05</b><span>2024-12</span>` and `12<i>-</i>05` are one day in several nodes.
        self._pending = [*self._pending[-2:], text] if len(text) < 12 else [text]
        for start in range(len(self._pending) - 1, -1, -1):
            joined = " ".join(self._pending[start:])
            day = printed_day(joined)
            if day:
                self.note(day, joined, depth)
                return

    def forget_pending(self) -> None:
        """An anchor ends a run of loose text."""
        self._pending = []


def walk_anchors(tree: LexborHTMLParser, *, url: str, encoding: str = "utf-8") -> AnchorWalk:
    """All http links of a page with titles and days; ``<base href>`` is obeyed.

    ``encoding`` is the page's: browsers send characters of a query in it.
    """
    targets = Targets(url, _base_href(tree), encoding)
    walk = AnchorWalk(base=targets.base)
    body = tree.body or tree.root
    if body is not None:
        _walk(body, walk, targets)
        _assign_days(walk)
    return walk


def _base_href(tree: LexborHTMLParser) -> str | None:
    base = tree.css_first("base[href]")
    return base.attributes.get("href") if base else None


def _walk(root: LexborNode, walk: AnchorWalk, targets: Targets) -> None:
    stack: list[LexborNode] = []
    sides: list[bool] = []
    tokens: list[str] = []
    side_count = 0
    label_floor = -1  # while the walk stays at this depth or below, a side label holds
    more_floor = -1  # and so for the box of another column, which a link 更多 leads to
    reading: _Reading | None = None
    node = root.first_child
    while True:
        while node is None and stack:
            left = stack.pop()
            tokens.pop()
            side_count -= sides.pop()
            depth = len(stack)
            if depth < walk._lowest:
                walk._lowest = depth
            if depth < label_floor:
                label_floor = -1
            if depth < more_floor:
                more_floor = -1
            if reading is not None:
                if depth <= reading.depth:
                    if _finish(reading, walk):
                        more_floor = _box_depth(tokens)
                    reading = None
                elif left.tag in _BLOCKS:
                    reading.broken = True
            node = left.next
        if node is None:
            break
        tag = node.tag
        if tag == "-text":
            text = node.text_content
            if text and not text.isspace():
                depth = len(stack)
                if reading is None:
                    text = printed(text)
                if reading is not None:
                    _take_text(reading, text, in_heading=_in_heading(tokens))
                elif text:
                    if len(text) < 16:
                        in_heading = _in_heading(tokens)
                        if _MAY_LABEL.search(text) and _SIDE_LABEL.match(text):
                            label_floor = max(depth - 2, 1)
                        elif in_heading or (tokens and "tit" in tokens[-1]):
                            label_floor = -1
                        stated = stated_year(text)
                        if stated and tokens[-1:] != ["option"]:
                            walk.year = stated
                    else:
                        in_heading = _in_heading(tokens)
                    if in_heading:
                        walk.heading = clean_text(text)
                    walk.loose_text(text, depth)
                    if len(text) < _LONGEST_CONTROL and is_control(text):
                        parent = node.parent
                        if parent is not None:
                            walk.short_texts.append(ShortText(text, parent, len(walk.anchors)))
            node = node.next
            continue
        if tag is None or tag[0] in "-!" or tag in _UNREAD or len(stack) > _MAX_DEPTH:
            node = node.next
            continue
        attributes = node.attributes
        if attributes:
            if _is_counted(attributes):
                walk.counted.append((tag, attributes))
            if "datetime" in attributes or ("title" in attributes and tag not in ("a", "area")):
                _take_stamp(attributes, walk, reading, len(stack))
        if reading is None:
            if attributes and (
                tag == "a"
                or "onclick" in attributes
                or tag == "area"
                or ("data-href" in attributes or "data-url" in attributes)
            ):
                anchor = _anchor_at(node, tag, attributes, targets)
                if anchor is not None:
                    depth = len(stack)
                    anchor.place = (*tokens[-5:], tag)
                    anchor.in_side_block = side_count > 0 or label_floor >= 0
                    anchor.under_more = more_floor >= 0
                    anchor.year = walk.year
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
            if reading is not None and len(stack) <= reading.depth:
                _finish(reading, walk)
                reading = None
            node = node.next
            continue
        token, is_side = _named(tag, attributes)
        stack.append(node)
        sides.append(is_side)
        tokens.append(token)
        side_count += is_side
        node = first
    if reading is not None:
        _finish(reading, walk)


_COUNTING: dict[tuple[str, ...], bool] = {}


def _is_counted(attributes: Mapping[str, str | None]) -> bool:
    """Whether an attribute counts, also under a prefix: ``data-total-page``, ``:total``.

    Few combinations of names make up a page, so each is judged once, up to a bound.
    """
    names = tuple(attributes)
    known = _COUNTING.get(names)
    if known is None:
        known = not _COUNTED.isdisjoint(_PREFIX.sub("", name) for name in names)
        if len(_COUNTING) >= _MOST_NAMED:
            _COUNTING.clear()
        _COUNTING[names] = known
    return known


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


def _in_heading(tokens: list[str]) -> bool:
    return not _HEADINGS.isdisjoint(tokens[-3:])


_NAMED: dict[tuple[str, str | None, str | None], tuple[str, bool]] = {}
_MOST_NAMED = 20_000


def _named(tag: str, attributes: Mapping[str, str | None]) -> tuple[str, bool]:
    """An element's structure token and whether it is a side block by its name.

    Pages repeat a few names thousands of times, so both are kept, up to a bound.
    """
    key = (tag, attributes.get("class"), attributes.get("id"))
    known = _NAMED.get(key)
    if known is None:
        is_side = tag in ("nav", "aside", "footer") or bool(
            tag in _BOXES
            and (key[1] or key[2])
            and _SIDE_NAME.search(f"{key[1] or ''} {key[2] or ''}")
        )
        known = (_token(tag, key[1]), is_side)
        if len(_NAMED) >= _MOST_NAMED:
            _NAMED.clear()
        _NAMED[key] = known
    return known


_TAIL_NUMBER = re.compile(r"[\d_-]+$")


def _token(tag: str, name: str | None) -> str:
    """A box with its first steady class; rows and inline elements by their tag alone."""
    if name and tag in _BOXES:
        for word in name.lower().split():
            word = _TAIL_NUMBER.sub("", word)
            if word and word not in _VARYING:
                return f"{tag}.{word}"
    return tag


def _anchor_at(
    node: LexborNode, tag: str, attributes: Mapping[str, str | None], targets: Targets
) -> Anchor | None:
    is_link = tag in ("a", "area")
    target = attributes.get("href") if is_link else None
    if not target or target.lstrip()[:10].lower().startswith(("javascript", "#")):
        target = (
            attributes.get("data-href")
            or attributes.get("data-url")
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
    headings = [text for text, in_heading in lines if in_heading]
    long_lines = [text for text, _ in lines if len(text) >= 6]
    anchor.text = (headings or long_lines or [text for text, _ in lines] or [""])[0]
    offered = _without_own_day(anchor, offered_title(anchor.title))
    if not anchor.text:
        anchor.title = offered or reading.alt
        anchor.of_picture = not offered and bool(reading.alt)
    elif is_whole_of(anchor.text, offered):
        anchor.title = offered
    else:
        anchor.title = anchor.text
    if SAYS_NOTHING.match(anchor.title) and len(walk.heading) >= LEAST_TITLE:
        anchor.title = walk.heading  # `<h3>title</h3> … <a>详细</a>`
    walk.heading = ""
    return bool(anchor.text and BARE_MORE.match(anchor.text)) and anchor.url != walk.base


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


_HEADLIKE = _HEADINGS | {"p", "span", "em", "b", "strong", "i", "dt", "font", "a"}
_HEAD_NAME = re.compile(r"tit|hd|head|top|bt|bar|caption", re.IGNORECASE)


def _box_depth(tokens: list[str]) -> int:
    """The depth of the box around a heading in which the walk stands."""
    depth = len(tokens)
    while depth > 1 and (tokens[depth - 1] in _HEADLIKE or _HEAD_NAME.search(tokens[depth - 1])):
        depth -= 1
    return depth


_LABELS_OF_ROWS = 4
_LONG_LABEL = 12


def _assign_days(walk: AnchorWalk) -> None:
    """Give each loose day to the link that stands nearest to it in the tree.

    Nearest is the link with the deepest common ancestor; where both neighbours are as near
    (a flat list) the habit of the page decides: days after links unless a day stands first.
    A day farther from its link than the next link is belongs to neither: a page header's.
    """
    events, gaps = walk._events, walk._gaps
    # A link that many rows have is a column or an office; the row's day is not its own.
    repeated = Counter(anchor.url for anchor in walk.anchors)
    titled = [
        place
        for place, event in enumerate(events)
        if isinstance(event, Anchor)
        and event.is_titled
        and (repeated[event.url] < _LABELS_OF_ROWS or len(event.title) > _LONG_LABEL)
    ]
    if not titled:
        return
    spans = [min(gaps[one + 1 : other + 1]) for one, other in pairwise(titled)]
    written = _WRITTEN.search(" ".join(text for text in walk.loose_texts if len(text) < 10))
    for index in range(len(titled) + 1):
        start = titled[index - 1] if index else -1
        end = titled[index] if index < len(titled) else len(events)
        notes = [place for place in range(start + 1, end) if isinstance(events[place], _Note)]
        if notes:
            _assign_between(events, gaps, titled, spans, index, notes, bool(written))


_WRITTEN = re.compile(r"成文|印发|生成|起草")
_PUBLISHED = re.compile(r"发[布表]|公布")
_OTHERWISE = re.compile(r"截[止至]|到期|失效|更新|修改|成文|印发")


def _assign_between(
    events: list[Anchor | _Note],
    gaps: list[int],
    titled: list[int],
    spans: list[int],
    index: int,
    notes: list[int],
    written: bool,
) -> None:
    """Assign the days between titled link ``index - 1`` and titled link ``index``."""
    before = events[titled[index - 1]] if index else None
    after = events[titled[index]] if index < len(titled) else None
    floor_before = max(_at(spans, index - 2), _at(spans, index - 1))
    floor_after = max(_at(spans, index), _at(spans, index - 1))
    ours: list[_Note] = []
    theirs: list[_Note] = []
    flat: list[_Note] = []
    for place in notes:
        note = events[place]
        if not isinstance(note, _Note):
            continue
        near_before = min(gaps[titled[index - 1] + 1 : place + 1]) if index else -1
        near_after = min(gaps[place + 1 : titled[index] + 1]) if after is not None else -1
        fits_before = isinstance(before, Anchor) and near_before >= floor_before
        fits_after = isinstance(after, Anchor) and near_after >= floor_after
        if fits_before and fits_after and near_before == near_after:
            flat.append(note)
        elif fits_before and (not fits_after or near_before > near_after):
            ours.append(note)
        elif fits_after:
            theirs.append(note)
    if flat:
        takes = isinstance(before, Anchor) and before.day is None and not ours
        ours += flat[:1] if takes else []
        theirs += flat[-1:] if not takes or len(flat) > 1 else []
    if ours and isinstance(before, Anchor):
        before.day = before.day or _published(ours, written)
    if theirs and isinstance(after, Anchor):
        after.day = after.day or _published(theirs, written)


def _published(notes: list[_Note], written: bool) -> PrintedDay:
    """The day of publication among the days of one row.

    One that says 发布, else one with its year; where the page names a day of writing as well
    (成文日期, 发布日期), the later of the two.
    """
    said = [note for note in notes if _PUBLISHED.search(note.text)]
    left = [note for note in notes if not _OTHERWISE.search(note.text)]
    days = [note.day for note in said or left or notes]
    dated = [day for day in days if day.year is not None] or days
    if written and len(dated) > 1:
        return max(dated, key=lambda day: (day.year or 0, day.month, day.day))
    return dated[0]


def _at(spans: list[int], index: int) -> int:
    return spans[index] if 0 <= index < len(spans) else -1

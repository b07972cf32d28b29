"""Where the article stands on a page, and which of its lines are the text.

Each line has a worth: sentences weigh for a box, links and bare labels against it.  The box
whose lines add up to the most holds the article; what density gets wrong is then repaired
line by line (``boilerplate``).
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from operator import attrgetter

from crawler.pages.layout.boilerplate import (
    MAX_POST_HEAD,
    dropped_by,
    heads_comments,
    heads_links,
    heads_post,
)
from crawler.pages.layout.header import is_header
from crawler.pages.layout.notes import note_of
from crawler.pages.layout.tree import Box, Line, Page

_STOPS = re.compile(r"[，。！？；、…]|[,;!?](?=[\u4e00-\u9fff\s”]|$)")
_REPLIES = re.compile(r"comment|pinglun|cmt|reply|replies|feedback|gentie|discuss|tiezi|guestbook")
_ASIDE = re.compile(
    r"footer|foot\b|copyright|related|relate\b|recommend|tuijian|sidebar|side-bar|aside|rank|"
    r"hot-?news|hotlist|breadcrumb|crumbs|disclaimer|mianze|statement|pagination|paging|pager\b|"
    r"fanye|login|popup|modal|friendlink|toolbar|nav\b|navbar|menu|share"
)
_NOT_ASIDE = re.compile(r"article|content|main|text|wrap|detail|body|page-")
_RIGHT = re.compile(r"\bright\b(?!-main)|right-?(?:col|side|box|bar)\b|\bcol-?r\b")
_ASIDE_TAGS = frozenset({"footer", "nav", "aside", "menu", "button", "dialog"})
_OF_REPLIES = 0.1
_OF_ASIDES = 0.3
"""What sentences count for in a box whose name sets it beside the article; names may err."""
_POOR = 120.0
_SHORT_LINE = 6
_LEVELS = 3
_VERSES = 3
_LINK = -4.0
"""The worth of a line that is mostly link, at best."""
_WORTH_ADDING = 0.25
_NEARLY_ALL = 0.985
_ENOUGH = 60.0
_first_line = attrgetter("start")
_DAY_BESIDE = re.compile(
    r"[\s\[(（|·-]*(?:(?:19|20)?\d\d\s*[-/.年])?\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?"
    r"(?:\s*\d{1,2}[:：]\d\d(?:[:：]\d\d)?)?[\s\])）]*"
)
_LONGEST_DAY = 24
# A teaser breaks off before the link to the rest: ……[详细]
_CUT_OFF = re.compile(
    r"(?:…|\.{3})\s*[\[【(（<]?\s*(?:详细|详情|全文|阅读全文|更多|查看.{0,4}|继续阅读)\W*$"
)
_SENTENCE = 12
"""Characters from which a line with a stop in it counts as a sentence."""


@dataclass(frozen=True, slots=True)
class Body:
    """The article's place: its box, its lines ``[start, end)``, its worth and the next best's."""

    box: int
    start: int
    end: int
    worth: float
    rival: float


@lru_cache(maxsize=4096)
def _share_by_name(name: str) -> float:
    """What the sentences of a box count for by its class and id."""
    if _NOT_ASIDE.search(name):
        return _OF_ASIDES if _REPLIES.search(name) else 1.0
    if _REPLIES.search(name):
        return _OF_REPLIES
    return _OF_ASIDES if _ASIDE.search(name) else 1.0


def share_of(page: Page, box: int) -> float:
    """What a box's sentences count for by its name and those of the boxes round it.

    Found once a box, and only where sentences stand: most boxes of a page hold links.
    """
    known = page.shares
    unknown = []
    while box >= 0 and box not in known:
        unknown.append(box)
        box = page.boxes[box].parent
    share = known[box] if box >= 0 else 1.0
    for index in reversed(unknown):
        inner = page.boxes[index]
        if share > _OF_REPLIES:  # the least that a name can make of it
            if share > _OF_ASIDES and (
                inner.tag in _ASIDE_TAGS or (inner.tag == "div" and _RIGHT.search(inner.name))
            ):
                share = _OF_ASIDES
            if inner.name and (named := _share_by_name(inner.name)) < share:
                share = named
        known[index] = share
    return share


def rule_of(line: Line) -> str | None:
    """The rule that drops a line from any text, found once a line."""
    if line.rule == "":
        line.rule = dropped_by(line.text)
    return line.rule


def worth(line: Line) -> float:
    """What a line adds to the box that holds it, found once a line."""
    if line.worth is None:
        line.worth = _worth(line)
    return line.worth


def _worth(line: Line) -> float:
    text = line.text
    size = len(text)
    linked = min(line.linked, size)
    plain = size - linked
    if linked * 2 > size or (linked and is_dated_link(line)):
        return _LINK - 0.3 * min(linked, 40)
    stops = len(_STOPS.findall(text)) if plain >= _SHORT_LINE else 0
    if stops and plain < _SENTENCE:
        return 0.5 * plain if not rule_of(line) else -3.0
    if stops:
        if rule_of(line) or note_of(text, linked=linked > 0):
            return -5.0
        if line.linked and _CUT_OFF.search(text):
            return _LINK - 0.3 * min(linked, 40)
        return plain + 4.0 * min(stops, plain / 6)
    if plain >= 30:
        return 0.4 * plain
    return 0.1 * plain - 3.0


def is_dated_link(line: Line) -> bool:
    """Whether a line is one link with the day of what it leads to."""
    if len(line.text) - line.linked > _LONGEST_DAY:
        return False
    return any(
        _DAY_BESIDE.fullmatch(piece) is not None and len(piece) + line.linked + 1 >= len(line.text)
        for piece in (line.pieces[0], line.pieces[-1])
    )


def find_body(page: Page, anchor: int | None = None) -> Body | None:
    """The box that holds the article; None where no line weighs anything.

    ``anchor`` is the line of a heading that the text cannot stand before.
    """
    plain = [worth(line) for line in page.lines]
    named = [
        value * share_of(page, line.box) if value > 0 else value
        for value, line in zip(plain, page.lines, strict=True)
    ]
    found = _heaviest(page, named, anchor or 0)
    if found is None or found.worth < _POOR:
        without_names = _heaviest(page, plain, anchor or 0)
        if without_names and (found is None or without_names.worth > 3 * found.worth):
            found = without_names
        if anchor is not None and (found is None or found.worth < _ENOUGH):
            beneath = _beneath(page, anchor)
            if beneath and (found is None or not beneath.start <= found.start < beneath.end):
                found = beneath
    return found


def _beneath(page: Page, anchor: int) -> Body | None:
    """What stands under title and header where nothing is a sentence: verses, a list of heads.

    None where fewer than some lines follow, or links do.
    """
    first = anchor + 1
    while first < len(page.lines) and is_header(page.lines[first].text):
        first += 1
    if first == anchor + 1 or first >= len(page.lines):  # no header: nothing says "an article"
        return None
    best: Box | None = None
    box = page.boxes[page.lines[first].box]
    while box.parent >= 0 and box.start > anchor:
        lines = page.lines[box.start : box.end]
        linked = sum(line.linked for line in lines)
        size = sum(len(line.text) for line in lines)
        if linked * 4 > size:
            break
        if len(lines) >= _VERSES and size >= _SENTENCE * 2:
            best = box
        box = page.boxes[box.parent]
    if best is None:
        return None
    return Body(best.index, best.start, best.end, _ENOUGH, 0.0)


def _heaviest(page: Page, worths: list[float], anchor: int) -> Body | None:
    _discount(page, worths, anchor)
    sums = [0.0, *accumulate(worths)]
    totals = [sums[box.end] - sums[box.start] for box in page.boxes]
    most = max(totals)
    if most <= 0:
        return None
    best = len(totals) - 1 - totals[::-1].index(most)  # the innermost of equal boxes
    best = _widened(page, worths, _tightened(page, totals, best))
    box = page.boxes[best]
    # Boxes stand in the order of their first lines.
    behind = bisect_left(page.boxes, box.end, lo=best, key=_first_line)
    ahead = [totals[other.index] for other in page.boxes[:best] if other.end <= box.start]
    return Body(best, box.start, box.end, most, max([0.0, *totals[behind:], *ahead]))


def _discount(page: Page, worths: list[float], anchor: int) -> None:
    """What stands before the title, or after 相关阅读 or 网友评论, counts for less."""
    for index in range(anchor):
        if worths[index] > 0:
            worths[index] *= _OF_ASIDES
    seen = 0.0
    factor = 1.0
    for index in range(anchor, len(page.lines)):
        value = worths[index]
        if value > 0:
            if factor < 1.0:
                worths[index] = value * factor
            if index and worths[index - 1] <= _LINK and is_teaser(worths, index):
                worths[index] *= _OF_ASIDES
            seen += value
        elif seen > _ENOUGH:
            line = page.lines[index]
            if len(line.text) > MAX_POST_HEAD:
                continue
            if ("20" in line.text and heads_post(line.text)) or (
                not line.linked and heads_comments(line.text)
            ):
                factor = _OF_REPLIES
            elif heads_links(line.text):
                factor = min(factor, _OF_ASIDES)


def is_teaser(worths: list[float], index: int) -> bool:
    """Whether a line stands alone between two links: the abstract of what the first leads to."""
    if not index or worths[index - 1] > _LINK:
        return False
    return index + 1 == len(worths) or worths[index + 1] <= _LINK


def _tightened(page: Page, totals: list[float], best: int) -> int:
    """The smallest box that holds nearly all of what the best box holds."""
    while True:
        outer = page.boxes[best]
        enough = _NEARLY_ALL * totals[best]
        inner = None
        for index in range(best + 1, len(totals)):
            box = page.boxes[index]
            if box.start >= outer.end and box.depth <= outer.depth:
                break
            if box.parent == best and totals[index] >= enough:
                inner = index
                break
        if inner is None:
            return best
        best = inner


def _is_one_of_some(page: Page, inner: Box) -> bool:
    """Whether a box is one paragraph beside others that only lack a stop: names, a list."""
    if inner.end - inner.start != 1 or inner.parent <= 0:
        return False
    outer = page.boxes[inner.parent]
    others = [*page.lines[outer.start : inner.start], *page.lines[inner.end : outer.end]]
    return bool(others) and not any(
        line.linked or rule_of(line) or is_header(line.text) for line in others
    )


def _widened(page: Page, worths: list[float], best: int) -> int:
    """A box further out that adds text: short unlinked lines may have made it look poor."""
    if _is_one_of_some(page, page.boxes[best]):
        best = page.boxes[best].parent
    inner = page.boxes[best]
    own = sum(value for value in worths[inner.start : inner.end] if value > 0)
    outer = inner
    for _ in range(_LEVELS):
        if outer.parent <= 0:
            break
        outer = page.boxes[outer.parent]
        around = [*range(outer.start, inner.start), *range(inner.end, outer.end)]
        added = sum(worths[index] for index in around if worths[index] > 0)
        linked = sum(-worths[index] for index in around if worths[index] <= _LINK)
        if added > _WORTH_ADDING * own and added > 2 * linked:
            return outer.index
    return best

"""The headline as it is printed: where it stands, its two lines, badges, kicker and subtitle."""

import re
from functools import lru_cache

from crawler.pages.layout.comparable import comparable
from crawler.pages.layout.header import is_header
from crawler.pages.layout.page import Box, Line, Page
from crawler.pages.rules.limits import (
    ANCHOR,
    HALF_HEADLINE,
    LONGEST_TITLE,
    SHORTEST_TITLE,
    TITLE_LINES,
)
from crawler.pages.values.head import Head
from crawler.pages.values.names import ends, is_site, names_of, without_site
from crawler.pages.values.people import is_person, named_by_role

_NAMED = re.compile(r"title|biaoti|headline|\bbt\b|h1|tit\b|subject|artical-t|art-t")
KICKER = re.compile(
    r"pretitle|\bpre\b|yinti|kicker|introtitle|jianti|eyebrow|shoulder|intro-title|leadtitle"
)
SUBTITLE = re.compile(
    r"subtitle|\bsub\b|sub-title|sub_title|futi|fubiaoti|subhead|title2|f-title|second-title"
)
_HEADINGS = {
    **dict.fromkeys(("h1", "founder-title"), 2.0),
    **dict.fromkeys(("h2", "h3"), 1.2),
    **dict.fromkeys(("h4", "h5", "h6"), 0.8),
}
_BADGE = re.compile(r"[\[【(（|]?\s*[\u4e00-\u9fff]{1,4}\s*[\]】)）|]?")
"""A badge in a heading: 独家, 原创, 视频, 图."""


@lru_cache(maxsize=4096)
def names_title(name: str) -> bool:
    """Whether the class or id of a box says that it holds a title."""
    return _NAMED.search(name) is not None


def heading_of(page: Page, box: int) -> float:
    """What the heading element that holds a line adds."""
    for _ in range(3):
        if box < 0:
            break
        holder = page.boxes[box]
        if holder.tag in _HEADINGS:
            return _HEADINGS[holder.tag]
        box = holder.parent
    return 0.0


def is_heading(page: Page, index: int) -> bool:
    """Whether a line stands in a heading, or in a box that is named for a title."""
    box = page.lines[index].box
    return heading_of(page, box) > 0 or names_title(page.boxes[box].name)


def find_anchor(page: Page, head: Head) -> int | None:
    """The first heading that is what the page calls itself: the text cannot begin before it.

    None where no heading agrees with ``<title>`` beyond doubt.
    """
    own = without_site(head.title)
    wanted = [key for key in map(comparable, [*names_of(head), own]) if len(key) >= ANCHOR.value]
    short = comparable(own) if len(own) < ANCHOR.value and not is_site(own) else ""
    if not wanted and len(short) < SHORTEST_TITLE.value:
        return None
    for index, line in enumerate(page.lines):
        if len(line.text) < ANCHOR.value:
            if short and line.text[:1] == own[:1] and _is_short_anchor(page, index, short):
                return index
        elif _is_anchor(page, index, wanted):
            return index
    return None


def _is_short_anchor(page: Page, index: int, short: str) -> bool:
    """Whether a line is a whole short title, printed as a heading."""
    line = page.lines[index]
    if len(short) < SHORTEST_TITLE.value or line.linked or not heading_of(page, line.box):
        return False
    return comparable(line.text) == short


def _is_anchor(page: Page, index: int, wanted: list[str]) -> bool:
    """Whether a heading begins what the page calls itself, a badge beside it left out."""
    line = page.lines[index]
    if len(line.text) > LONGEST_TITLE.value or line.linked * 2 > len(line.text):
        return False
    key = comparable(line.text)
    if len(key) < ANCHOR.value:
        return False
    named = any(name.startswith(key) or ends(name, key) for name in wanted)
    named = named or (len(line.pieces) > 1 and comparable(without_badges(line, wanted)) != key)
    # What names the page is asked first: a header below is dear to look for at each line.
    if named:
        return is_heading(page, index) or _header_below(page, index, 2)
    # <title> may hold kicker, heading and subtitle in a row.
    among = page.boxes[line.box].tag == "h1" and any(key in name for name in wanted)
    return among and not line.linked and _header_below(page, index, 3)


def _header_below(page: Page, index: int, lines: int) -> bool:
    """Whether one of some lines under a line is a header's."""
    return any(is_header(near.text) for near in page.lines[index + 1 : index + 1 + lines])


def without_badges(line: Line, wanted: list[str]) -> str:
    """A heading's words without the badges beside them (独家, 原创, 图).

    The whole words where the page's names for itself hold them, or hold no part of them.
    """
    pieces = [piece for piece in line.pieces if piece]
    whole = comparable(line.text)
    if len(pieces) < 2 or any(name.startswith(whole) for name in wanted):
        return line.text
    for first, last in ((1, 0), (0, 1), (1, 1), (0, 2), (2, 0), (2, 1), (1, 2)):
        left = pieces[first : len(pieces) - last]
        cut = [*pieces[:first], *pieces[len(pieces) - last :]]
        if not left or not all(map(_BADGE.fullmatch, cut)):
            continue
        key = comparable("".join(left))
        if len(key) >= SHORTEST_TITLE.value and any(
            name == key or (len(key) >= ANCHOR.value and name.startswith(key)) for name in wanted
        ):
            return "".join(left).strip()
    return line.text


def whole_heading(page: Page, head: Head, index: int) -> list[int]:
    """The lines of the heading of which ``index`` is one: a headline may be set on two."""
    box = page.lines[index].box
    whole = [index]
    if heading_of(page, box) or _goes_on(page, head, index):
        for step in (-1, 1):
            near = index + step
            while 0 <= near < len(page.lines) and page.lines[near].box == box:
                if is_header(page.lines[near].text) or len(whole) >= TITLE_LINES.value:
                    break
                whole.append(near)
                near += step
    if len(whole) == 1:
        whole = _halves(page, head, index)
    return sorted(whole)


def _goes_on(page: Page, head: Head, index: int) -> bool:
    """Whether the next line of the same box goes on with what the page calls itself."""
    if index + 1 >= len(page.lines) or page.lines[index + 1].box != page.lines[index].box:
        return False
    both = comparable(page.lines[index].text + page.lines[index + 1].text)
    return any(comparable(name).startswith(both) for name in names_of(head))


def _halves(page: Page, head: Head, index: int) -> list[int]:
    """A headline whose two halves stand in headings of one kind: both, if the page says so."""
    for one, other in ((index, index + 1), (index - 1, index)):
        if one < 0 or other >= len(page.lines):
            continue
        first, second = page.boxes[page.lines[one].box], page.boxes[page.lines[other].box]
        if (first.tag, first.name) != (second.tag, second.name) or first.index == second.index:
            continue
        both = comparable(page.lines[one].text + page.lines[other].text)
        if any(comparable(name).startswith(both) for name in names_of(head)):
            return [one, other]
        set_apart = first.tag in _HEADINGS or first.name.strip()
        alone = set_apart and first.parent == second.parent and _alike(page, first) == 2
        if alone and _are_halves(page.lines[one], page.lines[other], head):
            return [one, other]
    return [index]


def _alike(page: Page, box: Box) -> int:
    """How many boxes beside ``box`` are of its kind, itself with them: a third is a sub-heading."""
    beside = [at for at in page.boxes if at.parent == box.parent and at.tag == box.tag]
    return sum(1 for other in beside if other.name == box.name)


def _are_halves(one: Line, other: Line, head: Head) -> bool:
    """Whether two lines of one kind are one headline although the page names neither."""
    if one.linked or other.linked or max(len(one.text), len(other.text)) > HALF_HEADLINE.value:
        return False
    if is_header(one.text) or other.text.startswith("——"):
        return False
    if is_header(other.text) or named_by_role(other.text) or is_person(other.text):
        return False
    keys = [comparable(name) for name in names_of(head)]
    return not any(comparable(line.text) in key for line in (one, other) for key in keys)


def beside(page: Page, whole: list[int], index: int, start: int) -> tuple[str | None, str | None]:
    """Kicker and subtitle printed round a heading."""
    kicker = subtitle = None
    for near in range(max(0, whole[0] - 3), min(len(page.lines), whole[-1] + 4)):
        if near in whole:
            continue
        name = page.boxes[page.lines[near].box].name
        text = page.lines[near].text
        if near < index and KICKER.search(name) and len(text) <= 80:
            kicker = text
        elif (
            whole[-1] < near <= max(start, whole[-1]) + 1
            and len(text) <= LONGEST_TITLE.value
            and (SUBTITLE.search(name) or text.startswith("——"))
        ):
            subtitle = text
    return kicker, subtitle

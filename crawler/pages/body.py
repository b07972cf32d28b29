"""Where the article stands on a page, and which of its lines are the text.

Each line has a worth: sentences weigh for a box, links and bare labels against it.  The box
whose lines add up to the most holds the article; what density gets wrong is then repaired
line by line (``boilerplate``).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from crawler.pages.boilerplate import dropped_by, heads_the_rest
from crawler.pages.tree import Line, Page

_STOPS = re.compile(r"[，。！？；、：”…》]|[,;!?](?=[\u4e00-\u9fff\s”]|$)")
_ASIDE = re.compile(
    r"comment|pinglun|cmt|reply|feedback|gentie|discuss|tiezi|footer|foot\b|copyright|"
    r"related|relate\b|recommend|tuijian|sidebar|side-bar|aside|rank|hot-?news|hotlist|breadcrumb|"
    r"disclaimer|mianze|statement|share|pagination|paging|pager\b|fanye|login|popup|modal|friendlink|"
    r"toolbar|nav\b|navbar|menu"
)
_NOT_ASIDE = re.compile(r"article|content|main|text|wrap|detail|body|page-")
_ASIDE_TAGS = frozenset({"footer", "nav", "aside", "menu", "button", "dialog"})
_SENTENCE = 12
"""Characters from which a line with a stop in it counts as a sentence."""


@dataclass(frozen=True, slots=True)
class Body:
    """The article's place: its box, the lines of its text, and the lines dropped from it."""

    box: int
    start: int
    end: int
    lines: tuple[int, ...]
    dropped: tuple[tuple[int, str], ...]
    worth: float
    rival: float


@lru_cache(maxsize=4096)
def _sets_aside(name: str) -> bool:
    """Whether a class or id says that a box stands beside the article."""
    return _ASIDE.search(name) is not None and _NOT_ASIDE.search(name) is None


def asides(page: Page) -> list[bool]:
    """For each box, whether it or a box round it stands beside the article by its name."""
    marks: list[bool] = []
    for box in page.boxes:
        inherited = box.parent >= 0 and marks[box.parent]
        marks.append(
            inherited
            or box.tag in _ASIDE_TAGS
            or (box.name != " " and bool(box.name) and _sets_aside(box.name))
        )
    return marks


def worth(line: Line) -> float:
    """What a line adds to the box that holds it."""
    text = line.text
    size = len(text)
    linked = min(line.linked, size)
    plain = size - linked
    if linked * 2 > size:
        return -4.0 - 0.3 * min(linked, 40)
    stops = len(_STOPS.findall(text)) if size > 5 else 0
    if stops and plain >= _SENTENCE:
        if size < 400 and dropped_by(text):
            return -5.0
        return plain + 4.0 * min(stops, plain / 6)
    if plain >= 30:
        return 0.4 * plain
    return 0.1 * plain - 3.0


def find_body(page: Page, *, heed_names: bool = True) -> Body | None:
    """The box that holds the article; None where no line weighs anything."""
    aside = asides(page) if heed_names else [False] * len(page.boxes)
    worths = []
    for line in page.lines:
        value = worth(line)
        worths.append(min(value, 0.0) if aside[line.box] else value)
    _discount_the_rest(page, worths)
    sums = [0.0, *accumulate(worths)]
    best, most = -1, 0.0
    for box in page.boxes:
        if box.end <= box.start:
            continue
        total = sums[box.end] - sums[box.start]
        if total > 0 and total >= most:
            best, most = box.index, total
    if best < 0:
        return None
    best = _tightened(page, sums, best)
    box = page.boxes[best]
    rival = max(
        (
            sums[other.end] - sums[other.start]
            for other in page.boxes
            if other.end <= box.start or other.start >= box.end
        ),
        default=0.0,
    )
    return Body(best, box.start, box.end, (), (), most, max(rival, 0.0))


def _discount_the_rest(page: Page, worths: list[float]) -> None:
    """What stands after a heading such as 相关阅读 or 网友评论 counts for less."""
    seen = 0.0
    factor = 1.0
    for index, line in enumerate(page.lines):
        value = worths[index]
        if value > 0:
            if factor < 1.0:
                worths[index] = value * factor
            seen += value
        elif seen > 60 and heads_the_rest(line.text):
            factor = 0.3


def _tightened(page: Page, sums: list[float], best: int) -> int:
    """The smallest box that holds nearly all of what the best box holds."""
    children: dict[int, list[int]] = {}
    for box in page.boxes:
        children.setdefault(box.parent, []).append(box.index)
    while True:
        box = page.boxes[best]
        total = sums[box.end] - sums[box.start]
        inner = [
            child
            for child in children.get(best, ())
            if sums[page.boxes[child].end] - sums[page.boxes[child].start] >= 0.985 * total
        ]
        if len(inner) != 1:
            return best
        best = inner[0]

"""What each line of a page is worth to the box that holds it, found once a page.

Sentences weigh for a box, links and bare labels against it; what a box's name says of its place
on the page takes from what its sentences count for.
"""

import re
from functools import lru_cache

from crawler.pages.layout.boilerplate import dropped_by
from crawler.pages.layout.notes import note_of
from crawler.pages.layout.page import Line, Page
from crawler.pages.rules.limits import LINK, LONGEST_DAY, OF_ASIDES, OF_REPLIES, SHORT_LINE

_STOPS = re.compile(r"[，。！？；、…]|[,;!?](?=[\u4e00-\u9fff\s”]|$)")
_REPLIES = re.compile(r"comment|pinglun|cmt|reply|replies|feedback|gentie|discuss|tiezi|guestbook")
_ASIDE = re.compile(
    r"footer|foot\b|copyright|related|relate\b|recommend|tuijian|sidebar|side-bar|aside|rank|"
    r"hot-?news|hotlist|breadcrumb|crumbs|disclaimer|mianze|statement|pagination|paging|pager\b|"
    r"fanye|login|popup|modal|quiz|survey|\bvote|toupiao|\bsign(?:ature)?\b|lottery|friendlink|toolbar|robot|kefu|accessib|nav\b|navbar|menu|share"
)
_NOT_ASIDE = re.compile(r"article|content|main|text|wrap|detail|body|page-")
_RIGHT = re.compile(r"\bright\b(?!-main)|right-?(?:col|side|box|bar)\b|\bcol-?r\b")
_ASIDE_TAGS = frozenset({"footer", "nav", "aside", "menu", "button", "dialog"})
_DAY_BESIDE = re.compile(
    r"[\s\[(（|·-]*(?:(?:19|20)?\d\d\s*[-/.年])?\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?"
    r"(?:\s*\d{1,2}[:：]\d\d(?:[:：]\d\d)?)?[\s\])）]*"
)
# A teaser breaks off before the link to the rest: ……[详细]
_CUT_OFF = re.compile(
    r"(?:…|\.{3})\s*[\[【(（<]?\s*(?:详细|详情|全文|阅读全文|更多|查看.{0,4}|继续阅读)\W*$"
)
SENTENCE = 12
"""Characters from which a line with a stop in it counts as a sentence."""


class Weights:
    """The worth of each line of a page; by which rule one is dropped, what its box counts for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._rules: dict[int, str | None] = {}
        self._shares: dict[int, float] = {}
        self.worths: list[float] = [
            # Most lines of a page are nothing but a link.
            LINK.value - 0.3 * min(linked, len(text), 40)
            if linked * 2 > len(text)
            else self._worth(index, text, linked)
            for index, (text, _pieces, linked, _box) in enumerate(page.lines)
        ]

    def rule(self, index: int) -> str | None:
        """The rule that drops a line from any text."""
        if index not in self._rules:
            self._rules[index] = dropped_by(self.page.lines[index].text)
        return self._rules[index]

    def share(self, box: int) -> float:
        """What a box's sentences count for by its name and those of the boxes round it.

        Found once a box, and only where sentences stand: most boxes of a page hold links.
        """
        known, page = self._shares, self.page
        unknown = []
        while box >= 0 and box not in known:
            unknown.append(box)
            box = page.boxes[box].parent
        share = known[box] if box >= 0 else 1.0
        for index in reversed(unknown):
            inner = page.boxes[index]
            if share > OF_REPLIES.value:  # the least that a name can make of it
                if share > OF_ASIDES.value and (
                    inner.tag in _ASIDE_TAGS or (inner.tag == "div" and _RIGHT.search(inner.name))
                ):
                    share = OF_ASIDES.value
                if inner.name and (named := _share_by_name(inner.name)) < share:
                    share = named
            known[index] = share
        return share

    def _worth(self, index: int, text: str, linked: int) -> float:
        """The worth of a line that is mostly no link."""
        line = self.page.lines[index]
        size = len(text)
        plain = size - linked
        if linked and is_dated_link(line):
            return LINK.value - 0.3 * min(linked, 40)
        stops = len(_STOPS.findall(text)) if plain >= SHORT_LINE.value else 0
        if stops and plain < SENTENCE:
            return 0.5 * plain if not self.rule(index) else -3.0
        if stops:
            if self.rule(index) or note_of(text, linked=linked > 0):
                return -5.0
            if line.linked and _CUT_OFF.search(text):
                return LINK.value - 0.3 * min(linked, 40)
            return plain + 4.0 * min(stops, plain / 6)
        if plain >= 30:
            return 0.4 * plain
        return 0.1 * plain - 3.0


@lru_cache(maxsize=4096)
def _share_by_name(name: str) -> float:
    """What the sentences of a box count for by its class and id."""
    if _NOT_ASIDE.search(name):
        return OF_ASIDES.value if _REPLIES.search(name) else 1.0
    if _REPLIES.search(name):
        return OF_REPLIES.value
    return OF_ASIDES.value if _ASIDE.search(name) else 1.0


def is_dated_link(line: Line) -> bool:
    """Whether a line is one link with the day of what it leads to."""
    if len(line.text) - line.linked > LONGEST_DAY.value:
        return False
    return any(
        _DAY_BESIDE.fullmatch(piece) is not None and len(piece) + line.linked + 1 >= len(line.text)
        for piece in (line.pieces[0], line.pieces[-1])
    )


def behind_sentences(worths: list[float]) -> int:
    """The line behind the last one that weighs for its box: nothing behind it can be a text."""
    for index in range(len(worths) - 1, -1, -1):
        if worths[index] > 0:
            return index + 1
    return 0


def is_teaser(worths: list[float], index: int) -> bool:
    """Whether a line stands alone between two links: the abstract of what the first leads to."""
    if not index or worths[index - 1] > LINK.value:
        return False
    return index + 1 == len(worths) or worths[index + 1] <= LINK.value

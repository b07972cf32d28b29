"""The article's own block among those of its page's column.

A box that holds the printed title with the text is a column of the page, not an editor's text:
what stands in it behind the block with the text is a block of its own (offers, comments, what else
to read).  It belongs to the text where it is of the same kind, no block but a paragraph, or
sentences that say again what the text says and lead nowhere.
"""

import re

from crawler.pages.layout.comparable import shared_runs
from crawler.pages.layout.header import is_header
from crawler.pages.layout.page import Box, Page
from crawler.pages.layout.weights import Weights
from crawler.pages.rules.limits import ENOUGH_TEXT, GOES_ON, MOST_OF_COLUMN, SHARED_WORDS

_BLOCKS = frozenset(
    ("div", "section", "article", "aside", "ul", "ol", "dl", "form", "table", "footer", "nav")
)
_DIGITS = re.compile(r"\d+")
_SENTENCE_END = ("。", "！", "？", "”", "…", "）", ")", ".", "!", "?", "』", "」", "》")


def other_blocks(page: Page, weights: Weights, box: int, title: int) -> tuple[Box, ...]:
    """The blocks in ``box`` that stand behind the text's own; ``title`` is its line."""
    found: list[Box] = []
    worths = weights.worths
    while page.boxes[box].start <= title < page.boxes[box].end:
        children = _children(page, box)
        totals = [sum(value for value in worths[c.start : c.end] if value > 0) for c in children]
        holder = page.boxes[box]
        in_all = sum(value for value in worths[holder.start : holder.end] if value > 0)
        most = max(totals, default=0.0)
        if most < max(ENOUGH_TEXT.value, MOST_OF_COLUMN.value * in_all):
            break
        own = totals.index(most)
        found += [
            other
            for other in children[own + 1 :]
            if _stands_apart(page, weights, children[own], other)
        ]
        box = children[own].index
    return tuple(found)


def _children(page: Page, box: int) -> list[Box]:
    """The boxes right inside a box that hold lines."""
    return [
        inner
        for inner in page.boxes[box + 1 : page.behind(box)]
        if inner.parent == box and inner.end > inner.start
    ]


def _stands_apart(page: Page, weights: Weights, own: Box, other: Box) -> bool:
    """Whether a block behind the text's is another one, by its name, or by what it begins with."""
    if other.tag not in _BLOCKS:
        return False
    if not other.name.strip():
        return _begins_another(page, weights, own, other)
    if (own.tag, _DIGITS.sub("", own.name)) == (other.tag, _DIGITS.sub("", other.name)):
        return False
    worths = weights.worths
    last = next((at for at in range(own.end - 1, own.start - 1, -1) if worths[at] > 0), None)
    goes_on = last == own.end - 1 and not page.lines[last].text.endswith(_SENTENCE_END)
    if goes_on and other.start == own.end and worths[other.start] > 0:
        return False
    return not _is_part(page, weights, own, other)


def _begins_another(page: Page, weights: Weights, own: Box, other: Box) -> bool:
    """Whether a block without a name begins with a label or a link, and shares no words."""
    if weights.worths[other.start] > 0:
        return False
    return shared_runs(_words(page, own), _words(page, other)) < SHARED_WORDS.value


def _words(page: Page, box: Box) -> str:
    return "".join(line.text for line in page.lines[box.start : box.end])


def _is_part(page: Page, weights: Weights, own: Box, other: Box) -> bool:
    """Whether a block behind the text's is sentences on the same thing, under no head."""
    lines = page.lines[other.start : other.end]
    worths = weights.worths[other.start : other.end]
    if any(worth <= 0 or line.linked for worth, line in zip(worths, lines, strict=True)):
        return False
    if len(lines) < 2 or weights.share(other.index) < 1.0 or any(is_header(o.text) for o in lines):
        return False
    return shared_runs(_words(page, own), _words(page, other)) >= GOES_ON.value

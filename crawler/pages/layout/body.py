"""Where the article stands on a page, and which of its lines are the text.

The box whose lines add up to the most holds the article (``weights``); what density gets wrong is
then repaired line by line (``text``).  Where the page prints its title, the body is the one that
belongs to it: other stories below (``stories``) and agreements count for nothing.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from itertools import accumulate
from operator import attrgetter

from crawler.pages.layout.boilerplate import dropped_by
from crawler.pages.layout.cards import find_cards
from crawler.pages.layout.foreign import find_foreign
from crawler.pages.layout.header import is_header
from crawler.pages.layout.headings import heads_comments, heads_links, heads_post
from crawler.pages.layout.notes import speaks_of_agreement
from crawler.pages.layout.page import Box, Page
from crawler.pages.layout.series import find_series
from crawler.pages.layout.stories import Others, find_others, first_sentence
from crawler.pages.layout.weights import SENTENCE, Weights, behind_sentences, is_teaser
from crawler.pages.rules.limits import (
    AGREED,
    CLAUSES,
    ENOUGH_TEXT,
    LEVELS_OUT,
    LINK,
    LONGEST_POST_HEAD,
    NEARLY_ALL,
    OF_ASIDES,
    OF_REPLIES,
    VERSES,
    WORTH_ADDING,
)

_POOR = 120.0
_first_line = attrgetter("start")
_LINKED_SENTENCE = re.compile(r"[，；、].*[，。；！？]", re.S)


@dataclass(frozen=True, slots=True)
class Body:
    """The article's place: its box, its lines ``[start, end)``, its worth and the next best's.

    ``others``: the other stories on the page that were told from it; ``agreed``: lines of an
    agreement; ``cards``: lines of other stories that stand on cards; ``blocks``: other blocks of
    the page's column behind the article's own.
    """

    box: int
    start: int
    end: int
    worth: float
    rival: float
    others: Others | None = None
    agreed: frozenset[int] = frozenset()
    cards: frozenset[int] = frozenset()
    blocks: tuple[Box, ...] = ()


def find_body(page: Page, weights: Weights, anchor: int | None = None) -> Body | None:
    """The box that holds the article; None where no line weighs anything.

    ``anchor`` is the line of a heading that the text cannot stand before.
    """
    plain = list(weights.worths)
    others = find_others(page, weights, anchor) if anchor is not None else None
    agreed = _agreements(page, weights, anchor)
    elsewhere = range(others.begin, others.end) if others else range(0)
    cards: frozenset[int] = frozenset()
    if anchor is not None:
        cards = find_cards(page, weights, anchor, first_sentence(page, weights, anchor))
    above = _above(page, weights, anchor)
    for index in (*agreed, *elsewhere, *cards, *above):
        plain[index] = min(plain[index], 0.0)
    named = [
        value * weights.share(line.box) if value > 0 else value
        for value, line in zip(plain, page.lines, strict=True)
    ]
    found = _heaviest(page, named, anchor or 0)
    if found is None or found.worth < _POOR:
        without_names = _heaviest(page, plain, anchor or 0)
        if without_names and (found is None or without_names.worth > 3 * found.worth):
            found = without_names
        if anchor is not None and (found is None or found.worth < ENOUGH_TEXT.value):
            beneath = _linked_text(page, anchor) or _beneath(page, anchor)
            if beneath and (beneath.start in elsewhere or beneath.start in cards):
                beneath = None
            if beneath and (found is None or not beneath.start <= found.start < beneath.end):
                found = beneath
    if found is not None and (others is not None or agreed or cards):
        end = found.end
        if others is not None and found.start < others.begin < found.end:
            if others.end < found.end:
                cards = cards.union(range(others.begin, others.end))
            else:
                end = others.begin
        found = replace(found, end=end, others=others, agreed=agreed, cards=cards)
    if found is not None and others is None and anchor is not None:
        found = _with_foreign(page, weights, found, anchor)
    return found


def _with_foreign(page: Page, weights: Weights, found: Body, anchor: int) -> Body:
    """A body with another story in its own box told from it, or doubted."""
    first = first_sentence(page, weights, anchor)
    if first is None or not found.start <= first < found.end:
        return found
    foreign = find_foreign(page, weights, anchor, first, found.end)
    if foreign is None:
        begin = find_series(page, weights, anchor, first, apart=False)
        if begin is None or begin >= found.end:
            return found
        sign = "heads over sentences that share no words with the text, in its own box"
        return replace(found, others=Others(begin, found.end, False, sign, kept=True))
    if foreign.kept:
        return replace(found, others=foreign)
    return replace(found, end=foreign.begin, others=foreign)


def _above(page: Page, weights: Weights, anchor: int | None) -> range:
    """The lines above a title that has a header and a sentence under it: no text is there."""
    stated = anchor is not None and first_sentence(page, weights, anchor) is not None
    return range(anchor) if anchor is not None and stated else range(0)


def _agreements(page: Page, weights: Weights, anchor: int | None) -> frozenset[int]:
    """The sentences of each box that is an agreement's: terms of use, what an app may collect.

    A report may speak of them too, so most sentences of a box must, and more than a few; the box
    in which the text begins under its title is none.
    """
    said = [
        index
        for index, line in enumerate(page.lines)
        if weights.worths[index] > 0 and speaks_of_agreement(line.text)
    ]
    if len(said) < CLAUSES.value:
        return frozenset()
    first = _first_below(weights, anchor)
    found: set[int] = set()
    tried: set[int] = set()
    for index in said:
        box = page.lines[index].box
        for _ in range(LEVELS_OUT.value):
            if box in tried or page.boxes[box].parent < 0:
                break
            tried.add(box)
            lines = range(page.boxes[box].start, page.boxes[box].end)
            sentences = [at for at in lines if weights.worths[at] > 0]
            clauses = sum(1 for at in said if at in lines)
            if first not in lines and clauses >= max(CLAUSES.value, AGREED.value * len(sentences)):
                found.update(sentences)
            box = page.boxes[box].parent
    left = sum(value for at, value in enumerate(weights.worths) if value > 0 and at not in found)
    return frozenset(found) if left > ENOUGH_TEXT.value else frozenset()


def _first_below(weights: Weights, anchor: int | None) -> int | None:
    """The first sentence under a title; None where no title is printed."""
    if anchor is None:
        return None
    below = range(anchor + 1, len(weights.worths))
    return next((index for index in below if weights.worths[index] > 0), None)


def _linked_text(page: Page, anchor: int) -> Body | None:
    """The paragraphs under title and header each of which is one link, or links and stops.

    None where nothing but headlines is linked: those have no full stops.
    """
    first = anchor + 1
    while first < len(page.lines) and is_header(page.lines[first].text):
        first += 1
    if first == anchor + 1:
        return None
    last = first
    while last < len(page.lines) and _is_linked_sentence(page, last):
        last += 1
    if last - first < 2:
        return None
    box = page.boxes[page.lines[first].box]
    while box.parent >= 0 and box.start > anchor and box.end < last:
        box = page.boxes[box.parent]
    return Body(box.index, first, last, ENOUGH_TEXT.value, 0.0)


def _is_linked_sentence(page: Page, index: int) -> bool:
    line = page.lines[index]
    text = line.text
    if len(text) < 2 * SENTENCE or _LINKED_SENTENCE.search(text) is None:
        return False
    return text.endswith(("。", "！", "？", "”", "；", "，"))


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
        if len(lines) >= VERSES.value and size >= SENTENCE * 2:
            best = box
        box = page.boxes[box.parent]
    if best is None:
        return None
    return Body(best.index, best.start, best.end, ENOUGH_TEXT.value, 0.0)


def _heaviest(page: Page, worths: list[float], anchor: int) -> Body | None:
    _discount(page, worths, anchor)
    sums = [0.0, *accumulate(worths)]
    # Taken apart at once: a field asked by its name costs as much as the rest of the line.
    totals = [sums[end] - sums[start] for _, _, _, _, start, end, _ in page.boxes]
    most = max(totals)
    if most <= 0:
        return None
    best = len(totals) - 1 - totals[::-1].index(most)  # the innermost of equal boxes
    best = _widened(page, worths, _tightened(page, totals, best))
    box = page.boxes[best]
    # Boxes stand in the order of their first lines.
    behind = bisect_left(page.boxes, box.end, lo=best, key=_first_line)
    first = box.start
    ahead = [totals[at] for at, _, _, _, _, end, _ in page.boxes[:best] if end <= first]
    return Body(best, box.start, box.end, most, max([0.0, *totals[behind:], *ahead]))


def _discount(page: Page, worths: list[float], anchor: int) -> None:
    """What stands before the title, or after 相关阅读 or 网友评论, counts for less."""
    for index in range(anchor):
        if worths[index] > 0:
            worths[index] *= OF_ASIDES.value
    seen = 0.0
    factor = 1.0
    for index in range(anchor, behind_sentences(worths)):
        value = worths[index]
        if value > 0:
            if factor < 1.0:
                worths[index] = value * factor
            if index and worths[index - 1] <= LINK.value and is_teaser(worths, index):
                worths[index] *= OF_ASIDES.value
            seen += value
        elif seen > ENOUGH_TEXT.value:
            line = page.lines[index]
            if len(line.text) > LONGEST_POST_HEAD.value:
                continue
            if (("20" in line.text or ":" in line.text) and heads_post(line.text)) or (
                not line.linked and heads_comments(line.text)
            ):
                factor = OF_REPLIES.value
            elif heads_links(line.text):
                factor = min(factor, OF_ASIDES.value)


def _tightened(page: Page, totals: list[float], best: int) -> int:
    """The smallest box that holds nearly all of what the best box holds."""
    while True:
        outer = page.boxes[best]
        enough = NEARLY_ALL.value * totals[best]
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
        line.linked or dropped_by(line.text) or is_header(line.text) for line in others
    )


def _widened(page: Page, worths: list[float], best: int) -> int:
    """A box further out that adds text: short unlinked lines may have made it look poor."""
    if _is_one_of_some(page, page.boxes[best]):
        best = page.boxes[best].parent
    inner = page.boxes[best]
    own = sum(value for value in worths[inner.start : inner.end] if value > 0)
    outer = inner
    for _ in range(LEVELS_OUT.value):
        if outer.parent <= 0:
            break
        outer = page.boxes[outer.parent]
        around = [*range(outer.start, inner.start), *range(inner.end, outer.end)]
        said = [index for index in around if worths[index] > 0]
        if said and inner.tag == "p":
            # Links on either side of a box's sentences are left out of a text one by one.
            around = [index for index in around if said[0] <= index <= said[-1]]
        added = sum(worths[index] for index in said)
        linked = sum(-worths[index] for index in around if worths[index] <= LINK.value)
        if added > WORTH_ADDING.value * own and added > 2 * linked:
            return outer.index
    return best

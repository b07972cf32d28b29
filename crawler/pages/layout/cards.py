"""Other stories printed as cards: boxes of one kind side by side, each a head over sentences.

Portals set what they recommend so, above an article or under it.  The parts of an article (ten
events, each a head over sentences) look the same and need not say what its title says: only
cards that the page itself shows to be others' are left out.
"""

from collections import defaultdict
from collections.abc import Iterator

from crawler.pages.layout.comparable import comparable
from crawler.pages.layout.header import header_by
from crawler.pages.layout.headings import heads_links
from crawler.pages.layout.page import Box, Line, Page
from crawler.pages.layout.weights import Weights
from crawler.pages.rules.limits import (
    FEWEST_CARDS,
    FEWEST_ROWS,
    MOST_CARDS,
    SHARED_PAIRS,
    TITLE_PAIRS,
)

_TAGS = frozenset(("div", "li", "article", "section", "dl"))
_HEAD = (4, 60)
"""Characters of a card's head."""


def unlike(title: str, story: str) -> bool:
    """Whether a story says nearly nothing of what a title says; False where none can tell."""
    key = comparable(title)
    pairs = {key[at : at + 2] for at in range(len(key) - 1)}
    if len(pairs) < TITLE_PAIRS.value:
        return False
    words = comparable(story)
    return sum(1 for pair in pairs if pair in words) < SHARED_PAIRS.value * len(pairs)


def find_cards(page: Page, weights: Weights, anchor: int, first: int | None) -> frozenset[int]:
    """The lines of other stories that stand on cards; none where nothing tells them apart.

    ``anchor`` is the title's line, ``first`` that of the first sentence under its header.
    """
    found = set(_glued(page, weights, anchor, first))
    title = page.lines[anchor].text
    for boxes in _of_one_kind(page).values():
        cards = [box for box in boxes if _is_card(page, weights, box)]
        if len(cards) < FEWEST_CARDS.value or len(cards) < MOST_CARDS.value * len(boxes):
            continue
        if any(box.start <= anchor < box.end for box in boxes):
            continue
        if not _are_others(page, cards, anchor, first):
            continue
        lines = [at for box in boxes for at in range(box.start, box.end)]
        if unlike(title, "".join(page.lines[at].text for at in lines)):
            found.update(lines)
    return frozenset(found)


def _glued(page: Page, weights: Weights, anchor: int, first: int | None) -> Iterator[int]:
    """The lines of cards that are one line each: a link's words, and right behind what it tells.

    An article's own paragraphs may begin with links too: those stand beside its first sentence.
    """
    own = page.boxes[page.lines[first].box].parent if first is not None else -1
    run: list[int] = []
    title = page.lines[anchor].text
    for index in range(anchor + 1, len(page.lines) + 1):
        fits = (
            index < len(page.lines) and weights.worths[index] > 0 and _is_glued(page.lines[index])
        )
        if fits and (not run or _is_beside(page, run[-1], index)):
            run.append(index)
            continue
        if len(run) >= FEWEST_ROWS.value and (
            heads_links(page.lines[run[0] - 1].text)
            or (
                page.boxes[page.lines[run[0]].box].parent != own
                and unlike(title, "".join(page.lines[at].text for at in run))
            )
        ):
            yield from run
        run = [index] if fits else []


def _is_glued(line: Line) -> bool:
    """Whether a line begins with a link of a headline's length that is its only one."""
    return _HEAD[0] <= line.linked <= _HEAD[1] and line.linked == len(line.pieces[0])


def _is_beside(page: Page, one: int, other: int) -> bool:
    first, second = page.boxes[page.lines[one].box], page.boxes[page.lines[other].box]
    return (first.parent, first.tag, first.name) == (second.parent, second.tag, second.name)


def _of_one_kind(page: Page) -> dict[tuple[int, str, str], list[Box]]:
    """Boxes of at least two lines, by what holds them, their tag and name, if any."""
    fewest = FEWEST_CARDS.value
    beside: dict[tuple[int, str], list[Box]] = defaultdict(list)
    for box in page.boxes:
        _, parent, tag, _, start, end, _ = box
        if end - start >= fewest and tag in _TAGS:
            beside[parent, tag].append(box)
    kinds: dict[tuple[int, str, str], list[Box]] = defaultdict(list)
    for (parent, tag), boxes in beside.items():
        if len(boxes) >= fewest:
            for box in boxes:
                kinds[parent, tag, box.name].append(box)
    return {
        kind: boxes
        for kind, boxes in kinds.items()
        if len(boxes) >= (fewest if kind[2].strip() or boxes[0].attributes else FEWEST_ROWS.value)
    }


def _is_card(page: Page, weights: Weights, box: Box) -> bool:
    """Whether a box is a head without a stop over at least one sentence."""
    head = page.lines[box.start]
    if not _HEAD[0] <= len(head.text) <= _HEAD[1] or head.text.endswith(("。", "：", ":")):
        return False
    worths = weights.worths
    if worths[box.start] > 0 or max(worths[box.start + 1 : box.end], default=0.0) <= 0:
        return False
    return weights.rule(box.start) is None


def _are_others(page: Page, cards: list[Box], anchor: int, first: int | None) -> bool:
    """Whether the page shows that cards tell other stories: it parts them from its own text.

    They stand above its title, or each leads to a page of its own, or each says whose it is and
    they stand apart from its first sentence.
    """
    if all(box.end <= anchor or _links_on(page, box) for box in cards):
        return True
    holder = page.boxes[cards[0].parent]
    apart = first is not None and not holder.start <= first < holder.end
    return apart and all(_is_signed(page, box) for box in cards)


def _is_signed(page: Page, box: Box) -> bool:
    """Whether a card has a header of its own; a bare day may be that of one event among ten."""
    signs = (header_by(line.text) for line in page.lines[box.start + 1 : box.end])
    return any(sign is not None and sign != "day_alone" for sign in signs)


def _links_on(page: Page, box: Box) -> bool:
    head = page.lines[box.start]
    return head.linked * 5 >= 4 * len(head.text)

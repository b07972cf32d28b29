"""Other stories on the page of an article: a feed that goes on under it, cards with abstracts.

The body is the one that belongs to the title.  Under a short article a feed weighs more than the
article itself, so it is told by what begins it: a heading of the title's own kind, a heading with
an own day under it, a linked heading over sentences, or a heading in another place than the
article's paragraphs whose story shares nothing with the title.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from crawler.pages.layout.cards import unlike
from crawler.pages.layout.comparable import comparable, shared_runs
from crawler.pages.layout.header import is_header, states_day
from crawler.pages.layout.headings import heads_links
from crawler.pages.layout.notes import note_of
from crawler.pages.layout.page import Box, Page
from crawler.pages.layout.series import find_series
from crawler.pages.layout.weights import Weights, behind_sentences
from crawler.pages.rules.limits import (
    HEADER_LINES_BELOW,
    HEADER_LINES_NEAR,
    LONGEST_HEADLINE,
    OWN_TEXT,
    SHARED_WORDS,
    SHORTEST_HEADING,
    STORY_LINES,
)

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5"))
_NAMED = re.compile(r"title|biaoti|headline|\bbt\b|tit\b|subject")
_RECOMMENDED = re.compile(
    r"recommend|tuijian|related|\bfeed|feed-|next-?(?:article|news|story)|more-?(?:news|story|article)"
    r"|guess|cainixihuan|othernews|hot-?news"
)
_NUMBERED = re.compile(
    r"\W*(?:[一二三四五六七八九十百\d]{1,3}\s*[、.．:：)）]|[(（][一二三四五六七八九十\d]{1,3}[)）]|[①-⑳❶-❿]"
    r"|第[一二三四五六七八九十\d]{1,3}\s*[章节条项部篇回、:：，\s]|[Nn][Oo]\.?\s*\d|\d{1,2}\s)"
)
_RULE = re.compile(r"[\s*＊★☆※◆◇●○■□—_=~·•…#+-]{3,}")
_ENDS = frozenset(("editor", "platform_note", "copyright"))
_SENTENCE_END = ("。", "！", "？", "”", "…", "）", ")", ".", "!", "?", "』", "」")


@dataclass(frozen=True, slots=True)
class Others:
    """The lines ``[begin, end)`` of other stories; ``sure`` where the page itself parts them.

    ``kept``: they may as well belong to the text, and stay in it.
    """

    begin: int
    end: int
    sure: bool
    sign: str
    kept: bool = False


@lru_cache(maxsize=4096)
def _is_named(name: str) -> bool:
    """Whether the class or id of a box says that it holds a title."""
    return _NAMED.search(name) is not None


def find_others(page: Page, weights: Weights, anchor: int) -> Others | None:
    """Where other stories begin under the title on line ``anchor``; None where none do."""
    first = first_sentence(page, weights, anchor)
    if first is None:
        return None
    if (ahead := _ahead_of_text(page, anchor, first)) is not None:
        return ahead
    found = _told_by_signs(page, weights, anchor, first)
    if found is None and (begin := find_series(page, weights, anchor, first)) is not None:
        sign = "heads over sentences that share no words with the text"
        return Others(begin, len(page.lines), False, sign)
    return found


def _told_by_signs(page: Page, weights: Weights, anchor: int, first: int) -> Others | None:
    """Other stories that a heading, a rule of signs or the site's own note parts from the text."""
    own = 0.0
    last = first
    holder = page.boxes[_outer(page, page.lines[first].box)]
    ended: int | None = None
    # What its first sentence stands under, and what was found to be of it, the article is made of.
    kinds = {_kind(page, index) for index in range(anchor + 1, first)}
    for index in range(first, behind_sentences(weights.worths)):
        line = page.lines[index]
        ruled = own >= OWN_TEXT.value and _RULE.fullmatch(line.text) is not None
        if ruled and _parts_another(page, weights, anchor, first=first, rule=index):
            sign = "a headline behind a rule of signs whose story shares no words with the text"
            return Others(index, _behind(page, weights, index + 1, first), False, sign)
        if own >= OWN_TEXT.value and len(line.text) >= SHORTEST_HEADING.value:
            found = _head_of_other(page, weights, index, anchor=anchor, first=first, last=last)
            if found and (found[0] or _kind(page, index) not in kinds):
                return Others(index, _behind(page, weights, index, first), *found)
        if _heading(page, line.box):
            kinds.add(_kind(page, index))
        value = weights.worths[index]
        if value > 0:
            if ended is not None and index >= holder.end:
                return Others(
                    ended + 1, len(page.lines), False, "what stands behind the site's note"
                )
            own += value
            last = index
        elif ended is None and own >= OWN_TEXT.value and last < holder.end <= index:
            ended = index if _ends_article(weights, index) else None
    return None


def _ends_article(weights: Weights, index: int) -> bool:
    """Whether a line says who edited an article, or whose its rights are."""
    line = weights.page.lines[index]
    if line.linked * 2 > len(line.text):
        return False
    if weights.rule(index) in _ENDS:
        return True
    return note_of(line.text, linked=line.linked > 0) == "rights_note"


def _ahead_of_text(page: Page, anchor: int, first: int) -> Others | None:
    """Other stories that stand where the text of an article of pictures would: no text is above.

    They are announced by a heading for links in their own box, or their box is named for them.
    """
    for index in range(anchor + 1, first):
        if heads_links(page.lines[index].text):
            box = page.boxes[page.lines[index].box]
            while box.parent > 0 and box.end - box.start <= 1:
                box = page.boxes[box.parent]
            if anchor < box.start <= index and first < box.end:
                return Others(index, box.end, True, page.lines[index].text)
    box = page.boxes[page.lines[first].box]
    while box.parent >= 0 and box.start > anchor:
        if _RECOMMENDED.search(box.name):
            return Others(box.start, box.end, True, f"a box named {box.name.strip()}")
        box = page.boxes[box.parent]
    return None


def _behind(page: Page, weights: Weights, index: int, first: int) -> int:
    """The line behind other stories: where the article goes on behind their box, else the last."""
    holder = page.boxes[_outer(page, page.lines[index].box)]
    own = page.boxes[_outer(page, page.lines[first].box)]
    if own.start <= holder.start and holder.end < own.end and holder.index != own.index:
        end = _behind_its_kind(page, holder)
        goes_on = any(
            value > 0 and page.lines[at].box != page.lines[index].box
            for at, value in enumerate(weights.worths[end : own.end], start=end)
        )
        if goes_on:
            return end
    return len(page.lines)


def _behind_its_kind(page: Page, holder: Box) -> int:
    """The line behind a box and those of its kind right behind it: cards of a feed."""
    end = holder.end
    kind = (holder.parent, holder.tag, holder.name)
    for box in page.boxes[holder.index + 1 :]:
        if box.start > end or box.depth < holder.depth:
            break
        if box.start == end and (box.parent, box.tag, box.name) == kind:
            end = box.end
    return end


def first_sentence(page: Page, weights: Weights, anchor: int) -> int | None:
    """The first sentence under the title's header; None where no header says "an article"."""
    stated = any(
        is_header(line.text)
        for line in page.lines[
            max(0, anchor - HEADER_LINES_NEAR.value) : anchor + 1 + HEADER_LINES_NEAR.value
        ]
    )
    if not stated:
        return None
    for index in range(anchor + 1, min(anchor + 1 + HEADER_LINES_BELOW.value, len(page.lines))):
        if weights.worths[index] > 0 and not is_header(page.lines[index].text):
            return index
    return None


def _head_of_other(
    page: Page, weights: Weights, index: int, *, anchor: int, first: int, last: int
) -> tuple[bool, str] | None:
    """Whether a line begins another story, how surely, and by which sign."""
    line = page.lines[index]
    box = page.boxes[line.box]
    heading = _heading(page, line.box)
    announced = _is_announced(page, index)
    if not heading and not announced and not _is_named(box.name):
        return None
    if _NUMBERED.match(line.text) or comparable(line.text) == comparable(page.lines[anchor].text):
        return None
    if heads_links(line.text) or len(line.text) > 80 or line.text.endswith(("。", "：", ":")):
        return None
    below = _below(page, index)
    if below >= len(page.lines):
        return None
    text = page.lines[below].text
    ended = page.lines[last].text.endswith(_SENTENCE_END)
    if announced and ended and len(line.text) <= LONGEST_HEADLINE.value and _says(weights, below):
        sign = "a headline under a heading for other stories"
        return (False, sign) if _unlike(page, anchor, index) else None
    apart = _outer(page, line.box) != _outer(page, page.lines[last].box)
    if states_day(text) and _says(weights, below + 1):
        return True, "a heading with its own day"
    own = page.boxes[page.lines[anchor].box]
    title_kind = (box.tag, box.name) == (own.tag, own.name) and (heading or bool(box.name.strip()))
    if title_kind and apart and _says(weights, below):
        return True, "a heading of the title's kind"
    if heading and line.linked * 5 >= 4 * len(line.text) and apart and _says(weights, below):
        return True, "a linked heading over sentences"
    if heading and apart and _is_recommended(page, line.box, anchor) and _says(weights, below):
        return True, "a heading among recommended stories"
    within = page.boxes[_outer(page, page.lines[first].box)]
    plainly = heading and not within.start <= index < within.end and ended and not line.linked
    if plainly and _says(weights, below) and _unlike(page, anchor, index):
        return False, "a heading elsewhere whose story shares nothing with the title"
    return None


def _parts_another(page: Page, weights: Weights, anchor: int, *, first: int, rule: int) -> bool:
    """Whether a rule of signs (* * *) parts the article from another story under a headline.

    An article's own parts are set off so too: more than once, or they say the same words again.
    """
    if rule + 2 >= len(page.lines) or not page.lines[rule - 1].text.endswith(_SENTENCE_END):
        return False
    head = page.lines[rule + 1].text
    if len(head) > LONGEST_HEADLINE.value or head.endswith("。") or _NUMBERED.match(head):
        return False
    behind = [line.text for line in page.lines[rule + 1 : rule + 1 + STORY_LINES.value]]
    if any(map(_RULE.fullmatch, behind)) or not _says(weights, rule + 2):
        return False
    own = "".join(line.text for line in page.lines[first:rule])
    story = "".join(behind)
    return unlike(page.lines[anchor].text, story) and shared_runs(own, story) < SHARED_WORDS.value


def _is_announced(page: Page, index: int) -> bool:
    """Whether a line that is no link stands under a heading for related links."""
    return not page.lines[index].linked and heads_links(page.lines[index - 1].text)


def _below(page: Page, index: int) -> int:
    """The line under a heading, a second line of the same heading passed over."""
    below = index + 1
    while below < len(page.lines) and page.lines[below].box == page.lines[index].box:
        below += 1
    return below


def _says(weights: Weights, index: int) -> bool:
    """Whether a sentence stands on a line or the one below it."""
    return any(value > 0 for value in weights.worths[index : index + 2])


def _kind(page: Page, index: int) -> tuple[str, str]:
    """Tag and name of a line's box, which the headings of one text have in common."""
    box = page.boxes[page.lines[index].box]
    return box.tag, box.name


def _heading(page: Page, box: int) -> bool:
    holder = page.boxes[box]
    return holder.tag in _HEADINGS or (
        holder.parent >= 0 and page.boxes[holder.parent].tag in _HEADINGS
    )


def _outer(page: Page, box: int) -> int:
    """The box that holds a paragraph or a heading among its siblings."""
    holder = page.boxes[box]
    if holder.tag in _HEADINGS or holder.tag == "p":
        return holder.parent
    if holder.parent >= 0 and page.boxes[holder.parent].tag in _HEADINGS:
        return page.boxes[holder.parent].parent
    return holder.index


def _is_recommended(page: Page, box: int, anchor: int) -> bool:
    """Whether a box round the heading, but not round the title, is named for other stories."""
    while box >= 0 and page.boxes[box].start > anchor:
        if _RECOMMENDED.search(page.boxes[box].name):
            return True
        box = page.boxes[box].parent
    return False


def _unlike(page: Page, anchor: int, index: int) -> bool:
    """Whether the story under a heading says nearly nothing of what the title says."""
    story = "".join(line.text for line in page.lines[index : index + STORY_LINES.value])
    return unlike(page.lines[anchor].text, story)

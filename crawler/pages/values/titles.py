"""The title of an article, told from the site's name, the logo and the headline lists.

``<title>`` nearly always begins with the title and goes on with the site; the printed line
that agrees with it best is the title as the outlet set it.
"""

import itertools
import re
from collections import Counter
from dataclasses import dataclass

from crawler.pages.layout.boilerplate import dropped_by
from crawler.pages.layout.comparable import comparable
from crawler.pages.layout.header import is_header
from crawler.pages.layout.page import Page
from crawler.pages.raw.gate import is_spoilt
from crawler.pages.rules.limits import ANCHOR, CLOSE_ABOVE, LONGEST_TITLE, SHORTEST_TITLE
from crawler.pages.values.head import Head
from crawler.pages.values.headline import (
    KICKER,
    SUBTITLE,
    beside,
    heading_of,
    names_title,
    whole_heading,
    without_badges,
)
from crawler.pages.values.lookalikes import NOT_TITLE
from crawler.pages.values.names import (
    agreement_of,
    is_site,
    keys_of,
    last_parts,
    names_of,
    names_site,
    uncut,
    without_site,
)
from crawler.pages.values.people import is_person, named_by_role
from storage.records import Evidence

_LISTED = re.compile(r"list|nav|menu|logo|crumb|related|recommend|side|hot|rank|comment|more")
_SIGNED = re.compile(r"[\u4e00-\u9fff]{2,4}\s*[\s/／|｜]\s*(?:摄影?|文|图|文/图|图/文)")
"""向东 摄: who took the picture above the text, or wrote it."""
_SHORT_HEADLINE = re.compile(r"[\u4e00-\u9fff]{2,3}")
_CUT_OFF = ("…", "...", "．．．")
_NEAR = 12
_GUESSED = 1.2
_WHOLE = 3.0
"""Agreement of a line that begins what the page calls itself."""
_LAST = 2.0
"""Agreement of a line that ends what the page calls itself, site and channel before it."""
_FOOT = 12
"""Lines at the foot of a page among which it says whose it is."""
_ABOVE = 80
_WITHIN = 40
"""Lines above the text, and into it, among which the title is looked for."""


@dataclass(frozen=True, slots=True)
class Title:
    """The title, the lines round it that belong to it, and the line it was printed on."""

    text: str
    line: int | None
    evidence: Evidence
    sure: float
    kicker: str | None = None
    subtitle: str | None = None


def find_title(page: Page, head: Head, *, start: int, end: int) -> Title | None:
    """The title; ``[start, end)`` are the lines of the body, None when nothing names the page."""
    names = names_of(head)
    wanted = keys_of(head, names)
    named = "\n".join(names)
    best: tuple[float, int] | None = None
    for index in range(max(0, start - _ABOVE), min(end, start + _WITHIN, len(page.lines))):
        score = _score(page, index, wanted, named, start)
        if score is not None and (best is None or score >= best[0]):
            best = (score, index)
    for index in range(end, min(end + 6, len(page.lines))):
        score = _score(page, index, wanted, named, start)
        if score is not None and score - 3 > (best[0] if best else 1.0):
            best = (score - 3, index)
    if best is not None and best[0] >= 1.2:
        return _printed(page, head, best[1], best[0], start)
    stated = _unprinted(head)
    if stated is None or names_site(stated.text) or _is_masthead(page, stated.text):
        drawn = _drawn(page, start)
        if drawn is not None:
            return drawn
        above = _above_header(page, start, end)
        if above is None:
            above = _right_above(page, start)
        if above is not None:
            return _printed(page, head, above, _GUESSED, start)
    if stated is None:
        above = _above_text(page, start)
        return None if above is None else _printed(page, head, above, _GUESSED, start)
    return stated


def _is_masthead(page: Page, words: str) -> bool:
    """Whether what a page calls itself is whose rights a line at its foot tells of."""
    key = comparable(words)
    return len(key) >= 2 and any(
        key in comparable(line.text)
        for line in page.lines[-_FOOT:]
        if ("版权" in line.text or "Copyright" in line.text)
        and len(line.text) <= LONGEST_TITLE.value
    )


def _above_header(page: Page, start: int, end: int) -> int | None:
    """The unlinked line right above date and source, where nothing else names the article."""
    for index in range(max(0, start - _NEAR), min(end, start + _NEAR, len(page.lines) - 1)):
        line = page.lines[index]
        named = names_title(page.boxes[line.box].name)
        shortest = SHORTEST_TITLE.value if named else 6
        if not shortest <= len(line.text) <= 80 or line.linked or NOT_TITLE.holds(line.text):
            continue
        if line.text.startswith("——") or line.text.endswith("。") or is_header(line.text):
            continue
        below = index + 2 if page.lines[index + 1].text.startswith("——") else index + 1
        if is_header(page.lines[min(below, len(page.lines) - 1)].text):
            return index
    return None


def _right_above(page: Page, start: int) -> int | None:
    """The headline among the lines right above the text, where only the site is named.

    The one in a box named for a headline; else the lowest that is set as no other line is, for
    kicker, subtitle and reporter are mostly set alike; else the lowest.
    """
    block: list[int] = []
    for index in range(start - 1, max(-1, start - 1 - CLOSE_ABOVE.value), -1):
        line = page.lines[index]
        if line.linked or len(line.text) > 80 or NOT_TITLE.holds(line.text):
            break
        if dropped_by(line.text):
            continue
        block.append(index)
    names = {index: page.boxes[page.lines[index].box].name for index in block}
    met = Counter(names.values())
    fit = [index for index in block if _may_be_headline(page.lines[index].text)]
    named = (index for index in fit if names_title(names[index]))
    alone = (index for index in fit if met[names[index]] == 1)
    # 开渔: a headline of two characters, where nothing else can be one.
    short = (index for index in block if not fit and _is_short_headline(page.lines[index].text))
    return next(itertools.chain(named, alone, fit, short), None)


def _is_short_headline(text: str) -> bool:
    """Whether a line may be a headline although it is shorter than any other."""
    return _SHORT_HEADLINE.fullmatch(text) is not None and not is_person(text)


def _may_be_headline(text: str) -> bool:
    """Whether a line above a text is neither a header nor a signature nor a subtitle."""
    if len(text) < SHORTEST_TITLE.value or text.startswith("——") or is_header(text):
        return False
    if text.endswith("。"):
        return False
    return not named_by_role(text) and not _SIGNED.fullmatch(text)


def _above_text(page: Page, start: int) -> int | None:
    """The nearest unlinked line above the text of a page that nothing else names."""
    for index in range(start - 1, max(-1, start - _NEAR), -1):
        line = page.lines[index]
        if 4 <= len(line.text) <= 80 and not line.linked and not NOT_TITLE.holds(line.text):
            if dropped_by(line.text):
                continue
            return index
    return None


def _score(page: Page, index: int, wanted: list[str], named: str, start: int) -> float | None:
    """How well a line stands for the title; None for one that cannot be it."""
    line = page.lines[index]
    text = line.text
    if not 2 <= len(text) <= LONGEST_TITLE.value:
        return None
    box = page.boxes[line.box]
    heading = heading_of(page, line.box)
    unlike = not heading and text[:2] not in named and text[2:4] not in named
    is_named = names_title(box.name)
    if unlike and not is_named:
        return None
    key = comparable(text)
    if len(key) < 2 or NOT_TITLE.holds(text):
        return None
    if text.startswith("——") and index and heading_of(page, page.lines[index - 1].box):
        return None
    if KICKER.search(box.name) or SUBTITLE.search(box.name):
        return None
    if not heading and not is_named and is_site(text) and [key] == wanted:
        return None  # the site's name, which is all that the page calls itself
    agreement = agreement_of(key, wanted)
    if agreement < _WHOLE and len(line.pieces) > 1:
        key = comparable(without_badges(line, wanted))
        agreement = agreement_of(key, wanted)
    if agreement == 0.0 and (heading or is_named) and _ends_names(page, index, named):
        agreement = _LAST
    if agreement == 0.0 and ((not heading and not is_named) or is_spoilt(text)):
        return None
    mostly_linked = line.linked * 2 > len(text)
    if mostly_linked and len(key) < ANCHOR.value:  # the site's name over its home link
        return None
    score = agreement + heading + _by_place(page, index, start)
    if is_named:
        score += 0.7
    if mostly_linked:
        score -= 1.5
    if len(key) < 5:
        score -= 1.0
    if not agreement and names_site(text) and box.tag != "founder-title":
        score -= 1.5
    return score


def _ends_names(page: Page, index: int, named: str) -> bool:
    """Whether a line over a header is the last part of what a page calls itself, site first."""
    line = page.lines[index]
    if line.linked or is_site(line.text) or index + 1 >= len(page.lines):
        return False
    parts = last_parts(named)
    above = is_header(page.lines[index + 1].text)
    return above and line.text in parts and not _is_masthead(page, line.text)


def _by_place(page: Page, index: int, start: int) -> float:
    """What a line's place says for it: named boxes, a header below, how near the text is."""
    box = page.boxes[page.lines[index].box]
    score = 0.0
    if box.parent >= 0 and names_title(page.boxes[box.parent].name):
        score += 0.3
    if any(is_header(near.text) for near in page.lines[index + 1 : index + 3]):
        score += 1.2
    if _LISTED.search(box.name):
        score -= 1.0
    if index > start:
        score -= 0.5
    return score - 0.02 * min(abs(start - index), 40)


def _printed(page: Page, head: Head, index: int, score: float, start: int) -> Title:
    whole = whole_heading(page, head, index)
    wanted = keys_of(head, names_of(head))
    words = " ".join(without_badges(page.lines[near], wanted) for near in whole)
    if words.endswith(_CUT_OFF):
        words = uncut(words, head) or words
    kicker, subtitle = beside(page, whole, index, start)
    evidence = Evidence(
        about="title",
        rule="printed line",
        field="html",
        span=(0, len(words)),
        quote=words,
        weight=round(score, 2),
    )
    return Title(
        words,
        whole[-1],
        evidence,
        min(1.0, score / 5),
        kicker or head.enp.get("introtitle"),
        subtitle or head.enp.get("subtitle"),
    )


def _drawn(page: Page, start: int) -> Title | None:
    """A title that stands on the page only as the words of a picture in a heading."""
    for picture in page.pictures:
        box = page.boxes[picture.box]
        if picture.line > start or len(comparable(picture.alt)) < ANCHOR.value:
            continue
        if heading_of(page, picture.box) or names_title(box.name):
            words = picture.alt
            evidence = Evidence(
                about="title",
                rule="words of a picture",
                field="html",
                span=(0, len(words)),
                quote=words,
            )
            return Title(words, None, evidence, 0.5)
    return None


def _unprinted(head: Head) -> Title | None:
    for rule, text in (
        ("enpproperty", head.enp.get("title")),
        ("meta ArticleTitle", head.metas.get("articletitle")),
        ("<title>", without_site(head.title)),
        ("meta og:title", head.metas.get("og:title")),
    ):
        if text and len(comparable(text)) >= 2:
            evidence = Evidence(
                about="title", rule=rule, field="meta", span=(0, len(text)), quote=text
            )
            return Title(text, None, evidence, 0.5)
    return None

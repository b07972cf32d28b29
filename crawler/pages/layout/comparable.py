"""Two spellings of one title told alike: pure."""

import re
import unicodedata
from functools import lru_cache

_KEPT = re.compile(r"[\W_]+")
_LINE = 120
"""Characters of the longest text whose answer is kept: headlines are asked of, not stories."""


def comparable(text: str) -> str:
    """Letters and digits only, in one width and case."""
    return _of_line(text) if len(text) <= _LINE else _bare(text)


def _bare(text: str) -> str:
    return _KEPT.sub("", unicodedata.normalize("NFKC", text)).lower()


_of_line = lru_cache(maxsize=2048)(_bare)
"""Of a hundred times that a page asks, it asks sixty again, and its site most of the others."""

"""Two spellings of one title told alike: pure."""

import re
import unicodedata

_KEPT = re.compile(r"[\W_]+")


def comparable(text: str) -> str:
    """Letters and digits only, in one width and case."""
    return _KEPT.sub("", unicodedata.normalize("NFKC", text)).lower()

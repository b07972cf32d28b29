"""Words from JSON, which can hold what no UTF-8 file and no database can.

A page's bytes are decoded and parsed by rules that leave neither over.
"""

import re

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """``text`` with a replacement character for each NUL and each half of a surrogate pair."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)

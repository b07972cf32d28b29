"""What changed between two revisions of a text, readable by a person.

Chinese has no spaces to cut at, and a comparison character by character finds accidental
matches (的, 一).  So the text is cut into runs: a number with its unit stays whole, a word of
Latin letters too, any other sign stands alone; then matches too short to mean anything are
given up.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_RUN = re.compile(
    r"[0-9０-９]+(?:[.．,，][0-9０-９]+)*[%％万亿千百余多]*"
    r"|[〇零一二三四五六七八九十百千万亿]{2,}|[A-Za-z]+|\n|.",
    re.DOTALL,
)
LEAST_MATCH = 2
"""Characters that must agree between two differences to count as kept."""


class Kind(StrEnum):
    """What became of a stretch of text."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of text and what became of it; a replacement is a removal and an addition."""

    kind: Kind
    text: str


def diff_words(old: str, new: str) -> list[Stretch]:
    """How ``old`` became ``new``: kept and removed give the old text, kept and added the new."""
    if old == new:
        return [Stretch(Kind.KEPT, old)] if old else []
    before, after = _RUN.findall(old), _RUN.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    edits: list[tuple[str, str, str]] = []  # kept, removed, added
    for tag, i, j, k, m in matcher.get_opcodes():
        gone, come = "".join(before[i:j]), "".join(after[k:m])
        edits.append((gone, "", "") if tag == "equal" else ("", gone, come))
    return _stretches(_without_accidents(edits))


def _without_accidents(edits: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """A match of a sign or two between two differences belongs to the difference."""
    merged: list[tuple[str, str, str]] = []
    for place, (kept, removed, added) in enumerate(edits):
        inside = 0 < place < len(edits) - 1
        if kept and inside and len(kept) < LEAST_MATCH and "\n" not in kept:
            removed, added, kept = kept, kept, ""
        if merged and not kept and not merged[-1][0]:
            _, before_removed, before_added = merged.pop()
            removed, added = before_removed + removed, before_added + added
        merged.append((kept, removed, added))
    return merged


def _stretches(edits: list[tuple[str, str, str]]) -> list[Stretch]:
    found = []
    for kept, removed, added in edits:
        for kind, words in ((Kind.KEPT, kept), (Kind.REMOVED, removed), (Kind.ADDED, added)):
            if words:
                found.append(Stretch(kind, words))
    return found

"""A text folded for matching: simplified characters, one width, no injected pinyin.

Rules are written once, against the folded form; every span that they find is mapped back to
the text as it was given.
"""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from storage.stories.characters import simplified_of

# Mirrors of news sites put the reading behind a character to escape filters: 政協(xié).
_PINYIN = re.compile(r"(?<=[\u4e00-\u9fff])[(][a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6}[)]")
_PINYIN_MIN = 2
_WIDTHS: dict[int, int] = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    0xA0: 0x20,
    0x3000: 0x20,
    0x2002: 0x20,
    0x2003: 0x20,
    0x300C: 0x201C,
    0x300D: 0x201D,
    0x300E: 0x201C,
    0x300F: 0x201D,
    0x2500: 0x2014,
    0x2015: 0x2014,
}


@dataclass(frozen=True, slots=True)
class Folded:
    """A text for matching beside its original; ``positions`` is None where they align."""

    original: str
    text: str
    positions: Sequence[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """[start, end) of the folded text as [start, end) of the original."""
        if self.positions is None:
            return start, end
        if start >= end:
            at = self.positions[start] if start < len(self.positions) else len(self.original)
            return at, at
        return self.positions[start], self.positions[end - 1] + 1

    def quote(self, start: int, end: int) -> str:
        """The original words of a folded span."""
        begin, stop = self.span(start, end)
        return self.original[begin:stop]


# Both scripts write places with these: 乾县, 乾安县.
_KEPT = frozenset("乾")
# Above this many different characters one pass with the table is cheaper than a pass for each.
_FEW = 24


@cache
def _table() -> dict[str, str]:
    """Each character to fold, traditional or of full width, and what it becomes."""
    widths = {chr(code): chr(to) for code, to in _WIDTHS.items()}
    return {**widths, **{c: to for c, to in simplified_of().items() if c not in _KEPT}}


@cache
def _is_folded() -> NDArray[np.bool_]:
    """Whether a character is folded, by its number."""
    found = np.zeros(sys.maxunicode + 1, np.bool_)
    found[[ord(character) for character in _table()]] = True
    return found


def _fold_characters(text: str) -> str:
    table = _table()
    # An eighth of the time that a set of the characters takes.
    numbers = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    present = {chr(number) for number in numbers[_is_folded()[numbers]].tolist()}
    if len(present) > _FEW:
        return text.translate({ord(character): table[character] for character in present})
    for character in present:
        text = text.replace(character, table[character])
    return text


def characters_of(text: str) -> set[str]:
    """The different characters of ``text``."""
    if len(text) < _LONG:
        return set(text)
    # A third of the time that a set takes of a long text.
    numbers = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return set(map(chr, np.unique(numbers).tolist()))


_LONG = 1500


def fold(text: str) -> Folded:
    """Fold ``text``; the result aligns character by character unless pinyin was taken out."""
    folded = _fold_characters(text)
    if "(" not in folded:
        return Folded(text, folded)
    injected = [match.span() for match in _PINYIN.finditer(folded)]
    if len(injected) < _PINYIN_MIN:
        return Folded(text, folded)
    kept: list[int] = []
    at = 0
    for start, end in injected:
        kept.extend(range(at, start))
        at = end
    kept.extend(range(at, len(text)))
    return Folded(text, "".join(folded[i] for i in kept), kept)

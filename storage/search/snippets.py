"""The words round a hit, with the hits marked: pure.

Folding changes lengths (… becomes three full stops), so hits are sought in a text folded
character by character, with each folded character knowing which one it came from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from storage.search.grams import folded, is_folded_singly

LEAD = 20
"""Characters kept before the first hit."""

WIDTH = 90
"""Characters of a snippet."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """An excerpt on one line; ``highlights`` are the hits' [start, end) in ``text``."""

    text: str
    highlights: tuple[Span, ...]


def snippet(text: str, terms: Sequence[str], *, width: int = WIDTH) -> Snippet:
    """The first place in ``text`` where a folded term stands; its beginning where none does."""
    start = max(0, _first(text, terms) - LEAD)
    end = min(len(text), start + width)
    before, after = "…" if start else "", "…" if end < len(text) else ""
    shown = text[start:end]
    return Snippet(
        text=before + shown.replace("\n", " ") + after,
        highlights=tuple((a + len(before), b + len(before)) for a, b in spans(shown, terms)),
    )


def _first(text: str, terms: Sequence[str]) -> int:
    """Where the first hit begins, 0 where there is none; as printed if one stands so."""
    plain = [at for term in terms if (at := text.find(term)) >= 0]
    if plain:
        return min(plain)
    hits = spans(text, terms)
    return hits[0][0] if hits else 0


def spans(text: str, terms: Sequence[str]) -> list[Span]:
    """Where folded terms stand in ``text``, in order, overlapping ones as one."""
    plain, origins = _charwise(text)
    found: list[Span] = []
    for term in terms:
        at = plain.find(term)
        while at >= 0:
            found.append((origins[at], origins[at + len(term) - 1] + 1))
            at = plain.find(term, at + len(term))
    merged: list[Span] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _charwise(text: str) -> tuple[str, Sequence[int]]:
    if is_folded_singly(text):
        return folded(text), range(len(text))
    plain: list[str] = []
    origins: list[int] = []
    for index, char in enumerate(text):
        parts = _folded_char(char)
        plain.append(parts)
        origins += [index] * len(parts)
    return "".join(plain), origins


_folded_char = lru_cache(maxsize=30_000)(folded)

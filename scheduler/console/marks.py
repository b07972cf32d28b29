"""A text with its figures, cut where a mark begins or ends: pure, and never HTML.

A page's text is shown piece by piece, each escaped by the template: a mark is made from
offsets, not from markup in the text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

STOPS = "。！？!?；;\n"


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch [start, end) of a text; ``kind`` is a class, ``number`` names what it marks."""

    start: int
    end: int
    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and all that marks it; ``anchors`` of marks that begin with it."""

    text: str
    kinds: tuple[str, ...]
    sentences: tuple[int, ...]
    anchors: tuple[str, ...]


def paragraphs(text: str, marks: Sequence[Mark]) -> list[list[Piece]]:
    """The text's lines, each cut into pieces; a mark outside the text marks nothing."""
    found: list[list[Piece]] = []
    at = 0
    for line in text.split("\n"):
        found.append(_pieces(line, at, marks))
        at += len(line) + 1
    return found


def _pieces(line: str, offset: int, marks: Iterable[Mark]) -> list[Piece]:
    end = offset + len(line)
    here = [mark for mark in marks if mark.start < end and mark.end > offset]
    cuts = {offset, end}
    for mark in here:
        cuts |= {max(mark.start, offset), min(mark.end, end)}
    pieces = []
    for first, last in pairwise(sorted(cuts)):
        over = [mark for mark in here if mark.start <= first and mark.end >= last]
        pieces.append(
            Piece(
                text=line[first - offset : last - offset],
                kinds=tuple(sorted({mark.kind for mark in over})),
                sentences=tuple(mark.number for mark in over if mark.kind == "sentence"),
                anchors=tuple(f"{mark.kind}-{mark.number}" for mark in over if mark.start == first),
            )
        )
    return pieces


def sentence_round(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence that a stretch of a text stands in."""
    first = max(text.rfind(stop, 0, start) for stop in STOPS) + 1
    ends = [at for stop in STOPS if (at := text.find(stop, max(start, end - 1))) >= 0]
    return first, (min(ends) + 1 if ends else len(text))


def highlighted(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[str, bool]]:
    """A text cut at the ends of ``spans`` (in order, apart): (words, whether inside one)."""
    found: list[tuple[str, bool]] = []
    at = 0
    for start, end in spans:
        found += [(text[at:start], False), (text[start:end], True)]
        at = end
    found.append((text[at:], False))
    return [(words, inside) for words, inside in found if words]

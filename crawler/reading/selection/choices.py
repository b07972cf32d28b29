"""The ways to cut a text into the items of a list, and what speaks for each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from crawler.reading.selection.chains import Chain, chains_of
from crawler.reading.selection.counts import MAX_ITEMS, PLAIN, TITLE, Counts
from crawler.reading.selection.parts import (
    REGULAR,
    Parts,
    headed_above,
    is_head,
    lines_of,
    parts_of,
)
from crawler.reading.words.markers import Marker, line_markers
from crawler.reading.words.numerals import ordinal

SUFFIXED = re.compile(
    r"^[ \t]*([^\n(]{4,60})\(之?([一二三四五六七八九十\d]{1,3})\)[ \t]*$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to cut the text, and what speaks for it."""

    score: float
    number: int
    chain: Chain | None = None
    parts: Parts | None = None
    suffixed: bool = False

    @property
    def starts(self) -> tuple[int, ...]:
        """Where its items begin."""
        if self.chain is not None:
            return tuple(marker.start for marker in self.chain.markers)
        return tuple(start for start, _ in self.parts.starts) if self.parts else ()


_MOST_COUNTS = 8


def best_choice(text: str, counts: Counts, stated: int | None) -> Choice | None:
    """The way to cut ``text`` that has most to say for it; None where nothing makes a list."""
    choices = list(_choices(text, counts, stated))
    best = max(choices, key=lambda choice: choice.score, default=None)
    if best is None or best.parts is None or best.parts.kind not in _LED:
        return best
    for other in choices:
        if other.number == best.number and other is not best and _heads(text, other, best):
            return other
    above = headed_above(text, best.starts)
    return best if above is None else replace(best, parts=above)


_LED = frozenset(
    {"const", "symbol", "parallel", "ending", "spaced", "pictograph", "dated", "months", "opening"}
)


def _heads(text: str, outer: Choice, inner: Choice) -> bool:
    """Whether each item of ``inner`` is the line below the first line of one of ``outer``."""
    above, below = outer.starts, inner.starts
    if len(above) != len(below):
        return False
    return all(
        high < low and text.count("\n", high, low) == 1
        for high, low in zip(above, below, strict=False)
    )


def _choices(text: str, counts: Counts, stated: int | None) -> Iterator[Choice]:
    suffixed = list(islice(SUFFIXED.finditer(text), MAX_ITEMS + 1)) if stated else []
    if stated and [ordinal(head.group(2)) for head in suffixed] == [*range(1, stated + 1)]:
        yield Choice(_SUFFIXED_SCORE, stated, suffixed=True)
    for chain in chains_of(text, counts.ranked[:_MOST_COUNTS]):
        if not _is_the_list(chain, stated):
            continue
        if stated is not None:
            chain = _without_gap(text, chain, stated)
        regular = _NUMBERED if chain.line_led else _NUMBERED_INSIDE
        if chain.line_led and any(marker.loose for marker in chain.markers):
            regular -= 0.6
        covered = _covered(text, chain.markers[0].start, chain.markers[-1].start)
        said = max(
            counts.weight(chain.length),
            *(_NEARLY * counts.weight(chain.length + off) for off in (-1, 1)),
        )
        yield Choice(regular + 2 * said + covered, chain.length, chain=chain)
    for parts in parts_of(text, counts):
        number = len(parts.starts)
        covered = _covered(text, parts.starts[0][0], parts.starts[-1][0])
        said = max(counts.weight(number), PLAIN if parts.kind == "months" else 0)
        score = parts.regular + 2 * said + (covered if said else min(covered, _UNCOUNTED_FILLS))
        if parts.kind == "first sentences" and not (
            number in counts.until or counts.weight(number) == TITLE
        ):
            continue
        if counts.weight(number) <= PLAIN and not (
            (counts.weight(number) == PLAIN and parts.regular >= _REGULAR_ENOUGH)
            or _speaks_for_itself(parts, covered, counts, stated)
        ):
            continue
        yield Choice(score, number, parts=parts)


def _speaks_for_itself(parts: Parts, covered: float, counts: Counts, stated: int | None) -> bool:
    """Whether items that nobody counted are the list: of one form, and all of the text."""
    if parts.kind == "months" and stated is None:
        return covered >= _UNCOUNTED_COVERS
    if stated is not None:
        return False
    alike = parts.regular >= _UNCOUNTED_FORM or (
        parts.regular >= REGULAR["heads"]
        and parts.kind == "heads"
        and len(parts.starts) >= _FEWEST_HEADS
    )
    return alike and covered >= _UNCOUNTED_COVERS


_UNCOUNTED_FORM = 3.4
_UNCOUNTED_COVERS = 1.2
_UNCOUNTED_FILLS = 1.4  # the form decides, not how much of what stands around looks like it
_FEWEST_HEADS = 6
_SUFFIXED_SCORE = 20.0
_NUMBERED = 5.0
_NUMBERED_INSIDE = 3.9
_NEARLY = 0.5  # what a count says for a list that has one item more or less
_REGULAR_ENOUGH = 4.0


def _covered(text: str, first: int, last: int) -> float:
    """The share of the text that a list covers, with twice its weight."""
    return 2 * (last - first) / max(1, len(text))


_SHARE_SHOWN = 3


def _is_the_list(chain: Chain, stated: int | None) -> bool:
    """A list in running text of less than a third of the events is one of an event's own."""
    return stated is None or chain.line_led or chain.length * _SHARE_SHOWN >= stated


def _without_gap(text: str, chain: Chain, stated: int | None) -> Chain:
    """The chain with its one missing item put back, where one line in the gap can be its head."""
    markers = chain.markers
    gaps = [(a, b) for a, b in pairwise(markers) if b.number == a.number + 2]
    if not chain.line_led or stated != len(markers) + 1 or len(gaps) != 1:
        return chain
    before, after = gaps[0]
    number = before.number + 1
    first = text.find("\n", before.end, after.start)
    if first < 0:
        return chain
    numbered = re.compile(rf"^[ \t]*0?{number}[^\d\n]", re.MULTILINE)
    heads = [m.start() for m in islice(numbered.finditer(text, first, after.start), 2)]
    if not heads:
        heads = [
            first + line.start for line in lines_of(text[first : after.start]) if is_head(line.text)
        ]
    if len(heads) != 1:
        return chain
    words, printed = own_number(text, heads[0], number)
    put_back = Marker(before.kind, number, heads[0], words, printed=printed)
    return replace(chain, markers=tuple(sorted((*markers, put_back), key=lambda m: m.start)))


def own_number(text: str, start: int, number: int) -> tuple[int, int | None]:
    """Where the words of a line begin behind the number that it carries, and that number."""
    marker = next(line_markers(text, start, start + _LONGEST_NUMBER), None)
    if marker is not None and not marker.loose and not text[start : marker.start].strip():
        return marker.end, marker.number
    plain = re.compile(rf"\s*0?{number}[^\w\s]").match(text, start)
    return (plain.end(), number) if plain else (start, None)


_LONGEST_NUMBER = 30

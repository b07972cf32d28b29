"""The enumerated list of a text: its item numbers chained from 1 to the last."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from crawler.reading.genre.wording import OTHER_PAGES
from crawler.reading.words.markers import Marker, inline_markers, line_markers

MIN_ITEMS = 3
MAX_ITEMS = 60
MAX_RUNS = 400
MAX_STARTS = 24


@dataclass(frozen=True, slots=True)
class Chain:
    """The markers of one list, 1 to its last, and whether they lead their lines."""

    markers: tuple[Marker, ...]
    line_led: bool

    @property
    def length(self) -> int:
        return len(self.markers)


def other_pages_at(text: str) -> int:
    """Where the titles of other pages begin; the length of a text that has none."""
    other = OTHER_PAGES.search(text)
    return other.start() if other else len(text)


def list_found(text: str, stated: int | None = None) -> Chain | None:
    """The enumerated list of a folded text that best fits the number stated; None for none.

    The titles of other pages below a text are no part of its list, unless the list goes on there.
    """
    end = other_pages_at(text)
    inside = _best(text[:end], stated)
    if end == len(text) or (inside is not None and inside.length == stated):
        return inside
    whole = _best(text, stated)
    if whole is None or whole.markers[0].start >= end:
        return inside
    goes_on = stated is None or whole.length == stated > _LONGEST_OF_LINKS
    return whole if goes_on else inside


_LONGEST_OF_LINKS = 4


def chains_of(text: str, counts: Iterable[int]) -> Iterator[Chain]:
    """The best chain for each count, and the best of any length."""
    lines, inside = _leading(text), _inside(text)
    for count in (*counts, None):
        chain = _best(text, count, (lines, inside))
        if chain is not None:
            yield chain


# One text is asked for its list while it is judged and again while it is split.
@lru_cache(maxsize=2)
def _leading(text: str) -> tuple[Marker, ...]:
    return tuple(line_markers(text))


@lru_cache(maxsize=2)
def _inside(text: str) -> tuple[Marker, ...]:
    return tuple(inline_markers(text))


def _best(
    text: str,
    stated: int | None,
    found: tuple[Sequence[Marker], Sequence[Marker]] | None = None,
) -> Chain | None:
    best: tuple[tuple[float, ...], Chain] | None = None
    for line_led in (True, False):
        if not line_led and best is not None and (stated is None or best[1].length == stated):
            break
        if found is not None:
            markers = found[0] if line_led else found[1]
        else:
            markers = _leading(text) if line_led else _inside(text)
        for chain in _chains(markers, line_led, stated):
            rank = _rank(chain, stated)
            if best is None or rank > best[0]:
                best = (rank, chain)
    return best[1] if best else None


def _rank(chain: Chain, stated: int | None) -> tuple[float, ...]:
    covered = chain.markers[-1].start - chain.markers[0].start
    exact = float(stated is not None and chain.length == stated)
    near = -abs(chain.length - stated) if stated is not None else 0
    trusted = float(not any(m.loose for m in chain.markers))
    return (exact, float(near), float(chain.line_led), trusted, float(covered))


def _chains(markers: Sequence[Marker], line_led: bool, stated: int | None) -> Iterable[Chain]:
    kinds: defaultdict[str, list[Marker]] = defaultdict(list)
    for marker in markers:
        kinds[marker.kind].append(marker)
    for found in (*kinds.values(), *_repaired(kinds, line_led, stated)):
        runs = _runs(found)[:MAX_RUNS]
        starts = [i for i, run in enumerate(runs) if run[0].number == 1][:MAX_STARTS]
        for start in starts:
            linked = _link(runs[start:], stated)
            if MIN_ITEMS <= len(linked) <= MAX_ITEMS:
                yield Chain(tuple(linked), line_led)


_MISPRINTED_BY = 2  # what is further off heads a list inside an item
_MISPRINTS = 0.2  # the share of item numbers that may be wrong where their count is right


def _repaired(
    kinds: Mapping[str, list[Marker]], line_led: bool, stated: int | None
) -> Iterator[list[Marker]]:
    """As many numbered lines as are stated, though some are misprinted or of another kind.

    Each is numbered by its place then, as in a list that counts down.
    """
    if not line_led:
        return
    if stated is None:
        yield from (_counted_down(found) for found in kinds.values() if _counts_down(found))
        return
    strict = sorted(
        (m for found in kinds.values() for m in found if not m.loose), key=lambda m: m.start
    )
    for found in (*kinds.values(), strict):
        if len(found) != stated:
            continue
        numbers = [m.number for m in found]
        off = [abs(number - place) for place, number in enumerate(numbers, 1)]
        wrong = sum(map(bool, off))
        if found is strict:
            if not wrong:
                yield found
        elif numbers == list(range(stated, 0, -1)) or (
            0 < wrong <= _MISPRINTS * stated and max(off) <= _MISPRINTED_BY
        ):
            yield [replace(m, number=i, printed=m.number) for i, m in enumerate(found, 1)]


_COUNTS_DOWN = 5


def _counts_down(found: Sequence[Marker]) -> bool:
    """Whether five or more numbers of one kind run from the last to 1: TOP10, TOP9, ..."""
    numbers = [m.number for m in found]
    return len(found) >= _COUNTS_DOWN and numbers == list(range(len(found), 0, -1))


def _counted_down(found: Sequence[Marker]) -> list[Marker]:
    return [replace(m, number=i, printed=m.number) for i, m in enumerate(found, 1)]


def _runs(markers: list[Marker]) -> list[list[Marker]]:
    """The markers as runs that count up by one."""
    runs: list[list[Marker]] = []
    for marker in markers:
        if runs and marker.number == runs[-1][-1].number + 1:
            runs[-1].append(marker)
        else:
            runs.append([marker])
    return runs


def _link(runs: list[list[Marker]], stated: int | None) -> list[Marker]:
    """The outer list: a run that restarts inside an item is that item's own list.

    One number may be missing, but not behind the last one that the publication states.
    """
    chain = list(runs[0])
    rest = runs[1:]
    while rest:
        wanted = chain[-1].number + 1
        found = _continuation(rest, wanted)
        if found is None and (stated is None or wanted <= stated):
            found = _continuation(rest, wanted + 1)
        if found is None:
            break
        index, offset = found
        chain.extend(rest[index][offset:])
        rest = rest[index + 1 :]
    return chain


def _continuation(runs: list[list[Marker]], wanted: int) -> tuple[int, int] | None:
    for index, run in enumerate(runs):
        if run[0].number == wanted:
            return index, 0
    for index, run in enumerate(runs):
        offset = wanted - run[0].number
        if 0 < offset < len(run):
            return index, offset
    return None

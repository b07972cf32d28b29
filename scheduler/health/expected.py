"""Which reviews are expected when, and which of them are due or overdue.  Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from crawler.sources.declaration import NATIONAL, REGIONS
from scheduler.rhythm.almanac import Window
from storage.notices.coverage import Cell, CellStatus, Found
from storage.records import SHANGHAI, Level

LEARNT_YEARS = 2
"""So many years of history replace the declared window."""
BEFORE = timedelta(days=14)  # before the earliest opening of past years
AFTER = timedelta(days=21)  # after the latest: a week of sittings, then two for the review
MOST_NAMED = 3
"""Of the gaps in which a review may have come and gone unseen; `cppcc audit` names them all."""
EARLIEST_END = (1, 31)
LATEST_END = (5, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    """What the calendar says of reviews, and what people said of single ones."""

    windows: Mapping[Level, Window]
    openings: Mapping[tuple[str, int], date]
    waivers: Mapping[tuple[str, Level, int], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """Days between which articles of a source may have come and gone; no ``first`` for ever."""

    source_id: str
    first: date | None
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionWatch:
    """How a region is watched: since when, how many sources are declared for it, how many of
    those are proved and not paused, how many of these are broken, and what was ``unseen``."""

    since: date
    declared: int
    sources: int
    broken: int
    unseen: tuple[Unseen, ...] = ()


def committees() -> tuple[tuple[str, Level], ...]:
    """Every (region, level) that a cell is kept for."""
    return ((NATIONAL, Level.NATIONAL), *((region, Level.PROVINCIAL) for region in REGIONS))


def due_window(
    expectations: Expectations,
    region: str,
    level: Level,
    year: int,
    found: Iterable[Found],
) -> tuple[date, date]:
    """When the review of ``year`` is expected, first and last day.

    Learnt from the days on which the reviews of other years were published, where at least
    ``LEARNT_YEARS`` are known; else as declared.  A known opening day moves the end out.
    """
    window = expectations.windows[level]
    opening = expectations.openings.get((region, year + 1))
    after_opening = opening and opening + timedelta(days=window.days_after_opening)
    learnt = _learnt(year, found)
    if learnt is not None:
        first, last = learnt
        return first, max(last, after_opening) if after_opening else last
    first = date.fromisoformat(f"{year}-{window.due_from}")
    last = _day(year + 1, window.due_until)
    return first, after_opening or last


def _learnt(year: int, found: Iterable[Found]) -> tuple[date, date] | None:
    offsets = [
        (one.published_on - date(one.year + 1, 1, 1)).days
        for one in found
        if one.year != year and one.published_on is not None
    ]
    offsets = [days for days in offsets if -60 <= days <= 210]  # a late scan of an old one is none
    if len(offsets) < LEARNT_YEARS:
        return None
    turn = date(year + 1, 1, 1)
    last = turn + timedelta(days=max(offsets)) + AFTER
    last = min(max(last, date(year + 1, *EARLIEST_END)), date(year + 1, *LATEST_END))
    return turn + timedelta(days=min(offsets)) - BEFORE, last


def _day(year: int, text: str) -> date:
    month, day = (int(part) for part in text.split("-"))
    return date(year, month, min(day, 28)) if month == 2 else date(year, month, day)


def cells_on(
    today: date,
    expectations: Expectations,
    found: Mapping[tuple[str, Level, int], Found],
    watches: Mapping[str, RegionWatch],
    doubtful: Mapping[tuple[str, Level, int], int],
) -> list[Cell]:
    """Every cell as it stands on ``today``; ``doubtful`` are flags that nobody has decided on.

    A region has cells from the first year whose window had not ended when its watch began;
    what was found of earlier years has a cell too.
    """
    cells = []
    for region, level in committees():
        history = [one for key, one in found.items() if key[:2] == (region, level)]
        watch = watches.get(region)
        first_year = (watch.since if watch else today).year - 1
        years = {one.year for one in history} | set(range(first_year, today.year + 1))
        for year in sorted(years):
            window = due_window(expectations, region, level, year, history)
            known = found.get((region, level, year))
            begun_after = watch is not None and window[1] < watch.since
            if known is None and begun_after:
                continue
            waived = expectations.waivers.get((region, level, year))
            doubt = doubtful.get((region, level, year))
            status, reason = _status(today, window, known, watch, waived, doubt)
            cells.append(
                Cell(
                    region=region,
                    level=level,
                    year=year,
                    status=status,
                    publication_id=known.publication_id if known else None,
                    due_from=window[0],
                    due_until=window[1],
                    reason=reason,
                )
            )
    return cells


def _status(
    today: date,
    window: tuple[date, date],
    known: Found | None,
    watch: RegionWatch | None,
    waived: str | None,
    doubtful: int | None,
) -> tuple[CellStatus, str]:
    first, last = window
    if known is not None:
        day = known.published_on or known.seen_at.astimezone(SHANGHAI).date()
        gone = "; its site has taken it down since" if known.removed else ""
        return CellStatus.FOUND, f"found on {day}{gone}"
    if waived is not None:
        return CellStatus.WAIVED, waived
    if today < first:
        return CellStatus.NOT_DUE, f"due from {first}"
    if watch is None or not watch.declared:
        return CellStatus.NO_SOURCE, "no source of this region is declared"
    if not watch.sources:
        return (
            CellStatus.NOT_WATCHED,
            f"none of the {watch.declared} declared sources is proved and watched",
        )
    if watch.broken >= watch.sources:
        return CellStatus.SOURCE_BROKEN, f"all {watch.sources} sources of this region are broken"
    doubts = "".join(f"; {doubt}" for doubt in _doubts(first, watch, doubtful))
    if today <= last:
        return CellStatus.DUE, f"{(last - today).days} days left, until {last}{doubts}"
    return CellStatus.OVERDUE, f"{(today - last).days} days late; it was due until {last}{doubts}"


def _doubts(first: date, watch: RegionWatch, doubtful: int | None) -> Iterator[str]:
    """Why a review that was not found since ``first`` may have come all the same."""
    if doubtful is not None:
        yield f"flag {doubtful}, a doubtful one, waits for a decision"
    if watch.broken:
        yield f"{watch.broken} of {watch.sources} sources of this region are broken"
    unseen = [one for one in watch.unseen if one.last >= first]
    for one in unseen[:MOST_NAMED]:
        since = f"between {one.first} and" if one.first else "before"
        yield f"articles of {one.source_id} may have come and gone {since} {one.last}"
    if len(unseen) > MOST_NAMED:
        yield f"{len(unseen) - MOST_NAMED} such gaps more"

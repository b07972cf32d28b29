"""When a source is looked at: pure functions of the calendar, its region and what it did so far.

    interval = snap(clamp(spacing / 2, closest, widest) x night)

``spacing`` is the smoothed time between the changes that were observed on the source's lists
(unknown: as close as the season allows), ``closest`` and ``widest`` are the season's bounds,
``night`` is the calendar's factor between its night hours, and ``snap`` takes the next lower
step of ``LADDER``.  Each step divides the next, so the grids of all intervals are nested; a
stable hash of the source's id shifts its grid.  Hence two services that compute a tick, even
with slightly different intervals, name the same instants, and starts are spread over the day.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from storage.records import SHANGHAI

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
LADDER = tuple(minutes * MINUTE for minutes in (1, 5, 15, 30, 60, 120, 240, 720, 1440))
EPOCH = datetime(2000, 1, 1, tzinfo=SHANGHAI)

LONGEST_NIGHT = timedelta(hours=4)
"""A night widens no interval beyond its season's bounds and this."""
FIRST_WAIT = timedelta(minutes=15)  # the waits of a source that fails; see back_off
LONGEST_WAIT = timedelta(hours=4)
WALLED_FIRST_WAIT = timedelta(hours=2)
WALLED_LONGEST_WAIT = timedelta(hours=24)

MonthDay = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How often a source may be looked at: at most every ``closest``, at least every ``widest``."""

    closest: timedelta
    widest: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """A part of the year, from ``first`` to ``last`` (month, day), both included; may wrap."""

    name: str
    first: MonthDay
    last: MonthDay
    bounds: Bounds

    def holds(self, day: date) -> bool:
        """Whether ``day`` is in it."""
        here = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What one source does differently; None where the season decides."""

    closest: timedelta | None = None
    widest: timedelta | None = None
    crawl_every: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The year as data; ``openings`` are the first days of plenaries by (region, year)."""

    seasons: tuple[Season, ...]
    session: Bounds
    session_name: str = "session"
    days_before: int = 7
    days_after: int = 3
    openings: Mapping[tuple[str, int], date] = field(default_factory=dict)
    night_hours: tuple[int, int] = (22, 6)
    night_factor: int = 1
    crawl_every: timedelta = DAY
    rhythms: Mapping[str, Rhythm] = field(default_factory=dict)

    def in_session(self, region: str, day: date) -> bool:
        """Whether the region's plenary is near: from D-7 to D+3 as the calendar declares."""
        opening = self.openings.get((region, day.year))
        if opening is None:
            return False
        return -self.days_before <= (day - opening).days <= self.days_after

    def season_name(self, region: str, day: date) -> str:
        """The name of the season, or of the session, that ``day`` is in for ``region``."""
        if self.in_session(region, day):
            return self.session_name
        return self._season(day).name

    def bounds(self, source_id: str, region: str, day: date) -> Bounds:
        """How close and how wide the source is watched on ``day``."""
        bounds = self.session if self.in_session(region, day) else self._season(day).bounds
        rhythm = self.rhythms.get(source_id)
        if rhythm is None:
            return bounds
        closest = rhythm.closest or bounds.closest
        return Bounds(closest=closest, widest=max(closest, rhythm.widest or bounds.widest))

    def crawl_interval(self, source_id: str) -> timedelta:
        """How often a source is crawled although its probes see no change."""
        rhythm = self.rhythms.get(source_id)
        return (rhythm and rhythm.crawl_every) or self.crawl_every

    def _season(self, day: date) -> Season:
        found = next((season for season in self.seasons if season.holds(day)), None)
        if found is None:
            raise ValueError(f"no season holds {day}")
        return found


def interval(
    calendar: Calendar, source_id: str, region: str, at: datetime, spacing: timedelta | None
) -> timedelta:
    """The interval that holds for a source at an instant; see the formula above."""
    local = at.astimezone(SHANGHAI)
    bounds = calendar.bounds(source_id, region, local.date())
    wanted = bounds.closest if spacing is None else spacing / 2
    chosen = min(max(wanted, bounds.closest), bounds.widest)
    if _is_night(calendar, local):
        longest = max(bounds.widest, min(2 * bounds.closest, LONGEST_NIGHT))
        chosen = min(chosen * calendar.night_factor, longest)
    return snap(chosen)


def snap(wanted: timedelta) -> timedelta:
    """The longest step of the ladder that is not above ``wanted``; never below the first."""
    return max((step for step in LADDER if step <= wanted), default=LADDER[0])


def offset(source_id: str) -> timedelta:
    """Where in the day a source's grid begins: spread evenly, the same on every machine."""
    digest = hashlib.sha256(source_id.encode()).digest()
    return timedelta(seconds=int.from_bytes(digest[:8], "big") % int(DAY.total_seconds()))


def slot_at_or_before(source_id: str, step: timedelta, at: datetime) -> datetime:
    """The grid point of ``step`` that ``at`` belongs to."""
    begin = EPOCH + offset(source_id) % step
    return begin + step * ((at - begin) // step)


def next_tick(
    calendar: Calendar, source_id: str, region: str, after: datetime, spacing: timedelta | None
) -> datetime:
    """The first tick after ``after``.  A season or a morning that begins in between counts."""
    at = after
    while True:
        step = interval(calendar, source_id, region, at, spacing)
        slot = slot_at_or_before(source_id, step, at)
        while slot <= after or slot < at:
            slot += step
        end = _next_turn(calendar, at)
        if slot < end:
            return slot
        at = end


def due_slot(
    calendar: Calendar, source_id: str, region: str, at: datetime, spacing: timedelta | None
) -> datetime:
    """The tick that is due at ``at``: the latest of the source's grid, however late we are."""
    return slot_at_or_before(source_id, interval(calendar, source_id, region, at, spacing), at)


def back_off(failures: int, *, walled: bool) -> timedelta:
    """How long a source is left alone after so many failed attempts in a row.

    15 minutes, doubled each time, at most 4 hours; before a wall 2 hours, at most a day.
    """
    if failures <= 0:
        return timedelta(0)
    first, longest = (
        (WALLED_FIRST_WAIT, WALLED_LONGEST_WAIT) if walled else (FIRST_WAIT, LONGEST_WAIT)
    )
    return min(longest, first * (1 << min(failures - 1, 16)))


def lately(past: datetime | None, span: timedelta, now: datetime) -> bool:
    """Whether ``past`` is less than ``span`` ago; None, or what a fast clock put ahead, is not."""
    return past is not None and timedelta(0) <= now - past < span


def smoothed(spacing: timedelta | None, observed: timedelta) -> timedelta:
    """The new estimate of the time between changes: three parts old, one part new."""
    return observed if spacing is None else (3 * spacing + observed) / 4


def _is_night(calendar: Calendar, local: datetime) -> bool:
    first, last = calendar.night_hours
    return local.hour >= first or local.hour < last if first > last else first <= local.hour < last


def _next_turn(calendar: Calendar, at: datetime) -> datetime:
    """When the interval may next change: midnight, or the beginning or end of the night."""
    local = at.astimezone(SHANGHAI)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    hours = sorted({0, *calendar.night_hours})
    turns = [midnight + timedelta(hours=hour) for hour in (*hours, 24)]
    return next(turn for turn in turns if turn > local)

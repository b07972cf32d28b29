"""Past days of a live source cut into slices, each a run that can stop and be gone on with.

A paper's archive is asked day by day, so a month is a slice.  A list is walked from its first
page to the days that are wanted, so a year is one: more of them would walk the same pages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from storage.records import SOUND_KINDS, VerdictKind


@dataclass(frozen=True, slots=True, order=True)
class Slice:
    """The days from ``since`` to ``until``, both of them with it."""

    since: date
    until: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.since).days + 1

    def name(self, source_id: str) -> str:
        """What the ledger calls it."""
        return f"live:{source_id}:{self.since}:{self.until}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceEnd:
    """How the last run of a slice ended; ``articles`` it came across, ``why`` in words."""

    kind: VerdictKind | None
    articles: int
    why: str

    @property
    def done(self) -> bool:
        """Whether nothing of these days is left to be read."""
        return self.kind in SOUND_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class YearCovered:
    """What a back-fill has covered of a year, and why not the rest of it."""

    year: int
    days: int
    days_covered: int
    articles: int
    why: str

    @property
    def covered(self) -> bool:
        """Whether all days that were asked for were read."""
        return self.days_covered == self.days


def slices_of(since: date, until: date, *, by_month: bool) -> list[Slice]:
    """The slices of a range, cut where months or years end; the newest first."""
    found: list[Slice] = []
    first = since
    while first <= until:
        following = _first_of_next(first, by_month=by_month)
        found.append(Slice(first, min(until, following - timedelta(days=1))))
        first = following
    return found[::-1]


def _first_of_next(day: date, *, by_month: bool) -> date:
    if not by_month or day.month == 12:
        return date(day.year + 1, 1, 1)
    return date(day.year, day.month + 1, 1)


def years_of(slices: Sequence[Slice], ends: Mapping[Slice, SliceEnd]) -> list[YearCovered]:
    """What was covered of each year, the oldest first; a slice without an end was not read."""
    found: list[YearCovered] = []
    for year in sorted({one.since.year for one in slices}):
        mine = [one for one in sorted(slices) if one.since.year == year]
        left = [one for one in mine if one not in ends or not ends[one].done]
        why = ""
        if left:
            end = ends.get(left[-1])
            span = f"{left[0].since} to {left[-1].until}"
            why = f"{span}: {end.why if end else 'not read yet'}"
        found.append(
            YearCovered(
                year=year,
                days=sum(one.days for one in mine),
                days_covered=sum(one.days for one in mine if one not in left),
                articles=sum(ends[one].articles for one in mine if one in ends),
                why=why,
            )
        )
    return found

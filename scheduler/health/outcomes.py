"""Which months and days of a source hold far less than is usual of it.  Pure.

The only input is how many publications are stored for each day: what runs said of themselves
counts for nothing.  A month is measured against the same month of the nearest other years, a
day against the same weekday in the four weeks on either side.  A shortfall counts from three
quarters, and four standard deviations of a Poisson count: where single months are too small to
show it, a row of them together may.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from statistics import median

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
FAR = 4.0
"""Standard deviations: by chance, less than one month in ten thousand."""
SHARE = 0.25
OTHER_YEARS = 4
EDGE = timedelta(days=3)
"""A month whose first or last article is within so many days of its edge is not cut."""
AROUND = 12
"""Months around one that say how much its source put out at that time."""
ALIVE_MONTHS = 2
"""A month of nothing says what is usual only where so near it something was published."""
WEEKS = 4
NEIGHBOURS = 4
"""So many weekdays around a day at least say what is usual."""

# The first day of the lunar year; the Hong Kong Observatory's conversion tables.
NEW_YEARS = tuple(
    date.fromisoformat(text)
    for text in (
        "2015-02-19", "2016-02-08", "2017-01-28", "2018-02-16", "2019-02-05", "2020-01-25",
        "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17",
        "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days from ``first`` to ``last``, both included, with ``count`` where ``usual`` is usual."""

    first: date
    last: date
    count: int
    usual: float


def is_holiday(day: date) -> bool:
    """Whether papers thin out by custom: the spring festival, the first of May and of October."""
    if any(-1 <= (day - turn).days <= 8 for turn in NEW_YEARS):
        return True
    return (day.month, day.day) in {(10, n) for n in range(1, 9)} | {(5, n) for n in range(1, 6)}


def thin_months(days: Mapping[date, int], *, first: date, last: date) -> list[Span]:
    """Rows of months between ``first`` and ``last`` (days, both included) that hold far too little.

    ``days`` are the publications of each day of all that is stored, also outside these.
    Months of one calendar year's length are the least history: before, nothing is claimed.
    """
    months = Counter[int]()
    for day, count in days.items():
        months[_month(day)] += count
    if not months:
        return []
    known = range(_month(min(days) - EDGE) + 1, _month(max(days) + EDGE))
    spans: list[Span] = []
    row: list[Span] = []
    for month in range(_month(first), _month(last) + 1):
        begin, end = max(_first(month), first), min(_first(month + 1) - DAY, last)
        share = ((end - begin).days + 1) / (_first(month + 1) - _first(month)).days
        span = Span(
            first=begin,
            last=end,
            count=sum(days.get(begin + n * DAY, 0) for n in range((end - begin).days + 1)),
            usual=_usual_month(months, month, known) * share,
        )
        if span.usual and span.count <= span.usual * SHARE:
            row.append(span)
            continue
        spans += _judged(row)
        row = []
    return [*spans, *_judged(row)]


def _usual_month(months: Mapping[int, int], month: int, known: range) -> float:
    """What is usual of a month, from other years; 0 where nobody can say.

    ``known`` are the months between the first and the last that hold anything and are not cut.
    """
    whole = [one for one in known if _alive(months, one)]
    others = [months.get(one, 0) for one in whole if one != month]
    if len(others) < 3:
        return 0
    same = sorted(
        (abs(one - month), one) for one in whole if one != month and not (one - month) % 12
    )
    counts = [
        months.get(one, 0) * min(1.0, _level(months, month) / _level(months, one))
        for _, one in same[:OTHER_YEARS]
    ]
    if len(counts) >= 2:
        return float(median(counts))
    if counts:
        return float(min(counts[0], median(others)))
    return median(others) / 2  # no other year is known, and the seasons differ


def _level(months: Mapping[int, int], month: int) -> float:
    """How much the months around one hold, those of nothing and single bursts left out.

    A source that grows had less in its first years; a hole has its neighbours' level.
    """
    around = sorted(
        (abs(one - month), one) for one, count in months.items() if count and one != month
    )
    counts = sorted(months[one] for _, one in around[:AROUND])
    return counts[-min(3, len(counts))] if counts else 1.0


def _alive(months: Mapping[int, int], month: int) -> bool:
    return any(months.get(month + n) for n in range(-ALIVE_MONTHS, ALIVE_MONTHS + 1))


def thin_days(
    days: Mapping[date, int], *, first: date, last: date, pages: Mapping[date, int] | None = None
) -> list[Span]:
    """Single days between ``first`` and ``last`` that hold far too little; holidays are left out.

    ``pages`` are what the site itself says that there is of a day (the pages of an issue): a
    day is measured by its share of those, where they are known of it and of its neighbours.
    """
    if not days:
        return []
    pages = pages or {}
    spans = []
    oldest, newest = min(days), max(days)
    day = max(first, oldest)
    while day <= min(last, newest):
        floor = max(days.get(day, 0) / SHARE, FAR**2)  # less is usual of no day that is far from it
        weekdays = [day + n * WEEK for n in range(-WEEKS, WEEKS + 1) if n]
        if sum(days.get(one, 0) >= floor for one in weekdays) >= 2 and not is_holiday(day):
            around = [one for one in weekdays if oldest <= one <= newest]
            usual = _usual_day(days, pages, day, [one for one in around if not is_holiday(one)])
            count = days.get(day, 0)
            if _is_far(count, usual):
                spans.append(Span(first=day, last=day, count=count, usual=usual))
        day += DAY
    return spans


def _usual_day(
    days: Mapping[date, int], pages: Mapping[date, int], day: date, around: Sequence[date]
) -> float:
    if len(around) < NEIGHBOURS:
        return 0
    usual = float(median(days.get(one, 0) for one in around))
    known = [pages[one] for one in around if pages.get(one)]
    if pages.get(day) is None or len(known) < NEIGHBOURS:
        return usual
    return usual * min(1.0, pages[day] / median(known))


def _judged(row: Sequence[Span]) -> Iterator[Span]:
    if not row:
        return
    count, usual = sum(one.count for one in row), sum(one.usual for one in row)
    if _is_far(count, usual):
        yield Span(first=row[0].first, last=row[-1].last, count=count, usual=usual)


def _is_far(count: int, usual: float) -> bool:
    return count <= usual * SHARE and usual - count >= FAR * sqrt(usual) > 0


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)

"""Past days in slices: no day twice, none left out, and a year is covered or says why not."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.backfill.slices import Slice, SliceEnd, slices_of, years_of
from storage.records import VerdictKind

DAYS = st.dates(min_value=date(2005, 1, 1), max_value=date(2030, 12, 31))


@given(DAYS, st.integers(0, 3000), st.booleans())
def test_slices_are_the_range(since: date, days: int, by_month: bool) -> None:
    until = since + timedelta(days=days)
    slices = slices_of(since, until, by_month=by_month)
    found = [one.since + timedelta(days=n) for one in slices[::-1] for n in range(one.days)]
    assert found == [since + timedelta(days=n) for n in range(days + 1)]
    assert all(one.since.year == one.until.year for one in slices)
    assert all(not by_month or one.since.month == one.until.month for one in slices)


def test_the_newest_comes_first() -> None:
    assert slices_of(date(2019, 11, 5), date(2020, 1, 3), by_month=True) == [
        Slice(date(2020, 1, 1), date(2020, 1, 3)),
        Slice(date(2019, 12, 1), date(2019, 12, 31)),
        Slice(date(2019, 11, 5), date(2019, 11, 30)),
    ]
    assert slices_of(date(2021, 1, 1), date(2020, 1, 1), by_month=True) == []


def end(kind: VerdictKind | None, articles: int = 5, why: str = "") -> SliceEnd:
    return SliceEnd(kind=kind, articles=articles, why=why)


@pytest.mark.parametrize(
    ("kind", "covered"),
    [
        (VerdictKind.COMPLETE, True),
        (VerdictKind.EMPTY_EXPECTED, True),
        (VerdictKind.PARTIAL, False),
        (VerdictKind.BLOCKED, False),
        (VerdictKind.FAILED, False),
        (None, False),
    ],
)
def test_only_a_proved_slice_covers(kind: VerdictKind | None, covered: bool) -> None:
    (one,) = slices_of(date(2020, 1, 1), date(2020, 12, 31), by_month=False)
    (year,) = years_of([one], {one: end(kind, why="because")})
    assert year.covered is covered
    assert (year.articles, year.days) == (5, 366)
    assert year.why == ("" if covered else "2020-01-01 to 2020-12-31: because")


def test_a_year_says_which_days_are_missing() -> None:
    slices = slices_of(date(2019, 1, 1), date(2020, 12, 31), by_month=True)
    ends = {one: end(VerdictKind.COMPLETE, 1) for one in slices if one.since >= date(2019, 3, 1)}
    bad = next(one for one in slices if one.since == date(2020, 6, 1))
    ends[bad] = end(VerdictKind.PARTIAL, 1, "2 pages were refused")
    first, second = years_of(slices, ends)
    assert (first.year, first.covered, first.days_covered) == (2019, False, 306)
    assert first.why == "2019-01-01 to 2019-02-28: not read yet"
    assert second.why == "2020-06-01 to 2020-06-30: 2 pages were refused"
    assert (second.days, second.days_covered, second.articles) == (366, 336, 12)

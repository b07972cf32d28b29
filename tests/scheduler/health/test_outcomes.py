"""Which months and days count as far too thin."""

from datetime import date, timedelta

import pytest

from scheduler.health.outcomes import DAY, is_holiday, thin_days, thin_months

FIRST, LAST = date(2021, 1, 1), date(2023, 12, 31)


def steady(per_day: int, first: date = FIRST, last: date = LAST) -> dict[date, int]:
    return {first + n * DAY: per_day for n in range((last - first).days + 1)}


def without(days: dict[date, int], first: date, last: date) -> dict[date, int]:
    return {day: count for day, count in days.items() if not first <= day <= last}


@pytest.mark.parametrize("per_day", [1, 3, 40])
def test_steady_years_have_no_thin_month_and_no_thin_day(per_day: int) -> None:
    days = steady(per_day)
    assert thin_months(days, first=FIRST, last=LAST) == []
    assert thin_days(days, first=FIRST, last=LAST) == []


def test_nothing_stored_claims_nothing() -> None:
    assert thin_months({}, first=FIRST, last=LAST) == []
    assert thin_days({}, first=FIRST, last=LAST) == []


def test_a_month_of_nothing_is_thin_and_months_in_a_row_are_one() -> None:
    days = without(steady(1), date(2022, 3, 1), date(2022, 5, 31))
    (span,) = thin_months(days, first=FIRST, last=LAST)
    assert (span.first, span.last, span.count) == (date(2022, 3, 1), date(2022, 5, 31), 0)
    assert span.usual == pytest.approx(92, abs=1)


def test_a_slow_source_is_thin_only_after_many_months() -> None:
    days = {date(year, month, 5): 2 for year in range(2019, 2024) for month in range(1, 13)}
    short = without(days, date(2022, 3, 1), date(2022, 5, 31))
    assert thin_months(short, first=FIRST, last=LAST) == []
    long = without(days, date(2022, 1, 1), date(2022, 12, 31))
    assert len(thin_months(long, first=FIRST, last=LAST)) == 1


def test_a_source_that_grows_is_not_thin_in_its_first_year() -> None:
    days = {
        FIRST + n * DAY: 1 + n // 200 for n in range((LAST - FIRST).days + 1)
    }  # one a day at first, six at last
    assert thin_months(days, first=FIRST, last=LAST) == []


def test_a_quiet_season_that_every_year_has_is_usual() -> None:
    days = {day: 3 for day in steady(1) if day.month not in (7, 8)}
    assert thin_months(days, first=FIRST, last=LAST) == []


def test_years_before_anything_is_stored_are_thin() -> None:
    days = steady(2, first=date(2022, 1, 1))
    (span,) = thin_months(days, first=date(2020, 1, 1), last=LAST)
    assert (span.first, span.last) == (date(2020, 1, 1), date(2021, 12, 31))


def test_a_source_that_died_years_ago_does_not_become_usual() -> None:
    days = steady(2, last=date(2021, 12, 31))
    (span,) = thin_months(days, first=FIRST, last=date(2025, 12, 31))
    assert (span.first, span.last) == (date(2022, 1, 1), date(2025, 12, 31))


def test_a_day_cut_to_four_is_thin() -> None:
    days = steady(659) | {date(2022, 6, 15): 4}
    (span,) = thin_days(days, first=FIRST, last=LAST)
    assert (span.first, span.count, span.usual) == (date(2022, 6, 15), 4, 659)


def test_weekends_without_a_paper_and_holidays_are_not_thin() -> None:
    days = {day: 30 for day in steady(30) if day.weekday() < 5 and not is_holiday(day)}
    assert thin_days(days, first=FIRST, last=LAST) == []


def test_a_day_of_one_page_is_measured_by_its_pages() -> None:
    day = date(2022, 6, 15)
    days = steady(60) | {day: 8}
    pages = {day + timedelta(days=n): 8 for n in range(-30, 31)} | {day: 1}
    assert thin_days(days, first=FIRST, last=LAST, pages=pages) == []
    assert len(thin_days(days, first=FIRST, last=LAST, pages=pages | {day: 8})) == 1

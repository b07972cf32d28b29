"""Days as they stand in PostgreSQL's index of words."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from storage.search.windows import Window

DAYS = st.dates(min_value=date(1949, 9, 21), max_value=date(2099, 12, 31))


def test_whole_months_and_years_are_named_at_once() -> None:
    tokens = Window(date(2023, 11, 29), date(2026, 2, 2)).tokens
    assert tokens == [
        "20231129", "20231130", "202312", "2024", "2025", "202601", "20260201", "20260202",
    ]  # fmt: skip


@given(DAYS, st.integers(0, 1500))
def test_each_day_of_them_is_named_once_and_no_other(first: date, more: int) -> None:
    last = first + timedelta(days=more)
    tokens = Window(first, last).tokens
    days = (first + timedelta(days=number) for number in range(-400, more + 400))
    for day in days:
        names = {f"{day:%Y}", f"{day:%Y%m}", f"{day:%Y%m%d}"}
        assert len(names.intersection(tokens)) == (first <= day <= last), day
    assert len(tokens) <= 61 + 22 + more // 365

"""The days printed beside the links of a list, and the year that they leave out."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages.lists.listdays import DayRow, PrintedDay, printed_day, resolve_days
from tests.crawler.pages.lists.listings import NOW


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-09", PrintedDay(2026, 3, 9)),
        ("[2026/3/9]", PrintedDay(2026, 3, 9)),
        ("2026.03.09 08:15", PrintedDay(2026, 3, 9)),
        ("2026年3月9日", PrintedDay(2026, 3, 9)),
        ("来源：示例网 2026-03-09 浏览：120", PrintedDay(2026, 3, 9)),
        ("09 2026-03", PrintedDay(2026, 3, 9)),
        ("09 / 2026-03", PrintedDay(2026, 3, 9)),
        ("03-09 2026", PrintedDay(2026, 3, 9)),
        ("20260309", PrintedDay(2026, 3, 9)),
        ("(09-03-20)", PrintedDay(2009, 3, 20)),
        ("19-07-05 09:44", PrintedDay(2019, 7, 5)),
        ("03-09", PrintedDay(None, 3, 9)),
        ("[03月09日 09:30]", PrintedDay(None, 3, 9)),
        ("发布时间：3月9日", PrintedDay(None, 3, 9)),
        ("3/9", PrintedDay(None, 3, 9)),
        ("3小时前", PrintedDay(None, 0, 0, timedelta(hours=3))),
        ("昨天 21:10", PrintedDay(None, 0, 0, timedelta(days=1))),
        ("02-29", PrintedDay(None, 2, 29)),
        ("2026-02-30", None),
        ("13-45", None),
        ("1/55页", None),
        ("第3-5届", None),
        ("浏览 120 次", None),
        (
            "2025年12月5日，调研组一行先后来到三个乡镇，实地察看工程进度，听取各方意见，又与干部群众座谈交流，会上明确了分工，大家都表示支持。",
            None,
        ),
        ("", None),
    ],
)
def test_printed_day(text: str, expected: PrintedDay | None) -> None:
    assert printed_day(text) == expected


def bare(*days: tuple[int, int]) -> list[DayRow]:
    return [DayRow(PrintedDay(None, month, day)) for month, day in days]


def test_a_year_comes_from_the_day_of_reading_and_the_order_of_the_rows() -> None:
    rows = bare((3, 10), (1, 4), (12, 30), (12, 31), (11, 2), (1, 3), (12, 20))
    assert resolve_days(rows, NOW) == [
        date(2026, 3, 10),
        date(2026, 1, 4),
        date(2025, 12, 30),
        date(2025, 12, 31),  # out of order by a day, not by a year
        date(2025, 11, 2),
        date(2025, 1, 3),
        date(2024, 12, 20),
    ]


def test_a_day_that_is_still_to_come_was_last_year() -> None:
    assert resolve_days(bare((12, 5)), NOW) == [date(2025, 12, 5)]


def test_a_row_that_fits_no_reading_stays_open() -> None:
    # After 1 January, 1 March is neither a pinned row nor surely last year's.
    assert resolve_days(bare((1, 1), (3, 1)), NOW) == [date(2026, 1, 1), None]


def test_without_now_only_the_url_can_give_the_year() -> None:
    rows = [
        DayRow(PrintedDay(None, 2, 4), date(2021, 2, 4)),
        DayRow(PrintedDay(None, 2, 4), None),
        DayRow(PrintedDay(None, 2, 4), date(2021, 7, 9)),
    ]
    assert resolve_days(rows, None) == [date(2021, 2, 4), None, None]


@given(
    st.lists(
        st.tuples(st.integers(1, 12), st.integers(1, 28)).map(
            lambda day: DayRow(PrintedDay(None, *day))
        ),
        max_size=30,
    )
)
def test_resolved_days_keep_what_is_printed_and_never_lie_ahead(
    rows: list[DayRow],
) -> None:
    days = resolve_days(rows, NOW)
    assert len(days) == len(rows)
    for row, day in zip(rows, days, strict=True):
        printed = row.printed
        assert printed is not None
        if day is not None:
            assert (day.month, day.day) == (printed.month, printed.day)
            assert day <= NOW.date() + timedelta(days=1)

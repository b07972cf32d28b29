"""Due windows and the status of a cell."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from scheduler.health.expected import Expectations, RegionWatch, Unseen, cells_on, due_window
from scheduler.rhythm.almanac import load_almanac
from storage.notices.coverage import CellStatus, Found
from storage.records import SHANGHAI, Level

ALMANAC = load_almanac()
LEVEL = Level.PROVINCIAL


def expectations(
    openings: dict[tuple[str, int], date] | None = None,
    waivers: dict[tuple[str, Level, int], str] | None = None,
) -> Expectations:
    return Expectations(windows=ALMANAC.windows, openings=openings or {}, waivers=waivers or {})


def found(year: int, published_on: date | None, region: str = "云南") -> Found:
    return Found(
        region=region,
        level=LEVEL,
        year=year,
        publication_id=7,
        published_on=published_on,
        seen_at=datetime(2027, 1, 1, tzinfo=SHANGHAI),
    )


@pytest.mark.parametrize(
    ("openings", "history", "first", "last"),
    [
        ({}, [], date(2026, 12, 20), date(2027, 2, 28)),
        ({("云南", 2027): date(2027, 1, 20)}, [], date(2026, 12, 20), date(2027, 2, 19)),
        ({("云南", 2027): date(2027, 5, 9)}, [], date(2026, 12, 20), date(2027, 6, 8)),  # put off
        ({}, [found(2025, date(2026, 1, 24))], date(2026, 12, 20), date(2027, 2, 28)),
        (
            {},
            [found(2025, date(2026, 1, 24)), found(2024, date(2025, 1, 12))],
            date(2026, 12, 29),
            date(2027, 2, 14),
        ),
        (
            {("云南", 2027): date(2027, 2, 2)},  # learnt, yet the session is late this year
            [found(2025, date(2026, 1, 24)), found(2024, date(2025, 1, 12))],
            date(2026, 12, 29),
            date(2027, 3, 4),
        ),
        (
            {},
            [found(2025, date(2025, 12, 30)), found(2024, date(2025, 1, 2))],
            date(2026, 12, 16),
            date(2027, 1, 31),
        ),
        (
            {},  # scanned years later: these days teach nothing
            [found(2015, date(2026, 1, 24)), found(2014, None)],
            date(2026, 12, 20),
            date(2027, 2, 28),
        ),
    ],
)
def test_the_window_of_a_review(
    openings: dict[tuple[str, int], date], history: list[Found], first: date, last: date
) -> None:
    assert due_window(expectations(openings), "云南", LEVEL, 2026, history) == (first, last)


WATCHED = RegionWatch(since=date(2026, 6, 1), declared=2, sources=2, broken=0)


def status_on(
    today: date,
    watch: RegionWatch | None = WATCHED,
    known: Found | None = None,
    waived: str | None = None,
) -> CellStatus | None:
    places = {("云南", LEVEL, 2026): waived} if waived else {}
    cells = cells_on(
        today,
        expectations({}, places),
        {("云南", LEVEL, 2026): known} if known else {},
        {"云南": watch} if watch else {},
        {},
    )
    chosen = [cell for cell in cells if (cell.region, cell.year) == ("云南", 2026)]
    return chosen[0].status if chosen else None


@pytest.mark.parametrize(
    ("today", "status"),
    [
        (date(2026, 12, 19), "not_due"),
        (date(2026, 12, 20), "due"),
        (date(2027, 2, 28), "due"),
        (date(2027, 3, 1), "overdue"),
        (date(2028, 3, 1), "overdue"),
    ],
)
def test_a_cell_follows_its_window(today: date, status: str) -> None:
    assert status_on(today) is CellStatus(status)


def test_what_was_found_and_what_was_waived_is_not_overdue() -> None:
    late = date(2027, 4, 1)
    assert status_on(late, known=found(2026, None)) is CellStatus.FOUND
    assert status_on(late, waived="no plenary this year") is CellStatus.WAIVED
    both = status_on(late, known=found(2026, None), waived="no plenary this year")
    assert both is CellStatus.FOUND


def test_nobody_is_blamed_for_what_could_not_be_seen() -> None:
    broken = RegionWatch(since=date(2026, 6, 1), declared=2, sources=2, broken=2)
    half = RegionWatch(since=date(2026, 6, 1), declared=2, sources=2, broken=1)
    late = date(2027, 3, 5)
    assert status_on(late, broken) is CellStatus.SOURCE_BROKEN
    assert status_on(late, half) is CellStatus.OVERDUE
    assert status_on(date(2026, 11, 1), broken) is CellStatus.NOT_DUE


def test_a_review_that_is_late_may_have_come_where_nobody_looked() -> None:
    gaps = [Unseen(source_id="a_net", first=None, last=date(2026, 12, 19))]
    gaps += [
        Unseen(source_id="b_net", first=date(2027, 1, day), last=date(2027, 1, day + 2))
        for day in (1, 11, 21)
    ]
    gaps.append(Unseen(source_id="c_net", first=None, last=date(2027, 1, 30)))
    watch = RegionWatch(since=date(2026, 6, 1), declared=3, sources=3, broken=1, unseen=tuple(gaps))
    cells = cells_on(date(2027, 3, 5), expectations(), {}, {"云南": watch}, {})
    (cell,) = [cell for cell in cells if (cell.region, cell.year) == ("云南", 2026)]
    assert cell.reason.split("; ") == [
        "5 days late",
        "it was due until 2027-02-28",
        "1 of 3 sources of this region are broken",
        "articles of b_net may have come and gone between 2027-01-01 and 2027-01-03",
        "articles of b_net may have come and gone between 2027-01-11 and 2027-01-13",
        "articles of b_net may have come and gone between 2027-01-21 and 2027-01-23",
        "1 such gaps more",
    ]
    known = cells_on(date(2027, 3, 5), expectations(), {("云南", LEVEL, 2026): found(2026, None)},
                     {"云南": watch}, {})  # fmt: skip
    assert "found on 2027-01-01" in {cell.reason for cell in known}


def test_a_doubtful_find_fills_no_cell_until_somebody_decides() -> None:
    doubtful = {("云南", LEVEL, 2026): 12}
    cells = cells_on(date(2027, 3, 5), expectations(), {}, {"云南": WATCHED}, doubtful)
    (cell,) = [cell for cell in cells if (cell.region, cell.year) == ("云南", 2026)]
    assert cell.status is CellStatus.OVERDUE
    assert cell.reason.endswith("; flag 12, a doubtful one, waits for a decision")


def test_what_its_site_took_down_was_published_all_the_same() -> None:
    gone = replace(found(2026, date(2027, 1, 20)), removed=True)
    cells = cells_on(
        date(2027, 3, 5), expectations(), {("云南", LEVEL, 2026): gone}, {"云南": WATCHED}, {}
    )
    (cell,) = [cell for cell in cells if (cell.region, cell.year) == ("云南", 2026)]
    assert cell.status is CellStatus.FOUND
    assert cell.reason == "found on 2027-01-20; its site has taken it down since"


def test_an_unproved_source_watches_nothing() -> None:
    claimed = RegionWatch(since=date(2026, 6, 1), declared=3, sources=0, broken=0)
    late = date(2027, 3, 5)
    assert status_on(late, claimed) is CellStatus.NOT_WATCHED
    assert status_on(late, None) is CellStatus.NO_SOURCE
    assert status_on(late, claimed, known=found(2026, None)) is CellStatus.FOUND


def test_a_window_that_ended_before_the_watch_began_has_no_cell() -> None:
    watch = RegionWatch(since=date(2027, 4, 1), declared=1, sources=1, broken=0)
    assert status_on(date(2027, 5, 1), watch) is None
    assert status_on(date(2027, 5, 1), watch, known=found(2026, None)) is CellStatus.FOUND


def test_a_find_without_a_day_is_dated_in_shanghai() -> None:
    late = datetime(2027, 1, 20, 17, tzinfo=UTC)  # 01:00 of the 21st there
    seen = replace(found(2026, None), seen_at=late)
    cells = cells_on(date(2027, 2, 1), expectations(), {("云南", LEVEL, 2026): seen}, {}, {})
    (cell,) = [cell for cell in cells if (cell.region, cell.year) == ("云南", 2026)]
    assert cell.reason == "found on 2027-01-21"

"""The calendar, the interval formula and the grid."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.rhythm.almanac import AlmanacError, load_almanac
from scheduler.rhythm.seasons import (
    DAY,
    LADDER,
    MINUTE,
    Rhythm,
    back_off,
    due_slot,
    interval,
    next_tick,
    offset,
    slot_at_or_before,
    smoothed,
    snap,
)
from storage.records import SHANGHAI

CALENDAR = load_almanac().calendar
HOUR = 60 * MINUTE

instants = st.integers(min_value=0, max_value=10 * 365 * 86400).map(
    lambda seconds: datetime(2020, 1, 1, tzinfo=SHANGHAI) + timedelta(seconds=seconds)
)
spacings = st.none() | st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400))
ids = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 12, 15), "announcement"),
        (date(2027, 1, 4), "announcement"),
        (date(2027, 1, 5), "hot"),
        (date(2027, 2, 10), "hot"),
        (date(2027, 2, 11), "after"),
        (date(2028, 2, 29), "after"),
        (date(2027, 3, 1), "spring"),
        (date(2027, 5, 31), "spring"),
        (date(2027, 6, 1), "quiet"),
        (date(2027, 12, 14), "quiet"),
    ],
)
def test_the_season_of_a_day(day: date, name: str) -> None:
    assert CALENDAR.season_name("云南", day) == name


@pytest.mark.parametrize(
    ("days", "near"), [(-8, False), (-7, True), (0, True), (3, True), (4, False)]
)
def test_a_region_is_in_session_from_a_week_before_to_three_days_after(
    days: int, near: bool
) -> None:
    opening = CALENDAR.openings["云南", 2026]
    assert CALENDAR.in_session("云南", opening + days * DAY) is near
    assert not CALENDAR.in_session("西藏", opening + days * DAY)


@pytest.mark.parametrize(
    ("at", "spacing", "expected"),
    [
        ("2027-01-15T10:00", None, 30 * MINUTE),  # unknown: as close as the season allows
        ("2027-01-15T10:00", timedelta(hours=1), 30 * MINUTE),
        ("2027-01-15T10:00", timedelta(days=3), HOUR),  # rarely changes: as wide as it allows
        ("2027-01-15T23:00", timedelta(hours=1), HOUR),  # at night
        ("2026-07-01T10:00", timedelta(hours=1), 12 * HOUR),
        ("2026-07-01T23:00", timedelta(hours=1), 12 * HOUR),  # a night skips no day
        ("2026-01-25T10:00", timedelta(hours=1), 30 * MINUTE),  # 云南 opens on the 27th
        ("2026-01-25T10:00", None, 15 * MINUTE),
    ],
)
def test_the_interval(at: str, spacing: timedelta | None, expected: timedelta) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=SHANGHAI)
    assert interval(CALENDAR, "x", "云南", moment, spacing) == expected


def test_a_source_may_have_its_own_rhythm() -> None:
    own = {"x": Rhythm(closest=2 * HOUR, widest=4 * HOUR, crawl_every=6 * HOUR)}
    calendar = replace(CALENDAR, rhythms=own)
    noon = datetime(2027, 1, 15, 12, tzinfo=SHANGHAI)
    assert interval(calendar, "x", "云南", noon, None) == 2 * HOUR
    assert interval(calendar, "y", "云南", noon, None) == 30 * MINUTE
    assert calendar.crawl_interval("x") == 6 * HOUR
    assert calendar.crawl_interval("y") == DAY


@given(ids, instants, spacings)
def test_ticks_move_on_and_lie_on_the_grid(
    source_id: str, at: datetime, spacing: timedelta | None
) -> None:
    tick = next_tick(CALENDAR, source_id, "云南", at, spacing)
    assert at < tick <= at + DAY
    step = interval(CALENDAR, source_id, "云南", tick, spacing)
    assert slot_at_or_before(source_id, step, tick) == tick
    assert due_slot(CALENDAR, source_id, "云南", tick, spacing) == tick


@given(ids, instants, st.sampled_from(LADDER), st.sampled_from(LADDER))
def test_a_wide_grid_is_part_of_every_closer_one(
    source_id: str, at: datetime, one: timedelta, other: timedelta
) -> None:
    wide, close = max(one, other), min(one, other)
    slot = slot_at_or_before(source_id, wide, at)
    assert slot_at_or_before(source_id, close, slot) == slot
    assert slot <= at < slot + wide


def test_sources_are_spread_over_the_grid() -> None:
    places = {int((offset(f"source_{n}") % HOUR) / (5 * MINUTE)) for n in range(200)}
    assert len(places) == 12


@given(st.timedeltas(min_value=MINUTE, max_value=timedelta(days=10)))
def test_snapping_takes_the_next_lower_step(wanted: timedelta) -> None:
    step = snap(wanted)
    assert step in LADDER
    assert step <= wanted
    assert all(other <= step or other > wanted for other in LADDER)


def test_back_off_doubles_to_its_cap() -> None:
    waits = [back_off(n, walled=False) / MINUTE for n in range(8)]
    assert waits == [0, 15, 30, 60, 120, 240, 240, 240]
    assert [back_off(n, walled=True) / HOUR for n in (1, 2, 5, 50)] == [2, 4, 24, 24]


def test_spacing_follows_what_is_observed() -> None:
    assert smoothed(None, 4 * HOUR) == 4 * HOUR
    assert smoothed(4 * HOUR, 8 * HOUR) == 5 * HOUR


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("crawl_every = 5", "crawl_every"),
        ("[openings.2027]\n'雲南' = 2027-01-20", "雲南"),
        ("[openings.2027]\n'云南' = 2026-01-20", "no day of 2027"),
        ("[session]\nclosest_minutes = 10", "must be one of"),
        ("[session]\nclosest_minutes = 60", "above widest"),
        ("[[season]]\nname='all'\nfirst='01-01'\nlast='11-30'\n"
         "closest_minutes=60\nwidest_minutes=60", "0 seasons"),
        ("[[waiver]]\nregion='云南'\nyear=2019\nreason=''", "reason"),
        ("nonsense", "calendar.toml"),
    ],
)  # fmt: skip
def test_a_wrong_calendar_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "calendar.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(AlmanacError, match=problem):
        load_almanac(path)


def test_a_deployment_adds_openings_and_overrides(tmp_path: Path) -> None:
    path = tmp_path / "calendar.toml"
    path.write_text(
        "[openings.2027]\n'云南' = 2027-01-20\n[source.x]\nwidest_minutes = 720\n", "utf-8"
    )
    almanac = load_almanac(path)
    assert almanac.calendar.openings["云南", 2027] == date(2027, 1, 20)
    assert almanac.calendar.openings["云南", 2026] == date(2026, 1, 27)
    assert almanac.calendar.rhythms["x"].widest == 12 * HOUR

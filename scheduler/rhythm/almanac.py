"""Reads the calendar that is declared as data: seasons, openings, due windows, waivers."""

import re
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from crawler.sources.declaration import NATIONAL, REGIONS
from scheduler.rhythm.seasons import DAY, LADDER, Bounds, Calendar, MonthDay, Rhythm, Season
from storage.records import Level

DECLARED = Path(__file__).with_name("almanac.toml")


class AlmanacError(Exception):
    """The calendar file is wrong: which, where, and what is wrong with it."""


def _a_month_day(text: str) -> str:
    if not re.fullmatch(r"\d\d-\d\d", text):
        raise ValueError("write it as MM-DD")
    date.fromisoformat(f"2024-{text}")  # a leap year has every day
    return text


def _a_region(text: str) -> str:
    if text not in REGIONS and text != NATIONAL:
        raise ValueError(f"{text!r} is none of the 31 short names nor {NATIONAL}")
    return text


Day = Annotated[str, AfterValidator(_a_month_day)]
Region = Annotated[str, AfterValidator(_a_region)]
Minutes = Annotated[int, Field(ge=1, le=1440)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Night(_Strict):
    from_hour: int = Field(ge=0, le=23)
    to_hour: int = Field(ge=0, le=23)
    factor: int = Field(ge=1, le=24)


class _Session(_Strict):
    days_before: int = Field(ge=0, le=30)
    days_after: int = Field(ge=0, le=30)
    closest_minutes: Minutes
    widest_minutes: Minutes


class _Season(_Strict):
    name: str
    first: Day
    last: Day
    closest_minutes: Minutes
    widest_minutes: Minutes


class _Rhythm(_Strict):
    closest_minutes: Minutes | None = None
    widest_minutes: Minutes | None = None
    crawl_every_minutes: int | None = Field(default=None, ge=1)


class Window(_Strict):
    """When the review of year Y is expected: from a day of Y to a day of Y + 1."""

    due_from: Day
    due_until: Day
    days_after_opening: int = Field(ge=1, le=180)


class Waiver(_Strict):
    """A review that will not come, and why."""

    region: Region
    year: int
    reason: str = Field(min_length=3)


class _Almanac(_Strict):
    crawl_every_minutes: int = Field(ge=1)
    night: _Night
    session: _Session
    season: tuple[_Season, ...] = Field(min_length=1)
    window: dict[Level, Window]
    openings: dict[int, dict[Region, date]] = {}
    source: dict[str, _Rhythm] = {}
    waiver: tuple[Waiver, ...] = ()


class Almanac(_Strict):
    """The calendar with what coverage needs besides."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    calendar: Calendar
    windows: dict[Level, Window]
    waivers: tuple[Waiver, ...]


def load_almanac(further: Path | None = None) -> Almanac:
    """The project's calendar, with what a deployment's own file says instead or besides.

    :raises AlmanacError: names the file, the key and what is wrong.
    """
    table = _read(DECLARED)
    path = DECLARED
    if further is not None:
        path = further
        table = _merged(table, _read(further))
    try:
        read = _Almanac.model_validate(table)
        almanac = _almanac(read)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "(file)"
        raise AlmanacError(f"{path}: {key}: {first['msg']}") from error
    except ValueError as error:
        raise AlmanacError(f"{path}: {error}") from error
    _see_that_the_year_is_covered(almanac.calendar, path)
    return almanac


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AlmanacError(f"{path}: {error}") from error


def _merged(base: dict[str, object], over: dict[str, object]) -> dict[str, object]:
    """Tables are merged key by key, waivers joined; anything else is replaced."""
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            merged[key] = _merged(old, value)
        elif key == "waiver" and isinstance(old, list) and isinstance(value, list):
            merged[key] = old + value
        else:
            merged[key] = value
    return merged


def _almanac(read: _Almanac) -> Almanac:
    for year, regions in read.openings.items():
        for region, day in regions.items():
            if day.year != year:  # the review before it would be late from the first day on
                raise ValueError(f"openings.{year}.{region}: {day} is no day of {year}")
    calendar = Calendar(
        seasons=tuple(
            Season(
                name=season.name,
                first=_month_day(season.first),
                last=_month_day(season.last),
                bounds=_bounds(season.name, season.closest_minutes, season.widest_minutes),
            )
            for season in read.season
        ),
        session=_bounds("session", read.session.closest_minutes, read.session.widest_minutes),
        days_before=read.session.days_before,
        days_after=read.session.days_after,
        openings={
            (region, year): day
            for year, regions in read.openings.items()
            for region, day in regions.items()
        },
        night_hours=(read.night.from_hour, read.night.to_hour),
        night_factor=read.night.factor,
        crawl_every=timedelta(minutes=read.crawl_every_minutes),
        rhythms={
            source: Rhythm(
                closest=_minutes(rhythm.closest_minutes),
                widest=_minutes(rhythm.widest_minutes),
                crawl_every=_minutes(rhythm.crawl_every_minutes),
            )
            for source, rhythm in read.source.items()
        },
    )
    return Almanac(calendar=calendar, windows=read.window, waivers=read.waiver)


def _bounds(name: str, closest: int, widest: int) -> Bounds:
    if closest > widest:
        raise ValueError(f"{name}: closest_minutes is above widest_minutes")
    steps = {int(step.total_seconds() // 60) for step in LADDER}
    if not {closest, widest} <= steps:
        raise ValueError(f"{name}: minutes must be one of {sorted(steps)}")
    return Bounds(closest=timedelta(minutes=closest), widest=timedelta(minutes=widest))


def _minutes(value: int | None) -> timedelta | None:
    return None if value is None else timedelta(minutes=value)


def _month_day(text: str) -> MonthDay:
    month, day = text.split("-")
    return int(month), int(day)


def _see_that_the_year_is_covered(calendar: Calendar, path: Path) -> None:
    for number in range(366):
        day = date(2024, 1, 1) + number * DAY
        count = sum(season.holds(day) for season in calendar.seasons)
        if count != 1:
            raise AlmanacError(f"{path}: {day:%m-%d} is in {count} seasons, not in one")

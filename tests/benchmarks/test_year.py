"""A simulated year: 31 regions, 120 sources, a clock under our control.

Prints list requests against a crawl of everything at every full hour, detection delays in and
out of season, and the alarms.  ``CPPCC_TEST_YEAR_FROM`` and ``CPPCC_TEST_YEAR_DAYS`` take a
part of it; ``CPPCC_TEST_YEAR_PLANTED=0`` makes it a quiet one.
"""

import os
import random
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from crawler.sources.declaration import REGIONS
from scheduler.rhythm.almanac import load_almanac
from storage.engine.database import open_database
from storage.notices import incidents
from storage.records import SHANGHAI
from tests.scheduler import simulation
from tests.scheduler.simulation import Simulation
from tests.scheduler.world import fixed_hourly, make_world, median_minutes

BEGIN = datetime.fromisoformat(os.environ.get("CPPCC_TEST_YEAR_FROM", "2026-04-01")).replace(
    tzinfo=SHANGHAI
)
DAYS = int(os.environ.get("CPPCC_TEST_YEAR_DAYS", "365"))
IN_SEASON = ("hot", "session")
PLANTED = int(os.environ.get("CPPCC_TEST_YEAR_PLANTED", "10"))
"""Regions without a review; 0 is a quiet year, in which nothing may be alarmed."""


@pytest.mark.bench
@pytest.mark.long
def test_simulated_year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, "HOUSEKEEPING", timedelta(hours=1))
    chance = random.Random(27)
    openings = {
        region: date(2027, 1, 5) + timedelta(days=chance.randint(0, 36)) for region in REGIONS
    }
    missing = set(chance.sample(REGIONS, PLANTED))
    world = make_world(BEGIN, DAYS, sources=120, openings=openings, without_review=missing)
    almanac = load_almanac()
    days = {(region, day.year): day for region, day in openings.items()}
    almanac = almanac.model_copy(update={"calendar": replace(almanac.calendar, openings=days)})
    database = open_database(f"sqlite:///{tmp_path / 'year.db'}")
    began = time.perf_counter()
    made = Simulation(database, world, almanac)
    end = BEGIN + timedelta(days=DAYS)
    made.run_until(end)
    took = time.perf_counter() - began

    ours, hourly = world.probes + world.list_pages, fixed_hourly(world, BEGIN, end)
    season = [delay for name, delay in world.delays if name in IN_SEASON]
    rest = [delay for name, delay in world.delays if name not in IN_SEASON]
    with database.reading() as session:
        opened = incidents.list_incidents(session, unresolved=False, limit=10_000)
    alarms = {one.region: one for one in opened if one.failure_class == "overdue"}
    print(f"\n{DAYS} days, {len(world.sites)} sources, {took / 60:.1f} minutes of computing")
    print(f"list requests   {ours:>9,}  ({world.probes:,} probes, {world.list_pages:,} by "
          f"{world.runs:,} crawls)")  # fmt: skip
    print(f"fixed hourly    {hourly:>9,}  -> {1 - ours / hourly:.1%} fewer")
    print(f"delay out of season  median {median_minutes(rest):.0f} min, "
          f"longest {max(rest) / timedelta(hours=1):.1f} h")  # fmt: skip
    if season:
        print(f"delay in season      median {median_minutes(season):.0f} min, "
              f"longest {max(season) / timedelta(hours=1):.1f} h")  # fmt: skip
    kinds = [notice.kind for _, notice in made.inbox.notices]
    print("messages:", {kind: kinds.count(kind) for kind in sorted(set(kinds))})
    others = sorted({one.failure_class for one in opened} - {"overdue"})
    print(f"overdue alarms: {len(alarms)}, planted {len(missing)}; other incidents: {others}")
    if DAYS >= 365:
        assert ours <= 0.4 * hourly
    assert max(rest) <= timedelta(hours=24)
    if end < datetime(2027, 3, 20, tzinfo=SHANGHAI):
        return
    assert median_minutes(season) <= 30
    assert set(alarms) == missing
    for region, alarm in alarms.items():
        window_end = datetime.combine(
            openings[str(region)] + timedelta(days=31), datetime.min.time(), tzinfo=SHANGHAI
        )
        told = next(
            at for at, notice in made.inbox.of("incident", "digest")
            if notice.key == alarm.told_key
        )  # fmt: skip
        late = told - window_end
        print(f"  {region}: window ended {window_end:%m-%d}, opened after "
              f"{(alarm.opened_at - window_end) / timedelta(hours=1):.1f} h, told after "
              f"{late / timedelta(hours=1):.1f} h")  # fmt: skip
        assert timedelta(0) <= late <= timedelta(hours=24)
    assert len(made.inbox.of("flag")) == len(openings) - len(missing)

"""A simulated country: fewer requests, quick detection, few messages, right alarms."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.rhythm.almanac import Almanac, load_almanac
from storage.engine.database import Database, open_database
from storage.notices import coverage, incidents
from storage.notices.coverage import CellStatus
from storage.records import SHANGHAI
from tests.scheduler.simulation import Simulation
from tests.scheduler.world import make_world


@pytest.fixture
def sqlite(tmp_path: Path) -> Database:
    return open_database(f"sqlite:///{tmp_path / 'cppcc.db'}")


def almanac_with(openings: dict[str, date]) -> Almanac:
    almanac = load_almanac()
    days = {(region, day.year): day for region, day in openings.items()}
    calendar = replace(almanac.calendar, openings=days)
    return almanac.model_copy(update={"calendar": calendar})


def test_many_sources_down_together_are_one_message_and_one_recovery(sqlite: Database) -> None:
    begin = datetime(2026, 9, 1, tzinfo=SHANGHAI)
    world = make_world(begin, 6, sources=36, openings={}, busy=0.5)
    simulation = Simulation(sqlite, world)
    down = begin + timedelta(days=1, hours=10)
    up = down + timedelta(hours=48)
    for site in list(world.sites.values())[:31]:
        site.down = (down, up)
    simulation.run_until(begin + timedelta(days=5))
    during = [n for at, n in simulation.inbox.of("incident", "digest") if down <= at < up]
    recoveries = simulation.inbox.of("recovery")
    assert [notice.kind for notice in during].count("incident") == 1
    assert len(during) <= 3, [notice.title for notice in during]
    assert len(recoveries) == 1
    assert "31" in recoveries[0][1].title
    with sqlite.reading() as session:
        assert incidents.list_incidents(session) == []


def test_a_missing_review_is_alarmed_within_a_day_and_others_are_not(sqlite: Database) -> None:
    begin = datetime(2027, 2, 7, tzinfo=SHANGHAI)
    openings = {"云南": date(2027, 1, 12), "广西": date(2027, 1, 14)}
    world = make_world(begin, 8, sources=31, openings=openings, without_review=["云南"], busy=0.3)
    world.sites = {
        name: site for name, site in world.sites.items() if site.source.region in openings
    }
    almanac = almanac_with(openings)
    simulation = Simulation(sqlite, world, almanac)
    simulation.run_until(datetime(2027, 2, 11, 20, tzinfo=SHANGHAI))
    with sqlite.reading() as session:
        cells = {(c.region, c.year): c.status for c in coverage.list_cells(session)}
        assert cells["广西", 2026] is CellStatus.FOUND
        assert cells["云南", 2026] is CellStatus.DUE
        assert incidents.list_incidents(session) == []
    simulation.run_until(datetime(2027, 2, 12, 20, tzinfo=SHANGHAI))
    with sqlite.reading() as session:
        opened = incidents.list_incidents(session)
    assert [one.subject for one in opened] == ["coverage:云南:provincial:2026"]
    assert simulation.inbox.of("incident")[0][0] < datetime(2027, 2, 13, tzinfo=SHANGHAI)
    assert len(simulation.inbox.of("flag")) == 1

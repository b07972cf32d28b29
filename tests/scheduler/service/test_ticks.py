"""When each source is looked at first, from what the database knows of it."""

from datetime import datetime, timedelta

from scheduler.rhythm.almanac import load_almanac
from scheduler.rhythm.watching import VERIFY_AGAIN
from scheduler.service import ticks
from scheduler.service.declared import Declared
from storage.engine.database import Database
from storage.links import standing
from storage.records import SHANGHAI
from storage.runs import watches
from storage.runs.overview import source_overviews
from storage.runs.watches import Watch
from tests.scheduler.world import make_source

NOW = datetime(2027, 1, 12, 12, tzinfo=SHANGHAI)
SOURCES = [make_source(number, "云南", "portal") for number in range(3)]
DECLARED = Declared(sources={source.id: source for source in SOURCES}, almanac=load_almanac())


def test_a_look_of_the_future_counts_for_nothing(database: Database) -> None:
    looked = {"s1": NOW - timedelta(minutes=1), "s2": NOW + timedelta(days=300)}
    with database.begin() as session:
        for source_id, at in looked.items():
            watches.put_watch(session, Watch(source_id=source_id, since=at, probed_at=at))
    times = ticks.next_ticks(database, DECLARED, now=NOW)
    assert times["s0"] == NOW, "it was never looked at"
    assert NOW < times["s1"] < NOW + timedelta(days=1)
    assert times["s2"] == NOW


def test_a_start_asks_no_unproved_source_again_within_its_week(database: Database) -> None:
    asked = NOW - timedelta(days=2)
    with database.begin() as session:
        standing.note_unproved(session, "s1", "status 404", now=asked)
    assert ticks.next_ticks(database, DECLARED, now=NOW)["s1"] == asked + VERIFY_AGAIN


def test_the_next_look_is_kept_for_people_and_no_probe_wipes_it(database: Database) -> None:
    later = NOW + timedelta(hours=4)
    ticks.enter_looks(database, {"s1": later}, now=NOW)
    with database.begin() as session:
        watches.put_watch(session, Watch(source_id="s1", since=NOW, probed_at=NOW))
        assert source_overviews(session, ["s1"])["s1"].next_look_at == later
        assert watches.get_watch(session, "s1") == Watch(source_id="s1", since=NOW, probed_at=NOW)

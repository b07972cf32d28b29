"""When each source is looked at first, from what the database knows of it."""

from datetime import datetime, timedelta

from scheduler.rhythm.almanac import load_almanac
from scheduler.service import ticks
from scheduler.service.declared import Declared
from storage.engine.database import Database
from storage.records import SHANGHAI
from storage.runs import watches
from storage.runs.watches import Watch
from tests.scheduler.simulation import make_source

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

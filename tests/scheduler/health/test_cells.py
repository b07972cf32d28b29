"""How a region is watched, as the database has it."""

from datetime import timedelta

from crawler.sources.declaration import Source
from scheduler.health.cells import region_watches
from scheduler.health.expected import Unseen
from storage.engine.database import Database
from storage.records import SHANGHAI, OpenCause
from tests.storage.audit.test_counts import NOW, put_walk

SOURCE = Source.model_validate(
    {
        "id": "a", "name": "某某网", "region": "云南", "kind": "portal",
        "homepage": "http://a.example/", "hosts": ["a.example"],
        "family": "listing", "listing": {"urls": ["http://a.example/list.html"]},
        "expect": {"min_articles": 1, "max_days_silent": 3},
    }
)  # fmt: skip


def test_what_came_and_went_between_two_readings_was_not_seen(database: Database) -> None:
    minutes_of_two_days = 60 * 24 * 2
    with database.begin() as session:
        put_walk(session, 1)
        put_walk(session, minutes_of_two_days, end_proof=None, cause=OpenCause.GAP.value, words="x")
    day = NOW.astimezone(SHANGHAI).date()
    with database.reading() as session:
        for now, seen in ((NOW + timedelta(days=30), False), (NOW + timedelta(days=400), True)):
            watch = region_watches(session, {"a": SOURCE}, now=now)["云南"]
            gap = Unseen(source_id="a", first=day, last=day + timedelta(days=2))
            assert watch.unseen == (() if seen else (gap,))

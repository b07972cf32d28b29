"""What becomes of an ended run: judged once, learnt from, entered as an incident or not."""

from datetime import datetime, timedelta

import pytest
from pydantic import JsonValue

from scheduler.health.judgement import Baseline, Judgement
from scheduler.health.settling import Baselines, Settler
from scheduler.rhythm.almanac import load_almanac
from storage.engine.database import Database
from storage.links import standing
from storage.notices import incidents
from storage.notices.incidents import IncidentState
from storage.records import SHANGHAI, FailureClass, RunCounts, RunTrigger, Verdict, VerdictKind
from storage.runs import door, health, history, lease, watches
from storage.runs.history import RunRecord
from tests.scheduler.world import make_source

DAY = timedelta(days=1)
NOON = datetime(2027, 5, 10, 12, tzinfo=SHANGHAI)  # no region is in session then
SESSION = datetime(2027, 1, 20, 12, tzinfo=SHANGHAI)
SOURCE = make_source(1, "云南", "portal")
SOURCES = {SOURCE.id: SOURCE}
CALENDAR = load_almanac().calendar


def ended(
    database: Database,
    at: datetime,
    kind: str = "complete",
    *,
    new: int = 0,
    trigger: RunTrigger = RunTrigger.CLOCK,
    options: dict[str, JsonValue] | None = None,
    source_id: str = SOURCE.id,
) -> RunRecord:
    with database.begin() as session:
        run_id = door.create_run(
            session, source_id, trigger=trigger, due_at=at, now=at, options=options
        )
        token = door.claim_run(session, run_id, owner="x:1", now=at, lease_seconds=120)
        assert token is not None
        verdict = Verdict(kind=VerdictKind(kind), reason="played")
        lease.finish_run(session, run_id, token, verdict, RunCounts(articles_new=new), now=at)
        return history.get_run(session, run_id)


def settled(database: Database, settler: Settler, record: RunRecord) -> Judgement | None:
    now = record.finished_at
    assert now is not None
    with database.begin() as session:
        return settler.settle(session, CALENDAR, SOURCES, record, now=now)


def usual(database: Database, baselines: Baselines, at: datetime) -> Baseline:
    with database.reading() as session:
        return baselines.of(session, CALENDAR, SOURCE, at)


@pytest.fixture
def proved(database: Database) -> Database:
    with database.begin() as session:
        standing.note_proved(session, SOURCE.id, by="probe", now=SESSION)
    return database


def test_what_is_usual_is_the_same_learnt_run_by_run_and_read_from_the_past(
    database: Database,
) -> None:
    lived = Baselines()
    assert usual(database, lived, NOON) == Baseline()
    for number, (kind, new) in enumerate(
        [("complete", 500), ("partial", 3), ("failed", 0), ("complete", 5)]
    ):
        lived.note(CALENDAR, SOURCE, ended(database, NOON + number * DAY, kind, new=new))
    # The first run stores the past, a failed one read nothing: the last one saw two days.
    assert usual(database, lived, NOON) == Baseline(days=3.0, articles=8)
    assert usual(database, Baselines(), NOON) == Baseline(days=3.0, articles=8)


def test_each_season_has_its_own_usual(database: Database) -> None:
    for number in range(3):
        ended(database, SESSION + number * DAY, new=40)
        ended(database, NOON + number * DAY, new=2)
    learnt = Baselines()
    assert usual(database, learnt, SESSION).articles == 80
    assert usual(database, learnt, NOON).articles == 6


def test_a_clock_set_back_makes_no_negative_span(database: Database) -> None:
    lived = Baselines()
    usual(database, lived, NOON)
    for at in (NOON + DAY, NOON):
        lived.note(CALENDAR, SOURCE, ended(database, at, new=1))
    assert usual(database, lived, NOON) == Baseline(days=0.0, articles=1)


def test_a_run_is_judged_by_one_service_only(proved: Database) -> None:
    record = ended(proved, NOON, "blocked")
    first = settled(proved, Settler(), record)
    assert first is not None
    assert first.failure_class is FailureClass.BLOCKED
    assert settled(proved, Settler(), record) is None
    with proved.reading() as session:
        assert len(health.health_history(session, SOURCE.id, 9)) == 1
        assert len(incidents.list_incidents(session)) == 1


def test_a_run_of_a_source_that_left_is_settled_and_judged_by_nobody(database: Database) -> None:
    record = ended(database, NOON, "blocked", source_id="gone")
    assert settled(database, Settler(), record) is None
    with database.reading() as session:
        assert health.unjudged(session) == []
        assert incidents.list_incidents(session) == []


def test_a_new_article_is_a_change_that_a_probe_has_counted_already(proved: Database) -> None:
    settler = Settler()
    seen = []
    for number, trigger in enumerate((RunTrigger.CLOCK, RunTrigger.PROBE, RunTrigger.CLOCK)):
        record = ended(proved, NOON + number * DAY, new=1, trigger=trigger)
        settled(proved, settler, record)
        with proved.reading() as session:
            watch = watches.get_watch(session, SOURCE.id)
        assert watch is not None
        assert watch.last_new_at == record.finished_at
        seen.append(watch.changed_at)
    assert seen == [NOON, NOON, NOON + 2 * DAY]


def test_what_was_asked_for_in_part_teaches_nothing(proved: Database) -> None:
    settler = Settler()
    settled(proved, settler, ended(proved, NOON, new=9))
    record = ended(proved, NOON + DAY, new=9, options={"limit": 9}, trigger=RunTrigger.MANUAL)
    judgement = settled(proved, settler, record)
    assert judgement is not None
    assert not judgement.conclusive
    with proved.reading() as session:
        watch = watches.get_watch(session, SOURCE.id)
    assert watch is not None
    assert watch.last_new_at == NOON


def test_a_failure_that_becomes_another_is_one_open_incident(proved: Database) -> None:
    settler = Settler()
    for number, kind in enumerate(("blocked", "wrong_content", "complete")):
        settled(proved, settler, ended(proved, NOON + number * DAY, kind))
        with proved.reading() as session:
            kept = incidents.list_incidents(session, unresolved=False)
        open_now = [one.failure_class for one in kept if one.state is not IncidentState.RESOLVED]
        assert open_now == [["blocked"], ["wrong_content"], []][number]
    assert len(kept) == 2


def test_options_that_are_none_end_no_judging(proved: Database) -> None:
    record = ended(proved, NOON, "failed", options={"limit": "many"}, trigger=RunTrigger.MANUAL)
    judgement = settled(proved, Settler(), record)
    assert judgement is not None
    assert judgement.conclusive

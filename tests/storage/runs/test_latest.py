"""The newest verdict on each source, in one question."""

from datetime import datetime, timedelta

from storage.engine.database import Database
from storage.records import SHANGHAI, RunCounts, RunTrigger, Verdict, VerdictKind
from storage.runs import door, lease
from storage.runs.history import latest_with_verdict

NOON = datetime(2027, 1, 12, 12, tzinfo=SHANGHAI)
LATER = NOON + timedelta(hours=3)


def test_each_source_has_its_newest_verdict_and_one_without_is_left_out(
    database: Database,
) -> None:
    made = {}
    verdict = Verdict(kind=VerdictKind.COMPLETE, reason="the list ends")
    with database.begin() as session:
        assert latest_with_verdict(session) == {}
        for hour, name in enumerate(("one", "two", "one")):
            due = NOON + timedelta(hours=hour)
            made[name] = door.create_run(
                session, name, trigger=RunTrigger.MANUAL, due_at=due, now=NOON, options={}
            )
            token = door.claim_run(session, made[name], owner="-", now=due, lease_seconds=60)
            assert token is not None
            lease.finish_run(session, made[name], token, verdict, RunCounts(), now=due)
        run = door.create_run(  # asked for a part: it says nothing of its source
            session, "one", trigger=RunTrigger.MANUAL, due_at=LATER, now=NOON,
            options={"limit": 1},
        )  # fmt: skip
        token = door.claim_run(session, run, owner="-", now=LATER, lease_seconds=60)
        assert token is not None
        part = Verdict(kind=VerdictKind.PARTIAL, reason="stopped at the limit of 1 articles")
        lease.finish_run(session, run, token, part, RunCounts(), now=LATER)
        for name in ("one", "three"):  # due, which says nothing yet
            door.create_run(
                session, name, trigger=RunTrigger.CLOCK, due_at=NOON, now=NOON, options={}
            )
    with database.reading() as session:
        found = latest_with_verdict(session)
    assert {name: run.id for name, run in found.items()} == made

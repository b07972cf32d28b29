"""The newest run of each source, in one question."""

from datetime import datetime, timedelta

from storage.engine.database import Database
from storage.records import SHANGHAI, RunTrigger
from storage.runs import door
from storage.runs.history import latest_runs

NOON = datetime(2027, 1, 12, 12, tzinfo=SHANGHAI)


def test_each_source_has_its_newest_run_and_one_without_runs_is_left_out(
    database: Database,
) -> None:
    made = {}
    with database.begin() as session:
        assert latest_runs(session) == {}
        for hour, name in enumerate(("one", "two", "one")):
            due = NOON + timedelta(hours=hour)
            made[name] = door.create_run(
                session, name, trigger=RunTrigger.MANUAL, due_at=due, now=NOON, options={}
            )
    with database.reading() as session:
        assert {name: run.id for name, run in latest_runs(session).items()} == made

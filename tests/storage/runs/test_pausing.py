"""A back-fill waits and goes on; nothing else can be told to wait."""

import pytest

from storage.engine.database import Database
from storage.errors import RecordNotFoundError, TransitionError
from storage.records import RefusalClass, RunTrigger
from storage.runs import door, history, lease, parts, pausing
from storage.runs.parts import PartEntry, PartState
from tests.storage.samples import NOW


def begin(database: Database, source: str = "backfill", **options: int) -> int:
    with database.begin() as session:
        run_id, _ = door.begin_run(
            session, source, trigger=RunTrigger.IMPORT, owner="one", now=NOW, options={**options}
        )
        return run_id


def test_a_backfill_waits_and_goes_on(database: Database) -> None:
    run_id = begin(database, parts=3)
    with database.begin() as session:
        pausing.pause_backfill(session, run_id, now=NOW)
        assert pausing.is_paused(session, run_id)
        assert history.get_run(session, run_id).paused_at == NOW
        with pytest.raises(TransitionError):
            pausing.pause_backfill(session, run_id, now=NOW)
    with database.begin() as session:
        pausing.resume_backfill(session, run_id)
        assert not pausing.is_paused(session, run_id)
        with pytest.raises(TransitionError):
            pausing.resume_backfill(session, run_id)


def test_nothing_else_waits(database: Database) -> None:
    imported = begin(database, "import")  # one file, which is not read part by part
    cancelled = begin(database, parts=1)
    with database.begin() as session:
        lease.request_cancel(session, cancelled, now=NOW)
    for run_id in (imported, cancelled):
        with database.begin() as session, pytest.raises(TransitionError):
            pausing.pause_backfill(session, run_id, now=NOW)
    with database.begin() as session, pytest.raises(RecordNotFoundError):
        pausing.pause_backfill(session, 999, now=NOW)


def test_the_parts_of_a_run_are_summed(database: Database) -> None:
    run_id = begin(database, parts=3)
    with database.begin() as session:
        for number, state in enumerate((PartState.DONE, PartState.DONE, PartState.FAILED)):
            entry = PartEntry(
                key=str(number), wanted="all", path="a.warc", size=9, state=state, members=10,
                read=2, refused={RefusalClass.TRUNCATED: 1} if number else {}, articles_new=1,
            )  # fmt: skip
            parts.enter_part(session, entry, run_id=run_id, now=NOW)
        sums = parts.sums_of(session, [run_id, 77])
    assert (sums[run_id].parts, sums[run_id].failed, sums[run_id].members) == (2, 1, 30)
    assert sums[run_id].refused == ((RefusalClass.TRUNCATED, 2),)
    assert sums[77] == parts.PartSums()

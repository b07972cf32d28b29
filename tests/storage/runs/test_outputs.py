"""What runs write, kept for other machines; a start that was begun is not begun again."""

from datetime import datetime, timedelta

from storage.engine.database import Database
from storage.records import SHANGHAI, RunTrigger
from storage.runs import door, outputs
from storage.runs.outputs import KEPT_FOR, MOST_BYTES

NOON = datetime(2027, 1, 12, 12, tzinfo=SHANGHAI)


def started(database: Database) -> tuple[int, int]:
    with database.begin() as session:
        run_id, token = door.begin_run(
            session, "s1", trigger=RunTrigger.MANUAL, owner="a:1", now=NOON
        )
    return run_id, token


def test_a_start_begins_once_and_only_with_its_lease(database: Database) -> None:
    run_id, token = started(database)
    with database.begin() as session:
        assert not outputs.begin(session, run_id, token + 1, machine="w:1", now=NOON)
        assert outputs.begin(session, run_id, token, machine="w:1", now=NOON)
        assert not outputs.begin(session, run_id, token, machine="w:2", now=NOON)


def test_the_end_of_what_was_written_is_kept_for_a_while(database: Database) -> None:
    run_id, token = started(database)
    written = b"\x00" + b"x" * MOST_BYTES + "结束".encode()
    with database.begin() as session:
        assert outputs.begin(session, run_id, token, machine="w:1", now=NOON)
        outputs.keep(session, run_id, token, b"\x00begun", ended_at=None)
        (first,) = outputs.outputs_of(session, run_id)
        outputs.keep(session, run_id, token, written, ended_at=NOON)
        (last,) = outputs.outputs_of(session, run_id)
        outputs.keep_whole(
            session, run_id, 9, b"again", machine="b:1", begun_at=NOON, ended_at=NOON
        )
        assert [one.token for one in outputs.outputs_of(session, run_id)] == [token, 9]
        assert outputs.forget_old(session, now=NOON + KEPT_FOR) == 0
        assert outputs.forget_old(session, now=NOON + KEPT_FOR + timedelta(days=1)) == 2
    assert (first.output, first.ended_at) == ("\ufffdbegun", None)
    assert (last.machine, last.ended_at) == ("w:1", NOON)
    assert last.output.endswith("x结束")
    assert len(last.output.encode()) == MOST_BYTES

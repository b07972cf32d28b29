"""The one door to a run: whoever comes, one crawl of a source is at work at a time."""

import os
import socket
from datetime import timedelta

import pytest

from storage.engine.database import Database
from storage.errors import SourceBusyError, TransitionError
from storage.records import RunCounts, RunTrigger, Verdict, VerdictKind
from storage.runs import door, freeing, history, lease
from storage.runs.claimers import this_process
from storage.runs.states import TRANSITIONS, RunState, move
from tests.storage.samples import NOW

DEAD = f"{socket.gethostname()}:999999999"
LATER = NOW + timedelta(seconds=130)
COMPLETE = Verdict(kind=VerdictKind.COMPLETE, reason="played")


def due(
    database: Database, source_id: str = "a", *, number: int = 0, wanted_by: str | None = None
) -> int:
    with database.begin() as session:
        return door.create_run(
            session,
            source_id,
            trigger=RunTrigger.MANUAL,
            due_at=NOW + timedelta(seconds=number),
            now=NOW,
            wanted_by=wanted_by,
        )


def claim(database: Database, run_id: int, owner: str = "one:1") -> int | None:
    with database.begin() as session:
        return door.claim_run(session, run_id, owner=owner, now=NOW, lease_seconds=120)


def begin(database: Database, source_id: str, trigger: RunTrigger, number: int) -> tuple[int, int]:
    with database.begin() as session:
        now = NOW + timedelta(seconds=number)
        return door.begin_run(session, source_id, trigger=trigger, owner="two:2", now=now)


def state(database: Database, run_id: int) -> RunState:
    with database.reading() as session:
        return history.get_run(session, run_id).state


def test_a_run_waits_while_another_of_its_source_is_at_work(database: Database) -> None:
    first, second, other = due(database), due(database, number=1), due(database, "b")
    token = claim(database, first)
    assert token is not None
    assert claim(database, second) is None
    assert claim(database, other) == 1
    with database.begin() as session:
        lease.finish_run(session, first, token, COMPLETE, RunCounts(), now=NOW)
    assert claim(database, second) == 1


def test_a_plain_scrapy_crawl_is_refused_beside_a_run_at_work(database: Database) -> None:
    run_id = due(database)
    claim(database, run_id)
    with pytest.raises(SourceBusyError) as refused:
        begin(database, "a", RunTrigger.MANUAL, 1)
    assert (refused.value.run_id, refused.value.owner) == (run_id, "one:1")
    with database.reading() as session:
        assert len(history.list_runs(session)) == 1, "the refused one left no run"
    assert begin(database, "b", RunTrigger.MANUAL, 1)[1] == 1


def test_a_run_that_was_begun_at_once_holds_the_others_back(database: Database) -> None:
    run_id, token = begin(database, "a", RunTrigger.MANUAL, 0)
    assert token == 1
    assert state(database, run_id) is RunState.RUNNING
    assert claim(database, due(database, number=5)) is None


def test_imports_fetch_nothing_and_hold_nobody_back(database: Database) -> None:
    first, _ = begin(database, "import", RunTrigger.IMPORT, 0)
    second, _ = begin(database, "import", RunTrigger.IMPORT, 1)
    assert first != second
    with pytest.raises(SourceBusyError):
        begin(database, "import", RunTrigger.IMPORT, 1)  # of the very same instant


@pytest.mark.parametrize("seen", RunState)
@pytest.mark.parametrize("wanted", RunState)
def test_no_state_changes_but_by_the_table(
    database: Database, seen: RunState, wanted: RunState
) -> None:
    if wanted in TRANSITIONS[seen]:
        return
    run_id = due(database)
    with database.begin() as session, pytest.raises(TransitionError):
        move(session, run_id, seen, wanted, token=0, columns={})
    assert state(database, run_id) is RunState.DUE


FREED = [  # a cancel was asked for, who waits for the run, the claims so far, what it becomes
    (True, None, 1, RunState.CANCELLED),
    (True, None, freeing.MAX_CLAIMS, RunState.CANCELLED),
    (False, DEAD, 1, RunState.CANCELLED),
    (False, "another-machine:1", 1, RunState.DUE),
    pytest.param(False, this_process(), 1, RunState.DUE, id="this process waits"),
    (False, None, freeing.MAX_CLAIMS - 1, RunState.DUE),
    (False, None, freeing.MAX_CLAIMS, RunState.LOST),
]
WAYS = ["its lease ran out", "its child was killed", "its claimer is dead"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("cancel", "wanted_by", "claims", "becomes"), FREED)
def test_a_run_that_lost_its_runner_becomes_the_same_however_it_was_noticed(
    database: Database,
    way: str,
    cancel: bool,
    wanted_by: str | None,
    claims: int,
    becomes: RunState,
) -> None:
    run_id = due(database, wanted_by=wanted_by)
    for number in range(1, claims + 1):
        assert claim(database, run_id, DEAD) == number
        if number < claims:
            with database.begin() as session:
                session.connection().exec_driver_sql("UPDATE runs SET state = 'due'")
    with database.begin() as session:
        if cancel:
            lease.request_cancel(session, run_id, now=NOW)
        if way == WAYS[0]:
            (freed,) = freeing.expire_leases(session, now=LATER)
            found = freed.state
        elif way == WAYS[1]:
            found = freeing.give_back(session, run_id, claims, now=LATER, why="killed")
        else:
            silence = timedelta(seconds=30)
            (freed,) = freeing.give_back_orphans(
                session, carried=[], owner="me:1", now=LATER, silence=silence
            )
            found = freed.state
        record = history.get_run(session, run_id)
    assert found is record.state is becomes
    assert (record.finished_at is None) == (becomes is RunState.DUE)
    assert bool(record.reason) == (becomes is not RunState.DUE)
    assert (record.verdict is not None) == (becomes is RunState.LOST)


def test_a_due_run_whose_command_died_is_cancelled_with_the_reason(database: Database) -> None:
    dead, mine, free = (
        due(database, "a", wanted_by=DEAD),
        due(database, "b", wanted_by=f"{os.uname().nodename}:{os.getpid()}"),
        due(database, "c"),
    )
    with database.begin() as session:
        assert freeing.cancel_unwanted(session, now=LATER) == [dead]
        record = history.get_run(session, dead)
    assert (record.state, record.reason) == (RunState.CANCELLED, freeing.UNWANTED)
    assert state(database, mine) is state(database, free) is RunState.DUE


def test_only_the_current_token_can_give_a_run_back(database: Database) -> None:
    run_id = due(database)
    claim(database, run_id)
    with database.begin() as session:
        freeing.give_back(session, run_id, 7, now=NOW, why="an old token")
    assert state(database, run_id) is RunState.RUNNING

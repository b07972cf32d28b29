"""Who may run what: claims, leases, fencing, cancelling; what a run leaves behind."""

from datetime import timedelta

import pytest

from storage.engine.database import Database
from storage.errors import LeaseLostError, RecordNotFoundError, TransitionError
from storage.records import RefusalClass, RunCounts, RunTrigger, Verdict, VerdictKind
from storage.runs import door, freeing, history, lease, states
from storage.runs.states import LeaseState, RunState
from tests.storage.samples import DAY, NOW

COUNTS = RunCounts(
    requested=12,
    accepted=10,
    refused=2,
    refused_by_class=((RefusalClass.GONE, 1), (RefusalClass.NETWORK, 1)),
    pages=3,
    articles_new=5,
    articles_unchanged=2,
    flags=1,
)
COMPLETE = Verdict(kind=VerdictKind.COMPLETE, reason="the last page was confirmed")
LATER = NOW + timedelta(seconds=90)


def make(database: Database, source_id: str = "a", *, day: int = 0) -> int:
    with database.begin() as session:
        return door.create_run(
            session,
            source_id,
            trigger=RunTrigger.CLOCK,
            due_at=NOW + day * DAY,
            now=NOW,
            options={"limit": 5},
        )


def claim(database: Database, run_id: int, owner: str = "one") -> int | None:
    with database.begin() as session:
        return door.claim_run(session, run_id, owner=owner, now=NOW, lease_seconds=60)


def beat(database: Database, run_id: int, token: int) -> LeaseState:
    with database.begin() as session:
        return lease.heartbeat(
            session, run_id, token, now=NOW, lease_seconds=60, counts=RunCounts(pages=1)
        )


def finish(database: Database, run_id: int, token: int) -> None:
    with database.begin() as session:
        lease.finish_run(session, run_id, token, COMPLETE, COUNTS, now=LATER)


def state(database: Database, run_id: int) -> RunState:
    with database.reading() as session:
        return history.get_run(session, run_id).state


def test_two_clocks_make_one_run_and_one_runner_gets_it(database: Database) -> None:
    run_id = make(database)
    assert make(database) == run_id
    token = claim(database, run_id)
    assert token == 1
    assert claim(database, run_id, "two") is None
    assert beat(database, run_id, token) is LeaseState.HELD
    finish(database, run_id, token)
    with database.reading() as session:
        run = history.get_run(session, run_id)
        assert (run.state, run.verdict, run.counts) == (RunState.FINISHED, COMPLETE, COUNTS)
        assert (run.options, run.owner, run.lease_until) == ({"limit": 5}, "one", None)
        assert history.last_complete_run(session, "a") is None, "a bounded run settles nothing else"
        assert history.last_complete_run(session, "b") is None


def test_a_taken_over_run_fences_its_first_runner_off(database: Database) -> None:
    run_id = make(database)
    stale = claim(database, run_id)
    assert stale is not None
    with database.begin() as session:
        assert freeing.expire_leases(session, now=NOW + timedelta(seconds=30)) == []
        (expired,) = freeing.expire_leases(session, now=LATER)
    assert (expired.run_id, expired.owner, expired.state) == (run_id, "one", RunState.DUE)
    token = claim(database, run_id, "two")
    assert token == 2
    assert beat(database, run_id, stale) is LeaseState.LOST
    with database.begin() as session:
        lease.hold_lease(session, run_id, token)
    with pytest.raises(LeaseLostError), database.begin() as session:
        lease.hold_lease(session, run_id, stale)
    with pytest.raises(LeaseLostError):
        finish(database, run_id, stale)
    finish(database, run_id, token)


def test_a_run_that_kills_its_runners_is_lost(database: Database) -> None:
    run_id = make(database)
    for number in range(1, freeing.MAX_CLAIMS + 1):
        assert claim(database, run_id) == number
        with database.begin() as session:
            (expired,) = freeing.expire_leases(session, now=LATER)
    assert expired.state is RunState.LOST
    with database.reading() as session:
        lost = history.get_run(session, run_id)
    assert lost.verdict is not None
    assert lost.verdict.kind is VerdictKind.FAILED
    assert claim(database, run_id) is None


def test_cancelling(database: Database) -> None:
    due, running, silent = make(database, "a"), make(database, "b"), make(database, "c")
    token = claim(database, running)
    claim(database, silent)
    assert token is not None
    with database.begin() as session:
        assert lease.request_cancel(session, due, now=NOW) is RunState.CANCELLED
        assert lease.request_cancel(session, running, now=NOW) is RunState.RUNNING
        assert lease.request_cancel(session, silent, now=NOW) is RunState.RUNNING
    assert claim(database, due) is None
    assert beat(database, running, token) is LeaseState.CANCEL_ASKED
    finish(database, running, token)
    with database.begin() as session:
        (expired,) = freeing.expire_leases(session, now=LATER)
    assert expired.state is RunState.CANCELLED
    for run_id in (due, running, silent):
        assert state(database, run_id) is RunState.CANCELLED


ENDED = [one for one, leads_to in states.TRANSITIONS.items() if not leads_to]


@pytest.mark.parametrize("ended", ENDED)
def test_an_ended_run_stays_ended(database: Database, ended: RunState) -> None:
    run_id = make(database)
    if ended is RunState.CANCELLED:
        with database.begin() as session:
            lease.request_cancel(session, run_id, now=NOW)
    elif ended is RunState.FINISHED:
        finish(database, run_id, claim(database, run_id) or 0)
    else:
        for _ in range(freeing.MAX_CLAIMS):
            claim(database, run_id)
            with database.begin() as session:
                freeing.expire_leases(session, now=LATER)
    assert state(database, run_id) is ended
    assert claim(database, run_id) is None
    assert beat(database, run_id, 1) is LeaseState.LOST
    with pytest.raises(LeaseLostError):
        finish(database, run_id, 1)
    with pytest.raises(TransitionError), database.begin() as session:
        lease.request_cancel(session, run_id, now=NOW)
    with database.begin() as session:
        assert freeing.expire_leases(session, now=NOW + DAY) == []
    assert state(database, run_id) is ended


def test_runs_are_listed_newest_first_page_by_page(database: Database) -> None:
    ids = [make(database, "ab"[n % 2], day=n) for n in range(7)]
    with database.reading() as session:
        first = history.list_runs(session, limit=4)
        rest = history.list_runs(session, limit=4, before=first[-1].id)
        assert [run.id for run in first + rest] == ids[::-1]
        assert {run.source_id for run in history.list_runs(session, source_id="a")} == {"a"}


def test_no_such_run(database: Database) -> None:
    with pytest.raises(RecordNotFoundError):
        claim(database, 77)
    with database.reading() as session, pytest.raises(RecordNotFoundError):
        history.get_run(session, 77)

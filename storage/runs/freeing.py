"""What becomes of runs that have lost their runner: due again, lost, or cancelled.

Decided in one place (``_free``), however it was noticed: a lease ran out, a child died under
its parent's eyes, a claimer of this machine is no more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from storage.engine.tables import RunRow
from storage.records import VerdictKind
from storage.runs.claimers import is_dead
from storage.runs.history import OpenRun, RunRecord, get_run, list_runs, open_runs
from storage.runs.lease import request_cancel
from storage.runs.states import RunState, move

MAX_CLAIMS = 5
"""A run whose runner died this many times is lost: something in it kills runners."""

UNWANTED = "the process that wanted it is gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreedRun:
    """A run that lost its runner, and the state that it is in now."""

    run_id: int
    source_id: str
    owner: str | None
    state: RunState


def free_dead(session: Session, source_id: str, *, now: datetime) -> None:
    """End the runs of ``source_id`` whose process on this machine is no more."""
    for run in list_runs(session, source_id=source_id, state=RunState.RUNNING):
        if is_dead(run.owner):
            give_back(session, run.id, run.token, now=now, why="its process died")


def expire_leases(session: Session, *, now: datetime) -> list[FreedRun]:
    """Free the running runs whose lease has run out."""
    silent = (RunRow.state == RunState.RUNNING.value) & (RunRow.lease_until < now)
    found = open_runs(session, only=silent)
    freed = [_free(session, run, now=now, why="its runner fell silent") for run in found]
    return [run for run in freed if run is not None]


def give_back(session: Session, run_id: int, token: int, *, now: datetime, why: str) -> RunState:
    """Free a run whose runner is known to be dead, or has not begun.

    Returns the state it is in now; its own, unchanged, when ``token`` is not the current one.

    :raises RecordNotFoundError: when there is no such run.
    """
    run = get_run(session, run_id)
    if run.state is RunState.RUNNING and run.token == token:
        freed = _free(session, run, now=now, why=why)
        return freed.state if freed else get_run(session, run_id).state
    return run.state


def give_back_orphans(
    session: Session, *, carried: Iterable[int], owner: str, now: datetime, silence: timedelta
) -> list[FreedRun]:
    """Free the running runs of dead claimers on this machine that fell silent.

    A lease would free them too, later.  A child that outlived its claimer beats every second
    and is left alone; one that was only slow has lost its token and can store nothing.
    """
    mine = set(carried)
    freed = []
    for run in open_runs(session):
        if run.state is not RunState.RUNNING or run.id in mine:
            continue
        silent = run.heartbeat_at is None or now - run.heartbeat_at > silence
        if silent and (run.owner == owner or is_dead(run.owner)):
            freed.append(_free(session, run, now=now, why="its runner died"))
    return [run for run in freed if run is not None]


def cancel_unwanted(session: Session, *, now: datetime) -> list[int]:
    """Cancel the due runs that only a process of this machine wanted which is no more."""
    unwanted = [
        run.id for run in open_runs(session) if run.state is RunState.DUE and is_dead(run.wanted_by)
    ]
    for run_id in unwanted:
        request_cancel(session, run_id, now=now, why=UNWANTED)
    return unwanted


def pull_back_leases(session: Session, *, now: datetime, lease_seconds: float) -> int:
    """Shorten the leases that a clock running ahead has put into the far future; how many."""
    lease = timedelta(seconds=lease_seconds)
    shortened = session.execute(
        update(RunRow)
        .where(RunRow.state == RunState.RUNNING.value, RunRow.lease_until > now + 2 * lease)
        .values(lease_until=now + lease)
        .returning(RunRow.id)
    ).all()
    return len(shortened)


def _free(
    session: Session, run: OpenRun | RunRecord, *, now: datetime, why: str
) -> FreedRun | None:
    """The decision: cancelled where that is wanted, lost where it kills runners, else due.

    None when the run was freed or ended by somebody else at this moment.
    """
    if run.cancel_requested_at is not None:
        state, reason = RunState.CANCELLED, f"cancelled; {why}"
    elif is_dead(run.wanted_by):
        state, reason = RunState.CANCELLED, f"{why}; {UNWANTED}"
    elif run.token >= MAX_CLAIMS:
        state, reason = RunState.LOST, f"{run.token} runners were lost in it; of the last: {why}"
    else:
        state, reason = RunState.DUE, None
    moved = move(
        session,
        run.id,
        RunState.RUNNING,
        state,
        token=run.token,
        columns={
            "lease_until": None,
            "reason": reason,
            "finished_at": None if state is RunState.DUE else now,
            "verdict": VerdictKind.FAILED.value if state is RunState.LOST else None,
        },
    )
    if not moved:
        return None
    return FreedRun(run_id=run.id, source_id=run.source_id, owner=run.owner, state=state)

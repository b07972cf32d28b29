"""A claimed run's lease: prolonged by heartbeats, held in every write, ended with a verdict.

Each claim raises the token; whoever holds an old one can neither store nor finish.
"""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from storage.engine.tables import JsonValue, RunRow, table_of
from storage.errors import LeaseLostError, RecordNotFoundError
from storage.links.standing import note_proved
from storage.records import RunCounts, RunTrigger, Verdict, VerdictKind
from storage.runs.history import counts_as_columns
from storage.runs.options import CrawlOptions
from storage.runs.states import LeaseState, RunState, move

LEASE_SECONDS = 120.0
"""How long a run may stay silent before it counts as dead; it beats far more often."""

_RUNS = table_of(RunRow)
# Asked for every batch of every run: built once, a statement costs a seventh.
_IS_HELD = (
    _RUNS.c.id == bindparam("run"),
    _RUNS.c.token == bindparam("held"),
    _RUNS.c.state == RunState.RUNNING.value,
)
_HOLD = select(_RUNS.c.id).where(*_IS_HELD).with_for_update(read=True)
_HELD = (
    select(_RUNS.c.cancel_requested_at, _RUNS.c.source_id, _RUNS.c.trigger, _RUNS.c.options)
    .where(*_IS_HELD)
    .with_for_update()
)
_BEAT = update(_RUNS).where(*_IS_HELD).returning(_RUNS.c.cancel_requested_at)


def heartbeat(
    session: Session,
    run_id: int,
    token: int,
    *,
    now: datetime,
    lease_seconds: float,
    counts: RunCounts,
) -> LeaseState:
    """Prolong the lease and show the counts so far."""
    asked = session.execute(
        _BEAT,
        {
            "run": run_id,
            "held": token,
            "lease_until": now + timedelta(seconds=lease_seconds),
            "heartbeat_at": now,
            **counts_as_columns(counts),
        },
    ).one_or_none()
    if asked is None:
        return LeaseState.LOST
    return LeaseState.HELD if asked.cancel_requested_at is None else LeaseState.CANCEL_ASKED


def hold_lease(session: Session, run_id: int, token: int) -> None:
    """See inside an item's transaction that the run is still ours, and keep it so to its end.

    :raises LeaseLostError: when it is not.
    """
    if session.execute(_HOLD, {"run": run_id, "held": token}).one_or_none() is None:
        raise LeaseLostError(run_id, token)


def finish_run(
    session: Session,
    run_id: int,
    token: int,
    verdict: Verdict,
    counts: RunCounts,
    *,
    now: datetime,
) -> None:
    """End a run with its verdict; CANCELLED when that was asked for.

    A complete run without bounds also proves its source's declaration.

    :raises LeaseLostError: when the run is another's by now, or has ended.
    """
    row = session.execute(_HELD, {"run": run_id, "held": token}).one_or_none()
    if row is None:
        raise LeaseLostError(run_id, token)
    state = RunState.FINISHED if row.cancel_requested_at is None else RunState.CANCELLED
    move(
        session,
        run_id,
        RunState.RUNNING,
        state,
        token=token,
        columns={
            "finished_at": now,
            "lease_until": None,
            "verdict": verdict.kind.value,
            "reason": verdict.reason,
            **counts_as_columns(counts),
        },
    )
    proves = verdict.kind is VerdictKind.COMPLETE and state is RunState.FINISHED
    if not proves or row.trigger == RunTrigger.IMPORT:
        return
    if not CrawlOptions.from_json(row.options).bounded:
        note_proved(session, row.source_id, by=f"run {run_id}", now=now)


def request_cancel(
    session: Session, run_id: int, *, now: datetime, why: str = "cancelled before it began"
) -> RunState:
    """Ask a run to stop: a due one is cancelled at once, a running one at its next heartbeat.

    ``why`` is the reason that a due one keeps.

    :raises TransitionError: when it has ended.
    :raises RecordNotFoundError: when there is no such run.
    """
    query = select(RunRow.state, RunRow.token).where(RunRow.id == run_id).with_for_update()
    row = session.execute(query).one_or_none()
    if row is None:
        raise RecordNotFoundError("run", run_id)
    state = RunState(row.state)
    if state is RunState.RUNNING:
        session.execute(update(RunRow).where(RunRow.id == run_id).values(cancel_requested_at=now))
        return state
    columns: dict[str, datetime | JsonValue] = {
        "cancel_requested_at": now,
        "finished_at": now,
        "reason": why,
    }
    move(session, run_id, state, RunState.CANCELLED, token=row.token, columns=columns)
    return RunState.CANCELLED

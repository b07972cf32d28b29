"""Pausing a back-fill: it stores no further part and keeps its run until it is resumed."""

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from storage.engine.tables import RunRow, table_of
from storage.errors import TransitionError
from storage.records import RunTrigger
from storage.runs.history import RunRecord, get_run
from storage.runs.states import RunState

PARTS = "parts"
"""Stands in the options of a run that reads its files part by part: only such a one can wait."""

_RUNS = table_of(RunRow)
_PAUSED = select(_RUNS.c.paused_at).where(_RUNS.c.id == bindparam("run"))


def can_pause(run: RunRecord) -> bool:
    """Whether a run is a back-fill at work, which looks between two parts whether to wait."""
    at_work = run.state is RunState.RUNNING and run.cancel_requested_at is None
    return at_work and run.trigger is RunTrigger.IMPORT and PARTS in run.options


def pause_backfill(session: Session, run_id: int, *, now: datetime) -> None:
    """Let a back-fill wait; what was being read is read to its end and stored afterwards.

    :raises TransitionError: when the run is no back-fill at work, or waits already.
    :raises RecordNotFoundError: when there is no such run.
    """
    run = get_run(session, run_id)
    if not can_pause(run) or run.paused_at is not None:
        raise TransitionError("run", run_id, _state(run), "paused")
    session.execute(update(RunRow).where(RunRow.id == run_id).values(paused_at=now))


def resume_backfill(session: Session, run_id: int) -> None:
    """Let a back-fill go on.

    :raises TransitionError: when the run does not wait.
    :raises RecordNotFoundError: when there is no such run.
    """
    run = get_run(session, run_id)
    if not can_pause(run) or run.paused_at is None:
        raise TransitionError("run", run_id, _state(run), RunState.RUNNING.value)
    session.execute(update(RunRow).where(RunRow.id == run_id).values(paused_at=None))


def is_paused(session: Session, run_id: int) -> bool:
    """Whether a run is to wait."""
    return session.execute(_PAUSED, {"run": run_id}).scalar() is not None


def _state(run: RunRecord) -> str:
    return "paused" if run.paused_at is not None else run.state.value

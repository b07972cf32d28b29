"""The states of a run, the ways between them, and the one statement that goes along a way.

Nothing else writes a run's state: whoever wants to change it says from which state he has seen
it in, and ``TRANSITIONS`` says whether that way exists.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from storage.engine.tables import JsonValue, RunRow, table_of
from storage.errors import TransitionError


class RunState(StrEnum):
    """Where a run stands."""

    DUE = "due"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    LOST = "lost"


class LeaseState(StrEnum):
    """What a heartbeat learns."""

    HELD = "held"
    CANCEL_ASKED = "cancel_asked"  # held, but somebody wants the run to stop
    LOST = "lost"  # taken over, ended or lost: stop at once, store nothing


TRANSITIONS: dict[RunState, frozenset[RunState]] = {
    RunState.DUE: frozenset({RunState.RUNNING, RunState.CANCELLED}),
    RunState.RUNNING: frozenset(
        {RunState.FINISHED, RunState.CANCELLED, RunState.LOST, RunState.DUE}  # due: given back
    ),
    RunState.FINISHED: frozenset(),
    RunState.CANCELLED: frozenset(),
    RunState.LOST: frozenset(),
}

OPEN_STATES = tuple(state.value for state, ways in TRANSITIONS.items() if ways)
ENDED_STATES = tuple(state.value for state, ways in TRANSITIONS.items() if not ways)

_RUNS = table_of(RunRow)
# Asked for every run of every source: built once, a statement costs a seventh.
_MOVE = (
    update(_RUNS)
    .where(
        _RUNS.c.id == bindparam("run"),
        _RUNS.c.token == bindparam("held"),
        _RUNS.c.state == bindparam("seen"),
    )
    .returning(_RUNS.c.id)
)


def move(
    session: Session,
    run_id: int,
    seen: RunState,
    wanted: RunState,
    *,
    token: int,
    columns: dict[str, datetime | JsonValue],
) -> bool:
    """Take a run from ``seen`` to ``wanted``, with what else is to be written of it.

    False when it is not in ``seen`` under ``token`` any more: nothing is written then.

    :raises TransitionError: when no way leads from the one state to the other.
    """
    if wanted not in TRANSITIONS[seen]:
        raise TransitionError("run", run_id, seen.value, wanted.value)
    values = {"run": run_id, "held": token, "seen": seen.value, "state": wanted.value, **columns}
    return session.execute(_MOVE, values).one_or_none() is not None

"""What runs write, kept where every machine can read it: the end of each start's output.

A start is a run with its token.  It is entered before it begins, so whoever carries it a second
time (a cluster that takes a worker for dead does) finds that it was begun.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.engine.cluster_tables import RunOutputRow
from storage.engine.tables import table_of, upsert_into
from storage.errors import LeaseLostError
from storage.runs.lease import hold_lease

MOST_BYTES = 128 * 1024
"""Of one start's output its end is kept: the verdict and what went before it."""

KEPT_FOR = timedelta(days=30)

_OUTPUTS = table_of(RunOutputRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutput:
    """The end of what one start wrote, and where; ``ended_at`` None while it is at work."""

    token: int
    machine: str
    begun_at: datetime
    ended_at: datetime | None
    output: str


def begin(session: Session, run_id: int, token: int, *, machine: str, now: datetime) -> bool:
    """Enter a start; False when it was entered before, or its lease is another's by now."""
    try:
        hold_lease(session, run_id, token)
    except LeaseLostError:
        return False
    made = session.execute(
        upsert_into(session, RunOutputRow)
        .values(run_id=run_id, token=token, machine=machine, begun_at=now, output="")
        .on_conflict_do_nothing(index_elements=["run_id", "token"])
        .returning(_OUTPUTS.c.run_id)
    )
    return made.one_or_none() is not None


def keep(
    session: Session, run_id: int, token: int, output: bytes, *, ended_at: datetime | None
) -> None:
    """Keep the end of what a start that was entered has written so far."""
    session.execute(
        update(_OUTPUTS)
        .where(_OUTPUTS.c.run_id == run_id, _OUTPUTS.c.token == token)
        .values(output=_words(output), ended_at=ended_at)
    )


def keep_whole(
    session: Session,
    run_id: int,
    token: int,
    output: bytes,
    *,
    machine: str,
    begun_at: datetime,
    ended_at: datetime,
) -> None:
    """Keep the end of what a start wrote that was not entered before it began."""
    values = {"machine": machine, "ended_at": ended_at, "output": _words(output)}
    session.execute(
        upsert_into(session, RunOutputRow)
        .values(run_id=run_id, token=token, begun_at=begun_at, **values)
        .on_conflict_do_update(index_elements=["run_id", "token"], set_=values)
    )


def outputs_of(session: Session, run_id: int) -> list[RunOutput]:
    """What each start of a run wrote, the first start first."""
    query = select(_OUTPUTS).where(_OUTPUTS.c.run_id == run_id).order_by(_OUTPUTS.c.token)
    return [
        RunOutput(
            token=row.token,
            machine=row.machine,
            begun_at=row.begun_at,
            ended_at=row.ended_at,
            output=row.output,
        )
        for row in session.execute(query)
    ]


def forget_old(session: Session, *, now: datetime) -> int:
    """Drop outputs that are older than ``KEPT_FOR``; how many."""
    dropped = session.execute(
        delete(_OUTPUTS).where(_OUTPUTS.c.begun_at < now - KEPT_FOR).returning(_OUTPUTS.c.run_id)
    )
    return len(dropped.all())


def _words(output: bytes) -> str:
    """As text that every engine holds: PostgreSQL refuses NUL."""
    return output[-MOST_BYTES:].decode("utf-8", "replace").replace("\x00", "\ufffd")

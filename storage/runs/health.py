"""What ended runs have shown of their sources: one entry a run, made by one service."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, func, insert, select
from sqlalchemy.orm import Session

from storage.engine.service_tables import RunHealthRow
from storage.engine.tables import RunRow, table_of
from storage.records import FailureClass, RunTrigger
from storage.runs.states import ENDED_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthEntry:
    """What one ended run showed; ``failure_class`` is None where it showed no fault.

    ``conclusive`` is False for a run that says nothing of its source: one that was cancelled, or
    asked for a part only.
    """

    run_id: int
    source_id: str
    failure_class: FailureClass | None
    reason: str
    judged_at: datetime
    conclusive: bool = True


_HEALTH = table_of(RunHealthRow)
# Asked at every tick of every source: built once, a query costs a seventh.
_HEALTH_OF = (
    select(_HEALTH)
    .where(_HEALTH.c.source_id == bindparam("source"), _HEALTH.c.conclusive)
    .order_by(_HEALTH.c.run_id.desc())
    .limit(bindparam("most", type_=Integer))
)
_HEALTH_OF_RUN = select(_HEALTH.c.run_id).where(_HEALTH.c.run_id == bindparam("run"))


def unjudged(session: Session, ids: Iterable[int] | None = None) -> list[int]:
    """Ended runs that have no health entry yet: all of them, or of ``ids``."""
    query = (
        select(RunRow.id)
        .outerjoin(RunHealthRow, RunHealthRow.run_id == RunRow.id)
        .where(
            RunHealthRow.run_id.is_(None),
            RunRow.state.in_(ENDED_STATES),
            RunRow.trigger != RunTrigger.IMPORT.value,
        )
        .order_by(RunRow.id)
    )
    if ids is not None:
        query = query.where(RunRow.id.in_(list(ids)))
    return list(session.scalars(query))


def enter_health(
    session: Session,
    run_id: int,
    source_id: str,
    *,
    failure_class: FailureClass | None,
    reason: str,
    now: datetime,
    conclusive: bool = True,
) -> bool:
    """Say what an ended run showed; False when another service has said it already.

    ``conclusive`` as in ``HealthEntry``.

    Only while holding ``storage.runs.door.lock_schedule``.
    """
    if session.execute(_HEALTH_OF_RUN, {"run": run_id}).first() is not None:
        return False
    values = {
        "run_id": run_id,
        "source_id": source_id,
        "failure_class": None if failure_class is None else failure_class.value,
        "reason": reason,
        "judged_at": now,
        "conclusive": conclusive,
    }
    session.execute(insert(_HEALTH), values)
    return True


def health_history(session: Session, source_id: str, limit: int) -> list[HealthEntry]:
    """The newest conclusive entries of a source, newest first."""
    rows = session.execute(_HEALTH_OF, {"source": source_id, "most": limit})
    return [
        HealthEntry(
            run_id=row.run_id,
            source_id=row.source_id,
            failure_class=None if row.failure_class is None else FailureClass(row.failure_class),
            reason=row.reason,
            judged_at=row.judged_at,
            conclusive=row.conclusive,
        )
        for row in rows
    ]


def failing_sources(session: Session) -> set[str]:
    """The sources whose newest conclusive health entry names a failure."""
    newest = (
        select(func.max(RunHealthRow.run_id))
        .where(RunHealthRow.conclusive)
        .group_by(RunHealthRow.source_id)
    )
    rows = session.scalars(
        select(RunHealthRow.source_id).where(
            RunHealthRow.run_id.in_(newest), RunHealthRow.failure_class.is_not(None)
        )
    )
    return set(rows)

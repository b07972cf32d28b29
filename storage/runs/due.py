"""Due runs: made once, claimed once a source, given back when their runner died.

Making and claiming hold one lock (``lock_schedule``), so what a service sees of open runs is
true until its transaction ends, however many services share the database.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, bindparam, func, insert, select, text, update
from sqlalchemy.orm import Session

from storage.engine.service_tables import RunHealthRow
from storage.engine.tables import JsonValue, RunRow, table_of
from storage.records import VerdictKind
from storage.runs.claimers import is_dead
from storage.runs.lease import (
    MAX_CLAIMS,
    RunRecord,
    RunState,
    claim_run,
    create_run,
    get_run,
    list_runs,
)

SCHEDULE_LOCK = 7_232_020
"""PostgreSQL's advisory lock; SQLite has one writer anyway."""

OPEN_STATES = (RunState.DUE.value, RunState.RUNNING.value)
ENDED_STATES = (RunState.FINISHED.value, RunState.CANCELLED.value, RunState.LOST.value)


def lock_schedule(session: Session) -> None:
    """Let no other transaction make or claim runs until this one ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT pg_advisory_xact_lock({SCHEDULE_LOCK})"))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun:
    """A run that is due or running."""

    id: int
    source_id: str
    state: RunState
    due_at: datetime
    owner: str | None
    token: int
    started_at: datetime | None
    heartbeat_at: datetime | None
    cancel_requested_at: datetime | None


_RUNS = table_of(RunRow)
_HEALTH = table_of(RunHealthRow)

# Asked every second, or at every tick of every source: built once, a query costs a seventh.
_OPEN = (
    select(
        _RUNS.c.id,
        _RUNS.c.source_id,
        _RUNS.c.state,
        _RUNS.c.due_at,
        _RUNS.c.owner,
        _RUNS.c.token,
        _RUNS.c.started_at,
        _RUNS.c.heartbeat_at,
        _RUNS.c.cancel_requested_at,
    )
    .where(_RUNS.c.state.in_(OPEN_STATES))
    .order_by(_RUNS.c.due_at, _RUNS.c.id)
)
_OPEN_OF = (
    select(_RUNS.c.id)
    .where(_RUNS.c.state.in_(OPEN_STATES), _RUNS.c.source_id == bindparam("source"))
    .limit(1)
)
_THIS = _RUNS.alias("this")
_WORKING_BESIDE = (
    select(_RUNS.c.id)
    .join(_THIS, _THIS.c.source_id == _RUNS.c.source_id)
    .where(_THIS.c.id == bindparam("run"), _RUNS.c.state == RunState.RUNNING.value)
    .limit(1)
)
_DUE_SINCE = (
    select(_RUNS.c.id)
    .where(
        _RUNS.c.source_id == bindparam("source"),
        _RUNS.c.due_at >= bindparam("due_at"),
        _RUNS.c.due_at <= bindparam("now"),
    )
    .limit(1)
)
_ENDED_OF = select(func.max(_RUNS.c.finished_at)).where(
    _RUNS.c.source_id == bindparam("source"), _RUNS.c.finished_at <= bindparam("now")
)
_NEWEST = select(func.max(_RUNS.c.id))
_HEALTH_OF = (
    select(_HEALTH)
    .where(_HEALTH.c.source_id == bindparam("source"))
    .order_by(_HEALTH.c.run_id.desc())
    .limit(bindparam("most", type_=Integer))
)


_HEALTH_OF_RUN = select(_HEALTH.c.run_id).where(_HEALTH.c.run_id == bindparam("run"))


def open_runs(session: Session) -> list[OpenRun]:
    """Every run that is due or running, the longest due first."""
    return [
        OpenRun(
            id=row.id,
            source_id=row.source_id,
            state=RunState(row.state),
            due_at=row.due_at,
            owner=row.owner,
            token=row.token,
            started_at=row.started_at,
            heartbeat_at=row.heartbeat_at,
            cancel_requested_at=row.cancel_requested_at,
        )
        for row in session.execute(_OPEN)
    ]


def has_open_run(session: Session, source_id: str) -> bool:
    """Whether a run of the source is due or running."""
    return session.execute(_OPEN_OF, {"source": source_id}).first() is not None


def add_due_run(
    session: Session,
    source_id: str,
    *,
    trigger: str,
    due_at: datetime,
    now: datetime,
    options: dict[str, JsonValue] | None = None,
) -> int | None:
    """Make a due run; None when the source has an open one, or had one at or after ``due_at``.

    So ticks missed in a down time become one run, a manual run that is waiting or working is
    not doubled, and two services make one row.
    """
    lock_schedule(session)
    later = {"source": source_id, "due_at": due_at, "now": now}
    if has_open_run(session, source_id) or session.execute(_DUE_SINCE, later).first() is not None:
        return None
    return create_run(session, source_id, trigger=trigger, due_at=due_at, now=now, options=options)


def claim_due_run(
    session: Session, run_id: int, *, owner: str, now: datetime, lease_seconds: float
) -> int | None:
    """Take a due run; None when another has it, or a run of the same source is working."""
    lock_schedule(session)
    if session.execute(_WORKING_BESIDE, {"run": run_id}).first() is not None:
        return None
    return claim_run(session, run_id, owner=owner, now=now, lease_seconds=lease_seconds)


def give_back(session: Session, run_id: int, token: int, *, now: datetime, why: str) -> RunState:
    """Make a run due again whose runner is known to be dead; LOST after ``MAX_CLAIMS`` of them.

    Returns the state it is in now; its own, unchanged, when ``token`` is not the current one.
    """
    record = get_run(session, run_id)
    if record.state is not RunState.RUNNING or record.token != token:
        return record.state
    if record.cancel_requested_at is not None:
        state = RunState.CANCELLED
    else:
        state = RunState.LOST if token >= MAX_CLAIMS else RunState.DUE
    ended = state is not RunState.DUE
    session.execute(
        update(RunRow)
        .where(RunRow.id == run_id, RunRow.token == token, RunRow.state == RunState.RUNNING.value)
        .values(
            state=state.value,
            lease_until=None,
            reason=why if ended else None,
            finished_at=now if ended else None,
            verdict=VerdictKind.FAILED.value if state is RunState.LOST else None,
        )
    )
    return state


def give_back_orphans(
    session: Session, *, carried: Iterable[int], owner: str, now: datetime, silence: timedelta
) -> list[OpenRun]:
    """Give back the running runs of dead claimers on this machine that fell silent.

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
            give_back(session, run.id, run.token, now=now, why="its runner died")
            freed.append(run)
    return freed


def pull_back_leases(session: Session, *, now: datetime, lease_seconds: float) -> int:
    """Shorten the leases that a clock running ahead has put into the far future."""
    lease = timedelta(seconds=lease_seconds)
    shortened = session.execute(
        update(RunRow)
        .where(RunRow.state == RunState.RUNNING.value, RunRow.lease_until > now + 2 * lease)
        .values(lease_until=now + lease)
        .returning(RunRow.id)
    ).all()
    return len(shortened)


def history(session: Session, source_id: str, limit: int) -> list[RunRecord]:
    """The newest ended runs of a source, newest first."""
    records = list_runs(session, source_id=source_id, limit=limit + 1)
    return [record for record in records if record.finished_at is not None][:limit]


def last_ended_at(session: Session, *, now: datetime) -> dict[str, datetime]:
    """When the newest run of every source ended; not what a fast clock has put after ``now``."""
    rows = session.execute(
        select(RunRow.source_id, func.max(RunRow.finished_at))
        .where(RunRow.finished_at <= now)
        .group_by(RunRow.source_id)
    )
    return {source_id: ended_at for source_id, ended_at in rows if ended_at is not None}


def ended_at(session: Session, source_id: str, *, now: datetime) -> datetime | None:
    """When the newest run of a source ended, as above; None when none has."""
    return session.execute(_ENDED_OF, {"source": source_id, "now": now}).scalar()


def failing_sources(session: Session) -> set[str]:
    """The sources whose newest health entry names a failure."""
    newest = select(func.max(RunHealthRow.run_id)).group_by(RunHealthRow.source_id)
    rows = session.scalars(
        select(RunHealthRow.source_id).where(
            RunHealthRow.run_id.in_(newest), RunHealthRow.failure_class.is_not(None)
        )
    )
    return set(rows)


def newest_run_id(session: Session) -> int:
    """The highest id of all runs; 0 when there is none."""
    return session.execute(_NEWEST).scalar() or 0


def unjudged(session: Session, ids: Iterable[int] | None = None) -> list[int]:
    """Ended runs that have no health entry yet: all of them, or of ``ids``."""
    query = (
        select(RunRow.id)
        .outerjoin(RunHealthRow, RunHealthRow.run_id == RunRow.id)
        .where(
            RunHealthRow.run_id.is_(None),
            RunRow.state.in_(ENDED_STATES),
            RunRow.trigger != "import",
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
    failure_class: str | None,
    reason: str,
    now: datetime,
) -> bool:
    """Say what an ended run showed; False when another service has said it already.

    Only while holding ``lock_schedule``.
    """
    if session.execute(_HEALTH_OF_RUN, {"run": run_id}).first() is not None:
        return False
    values = {
        "run_id": run_id,
        "source_id": source_id,
        "failure_class": failure_class,
        "reason": reason,
        "judged_at": now,
    }
    session.execute(insert(_HEALTH), values)
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthEntry:
    """What one ended run showed."""

    run_id: int
    source_id: str
    failure_class: str | None
    reason: str
    judged_at: datetime


def health_history(session: Session, source_id: str, limit: int) -> list[HealthEntry]:
    """The newest entries of a source, newest first."""
    rows = session.execute(_HEALTH_OF, {"source": source_id, "most": limit})
    return [
        HealthEntry(
            run_id=row.run_id,
            source_id=row.source_id,
            failure_class=row.failure_class,
            reason=row.reason,
            judged_at=row.judged_at,
        )
        for row in rows
    ]

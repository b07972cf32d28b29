"""The one door to a run: making and claiming hold one lock (``lock_schedule``).

What is seen of open runs behind it is true until the transaction ends, however many services
and commands share the database.  So the clock, the probes, ``cppcc crawl``, imports and a plain
``scrapy crawl`` never have two running crawls of one source between them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from storage.engine.tables import JsonValue, RunRow, table_of, upsert_into
from storage.errors import RecordNotFoundError, SourceBusyError
from storage.records import RunCounts, RunTrigger
from storage.runs.history import counts_as_columns, has_open_run
from storage.runs.lease import LEASE_SECONDS
from storage.runs.states import RunState, move

SCHEDULE_LOCK = 7_232_020
"""PostgreSQL's advisory lock; SQLite has one writer anyway."""

_RUNS = table_of(RunRow)
_CLAIMABLE = select(_RUNS.c.source_id, _RUNS.c.trigger, _RUNS.c.state, _RUNS.c.token).where(
    _RUNS.c.id == bindparam("run")
)
_WORKING_ON = (
    select(_RUNS.c.id, _RUNS.c.owner)
    .where(
        _RUNS.c.source_id == bindparam("source"),
        _RUNS.c.state == RunState.RUNNING.value,
        _RUNS.c.trigger != RunTrigger.IMPORT.value,
    )
    .limit(1)
)
_AT_WORK = select(_RUNS.c.source_id).where(
    _RUNS.c.state == RunState.RUNNING.value, _RUNS.c.trigger != RunTrigger.IMPORT.value
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


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRoom:
    """How many crawls may be at work on each host of a source: ``neighbours`` has, for each of
    its hosts, the ids of all sources on that host."""

    neighbours: Sequence[frozenset[str]]
    at_most: int


def lock_schedule(session: Session) -> None:
    """Let no other transaction make or claim runs until this one ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT pg_advisory_xact_lock({SCHEDULE_LOCK})"))


def create_run(
    session: Session,
    source_id: str,
    *,
    trigger: RunTrigger,
    due_at: datetime,
    now: datetime,
    options: dict[str, JsonValue] | None = None,
    wanted_by: str | None = None,
) -> int:
    """Make a due run; its id.  The id of the one that is there if (source, due_at) exists.

    So two clocks that fire the same tick make one run.  ``wanted_by`` names the process
    without which nobody wants the run any more; None leaves it to whichever service comes.
    """
    lock_schedule(session)
    session.execute(
        upsert_into(session, RunRow)
        .values(
            source_id=source_id,
            trigger=trigger.value,
            due_at=due_at,
            state=RunState.DUE.value,
            options=options or {},
            wanted_by=wanted_by,
            token=0,
            created_at=now,
            **counts_as_columns(RunCounts()),
        )
        .on_conflict_do_nothing(index_elements=["source_id", "due_at"])
    )
    return session.scalars(
        select(RunRow.id).where(RunRow.source_id == source_id, RunRow.due_at == due_at)
    ).one()


def add_due_run(
    session: Session,
    source_id: str,
    *,
    trigger: RunTrigger,
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


def claim_run(
    session: Session,
    run_id: int,
    *,
    owner: str,
    now: datetime,
    lease_seconds: float,
    room: HostRoom | None = None,
) -> int | None:
    """Take a due run; the fencing token.

    None when another has it, it has ended, another crawl of its source is working, or there is
    no ``room`` on one of its hosts: an import asks nothing of any site and waits for nobody.

    :raises RecordNotFoundError: when there is no such run.
    """
    lock_schedule(session)
    run = session.execute(_CLAIMABLE, {"run": run_id}).one_or_none()
    if run is None:
        raise RecordNotFoundError("run", run_id)
    if run.state != RunState.DUE or _working_on(session, run.source_id, run.trigger):
        return None
    if room is not None and run.trigger != RunTrigger.IMPORT and _is_full(session, room):
        return None
    token: int = run.token + 1
    taken = move(
        session,
        run_id,
        RunState.DUE,
        RunState.RUNNING,
        token=run.token,
        columns={
            "owner": owner,
            "token": token,
            "lease_until": now + timedelta(seconds=lease_seconds),
            "heartbeat_at": now,
            "started_at": now,
        },
    )
    return token if taken else None


def begin_run(
    session: Session,
    source_id: str,
    *,
    trigger: RunTrigger,
    owner: str,
    now: datetime,
    options: dict[str, JsonValue] | None = None,
) -> tuple[int, int]:
    """Make a run and claim it at once, for the process ``owner`` itself: its id and token.

    :raises SourceBusyError: when another crawl of the source is working; no run is made then.
    """
    lock_schedule(session)
    if busy := _working_on(session, source_id, trigger):
        raise SourceBusyError(source_id, *busy)
    run_id = create_run(
        session,
        source_id,
        trigger=trigger,
        due_at=now,
        now=now,
        options=options,
        wanted_by=owner,
    )
    token = claim_run(session, run_id, owner=owner, now=now, lease_seconds=LEASE_SECONDS)
    if token is None:  # one of this very instant was there, and somebody has it
        raise SourceBusyError(source_id, run_id, None)
    return run_id, token


def _is_full(session: Session, room: HostRoom) -> bool:
    """Whether one of the hosts has as many crawls at work as it may have."""
    busy = session.scalars(_AT_WORK).all()
    return any(
        sum(source_id in sources for source_id in busy) >= room.at_most
        for sources in room.neighbours
    )


def _working_on(session: Session, source_id: str, trigger: str) -> tuple[int, str | None] | None:
    """The running crawl of a source and who carries it; an import is in nobody's way."""
    if trigger == RunTrigger.IMPORT:
        return None
    row = session.execute(_WORKING_ON, {"source": source_id}).first()
    return None if row is None else (row.id, row.owner)

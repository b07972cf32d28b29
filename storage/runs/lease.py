"""Run rows: who may run what, by lease and fencing token, and what a run proved.

A run is due, then claimed for a bounded time.  Each claim raises the token; whoever holds an
old one can neither store nor finish.  See ``TRANSITIONS`` for all there is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Row, Select, bindparam, select, update
from sqlalchemy.orm import Session

from storage.engine.tables import JsonValue, RunRow, table_of, upsert_into
from storage.errors import LeaseLostError, RecordNotFoundError, TransitionError
from storage.links.standing import note_proved
from storage.records import RefusalClass, RunCounts, Verdict, VerdictKind

LEASE_SECONDS = 120.0
"""How long a run may stay silent before it counts as dead; it beats far more often."""

MAX_CLAIMS = 5
"""A run whose runner died this many times is lost: something in it kills runners."""


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
        {RunState.FINISHED, RunState.CANCELLED, RunState.LOST, RunState.DUE}  # due: taken over
    ),
    RunState.FINISHED: frozenset(),
    RunState.CANCELLED: frozenset(),
    RunState.LOST: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run; ``verdict`` is None until it has finished."""

    id: int
    source_id: str
    trigger: str
    due_at: datetime
    state: RunState
    options: Mapping[str, JsonValue]
    owner: str | None
    token: int
    lease_until: datetime | None
    heartbeat_at: datetime | None
    cancel_requested_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    verdict: Verdict | None
    counts: RunCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiredLease:
    """A run whose runner fell silent; ``state`` is DUE when it will be taken over."""

    run_id: int
    source_id: str
    owner: str | None
    state: RunState


_RUNS = table_of(RunRow)

# Asked for every run of every source: built once, they cost a seventh.
_ONE = select(_RUNS).where(_RUNS.c.id == bindparam("run"))
_CLAIM = (
    update(_RUNS)
    .where(_RUNS.c.id == bindparam("run"), _RUNS.c.state == RunState.DUE.value)
    .values(
        state=RunState.RUNNING.value,
        owner=bindparam("by"),
        token=_RUNS.c.token + 1,
        lease_until=bindparam("until"),
        heartbeat_at=bindparam("at"),
        started_at=bindparam("at"),
    )
    .returning(_RUNS.c.token)
)
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
_FINISH = update(_RUNS).where(_RUNS.c.id == bindparam("run"))


def create_run(
    session: Session,
    source_id: str,
    *,
    trigger: str,
    due_at: datetime,
    now: datetime,
    options: Mapping[str, JsonValue] | None = None,
) -> int:
    """Make a due run; its id.  The id of the one that is there if (source, due_at) exists.

    So two clocks that fire the same tick make one run.
    """
    session.execute(
        upsert_into(session, RunRow)
        .values(
            source_id=source_id,
            trigger=trigger,
            due_at=due_at,
            state=RunState.DUE.value,
            options=dict(options or {}),
            token=0,
            created_at=now,
            **_counts_as_columns(RunCounts()),
        )
        .on_conflict_do_nothing(index_elements=["source_id", "due_at"])
    )
    return session.scalars(
        select(RunRow.id).where(RunRow.source_id == source_id, RunRow.due_at == due_at)
    ).one()


def claim_run(
    session: Session, run_id: int, *, owner: str, now: datetime, lease_seconds: float
) -> int | None:
    """Take a due run; the fencing token, or None when somebody else has it or it has ended."""
    claimed = session.execute(
        _CLAIM,
        {"run": run_id, "by": owner, "until": now + timedelta(seconds=lease_seconds), "at": now},
    ).scalar_one_or_none()
    if claimed is None:
        _state_of(session, run_id)  # RecordNotFoundError where there is no such run
    return claimed


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
            **_counts_as_columns(counts),
        },
    ).one_or_none()
    if asked is None:
        return LeaseState.LOST
    return LeaseState.HELD if asked.cancel_requested_at is None else LeaseState.CANCEL_ASKED


def hold_lease(session: Session, run_id: int, token: int) -> None:
    """See inside an item's transaction that the run is still ours, and keep it so to its end.

    LeaseLostError when it is not.
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

    A complete run without bounds also proves its source's declaration.  LeaseLostError as above.
    """
    row = session.execute(_HELD, {"run": run_id, "held": token}).one_or_none()
    if row is None:
        raise LeaseLostError(run_id, token)
    state = RunState.FINISHED if row.cancel_requested_at is None else RunState.CANCELLED
    session.execute(
        _FINISH,
        {
            "run": run_id,
            "state": state.value,
            "finished_at": now,
            "lease_until": None,
            "verdict": verdict.kind.value,
            "reason": verdict.reason,
            **_counts_as_columns(counts),
        },
    )
    proves = verdict.kind is VerdictKind.COMPLETE and state is RunState.FINISHED
    if proves and row.trigger != "import" and not any(row.options.values()):
        note_proved(session, row.source_id, by=f"run {run_id}", now=now)


def request_cancel(session: Session, run_id: int, *, now: datetime) -> RunState:
    """Ask a run to stop: a due one is cancelled at once, a running one at its next heartbeat.

    TransitionError when it has ended.
    """
    state = _state_of(session, run_id, lock=True)
    if RunState.CANCELLED not in TRANSITIONS[state]:
        raise TransitionError("run", run_id, state.value, RunState.CANCELLED.value)
    changes: dict[str, datetime | str] = {"cancel_requested_at": now}
    if state is RunState.DUE:
        changes |= {"state": RunState.CANCELLED.value, "finished_at": now}
        changes |= {"reason": "cancelled before it began"}
        state = RunState.CANCELLED
    session.execute(update(RunRow).where(RunRow.id == run_id).values(**changes))
    return state


def expire_leases(session: Session, *, now: datetime) -> list[ExpiredLease]:
    """Free the runs whose lease has run out: due again, or lost after ``MAX_CLAIMS`` runners.

    One that somebody asked to cancel is cancelled.
    """
    silent = session.execute(
        select(RunRow.id, RunRow.source_id, RunRow.owner, RunRow.token, RunRow.cancel_requested_at)
        .where(RunRow.state == RunState.RUNNING.value, RunRow.lease_until < now)
        .order_by(RunRow.id)
        .with_for_update(skip_locked=True)
    ).all()
    expired = []
    for run in silent:
        if run.cancel_requested_at is not None:
            state, reason = RunState.CANCELLED, "cancelled; its runner had fallen silent"
        elif run.token >= MAX_CLAIMS:
            state, reason = RunState.LOST, f"{run.token} runners fell silent in it"
        else:
            state, reason = RunState.DUE, None
        session.execute(
            update(RunRow)
            .where(RunRow.id == run.id)
            .values(
                state=state.value,
                lease_until=None,
                reason=reason,
                finished_at=None if state is RunState.DUE else now,
                verdict=VerdictKind.FAILED.value if state is RunState.LOST else None,
            )
        )
        expired.append(
            ExpiredLease(run_id=run.id, source_id=run.source_id, owner=run.owner, state=state)
        )
    return expired


def get_run(session: Session, run_id: int) -> RunRecord:
    """One run; RecordNotFoundError when there is none."""
    row = session.execute(_ONE, {"run": run_id}).one_or_none()
    if row is None:
        raise RecordNotFoundError("run", run_id)
    return _record(row)


def list_runs(
    session: Session,
    *,
    source_id: str | None = None,
    state: RunState | None = None,
    limit: int = 50,
    before: int | None = None,
) -> list[RunRecord]:
    """The newest runs first; ``before`` is the last id of the page before this one."""
    query = select(_RUNS)
    if source_id is not None:
        query = query.where(RunRow.source_id == source_id)
    if state is not None:
        query = query.where(RunRow.state == state.value)
    if before is not None:
        query = query.where(RunRow.id < before)
    return _records(session, query.order_by(RunRow.id.desc()).limit(limit))


def last_complete_run(session: Session, source_id: str) -> RunRecord | None:
    """The source's newest run with verdict complete: what watermarks may rest on."""
    query = (
        select(_RUNS)
        .where(RunRow.source_id == source_id, RunRow.verdict == VerdictKind.COMPLETE.value)
        .order_by(RunRow.finished_at.desc())
        .limit(1)
    )
    found = _records(session, query)
    return found[0] if found else None


def _state_of(session: Session, run_id: int, *, lock: bool = False) -> RunState:
    query = select(RunRow.state).where(RunRow.id == run_id)
    state = session.execute(query.with_for_update() if lock else query).scalar_one_or_none()
    if state is None:
        raise RecordNotFoundError("run", run_id)
    return RunState(state)


def _counts_as_columns(counts: RunCounts) -> dict[str, int | dict[str, int]]:
    return {
        "requested": counts.requested,
        "accepted": counts.accepted,
        "refused": counts.refused,
        "refused_by_class": {kind.value: number for kind, number in counts.refused_by_class},
        "pages": counts.pages,
        "articles_new": counts.articles_new,
        "articles_changed": counts.articles_changed,
        "articles_unchanged": counts.articles_unchanged,
        "reposts": counts.reposts,
        "flags": counts.flags,
    }


def _records(session: Session, query: Select[tuple[object, ...]]) -> list[RunRecord]:
    return [_record(row) for row in session.execute(query)]


def _record(row: Row[tuple[object, ...]]) -> RunRecord:
    verdict = None
    if row.verdict is not None:
        verdict = Verdict(kind=VerdictKind(row.verdict), reason=row.reason or "")
    return RunRecord(
        id=row.id,
        source_id=row.source_id,
        trigger=row.trigger,
        due_at=row.due_at,
        state=RunState(row.state),
        options=row.options,
        owner=row.owner,
        token=row.token,
        lease_until=row.lease_until,
        heartbeat_at=row.heartbeat_at,
        cancel_requested_at=row.cancel_requested_at,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        verdict=verdict,
        counts=RunCounts(
            requested=row.requested,
            accepted=row.accepted,
            refused=row.refused,
            refused_by_class=tuple(
                (RefusalClass(kind), number)
                for kind, number in sorted(row.refused_by_class.items())
            ),
            pages=row.pages,
            articles_new=row.articles_new,
            articles_changed=row.articles_changed,
            articles_unchanged=row.articles_unchanged,
            reposts=row.reposts,
            flags=row.flags,
        ),
    )

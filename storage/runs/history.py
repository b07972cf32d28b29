"""Run rows read back: one run, the open ones, the past ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, Text, and_, bindparam, cast, func, select
from sqlalchemy.orm import Session

from storage.engine.tables import JsonValue, RunRow, table_of
from storage.errors import RecordNotFoundError
from storage.records import RefusalClass, RunCounts, RunTrigger, Verdict, VerdictKind
from storage.runs.options import BOUNDS
from storage.runs.states import OPEN_STATES, RunState


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run.

    ``verdict`` is None until it has finished; ``reason`` says, in words, why it ended as it
    did, also where it ended without a verdict.  ``options`` are those of a crawl
    (``CrawlOptions.as_json``), or name the file of an import.  ``wanted_by`` is the process
    that waits for it, None where a service is to carry it whoever asked.  ``paused_at`` is since
    when a back-fill waits to be resumed.
    """

    id: int
    source_id: str
    trigger: RunTrigger
    due_at: datetime
    state: RunState
    options: Mapping[str, JsonValue]
    owner: str | None
    wanted_by: str | None
    token: int
    lease_until: datetime | None
    heartbeat_at: datetime | None
    cancel_requested_at: datetime | None
    paused_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    verdict: Verdict | None
    reason: str | None
    counts: RunCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun:
    """A run that is due or running."""

    id: int
    source_id: str
    state: RunState
    due_at: datetime
    owner: str | None
    wanted_by: str | None
    token: int
    started_at: datetime | None
    heartbeat_at: datetime | None
    cancel_requested_at: datetime | None


_RUNS = table_of(RunRow)

# Asked every second, or for every run of every source: built once, a query costs a seventh.
_ONE = select(_RUNS).where(_RUNS.c.id == bindparam("run"))
_OPEN = (
    select(
        _RUNS.c.id,
        _RUNS.c.source_id,
        _RUNS.c.state,
        _RUNS.c.due_at,
        _RUNS.c.owner,
        _RUNS.c.wanted_by,
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
_UNBOUNDED = [RunRow.options[name].as_string().is_(None) for name in BOUNDS]
# By the index of (source, due time): the latest that was due is the newest.
_ENDED_OF = (
    select(RunRow.finished_at)
    .where(
        RunRow.source_id == bindparam("source"),
        RunRow.finished_at <= bindparam("now"),
        *_UNBOUNDED,
    )
    .order_by(RunRow.due_at.desc())
    .limit(1)
)
_NEWEST = select(func.max(_RUNS.c.id))


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
    trigger: RunTrigger | None = None,
    limit: int = 50,
    before: int | None = None,
) -> list[RunRecord]:
    """The newest runs first; ``before`` is the last id of the page before this one."""
    query = select(_RUNS)
    if source_id is not None:
        query = query.where(RunRow.source_id == source_id)
    if state is not None:
        query = query.where(RunRow.state == state.value)
    if trigger is not None:
        query = query.where(RunRow.trigger == trigger.value)
    if before is not None:
        query = query.where(RunRow.id < before)
    return _records(session, query.order_by(RunRow.id.desc()).limit(limit))


def latest_with_verdict(session: Session) -> dict[str, RunRecord]:
    """Each source's newest run without bounds that ended with a verdict, by the source's id.

    What is due, at work or was cancelled says nothing of its source, nor does one that was asked
    for some days or articles only; a source without any such run is left out.
    """
    bare = cast(RunRow.options, Text) == "{}"  # most are: their text is not looked into
    newest = (
        select(func.max(RunRow.id))
        .where(RunRow.verdict.is_not(None), bare | and_(*_UNBOUNDED))
        .group_by(RunRow.source_id)
    )
    return {
        one.source_id: one for one in _records(session, select(_RUNS).where(RunRow.id.in_(newest)))
    }


def ended_runs(session: Session, source_id: str, limit: int) -> list[RunRecord]:
    """The newest ended runs of a source, newest first."""
    query = select(_RUNS).where(RunRow.source_id == source_id, RunRow.finished_at.is_not(None))
    return _records(session, query.order_by(RunRow.id.desc()).limit(limit))


def last_complete_run(
    session: Session, source_id: str, *, now: datetime | None = None
) -> RunRecord | None:
    """The source's newest complete run without bounds: what watermarks may rest on.

    One that was asked for some days only, or some articles, has settled nothing else; nor has one
    that a fast clock has put after ``now`` settled what comes until then.
    """
    query = (
        select(_RUNS)
        .where(
            RunRow.source_id == source_id,
            RunRow.verdict == VerdictKind.COMPLETE.value,
            *_UNBOUNDED,
            *(() if now is None else (RunRow.finished_at <= now,)),
        )
        .order_by(RunRow.finished_at.desc())
        .limit(1)
    )
    found = _records(session, query)
    return found[0] if found else None


def open_runs(session: Session, *, only: ColumnElement[bool] | None = None) -> list[OpenRun]:
    """Every run that is due or running, the longest due first.

    Of those for which ``only`` holds, and that nobody else has locked, where it is given; they
    are locked then.
    """
    query = _OPEN if only is None else _OPEN.where(only).with_for_update(skip_locked=True)
    return [
        OpenRun(
            id=row.id,
            source_id=row.source_id,
            state=RunState(row.state),
            due_at=row.due_at,
            owner=row.owner,
            wanted_by=row.wanted_by,
            token=row.token,
            started_at=row.started_at,
            heartbeat_at=row.heartbeat_at,
            cancel_requested_at=row.cancel_requested_at,
        )
        for row in session.execute(query)
    ]


def has_open_run(session: Session, source_id: str) -> bool:
    """Whether a run of the source is due or running."""
    return session.execute(_OPEN_OF, {"source": source_id}).first() is not None


def last_ended_at(session: Session, *, now: datetime) -> dict[str, datetime]:
    """When the newest run of every source ended; not what a fast clock has put after ``now``."""
    rows = session.execute(
        select(RunRow.source_id, func.max(RunRow.finished_at))
        .where(RunRow.finished_at <= now)
        .group_by(RunRow.source_id)
    )
    return {source_id: ended_at for source_id, ended_at in rows if ended_at is not None}


def ended_at(session: Session, source_id: str, *, now: datetime) -> datetime | None:
    """When the newest run of a source ended, as above; None when none has.

    One that was told to leave something out has not looked at its source.
    """
    return session.execute(_ENDED_OF, {"source": source_id, "now": now}).scalar()


def newest_run_id(session: Session) -> int:
    """The highest id of all runs; 0 when there is none."""
    return session.execute(_NEWEST).scalar() or 0


def first_created_at(session: Session) -> datetime | None:
    """When the first run was made that is still known; None when there is none."""
    return session.scalars(select(RunRow.created_at).order_by(RunRow.id).limit(1)).one_or_none()


def counts_as_columns(counts: RunCounts) -> dict[str, JsonValue]:
    """A run's account as its row keeps it."""
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
        trigger=RunTrigger(row.trigger),
        due_at=row.due_at,
        state=RunState(row.state),
        options=row.options,
        owner=row.owner,
        wanted_by=row.wanted_by,
        token=row.token,
        lease_until=row.lease_until,
        heartbeat_at=row.heartbeat_at,
        cancel_requested_at=row.cancel_requested_at,
        paused_at=row.paused_at,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        verdict=verdict,
        reason=row.reason,
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

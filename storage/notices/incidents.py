"""Incidents: what is broken or missing; one unresolved a subject and class."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from storage.engine.incident_tables import NOT_RESOLVED, IncidentRow
from storage.engine.tables import table_of, upsert_into
from storage.errors import RecordNotFoundError, TransitionError
from storage.records import FailureClass


class IncidentState(StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"  # somebody works on it; it still resolves by itself
    RESOLVED = "resolved"


TRANSITIONS: dict[IncidentState, frozenset[IncidentState]] = {
    IncidentState.OPEN: frozenset({IncidentState.ACKNOWLEDGED, IncidentState.RESOLVED}),
    IncidentState.ACKNOWLEDGED: frozenset({IncidentState.RESOLVED}),
    IncidentState.RESOLVED: frozenset(),
}

UNRESOLVED = (IncidentState.OPEN.value, IncidentState.ACKNOWLEDGED.value)

_INCIDENTS = table_of(IncidentRow)
_UNRESOLVED_OF = (
    select(_INCIDENTS.c.id)
    .where(_INCIDENTS.c.subject == bindparam("subject"), _INCIDENTS.c.state.in_(UNRESOLVED))
    .limit(1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident; ``told_key`` and ``recovery_key`` name the messages that told of it.

    ``acknowledged_by`` is None where nobody was named.
    """

    id: int
    subject: str
    source_id: str | None
    region: str | None
    failure_class: FailureClass
    state: IncidentState
    reason: str
    run_id: int | None
    opened_at: datetime
    seen_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    note: str | None
    told_key: str | None
    told_at: datetime | None
    recovery_key: str | None


def open_incident(
    session: Session,
    subject: str,
    failure_class: FailureClass,
    *,
    reason: str,
    now: datetime,
    source_id: str | None = None,
    region: str | None = None,
    run_id: int | None = None,
) -> bool:
    """Open an incident, or say of the unresolved one that it was seen again; True when new."""
    opened = session.execute(
        upsert_into(session, IncidentRow)
        .values(
            subject=subject,
            source_id=source_id,
            region=region,
            failure_class=failure_class.value,
            state=IncidentState.OPEN.value,
            reason=reason,
            run_id=run_id,
            opened_at=now,
            seen_at=now,
        )
        .on_conflict_do_nothing(
            index_elements=["subject", "failure_class"], index_where=NOT_RESOLVED
        )
        .returning(IncidentRow.id)
    ).one_or_none()
    if opened is not None:
        return True
    session.execute(
        update(IncidentRow)
        .where(
            IncidentRow.subject == subject,
            IncidentRow.failure_class == failure_class.value,
            IncidentRow.state.in_(UNRESOLVED),
        )
        .values(seen_at=now, reason=reason, run_id=run_id)
    )
    return False


def resolve_incidents(
    session: Session,
    subject: str,
    *,
    now: datetime,
    note: str,
    only: Iterable[FailureClass] | None = None,
    keep: Iterable[FailureClass] = (),
) -> int:
    """Resolve a subject's incidents (of the classes ``only``, less ``keep``); how many."""
    if session.execute(_UNRESOLVED_OF, {"subject": subject}).first() is None:
        return 0  # nearly always: every sound run asks
    query = update(IncidentRow).where(
        IncidentRow.subject == subject, IncidentRow.state.in_(UNRESOLVED)
    )
    if only is not None:
        query = query.where(IncidentRow.failure_class.in_([one.value for one in only]))
    query = query.where(IncidentRow.failure_class.not_in([one.value for one in keep]))
    done = session.execute(
        query.values(state=IncidentState.RESOLVED.value, resolved_at=now, note=note).returning(
            IncidentRow.id
        )
    ).all()
    return len(done)


def acknowledge_incident(
    session: Session,
    incident_id: int,
    *,
    now: datetime,
    note: str | None = None,
    by: str | None = None,
) -> None:
    """Say that ``by`` works on it.  TransitionError when it is not open."""
    _move(session, incident_id, IncidentState.ACKNOWLEDGED, now, note)
    session.execute(
        update(IncidentRow).where(IncidentRow.id == incident_id).values(acknowledged_by=by)
    )


def close_incident(session: Session, incident_id: int, *, now: datetime, note: str) -> None:
    """Resolve one by hand.  TransitionError when it is resolved already."""
    _move(session, incident_id, IncidentState.RESOLVED, now, note)


def _move(
    session: Session, incident_id: int, wanted: IncidentState, now: datetime, note: str | None
) -> None:
    incident = get_incident(session, incident_id)
    if wanted not in TRANSITIONS[incident.state]:
        raise TransitionError("incident", incident_id, incident.state.value, wanted.value)
    column = "acknowledged_at" if wanted is IncidentState.ACKNOWLEDGED else "resolved_at"
    values: dict[str, object] = {"state": wanted.value, column: now}
    if note is not None:
        values["note"] = note
    session.execute(update(IncidentRow).where(IncidentRow.id == incident_id).values(**values))


def get_incident(session: Session, incident_id: int) -> Incident:
    """One incident; RecordNotFoundError when there is none."""
    found = _incidents(session, select(IncidentRow).where(IncidentRow.id == incident_id))
    if not found:
        raise RecordNotFoundError("incident", incident_id)
    return found[0]


def list_incidents(
    session: Session,
    *,
    unresolved: bool = True,
    source_id: str | None = None,
    limit: int = 200,
    before: int | None = None,
) -> list[Incident]:
    """The newest incidents first; ``before`` is the last id of the page before this one."""
    query = select(IncidentRow)
    if source_id is not None:
        query = query.where(IncidentRow.source_id == source_id)
    if unresolved:
        query = query.where(IncidentRow.state.in_(UNRESOLVED))
    if before is not None:
        query = query.where(IncidentRow.id < before)
    return _incidents(session, query.order_by(IncidentRow.id.desc()).limit(limit))


def unresolved_incidents(session: Session) -> list[Incident]:
    """Every unresolved incident, the newest first."""
    query = select(IncidentRow).where(IncidentRow.state.in_(UNRESOLVED))
    return _incidents(session, query.order_by(IncidentRow.id.desc()))


def count_unresolved(session: Session) -> int:
    """How many incidents are not resolved."""
    query = select(func.count()).select_from(IncidentRow).where(IncidentRow.state.in_(UNRESOLVED))
    return session.scalars(query).one()


def untold(session: Session) -> list[Incident]:
    """Unresolved incidents that no message has told of, the oldest first."""
    return _incidents(
        session,
        select(IncidentRow)
        .where(IncidentRow.state == IncidentState.OPEN.value, IncidentRow.told_key.is_(None))
        .order_by(IncidentRow.id),
    )


def told_unrecovered(session: Session) -> list[Incident]:
    """Incidents that a message told of and whose end none has told yet, resolved or not."""
    return _incidents(
        session,
        select(IncidentRow)
        .where(IncidentRow.told_key.is_not(None), IncidentRow.recovery_key.is_(None))
        .order_by(IncidentRow.id),
    )


def mark_told(session: Session, ids: Sequence[int], key: str, *, now: datetime) -> None:
    """The message ``key`` tells of the opening of these."""
    session.execute(
        update(IncidentRow).where(IncidentRow.id.in_(ids)).values(told_key=key, told_at=now)
    )


def mark_recovered(session: Session, ids: Sequence[int], key: str) -> None:
    """The message ``key`` tells of the end of these."""
    session.execute(update(IncidentRow).where(IncidentRow.id.in_(ids)).values(recovery_key=key))


def last_told_at(session: Session) -> datetime | None:
    """When a message last told of an opening."""
    query = select(IncidentRow.told_at).where(IncidentRow.told_at.is_not(None))
    return session.scalars(query.order_by(IncidentRow.told_at.desc()).limit(1)).first()


def told_at_once(session: Session, at: datetime) -> int:
    """How many openings the message of that instant told of."""
    query = select(func.count()).select_from(IncidentRow).where(IncidentRow.told_at == at)
    return session.scalars(query).one()


def _incidents(session: Session, query: Select[IncidentRow]) -> list[Incident]:
    rows = session.scalars(query.execution_options(populate_existing=True))
    return [
        Incident(
            **{field.name: getattr(row, field.name) for field in fields(Incident)}
            | {
                "state": IncidentState(row.state),
                "failure_class": FailureClass(row.failure_class),
            }
        )
        for row in rows
    ]

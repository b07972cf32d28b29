"""Messages that leave at least once, each written in the transaction that it tells of.

A sender takes a message for a while, hands it to each channel that has not had it yet, and
says so; a sender that dies in between leaves it to the next one.  The idempotency key lets a
receiver drop a second delivery.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.orm import Session

from storage.engine.service_tables import DeliveryRow
from storage.engine.tables import JsonValue, OutboxRow, upsert_into

TAKEN_FOR = timedelta(minutes=2)
"""How long a sender may take; longer than all time-outs of all channels of one message."""

FIRST_RETRY = timedelta(seconds=30)  # doubled each time
LAST_RETRY = timedelta(hours=1)  # a receiver is down for a night; nothing is given up


Payload = dict[str, JsonValue]
"""What a message says, as JSON can hold it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message to be sent; ``delivered`` names the channels that have taken it."""

    id: int
    kind: str
    key: str
    payload: Mapping[str, JsonValue]
    created_at: datetime
    attempts: int
    delivered: frozenset[str] = frozenset()


def post(
    session: Session, kind: str, key: str, payload: dict[str, JsonValue], *, now: datetime
) -> None:
    """Put a message in the outbox; ``key`` lets its receiver drop a second delivery."""
    session.execute(
        insert(OutboxRow).values(
            kind=kind,
            idempotency_key=key,
            payload=payload,
            created_at=now,
            attempts=0,
            next_attempt_at=now,
        )
    )


def post_once(
    session: Session, kind: str, key: str, payload: dict[str, JsonValue], *, now: datetime
) -> bool:
    """As ``post``; False, and nothing done, when a message with this key was ever posted."""
    posted = session.execute(
        upsert_into(session, OutboxRow)
        .values(
            kind=kind,
            idempotency_key=key,
            payload=payload,
            created_at=now,
            attempts=0,
            next_attempt_at=now,
        )
        .on_conflict_do_nothing(index_elements=["idempotency_key"])
        .returning(OutboxRow.id)
    ).one_or_none()
    return posted is not None


def was_posted(session: Session, key: str) -> bool:
    """Whether a message with this key was ever posted."""
    query = select(OutboxRow.id).where(OutboxRow.idempotency_key == key)
    return session.execute(query).first() is not None


def newest(session: Session, key_begins: str) -> Message | None:
    """The last message whose key begins so, sent or not; None when there was none."""
    found = session.scalars(
        select(OutboxRow.id)
        .where(OutboxRow.idempotency_key.startswith(key_begins, autoescape=True))
        .order_by(OutboxRow.id.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else _messages(session, [found])[0]


def take(
    session: Session, *, kinds: Iterable[str], now: datetime, limit: int = 20
) -> list[Message]:
    """Take due messages of ``kinds``; nobody else gets them until ``TAKEN_FOR`` has passed.

    One that a clock running ahead has put off too far is due as well.
    """
    ids = list(
        session.scalars(
            select(OutboxRow.id)
            .where(OutboxRow.sent_at.is_(None), _due(now), OutboxRow.kind.in_(list(kinds)))
            .order_by(OutboxRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )
    if not ids:
        return []
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_(ids))
        .values(next_attempt_at=now + TAKEN_FOR, attempts=OutboxRow.attempts + 1)
    )
    return _messages(session, ids)


def is_due(session: Session, *, kinds: Iterable[str], now: datetime) -> bool:
    """Whether ``take`` would find a message: asked without taking any lock."""
    query = select(OutboxRow.id).where(
        OutboxRow.sent_at.is_(None), _due(now), OutboxRow.kind.in_(list(kinds))
    )
    return session.execute(query.limit(1)).first() is not None


def waiting(session: Session, kind: str) -> list[Message]:
    """The unsent messages of one kind, without taking them."""
    query = select(OutboxRow.id).where(OutboxRow.sent_at.is_(None), OutboxRow.kind == kind)
    return _messages(session, list(session.scalars(query.order_by(OutboxRow.id))))


def delivered(session: Session, message_id: int, channel: str, *, now: datetime) -> None:
    """One channel has taken the message."""
    session.execute(
        upsert_into(session, DeliveryRow)
        .values(outbox_id=message_id, channel=channel, sent_at=now)
        .on_conflict_do_nothing(index_elements=["outbox_id", "channel"])
    )


def settle(session: Session, message_id: int, *, now: datetime) -> None:
    """Every channel has taken the message, or it was told in another one."""
    session.execute(
        update(OutboxRow).where(OutboxRow.id == message_id).values(sent_at=now, last_error=None)
    )


def put_off(session: Session, message_id: int, *, attempts: int, error: str, now: datetime) -> None:
    """A channel failed: try again after 30 s, doubled each time, at most an hour."""
    wait = min(LAST_RETRY, FIRST_RETRY * (1 << min(max(attempts - 1, 0), 16)))
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == message_id)
        .values(next_attempt_at=now + wait, last_error=error)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What has not been sent: how many, since when, and the last error in words."""

    messages: int
    oldest_at: datetime | None
    last_error: str | None


def backlog(session: Session, kinds: Iterable[str]) -> Backlog:
    """What is still to be sent of ``kinds``."""
    unsent = OutboxRow.sent_at.is_(None) & OutboxRow.kind.in_(list(kinds))
    row = session.execute(select(func.count(), func.min(OutboxRow.created_at)).where(unsent)).one()
    error = session.scalars(
        select(OutboxRow.last_error)
        .where(unsent, OutboxRow.last_error.is_not(None))
        .order_by(OutboxRow.id.desc())
        .limit(1)
    ).first()
    return Backlog(messages=row[0], oldest_at=row[1], last_error=error)


def _due(now: datetime) -> ColumnElement[bool]:
    late = OutboxRow.next_attempt_at > now + 2 * LAST_RETRY
    return (OutboxRow.next_attempt_at <= now) | late


def _messages(session: Session, ids: list[int]) -> list[Message]:
    if not ids:
        return []
    taken: dict[int, set[str]] = {}
    for outbox_id, channel in session.execute(
        select(DeliveryRow.outbox_id, DeliveryRow.channel).where(DeliveryRow.outbox_id.in_(ids))
    ):
        taken.setdefault(outbox_id, set()).add(channel)
    rows = session.execute(
        select(
            OutboxRow.id,
            OutboxRow.kind,
            OutboxRow.idempotency_key,
            OutboxRow.payload,
            OutboxRow.created_at,
            OutboxRow.attempts,
        )
        .where(OutboxRow.id.in_(ids))
        .order_by(OutboxRow.id)
    )
    return [
        Message(
            id=row.id,
            kind=row.kind,
            key=row.idempotency_key,
            payload=row.payload,
            created_at=row.created_at,
            attempts=row.attempts,
            delivered=frozenset(taken.get(row.id, ())),
        )
        for row in rows
    ]

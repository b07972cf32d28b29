"""Messages that leave at least once, each written in the transaction that it tells of."""

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from storage.tables import JsonValue, OutboxRow


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

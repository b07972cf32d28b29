"""How much was stored when, for those who watch a source."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.engine.tables import PublicationRow

MOST = 20_000
"""Publications that are counted: the newest ones, where a source has more."""


def first_seen_since(session: Session, source_id: str, since: datetime) -> list[datetime]:
    """When each publication of a source was first seen, of those since, the newest first."""
    rows = session.scalars(
        select(PublicationRow.first_seen_at)
        .where(PublicationRow.source_id == source_id, PublicationRow.first_seen_at >= since)
        .order_by(PublicationRow.first_seen_at.desc())
        .limit(MOST)
    )
    return list(rows)

"""When a stored publication counts as taken down: three failed checks over at least a week.

Its record stays; it is said as "last seen ..., first missing ...".  One check proves nothing:
sites answer 404 while they are being rebuilt.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.engine.changes import lock_writers, record_changes
from storage.engine.link_tables import DiscoveryRow
from storage.engine.tables import PublicationRow
from storage.records import RefusalClass

MISSING_CHECKS = 3  # one 404 is a slip of a server
MISSING_FOR = timedelta(days=7)  # and a host that moves is back within days
NEXT_CHECK = MISSING_FOR / (MISSING_CHECKS - 1)
"""So that the third check falls on the seventh day."""

MISSING_CLASSES = frozenset(
    {RefusalClass.GONE, RefusalClass.SOFT_404, RefusalClass.REDIRECTED, RefusalClass.MOVED}
)
"""The refusals that say that the page is not there; a wall or a time-out says nothing of it."""


class Missing(StrEnum):
    """What a failed check makes of a publication."""

    UNKNOWN = "unknown"  # no publication has this URL
    WATCHED = "watched"  # missing, but not often or long enough yet
    REMOVED = "removed"  # by this check
    ALREADY = "already"  # it was counted as removed before


def record_missing(session: Session, url: str, *, now: datetime) -> Missing:
    """Count one check that found no page at a publication's URL."""
    lock_writers(session)
    row = session.execute(
        select(
            PublicationRow.id,
            PublicationRow.missing_checks,
            PublicationRow.first_missing_at,
            PublicationRow.removed_at,
        ).where(PublicationRow.url == url)
    ).one_or_none()
    if row is None:
        return Missing.UNKNOWN
    if row.removed_at is not None:
        return Missing.ALREADY
    since = row.first_missing_at or now
    checks = row.missing_checks + 1
    removed = checks >= MISSING_CHECKS and now - since >= MISSING_FOR
    session.execute(
        update(PublicationRow)
        .where(PublicationRow.id == row.id)
        .values(missing_checks=checks, first_missing_at=since, removed_at=now if removed else None)
    )
    if removed:
        record_changes(session, "remove", [row.id], now=now)
        return Missing.REMOVED
    session.execute(
        update(DiscoveryRow).where(DiscoveryRow.url == url).values(next_check_at=now + NEXT_CHECK)
    )
    return Missing.WATCHED

"""How long a host asks to be left alone: the header Retry-After of RFC 9110, section 10.2.3."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT_SECONDS = 24 * 3600.0
"""A host that asks for more is asked again a day later: a year is a slip or a trap."""

ASKING_STATUSES = frozenset({429, 503})
"""Statuses whose Retry-After means the host, not the page (301 has one too)."""


def asked_to_wait(status: int, retry_after: str | None, *, now: datetime) -> float:
    """Seconds from ``now`` (aware) that the host asks to be left alone; 0 for no wish.

    Both forms are read, seconds and a date; what is neither, or has passed, is no wish.
    """
    if status not in ASKING_STATUSES or not retry_after:
        return 0.0
    words = retry_after.strip()
    if words.isascii() and words.isdigit():
        seconds = float(words[:12])
    else:
        try:
            at = parsedate_to_datetime(words)
        except (ValueError, OverflowError):
            return 0.0
        seconds = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS)

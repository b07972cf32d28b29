"""``Retry-After``: how long a host asks to be left alone.  For crawls and probes alike.  Pure.

RFC 9110, 10.2.3: a number of seconds, or an HTTP date.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

ASKING_STATUSES = frozenset({429, 503})
"""The statuses with which a host asks for it; elsewhere the header means something else."""
LONGEST_SECONDS = 24 * 3600.0
"""A longer wait is taken as this: who asks for a year has set a wrong clock."""

_SECONDS = re.compile(r"\s*(\d{1,9})\s*")


def seconds_asked(status: int, header: str | None, *, now: datetime) -> float | None:
    """The seconds from ``now`` (aware) that an answer asks us to wait; None where it asks none.

    At most ``LONGEST_SECONDS``; 0 for a date that has passed; None for what is neither form.
    """
    if status not in ASKING_STATUSES or header is None:
        return None
    if found := _SECONDS.fullmatch(header):
        return min(float(found[1]), LONGEST_SECONDS)
    try:
        stated = parsedate_to_datetime(header)
    except ValueError:
        return None
    if stated.tzinfo is None:  # an HTTP date is in GMT, whether it says so or not
        stated = stated.replace(tzinfo=UTC)
    return min(max((stated - now).total_seconds(), 0.0), LONGEST_SECONDS)

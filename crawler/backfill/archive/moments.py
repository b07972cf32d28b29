"""When a page was captured, as archives write it; never guessed.

WARC 1.0 wants a UTC second, WARC 1.1 allows a fraction, and less: only a year, a month or a day.
Old archives hold 14 digits, other offsets, no zone, and days that no calendar has (ClueWeb09:
2009-03-65).
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_STATED = re.compile(
    r"(\d{4})(?:-?(\d{2})(?:-?(\d{2})(?:[T ]?(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?",
    re.I,
)
FIRST = datetime(1990, 1, 1, tzinfo=UTC)
"""Before the web: a year 0001 is a clock that was never set."""
_AHEAD = timedelta(days=2)
"""A crawler's clock may be wrong by a zone, not by more."""


def moment_of(stated: str | None, *, now: datetime) -> datetime | None:
    """The instant that a ``WARC-Date`` states, in UTC; None for what states no possible one.

    A coarser one (a year, a day) is its first moment; without a zone it is UTC, as the
    standard wants it.
    """
    found = _STATED.fullmatch((stated or "").strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(found[n] or 0) for n in range(1, 7))
    micro = int(((found[7] or "0") + "000000")[:6])
    try:
        at = datetime(
            year, month or 1, day or 1, hour, minute, min(second, 59), micro, tzinfo=UTC
        ) - _offset(found[8])
    except (ValueError, OverflowError):  # no such day; a year 0001 in an eastern zone
        return None
    return _plausible(at, now)


def moment_of_answer(stated: str | None, *, now: datetime) -> datetime | None:
    """The instant that an HTTP ``Date`` states; None for what states no possible one."""
    if not stated:
        return None
    try:
        at = parsedate_to_datetime(stated)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None
    return _plausible(at, now)


def _plausible(at: datetime, now: datetime) -> datetime | None:
    return at if FIRST <= at <= now + _AHEAD else None


def _offset(zone: str | None) -> timedelta:
    if not zone or zone[0] not in "+-":
        return timedelta(0)
    digits = zone[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return offset if zone[0] == "+" else -offset

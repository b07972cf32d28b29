"""The newest publications as parts of the days, for an index that knows the days of its texts.

Hits come the newest first, so a word that stands in many texts is looked for among the newest
publications, then among those before them, a part of the days at a time.  Only PostgreSQL's index
needs this: it says where a text lies and not which publication it is of, and ten thousand of them
cost a tenth of a second.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.engine.tables import PublicationRow

NEWEST = (100, 1_000)
"""The first window reaches back to the latter one of the newest publications.  The days between
the two are what the others are made of: a date in the far future or two make no difference."""

TIMES = (0, 10, 100)
"""So many times those days before it each window reaches, in turn."""

EARLIEST = date(1949, 9, 21)
"""The first day of the first conference: no window reaches further back."""


@dataclass(frozen=True, slots=True)
class Window:
    """The days ``first`` to ``last``, in UTC and both included."""

    first: date
    last: date

    @property
    def tokens(self) -> list[str]:
        """Whole years, whole months and single days as they stand in the index: each day once."""
        found, day, after = [], self.first, self.last + timedelta(days=1)
        while day < after:
            year, month = date(day.year + 1, 1, 1), _next_month(day)
            if (day.month, day.day) == (1, 1) and year <= after:
                found.append(f"{day.year:04}")
                day = year
            elif day.day == 1 and month <= after:
                found.append(f"{day.year:04}{day.month:02}")
                day = month
            else:
                found.append(f"{day.year:04}{day.month:02}{day.day:02}")
                day += timedelta(days=1)
        return found


class Windows:
    """The newest publications' days, the newest first; none where all publications are few.

    What they leave out is older, or has no date.  They are asked for once, when they are wanted.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: list[Window] | None = None

    def __iter__(self) -> Iterator[Window]:
        """In order, as often as wanted."""
        if self._known is None:
            self._known = list(self._windows())
        return iter(self._known)

    def _windows(self) -> Iterator[Window]:
        published = PublicationRow.published_at
        dated = select(published).where(published.is_not(None)).order_by(published.desc())
        asked = [dated.offset(n).limit(1).scalar_subquery() for n in (0, *NEWEST)]
        last, late, first = (_day(one) for one in self._session.execute(select(*asked)).one())
        if last is None or late is None or first is None:
            return
        days = (late - first).days + 1
        for times in TIMES:
            reached = first - min(timedelta(days * times), first - EARLIEST)
            if reached <= last:
                yield Window(reached, last)
            last = reached - timedelta(days=1)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.astimezone(UTC).date()


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)

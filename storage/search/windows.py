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

SIZES = (1_000, 10_000, 100_000)
"""Publications up to which the windows reach, counted from the newest: what a statement costs
anyway, a few milliseconds, some tens of them."""


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

    What they leave out is older, or has no date.  Each is asked for once, when it is reached.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: list[Window | None] = []  # None: all of that size are in the one before

    def __iter__(self) -> Iterator[Window]:
        """In order, as often as wanted."""
        for number, size in enumerate(SIZES):
            if number == len(self._known):
                reached = self._reached(size)
                if reached is None:
                    return
                self._known.append(self._before(*reached))
            if (window := self._known[number]) is not None:
                yield window

    def _reached(self, size: int) -> tuple[date, date] | None:
        """The days of the newest publication and of the one ``size`` behind it, if there is."""
        published = PublicationRow.published_at
        dated = select(published).where(published.is_not(None)).order_by(published.desc())
        newest, last = (dated.offset(n).limit(1).scalar_subquery() for n in (0, size))
        found = self._session.execute(select(newest, last)).one()
        return None if found[0] is None or found[1] is None else (_day(found[1]), _day(found[0]))

    def _before(self, first: date, newest: date) -> Window | None:
        """From ``first`` up to the window before, or to the ``newest``."""
        former = [one.first for one in self._known if one is not None]
        last = former[-1] - timedelta(days=1) if former else newest
        return Window(first, last) if first <= last else None


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)

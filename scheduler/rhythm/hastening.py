"""When many sources fail together: look at all of them at once, so that people hear of it once.

Pure bookkeeping.  Two sources that cannot be reached within ``WINDOW`` make every other one
be asked right away (once per ``AGAIN``); when one of ``MANY`` failing sources answers again,
the other failing ones are asked right away too.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from scheduler.rhythm.seasons import lately

WINDOW = timedelta(minutes=30)  # two failures further apart have nothing to do with each other
AGAIN = timedelta(hours=6)  # our own line being down costs one extra look a source in so long
ANSWERED_AGAIN = timedelta(minutes=20)  # the same, where they come back one by one
SUSPICIOUS = 2
MANY = 5  # as notices.STORM: fewer are told of one by one anyway


class Suspicion:
    """Which sources cannot be reached, since when, and when the others were hastened last."""

    def __init__(self) -> None:
        self._failing: dict[str, datetime] = {}
        self._down_hastened: datetime | None = None
        self._up_hastened: datetime | None = None

    @property
    def failing(self) -> frozenset[str]:
        """The sources that could not be reached when they were last asked."""
        return frozenset(self._failing)

    def failed(self, source_id: str, everyone: Iterable[str], *, now: datetime) -> set[str]:
        """One could not be reached; which others are to be asked at once."""
        self._failing.setdefault(source_id, now)
        recent = [at for at in self._failing.values() if now - at <= WINDOW]
        if len(recent) < SUSPICIOUS or lately(self._down_hastened, AGAIN, now):
            return set()
        self._down_hastened = now
        return set(everyone) - self._failing.keys()

    def answered(self, source_id: str, *, now: datetime) -> set[str]:
        """One answers (again); which failing ones are to be asked at once."""
        if self._failing.pop(source_id, None) is None:
            return set()
        if len(self._failing) + 1 < MANY or lately(self._up_hastened, ANSWERED_AGAIN, now):
            return set()
        self._up_hastened = now
        return set(self._failing)

"""What the service remembers of its sources between ticks: when to look next, who fails together.

Memory alone, and of one thread: the event loop's.  It only says when to look; whether there is
something to do is read from the database when the time comes (``ticks``).
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from scheduler.probing.probes import ProbeOutcome
from scheduler.rhythm.hastening import Suspicion
from scheduler.service.rounds import Settled
from storage.records import FailureClass, RefusalClass

logger = logging.getLogger(__name__)

AFTER_ERROR = timedelta(minutes=1)  # a defect of ours is no reason to leave a source alone for long
UNREACHED = frozenset({RefusalClass.NETWORK, RefusalClass.HTTP_ERROR})


class Desk:
    """The next tick of every declared source."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._suspicion = Suspicion()
        self._next: dict[str, datetime] = {}
        self._hastened: set[str] = set()
        self._told: dict[str, datetime] = {}

    def begin(self, times: Mapping[str, datetime]) -> None:
        """Watch exactly these sources, each from its next tick on."""
        self._next = dict(times)
        self._hastened &= self._next.keys()

    def set_next(self, source_id: str, at: datetime) -> None:
        """Look at a source at ``at``; nothing, when it is not watched any more."""
        if source_id in self._next:
            self._next[source_id] = at

    def next_at(self, source_id: str) -> datetime:
        """The source's next tick; KeyError when it is not watched."""
        return self._next[source_id]

    def wait(self, source_id: str) -> timedelta:
        """How long until the source is looked at next; 0 when that is due or late."""
        now = self._now()
        return max(timedelta(0), self._next.get(source_id, now) - now)

    def untold(self) -> dict[str, datetime]:
        """The next ticks that have changed since ``note_told``: to be entered for people."""
        return {one: at for one, at in self._next.items() if self._told.get(one) != at}

    def note_told(self, looks: Mapping[str, datetime]) -> None:
        """These have been entered."""
        self._told.update(looks)

    def put_off(self, source_id: str) -> None:
        """A tick failed by our own fault: try it again soon, not at once."""
        self.set_next(source_id, self._now() + AFTER_ERROR)

    def take_hastened(self, source_id: str) -> bool:
        """Whether the tick that has come was hastened; it counts for this one tick."""
        hastened = source_id in self._hastened
        self._hastened.discard(source_id)
        return hastened

    def note_probe(self, source_id: str, outcome: ProbeOutcome) -> set[str]:
        """Learn from a probe; the sources that are to be looked at right away."""
        if outcome.refusal is None:
            return self._hasten(self._suspicion.answered(source_id, now=self._now()))
        if outcome.refusal.refusal_class not in UNREACHED:
            return set()
        return self._hasten(self._suspicion.failed(source_id, self._next, now=self._now()))

    def note_settled(self, settled: Iterable[Settled]) -> set[str]:
        """Learn from judged runs; the sources that are to be looked at right away."""
        now = self._now()
        hastened: set[str] = set()
        for one in settled:
            self.set_next(one.source_id, one.next_tick)
            if one.judgement.failure_class is FailureClass.NETWORK:
                hastened |= self._suspicion.failed(one.source_id, self._next, now=now)
            elif one.judgement.sound:
                hastened |= self._suspicion.answered(one.source_id, now=now)
        return self._hasten(hastened)

    def _hasten(self, source_ids: set[str]) -> set[str]:
        known = source_ids & self._next.keys()
        now = self._now()
        for source_id in known:
            self._next[source_id] = now
        self._hastened |= known
        if known:
            logger.warning("%s sources are looked at at once: many fail or recover together",
                           len(known))  # fmt: skip
        return known

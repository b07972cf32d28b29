"""Whether this service plans: of all services on one database, one does.

Who plans makes the sources' ticks, judges ended runs, keeps house and sends messages; every
service carries runs.  The lease is prolonged with each beat.  One who could not prolong it stops
planning before anybody else may begin; one who waits for it counts by his own clock how long it
has not been prolonged, so clocks of machines need not agree.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from storage.runs import planner
from storage.runs.claimers import is_dead
from storage.runs.planner import PlannerLease

logger = logging.getLogger(__name__)

HOLDS_SECONDS = 15.0
"""So long after a beat that prolonged the lease its holder may plan."""

SILENCE_SECONDS = 20.0
"""A lease that was seen unchanged for so long is taken: with two beats between, 30 s at most."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a beat found: the token that is held, None for none, and the moment before it."""

    token: int | None
    began: float


class Planner:
    """This service's part in the planner's lease; moments are of the monotonic clock, in seconds.

    ``beat`` is one thread's, the others may be asked from any.
    """

    def __init__(self, name: str, *, moment: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._moment = moment
        self._held: Look | None = None
        self._seen: PlannerLease | None = None
        self._seen_at: float | None = None
        self._retired = False

    def holds(self) -> bool:
        """Whether this service may plan now."""
        held = self._held
        return held is not None and self._moment() - held.began < HOLDS_SECONDS

    def beat(self, session: Session) -> Look:
        """Prolong the lease, or take it from a holder that is gone.

        What was found counts once its transaction is committed: then it goes to ``note``.
        """
        began = self._moment()
        token = None if self._held is None else self._held.token
        if token is not None and planner.prolong(session, token):
            return Look(token, began)
        lease = planner.look(session)
        first = self._seen_at is None
        if first or lease != self._seen:
            self._seen, self._seen_at = lease, began
        if self._retired or not self._is_free(lease, began, first=first):
            return Look(None, began)
        return Look(planner.take(session, self._name, seen=lease), began)

    def note(self, look: Look) -> bool:
        """Remember what a beat found; True when this service begins to plan with it."""
        before = self._held
        self._held = look if look.token is not None else None
        if self._held is None and before is not None:
            logger.warning("another service plans now")
        begins = self._held is not None and (before is None or before.token != look.token)
        if begins:
            logger.info("this service plans")
        return begins

    def give_up(self, session: Session) -> None:
        """Let another begin at once, and do not begin again."""
        self._retired = True
        held, self._held = self._held, None
        if held is not None and held.token is not None:
            planner.give_up(session, held.token)

    def _is_free(self, lease: PlannerLease | None, now: float, *, first: bool) -> bool:
        if lease is None or lease.holder is None or is_dead(lease.holder):
            return True
        if first and lease.holder == self._name:
            return True  # a former life of this process: a container's is always number 1
        return self._seen_at is not None and now - self._seen_at >= SILENCE_SECONDS

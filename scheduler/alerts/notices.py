"""When people are told of incidents: once at opening, once at recovery, together when many.

Openings are gathered for ``GATHERING`` from the first one on.  After a message that told of a
storm (``STORM`` or more), what else opens within a day waits for the morning's digest.
Recoveries of what one message told together are told together.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from scheduler.alerts.messages import incident_words, recovery_words
from scheduler.i18n import Words
from scheduler.rhythm.seasons import lately
from storage.notices import incidents
from storage.notices.incidents import Incident, IncidentState
from storage.notices.outbox import post_once
from storage.runs.door import lock_schedule

GATHERING = timedelta(minutes=30)  # what fails together is seen within it
BETWEEN = timedelta(hours=1)  # two messages of openings
STORM = 5
STORM_LASTS = timedelta(hours=24)


def tell_openings(session: Session, words: Words, *, now: datetime) -> int:
    """Post one message for the incidents that nobody was told of, if it is time; how many."""
    lock_schedule(session)
    fresh = incidents.untold(session)
    if not fresh or lately(fresh[0].opened_at, GATHERING, now) or _is_too_soon(session, now):
        return 0
    key = f"incident:{fresh[0].id}"
    incidents.mark_told(session, [one.id for one in fresh], key, now=now)
    post_once(session, "incident", key, incident_words(fresh, words).payload(), now=now)
    return len(fresh)


def tell_recoveries(session: Session, words: Words, *, now: datetime) -> int:
    """Post one message for the incidents that have ended, if it is time; how many."""
    lock_schedule(session)
    told = incidents.told_unrecovered(session)
    ended = ready_recoveries(told, now)
    if not ended:
        return 0
    key = f"recovery:{ended[0].id}"
    incidents.mark_recovered(session, [one.id for one in ended], key)
    post_once(session, "recovery", key, recovery_words(ended, words).payload(), now=now)
    return len(ended)


def ready_recoveries(told: Sequence[Incident], now: datetime) -> list[Incident]:
    """Which ended incidents are to be told now.

    All of them once the last has rested for ``GATHERING`` and no message's group is still
    open in part; after ``STORM_LASTS`` whatever the others do.
    """
    ended = [
        one for one in told if one.state is IncidentState.RESOLVED and one.resolved_at is not None
    ]
    if not ended:
        return []
    times = [one.resolved_at for one in ended if one.resolved_at is not None]
    if now - min(times) >= STORM_LASTS:
        return ended
    if lately(max(times), GATHERING, now):
        return []
    open_groups = {one.told_key for one in told if one.state is not IncidentState.RESOLVED}
    if any(one.told_key in open_groups for one in ended):
        return [one for one in ended if one.told_key not in open_groups]
    return ended


def _is_too_soon(session: Session, now: datetime) -> bool:
    last = incidents.last_told_at(session)
    if last is None:
        return False
    together = incidents.told_at_once(session, last)
    return lately(last, STORM_LASTS if together >= STORM else BETWEEN, now)

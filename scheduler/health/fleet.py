"""Which declarations want a hand: silent, moved, gone, walled, unproved for long; what to do.

Read from what the service has entered (health of runs, standings); nothing is asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from crawler.sources.declaration import Source
from storage.links.standing import SourceStanding, all_standings
from storage.records import FailureClass, SourceState
from storage.runs import health, history
from storage.runs.health import HealthEntry

UNPROVED_DAYS = 30
"""So long a declaration may stay a claim before it is called to mind."""


STALE = timedelta(days=2)
"""Every source is read in full once a day: one is missed and more."""


def unread(session: Session, sources: Mapping[str, Source], *, now: datetime) -> list[str]:
    """Proved sources that no run without bounds has ended on for ``STALE``, by id.

    Nothing is wrong with them as far as anybody knows, for nobody looks; one that no run has
    ended on counts from its proof.
    """
    newest = history.latest_with_verdict(session)
    standings = all_standings(session, sources)
    found = []
    for name in sources:
        if standings[name].state is not SourceState.VERIFIED:
            continue
        ended = newest[name].finished_at if name in newest else standings[name].verified_at
        if ended is not None and now - ended > STALE:
            found.append(name)
    return sorted(found)


class Ailment(StrEnum):
    """What ails a declaration."""

    SILENT = "silent"  # it answers, and publishes nothing for longer than declared
    MOVED = "moved"  # its pages lead elsewhere
    GONE = "gone"  # its pages are no more
    WALLED = "walled"  # it refuses programs
    CHANGED = "changed"  # built otherwise, or another column
    UNVERIFIED = "unverified"  # tried, and never proved, for ``UNPROVED_DAYS``


OF_FAILURE: Mapping[FailureClass, Ailment] = {
    FailureClass.SILENT: Ailment.SILENT,
    FailureClass.MOVED: Ailment.MOVED,
    FailureClass.GONE: Ailment.GONE,
    FailureClass.BLOCKED: Ailment.WALLED,
    FailureClass.CHALLENGE: Ailment.WALLED,
    FailureClass.CHANGED_LAYOUT: Ailment.CHANGED,
    FailureClass.WRONG_CONTENT: Ailment.CHANGED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """One declaration that wants a hand; ``since`` is when it was first seen (aware)."""

    source_id: str
    region: str
    ailment: Ailment
    since: datetime
    why: str
    suggestion: str


def fleet_report(
    session: Session, sources: Mapping[str, Source], *, now: datetime
) -> tuple[Patient, ...]:
    """Every declared source that wants a hand, by ailment and region; paused ones are left out."""
    found = []
    standings = all_standings(session, sources)
    failing = health.failing_sources(session)
    for source in sources.values():
        how = standings[source.id]
        if how.state is SourceState.PAUSED:
            continue
        if how.state is SourceState.UNVERIFIED:
            patient = _unproved(source, how, now)
        else:
            patient = _failing(session, source) if source.id in failing else None
        if patient is not None:
            found.append(patient)
    order = list(Ailment)
    return tuple(sorted(found, key=lambda one: (order.index(one.ailment), one.region, one.since)))


def _unproved(source: Source, how: SourceStanding, now: datetime) -> Patient | None:
    since = how.asked_first_at
    if since is None or now - since < timedelta(days=UNPROVED_DAYS):
        return None
    return Patient(
        source_id=source.id,
        region=source.region,
        ailment=Ailment.UNVERIFIED,
        since=since,
        why=how.finding or "never asked since its declaration changed",
        suggestion=f"`cppcc sources new {source.homepage}`; or pause it with the reason",
    )


def _failing(session: Session, source: Source) -> Patient | None:
    entries = health.health_history(session, source.id, 200)
    newest = next(iter(entries), None)
    ailment = OF_FAILURE.get(newest.failure_class) if newest and newest.failure_class else None
    if newest is None or ailment is None:
        return None
    return Patient(
        source_id=source.id,
        region=source.region,
        ailment=ailment,
        since=_since(entries, ailment),
        why=newest.reason,
        suggestion=_suggestion(ailment, source),
    )


def _since(entries: list[HealthEntry], ailment: Ailment) -> datetime:
    """When the newest unbroken row of failures of one kind began."""
    since = entries[0].judged_at
    for entry in entries:
        if entry.failure_class is None or OF_FAILURE.get(entry.failure_class) is not ailment:
            break
        since = entry.judged_at
    return since


def _suggestion(ailment: Ailment, source: Source) -> str:
    match ailment:
        case Ailment.SILENT:
            return (
                f"open {source.homepage}: where it goes on elsewhere, `cppcc sources new` of that"
                " column; else raise expect.max_days_silent"
            )
        case Ailment.MOVED | Ailment.GONE:
            return f"`cppcc sources new {source.homepage}`, or of the new host that is named"
        case Ailment.WALLED:
            return f'`cppcc sources pause {source.id} --why "it refuses programs"`'
        case _:
            return f"`cppcc sources probe {source.id}`, then mend what it names"

"""The outcome alarm: what the tables hold against what they should, whatever runs said.

Once a day every proved source is measured by its stored publications, its own counts and the
issues it prints, with the measures of the audit.  What falls short is one incident of class
``outcome`` a source, resolved when it is over; no verdict of a run opens or resolves it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median

from sqlalchemy.orm import Session

from crawler.sources.declaration import Source
from scheduler.health import auditing, subjects
from scheduler.health.audit import Gap, unexplained
from scheduler.health.controls import Holdings, holding_gaps
from scheduler.health.outcomes import DAY, SHARE
from storage.notices import incidents
from storage.records import SHANGHAI, FailureClass, GapCause, GapKind, SourceState

SHOWN = 3
FULLEST = 12
"""So many of the fullest months say how much a source puts out in one."""
USUAL_SILENCES = 2
"""So many of the longest silences may be holes themselves, and excuse nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What one proved source lacks by its tables; ``gaps`` holds one at least, newest first."""

    source_id: str
    region: str
    gaps: tuple[Gap, ...]

    @property
    def words(self) -> str:
        """The gaps in words, for people."""
        shown = "; ".join(f"{one.what} ({one.why})" for one in self.gaps[:SHOWN])
        more = len(self.gaps) - SHOWN
        return shown + (f"; and {more} more, `cppcc audit` names them" if more > 0 else "")


def enter_alarms(
    session: Session, sources: Mapping[str, Source], found: Sequence[Alarm], *, now: datetime
) -> None:
    """Open or keep the incident of each of these, and resolve those of all other sources."""
    for one in found:
        incidents.open_incident(
            session,
            subjects.of_outcome(one.source_id),
            FailureClass.OUTCOME,
            reason=one.words,
            now=now,
            source_id=one.source_id,
            region=one.region,
        )
    lacking = {subjects.of_outcome(one.source_id) for one in found}
    watched = auditing.watched_sources(session, sources)
    for known in incidents.unresolved_incidents(session):
        if known.failure_class is not FailureClass.OUTCOME or known.subject in lacking:
            continue
        source = watched.get(known.source_id or "")
        measured = source is not None and source.state is SourceState.VERIFIED
        note = "what is stored shows no hole any more" if measured else "it is not watched any more"
        incidents.resolve_incidents(session, known.subject, now=now, note=note)


def alarms(session: Session, sources: Mapping[str, Source], *, now: datetime) -> list[Alarm]:
    """Every proved source that lacks something by its tables.

    Nothing is written, and all publications' days are read: not under a write lock.
    """
    today = now.astimezone(SHANGHAI).date()
    watched = auditing.watched_sources(session, sources)
    proved = {
        name: source
        for name, source in sources.items()
        if watched[name].state is SourceState.VERIFIED
    }
    told = {
        one.source_id
        for one in incidents.unresolved_incidents(session)
        if one.failure_class is not FailureClass.OUTCOME
    }
    held = auditing.holdings(
        session, proved, watched, first=auditing.EARLIEST, last=today - DAY, now=now
    )
    found = []
    for one in held:
        source_id = one.watched.source_id
        gaps = lacks(one, told=source_id in told)
        if source_id not in told:
            longest = timedelta(days=sources[source_id].expect.max_days_silent)
            gaps += silence(one, today=today, longest=longest)
        if gaps:
            gaps.sort(key=lambda gap: gap.last or today, reverse=True)
            found.append(Alarm(source_id=source_id, region=one.watched.region, gaps=tuple(gaps)))
    return found


def lacks(held: Holdings, *, told: bool = False) -> list[Gap]:
    """The holes of one source since it is read as a whole.

    Left out is what is told elsewhere: lists whose end was never proved (their runs said so),
    and links that wait while another incident of the source is open (``told``).
    """
    begun = begun_on(held.days, last=held.last)
    if begun is None:
        return []
    proved = {one.name for one in held.lists if one.end is not None}
    lists = [one for one in held.lists if one.name in proved]
    links = [one for one in held.links if one.refusal_class is not None or not told]
    return unexplained(
        holding_gaps(replace(held, first=max(held.first, begun), lists=lists, links=links))
    )


def begun_on(days: Mapping[date, int], *, last: date) -> date | None:
    """Since when a source is read as a whole, by what is stored; None before it can be said.

    Single old pages are stored of many sources: it begins with the first of two months in a
    row that hold a quarter of what the fullest months do.
    """
    months = Counter[date]()
    for day, count in days.items():
        if day <= last:
            months[day.replace(day=1)] += count
    if not months:
        return None
    least = median(sorted(months.values())[-FULLEST:]) * SHARE
    for month in sorted(months):
        if months[month] >= least and months[_after(month)] >= least:
            return min(day for day in days if day >= month and days[day])
    return None


def silence(held: Holdings, *, today: date, longest: timedelta) -> list[Gap]:
    """The days since the newest publication, where these are more than ever and than declared."""
    watched = held.watched
    stored = sorted(day for day, count in held.days.items() if count and day <= today)
    if not stored or watched.since is None or today - watched.since <= longest:
        return []
    silent = today - stored[-1]
    if silent <= max(longest, _usual_silence(stored)):
        return []
    return [
        Gap(
            kind=GapKind.DAY,
            cause=GapCause.UNEXPLAINED,
            what=f"{watched.source_id}: nothing published since {stored[-1]} is stored",
            why=f"{silent.days} days; at most {longest.days} are declared",
            region=watched.region,
            source_id=watched.source_id,
            first=stored[-1] + DAY,
            last=today - DAY,
            found=0,
        )
    ]


def _usual_silence(stored: Sequence[date]) -> timedelta:
    spans = sorted(after - before for before, after in pairwise(stored))
    return spans[-USUAL_SILENCES - 1] if len(spans) > USUAL_SILENCES else timedelta(0)


def _after(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)

"""Gathers what an audit needs from the database, the declarations and the almanac."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from crawler.families.issues import IssueFamily
from crawler.sources.declaration import Source
from scheduler.health import audit
from scheduler.health.audit import Expected, Gap, Watched, Works
from scheduler.health.cells import expectations_of
from scheduler.health.controls import Holdings, holding_gaps
from scheduler.health.outcomes import DAY
from scheduler.rhythm.almanac import Almanac
from storage.audit import counts, works
from storage.audit.counts import Between, LinkFact, WalkFact
from storage.links.standing import all_standings
from storage.notices import coverage
from storage.records import SHANGHAI
from storage.runs import watches

FIRST_YEAR = 2018
"""The first year that is asked for where nobody says which."""
EARLIEST = date(1949, 10, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One audit of the years ``first`` to ``last``: what the almanac asks for, and all gaps."""

    first: int
    last: int
    expected: tuple[Expected, ...]
    gaps: tuple[Gap, ...]

    @property
    def sound(self) -> bool:
        """Whether every gap has a cause."""
        return not audit.unexplained(self.gaps)


def make_report(
    session: Session,
    almanac: Almanac,
    sources: Mapping[str, Source],
    *,
    years: tuple[int, int] | None,
    now: datetime,
) -> Report:
    """Audit ``years`` (first and last; None: all since ``FIRST_YEAR``); nothing is written."""
    today = now.astimezone(SHANGHAI).date()
    first, last = years or (FIRST_YEAR, today.year)
    watched = watched_sources(session, sources)
    facts = Works(
        years=(first, last),
        today=today,
        expectations=expectations_of(session, almanac),
        found=coverage.found_reviews(session),
        works=works.works(session),
        refused=works.refused_reviews(session),
        sources=watched,
    )
    expected, gaps = audit.expected_reviews(facts)
    gaps += [*audit.series_gaps(facts), *audit.session_gaps(facts), *audit.copy_gaps(facts)]
    begin, end = date(first, 1, 1), min(date(last, 12, 31), today - DAY)
    for held in holdings(session, sources, watched, first=begin, last=end, now=now):
        gaps += holding_gaps(held)
    return Report(first=first, last=last, expected=tuple(expected), gaps=tuple(gaps))


def watched_sources(session: Session, sources: Mapping[str, Source]) -> dict[str, Watched]:
    """How each declared source stands."""
    standings = all_standings(session, sources)
    begun = watches.all_watches(session)
    found = {}
    for source in sources.values():
        standing, watch = standings[source.id], begun.get(source.id)
        paused = standing.paused_at
        found[source.id] = Watched(
            source_id=source.id,
            region=source.region,
            state=standing.state,
            outlets=(source.name, *source.outlets),
            since=watch.since.astimezone(SHANGHAI).date() if watch else None,
            paused_on=paused.astimezone(SHANGHAI).date() if paused else None,
        )
    return found


def holdings(
    session: Session,
    sources: Mapping[str, Source],
    watched: Mapping[str, Watched],
    *,
    first: date,
    last: date,
    now: datetime,
) -> list[Holdings]:
    """What each declared source holds, between ``first`` and ``last``, both included."""
    today = now.astimezone(SHANGHAI).date()
    days = counts.days_of_sources(session, since=EARLIEST, until=today)
    lists: dict[str, list[WalkFact]] = {}
    for walk in counts.whole_walks(session):
        lists.setdefault(walk.source_id, []).append(walk)
    issues: dict[str, list[WalkFact]] = {}
    for walk in counts.issue_walks(session, since=first, until=last):
        issues.setdefault(walk.source_id, []).append(walk)
    links: dict[str, list[LinkFact]] = {}
    for link in counts.open_links(session, since=first, until=last, now=now):
        links.setdefault(link.source_id, []).append(link)
    quiet = counts.quiet_runs(session, since=first, until=last)
    between: dict[str, list[Between]] = {}
    for gap in counts.gaps_between(session, since=first, until=last):
        between.setdefault(gap.source_id, []).append(gap)
    found = []
    for source in sources.values():
        options = source.options
        paper = isinstance(options, IssueFamily)
        found.append(
            Holdings(
                watched=watched[source.id],
                first=first,
                last=last,
                days=days.get(source.id, {}),
                lists=lists.get(source.id, ()),
                issues=issues.get(source.id, ()),
                paper=paper,
                skips_days=isinstance(options, IssueFamily) and options.skips_days,
                links=links.get(source.id, ()),
                quiet=quiet.get(source.id, {}),
                between=between.get(source.id, ()),
            )
        )
    return found

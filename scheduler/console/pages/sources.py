"""Sources: how each stands, its runs, its incidents, what it gave; crawl now, pause."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from crawler.sources.declaration import Source
from scheduler.console.auth import Operator, Person, ground_of
from scheduler.console.deciding import reason
from scheduler.console.errors import InputError, MissingError
from scheduler.console.formposts import Sent, back
from scheduler.console.ground import Ground
from scheduler.console.routes import Ask, Pages
from storage.links import standing
from storage.links.list_heads import ListHead, list_heads_of
from storage.notices.incidents import Incident, list_incidents
from storage.publications.tallies import first_seen_since
from storage.records import SHANGHAI, RunTrigger, SourceState, VerdictKind
from storage.runs.door import add_due_run
from storage.runs.history import RunRecord, list_runs
from storage.runs.overview import SourceOverview, source_overviews

STRIP = 30
WEEKS = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One declared source at a glance; ``why`` is the state's reason in words."""

    id: str
    name: str
    region: str
    kind: str
    family: str
    homepage: str
    state: SourceState
    why: str
    last_verdict: VerdictKind | None
    last_ended_at: datetime | None
    running: int | None
    next_look_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesPage:
    """All declared sources that fit; ``broken`` says what is wrong with others."""

    region: str | None
    state: SourceState | None
    total: int
    rows: tuple[SourceRow, ...]
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """How many publications were first seen in the week that begins on ``monday``."""

    monday: date
    seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSign:
    """One run of a source's strip."""

    id: int
    state: str
    verdict: VerdictKind | None
    started_at: datetime | None
    articles_new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """One source: its strip of the last runs, oldest first, lists as last read, declaration."""

    source: SourceRow
    hosts: tuple[str, ...]
    entries: tuple[str, ...]
    outlets: tuple[str, ...]
    delay_seconds: float
    min_articles: int
    max_days_silent: int
    runs: tuple[RunSign, ...]
    incidents: tuple[Incident, ...]
    weeks: tuple[Week, ...]
    lists: tuple[ListHead, ...]

    @property
    def chart(self) -> dict[str, object]:
        """The weeks as a picture."""
        return {
            "years": [week.monday.isoformat() for week in self.weeks],
            "unit": "",
            "series": [{"name": self.source.id, "values": [week.seen for week in self.weeks]}],
        }


def add(pages: Pages) -> None:
    """Declare the pages and their forms."""
    pages.page("/sources", "sources.html", table="rows")(sources)
    pages.page("/sources/{source_id}", "source.html")(source)
    pages.web.include_router(forms)


def sources(
    asked: Ask,
    region: Annotated[str | None, Query(max_length=20)] = None,
    state: SourceState | None = None,
) -> SourcesPage:
    """All declared sources: state, last verdict, what runs, next look."""
    declared = asked.ground.declared()
    chosen = [one for one in declared.sources.values() if not region or one.region == region]
    with asked.ground.reading() as session:
        overviews = source_overviews(session, [one.id for one in chosen])
    rows = [_row(one, overviews[one.id]) for one in chosen]
    return SourcesPage(
        region=region or None,
        state=state,
        total=len(declared.sources),
        rows=tuple(row for row in rows if state is None or row.state is state),
        broken=declared.broken,
    )


def source(asked: Ask, source_id: Annotated[str, Path(max_length=100)]) -> SourcePage:
    """One source with its runs, incidents, yield by week and lists as last read."""
    one = declared_source(asked.ground, source_id)
    now = asked.ground.now()
    since = (now - timedelta(weeks=WEEKS)).astimezone(SHANGHAI).date()
    with asked.ground.reading() as session:
        overview = source_overviews(session, [source_id])[source_id]
        runs = list_runs(session, source_id=source_id, limit=STRIP)
        troubles = list_incidents(session, unresolved=False, source_id=source_id, limit=10)
        seen = first_seen_since(session, source_id, now - timedelta(weeks=WEEKS))
        heads = list_heads_of(session, source_id)
    return SourcePage(
        source=_row(one, overview),
        hosts=one.hosts,
        entries=tuple(one.entry_urls),
        outlets=one.outlets,
        delay_seconds=one.politeness.delay_seconds,
        min_articles=one.expect.min_articles,
        max_days_silent=one.expect.max_days_silent,
        runs=tuple(_sign(run) for run in reversed(runs)),
        incidents=tuple(troubles),
        weeks=tuple(_weeks(seen, since, now.astimezone(SHANGHAI).date())),
        lists=tuple(heads),
    )


def declared_source(ground: Ground, source_id: str) -> Source:
    """A declaration.

    :raises MissingError: when there is none of this id.
    """
    found = ground.declared().sources.get(source_id)
    if found is None:
        raise MissingError("source", source_id)
    return found


def crawl_now(ground: Ground, source_id: str) -> int | None:
    """Make a due run, which a service carries; None when one waits or works already."""
    declared_source(ground, source_id)
    now = ground.now()
    with ground.writing() as session:
        return add_due_run(session, source_id, trigger=RunTrigger.MANUAL, due_at=now, now=now)


def pause(ground: Ground, person: Person, source_id: str, why: str | None) -> None:
    """Leave a source alone until it is resumed."""
    declared_source(ground, source_id)
    words = reason(why, needed=True) or ""
    with ground.writing() as session:
        standing.pause(session, source_id, by=person.signature, why=words, now=ground.now())
    ground.forget()


def resume(ground: Ground, source_id: str) -> None:
    """End a pause.

    :raises InputError: when it is not paused.
    """
    declared_source(ground, source_id)
    with ground.writing() as session:
        if standing.standing_of(session, source_id).state is not SourceState.PAUSED:
            raise InputError("already_so", "source")
        standing.resume(session, source_id)
    ground.forget()


forms = APIRouter(include_in_schema=False)


@forms.post("/sources/{source_id}/{verb}")
def act(source_id: str, verb: str, request: Request, person: Operator, form: Sent) -> Response:
    """Crawl now, pause with a reason, resume."""
    ground = ground_of(request)
    here = f"/sources/{source_id}"
    if verb == "crawl":
        run_id = crawl_now(ground, source_id)
        where = here if run_id is None else f"/runs/{run_id}"
        return back(request, form, where, did="already_open" if run_id is None else "crawl")
    if verb == "pause":
        pause(ground, person, source_id, form.text("why"))
    elif verb == "resume":
        resume(ground, source_id)
    else:
        raise MissingError("action", verb)
    return back(request, form, here, did=verb)


def _row(one: Source, overview: SourceOverview) -> SourceRow:
    return SourceRow(
        id=one.id,
        name=one.name,
        region=one.region,
        kind=one.kind,
        family=one.family,
        homepage=one.homepage,
        state=overview.standing.state,
        why=overview.standing.why,
        last_verdict=overview.last_verdict,
        last_ended_at=overview.last_ended_at,
        running=overview.running,
        next_look_at=overview.next_look_at,
    )


def _sign(run: RunRecord) -> RunSign:
    return RunSign(
        id=run.id,
        state=run.state.value,
        verdict=run.verdict.kind if run.verdict else None,
        started_at=run.started_at,
        articles_new=run.counts.articles_new,
    )


def _weeks(seen: list[datetime], since: date, today: date) -> list[Week]:
    """Every week since, those without anything too."""
    counts = Counter(_monday(at.astimezone(SHANGHAI).date()) for at in seen)
    monday, found = _monday(since), []
    while monday <= today:
        found.append(Week(monday=monday, seen=counts[monday]))
        monday += timedelta(days=7)
    return found


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())

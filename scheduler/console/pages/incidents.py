"""Incidents: what is broken or missing, since when, who works on it, what to do."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from scheduler.console.auth import Operator, Person, ground_of
from scheduler.console.deciding import reason
from scheduler.console.errors import MissingError
from scheduler.console.formposts import Sent, back
from scheduler.console.ground import Ground
from scheduler.console.pages.inbox import Before
from scheduler.console.pages.runs import RunRow, run_row
from scheduler.console.routes import MOST_ID, Ask, Pages
from scheduler.health.subjects import cell_of
from storage.engine import services
from storage.notices.incidents import (
    Incident,
    acknowledge_incident,
    close_incident,
    get_incident,
    list_incidents,
)
from storage.runs.history import list_runs

ROWS = 50
RUNS = 10

Id = Annotated[int, Path(ge=1, le=MOST_ID)]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentsPage:
    """A page of incidents, the newest first; ``all`` counts the resolved ones in.

    ``watched``: a service is at work, which opens them.
    """

    all: bool
    watched: bool
    next: int | None
    rows: tuple[Incident, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentPage:
    """One incident, and the newest runs of its source; ``cell`` of a missing review."""

    incident: Incident
    cell: tuple[str, int] | None
    runs: tuple[RunRow, ...]


def add(pages: Pages) -> None:
    """Declare the pages and their forms."""
    pages.page("/incidents", "incidents.html", table="rows")(incidents)
    pages.page("/incidents/{incident_id}", "incident.html")(incident)
    pages.web.include_router(forms)


def incidents(
    asked: Ask,
    everything: Annotated[bool, Query(alias="all")] = False,
    source: Annotated[str | None, Query(max_length=100)] = None,
    before: Before = None,
) -> IncidentsPage:
    """What is broken or missing, the newest first."""
    with asked.ground.reading() as session:
        found = list_incidents(
            session,
            unresolved=not everything,
            source_id=source or None,
            limit=ROWS + 1,
            before=before,
        )
        watched = bool(services.at_work(session, now=datetime.now(UTC)))
    shown = found[:ROWS]
    return IncidentsPage(
        all=everything,
        watched=watched,
        next=shown[-1].id if len(found) > ROWS else None,
        rows=tuple(shown),
    )


def incident(asked: Ask, incident_id: Id) -> IncidentPage:
    """One incident: when it was opened, told, acknowledged, resolved; its source's runs."""
    with asked.ground.reading() as session:
        one = get_incident(session, incident_id)
        runs = list_runs(session, source_id=one.source_id, limit=RUNS) if one.source_id else []
    return IncidentPage(
        incident=one, cell=cell_of(one.subject), runs=tuple(run_row(run) for run in runs)
    )


def acknowledge(ground: Ground, person: Person, incident_id: int, note: str | None) -> None:
    """Say that somebody works on it, and who."""
    words = reason(note, needed=False)
    with ground.writing() as session:
        acknowledge_incident(
            session, incident_id, now=ground.now(), note=words, by=person.signature
        )


def resolve(ground: Ground, person: Person, incident_id: int, why: str | None) -> None:
    """End one by hand; it opens again when it is seen again."""
    words = f"{person.signature}: {reason(why, needed=True)}"
    with ground.writing() as session:
        close_incident(session, incident_id, now=ground.now(), note=words)
    ground.forget()


forms = APIRouter(include_in_schema=False)


@forms.post("/incidents/{incident_id}/{verb}")
def act(incident_id: Id, verb: str, request: Request, person: Operator, form: Sent) -> Response:
    """Acknowledge or resolve."""
    ground = ground_of(request)
    if verb == "ack":
        acknowledge(ground, person, incident_id, form.text("why"))
    elif verb == "resolve":
        resolve(ground, person, incident_id, form.text("why"))
    else:
        raise MissingError("action", verb)
    return back(request, form, f"/incidents/{incident_id}", did=verb)

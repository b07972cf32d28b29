"""Runs: what each proved, its account, what it refused; progress while it works; cancel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path as File
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from scheduler.config import log_path
from scheduler.console.auth import Operator, ground_of
from scheduler.console.formposts import Sent, back
from scheduler.console.ground import Ground
from scheduler.console.pages.inbox import Before
from scheduler.console.routes import MOST_ID, Ask, Pages
from storage.links.discoveries import list_refusals
from storage.records import Refusal, RefusalClass, RunTrigger, VerdictKind
from storage.runs.history import RunRecord, get_run, list_runs
from storage.runs.lease import request_cancel
from storage.runs.outputs import outputs_of
from storage.runs.states import RunState

ROWS = 50
TAIL_BYTES = 6000
MOST_REFUSALS = 300

Id = Annotated[int, Path(ge=1, le=MOST_ID)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run; ``asked`` = ``accepted`` + ``refused`` once it has ended."""

    id: int
    source_id: str
    trigger: RunTrigger
    state: RunState
    verdict: VerdictKind | None
    reason: str | None
    due_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    heartbeat_at: datetime | None
    cancelling: bool
    asked: int
    accepted: int
    refused: int
    pages: int
    new: int
    changed: int
    unchanged: int
    reposts: int
    flags: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsPage:
    """A page of runs, the newest first."""

    source: str | None
    state: RunState | None
    next: int | None
    rows: tuple[RunRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """One run with its refusals and the end of its output; ``options`` as they were given."""

    run: RunRow
    options: Mapping[str, str]
    by_class: tuple[tuple[RefusalClass, int], ...]
    refusals: tuple[Refusal, ...]
    log: str | None


def add(pages: Pages) -> None:
    """Declare the pages and their form."""
    pages.page("/runs", "runs.html", table="rows")(runs)
    pages.page("/runs/{run_id}", "run.html", table="refusals")(run)
    pages.web.include_router(forms)


def runs(
    asked: Ask,
    source: Annotated[str | None, Query(max_length=100)] = None,
    state: RunState | None = None,
    before: Before = None,
) -> RunsPage:
    """The newest runs first."""
    with asked.ground.reading() as session:
        found = list_runs(
            session, source_id=source or None, state=state, limit=ROWS + 1, before=before
        )
    shown = found[:ROWS]
    return RunsPage(
        source=source or None,
        state=state,
        next=shown[-1].id if len(found) > ROWS else None,
        rows=tuple(run_row(one) for one in shown),
    )


def run(asked: Ask, run_id: Id) -> RunPage:
    """One run: its verdict, its account, every page it refused, the end of its output."""
    with asked.ground.reading() as session:
        found = get_run(session, run_id)
        refusals = list_refusals(session, run_id)
        kept = [one.output for one in outputs_of(session, run_id)]
    file = log_path(asked.ground.config.logs, run_id)
    return RunPage(
        run=run_row(found),
        options={str(name): str(value) for name, value in found.options.items()},
        by_class=found.counts.refused_by_class,
        refusals=tuple(refusals[:MOST_REFUSALS]),
        log=tail(file) or (kept[-1][-TAIL_BYTES:] if kept else None),
    )


def cancel(ground: Ground, run_id: int) -> RunState:
    """Ask a run to stop: a due one at once, a running one at its next heartbeat."""
    with ground.writing() as session:
        return request_cancel(session, run_id, now=ground.now())


forms = APIRouter(include_in_schema=False)


@forms.post("/runs/{run_id}/cancel")
def act(run_id: Id, request: Request, person: Operator, form: Sent) -> Response:
    """Cancel."""
    cancel(ground_of(request), run_id)
    return back(request, form, f"/runs/{run_id}", did="cancel")


def run_row(one: RunRecord) -> RunRow:
    """A run as a row."""
    counts = one.counts
    return RunRow(
        id=one.id,
        source_id=one.source_id,
        trigger=one.trigger,
        state=one.state,
        verdict=one.verdict.kind if one.verdict else None,
        reason=one.reason,
        due_at=one.due_at,
        started_at=one.started_at,
        finished_at=one.finished_at,
        heartbeat_at=one.heartbeat_at,
        cancelling=one.cancel_requested_at is not None and one.finished_at is None,
        asked=counts.requested,
        accepted=counts.accepted,
        refused=counts.refused,
        pages=counts.pages,
        new=counts.articles_new,
        changed=counts.articles_changed,
        unchanged=counts.articles_unchanged,
        reposts=counts.reposts,
        flags=counts.flags,
    )


def tail(file: File) -> str | None:
    """The end of a log on this machine; None where there is none."""
    try:
        with file.open("rb") as output:
            output.seek(0, 2)
            output.seek(max(0, output.tell() - TAIL_BYTES))
            return output.read(TAIL_BYTES).decode("utf-8", "replace")
    except FileNotFoundError:
        return None

"""Back-fill: what was read from files and archives, part by part; pause, resume."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from scheduler.console.auth import Operator, ground_of
from scheduler.console.errors import MissingError
from scheduler.console.formposts import Sent, back
from scheduler.console.ground import Ground
from scheduler.console.pages.inbox import Before
from scheduler.console.pages.runs import ROWS, RunRow, run_row
from scheduler.console.routes import MOST_ID, Ask, Pages
from storage.records import RefusalClass, RunTrigger
from storage.runs.history import RunRecord, list_runs
from storage.runs.parts import PartSums, sums_of
from storage.runs.pausing import PARTS, can_pause, pause_backfill, resume_backfill

Id = Annotated[int, Path(ge=1, le=MOST_ID)]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillRow:
    """One import or back-fill; an import of one file has no parts (``parts_planned`` None).

    ``parts`` are read by this run, ``parts_planned`` are those of the whole; ``members`` counts
    the records of the parts, ``read`` the pages among them that were wanted, ``stored`` what was
    new or changed; ``can_pause`` says that it works and looks between parts whether to wait.
    """

    run: RunRow
    parts: int
    parts_failed: int
    parts_planned: int | None
    members: int
    read: int
    stored: int
    refused: tuple[tuple[RefusalClass, int], ...]
    paused: bool
    can_pause: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillsPage:
    """The imports and back-fills, the newest first; each is a run with an account of its own."""

    next: int | None
    rows: tuple[BackfillRow, ...]


def add(pages: Pages) -> None:
    """Declare the page and its form."""
    pages.page("/backfills", "backfills.html", table="rows")(backfills)
    pages.web.include_router(forms)


def backfills(asked: Ask, before: Before = None) -> BackfillsPage:
    """What was read from files and archives."""
    with asked.ground.reading() as session:
        found = list_runs(session, trigger=RunTrigger.IMPORT, limit=ROWS + 1, before=before)
        shown = found[:ROWS]
        sums = sums_of(session, [one.id for one in shown])
    return BackfillsPage(
        next=shown[-1].id if len(found) > ROWS else None,
        rows=tuple(_row(one, sums[one.id]) for one in shown),
    )


def pause(ground: Ground, run_id: int) -> None:
    """Let a back-fill wait, as `cppcc runs pause` does."""
    with ground.writing() as session:
        pause_backfill(session, run_id, now=ground.now())


def resume(ground: Ground, run_id: int) -> None:
    """Let it go on, as `cppcc runs resume` does."""
    with ground.writing() as session:
        resume_backfill(session, run_id)


forms = APIRouter(include_in_schema=False)


@forms.post("/backfills/{run_id}/{verb}")
def act(run_id: Id, verb: str, request: Request, person: Operator, form: Sent) -> Response:
    """Pause or resume."""
    del person
    if verb not in ("pause", "resume"):
        raise MissingError("action", verb)
    (pause if verb == "pause" else resume)(ground_of(request), run_id)
    return back(request, form, "/backfills", did=verb)


def _row(one: RunRecord, sums: PartSums) -> BackfillRow:
    planned = one.options.get(PARTS)
    counts = one.counts
    if not isinstance(planned, int):  # one file, whose pages are its requests
        return BackfillRow(
            run=run_row(one),
            parts=0,
            parts_failed=0,
            parts_planned=None,
            members=counts.requested,
            read=counts.accepted,
            stored=counts.articles_new + counts.articles_changed + counts.reposts,
            refused=counts.refused_by_class,
            paused=False,
            can_pause=False,
        )
    return BackfillRow(
        run=run_row(one),
        parts=sums.parts,
        parts_failed=sums.failed,
        parts_planned=planned,
        members=sums.members,
        read=sums.read,
        stored=sums.stored,
        refused=sums.refused,
        paused=one.paused_at is not None and can_pause(one),
        can_pause=can_pause(one),
    )

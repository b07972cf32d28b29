"""Back-fill: what was read from files and archives, part by part."""

from dataclasses import dataclass

from scheduler.console.pages.inbox import Before
from scheduler.console.pages.runs import ROWS, RunRow, run_row
from scheduler.console.routes import Ask, Pages
from storage.records import RunTrigger
from storage.runs.history import list_runs


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillsPage:
    """The imports, the newest first; each is a run with an account of its own."""

    next: int | None
    rows: tuple[RunRow, ...]


def add(pages: Pages) -> None:
    """Declare the page."""
    pages.page("/backfills", "backfills.html", table="rows")(backfills)


def backfills(asked: Ask, before: Before = None) -> BackfillsPage:
    """What was read from files and archives."""
    with asked.ground.reading() as session:
        found = list_runs(session, trigger=RunTrigger.IMPORT, limit=ROWS + 1, before=before)
    shown = found[:ROWS]
    return BackfillsPage(
        next=shown[-1].id if len(found) > ROWS else None,
        rows=tuple(run_row(one) for one in shown),
    )

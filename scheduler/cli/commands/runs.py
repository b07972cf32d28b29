"""`cppcc runs`: the history of runs, with every refused page.

The history alone is imported with the group: the tables that only one command asks, that command
imports, since mapping them takes a tenth of what `cppcc runs list` costs.
"""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from scheduler.cli.commands.context import connected, readable, say_nothing, settings
from scheduler.cli.presentation import (
    AsJson,
    bare_moment,
    console,
    fail,
    moment,
    narrow,
    print_json,
    short_moment,
    table,
    verdict_text,
)
from scheduler.config import log_path
from scheduler.shapes.plain import plain
from scheduler.shapes.run import refusals_json, run_json
from storage.errors import RecordNotFoundError, TransitionError
from storage.records import WalkTotals
from storage.runs import history
from storage.runs.history import RunRecord

COUNTED = {
    "pages": "pages",
    "new": "articles_new",
    "chg": "articles_changed",
    "same": "articles_unchanged",
    "rep": "reposts",
    "ref": "refused",
}
"""Column of a list of runs: what of a run's counts it shows."""

app = typer.Typer(no_args_is_help=True, help="Run history.")


@app.command("list")
def list_(
    source: Annotated[str | None, typer.Option(help="Only runs of this source")] = None,
    limit: Annotated[int, typer.Option(min=1)] = 20,
    as_json: AsJson = False,
) -> None:
    """The newest runs first."""
    config = settings()
    with readable(config).reading() as session:
        records = history.list_runs(session, source_id=source, limit=limit)
    if as_json:
        print_json([run_json(record) for record in records])
        return
    if not records:
        whose = "no runs yet; `cppcc crawl SOURCE` makes the first"
        if source is not None:
            whose = f"no run of a source {source}; `cppcc sources list` shows all ids"
        say_nothing(whose, config)
        return
    counted = ["pages", "new", "chg", "ref"] if narrow() else [*COUNTED]
    rows = table("id", "source", "by", "started", "verdict", *counted)
    for record in records:
        counts = record.counts
        kind = record.verdict.kind.value if record.verdict else None
        rows.add_row(
            str(record.id),
            record.source_id,
            record.trigger,
            short_moment(record.started_at),
            verdict_text(kind) if kind else record.state.value,
            *(str(getattr(counts, COUNTED[name])) for name in counted),
        )
    console.print(rows)


@app.command()
def show(
    run_id: Annotated[int, typer.Argument(metavar="ID")],
    as_json: AsJson = False,
) -> None:
    """One run: its verdict, its account, and each page it refused."""
    from storage.links.discoveries import list_refusals
    from storage.runs.outputs import outputs_of
    from storage.runs.totals import list_totals

    config = settings()
    try:
        with readable(config).reading() as session:
            record = history.get_run(session, run_id)
            refusals = list_refusals(session, run_id)
            totals = list_totals(session, run_id)
            kept = outputs_of(session, run_id)
    except RecordNotFoundError as error:
        fail(str(error), hint="`cppcc runs list` shows the ids")
    if as_json:
        print_json(
            {
                "run": run_json(record),
                "walks": [plain(one) for one in totals],
                "refusals": refusals_json(refusals),
            }
        )
        return
    _print_head(record)
    if totals:
        console.print(_totals_table(totals))
    if refusals:
        rows = table("kind", "class", "detail", "url")
        for refusal in refusals:
            rows.add_row(
                refusal.kind, refusal.refusal_class.value, Text(refusal.detail), Text(refusal.url)
            )
        console.print(rows)
    if (log_file := log_path(config.logs, run_id)).exists():
        console.print(Text(f"output: {log_file}", style="dim"))
    elif kept:
        console.print(Text(f"output: `cppcc runs log {run_id}`", style="dim"))


@app.command()
def log(run_id: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """What a run wrote: its file on this machine, or what the database keeps of every start.

    A database of many machines and the runs of a cluster keep the last 128 KB for 30 days.
    """
    from storage.runs.outputs import outputs_of

    config = settings()
    file = log_path(config.logs, run_id)
    if file.exists():
        typer.echo(file.read_text("utf-8", "replace"))
        return
    try:
        with readable(config).reading() as session:
            history.get_run(session, run_id)
            found = outputs_of(session, run_id)
    except RecordNotFoundError as error:
        fail(str(error))
    if not found:
        fail(f"nothing is kept of what run {run_id} wrote", hint=f"it would be in {file}")
    for one in found:
        ended = moment(one.ended_at) if one.ended_at else "still at work"
        typer.echo(f"start {one.token} on {one.machine}, {bare_moment(one.begun_at)} to {ended}")
        typer.echo(one.output)


@app.command()
def cancel(run_id: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """Ask a run to stop: a due one at once, a running one at its next heartbeat."""
    from storage.runs.lease import request_cancel

    config = settings()
    try:
        with connected(config).begin() as session:
            state = request_cancel(session, run_id, now=config.now())
    except (RecordNotFoundError, TransitionError) as error:
        fail(str(error))
    console.print(f"run {run_id}: {'cancelled' if state.value == 'cancelled' else 'asked to stop'}")


@app.command()
def pause(run_id: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """Let a back-fill from archives wait; it keeps its run, and nothing is read twice."""
    from storage.runs.pausing import pause_backfill

    config = settings()
    try:
        with connected(config).begin() as session:
            pause_backfill(session, run_id, now=config.now())
    except (RecordNotFoundError, TransitionError) as error:
        fail(str(error), hint="only a back-fill from archives, while it works, can wait")
    console.print(f"run {run_id}: waits from its next part on")


@app.command()
def resume(run_id: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """Let a back-fill that waits go on."""
    from storage.runs.pausing import resume_backfill

    config = settings()
    try:
        with connected(config).begin() as session:
            resume_backfill(session, run_id)
    except (RecordNotFoundError, TransitionError) as error:
        fail(str(error))
    console.print(f"run {run_id}: goes on")


def _totals_table(totals: Sequence[WalkTotals]) -> Table:
    """Per list: what the site states, what was seen and stored of it, and what is open and why."""
    rows = table("list", "stated", "seen", "stored", "refused", "open", "end")
    for one in totals:
        refused = ", ".join(f"{count} {kind.value}" for kind, count in one.refused)
        remainder = "?" if one.remainder is None else str(one.remainder)
        rows.add_row(
            Text(one.name),
            "-" if one.stated is None else str(one.stated),
            str(one.seen),
            str(one.stored),
            refused or "0",
            remainder,
            Text(one.words or "not reached"),
        )
    return rows


def _print_head(record: RunRecord) -> None:
    counts = record.counts
    rows = table("", "")
    kind = record.verdict.kind.value if record.verdict else None
    rows.add_row("run", f"{record.id} of {record.source_id} ({record.trigger})")
    rows.add_row("state", record.state.value)
    rows.add_row("verdict", verdict_text(kind))
    rows.add_row("reason", Text(record.reason or "-"))
    rows.add_row("due", moment(record.due_at))
    rows.add_row("started", moment(record.started_at))
    rows.add_row("finished", moment(record.finished_at))
    rows.add_row(
        "account",
        f"{counts.requested} requests = {counts.accepted} accepted + {counts.refused} refused",
    )
    for refusal_class, number in counts.refused_by_class:
        rows.add_row("", f"{number} x {refusal_class.value}")
    rows.add_row(
        "stored",
        f"{counts.articles_new} new, {counts.articles_changed} changed, "
        f"{counts.articles_unchanged} unchanged, {counts.reposts} reposts, {counts.flags} flags",
    )
    console.print(rows)

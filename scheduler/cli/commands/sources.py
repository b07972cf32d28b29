"""`cppcc sources`: declarations and their health."""

from typing import Annotated

import typer
from rich.text import Text

from crawler.sources.declaration import Source
from scheduler.cli.commands.context import declared_sources, open_context, settings
from scheduler.cli.presentation import console, fail, moment, print_json, say, table, verdict_text
from storage.runs import lease as runs
from storage.runs.lease import RunRecord

app = typer.Typer(no_args_is_help=True, help="Declared sources and their health.")


@app.command("list")
def list_(
    region: Annotated[str | None, typer.Option(help="Only this region, e.g. 云南")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """All declared sources with their last run."""
    context = open_context()
    chosen = [
        source for source in context.sources.values() if region is None or source.region == region
    ]
    with context.database.reading() as session:
        last = {
            source.id: runs.list_runs(session, source_id=source.id, limit=1) for source in chosen
        }
    if as_json:
        print_json([_as_json(source, last[source.id]) for source in chosen])
        return
    rows = table("id", "name", "region", "kind", "family", "last run", "verdict")
    for source in chosen:
        record = last[source.id][0] if last[source.id] else None
        kind = record.verdict.kind.value if record and record.verdict else None
        rows.add_row(
            source.id,
            Text(source.name),
            source.region,
            source.kind,
            source.family,
            moment(record.started_at if record else None),
            verdict_text(kind),
        )
    console.print(rows)


@app.command()
def show(
    source_id: Annotated[str, typer.Argument(metavar="ID")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """One declaration and its last runs."""
    context = open_context()
    if source_id not in context.sources:
        fail(f"no source is declared as {source_id}", hint="`cppcc sources list` shows all ids")
    source = context.sources[source_id]
    with context.database.reading() as session:
        records = runs.list_runs(session, source_id=source_id, limit=5)
        complete = runs.last_complete_run(session, source_id)
    if as_json:
        print_json(_as_json(source, records))
        return
    rows = table("", "")
    for name, value in _facts(source).items():
        rows.add_row(name, Text(value))
    rows.add_row("last complete", moment(complete.finished_at if complete else None))
    for record in records:
        kind = record.verdict.kind.value if record.verdict else None
        reason = record.verdict.reason if record.verdict else record.state.value
        rows.add_row(f"run {record.id}", Text.from_markup(verdict_text(kind)) + Text(f" {reason}"))
    console.print(rows)


@app.command()
def check() -> None:
    """Read every declaration and say what is wrong with the first wrong one."""
    say(f"{len(declared_sources(settings()))} declarations, all sound")


def _facts(source: Source) -> dict[str, str]:
    politeness, expect = source.politeness, source.expect
    return {
        "name": f"{source.name} ({source.region}, {source.kind}, family {source.family})",
        "entry": "\n".join(source.entry_urls),
        "hosts": ", ".join(source.hosts),
        "polite": f"{politeness.delay_seconds:g} s between requests, "
        f"{politeness.concurrency} at a time",
        "expected": f"at least {expect.min_articles} articles, silent for at most "
        f"{expect.max_days_silent} days",
    }


def _as_json(source: Source, records: list[RunRecord]) -> dict[str, object]:
    return {**source.model_dump(mode="json", exclude_none=True), "last_runs": records}

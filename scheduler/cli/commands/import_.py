"""`cppcc import`: pages and texts from a file, by the crawl's own path."""

from pathlib import Path
from typing import Annotated

import typer
from rich.live import Live
from rich.text import Text

from crawler.runs.account import Account, exit_code
from scheduler.cli.commands.context import open_context, refresh_coverage
from scheduler.cli.presentation import console, errors, fail, print_json, verdict_text
from scheduler.shapes.run import run_json
from storage.records import RequestKind
from storage.runs.history import RunRecord

SHOW_EVERY = 20


def import_(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help=".jsonl, .warc or .warc.gz", exists=True, dir_okay=False
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the run's record")] = False,
) -> None:
    """Store the pages and texts of a file as a crawl would; begin again after any crash.

    Exit code 0 when everything in the file was stored, 3 when some of it was, 4 otherwise.
    """
    from crawler.backfill.importing import import_file  # the readers cost others 0.1 s
    from crawler.backfill.input import ImportFileError

    context = open_context()
    with Live(console=console, transient=True, refresh_per_second=4) as live:

        def show(account: Account) -> None:
            if not as_json and account.asked[RequestKind.ARTICLE] % SHOW_EVERY == 0:
                live.update(Text(_progress(account)))

        try:
            record = import_file(
                context.database,
                file,
                sources=context.sources,
                now=context.config.now,
                progress=show,
            )
        except ImportFileError as error:
            fail(str(error), hint="docs/exports.md says what can be imported", code=2)
    refresh_coverage(context)
    if as_json:
        print_json(run_json(record))
    else:
        _print_record(record)
    raise typer.Exit(exit_code(record.verdict.kind if record.verdict else None))


def _progress(account: Account) -> str:
    return f"{account.accepted[RequestKind.ARTICLE]} read, {len(account.refusals)} refused"


def _print_record(record: RunRecord) -> None:
    counts = record.counts
    kind = record.verdict.kind.value if record.verdict else None
    console.print(
        Text.from_markup(
            f"{verdict_text(kind)}  run {record.id}: {counts.articles_new} new, "
            f"{counts.articles_changed} changed, {counts.articles_unchanged} unchanged, "
            f"{counts.reposts} reposts, {counts.refused} refused, {counts.flags} flags"
        )
    )
    if record.verdict:
        console.print(Text(f"  {record.verdict.reason}", style="dim"))
    if counts.refused:
        errors.print(f"  [dim]`cppcc runs show {record.id}` lists each refused page[/]")

"""`cppcc export`: files for downstream tools."""

from pathlib import Path
from typing import Annotated

import typer

from scheduler.cli.commands.context import readable, settings
from scheduler.cli.presentation import fail, print_json, say
from storage.errors import StorageError
from storage.exports import Format
from storage.exports import export as write_export


def export(
    format_: Annotated[Format, typer.Option("--format", help="What to write")],
    out: Annotated[Path, typer.Option(help="Where to write it", dir_okay=False)],
    since: Annotated[
        int | None, typer.Option(min=0, help="Only what changed after this cursor")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written")] = False,
) -> None:
    """Write publications, raw pages or flags to a file, and print the next cursor.

    A file is written whole or not at all.  The cursor is what `--since` takes next time.
    """
    try:
        with readable(settings()).reading() as session:
            done = write_export(session, format_, out, since=since)
    except (StorageError, OSError) as error:
        fail(str(error), hint="docs/exports.md says what each format holds")
    if as_json:
        print_json(
            {
                "path": str(done.path),
                "schema": str(done.schema) if done.schema else None,
                "count": done.count,
                "cursor": done.cursor,
            }
        )
        return
    what = {Format.WARC: "pages", Format.ATOM: "flags"}.get(format_, "publications")
    say(f"{done.count} {what} written to {done.path}")
    if done.cursor is not None:
        say(f"next cursor: {done.cursor}")

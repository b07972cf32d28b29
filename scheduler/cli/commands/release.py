"""`cppcc release`: a citable release of the data."""

from pathlib import Path
from typing import Annotated

import typer

from scheduler.cli.commands.context import readable, settings
from scheduler.cli.presentation import AsJson, fail, print_json, say
from storage.errors import StorageError
from storage.exports.release import write_release


def release(
    version: Annotated[str, typer.Option(help="Its name, e.g. 2026.1")],
    out: Annotated[Path, typer.Option(help="An empty folder", file_okay=False)],
    previous: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the release before, for CHANGES", exists=True, file_okay=False
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the reviews, and what metrics cite, as a data package that can be cited."""
    try:
        with readable(settings()).reading() as session:
            counts = write_release(session, out, version, previous=previous)
    except (StorageError, OSError) as error:
        fail(str(error))
    if as_json:
        print_json({"path": str(out), "rows": counts})
        return
    say(", ".join(f"{count} {name}" for name, count in counts.items()))
    say(f"release {version} written to {out}")

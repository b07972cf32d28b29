"""`cppcc db backup` and `cppcc db restore`."""

from pathlib import Path
from typing import Annotated

import typer

from scheduler.backups import note_backup
from scheduler.cli.commands.context import settings
from scheduler.cli.presentation import fail, print_note, say
from storage.engine.backup import BackupError, make_backup, restore_backup


def backup(path: Annotated[Path, typer.Argument(help="The file to make")]) -> None:
    """Copy the database to a file while the service goes on (SQLite)."""
    config = settings()
    try:
        size = make_backup(config.database_url, path)
    except BackupError as error:
        fail(str(error))
    say(f"{path}: {size / 2**20:.1f} MiB, checked")
    try:
        note_backup(config, path, size)
    except OSError as error:
        print_note(f"doctor and console will not know of it: {error}")


def restore(
    path: Annotated[Path, typer.Argument(help="A file that `cppcc db backup` made")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
) -> None:
    """Put a backup in the database's place; the former database is kept beside it (SQLite)."""
    config = settings()
    if not yes and not typer.confirm("Is the service stopped, and shall the database be replaced?"):
        fail("nothing was changed")
    try:
        kept = restore_backup(config.database_url, path)
    except BackupError as error:
        fail(str(error), hint="nothing was changed; a running service is stopped first")
    say("restored" + (f"; the former database is {kept}" if kept else ""))
    print_note("whoever follows v1_changes exports everything once: cursors are the backup's again")

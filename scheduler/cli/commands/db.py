"""`cppcc db`: the schema of the database."""

from datetime import timedelta
from typing import Annotated

import typer

from scheduler.cli.commands import backup
from scheduler.cli.commands.context import connected, readable, settings
from scheduler.cli.presentation import EXIT_FAILED, AsJson, fail, print_json, say
from storage.engine import database
from storage.errors import StorageError
from storage.migrations import HEAD

app = typer.Typer(no_args_is_help=True, help="The database's schema and copies.")
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)


@app.command()
def upgrade() -> None:
    """Bring the schema up to date; SQLite does this by itself."""
    config = settings()
    try:
        before = database.upgrade(config.database_url)
    except StorageError as error:
        fail(str(error))
    if before == HEAD:
        say(f"nothing to do: the schema is at revision {HEAD}, this program's own")
    elif before is None:
        say(f"made a schema of revision {HEAD}")
    else:
        say(f"upgraded the schema from revision {before} to {HEAD}")


@app.command("prune-snapshots")
def prune_snapshots(
    older_than: Annotated[
        int, typer.Option(min=30, metavar="DAYS", help="Pages last fetched so long ago")
    ] = 365,
    apply: Annotated[bool, typer.Option("--apply", help="Drop them; else only count")] = False,
) -> None:
    """Drop raw pages of ordinary news; words stay, and all pages of what was flagged."""
    from storage.articles.pruning import prune

    config = settings()
    now = config.now()
    opened = connected(config) if apply else readable(config)
    try:
        done = prune(opened, before=now - timedelta(days=older_than), now=now, apply=apply)
    except StorageError as error:
        fail(str(error))
    size = f"{done.pages} pages, {done.size / 2**20:.1f} MiB"
    say(f"dropped: {size}; the file keeps its size and fills the room" if apply else
        f"{size} would be dropped: --apply does it")  # fmt: skip


@app.command()
def check(as_json: AsJson = False) -> None:
    """Say what is wrong with the database; exit code 1 when something is."""
    problems = database.check(settings().database_url)
    if as_json:
        print_json(problems)
        raise typer.Exit(EXIT_FAILED if problems else 0)
    for problem in problems:
        say(f"- {problem}")
    if problems:
        fail(f"{len(problems)} problems")
    say("the database is sound")

"""`cppcc db`: the schema of the database."""

from typing import Annotated

import typer

from scheduler.cli.commands import backup
from scheduler.cli.commands.context import settings
from scheduler.cli.presentation import EXIT_FAILED, fail, print_json, say
from storage.engine import database
from storage.errors import StorageError

app = typer.Typer(no_args_is_help=True, help="The database's schema and copies.")
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)


@app.command()
def upgrade() -> None:
    """Bring the schema up to date; SQLite does this by itself."""
    config = settings()
    try:
        database.upgrade(config.database_url)
    except StorageError as error:
        fail(str(error))
    say("the schema is up to date")


@app.command()
def check(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
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

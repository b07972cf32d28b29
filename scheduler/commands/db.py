"""`cppcc db`: the schema of the database."""

import typer

from scheduler.commands.context import settings
from scheduler.presentation import fail, say
from storage import database
from storage.errors import StorageError

app = typer.Typer(no_args_is_help=True, help="The database's schema.")


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
def check() -> None:
    """Say what is wrong with the database; exit code 1 when something is."""
    problems = database.check(settings().database_url)
    for problem in problems:
        say(f"- {problem}")
    if problems:
        fail(f"{len(problems)} problems")
    say("the database is sound")

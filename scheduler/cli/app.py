"""The command line `cppcc`: which command is where."""

import gc
import logging
import os
import sys
from collections.abc import Mapping
from typing import Annotated

import typer

from scheduler.cli.lazy import DatabaseOption, Lazy, LazyGroup
from storage.errors import StorageError

HERE = "scheduler.cli.commands"


class Commands(LazyGroup):
    """All commands, in the order in which the help lists them."""

    table: Mapping[str, Lazy] = {
        "demo": Lazy(f"{HERE}.demo:demo", "crawl a small internet on loopback, three days of it"),
        "crawl": Lazy(f"{HERE}.crawl:crawl", "crawl sources now"),
        "run": Lazy(f"{HERE}.run:run", "the unattended service"),
        "console": Lazy(f"{HERE}.console:app", "the web console, its users and tokens"),
        "runs": Lazy(f"{HERE}.runs:app", "history of runs"),
        "flags": Lazy(f"{HERE}.flags:app", "the inbox of flagged publications"),
        "incidents": Lazy(f"{HERE}.incidents:app", "what is broken or missing"),
        "coverage": Lazy(f"{HERE}.coverage:coverage", "which review was found, is due, is overdue"),
        "audit": Lazy(f"{HERE}.audit:audit", "every gap that others tell of, with its cause"),
        "compare": Lazy(f"{HERE}.compare:compare", "one metric across committees and years"),
        "search": Lazy(f"{HERE}.search:search", "full-text search"),
        "watch": Lazy(f"{HERE}.watch:app", "saved searches, told as alerts"),
        "show": Lazy(f"{HERE}.show:show", "one publication: text, events, figures, copies"),
        "explain": Lazy(f"{HERE}.show:explain", "why a publication was read as it was"),
        "export": Lazy(f"{HERE}.export:export", "files for other programs and people"),
        "release": Lazy(f"{HERE}.release:release", "a citable release of the data"),
        "sources": Lazy(f"{HERE}.sources:app", "declared sources and how they do"),
        "inspect": Lazy(
            f"{HERE}.inspect:inspect", "read pages, lists or texts without storing them"
        ),
        "import": Lazy(f"{HERE}.import_:import_", "store pages and texts of a file"),
        "backfill": Lazy(f"{HERE}.backfill:backfill", "past years out of web archives"),
        "reread": Lazy(f"{HERE}.reread:reread", "what today's rules read otherwise"),
        "alerts": Lazy(f"{HERE}.alerts:app", "the channels that messages go to"),
        "db": Lazy(f"{HERE}.db:app", "schema and copies of the database"),
        "doctor": Lazy(f"{HERE}.doctor:doctor", "what is wrong with this installation"),
    }


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Monitors the annual reviews and ten-events publications of the CPPCC's committees.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from storage import __version__

        typer.echo(f"cppcc {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit"
        ),
    ] = False,
    db: DatabaseOption = None,
) -> None:
    """Monitors the annual reviews and ten-events publications of the CPPCC's committees."""


def main() -> None:
    """Run the command line; what storage refuses is said in words, not as a traceback."""
    gc.disable()  # until the command is imported: what is imported stays, and is swept in vain
    # Looking for plugins that nobody has opens the record of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        app()
    except StorageError as error:
        from scheduler.cli.presentation import print_error

        print_error(str(error), "`cppcc doctor` looks closer")
        sys.exit(1)

"""`cppcc doctor`: what is wrong with this installation, in words."""

from typing import Annotated

import typer
from rich.text import Text

from scheduler.cli.presentation import EXIT_FAILED, AsJson, console, print_json
from scheduler.examination import examine

STYLES = {"ok": "green", "warning": "yellow", "wrong": "red"}


def doctor(
    deep: Annotated[bool, typer.Option(help="Read the whole database, pages and content")] = False,
    as_json: AsJson = False,
) -> None:
    """Look at settings, declarations, disk, database, service and runs; 1 when one is wrong.

    Nothing is changed: of the database only its write lock is asked for, and given back.
    """
    checks = list(examine(whole=deep))
    if as_json:
        print_json(checks)
    else:
        for check in checks:
            style = STYLES[check.state]
            line = Text.assemble((f"{check.state:8}", style), f"{check.subject:14}{check.words}")
            console.print(line, soft_wrap=True)
    if any(check.state == "wrong" for check in checks):
        raise typer.Exit(EXIT_FAILED)

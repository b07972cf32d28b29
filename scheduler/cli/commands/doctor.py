"""`cppcc doctor`: what is wrong with this installation, in words."""

from typing import Annotated

import typer
from rich.text import Text

from scheduler.cli.presentation import EXIT_FAILED, console, print_json
from scheduler.examination import examine

STYLES = {"ok": "green", "warning": "yellow", "wrong": "red"}


def doctor(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Look at settings, declarations, disk, database and the last runs; 1 when one is wrong."""
    checks = list(examine())
    if as_json:
        print_json(checks)
    else:
        for check in checks:
            style = STYLES[check.state]
            line = Text.assemble((f"{check.state:8}", style), f"{check.subject:14}{check.words}")
            console.print(line, soft_wrap=True)
    if any(check.state == "wrong" for check in checks):
        raise typer.Exit(EXIT_FAILED)

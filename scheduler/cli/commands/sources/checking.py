"""Saying what is wrong with declarations, without asking any site."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from scheduler.cli.commands.context import settings
from scheduler.cli.presentation import AsJson, console, fail, print_json, say


def check(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Only these files")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every file (as without any)")] = False,
    as_json: AsJson = False,
) -> None:
    """Say every fault of every declaration; exit 0 only where there is none."""
    from crawler.errors import DeclarationError  # half a second that no other command pays for
    from crawler.sources.checking import check_all, check_files

    if files and everything:
        fail("name files, or give --all", code=2)
    try:
        checked = check_files(files) if files else check_all(settings().sources)
    except DeclarationError as error:
        fail(str(error), code=2)
    if as_json:
        print_json(
            {
                "files": checked.files,
                "sound": len(checked.sound),
                "faults": [
                    {"file": str(one.path), "key": one.key, "problem": one.problem}
                    for one in checked.faults
                ],
            }
        )
    else:
        for path in dict.fromkeys(one.path for one in checked.faults):
            console.print(Text(str(path), style="bold"), soft_wrap=True)
            for one in checked.faults:
                if one.path == path:
                    console.print(Text(f"  {one.key}: {one.problem}", style="red"), soft_wrap=True)
        wrong = len({one.path for one in checked.faults})
        say(
            f"{checked.files} declarations, all sound"
            if not wrong
            else f"{checked.files} declarations, {wrong} of them wrong"
        )
    if checked.faults:
        raise typer.Exit(1)

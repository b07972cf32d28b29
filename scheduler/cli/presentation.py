"""How commands speak: tables for people, JSON for programs, errors that say what to do."""

import json
import os
from datetime import datetime
from typing import NoReturn

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from scheduler.shapes.plain import plain
from storage.records import SHANGHAI

PIPED_WIDTH = 240
"""Columns where no terminal says how many: a table that is searched or kept is not folded."""

RULED_WIDTH = 80
"""Columns of a ruled line where no terminal says how many."""

ENDS = 4
"""Columns that a ruled line needs beside its words: a stroke and a blank at each end."""

IDENTIFIERS = frozenset(
    {
        "id",
        "flag",
        "publication",
        "region",
        "raised",
        "started",
        "source",
        "subject",
        "class",
        "verdict",
        "genre",
        "status",
        "by",
        "pub.",
        "rule",
        "window",
    }
)
"""Columns that people copy from, and so are never folded."""


def _console(*, stderr: bool = False) -> Console:
    made = Console(stderr=stderr)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = PIPED_WIDTH
    return made


console = _console()
errors = _console(stderr=True)

EXIT_FAILED = 1

VERDICT_STYLES = {
    "complete": "green",
    "empty_expected": "green",
    "partial": "yellow",
}


def print_json(value: object) -> None:
    """Print ``value`` as one JSON document."""
    typer.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))


def fail(message: str, *, hint: str | None = None, code: int = EXIT_FAILED) -> NoReturn:
    """End the command with ``message`` and what to do next."""
    print_error(message, hint)
    raise typer.Exit(code)


def print_error(message: str, hint: str | None = None) -> None:
    """Say what went wrong and what to do next; brackets in either are words, no markup."""
    errors.print(Text.assemble(("error:", "bold red"), " ", message), soft_wrap=True)
    if hint:
        errors.print(Text(hint, style="dim"), soft_wrap=True)


def print_note(words: str) -> None:
    """Say beside an answer, on standard error, what helps to read it."""
    errors.print(Text(words, style="dim"), soft_wrap=True)


def narrow(below: int = 100) -> bool:
    """Whether a table has fewer than so many columns of a terminal to stand in."""
    return console.width < below


def say(words: str) -> None:
    """Print ``words`` on a line of their own, as they are."""
    console.print(Text(words), soft_wrap=True)


def rule(words: str = "") -> None:
    """Print a ruled line with ``words`` in its middle: as wide as the terminal, else 80 columns.

    Words that do not fit in it stand whole on a line before it.
    """
    width = console.width if console.is_terminal else min(RULED_WIDTH, console.width)
    if cell_len(words) + ENDS > width:
        say(words)
        words = ""
    console.print(Rule(words), width=width)


def table(*columns: str, title: str | None = None) -> Table:
    """A plain table with these columns."""
    made = Table(title=title, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold", no_wrap=column in IDENTIFIERS)
    return made


def moment(value: datetime | None) -> str:
    """An instant as a person in Shanghai reads it; a dash for none."""
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") if value else "-"


def short_moment(value: datetime | None) -> str:
    """The same for a list of many: without year and seconds."""
    return value.astimezone(SHANGHAI).strftime("%m-%d %H:%M") if value else "-"


def verdict_text(kind: str | None) -> str:
    """A verdict in its colour."""
    if kind is None:
        return "[dim]-[/]"
    return f"[{VERDICT_STYLES.get(kind, 'red')}]{kind}[/]"

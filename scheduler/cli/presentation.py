"""How commands speak: tables for people, JSON for programs, errors that say what to do."""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, NoReturn

import typer
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.rule import Rule
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from scheduler.shapes.plain import plain
from storage.records import SHANGHAI

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs")]
"""The option of every command that answers programs too."""

ZONE = SHANGHAI.key
"""The zone of every time that a command prints for people, named beside it."""

TIMED = frozenset({"raised", "started", "opened", "next look", "saved", "last found"})
"""Columns of short times; the table that has one says below itself what their zone is."""

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


class PlainTable(Table):
    """A table whose lines end where their words end: Rich fills them up with blanks."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The table's lines without the blanks at their ends."""
        rendered = (one for one in super().__rich_console__(console, options))
        lines = Segment.split_lines(one for one in rendered if isinstance(one, Segment))
        for line in lines:
            yield from _ended(line)
            yield Segment.line()


def _ended(line: list[Segment]) -> Iterator[Segment]:
    while line and not line[-1].text.strip(" "):
        line.pop()
    if line:
        last = line.pop()
        yield from line
        yield Segment(last.text.rstrip(" "), last.style)


def table(*columns: str, title: str | None = None) -> Table:
    """A plain table with these columns; where one is of times, their zone stands below."""
    made = PlainTable(
        title=title, title_justify="left", box=None, header_style="bold", pad_edge=False
    )
    if not TIMED.isdisjoint(columns):
        made.caption, made.caption_justify = f"times: {ZONE}", "left"
    for column in columns:
        made.add_column(column, overflow="fold", no_wrap=column in IDENTIFIERS)
    return made


def moment(value: datetime | None) -> str:
    """An instant as a person in Shanghai reads it, with the zone's name; a dash for none."""
    return f"{bare_moment(value)} {ZONE}" if value else "-"


def bare_moment(value: datetime) -> str:
    """The same without the zone: where it stands beside a moment that names it."""
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def short_moment(value: datetime | None) -> str:
    """The same for a list of many: without year, seconds and zone, which its table names."""
    return value.astimezone(SHANGHAI).strftime("%m-%d %H:%M") if value else "-"


def verdict_text(kind: str | None) -> str:
    """A verdict in its colour."""
    if kind is None:
        return "[dim]-[/]"
    return f"[{VERDICT_STYLES.get(kind, 'red')}]{kind}[/]"

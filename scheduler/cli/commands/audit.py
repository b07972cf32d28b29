"""`cppcc audit`: what should be there by what others say, and is not."""

import re
from collections import Counter
from typing import Annotated

import typer
from rich.text import Text

from scheduler.cli.commands.context import no_database, reading_context
from scheduler.cli.presentation import EXIT_FAILED, AsJson, console, fail, print_json, say, table
from scheduler.health.auditing import Report, make_report
from scheduler.rhythm.almanac import AlmanacError, load_almanac
from storage.notices.coverage import CellStatus
from storage.records import GapCause, GapKind

_YEARS = re.compile(r"((?:19|20)\d\d)(?:-((?:19|20)\d\d))?")


def audit(
    years: Annotated[
        str | None, typer.Option(metavar="2018-2025", help="First and last year; else since 2018")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Name every gap with its cause; exit 0 only when each has one.

    The range comes from outside the crawl: the almanac, other outlets, the sites' own counts,
    other years. That a run said complete explains nothing.
    """
    span = _span(years)
    context = reading_context()
    if missing := no_database(context.config):
        fail(f"{missing}: of nothing each gap would have its cause")
    try:
        almanac = load_almanac(context.config.calendar)
    except AlmanacError as error:
        fail(str(error), code=2)
    with context.database.reading() as session:
        report = make_report(
            session, almanac, context.sources, years=span, now=context.config.now()
        )
    if as_json:
        print_json(
            {
                "years": [report.first, report.last],
                "sound": report.sound,
                "expected": report.expected,
                "gaps": report.gaps,
            }
        )
    else:
        _show(report)
    if not report.sound:
        raise typer.Exit(EXIT_FAILED)


def _span(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    match = _YEARS.fullmatch(text)
    if match is None or int(match[2] or match[1]) < int(match[1]):
        fail(f"--years: {text!r} is no year and no span of years", hint="2021 or 2018-2025", code=2)
    return int(match[1]), int(match[2] or match[1])


def _show(report: Report) -> None:
    found = sum(one.status is CellStatus.FOUND for one in report.expected)
    say(f"{report.first}-{report.last}: {found} of {len(report.expected)} reviews found")
    if report.gaps:
        made = table("kind", "cause", "gap", "why")
        order = list(GapCause)
        for gap in sorted(report.gaps, key=lambda one: -order.index(one.cause)):
            refused = ", ".join(f"{kind.value} {count}" for kind, count in gap.refused)
            style = "bold red" if gap.cause is GapCause.UNEXPLAINED else "dim"
            cause = Text(gap.cause.value + (f" ({refused})" if refused else ""), style=style)
            made.add_row(gap.kind.value, cause, Text(gap.what), Text(gap.why))
        console.print(made)
    counts = Counter((gap.kind, gap.cause) for gap in report.gaps)
    for kind in GapKind:
        said = [f"{cause.value} {counts[kind, cause]}" for cause in GapCause if counts[kind, cause]]
        if said:
            say(f"{kind.value}: {', '.join(said)}")
    if report.sound:
        say("no gap is unexplained")

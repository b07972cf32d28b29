"""`cppcc compare`: one metric across committees and years, each value with its sentence."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from crawler.reading.facts.committee import known_region
from scheduler.cli.commands.context import readable, say_nothing, settings
from scheduler.cli.presentation import AsJson, console, fail, print_json, say, table
from storage.publications.metrics import MetricValue, Statement, list_metric, statements_of
from storage.vocabulary import METRIC_NAMES, amount, number

_YEARS = re.compile(r"((?:19|20)\d\d)(?:-((?:19|20)\d\d))?")
_SPLIT = re.compile(r"[,，、\s]+")


def compare(
    metric: Annotated[str, typer.Argument(metavar="METRIC", help="Key or Chinese name")],
    regions: Annotated[
        str | None, typer.Option("--regions", "--region", metavar="A,B", help="e.g. 云南,广西")
    ] = None,
    years: Annotated[str | None, typer.Option("--years", "--year", metavar="2018-2025")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare a metric: one value a committee and year, a gap where nothing is stated.

    Values that contradict are shown as a conflict, none is chosen; below the table stands every
    sentence that states one.
    """
    key = _key(metric)
    wanted = _regions(regions)
    span = _years(years)
    config = settings()
    with readable(config).reading() as session:
        cells = list_metric(session, key, regions=wanted, years=span)
        stated = {cell: statements_of(session, cell) for cell in cells if cell.value is None}
    columns = list(range(span[0], span[1] + 1)) if span else sorted({cell.year for cell in cells})
    if as_json:
        print_json(
            {
                "metric": key,
                "name": METRIC_NAMES[key],
                "years": columns,
                "rows": [_row(rows, columns, stated) for rows in _committees(cells)],
            }
        )
        return
    say(f"{METRIC_NAMES[key]} ({key})")
    if not cells:
        say_nothing("nothing is stated", config)
        return
    matrix = table("region", "committee", *map(str, columns))
    sentences = table("committee", "year", "value", "id", "sentence")
    for rows in _committees(cells):
        by_year = {cell.year: cell for cell in rows}
        name = rows[0].committee or f"{rows[0].region} ({rows[0].level})"
        shown = [_shown(by_year.get(year)) for year in columns]
        matrix.add_row(rows[0].region or "-", Text(name), *shown)
        for cell in rows:
            said: Sequence[MetricValue | Statement] = stated.get(cell) or [cell]
            for one in said:
                sentences.add_row(Text(name), str(cell.year), *_statement(one))
    console.print(matrix)
    console.print()
    console.print(sentences)


def _statement(one: MetricValue | Statement) -> tuple[Text, str, Text]:
    """A number, the id of the publication that states it, its whole sentence."""
    value = Text(amount(one.value or 0.0, one.qualifier, one.unit))
    return value, str(one.publication or "-"), Text(" ".join((one.sentence or "-").split()))


def _shown(cell: MetricValue | None) -> Text:
    if cell is None:
        return Text("-", style="dim")
    if cell.value is None:
        return Text(f"{cell.rule} {number(cell.lowest)}..{number(cell.highest)}", style="yellow")
    kind = "" if cell.rule == "total" else f" ({cell.rule})"
    return Text(f"{amount(cell.value, cell.qualifier, cell.unit)}{kind}")


def _row(
    rows: list[MetricValue], columns: list[int], stated: Mapping[MetricValue, list[Statement]]
) -> dict[str, object]:
    by_year = {cell.year: cell for cell in rows}
    first = rows[0]
    return {
        "region": first.region,
        "level": first.level,
        "committee": first.committee,
        "cells": [
            _cell(by_year[year], stated) if year in by_year else {"year": year, "rule": "gap"}
            for year in columns
        ],
    }


def _cell(cell: MetricValue, stated: Mapping[MetricValue, list[Statement]]) -> dict[str, object]:
    """A cell with its keys; one without a value has all that is stated as ``stated``."""
    shape = asdict(cell)
    if cell in stated:
        shape["stated"] = [asdict(one) for one in stated[cell]]
    return shape


def _committees(cells: list[MetricValue]) -> list[list[MetricValue]]:
    """The cells of each committee, in the order given."""
    found: dict[tuple[str, str, str | None], list[MetricValue]] = {}
    for cell in cells:
        found.setdefault((cell.region, cell.level, cell.committee), []).append(cell)
    return list(found.values())


def _key(metric: str) -> str:
    if metric in METRIC_NAMES:
        return metric
    named = [key for key, name in METRIC_NAMES.items() if name == metric]
    named = named or [key for key, name in METRIC_NAMES.items() if metric in name]
    if len(named) != 1:
        names = ", ".join(f"{key} {name}" for key, name in METRIC_NAMES.items())
        said = f"{len(named)} metrics" if named else "no metric"
        fail(f"{metric!r} names {said}", hint=names, code=2)
    return named[0]


def _regions(written: str | None) -> list[str]:
    found = []
    for name in _SPLIT.split(written or ""):
        if not name:
            continue
        region = known_region(name)
        if region is None:
            fail(f"{name!r} is no region", hint="write 云南 or 云南省", code=2)
        found.append(region)
    return found


def _years(written: str | None) -> tuple[int, int] | None:
    if written is None:
        return None
    match = _YEARS.fullmatch(written.strip())
    if match is None or int(match.group(2) or match.group(1)) < int(match.group(1)):
        fail(f"{written!r} is neither a year nor a range", hint="write 2018-2025", code=2)
    return int(match.group(1)), int(match.group(2) or match.group(1))

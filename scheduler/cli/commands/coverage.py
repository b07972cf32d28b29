"""`cppcc coverage`: which region's review of which year was found, is due, or is overdue."""

from datetime import date
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from crawler.sources.declaration import NATIONAL, REGIONS, Source
from scheduler.cli.commands.context import on_its_day, open_context, reading_context, region_named
from scheduler.cli.presentation import PlainTable, console, fail, narrow, print_json, say, table
from scheduler.health import cells as completeness
from scheduler.rhythm.almanac import AlmanacError, load_almanac
from storage.errors import RecordNotFoundError
from storage.notices import coverage as cells
from storage.notices.coverage import Cell, CellStatus
from storage.records import Level
from storage.runs.parts import covered_years

SIGNS = {
    CellStatus.FOUND: ("●", "green"),
    CellStatus.DUE: ("○", "yellow"),
    CellStatus.OVERDUE: ("!", "bold red"),
    CellStatus.NOT_DUE: ("·", "dim"),
    CellStatus.SOURCE_BROKEN: ("×", "red"),
    CellStatus.WAIVED: ("–", "dim"),
    CellStatus.NO_SOURCE: ("?", "magenta"),
    CellStatus.NOT_WATCHED: ("~", "magenta"),
}

REGION_COLUMNS, YEAR_COLUMNS = 8, 6
"""What a region and a year of four digits take of a line."""


def coverage(
    year: Annotated[int | None, typer.Option(help="Only reviews of this year")] = None,
    waive: Annotated[
        str | None, typer.Option(metavar="REGION", help="This region's review will not come")
    ] = None,
    expect: Annotated[str | None, typer.Option(metavar="REGION", help="Take a waiver back")] = None,
    why: Annotated[str | None, typer.Option(help="The reason of a waiver")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Every cell with its reason")] = False,
) -> None:
    """Draw the matrix of regions and years, refreshed to this day.

    With --year, one line a region says its window and why. --waive and --expect need --year.
    """
    region = region_named(waive or expect)
    context = open_context() if region else reading_context()
    config = on_its_day(context.config)
    now = config.now()
    try:
        almanac = load_almanac(config.calendar)
    except AlmanacError as error:
        fail(str(error), code=2)
    if region:
        if year is None or (waive and not why):
            fail("--waive needs --year and --why, --expect needs --year", code=2)
        level = Level.NATIONAL if region == NATIONAL else Level.PROVINCIAL
        try:
            with context.database.begin() as session:
                completeness.refresh(session, almanac, context.sources, now=now)
                cells.waive(session, region, level, year, why=why if waive else None, now=now)
                completeness.refresh(session, almanac, context.sources, now=now)
        except RecordNotFoundError as error:
            fail(str(error), hint="`cppcc coverage` shows every cell")
    with context.database.reading() as session:
        drawn = completeness.cells_now(session, almanac, context.sources, now=now)
        covered = covered_years(session)
    kept = sorted(
        (cell for cell in drawn if year in (None, cell.year)),
        key=lambda cell: (cell.year, cell.region, cell.level),
    )
    if as_json:
        print_json(kept)
    elif year is None:
        console.print(matrix(kept, width=console.width))
        console.print(legend())
        if covered:
            console.print(_archives(covered, context.sources))
    elif kept:
        console.print(_of_one_year(kept))
    else:
        say(f"no review of {year} is expected or was found; `cppcc coverage` shows every year")
    if config.today is not None and not as_json:
        console.print(f"as of {now.date()}, which a demo or CPPCC_TODAY takes for today")


def matrix(kept: list[Cell], *, width: int = 80) -> Table:
    """Regions down, years across, a sign for each cell; years of two digits where four are wide."""
    held = {cell.year for cell in kept}
    years = list(range(min(held), max(held) + 1)) if held else []  # a gap is a column too
    by_place = {(cell.region, cell.year): cell for cell in kept}
    short = REGION_COLUMNS + YEAR_COLUMNS * len(years) > width
    title = f"years {years[0]} to {years[-1]}, by their last two digits" if short else None
    made = PlainTable(
        title=title, title_justify="left", title_style="dim", box=None, header_style="bold",
        pad_edge=False, padding=(0, 1, 0, 0) if short else (0, 1),
    )  # fmt: skip
    made.add_column("region", no_wrap=True)
    for year in years:
        made.add_column(f"{year % 100:02}" if short else str(year), justify="center", no_wrap=True)
    for region in (NATIONAL, *REGIONS):
        signs = []
        for year in years:
            cell = by_place.get((region, year))
            sign, style = SIGNS[cell.status] if cell else (" ", "")
            signs.append(Text(sign, style=style))
        made.add_row(region, *signs)
    return made


LEGEND_COLUMNS = 5
"""So many signs with their names fit a line of 80 columns."""


def legend() -> Text:
    """The signs, no pair broken between two lines, and what it means where there is none."""
    pairs = [
        Text.assemble((sign, style), f" {status.value}") for status, (sign, style) in SIGNS.items()
    ]
    lines = [
        Text("   ").join(pairs[first : first + LEGEND_COLUMNS])
        for first in range(0, len(pairs), LEGEND_COLUMNS)
    ]
    lines.append(Text("no sign: the window ended before the region was watched"))
    return Text("\n").join(lines)


def _archives(covered: dict[str, dict[int, int]], sources: dict[str, Source]) -> Text:
    """The years of which back-fills have read archives, and how many pages, by region."""
    regions: dict[str, dict[int, int]] = {}
    for source_id, years in covered.items():
        source = sources.get(source_id)
        held = regions.setdefault(source.region if source else "other hosts", {})
        for year, pages in years.items():
            held[year] = held.get(year, 0) + pages
    words = Text("archives read (pages by year of capture):")
    for region, years in sorted(regions.items()):
        counts = ", ".join(f"{year} {pages}" for year, pages in sorted(years.items()))
        words.append(f"\n  {region}: {counts}")
    return words


def _of_one_year(kept: list[Cell]) -> Table:
    short = narrow()
    made = table("region", "status", "window", "pub." if short else "publication", "why")
    order = {region: number for number, region in enumerate((NATIONAL, *REGIONS))}
    for cell in sorted(kept, key=lambda cell: order.get(cell.region, len(order))):
        sign, style = SIGNS[cell.status]
        made.add_row(
            cell.region,
            Text(f"{sign} {cell.status.value}", style=style),
            f"{_day(cell.due_from, short=short)} … {_day(cell.due_until, short=short)}",
            str(cell.publication_id or "-"),
            Text(cell.reason),
        )
    return made


def _day(day: date, *, short: bool) -> str:
    """A day; short without its year, which the years beside it tell."""
    return f"{day:%m-%d}" if short else day.isoformat()

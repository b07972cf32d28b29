"""The sheet on which metrics are compared: a table of committees and years, and its charts.

A gap is an empty cell, and none is drawn; a contradiction stands as its range, in words, and is
not drawn either.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from storage.exports.selection import Row
from storage.records import Level
from storage.vocabulary import METRIC_NAMES, number

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

Place = tuple[str, str]
"""Region and committee, as they are shown."""

LEVELS = [level.value for level in Level]

MOST_CHARTS = 12
"""Charts on the sheet: those of the metrics with the most values."""

MOST_BARS = 40
"""Committees in one chart: more of them cannot be read."""

CHART_ROWS, CHART_WIDTH = 20, 720
HEADERS = {
    False: ("metric", "unit", "region", "committee"),
    True: ("指标", "单位", "地区", "政协名称"),
}


def write_comparison(workbook: "Workbook", rows: Sequence[Row], *, chinese: bool) -> None:
    """Add the sheet; ``rows`` are those of v1_metrics.  Without any it has its headers alone."""
    sheet = workbook.add_worksheet("比较" if chinese else "compare")
    bold = workbook.add_format({"bold": True, "bottom": 1})
    years = sorted({int(str(row["year"])) for row in rows})
    for column, word in enumerate([*HEADERS[chinese], *map(str, years)]):
        sheet.write_string(0, column, word, bold)
    sheet.freeze_panes(1, len(HEADERS[chinese]))
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)  # printed as wide as a page, as long as it is
    sheet.set_column(0, 0, 16)
    sheet.set_column(3, 3, 28)
    blocks = []
    line = 0
    for key in METRIC_NAMES:
        cells = [row for row in rows if row["metric_key"] == key]
        block = _Block(key=key, first=line + 1)
        for place, held in _by_place(cells).items():
            line += 1
            if held[0]["committee_level"] == Level.NATIONAL.value:
                block.first = line + 1  # ten times a province's: beside it no other bar is seen
            told = _line(sheet, line, key, place, held, years)
            block.last, block.values = line, block.values + len(told)
            block.years |= told
        if block.values and block.last >= block.first:
            blocks.append(block)
    below = line + 2
    sheet.set_h_pagebreaks([below - 1])
    fullest = sorted(blocks, key=lambda block: -block.values)[:MOST_CHARTS]
    for count, block in enumerate(fullest):
        chart = workbook.add_chart({"type": "column"})
        assert chart is not None  # a kind of chart that there is
        end = min(block.last, block.first + MOST_BARS - 1)
        for column, year in enumerate(years, start=len(HEADERS[chinese])):
            if year in block.years:
                chart.add_series(
                    {
                        "name": [sheet.name, 0, column],
                        "categories": [sheet.name, block.first, 3, end, 3],
                        "values": [sheet.name, block.first, column, end, column],
                    }
                )
        name = METRIC_NAMES[block.key]
        chart.set_title({"name": name if chinese else f"{name} ({block.key})"})
        chart.show_blanks_as("gap")
        chart.set_size({"width": CHART_WIDTH, "height": CHART_ROWS * 19})
        sheet.insert_chart(below + count * CHART_ROWS, 0, chart)


@dataclass(slots=True)
class _Block:
    """The rows of one metric: which are drawn, the years that have values, how many these are."""

    key: str
    first: int
    last: int = 0
    values: int = 0
    years: set[int] = field(default_factory=set)


def _by_place(cells: Sequence[Row]) -> dict[Place, list[Row]]:
    """The rows of each committee, the higher levels first."""
    found: dict[Place, list[Row]] = {}
    for row in sorted(cells, key=lambda row: LEVELS.index(str(row["committee_level"]))):
        name = row["committee_name"] or f"{row['region']} ({row['committee_level']})"
        found.setdefault((str(row["region"] or "-"), str(name)), []).append(row)
    return found


def _line(
    sheet: "Worksheet", line: int, key: str, place: Place, held: list[Row], years: list[int]
) -> set[int]:
    """Write one committee's row; the years of which it has a value."""
    words = (METRIC_NAMES[key], held[0]["unit"], *place)
    for column, word in enumerate(words):
        sheet.write_string(line, column, str(word))
    told = set()
    by_year = {row["year"]: row for row in held}
    for column, year in enumerate(years, start=len(words)):
        row = by_year.get(year)
        if row is None:
            continue
        value, lowest, highest = row["value"], row["lowest"], row["highest"]
        if isinstance(value, float | int):
            sheet.write_number(line, column, value)
            told.add(year)
        elif isinstance(lowest, float | int) and isinstance(highest, float | int):
            span = f"{row['rule']} {number(lowest)}..{number(highest)}"
            sheet.write_string(line, column, span)
    return told

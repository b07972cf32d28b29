"""A workbook: sheets publications, events, figures, metrics and coverage, and a comparison."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from storage.errors import ExportError
from storage.exports.columns import CHINESE, SHEETS
from storage.exports.comparison import write_comparison
from storage.exports.files import sheets_schema, whole_file, write_schema
from storage.exports.selection import (
    Row,
    Selection,
    coverage_rows,
    id_batches,
    metric_rows,
    placed_events,
    placed_figures,
    publication_rows,
)
from storage.records import SHANGHAI

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

WIDTHS = {
    "url": 40,
    "title": 48,
    "outlet": 16,
    "published_at": 19,
    "committee_name": 24,
    "text": 60,
    "heading": 60,
    "body": 60,
    "metric": 24,
    "metric_key": 24,
    "sentence": 80,
    "reason": 40,
    "id": 8,
    "ordinal": 8,
    "year_from": 9,
    "year_to": 9,
    "region": 8,
}
"""In characters; the others have 12."""

MAX_URL = 2_000
MAX_LINKS = 60_000
"""Excel's limits of a link's length (2,079) and of links in a sheet (65,530), with room."""

MAX_ROWS = 1_048_576
MAX_CELL = 32_767
"""Excel's own limits, the latter in UTF-16 units; a longer text is cut, and says so at its end."""

JOINER = "\u200d"

CUT = "… [cut: see the jsonl export]"


def export_xlsx(session: Session, path: Path, chosen: Selection, *, chinese: bool = False) -> int:
    """Write the chosen publications; how many they are.  ``chinese``: so are sheets and headers.

    ExportError when a sheet overflows."""
    from xlsxwriter import Workbook

    with whole_file(path) as temporary:
        workbook = Workbook(
            str(temporary),
            {
                "constant_memory": True,  # each row goes to disk as the next one begins
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "remove_timezone": True,
                "default_date_format": "yyyy-mm-dd hh:mm:ss",
            },
        )
        try:
            counts = [
                _sheet(workbook, name, rows, chinese=chinese)
                for name, rows in _sheets(session, chosen).items()
            ]
            write_comparison(workbook, metric_rows(session, chosen), chinese=chinese)
        finally:
            workbook.close()
    write_schema(path, sheets_schema())
    return counts[0]


def _sheets(session: Session, chosen: Selection) -> dict[str, Iterable[Row]]:
    return {
        "publications": _chosen(session, chosen, publication_rows),
        "events": _chosen(session, chosen, placed_events),
        "figures": _chosen(session, chosen, placed_figures),
        "metrics": metric_rows(session, chosen),
        "coverage": coverage_rows(session),
    }


def _chosen(
    session: Session, chosen: Selection, rows: Callable[[Session, list[int]], list[Row]]
) -> Iterator[Row]:
    for ids in id_batches(session, chosen):
        yield from rows(session, ids)


def _sheet(workbook: "Workbook", name: str, rows: Iterable[Row], *, chinese: bool) -> int:
    def said(word: str) -> str:
        return CHINESE[word] if chinese else word

    sheet = workbook.add_worksheet(said(name))
    bold = workbook.add_format({"bold": True, "bottom": 1})
    columns = SHEETS[name]
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, WIDTHS.get(column.name, 12))
        sheet.write_string(0, place, said(column.name), bold)
    count = 0
    for count, row in enumerate(rows, start=1):
        if count >= MAX_ROWS:
            raise ExportError(f"a sheet holds {MAX_ROWS} rows at most; export as parquet instead")
        for place, column in enumerate(columns):
            _write(sheet, count, place, column.name, row[column.name])
    sheet.autofilter(0, 0, count, len(columns) - 1)
    return count


def _write(sheet: "Worksheet", row: int, place: int, name: str, value: object) -> None:
    link = name == "url" and row <= MAX_LINKS and len(str(value)) <= MAX_URL
    web = link and urlsplit(str(value)).scheme in ("http", "https")
    if web and sheet.write_url(row, place, str(value)) == 0:
        return
    sheet.write(row, place, _cell(value))


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI)  # Excel knows no zones: the clock of Shanghai
    return shortened(value) if isinstance(value, str) else value


def shortened(text: str) -> str:
    """``text`` as a cell holds it: whole, or cut between two characters and marked.

    A character beyond the Basic Multilingual Plane takes two units, and what is written of
    several code points (a base with its marks, joined signs) is never parted.
    """
    if _units(text) <= MAX_CELL:
        return text
    room, end = MAX_CELL - len(CUT), 0
    for character in text:
        room -= _units(character)
        if room < 0:
            break
        end += 1
    while end and (_goes_on(text[end]) or text[end - 1] == JOINER):
        end -= 1
    return text[:end] + CUT


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _goes_on(character: str) -> bool:
    """Whether a code point belongs to the character before it."""
    return unicodedata.category(character).startswith("M") or character == JOINER

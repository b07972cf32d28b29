"""CSV of the publications, with the mark by which Excel knows that it is UTF-8."""

import csv
import unicodedata
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from storage.exports.columns import EXPORTED
from storage.exports.files import flat_schema, whole_file, write_schema
from storage.exports.selection import Selection, id_batches, publication_rows
from storage.records import SHANGHAI

FORMULA_SIGNS = frozenset("=+-@\u2212")
"""A cell that begins with one would be run as a formula: an apostrophe goes before it.

The list is OWASP's (CSV Injection); full-width, small and raised forms are the same signs to
spreadsheets of East Asia, so a cell is looked at in NFKC, and what is trimmed away on import
(blanks, controls, marks without width) hides no sign.
"""

BREAKS = ("\t", "\r", "\n")
"""At its beginning these move a cell's rest into a cell of its own."""

UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
"""Unicode's categories of what stands before a sign without being seen."""


def export_csv(session: Session, path: Path, chosen: Selection) -> int:
    """Write the chosen publications; how many they are."""
    names = [column.name for column in EXPORTED]
    count = 0
    with (
        whole_file(path) as temporary,
        temporary.open("w", encoding="utf-8-sig", newline="") as lines,
    ):
        writer = csv.writer(lines)
        writer.writerow(names)
        for ids in id_batches(session, chosen):
            for row in publication_rows(session, ids):
                writer.writerow([_cell(row[name]) for name in names])
                count += 1
    write_schema(path, flat_schema())
    return count


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat()
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and may_run(value):
        return f"'{value}"
    return value


def may_run(cell: str) -> bool:
    """Whether a spreadsheet could take the cell's text for a formula."""
    if cell.startswith(BREAKS):
        return True
    for character in cell:
        if unicodedata.category(character) not in UNSEEN:
            return unicodedata.normalize("NFKC", character)[0] in FORMULA_SIGNS
    return False

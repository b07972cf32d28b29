"""CSV of the publications, with the mark by which Excel knows that it is UTF-8."""

import csv
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from storage.exports.columns import PUBLICATIONS
from storage.exports.files import flat_schema, whole_file, write_schema
from storage.exports.selection import Selection, id_batches, publication_rows
from storage.records import SHANGHAI

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one would be run as a formula: an apostrophe goes before it."""


def export_csv(session: Session, path: Path, chosen: Selection) -> int:
    """Write the chosen publications; how many they are."""
    names = [column.name for column in PUBLICATIONS]
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
    if isinstance(value, str) and value.startswith(FORMULA_SIGNS):
        return f"'{value}"
    return value

"""A page's value as JSON and as CSV: the same facts that a person sees, under their codes."""

import csv
import io
import json
from collections.abc import Sequence

from scheduler.shapes.plain import plain

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""A cell that begins with one would be run by a spreadsheet: an apostrophe goes before it."""


def json_bytes(value: object) -> bytes:
    """One JSON document; half a surrogate pair, which a page may hold, as its escape."""
    text = json.dumps(plain(value), ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace")


def csv_bytes(rows: Sequence[object]) -> bytes:
    """A table of records with a head, for a spreadsheet: UTF-8 with its mark."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    names: list[str] = []
    for row in rows:
        shown = plain(row)
        if not isinstance(shown, dict):
            raise TypeError(f"no record: {row!r}")
        if not names:
            names = list(shown)
            writer.writerow(names)
        writer.writerow([_cell(shown[name]) for name in names])
    return ("\ufeff" + lines.getvalue()).encode("utf-8", "replace")


def _cell(value: object) -> object:
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and value.lstrip().startswith(FORMULA_SIGNS):
        return f"'{value}"
    return value

"""JSON lines: one publication a line, its events and figures within it."""

import json
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from storage.exports.files import nested_schema, whole_file, write_schema
from storage.exports.selection import Selection, id_batches, whole_publications
from storage.records import SHANGHAI


def export_jsonl(session: Session, path: Path, chosen: Selection) -> int:
    """Write the chosen publications; how many they are."""
    count = 0
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8") as lines:
        for ids in id_batches(session, chosen):
            for row in whole_publications(session, ids):
                lines.write(json.dumps(row, ensure_ascii=False, default=_said) + "\n")
                count += 1
    write_schema(path, nested_schema())
    return count


def _said(value: object) -> str:
    """An instant with the offset of Shanghai."""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat()
    raise TypeError(f"{value!r} has no JSON form")

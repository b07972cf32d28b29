"""Files that are there whole or not at all: written under another name, then renamed."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.exports.columns import EVENTS, FIGURES, PUBLICATIONS, TABLES, json_schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary path beside ``path``, which replaces it when the block ends without error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def schema_path(path: Path) -> Path:
    """Where the schema of an export is."""
    return path.with_name(path.name + ".schema.json")


def write_schema(path: Path, schema: dict[str, object]) -> None:
    """Write the schema beside an export."""
    with whole_file(schema_path(path)) as temporary:
        words = json.dumps({"$schema": DIALECT, **schema}, ensure_ascii=False, indent=2)
        temporary.write_text(words + "\n", "utf-8")


def nested_schema() -> dict[str, object]:
    """One publication with its events and figures within it."""
    schema = json_schema(PUBLICATIONS, "publication")
    properties, required = schema["properties"], schema["required"]
    assert isinstance(properties, dict)
    assert isinstance(required, list)
    for name, columns in (("events", EVENTS), ("figures", FIGURES)):
        own = tuple(one for one in columns if one.name != "publication_id")
        properties[name] = {"type": "array", "items": json_schema(own, name)}
        required.append(name)
    return schema


def flat_schema() -> dict[str, object]:
    """One publication as a line of a table."""
    return json_schema(PUBLICATIONS, "publication")


def sheets_schema() -> dict[str, object]:
    """The rows of each sheet of a workbook."""
    return {
        "title": "workbook",
        "type": "object",
        "properties": {
            name: {"type": "array", "items": json_schema(columns, name)}
            for name, columns in TABLES.items()
        },
    }

"""Files that are there whole or not at all: written under another name, then renamed.

What stands at the place may be no plain file: a link's target is replaced and the link stays, a
pipe or a device gets the finished bytes and stays what it is.
"""

import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.errors import ExportError
from storage.exports.columns import EVENTS, EXPORTED, FIGURES, SHEETS, json_schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary path whose bytes come to ``path`` when the block ends without error.

    :raises ExportError: where ``path`` is a folder, a disk or a socket.
    :raises OSError: where the place cannot be written, or a pipe's reader went away.
    """
    if is_stream(path):
        with TemporaryDirectory(prefix="cppcc-export-") as folder:
            temporary = Path(folder) / path.name
            yield temporary
            with temporary.open("rb") as written, path.open("wb") as stream:
                shutil.copyfileobj(written, stream)
        return
    place = Path(os.path.realpath(path))
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(place)
    finally:
        temporary.unlink(missing_ok=True)


def is_stream(path: Path) -> bool:
    """Whether ``path`` leads to a pipe or a character device, which takes bytes as they come.

    :raises ExportError: where it leads to something that takes no export at all.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISREG(mode):
        return False
    if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
        return True
    what = "a folder" if stat.S_ISDIR(mode) else "neither a file nor a pipe"
    raise ExportError(f"{path} is {what}; name a file, a pipe or a character device")


def schema_path(path: Path) -> Path | None:
    """Where the schema of an export is; None beside a pipe or device."""
    return None if is_stream(path) else path.with_name(path.name + ".schema.json")


def write_schema(path: Path, schema: dict[str, object]) -> None:
    """Write the schema beside an export, unless that is a pipe or device."""
    place = schema_path(path)
    if place is None:
        return
    with whole_file(place) as temporary:
        words = json.dumps({"$schema": DIALECT, **schema}, ensure_ascii=False, indent=2)
        temporary.write_text(words + "\n", "utf-8")


def nested_schema() -> dict[str, object]:
    """One publication with its events and figures within it."""
    schema = json_schema(EXPORTED, "publication")
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
    return json_schema(EXPORTED, "publication")


def sheets_schema() -> dict[str, object]:
    """The rows of each sheet of a workbook."""
    return {
        "title": "workbook",
        "type": "object",
        "properties": {
            name: {"type": "array", "items": json_schema(columns, name)}
            for name, columns in SHEETS.items()
        },
    }

"""`cppcc export`: files for downstream tools."""

from pathlib import Path
from typing import Annotated

import typer

from scheduler.cli.commands.context import readable, region_named, settings
from scheduler.cli.presentation import fail, print_json, print_note, say
from storage.engine.database import shown_url
from storage.errors import StorageError
from storage.exports import Exported, Format
from storage.exports import export as write_export
from storage.exports.filters import Filters
from storage.records import Genre, Level


def export(
    format_: Annotated[Format, typer.Option("--format", help="What to write")],
    out: Annotated[Path, typer.Option(help="Where to write it", dir_okay=False)],
    since: Annotated[
        int | None, typer.Option(min=0, help="Only what changed after this cursor")
    ] = None,
    genre: Annotated[Genre | None, typer.Option(help="Only what is this")] = None,
    region: Annotated[str | None, typer.Option(help="Of the committee: 云南 or 云南省")] = None,
    year: Annotated[int | None, typer.Option(help="A year that it covers")] = None,
    level: Annotated[Level | None, typer.Option(help="Of the committee")] = None,
    query: Annotated[
        list[str] | None, typer.Option(help="Words that it holds; several: each of them")
    ] = None,
    originals: Annotated[
        bool | None,
        typer.Option("--originals/--copies-too", help="No copies; a workbook's default"),
    ] = None,
    flagged: Annotated[
        bool | None,
        typer.Option(
            "--flagged/--unflagged-too", help="Only flagged, not dismissed; a workbook's default"
        ),
    ] = None,
    zh: Annotated[bool, typer.Option("--zh", help="Chinese headers, in a workbook")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written")] = False,
) -> None:
    """Write publications, raw pages or flags to a file, and print the next cursor.

    A file is written whole or not at all.  The cursor is what `--since` takes next time.  A
    workbook holds the flagged originals unless told otherwise, the other formats everything.
    """
    config = settings()
    for_people = format_ is Format.XLSX
    filters = Filters(
        genre=genre,
        region=region_named(region),
        year=year,
        level=level,
        originals=for_people if originals is None else originals,
        flagged=for_people if flagged is None else flagged,
        query=tuple(query or ()),
    )
    try:
        with readable(config).reading() as session:
            done = write_export(session, format_, out, since=since, filters=filters, chinese=zh)
    except (StorageError, OSError) as error:
        fail(str(error), hint="docs/exports.md says what each format holds")
    if as_json:
        print_json(
            {
                "path": str(done.path),
                "schema": str(done.schema) if done.schema else None,
                "count": done.count,
                "copies": done.copies,
                "cursor": done.cursor,
            }
        )
        return
    say(f"{_what(format_, done)} written to {done.path}")
    if not done.count:
        print_note(f"read: {shown_url(config.database_url)}; nothing in it is what was asked for")
    if done.cursor is not None:
        say(f"next cursor: {done.cursor}")


def _what(format_: Format, done: Exported) -> str:
    """What was written, in words; copies are told apart: a flag is one, whatever its copies."""
    if done.copies:
        copies = _counted(done.copies, "copy", "copies")
        return f"{_counted(done.count - done.copies, 'publication', 'publications')} and {copies}"
    one, many = {
        Format.WARC: ("page", "pages"),
        Format.ATOM: ("flag", "flags"),
        Format.JSONFEED: ("flag", "flags"),
    }.get(format_, ("publication", "publications"))
    return _counted(done.count, one, many)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"

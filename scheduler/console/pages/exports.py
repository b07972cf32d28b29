"""Taking the data away: whole files in every format, feeds, the cursor to go on from."""

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from scheduler.console.auth import Reader, ground_of
from scheduler.console.commands import alone, run_command
from scheduler.console.errors import ConsoleError
from scheduler.console.pages.inbox import Region, Year
from scheduler.console.pages.search import MOST_TERMS
from scheduler.console.routes import MOST_ID, Ask, Pages
from storage.exports import Format
from storage.exports.selection import select_changes
from storage.records import Genre, Level

EXPORT_SECONDS = 600.0
PIECE = 1 << 16

TYPES = {
    Format.JSONL: "application/x-ndjson",
    Format.CSV: "text/csv",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.PARQUET: "application/vnd.apache.parquet",
    Format.WARC: "application/warc",
    Format.ATOM: "application/atom+xml",
    Format.JSONFEED: "application/feed+json",
}
NARROWED = frozenset(Format) - {Format.ATOM, Format.JSONFEED}
"""A feed's file holds the newest flags; /feeds has one of each filter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatRow:
    """One format and where a file of it is had."""

    format: Format
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportsPage:
    """All formats, narrowed as the filters say.

    ``feeds`` are of flags, which have neither words nor a level; ``cursor`` is what a program
    gives as ``since`` the next time.
    """

    q: str
    region: str | None
    year: int | None
    genre: Genre | None
    level: Level | None
    flagged: bool
    cursor: int
    rows: tuple[FormatRow, ...]
    feeds: tuple[str, ...]


def add(pages: Pages) -> None:
    """Declare the page and its files."""
    pages.page("/exports", "exports.html", table="rows")(exports)
    pages.web.include_router(files)


Terms = Annotated[str, Query(max_length=200, description="words that must all stand")]


def exports(
    asked: Ask,
    q: Terms = "",
    region: Region = None,
    year: Year = None,
    genre: Genre | None = None,
    level: Level | None = None,
    flagged: bool = False,
) -> ExportsPage:
    """The formats that the data can be had in, the feeds, the present cursor."""
    with asked.ground.reading() as session:
        cursor = select_changes(session, None).cursor
    given = {"q": q, "region": region, "year": year, "genre": genre, "level": level}
    chosen = {key: str(value) for key, value in given.items() if value}
    chosen |= {"flagged": "true"} if flagged else {}
    filters = f"?{urlencode(chosen)}" if chosen else ""
    narrow = {key: said for key, said in chosen.items() if key in ("region", "year", "genre")}
    of_feeds = f"?{urlencode(narrow)}" if narrow else ""
    return ExportsPage(
        q=q,
        region=region or None,
        year=year,
        genre=genre,
        level=level,
        flagged=flagged,
        cursor=cursor,
        rows=tuple(
            FormatRow(
                format=one,
                address=f"/exports/publications.{one.value}" + (filters if one in NARROWED else ""),
            )
            for one in Format
        ),
        feeds=tuple(f"/feeds/flags.{form}{of_feeds}" for form in ("atom", "json")),
    )


files = APIRouter(include_in_schema=False)


@files.get("/exports/publications.{format_}")
def file(
    format_: Format,
    request: Request,
    person: Reader,
    since: Annotated[int | None, Query(ge=0, le=MOST_ID)] = None,
    q: Terms = "",
    region: Region = None,
    year: Year = None,
    genre: Genre | None = None,
    level: Level | None = None,
    flagged: bool = False,
) -> Response:
    """A whole file, made by `cppcc export`; ``since`` takes only what changed after a cursor."""
    del person
    config = ground_of(request).config
    folder = tempfile.TemporaryDirectory(prefix="cppcc-console-")
    path = Path(folder.name) / f"publications.{format_.value}"
    words = ["export", "--format", format_.value, "--out", str(path)]
    words += [] if since is None else [f"--since={since}"]
    words += [f"--{key}={value}" for key, value in (
        ("region", region), ("year", year), ("genre", genre), ("level", level),
    ) if value]  # fmt: skip
    words += [f"--query={word}" for word in q.split()[:MOST_TERMS]]
    words += ["--flagged"] if flagged else []
    try:
        with alone():
            done = run_command(config, *words, seconds=EXPORT_SECONDS)
    except subprocess.TimeoutExpired as error:
        folder.cleanup()
        raise ConsoleError(503, "too_slow") from error
    if done.returncode != 0:
        folder.cleanup()
        raise ConsoleError(503, "export_failed")

    def pieces() -> Iterator[bytes]:
        with folder, path.open("rb") as opened:
            while piece := opened.read(PIECE):
                yield piece

    return StreamingResponse(
        pieces(),
        media_type=TYPES[format_],
        headers={
            "Content-Disposition": f'attachment; filename="{path.name}"',
            "Content-Length": str(path.stat().st_size),
        },
    )

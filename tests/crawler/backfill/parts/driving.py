"""A small collection of web archives, and a back-fill of it by an engine in this process."""

from collections.abc import Generator, Iterable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from crawler.backfill.parts.driver import backfill
from crawler.backfill.parts.outcome import Backfilled
from crawler.backfill.parts.part import Job, Part
from crawler.backfill.parts.planning import plan_parts
from crawler.backfill.parts.pool import (
    Engine,
    EngineLostError,
    Outcome,
)
from crawler.backfill.parts.prefilter import Wanted
from crawler.backfill.parts.tasks import read_part
from crawler.sources.declaration import load_sources
from storage.engine.database import Database
from tests.crawler.backfill.archive.making import (
    answer,
    packed,
    record,
    response,
    url_of,
)

NOW = datetime(2026, 1, 20, tzinfo=UTC)
OTHER = "<html><head><title>天气</title></head><body><h1>天气</h1><p>晴转多云。</p></body></html>"


class Here:
    """An engine that reads in this process; ``dies_at`` is the part at which it is lost."""

    def __init__(self, dies_at: int | None = None) -> None:
        self.dies_at = dies_at
        self.read_parts = 0

    def read(self, job: Job, parts: Iterable[Part]) -> Generator[Outcome]:
        for number, part in enumerate(parts):
            if number == self.dies_at:
                raise EngineLostError("the cluster is gone")
            self.read_parts += 1
            yield read_part(job, part)
            yield None


def archives(folder: Path, *, files: int = 4) -> Path:
    """Files of five records each: two pages of ours, one of the weather, a picture, a request."""
    for number in range(files):
        members = [
            response(10 * number + 1),
            record(answer(OTHER.encode()), url=f"http://archive.example/w{number}.html"),
            record(answer(b"GIF", kind="image/gif"), url="http://archive.example/a.gif"),
            record(b"GET / HTTP/1.0\r\n\r\n", kind="request", url=url_of(1)),
            response(10 * number + 2, date=f"20{18 + number}-02-01T00:00:00Z"),
        ]
        path = folder / f"a{number}.warc.gz"
        path.write_bytes(b"".join(packed(members, "warc.gz")))
    return folder


def run(
    database: Database,
    *paths: Path,
    engine: Engine | None = None,
    wanted: Wanted | None = None,
    seconds: int = 0,
) -> Backfilled:
    asked = wanted or Wanted()
    now = NOW.replace(second=seconds)
    return backfill(
        database,
        plan_parts(paths, asked),
        wanted=asked,
        sources=lambda: load_sources(None),
        engine=lambda: engine or Here(),
        now=lambda: now,
    )


def contents(database: Database) -> list[tuple[object, ...]]:
    with database.reading() as session:
        rows = session.execute(
            text(
                "SELECT p.url, r.revision, r.seen_at, r.text, p.first_seen_at, p.genre, c.sha256"
                " FROM publications p JOIN revisions r ON r.publication_id = p.id"
                " LEFT JOIN captures c ON c.publication_id = p.id AND c.revision = r.revision"
                " ORDER BY p.url, r.revision"
            )
        )
        return [tuple(row) for row in rows]

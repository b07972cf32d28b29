"""Kill an import, go on, and compare all that it left with an undisturbed one."""

import random
import subprocess
import sys
import threading
import time
from pathlib import Path

from sqlalchemy import text

from storage.articles.snapshots import get_snapshot
from storage.engine.database import Database, check, open_database
from tests.storage.importing import run_import

# All that an import leaves, but for the numbers of rows, which a repeat may skip.
CONTENT = {
    "publications": (
        "SELECT p.url, p.title, p.content_sha256, p.revision, p.genre, p.is_original, o.url,"
        " p.first_seen_at, p.last_seen_at, p.snapshot_sha256 FROM publications p"
        " JOIN stories s ON s.id = p.story_id JOIN publications o ON o.id = s.original_id"
    ),
    "revisions": (
        "SELECT p.url, r.revision, r.seen_at, r.title, r.text, r.content_sha256"
        " FROM revisions r JOIN publications p ON p.id = r.publication_id"
    ),
    "captures": (
        "SELECT p.url, c.revision, c.position, c.sha256"
        " FROM captures c JOIN publications p ON p.id = c.publication_id"
    ),
    "events": (
        "SELECT p.url, e.position, e.heading FROM events e"
        " JOIN publications p ON p.id = e.publication_id"
    ),
    "figures": (
        "SELECT p.url, f.position, f.metric, f.value FROM figures f"
        " JOIN publications p ON p.id = f.publication_id"
    ),
    "flags": (
        "SELECT p.url, f.genre, f.status, f.raised_at, f.note FROM flags f"
        " JOIN publications p ON p.id = f.publication_id"
    ),
    "outbox": "SELECT kind, created_at FROM outbox",
    "changes": (
        "SELECT c.kind, p.url FROM changes c JOIN publications p ON p.id = c.publication_id"
    ),
    "bands": ("SELECT b.key, p.url FROM bands b JOIN publications p ON p.id = b.publication_id"),
    "discoveries": "SELECT url, state, attempts, next_check_at FROM discoveries",
    "snapshots": "SELECT sha256, size FROM snapshots",
}


def content(database: Database) -> dict[str, list[str]]:
    """The whole content in an order of its own; each snapshot checked against its hash."""
    with database.reading() as session:
        for (sha256,) in session.execute(text("SELECT sha256 FROM snapshots")):
            get_snapshot(session, sha256)
        return {
            name: sorted(map(repr, session.execute(text(query)).all()))
            for name, query in CONTENT.items()
        }


def reads(database: Database, stop: threading.Event, problems: list[str]) -> None:
    """Read on while others write: every publication seen must have its words and its story."""
    broken = (
        "SELECT count(*) FROM publications p LEFT JOIN revisions r"
        " ON r.publication_id = p.id AND r.revision = p.revision"
        " LEFT JOIN stories s ON s.id = p.story_id"
        " LEFT JOIN snapshots n ON n.sha256 = p.snapshot_sha256"
        " WHERE r.text IS NULL OR s.id IS NULL OR n.sha256 IS NULL"
    )
    while not stop.is_set():
        with database.reading() as session:
            count = session.execute(text(broken)).scalar_one()
        if count:
            problems.append(f"{count} publications were half-written")
        time.sleep(0.01)


def kill_once(url: str, rng: random.Random, longest: int) -> bool:
    """Start the import and kill -9 it at a random point; whether it got to its end instead."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.storage.importing", url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as child:
        assert child.stdout is not None
        for _ in range(rng.randint(1, longest)):
            if not child.stdout.readline():
                break
        time.sleep(rng.random() * 0.01)
        child.kill()
    return child.returncode == 0


def survives(database: Database, undisturbed: dict[str, list[str]], kills: int, seed: int) -> None:
    rng = random.Random(seed)
    stop, problems = threading.Event(), list[str]()
    reader = threading.Thread(target=reads, args=(database, stop, problems))
    reader.start()
    try:
        for _ in range(kills):
            kill_once(database.url, rng, longest=8)
        run_import(database)
    finally:
        stop.set()
        reader.join()
    assert problems == []
    assert check(database.url) == []
    found = content(database)
    for name, rows in undisturbed.items():
        assert found[name] == rows, name


def undisturbed(database: Database, tmp_path: Path) -> dict[str, list[str]]:
    """What the import leaves when nothing happens to it; ``database`` is empty afterwards.

    On the same engine, since each driver shows times and truths its own way.
    """
    if database.engine.dialect.name == "sqlite":
        other = open_database(f"sqlite:///{tmp_path / 'undisturbed.db'}")
        run_import(other)
        left = content(other)
        other.close()
        return left
    run_import(database)
    left = content(database)
    empty(database)
    return left


def empty(database: Database) -> None:
    """Delete all rows, and on SQLite the file."""
    if database.engine.dialect.name == "postgresql":
        tables = ", ".join((*CONTENT, "stories", "signatures", "flag_notes", "refusals"))
        with database.begin() as session:
            session.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        return
    database.close()
    path = Path(database.engine.url.database or "")
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    open_database(database.url).close()

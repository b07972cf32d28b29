"""Importing JSONL: the crawl's path, and the run of an import that is killed, given up or fails."""

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from crawler.backfill.importing import import_file
from crawler.runs.account import Account
from crawler.sources.declaration import load_sources
from storage.articles.snapshots import get_snapshot
from storage.engine.database import Database, open_database
from storage.errors import DiskFullError, LeaseLostError
from storage.publications.reading import get_publication, list_publications
from storage.records import SHANGHAI, RunTrigger, VerdictKind
from storage.runs.door import begin_run
from storage.runs.freeing import expire_leases
from storage.runs.history import get_run, list_runs
from storage.runs.states import RunState
from tests.crawler.backfill.inputs import (
    NOW,
    SENTENCE,
    count,
    jsonl,
    page,
    run,
    text_line,
)

ROOT = Path(__file__).parents[3]


def test_pages_and_texts_are_stored_with_their_evidence(database: Database, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(page("省政协召开专题协商会", 1))
    path = jsonl(
        tmp_path,
        [
            {"id": "1", "file": "a.html", "url": "https://www.somewhere.example/a/1.html?spm=1"},
            {
                "id": "2",
                "title": "云南省政协2025年十件大事",
                "text": "\n".join(f"{n}、{SENTENCE}" for n in range(1, 11)),
                "url": "https://www.somewhere.example/a/2.html",
                "source": "某某日报",
                "published": "2026-01-05",
            },
        ],
    )
    record = run(database, path)
    assert record.verdict is not None
    assert record.verdict.kind is VerdictKind.COMPLETE, record.verdict.reason
    assert (record.trigger, record.counts.articles_new, record.counts.flags) == ("import", 2, 1)
    with database.reading() as session:
        first = get_publication(session, "http://www.somewhere.example/a/1.html")
        assert first.summary.title == "省政协召开专题协商会"
        assert first.summary.source_id is None
        assert first.reading is not None
        assert get_snapshot(session, first.captures[0].sha256) == page("省政协召开专题协商会", 1)
        second = get_publication(session, "http://www.somewhere.example/a/2.html")
        assert second.reading is not None
        assert second.reading.flagged
        assert (second.summary.outlet, second.captures) == ("某某日报", ())
        assert second.summary.published_at == datetime(2026, 1, 5, tzinfo=SHANGHAI)

    again = run(database, path)
    assert again.id != record.id
    assert (again.counts.articles_new, again.counts.articles_unchanged) == (0, 2)
    assert (count(database, "publications"), count(database, "changes")) == (2, 2)


def test_a_declared_host_brings_its_source_and_region(database: Database, tmp_path: Path) -> None:
    source = next(iter(load_sources(None).values()))
    path = jsonl(
        tmp_path,
        [{"url": f"https://{source.hosts[0]}/x/1.html", "title": "题", "text": SENTENCE * 3}],
    )
    run(database, path)
    with database.reading() as session:
        (stored,) = list_publications(session)
    assert (stored.source_id, stored.region) == (source.id, source.region)


def contents(database: Database) -> list[tuple[object, ...]]:
    """All that an import must leave alike, whenever it was killed."""
    with database.reading() as session:
        rows = session.execute(
            text(
                "SELECT p.url, r.title, r.text, p.revision, p.genre, s.original_id, c.sha256,"
                " (SELECT count(*) FROM flags f WHERE f.story_id = p.story_id)"
                " FROM publications p JOIN revisions r ON r.publication_id = p.id"
                " JOIN stories s ON s.id = p.story_id"
                " LEFT JOIN captures c ON c.publication_id = p.id ORDER BY p.url"
            )
        )
        return [tuple(row) for row in rows]


def test_a_killed_import_begun_again_ends_with_the_same_content(tmp_path: Path) -> None:
    rows: list[object] = []
    for number in range(260):
        (tmp_path / f"{number}.html").write_bytes(page(f"工作动态第{number}期", number // 2))
        rows.append({"file": f"{number}.html", "url": f"https://a.example/{number}.html"})
    path = jsonl(tmp_path, rows)
    undisturbed = open_database(f"sqlite:///{tmp_path / 'whole.db'}")
    run(undisturbed, path)

    url = f"sqlite:///{tmp_path / 'killed.db'}"
    killed = open_database(url)
    command = [sys.executable, "-m", "scheduler.cli.app", "import", str(path)]
    child = subprocess.Popen(
        [sys.executable, "-c", "from scheduler.cli.app import main; main()", *command[3:]],
        cwd=ROOT,
        env={**os.environ, "CPPCC_DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while child.poll() is None and count(killed, "publications") == 0:
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    stored = count(killed, "publications")
    assert 0 < stored <= 260
    run(killed, path)
    assert contents(killed) == contents(undisturbed)
    with killed.reading() as session:
        states = [(one.verdict is not None, one.cancel_requested_at is not None)
                  for one in list_runs(session)]  # fmt: skip
    assert states[0] == (True, False)
    undisturbed.close()
    killed.close()


def test_an_import_says_that_it_lives_between_two_batches(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.backfill.importing.BEAT_SECONDS", 0.0)
    path = jsonl(tmp_path, [{"url": f"http://a.example/{n}.html"} for n in range(3)])
    moments = iter(NOW + timedelta(seconds=seconds) for seconds in range(99))
    beats = []

    def look(account: Account) -> None:
        with database.reading() as session:
            beats.append(list_runs(session)[0].heartbeat_at)

    import_file(database, path, sources={}, now=lambda: next(moments), progress=look)
    assert len(set(beats)) == len(beats) == 3


def test_an_import_that_was_given_up_for_dead_stops(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.backfill.importing.BEAT_SECONDS", 0.0)
    path = jsonl(tmp_path, [{"url": f"http://a.example/{n}.html"} for n in range(3)])

    def give_up(account: Account) -> None:
        with database.begin() as session:
            expire_leases(session, now=NOW + timedelta(hours=1))

    with pytest.raises(LeaseLostError):
        import_file(database, path, sources={}, now=lambda: NOW, progress=give_up)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), DiskFullError("full"), MemoryError()])
def test_an_import_that_an_error_ends_leaves_no_running_run(
    error: BaseException, database: Database, tmp_path: Path
) -> None:
    def fail(account: Account) -> None:
        raise error

    path = jsonl(tmp_path, [text_line(1)])
    with pytest.raises(type(error)):
        import_file(database, path, sources={}, now=lambda: NOW, progress=fail)
    with database.reading() as session:
        (record,) = list_runs(session)
    assert record.state is RunState.FINISHED
    assert record.verdict is not None
    assert record.verdict.kind is VerdictKind.FAILED
    assert type(error).__name__ in record.verdict.reason


def test_the_next_import_frees_the_run_that_a_full_disk_left(
    database: Database, tmp_path: Path
) -> None:
    dead = f"{socket.gethostname()}:999999999"
    with database.begin() as session:
        left, _ = begin_run(session, "import", trigger=RunTrigger.IMPORT, owner=dead, now=NOW)
    record = run(database, jsonl(tmp_path, [text_line(1)]))
    assert record.verdict is not None
    assert record.verdict.kind is VerdictKind.COMPLETE
    with database.reading() as session:
        assert get_run(session, left).state is RunState.CANCELLED

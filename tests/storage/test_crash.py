"""Nothing is lost, doubled or half-written when a process dies, the disk fills or a lock stays."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.articles.saving import save_articles
from storage.engine import database as database_module
from storage.engine.database import Database, check, open_database
from storage.errors import DatabaseLockedError, DatabaseUnavailableError, DiskFullError
from storage.records import Genre, Saved
from tests.storage.crashing import content, survives, undisturbed
from tests.storage.importing import batches
from tests.storage.samples import DAY, NOW, article
from tests.storage.steps import changes_since, save_article


def test_kill_and_go_on(database: Database, tmp_path: Path) -> None:
    wanted = undisturbed(database, tmp_path)
    survives(database, wanted, kills=2, seed=1)


def test_a_full_disk_is_said_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'full.db'}")
    first, *rest = batches()
    with database.begin() as session:
        save_articles(session, first, now=NOW, run_id=None)
    before = content(database)

    def fill() -> None:
        with database.begin() as session:
            pages = session.execute(text("PRAGMA page_count")).scalar_one()
            session.execute(text(f"PRAGMA max_page_count = {pages + 8}"))
            for batch in rest:
                save_articles(session, batch, now=NOW, run_id=None)

    with pytest.raises(DiskFullError, match="full"):
        fill()
    database.close()  # the limit was the connection's own
    assert content(database) == before
    with database.begin() as session:
        (outcome,) = save_articles(session, rest[0][:1], now=NOW + DAY, run_id=None)
    assert outcome.saved is Saved.NEW
    assert check(database.url) == []


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB, where this user may mount one."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    # It runs on Linux as root, as CI does: a disk that is full cannot be had otherwise.
    try:
        made = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("no mount command here")
    if made.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {made.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_file_system(tiny_disk: Path) -> None:
    database = open_database(f"sqlite:///{tiny_disk / 'cppcc.db'}")
    one = article(1, genre=Genre.ANNUAL_REVIEW)
    with database.begin() as session:
        save_article(session, one, now=NOW, run_id=None)
    before = content(database)
    ballast = tiny_disk / "ballast"

    def fill() -> None:
        for number in range(2, 400):
            with database.begin() as session:
                save_article(session, article(number), now=NOW, run_id=None)

    ballast.write_bytes(b"\0" * 500_000)
    with pytest.raises(DiskFullError):
        fill()
    stored = len(content(database)["publications"])
    ballast.unlink()
    assert len(before["publications"]) < stored < 400
    with database.begin() as session:
        outcome = save_article(session, article(stored + 1), now=NOW, run_id=None)
    assert outcome.saved is Saved.NEW
    assert check(database.url) == []
    database.close()


def test_a_lock_that_stays_is_said(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MS", 100)
    impatient = open_database(database.url, migrate=False)

    def save() -> None:
        with impatient.begin() as session:
            save_article(session, article(1), now=NOW, run_id=None)

    with database.begin() as session:
        save_article(session, article(2), now=NOW, run_id=None)
        with pytest.raises(DatabaseLockedError):
            save()
        with impatient.reading() as reader:  # readers are never in the way
            assert changes_since(reader, 0) == []
    save()
    impatient.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://x/y", "only sqlite and postgresql"),
        ("no url", "not a database URL"),
        ("postgresql://nobody@127.0.0.1:1/none", "does not answer"),
        ("sqlite:////proc/none/cppcc.db", "no folder"),
    ],
)
def test_a_database_that_is_not_there_is_said(url: str, words: str) -> None:
    with pytest.raises(DatabaseUnavailableError, match=words):
        open_database(url)
    assert check(url)

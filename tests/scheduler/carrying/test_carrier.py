"""A run's body: where its output goes, and what its parent says when it dies without a word."""

import sys
from datetime import datetime
from pathlib import Path

import pytest

from scheduler.carrying.carrier import Carrier
from scheduler.carrying.launcher import ClaimedRun, LocalLauncher, command
from storage.engine.database import Database
from storage.errors import DiskFullError
from storage.records import SHANGHAI, RunTrigger, VerdictKind
from storage.runs import door, history
from storage.runs.history import RunRecord

NOON = datetime(2027, 1, 12, 12, tzinfo=SHANGHAI)


class Dead:
    """A child that has died by itself, with the exit code of one without a verdict."""

    def __init__(self, log: Path | None = None) -> None:
        self.log = log

    def poll(self) -> int:
        return 5

    def cancel(self) -> None: ...

    def kill(self) -> None: ...


class Deaths:
    """Starts such children."""

    def __init__(self, log: Path | None = None) -> None:
        self.log = log

    def start(self, run: ClaimedRun) -> Dead:
        return Dead(self.log)


def taken(database: Database, carrier: Carrier, source_id: str = "one") -> RunRecord:
    """A due run, taken; its record."""
    with database.begin() as session:
        run_id = door.create_run(
            session, source_id, trigger=RunTrigger.CLOCK, due_at=NOON, now=NOON
        )
        record = history.get_run(session, run_id)
    assert carrier.take(record)
    return record


def ended(database: Database, run_id: int) -> tuple[VerdictKind, str]:
    with database.reading() as session:
        verdict = history.get_run(session, run_id).verdict
    assert verdict is not None
    return verdict.kind, verdict.reason


def test_what_the_database_refused_meanwhile_is_told_with_a_death(database: Database) -> None:
    carrier = Carrier(database, Deaths(), now=lambda: NOON, deadline_seconds=3600)
    carrier.note_trouble(DiskFullError("an old trouble, of an earlier run"))
    first = taken(database, carrier)
    carrier.tick()
    _, reason = ended(database, first.id)
    assert reason == "the child process died without a verdict (exit code 5)"
    second = taken(database, carrier, "two")
    carrier.note_trouble(DiskFullError("no space is left for database /var/lib/cppcc.db"))
    carrier.tick()
    kind, reason = ended(database, second.id)
    assert kind is VerdictKind.FAILED
    assert "meanwhile the database refused: no space is left for database" in reason


def test_a_run_whose_log_was_removed_ends_all_the_same(database: Database, tmp_path: Path) -> None:
    launcher = Deaths(tmp_path / "removed.log")
    carrier = Carrier(database, launcher, now=lambda: NOON, deadline_seconds=3600)
    record = taken(database, carrier)
    assert carrier.tick() == [record.id]
    assert ended(database, record.id)[0] is VerdictKind.FAILED


@pytest.mark.parametrize("what", ["a link to a file", "a link to nothing", "a folder"])
def test_a_log_that_is_no_file_of_ours_is_not_written_to(
    what: str, database: Database, tmp_path: Path
) -> None:
    precious, logs = tmp_path / "precious", tmp_path / "logs"
    logs.mkdir()
    carrier = Carrier(database, LocalLauncher(logs), now=lambda: NOON, deadline_seconds=3600)
    if what == "a folder":
        (logs / "run-1.log").mkdir()
    else:
        (logs / "run-1.log").symlink_to(precious)
    if what == "a link to a file":
        precious.write_text("kept", "utf-8")
    record = taken(database, carrier)
    assert record.id == 1
    kind, reason = ended(database, record.id)
    assert kind is VerdictKind.FAILED
    assert "could not be started" in reason
    assert carrier.active == {}
    assert not precious.exists() or precious.read_text("utf-8") == "kept"


def test_a_child_is_told_its_run_its_options_and_the_kept_declarations(tmp_path: Path) -> None:
    run = ClaimedRun(run_id=7, token=2, source_id="yunnan_net")
    words = command(run, kept=tmp_path)
    assert words[0] == sys.executable
    assert words[1:] == ["-m", "crawler.run", "yunnan_net", "--run-id", "7", "--token", "2",
                         "--kept", str(tmp_path)]  # fmt: skip
    assert "--kept" not in command(run)

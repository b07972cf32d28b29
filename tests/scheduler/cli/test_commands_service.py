"""The service's commands as they are typed: coverage, incidents, backup, restore, doctor."""

import json
import os
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from scheduler.cli.app import app
from scheduler.cli.commands.context import day_file, open_context, refresh_coverage
from scheduler.examination import examine
from storage.articles import saving as articles
from storage.engine import services
from storage.engine.backup import BackupError, make_backup, restore_backup
from storage.engine.database import Database, open_database
from storage.engine.services import ServiceBeat
from storage.links import standing
from storage.migrations import HEAD
from storage.notices import incidents
from storage.records import (
    SHANGHAI,
    FailureClass,
    Genre,
    RunCounts,
    RunTrigger,
    Verdict,
    VerdictKind,
)
from storage.runs import door, lease
from tests.storage.samples import NOW, article


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    url = f"sqlite:///{tmp_path / 'cppcc.db'}"
    monkeypatch.setenv("CPPCC_DATABASE_URL", url)
    monkeypatch.setenv("CPPCC_VAR", str(tmp_path))
    monkeypatch.setenv("CPPCC_TODAY", "2026-01-20")
    opened = open_database(url)
    with opened.begin() as session:
        articles.save_articles(session, [article(genre=Genre.TEN_EVENTS)], now=NOW, run_id=None)
        incidents.open_incident(
            session, "source:yunnan_net", FailureClass.BLOCKED, reason="403", now=NOW,
            source_id="yunnan_net", region="云南",
        )  # fmt: skip
        for source_id in ("yunnan_net", "guangxi_daily"):
            standing.note_proved(session, source_id, by="probe", now=NOW)
    return opened


def cppcc(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def cells(*words: str) -> dict[tuple[str, int], str]:
    result = cppcc("coverage", *words, "--json")
    assert result.exit_code == 0, result.output
    return {(cell["region"], cell["year"]): cell["status"] for cell in json.loads(result.output)}


def test_coverage_draws_what_was_found_and_what_is_due(database: Database) -> None:
    found = cells()
    assert found["云南", 2025] == "found"
    assert found["广西", 2025] == "due"
    assert found["云南", 2026] == "not_due"
    assert found["西藏", 2025] == "not_watched"
    drawn = cppcc("coverage")
    assert "●" in drawn.output
    assert "广西" in cppcc("coverage", "--year", "2025").output
    assert "no review of 1999" in cppcc("coverage", "--year", "1999").output
    refresh_coverage(open_context())  # as a crawl, an import and the service do
    with database.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT status, due_from, due_until FROM v1_coverage WHERE region='广西' AND year=2025"
        )
        assert rows.all() == [("due", "2025-12-20", "2026-03-03")]


def test_a_demos_database_keeps_its_day(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = cells()
    refresh_coverage(open_context())
    monkeypatch.delenv("CPPCC_TODAY")
    day = day_file(tmp_path / "cppcc.db")
    day.write_text("2026-01-20\n", "ascii")
    assert cells() == there
    assert "as of 2026-01-20" in cppcc("coverage").output
    assert "as of 2026-01-20" in cppcc("coverage", "--year", "2025").output
    assert "as of" not in cppcc("coverage", "--json").output
    cells("--year", "2025", "--waive", "广西", "--why", "no plenary")
    cells("--year", "2025", "--expect", "广西")
    refresh_coverage(open_context())
    with database.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT region, year, status FROM v1_coverage")
        assert {(region, year): status for region, year, status in rows} == there
    day.write_text("soon", "ascii")
    assert cppcc("coverage").exit_code == 2


def test_a_cell_is_waived_and_expected_again(database: Database) -> None:
    refused = cppcc("coverage", "--waive", "广西", "--year", "2025")
    assert refused.exit_code == 2
    assert (
        cells("--year", "2025", "--waive", "广西", "--why", "no plenary")["广西", 2025] == "waived"
    )
    assert cells()["广西", 2025] == "waived"
    assert cells("--year", "2025", "--expect", "广西")["广西", 2025] == "due"


def test_an_incident_is_acknowledged_then_resolved(database: Database) -> None:
    (listed,) = json.loads(cppcc("incidents", "list", "--json").output)
    number = str(listed["id"])
    assert cppcc("incidents", "ack", number, "--note", "written to them").exit_code == 0
    assert cppcc("incidents", "ack", number).exit_code == 1
    assert (
        json.loads(cppcc("incidents", "show", number, "--json").output)["state"] == "acknowledged"
    )
    assert cppcc("incidents", "resolve", number, "--why", "it answers").exit_code == 0
    assert json.loads(cppcc("incidents", "list", "--json").output) == []
    assert "no service is at work" in cppcc("incidents", "list").output
    with database.begin() as session:
        now = datetime.now(UTC)
        one = ServiceBeat(name="here:1", schema_revision=HEAD, started_at=now, beat_at=now)
        services.beat(session, one)
    assert "nothing is broken or overdue" in cppcc("incidents", "list").output
    assert cppcc("incidents", "show", "99").exit_code == 1


def test_a_backup_is_made_while_others_write_and_restored(
    database: Database, tmp_path: Path
) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with database.begin() as session:
                door.create_run(
                    session,
                    "x",
                    trigger=RunTrigger.MANUAL,
                    due_at=NOW + timedelta(seconds=number),
                    now=NOW,
                )

    writer = threading.Thread(target=write)
    writer.start()
    try:
        result = cppcc("db", "backup", str(tmp_path / "copy.db"))
    finally:
        stop.set()
        writer.join()
    assert result.exit_code == 0, result.output
    assert cppcc("db", "backup", str(tmp_path / "copy.db")).exit_code == 1, "never overwritten"
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        kept = copy.execute("SELECT count(*) FROM publications").fetchone()[0]
    copy.close()
    assert kept == 1
    with database.begin() as session:
        session.connection().exec_driver_sql("DELETE FROM runs")
        session.connection().exec_driver_sql("UPDATE incidents SET reason = 'later'")
    database.close()
    result = cppcc("db", "restore", str(tmp_path / "copy.db"), "--yes")
    assert result.exit_code == 0, result.output
    with open_database(database.url).reading() as session:
        (one,) = incidents.list_incidents(session)
    assert one.reason == "403"
    assert list(tmp_path.glob("cppcc.db.before-restore-1"))


def test_a_database_in_use_is_not_replaced(database: Database, tmp_path: Path) -> None:
    make_backup(database.url, tmp_path / "copy.db")
    with database.reading() as session:
        incidents.list_incidents(session)  # its connection stays open, and idle, in the pool
    with pytest.raises(BackupError, match="in use"):
        restore_backup(database.url, tmp_path / "copy.db")
    assert not list(tmp_path.glob("cppcc.db.*")), "neither put aside nor half copied"
    with database.reading() as session:
        assert len(incidents.list_incidents(session)) == 1
    database.close()
    assert restore_backup(database.url, tmp_path / "copy.db") is not None


def test_what_is_no_backup_changes_nothing(database: Database, tmp_path: Path) -> None:
    (tmp_path / "torn.db").write_bytes(b"SQLite format 3\0" + b"\0" * 5000)
    for path in (tmp_path / "torn.db", tmp_path / "nothing.db"):
        with pytest.raises(BackupError):
            restore_backup(database.url, path)
    with pytest.raises(BackupError, match="pg_dump"):
        make_backup("postgresql://x@localhost/y", tmp_path / "z.db")
    with database.reading() as session:
        assert len(incidents.list_incidents(session)) == 1


def test_the_doctor_looks_at_clock_channels_and_calendar(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    checks = {check.subject: check for check in examine()}
    assert checks["calendar"].state == "ok"
    calendar = tmp_path / "calendar.toml"
    calendar.write_text("[source.yunnan_nett]\nwidest_minutes = 120\n", "utf-8")
    monkeypatch.setenv("CPPCC_CALENDAR", str(calendar))
    (warned, _) = [check for check in examine() if check.subject == "calendar"]
    assert warned.state == "warning"
    assert "yunnan_nett" in warned.words
    assert checks["channels"].state == "warning"
    assert checks["clock"].state == "ok"
    assert checks["incidents"].state == "warning"
    with database.begin() as session:
        late = NOW + timedelta(days=400)
        door.create_run(session, "x", trigger=RunTrigger.MANUAL, due_at=late, now=late)
    monkeypatch.setenv("CPPCC_CHANNELS", "secret")
    checks = {check.subject: check for check in examine()}
    assert checks["clock"].state == "wrong"
    assert checks["channels"].state == "wrong"
    assert "secret" not in checks["channels"].words
    assert date(2026, 1, 20).isoformat() in checks["clock"].words


@pytest.mark.parametrize(
    "url",
    [
        "hunter2",
        "mysql://u:hunter2@h/d",
        "postgresql+no://u:hunter2@h/d",
        "sqlite+x:hunter2",
        "postgresql://u:secret@hunter2@127.0.0.1/d",
    ],
)
def test_a_wrong_database_url_is_said_without_its_password(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPPCC_DATABASE_URL", url)
    refused = cppcc("runs", "list")
    assert refused.exit_code == 1
    assert "error:" in refused.stderr
    found = cppcc("doctor")
    assert found.exit_code == 1
    assert "wrong   settings" in found.output
    assert "hunter2" not in refused.output + refused.stderr + found.output


def test_db_check_says_its_problems_as_json_too(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = cppcc("db", "check", "--json")
    assert (sound.exit_code, json.loads(sound.output)) == (0, [])
    monkeypatch.setenv("CPPCC_DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")
    missing = cppcc("db", "check", "--json")
    assert missing.exit_code == 1
    assert "there is no database" in json.loads(missing.output)[0]


def test_words_of_people_are_shown_as_they_are(database: Database) -> None:
    said = cppcc("flags", "dismiss", "1", "--why", "[dup] 与[/]重复")
    assert said.exit_code == 0, said.output
    assert "[dup] 与[/]重复" in said.output
    shown = cppcc("flags", "show", "1").output
    assert "dismissed by " in shown
    assert "[dup] 与[/]重复" in shown


def test_the_doctor_tells_the_time_in_shanghai(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A pretended day keeps the clock's hour: on the message's own day nights would see no wait.
    monkeypatch.setenv("CPPCC_TODAY", "2026-01-21")
    (waiting,) = [check.words for check in examine() if check.subject == "messages"]
    assert NOW.astimezone(SHANGHAI).strftime("since %Y-%m-%d %H:%M") in waiting


def test_the_doctor_sees_runs_that_nobody_carries(database: Database) -> None:
    assert not [check for check in examine() if "sign of life" in check.words]
    long_ago = NOW - timedelta(days=2)
    with database.begin() as session:
        left = door.create_run(
            session, "x", trigger=RunTrigger.MANUAL, due_at=long_ago, now=long_ago
        )
        door.claim_run(session, left, owner="gone:1", now=long_ago, lease_seconds=120)
    (found,) = [check for check in examine() if "sign of life" in check.words]
    assert (found.state, found.subject) == ("warning", "runs")
    assert f"the first is {left} of x" in found.words


def test_the_doctor_names_only_sources_that_are_watched(database: Database) -> None:
    words = [check.words for check in examine() if check.subject in ("sources", "runs")]
    assert "2 verified, 0 paused" in words[0]
    (never,) = [line for line in words if "no crawl has ended" in line]
    assert never == "verified, and no crawl has ended: guangxi_daily, yunnan_net"
    assert not [line for line in words if "sound" in line]


def test_an_audit_lives_on_the_day_of_its_database_and_makes_none(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CPPCC_TODAY")
    day_file(tmp_path / "cppcc.db").write_text("2021-01-26\n", "ascii")
    assert json.loads(cppcc("audit", "--json").stdout)["years"] == [2018, 2021]
    elsewhere = tmp_path / "none.db"
    missing = cppcc("audit", "--years", "2025", "--db", str(elsewhere))
    assert missing.exit_code == 1
    assert "there is no database at" in missing.output
    assert not elsewhere.exists()


def test_a_source_is_paused_where_the_system_knows_no_login_name(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 1234")  # a container's own user

    monkeypatch.setattr("getpass.getuser", nobody)
    done = cppcc("sources", "pause", "yunnan_net", "--why", "it asked us to")
    assert done.exit_code == 0, done.output
    with database.reading() as session:
        assert standing.standing_of(session, "yunnan_net").why == (
            f"paused by uid {os.getuid()}: it asked us to"
        )


def test_the_doctor_goes_by_the_last_verdict_not_by_a_run_that_is_due(database: Database) -> None:
    now = datetime.now(SHANGHAI)
    for source, kind in (
        ("guangxi_daily", VerdictKind.COMPLETE),
        ("yunnan_net", VerdictKind.BLOCKED),
    ):
        with database.begin() as session:
            run = door.create_run(session, source, trigger=RunTrigger.MANUAL, due_at=now, now=now)
            token = door.claim_run(session, run, owner="-", now=now, lease_seconds=120)
            assert token is not None
            verdict = Verdict(kind=kind, reason="so it ended")
            lease.finish_run(session, run, token, verdict, RunCounts(), now=now)
            door.create_run(session, source, trigger=RunTrigger.CLOCK, due_at=now, now=now)
    words = [check.words for check in examine() if check.subject == "runs"]
    assert [line for line in words if line.startswith("yunnan_net: blocked (so it ended)")]
    assert not [line for line in words if "is sound" in line or "no crawl" in line]


def other_program(path: Path) -> None:
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE invoices (number INTEGER)")
    file.close()


def newer_version(path: Path) -> None:
    open_database(f"sqlite:///{path}").close()
    with sqlite3.connect(path) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
    file.close()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (other_program, "another program's database, with a table invoices"),
        (newer_version, "is at revision 9999"),
        (lambda path: path.write_bytes(b"no database at all" * 500), "not a sound database"),
    ],
    ids=["other", "newer", "garbage"],
)
def test_a_file_that_is_not_ours_is_said_and_left_alone(
    make: Callable[[Path], None], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "theirs.db"
    make(path)
    before = path.read_bytes()
    monkeypatch.setenv("CPPCC_DATABASE_URL", f"sqlite:///{path}")
    for command in (("runs", "list"), ("run",)):
        refused = cppcc(*command)
        assert refused.exit_code == 1
        assert words in refused.stderr
    assert cppcc("doctor").exit_code == 1
    assert path.read_bytes()[100:] == before[100:]  # the head counts connections in WAL mode

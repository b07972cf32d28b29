"""Which declarations want a hand, since when, and what the report suggests."""

from datetime import datetime, timedelta
from pathlib import Path

from scheduler.alerts.digest import digest_words
from scheduler.health.fleet import Ailment, fleet_report, unread
from scheduler.i18n import words_in
from storage.engine.database import Database, open_database
from storage.links import standing
from storage.records import (
    SHANGHAI,
    FailureClass,
    RunCounts,
    RunTrigger,
    Verdict,
    VerdictKind,
)
from storage.runs import door, health, lease
from tests.scheduler.world import make_source

NOW = datetime(2026, 9, 1, 12, tzinfo=SHANGHAI)
NAMES = ("quiet", "gone", "moved", "walled", "claimed", "fresh", "sound", "paused")
SOURCES = {
    name: make_source(n, "云南", "portal").model_copy(update={"id": name})
    for n, name in enumerate(NAMES)
}
FAILURES = {
    "quiet": FailureClass.SILENT,
    "gone": FailureClass.GONE,
    "moved": FailureClass.MOVED,
    "walled": FailureClass.CHALLENGE,
    "paused": FailureClass.GONE,
}


def made(folder: Path) -> Database:
    database = open_database(f"sqlite:///{folder / 'cppcc.db'}")
    with database.begin() as session:
        door.lock_schedule(session)
        for name in NAMES:
            if name not in ("claimed", "fresh"):
                standing.note_proved(session, name, by="probe", now=NOW - timedelta(days=60))
        for days, name in ((31, "claimed"), (0, "fresh")):
            asked = NOW - timedelta(days=days)
            standing.note_unproved(session, name, "status 404", now=asked)
        standing.pause(session, "paused", by="li", why="it asked us to", now=NOW)
        for days in (3, 2, 1):
            for name, failure in FAILURES.items():
                at = NOW - timedelta(days=days)
                run_id = door.add_due_run(
                    session, name, trigger=RunTrigger.CLOCK, due_at=at, now=at
                )
                if run_id is None:
                    continue
                health.enter_health(
                    session, run_id, name, failure_class=failure, reason="played", now=at
                )
    return database


def test_each_that_wants_a_hand_is_named_with_a_suggestion(tmp_path: Path) -> None:
    with made(tmp_path).reading() as session:
        found = {one.source_id: one for one in fleet_report(session, SOURCES, now=NOW)}
    assert {name: one.ailment for name, one in found.items()} == {
        "quiet": Ailment.SILENT,
        "moved": Ailment.MOVED,
        "gone": Ailment.GONE,
        "walled": Ailment.WALLED,
        "claimed": Ailment.UNVERIFIED,
    }
    assert found["gone"].since == NOW - timedelta(days=3)
    assert "sources new http://s1.example/" in found["gone"].suggestion
    assert "sources pause walled" in found["walled"].suggestion
    assert found["claimed"].why == "status 404"


def test_the_digest_names_what_was_found_today_and_what_is_a_month_old(tmp_path: Path) -> None:
    with made(tmp_path).reading() as session:
        words = digest_words(session, SOURCES, words_in("en"), now=NOW).body
    assert "found today (1): fresh" in words
    assert "for 30 days and longer (1): claimed" in words


def test_the_digest_says_nothing_of_what_is_declared_no_more(tmp_path: Path) -> None:
    left = {name: source for name, source in SOURCES.items() if name != "fresh"}
    with made(tmp_path).reading() as session:
        words = digest_words(session, left, words_in("en"), now=NOW).body
    assert "not proved, so not watched (1)" in words
    assert "fresh" not in words


def test_the_digest_names_what_is_watched_and_crawled_no_more(tmp_path: Path) -> None:
    database = made(tmp_path)
    ended = {"sound": 1, "quiet": 3}
    with database.begin() as session:
        for name, days in ended.items():
            at = NOW - timedelta(days=days)
            run_id = door.create_run(
                session, name, trigger=RunTrigger.MANUAL, due_at=at, now=at, options={}
            )
            token = door.claim_run(session, run_id, owner="-", now=at, lease_seconds=60)
            assert token is not None
            verdict = Verdict(kind=VerdictKind.COMPLETE, reason="the list ends")
            lease.finish_run(session, run_id, token, verdict, RunCounts(), now=at)
    with database.reading() as session:
        assert unread(session, SOURCES, now=NOW) == ["gone", "moved", "quiet", "walled"]
        words = digest_words(session, SOURCES, words_in("en"), now=NOW).body
    assert "watched, and not crawled for 2 days and longer (4):" in words

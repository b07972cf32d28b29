"""A clock that ran ahead and was set back keeps no source, and nobody, waiting until then."""

from datetime import datetime, timedelta

import pytest

from scheduler.alerts import notices
from scheduler.i18n import words_in
from scheduler.probing.probes import ProbeOutcome
from scheduler.rhythm.almanac import load_almanac
from scheduler.rhythm.watching import (
    VERIFY_AGAIN,
    Step,
    changed,
    next_tick,
    note_probe,
    plan,
    standing,
)
from storage.engine.database import Database
from storage.engine.tables import JsonValue
from storage.links import standing as sources
from storage.notices import incidents
from storage.records import SHANGHAI, FailureClass, RunCounts, RunTrigger, Verdict, VerdictKind
from storage.runs import door, health, lease, watches
from storage.runs.watches import ProbePage, Watch
from tests.scheduler.world import make_source

NOW = datetime(2027, 1, 12, 12, tzinfo=SHANGHAI)
AHEAD = NOW + timedelta(days=365)
SOURCE = make_source(1, "云南", "committee_site")
CALENDAR = load_almanac().calendar


def ran(
    database: Database,
    at: datetime,
    failure_class: FailureClass | None,
    options: dict[str, JsonValue] | None = None,
) -> None:
    with database.begin() as session:
        run_id = door.create_run(
            session, SOURCE.id, trigger=RunTrigger.CLOCK, due_at=at, now=at, options=options or {}
        )
        token = door.claim_run(session, run_id, owner="x:1", now=at, lease_seconds=120)
        assert token is not None
        verdict = Verdict(kind=VerdictKind.COMPLETE, reason="played")
        lease.finish_run(session, run_id, token, verdict, RunCounts(), now=at)
        health.enter_health(
            session, run_id, SOURCE.id, failure_class=failure_class, reason="played", now=at
        )


@pytest.mark.parametrize("failure_class", [None, FailureClass.NETWORK])
def test_a_run_of_the_future_puts_off_no_look(
    database: Database, failure_class: FailureClass | None
) -> None:
    ran(database, NOW - timedelta(days=3), None)
    ran(database, AHEAD, failure_class)
    with database.reading() as session:
        made = plan(session, CALENDAR, SOURCE, now=NOW)
        state = standing(session, SOURCE.id, now=NOW)
    assert made.step is Step.CRAWL, "the last run that counts was three days ago"
    assert state.ended_at == NOW - timedelta(days=3)
    assert state.retry_at is None


@pytest.mark.parametrize("options", [{"limit": 3}, {"since": "2027-01-01"}, {}])
def test_a_run_that_left_something_out_is_no_look_at_its_source(
    database: Database, options: dict[str, JsonValue]
) -> None:
    ran(database, NOW - timedelta(days=3), None)
    ran(database, NOW - timedelta(hours=1), None, options)
    with database.reading() as session:
        step = plan(session, CALENDAR, SOURCE, now=NOW).step
    assert step is (Step.CRAWL if options else Step.PROBE)


def test_a_claim_is_tried_before_it_is_watched_and_a_week_later_again(database: Database) -> None:
    def step(at: datetime) -> tuple[Step, datetime]:
        with database.reading() as session:
            made = plan(session, CALENDAR, SOURCE, now=at)
            return made.step, next_tick(CALENDAR, SOURCE, made.state, at)

    assert step(NOW)[0] is Step.VERIFY
    with database.begin() as session:
        sources.note_unproved(session, SOURCE.id, "404", now=NOW)
    assert step(NOW + timedelta(hours=1)) == (Step.NOTHING, NOW + VERIFY_AGAIN)
    assert step(NOW + VERIFY_AGAIN)[0] is Step.VERIFY
    with database.begin() as session:
        sources.note_proved(session, SOURCE.id, by="probe", now=NOW)
    assert step(NOW)[0] is Step.CRAWL


def test_a_paused_source_is_left_alone_and_resumed_as_it_was(database: Database) -> None:
    with database.begin() as session:
        sources.note_proved(session, SOURCE.id, by="probe", now=NOW)
        sources.pause(session, SOURCE.id, by="li", why="they asked us to", now=NOW)
        made = plan(session, CALENDAR, SOURCE, now=NOW)
        assert made.step is Step.NOTHING
        assert "they asked us to" in made.why
        sources.resume(session, SOURCE.id)
        assert plan(session, CALENDAR, SOURCE, now=NOW).step is Step.CRAWL


def test_a_change_of_the_future_makes_no_negative_rhythm() -> None:
    watch = Watch(source_id="a", since=NOW, changed_at=AHEAD, spacing=timedelta(hours=4))
    assert changed(watch, NOW).spacing == timedelta(hours=3)


def test_a_message_of_the_future_holds_none_back(database: Database) -> None:
    with database.begin() as session:
        incidents.open_incident(session, "source:a", FailureClass.GONE, reason="404", now=AHEAD)
        (early,) = incidents.list_incidents(session)
        incidents.mark_told(session, [early.id], "incident:0", now=AHEAD)
        opened = NOW - timedelta(minutes=31)
        incidents.open_incident(
            session, "source:b", FailureClass.GONE, reason="404", now=opened, source_id="b"
        )
        assert notices.tell_openings(session, words_in("zh"), now=NOW) == 1


def test_a_failed_probe_of_the_future_is_no_wait(database: Database) -> None:
    ran(database, NOW - timedelta(hours=1), None)
    with database.begin() as session:
        watch = Watch(source_id=SOURCE.id, since=NOW, probed_at=AHEAD, failed_probes=3)
        watches.put_watch(session, watch)
        assert plan(session, CALENDAR, SOURCE, now=NOW).step is Step.PROBE


def test_a_change_that_meets_an_open_run_is_seen_again_by_the_next_probe(
    database: Database,
) -> None:
    def page(links: str) -> ProbePage:
        return ProbePage(url="http://s1.example/list.html", source_id=SOURCE.id, etag=None,
                         last_modified=None, links_sha256=links, probed_at=NOW)  # fmt: skip

    def noted(links: str, at: datetime) -> int | None:
        with database.begin() as session:
            outcome = ProbeOutcome(pages=(page(links),), changed=True)
            return note_probe(session, SOURCE, outcome, due_at=at, now=at)[0]

    def known() -> list[str | None]:
        with database.reading() as session:
            return [one.links_sha256 for one in watches.probe_pages(session, SOURCE.id).values()]

    assert noted("before", NOW) is not None
    assert noted("after", NOW + timedelta(hours=1)) is None, "its first run is still open"
    assert known() == ["before"]

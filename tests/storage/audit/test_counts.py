"""What an audit counts, on either engine: days of Shanghai, walks, links, quiet runs, works."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from storage.audit import counts, works
from storage.audit.counts import LinkFact
from storage.engine.database import Database
from storage.engine.link_tables import DiscoveryRow
from storage.engine.service_tables import RunWalkRow
from storage.engine.tables import PublicationRow, RunRow, StoryRow, table_of
from storage.records import SHANGHAI, End, Genre, OpenCause, RefusalClass
from storage.runs.totals import last_judged

NOW = datetime(2025, 3, 10, 4, tzinfo=UTC)
SINCE, UNTIL = date(2025, 1, 1), date(2025, 1, 31)
# The last second of a day in Shanghai and the first of the next, as UTC.
BEFORE_MIDNIGHT = datetime(2025, 1, 4, 15, 59, 59, tzinfo=UTC)
MIDNIGHT = datetime(2025, 1, 4, 16, tzinfo=UTC)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.begin() as opened:
        yield opened


def put_publications(opened: Session, *moments: datetime | None, **values: object) -> None:
    opened.execute(
        insert(table_of(StoryRow)),
        [{"id": n, "original_id": n, "created_at": NOW} for n, _ in enumerate(moments, 1)],
    )
    opened.execute(
        insert(table_of(PublicationRow)),
        [
            {
                "id": n, "url": f"http://a.example/{n}.html", "source_id": "a", "region": "云南",
                "title": "题", "published_at": at, "published_precision": "second" if at else None,
                "page_score": 1.0, "page_evidence": [], "first_seen_at": MIDNIGHT,
                "last_seen_at": NOW, "missing_checks": 0, "evidence": [], "issues": [],
                "images": [], "content_sha256": "0", "story_id": n, "is_original": True,
                "revision": 1,
            }
            | values
            for n, at in enumerate(moments, 1)
        ],
    )  # fmt: skip


def put_run(session: Session, run_id: int, *, at: datetime = NOW, **values: object) -> None:
    plain = {
        "id": run_id, "source_id": "a", "trigger": "clock", "state": "finished",
        "due_at": at, "options": {}, "token": 1, "created_at": at, "finished_at": at,
        "verdict": "complete", "reason": "read", "requested": 1, "accepted": 1, "refused": 0,
        "refused_by_class": {}, "pages": 1, "articles_new": 0, "articles_changed": 0,
        "articles_unchanged": 0, "reposts": 0, "flags": 0,
    }  # fmt: skip
    session.execute(insert(table_of(RunRow)), plain | values)


def put_walk(session: Session, run_id: int, **values: object) -> None:
    put_run(session, run_id, at=NOW + timedelta(minutes=run_id))
    plain = {
        "run_id": run_id, "position": 1, "name": "list", "day": None, "pages": 3, "stated": None,
        "stated_pages": None, "seen": 60, "stored": 60, "refused": {}, "remainder": 0,
        "end_proof": End.LAST_PAGE.value, "cause": None, "words": None, "doubt": None,
    }  # fmt: skip
    session.execute(insert(table_of(RunWalkRow)), plain | values)


def test_a_day_is_one_of_shanghai_and_an_undated_page_of_its_first_sight(session: Session) -> None:
    put_publications(session, BEFORE_MIDNIGHT, MIDNIGHT, None)
    days = counts.days_of_sources(session, since=SINCE, until=UNTIL)
    assert days == {"a": {date(2025, 1, 4): 1, date(2025, 1, 5): 2}}
    of_one = counts.days_of_sources(session, since=date(2025, 1, 4), until=date(2025, 1, 4))
    assert of_one == {"a": {date(2025, 1, 4): 1}}


def test_of_a_list_the_deepest_and_the_newest_proved_walk_count(session: Session) -> None:
    put_walk(session, 1, seen=600, refused={"too_short": 2, "too_large": 1})
    put_walk(session, 2, seen=50)
    put_walk(session, 3, seen=40)
    put_walk(session, 4, seen=10, end_proof=None, cause=OpenCause.REFUSED.value)
    put_walk(session, 5, seen=700, end_proof=End.KNOWN_REACHED.value)
    put_walk(session, 6, seen=5, name="another", end_proof=None)
    walks = counts.whole_walks(session)
    assert [(one.name, one.run_id, one.seen) for one in walks] == [
        ("another", 6, 5), ("list", 1, 600), ("list", 3, 40),
    ]  # fmt: skip
    assert walks[1].refused == ((RefusalClass.TOO_LARGE, 1), (RefusalClass.TOO_SHORT, 2))


def test_a_gap_lies_between_the_reading_that_named_it_and_the_one_before(session: Session) -> None:
    gap = {"end_proof": None, "cause": OpenCause.GAP.value, "words": "nothing joins on"}
    put_walk(session, 1, **gap)
    put_walk(session, 2, end_proof=End.SILENT.value)
    put_walk(session, 3, end_proof=End.BEFORE_SINCE.value)
    put_walk(session, 4, name="another", **gap)
    put_walk(session, 60 * 24 * 9, **gap)
    today = NOW.astimezone(SHANGHAI).date()
    later = today + timedelta(days=9)
    gaps = counts.gaps_between(session, since=today, until=later)
    assert [(one.name, one.run_id, one.first, one.last) for one in gaps] == [
        ("list", 1, None, today), ("another", 4, None, today), ("list", 60 * 24 * 9, today, later),
    ]  # fmt: skip
    assert (
        counts.gaps_between(
            session, since=today - timedelta(days=2), until=today - timedelta(days=1)
        )
        == []
    )


def test_a_reading_that_a_fast_clock_put_ahead_is_not_the_last(session: Session) -> None:
    put_walk(session, 1, seen=10)
    put_walk(session, 60 * 24, seen=20)
    for hours, seen in ((1, 10), (25, 20)):
        judged = last_judged(session, "a", "list", now=NOW + timedelta(hours=hours))
        assert judged is not None
        assert judged.seen == seen


def test_of_an_issue_the_newest_walk_counts(session: Session) -> None:
    put_walk(session, 1, name="issue", day=date(2025, 1, 4), stored=4)
    put_walk(session, 2, name="issue", day=date(2025, 1, 4), stored=60)
    put_walk(session, 3, name="issue", day=date(2025, 2, 4))
    (walk,) = counts.issue_walks(session, since=SINCE, until=UNTIL)
    assert (walk.run_id, walk.day, walk.stored) == (2, date(2025, 1, 4), 60)


def test_links_that_are_not_stored_by_month_and_class(session: Session) -> None:
    plain: dict[str, object] = {
        "source_id": "a", "title": "政协", "listed_on": None, "first_seen_at": MIDNIGHT,
        "last_seen_at": NOW, "attempts": 1, "next_check_at": NOW, "refusal_class": None,
    }  # fmt: skip
    rows: list[dict[str, object]] = [
        {"state": "pending"},
        {"state": "pending", "listed_on": date(2025, 1, 31)},
        {"state": "pending", "listed_on": date(2025, 2, 1)},
        {"state": "pending", "first_seen_at": NOW - timedelta(hours=1)},
        {"state": "refused", "refusal_class": "too_short"},
        {"state": "stored"},
    ]
    session.execute(
        insert(table_of(DiscoveryRow)),
        [plain | row | {"url": f"http://a.example/{n}.html"} for n, row in enumerate(rows)],
    )
    assert counts.open_links(session, since=SINCE, until=UNTIL, now=NOW) == [
        LinkFact(source_id="a", month=SINCE, refusal_class=None, count=2),
        LinkFact(source_id="a", month=SINCE, refusal_class=RefusalClass.TOO_SHORT, count=1),
    ]
    (refused,) = works.refused_reviews(session)
    assert (refused.day, refused.refusal_class) == (None, RefusalClass.TOO_SHORT)


def test_sound_runs_without_anything_new_by_month_of_shanghai(session: Session) -> None:
    eve = datetime(2025, 1, 31, 16, tzinfo=UTC)  # the first of February in Shanghai
    put_run(session, 1, at=eve)
    put_run(session, 2, at=eve - timedelta(seconds=1))
    put_run(session, 3, at=eve + timedelta(seconds=1), articles_new=1)
    put_run(session, 4, at=eve + timedelta(seconds=2), verdict="partial")
    quiet = counts.quiet_runs(session, since=SINCE, until=date(2025, 2, 28))
    assert quiet == {"a": {date(2025, 1, 1): 1, date(2025, 2, 1): 1}}


def test_works_are_the_flagged_ones_and_reports_with_their_day(session: Session) -> None:
    put_publications(session, MIDNIGHT, genre=Genre.WORK_REPORT.value, term=13, session=2)
    (work,) = works.works(session)
    assert (work.genre, work.day, work.term, work.session, work.removed) == (
        Genre.WORK_REPORT, date(2025, 1, 5), 13, 2, False,
    )  # fmt: skip

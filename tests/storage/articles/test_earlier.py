"""An archive's captures go where their day belongs, in whatever order they are read."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest
from sqlalchemy import text

from storage.articles.saving import SaveOutcome, save_articles
from storage.engine.database import Database
from storage.notices.flags import list_flags
from storage.notices.outbox import waiting
from storage.publications.reading import get_publication
from storage.records import Article, Capture, Genre, Saved
from storage.search.query import search
from tests.storage.samples import article

NOW = datetime(2026, 1, 20, tzinfo=UTC)
CAPTURED = {year: datetime(year, 3, 1, tzinfo=UTC) for year in (2018, 2019, 2020, 2021, 2022)}


def capture_of(words: str, year: int, *, genre: Genre = Genre.CPPCC_NEWS) -> Article:
    one = article(1, genre=genre)
    body = f"{words} {year}".encode()
    at = CAPTURED[year]
    return replace(
        one,
        text=f"{one.text}\n{words}",
        fetched_at=at,
        captures=(Capture(url=one.url, fetched_at=at, status=200, headers=(), body=body),),
    )


def store(database: Database, *articles: Article, captured: bool = True) -> list[SaveOutcome]:
    with database.begin() as session:
        return save_articles(session, articles, now=NOW, run_id=None, captured=captured)


def history(database: Database) -> list[tuple[int, int, str]]:
    """(number, year, last line) of each revision."""
    with database.reading() as session:
        found = get_publication(session, 1)
    assert found.summary.revision == len(found.revisions)
    assert found.text == found.revisions[-1].text
    captured = {one.revision for one in found.captures}
    assert captured <= {one.revision for one in found.revisions}
    return [
        (one.revision, one.seen_at.year, one.text.rsplit("\n", 1)[1]) for one in found.revisions
    ]


@pytest.mark.parametrize("order", list(permutations([0, 1, 2, 3])))
def test_the_order_of_reading_does_not_matter(order: tuple[int, ...], database: Database) -> None:
    captures = [
        capture_of("初稿", 2018), capture_of("二稿", 2019),
        capture_of("二稿", 2020), capture_of("三稿", 2021),
    ]  # fmt: skip
    for at in order:
        store(database, captures[at])
    assert history(database) == [(1, 2018, "初稿"), (2, 2019, "二稿"), (3, 2021, "三稿")]
    with database.reading() as session:
        found = get_publication(session, 1)
        (hit,) = search(session, "三稿")
        assert not search(session, "初稿")
    assert hit.publication.id == 1
    assert (found.summary.first_seen_at, found.summary.last_seen_at) == (
        CAPTURED[2018],
        CAPTURED[2021],
    )
    bodies = {one.revision: one.fetched_at.year for one in found.captures}
    assert (bodies[1], bodies[3]) == (2018, 2021)
    again = [store(database, one)[0].saved for one in captures]
    assert set(again) == {Saved.UNCHANGED}
    assert len(history(database)) == 3


def test_words_between_two_looks_at_others_stand_between_them(database: Database) -> None:
    for one in (capture_of("甲", 2018), capture_of("甲", 2022), capture_of("乙", 2020)):
        store(database, one)
    assert history(database) == [(1, 2018, "甲"), (2, 2020, "乙"), (3, 2022, "甲")]
    assert store(database, capture_of("乙", 2020))[0].saved is Saved.UNCHANGED


def test_what_is_stored_live_stays_the_current_words(database: Database) -> None:
    live = replace(capture_of("今天的", 2022), fetched_at=NOW)
    store(database, live, captured=False)
    (outcome,) = store(database, capture_of("从前的", 2019))
    assert (outcome.saved, outcome.revision) == (Saved.CHANGED, 1)
    assert history(database) == [(1, 2019, "从前的"), (2, 2026, "今天的")]
    with database.reading() as session:
        kinds = session.execute(text("SELECT kind FROM v1_changes ORDER BY cursor")).scalars()
        assert list(kinds) == ["add", "change"]


def test_an_archive_does_not_bring_back_what_was_taken_down(database: Database) -> None:
    store(database, capture_of("甲", 2018))
    with database.begin() as session:
        session.execute(text("UPDATE publications SET removed_at = first_seen_at"))
    store(database, capture_of("甲", 2019), capture_of("乙", 2020))
    with database.reading() as session:
        assert get_publication(session, 1).summary.removed_at is not None


def test_two_captures_of_one_second_are_stored_once_each(database: Database) -> None:
    for _ in range(2):
        store(database, capture_of("甲", 2018), capture_of("乙", 2018))
    assert [words for _, _, words in history(database)] == ["甲", "乙"]


def test_flags_of_past_years_are_marked_and_wake_nobody(database: Database) -> None:
    store(database, capture_of("十件大事", 2019, genre=Genre.TEN_EVENTS))
    with database.reading() as session:
        (flag,) = list_flags(session)
        assert flag.past
        assert waiting(session, "flag") == []
    store(database, capture_of("十件大事，更正", 2020, genre=Genre.TEN_EVENTS))
    with database.reading() as session:
        assert waiting(session, "flag_note") == []


def test_a_fresh_capture_is_news(database: Database) -> None:
    fresh = replace(capture_of("十件大事", 2022, genre=Genre.TEN_EVENTS), fetched_at=NOW)
    store(database, fresh)
    with database.reading() as session:
        (flag,) = list_flags(session)
        assert not flag.past
        assert len(waiting(session, "flag")) == 1


def test_notes_and_decisions_follow_the_revision_that_they_name(database: Database) -> None:
    live = replace(capture_of("甲", 2022, genre=Genre.TEN_EVENTS), fetched_at=NOW)
    store(database, live, captured=False)
    other = replace(live, text=f"{live.text}改")
    store(database, other, captured=False)
    store(database, capture_of("乙", 2018))
    with database.reading() as session:
        (flag,) = list_flags(session)
    assert [note.revision for note in flag.notes] == [3]

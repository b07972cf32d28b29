"""What saving does: new, changed, unchanged, repost; and what commits with it."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from storage.articles.saving import save_articles
from storage.articles.snapshots import get_snapshot
from storage.engine.database import Database
from storage.errors import RecordNotFoundError
from storage.links.discoveries import known_links, record_links
from storage.links.sources import sync_sources
from storage.notices.flags import FlagStatus, get_flag, list_flags
from storage.publications.reading import get_publication, list_publications
from storage.records import Genre, Link, Precision, Saved, SourceRecord
from tests.storage.samples import DAY, NOW, TEXT, article, reading
from tests.storage.steps import changes_since, save_article


def count(database: Database, table: str) -> int:
    with database.reading() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_a_header_that_is_corrected_round_the_same_words_is_entered(database: Database) -> None:
    first = replace(
        article(1), outlet="云南网", author=None, published_at=None, published_precision=None
    )
    corrected = article(1)
    bare = replace(corrected, outlet=None, author=None, published_precision=Precision.DAY)
    for days, one in enumerate((first, corrected, bare, corrected)):
        with database.begin() as session:
            outcome = save_article(session, one, now=NOW + days * DAY, run_id=None)
    assert outcome.saved is Saved.UNCHANGED
    with database.reading() as session:
        summary = get_publication(session, first.url).summary
        assert (summary.outlet, summary.published_at) == (corrected.outlet, corrected.published_at)
    assert count(database, "revisions") == 1
    assert count(database, "changes") == 2, "stored, and corrected once"


def test_a_new_article_is_stored_whole_and_flagged(database: Database) -> None:
    one = article(1, text=TEXT, genre=Genre.TEN_EVENTS)
    with database.begin() as session:
        sync_sources(session, [SourceRecord(id="ynzx", name="云南政协网", region="云南")], now=NOW)
        record_links(session, "ynzx", [Link(url=one.url, title="短题")], now=NOW, run_id=None)
        outcome = save_article(session, one, now=NOW, run_id=None)
    assert outcome.saved is Saved.NEW

    with database.reading() as session:
        stored = get_publication(session, one.url)
        assert get_publication(session, outcome.publication_id) == stored
        assert (stored.text, stored.reading, stored.images) == (TEXT, one.reading, one.images)
        assert stored.summary.region == "云南"
        assert stored.summary.published_at == one.published_at
        assert stored.summary.first_seen_at == stored.summary.last_seen_at == NOW
        (capture,) = stored.captures
        assert capture.headers == one.captures[0].headers
        assert get_snapshot(session, capture.sha256) == one.captures[0].body
        assert stored.snapshot_sha256 == capture.sha256
        assert outcome.flag_id is not None
        flag = get_flag(session, outcome.flag_id)
        assert (flag.status, flag.genre) == (FlagStatus.OPEN, Genre.TEN_EVENTS)
        assert flag.evidence == reading().evidence
        known = known_links(session, "ynzx", [one.url])[one.url]
        assert (known.state, known.publication_id) == ("stored", outcome.publication_id)
        assert known.next_check_at == NOW + DAY
        assert [(c.kind, c.publication_id) for c in changes_since(session, 0)] == [
            ("add", outcome.publication_id)
        ]
    assert count(database, "outbox") == 1


def test_the_same_words_again_move_only_the_times(database: Database) -> None:
    one = article(1, text=TEXT, genre=Genre.TEN_EVENTS)
    again = replace(
        one, text=TEXT.replace("\n", "\n\n　　") + "\n阅读次数：10342\n2026-01-20 09:31"
    )
    with database.begin() as session:
        record_links(session, "ynzx", [Link(url=one.url, title="题")], now=NOW, run_id=None)
        first = save_article(session, one, now=NOW, run_id=None)
    for check in range(1, 9):
        with database.begin() as session:
            outcome = save_article(session, again, now=NOW + check * DAY, run_id=None)
            assert (outcome.saved, outcome.publication_id, outcome.flag_id, outcome.revision) == (
                Saved.UNCHANGED,
                first.publication_id,
                None,
                1,
            )
            known = known_links(session, "ynzx", [one.url])[one.url]
            assert known.next_check_at == NOW + (check + min(60, 2**check)) * DAY
    with database.reading() as session:
        stored = get_publication(session, one.url)
        assert stored.summary.last_seen_at == NOW + 8 * DAY
        assert stored.text == TEXT
        assert len(changes_since(session, 0)) == 1
    assert (count(database, "revisions"), count(database, "flags")) == (1, 1)


def test_other_words_are_a_revision_and_leave_a_note_on_the_flag(database: Database) -> None:
    one = article(1, text=TEXT, genre=Genre.TEN_EVENTS)
    other = replace(one, text=TEXT.replace("六百一十二", "六百二十一"))
    with database.begin() as session:
        first = save_article(session, one, now=NOW, run_id=None)
    with database.begin() as session:
        outcome = save_article(session, other, now=NOW + DAY, run_id=None)
    assert (outcome.saved, outcome.revision, outcome.flag_id) == (Saved.CHANGED, 2, None)
    with database.reading() as session:
        stored = get_publication(session, one.url)
        assert [r.text for r in stored.revisions] == [one.text, other.text]
        assert stored.text == other.text
        (flag,) = list_flags(session)
        assert flag.id == first.flag_id
        assert [(n.revision, n.at) for n in flag.notes] == [(2, NOW + DAY)]
        assert [c.kind for c in changes_since(session, 0)] == ["add", "change"]
        assert len(changes_since(session, 1)) == 1
    assert count(database, "outbox") == 2
    assert count(database, "events") == 2


def test_a_copy_elsewhere_is_a_repost_without_a_second_flag(database: Database) -> None:
    one = article(1, text=TEXT, genre=Genre.TEN_EVENTS)
    copy = article(2, text=TEXT, genre=Genre.TEN_EVENTS, source_id="other")
    with database.begin() as session:
        first, second = save_articles(session, [one, copy], now=NOW, run_id=None)
    assert (first.saved, second.saved) == (Saved.NEW, Saved.REPOST)
    assert first.story_id == second.story_id
    assert second.flag_id is None
    assert count(database, "flags") == 1
    with database.reading() as session:
        assert not get_publication(session, copy.url).summary.is_original


def test_one_batch_may_hold_a_url_twice(database: Database) -> None:
    one = article(1, text=TEXT)
    other = replace(one, text=TEXT + "\n四、自身建设再上台阶。")
    with database.begin() as session:
        outcomes = save_articles(session, [one, one, other], now=NOW, run_id=None)
    assert [o.saved for o in outcomes] == [Saved.NEW, Saved.UNCHANGED, Saved.CHANGED]


def test_an_error_in_the_transaction_leaves_nothing(database: Database) -> None:
    def save_and_fail() -> None:
        with database.begin() as session:
            save_article(session, article(1, genre=Genre.ANNUAL_REVIEW), now=NOW, run_id=None)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        save_and_fail()
    for table in ("publications", "revisions", "snapshots", "flags", "outbox", "changes", "bands"):
        assert count(database, table) == 0


def test_pages_of_publications_follow_each_other(database: Database) -> None:
    dated = [
        replace(article(n), published_at=NOW - (n % 5) * DAY, source_id="a") for n in range(20)
    ]
    undated = [replace(article(n), published_at=None, source_id="a") for n in range(20, 27)]
    with database.begin() as session:
        save_articles(session, dated + undated, now=NOW, run_id=None)
    seen = []
    after = None
    with database.reading() as session:
        while page := list_publications(session, source_id="a", limit=4, after=after):
            seen += page
            after = (page[-1].published_at, page[-1].id)
    assert len({one.id for one in seen}) == len(seen) == 27
    days = [one.published_at for one in seen if one.published_at]
    assert days == sorted(days, reverse=True)
    assert all(one.published_at is None for one in seen[20:])


def test_no_such_publication(database: Database) -> None:
    with database.reading() as session, pytest.raises(RecordNotFoundError):
        get_publication(session, 99)

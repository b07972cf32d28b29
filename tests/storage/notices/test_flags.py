"""The inbox: listing, deciding once, and notes; snapshots beside it."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from storage.articles.snapshots import get_snapshot, put_snapshots, sha256_of
from storage.engine.database import Database
from storage.errors import RecordNotFoundError, SnapshotCorruptError, TransitionError
from storage.notices.coverage import found_reviews
from storage.notices.decisions import (
    CameBack,
    accept_flag,
    came_back,
    decisions_of,
    dismiss_flag,
    reopen_flag,
)
from storage.notices.flags import FlagStatus, get_flag, list_flags
from storage.records import FLAGGED_GENRES, Genre, Level
from tests.storage.samples import DAY, NOW, article, other_text
from tests.storage.steps import save_article


def flagged(database: Database, *numbers: int) -> list[int]:
    ids = []
    for number in numbers:
        with database.begin() as session:
            one = article(number, genre=Genre.ANNUAL_REVIEW)
            ids.append(save_article(session, one, now=NOW, run_id=None).flag_id or 0)
    return ids


@pytest.mark.parametrize("genre", Genre)
def test_only_two_genres_raise_a_flag(database: Database, genre: Genre) -> None:
    with database.begin() as session:
        outcome = save_article(session, article(1, genre=genre), now=NOW, run_id=None)
    assert (outcome.flag_id is not None) == (genre in FLAGGED_GENRES)


def test_a_review_that_was_dismissed_is_not_found(database: Database) -> None:
    dropped, kept = flagged(database, 1, 2)
    cell = ("云南", Level.PROVINCIAL, 2025)
    view = text("SELECT publication_id FROM v1_coverage WHERE status = 'found'")
    with database.reading() as session:
        both = [get_flag(session, one).publication_id for one in (dropped, kept)]
        assert [one.publication_id for one in found_reviews(session).values()] == both[:1]
    for decided, left in ((dropped, both[1:]), (kept, [])):
        with database.begin() as session:
            dismiss_flag(session, decided, why="不是", now=NOW)
        with database.reading() as session:
            found = found_reviews(session)
            assert [one.publication_id for one in found.values()] == left
            assert list(session.scalars(view)) == left
            assert set(found) <= {cell}
    with database.begin() as session:
        reopen_flag(session, kept, now=NOW)
    with database.reading() as session:
        assert list(session.scalars(view)) == both[1:]


def test_a_flag_is_decided_once(database: Database) -> None:
    kept, dropped, waiting = flagged(database, 1, 2, 3)
    with database.begin() as session:
        accept_flag(session, kept, now=NOW + DAY)
        dismiss_flag(session, dropped, why="半年盘点，不是年度", now=NOW + DAY)
    with database.reading() as session:
        assert [flag.id for flag in list_flags(session)] == [waiting, dropped, kept]
        assert [f.id for f in list_flags(session, status=FlagStatus.OPEN)] == [waiting]
        assert [f.id for f in list_flags(session, limit=1, before=dropped)] == [kept]
        gone = get_flag(session, dropped)
        assert (gone.status, gone.decided_at, gone.note) == (
            FlagStatus.DISMISSED,
            NOW + DAY,
            "半年盘点，不是年度",
        )
    with pytest.raises(TransitionError, match="dismissed"), database.begin() as session:
        accept_flag(session, dropped, now=NOW)
    with pytest.raises(RecordNotFoundError), database.begin() as session:
        accept_flag(session, 99, now=NOW)


def test_a_revision_may_raise_the_flag_that_the_first_version_did_not(database: Database) -> None:
    one = article(1, genre=Genre.CPPCC_NEWS)
    full = article(1, text=one.text + "\n十件大事全文如下。", genre=Genre.TEN_EVENTS)
    with database.begin() as session:
        assert save_article(session, one, now=NOW, run_id=None).flag_id is None
        assert save_article(session, full, now=NOW + DAY, run_id=None).flag_id is not None
        again = replace(full, text=full.text + "（完）")
        assert save_article(session, again, now=NOW + 2 * DAY, run_id=None).flag_id is None
    with database.reading() as session:
        (flag,) = list_flags(session)
        assert [note.revision for note in flag.notes] == [3]
        keys = session.execute(text("SELECT idempotency_key FROM outbox ORDER BY id")).scalars()
        assert list(keys) == ["flag:1", "flag_note:1"]


def test_why_a_story_came_back_is_what_happened_to_whichever_of_its_copies(
    database: Database,
) -> None:
    one = article(1, genre=Genre.TEN_EVENTS)
    copy = replace(one, url="https://other.example/1", source_id="o")
    revised = replace(copy, text=copy.text + "\n更正。")
    with database.begin() as session:
        flag_id = save_article(session, one, now=NOW, run_id=None).flag_id or 0
        told = []
        for step in (copy, revised):
            dismiss_flag(session, flag_id, why="不是", now=NOW, by="老王")
            save_article(session, step, now=NOW + DAY, run_id=None)
            told.append(came_back(decisions_of(session, flag_id)))
        assert told == [CameBack.PRINTED, CameBack.REVISED]
        assert decisions_of(session, flag_id)[-1].by is None
        dismiss_flag(session, flag_id, why="不是", now=NOW)
        reopen_flag(session, flag_id, now=NOW, by="老王")
        assert came_back(decisions_of(session, flag_id)) is None, "somebody undid it"


def test_an_accepted_story_comes_back_as_that_of_another_year(database: Database) -> None:
    first = article(1, genre=Genre.TEN_EVENTS)
    assert first.reading is not None
    corrected = replace(first, text=first.text + "（更正）")
    next_year = replace(
        corrected, text=other_text(2), reading=replace(first.reading, years=(2026,), score=0.6)
    )
    with database.begin() as session:
        flag_id = save_article(session, first, now=NOW, run_id=None).flag_id
        assert flag_id is not None
        accept_flag(session, flag_id, now=NOW)
        save_article(session, corrected, now=NOW + DAY, run_id=None)
        assert get_flag(session, flag_id).status is FlagStatus.ACCEPTED
        save_article(session, next_year, now=NOW + 2 * DAY, run_id=None)
    with database.reading() as session:
        assert get_flag(session, flag_id).status is FlagStatus.OPEN
        assert not found_reviews(session), "nobody has accepted these words"


def test_the_reason_of_a_decision_outlives_what_happens_next(database: Database) -> None:
    first = article(1, genre=Genre.TEN_EVENTS)
    with database.begin() as session:
        flag_id = save_article(session, first, now=NOW, run_id=None).flag_id
        assert flag_id is not None
        dismiss_flag(session, flag_id, why="[dup] 重复", now=NOW + DAY)
        save_article(
            session, replace(first, text=first.text + "（更正）"), now=NOW + 2 * DAY, run_id=None
        )
    with database.reading() as session:
        flag = get_flag(session, flag_id)
    assert flag.status is FlagStatus.OPEN  # it came back: its text changed
    assert flag.note is not None
    assert flag.note.startswith("revision 2")
    assert [(note.at, note.words) for note in flag.notes] == [
        (NOW + DAY, "dismissed: [dup] 重复"),
        (NOW + 2 * DAY, flag.note),
        (NOW + 2 * DAY, "open: its text changed (revision 2)"),
    ]


def test_snapshots_are_kept_once_and_checked(database: Database) -> None:
    body = "政协".encode() * 5000
    with database.begin() as session:
        assert put_snapshots(session, [body, b"", body]) == [
            sha256_of(body),
            sha256_of(b""),
            sha256_of(body),
        ]
        assert put_snapshots(session, [body]) == [sha256_of(body)]
    with database.reading() as session:
        assert get_snapshot(session, sha256_of(body)) == body
        assert get_snapshot(session, sha256_of(b"")) == b""
        kept = session.execute(text("SELECT count(*), min(size) FROM snapshots")).one()
        assert tuple(kept) == (2, 0)
        with pytest.raises(RecordNotFoundError):
            get_snapshot(session, "0" * 64)


@pytest.mark.parametrize("damage", ["other bytes", "cut short"])
def test_a_damaged_snapshot_is_said(database: Database, damage: str) -> None:
    body = "政协".encode() * 5000
    with database.begin() as session:
        name, other = put_snapshots(session, [body, body[:-3] + b"xyz"])
        change = "(SELECT zstd FROM snapshots WHERE sha256 = :other)"
        if damage == "cut short":
            change = "substr(zstd, 1, 20)"
        session.execute(
            text(f"UPDATE snapshots SET zstd = {change} WHERE sha256 = :name AND :other <> ''"),
            {"name": name, "other": other},
        )
    with database.reading() as session, pytest.raises(SnapshotCorruptError, match=name):
        get_snapshot(session, name)


def test_an_undone_decision_stays_in_the_history(database: Database) -> None:
    (flag_id,) = flagged(database, 1)
    with database.begin() as session:
        dismiss_flag(session, flag_id, why="看错了", now=NOW, by="老王")
        assert get_flag(session, flag_id).decided_by == "老王"
        reopen_flag(session, flag_id, now=NOW + DAY, why="再看一次", by="小李")
    with pytest.raises(TransitionError), database.begin() as session:
        reopen_flag(session, flag_id, now=NOW)
    with database.begin() as session:
        again = get_flag(session, flag_id)
        assert (again.status, again.decided_at, again.decided_by) == (FlagStatus.OPEN, None, None)
        accept_flag(session, flag_id, now=NOW + 2 * DAY, by="小李")
        assert [(one.status, one.by, one.why) for one in decisions_of(session, flag_id)] == [
            (FlagStatus.DISMISSED, "老王", "看错了"),
            (FlagStatus.OPEN, "小李", "再看一次"),
            (FlagStatus.ACCEPTED, "小李", None),
        ]


def test_a_dismissed_story_comes_back_when_its_text_changes_or_another_outlet_prints_it(
    database: Database,
) -> None:
    first, second = flagged(database, 1, 2)
    with database.begin() as session:
        for flag_id in (first, second):
            dismiss_flag(session, flag_id, why="不是", now=NOW)
        one, two = (article(number, genre=Genre.ANNUAL_REVIEW) for number in (1, 2))
        moved = replace(two, url="https://www.example.cn/again/2.html")
        save_article(session, moved, now=NOW + DAY, run_id=None)
        assert get_flag(session, second).status is FlagStatus.DISMISSED  # the same source again
        save_article(session, replace(one, text=one.text + "\n更正。"), now=NOW + DAY, run_id=None)
        elsewhere = replace(two, url="https://other.example/2.html", source_id="other")
        save_article(session, elsewhere, now=NOW + DAY, run_id=None)
    with database.reading() as session:
        for flag_id, words in ((first, "its text changed"), (second, "another outlet")):
            assert get_flag(session, flag_id).status is FlagStatus.OPEN
            assert words in (decisions_of(session, flag_id)[-1].why or "")

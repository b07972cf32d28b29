"""Reading stored publications again: shown before it is applied, recorded, and told."""

from dataclasses import replace

import pytest

from crawler.backfill.rereading import differences, reread_all
from crawler.reading import RULES_VERSION, read_publication
from storage.articles.rereading import NewReading, apply_readings, outdated
from storage.articles.saving import save_articles
from storage.engine.database import Database
from storage.notices.flags import list_flags
from storage.publications.reading import get_publication
from storage.records import Article, FigureScope, Genre
from tests.storage.samples import DAY, NOW, article, reading
from tests.storage.steps import changes_since

TEN = "\n".join(
    f"{n}、省政协围绕第{n}项课题开展协商，立案提案{n * 3}件，委员到基层调研{n}次。"
    for n in range(1, 11)
)


@pytest.fixture
def stored(database: Database) -> list[Article]:
    """A missed publication, a false flag, and one that is read the same but by old rules."""
    plain = article(3)
    read = replace(read_publication(plain, region=None), rules_version="old")
    found = [
        replace(article(1), title="云南省政协2025年十件大事", text=TEN,
                reading=replace(reading(Genre.OTHER), rules_version="old", events=(), figures=())),
        replace(article(2), reading=replace(reading(Genre.TEN_EVENTS), rules_version="old")),
        replace(plain, reading=read),
    ]  # fmt: skip
    with database.begin() as session:
        save_articles(session, found, now=NOW, run_id=None)
    return found


def test_a_dry_run_shows_and_stores_nothing(database: Database, stored: list[Article]) -> None:
    (batch,) = list(reread_all(database))
    assert [one.genre_changes for one in batch] == [True, True, False]
    assert batch[2].differences == ()
    assert ("genre", "other", "ten_events") in batch[0].differences
    with database.reading() as session:
        kept = get_publication(session, stored[0].url).reading
        assert kept is not None
        assert kept.genre is Genre.OTHER
        assert len(changes_since(session, 0)) == 3


def test_applying_replaces_readings_flags_and_leaves_notes(
    database: Database, stored: list[Article]
) -> None:
    for batch in reread_all(database):
        with database.begin() as session:
            done = apply_readings(session, [one.new for one in batch], now=NOW + DAY)
    assert (done.replaced, done.changed, done.flags, done.stale) == (3, 2, 1, 0)
    with database.reading() as session:
        first = get_publication(session, stored[0].url)
        assert first.reading is not None
        assert (first.reading.genre, first.reading.rules_version) == (
            Genre.TEN_EVENTS,
            RULES_VERSION,
        )
        assert len(first.reading.events) == 10
        assert first.reading.figures
        assert (first.summary.revision, len(first.revisions)) == (1, 1)
        flags = {flag.url: flag for flag in list_flags(session)}
        assert set(flags) == {stored[0].url, stored[1].url}
        (note,) = flags[stored[1].url].notes
        assert note.words.startswith(f"read again by rules {RULES_VERSION}: ")
        assert [(one.kind, one.publication_id) for one in changes_since(session, 3)] == [
            ("change", 1),
            ("change", 2),
        ]
        assert outdated(session, RULES_VERSION) == []
    assert list(reread_all(database)) == []
    ((*again,),) = reread_all(database, current_too=True)
    assert [one.differences for one in again] == [(), (), ()]


def test_words_that_changed_meanwhile_are_left_alone(
    database: Database, stored: list[Article]
) -> None:
    (batch,) = list(reread_all(database))
    with database.begin() as session:
        later = replace(stored[0], text=TEN.replace("围绕", "聚焦"))
        save_articles(session, [later], now=NOW + DAY, run_id=None)
    with database.begin() as session:
        done = apply_readings(session, [batch[0].new], now=NOW + 2 * DAY)
    assert (done.replaced, done.stale) == (0, 1)
    with database.reading() as session:
        kept = get_publication(session, stored[0].url).reading
    assert kept == later.reading


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (0.95, 0.7, "read again by rules new: ten_events, doubtful"),
        (0.7, 0.85, "read again by rules new: ten_events, likely"),
        (0.95, 0.85, None),
    ],
)
def test_a_flag_says_when_its_publication_has_become_doubtful(
    database: Database, before: float, after: float, said: str | None
) -> None:
    one = replace(article(1), reading=replace(reading(), score=before))
    with database.begin() as session:
        (saved,) = save_articles(session, [one], now=NOW, run_id=None)
    with database.begin() as session:
        stored = get_publication(session, saved.publication_id)
        read = replace(reading(), score=after, rules_version="new")
        new = NewReading(
            publication_id=saved.publication_id,
            content_sha256=stored.content_sha256,
            reading=read,
        )
        apply_readings(session, [new], now=NOW + DAY)
        (flag,) = list_flags(session)
    assert (flag.score, [note.words for note in flag.notes]) == (before, [said] if said else [])


def test_differences_name_what_changed() -> None:
    old = reading()
    assert list(differences(old, replace(old, rules_version="2"))) == []
    assert list(differences(old, replace(old, years=(2024,)))) == [("years", "2025", "2024")]
    assert list(differences(old, replace(old, evidence=()))) == [
        ("evidence", "other words decided, or weigh otherwise", "")
    ]
    assert list(differences(old, replace(old, score=0.79))) == [
        ("confidence", "certain", "doubtful")
    ]
    others = tuple(replace(one, scope=FigureScope.OTHER) for one in old.figures)
    assert [what for what, _, _ in differences(old, replace(old, figures=others))] == ["figures"]
    assert [what for what, _, _ in differences(old, replace(old, topics=(), session=5))] == [
        "session",
        "topics",
    ]
    assert ("genre", "-", "ten_events") in list(differences(None, old))

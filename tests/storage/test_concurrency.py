"""Several writers at once: no change missed or repeated, one story a text, one runner a run."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sqlalchemy import text

from storage.articles.saving import save_articles
from storage.engine.database import Database
from storage.links.sources import list_sources, sync_sources
from storage.records import Genre, RunTrigger, Saved, SourceRecord
from storage.runs import door
from tests.storage.samples import NOW, TEXT, article
from tests.storage.steps import Change, changes_since, save_article

WRITERS = 4
EACH = 12

BETWEEN_POLLS = 0.001
"""Seconds.  A thread that never waits keeps the interpreter from the one that holds SQLite's
lock: each statement then takes 5 ms to get it back, and the others wait 30 s for the lock.
"""


def at_once(*jobs: Callable[[], None]) -> None:
    """Run the jobs in threads of their own; their first error is ours."""
    errors: list[BaseException] = []

    def run(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as error:
            errors.append(error)
            raise

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_a_follower_misses_and_repeats_nothing(database: Database) -> None:
    done = threading.Event()
    followed: list[Change] = []

    def writer(number: int) -> None:
        for n in range(EACH):
            with database.begin() as session:
                batch = [article(number * 1000 + n), article(number * 1000 + 500 + n)]
                save_articles(session, batch, now=NOW, run_id=None)

    def follower() -> None:
        while True:
            last = done.is_set()
            with database.reading() as session:
                cursor = followed[-1].cursor if followed else 0
                found = changes_since(session, cursor, limit=5)
            followed.extend(found)
            if last and not found:
                return
            time.sleep(BETWEEN_POLLS)

    follow = threading.Thread(target=follower)
    follow.start()
    try:
        at_once(*(partial(writer, number) for number in range(WRITERS)))
    finally:
        done.set()
        follow.join()
    assert [change.cursor for change in followed] == sorted({c.cursor for c in followed})
    assert len(followed) == WRITERS * EACH * 2
    with database.reading() as session:
        assert changes_since(session, 0, limit=10_000) == followed


def test_copies_that_arrive_together_are_one_story_with_one_flag(database: Database) -> None:
    outcomes = []

    def save(number: int) -> None:
        one = article(number, text=TEXT, genre=Genre.TEN_EVENTS, source_id=f"s{number}")
        with database.begin() as session:
            outcomes.append(save_article(session, one, now=NOW, run_id=None))

    at_once(*(partial(save, number) for number in range(6)))
    assert len({outcome.story_id for outcome in outcomes}) == 1
    assert sum(outcome.flag_id is not None for outcome in outcomes) == 1


def test_the_same_articles_from_two_writers_are_stored_once(database: Database) -> None:
    batch = [article(n) for n in range(10)]
    outcomes = []

    def save(order: int) -> None:
        with database.begin() as session:
            outcomes.extend(save_articles(session, batch[::order], now=NOW, run_id=None))

    at_once(lambda: save(1), lambda: save(-1))
    assert [outcome.saved for outcome in outcomes].count(Saved.NEW) == 10
    assert [outcome.saved for outcome in outcomes].count(Saved.UNCHANGED) == 10


def test_one_of_many_runners_gets_a_run(database: Database) -> None:
    with database.begin() as session:
        run_id = door.create_run(session, "a", trigger=RunTrigger.CLOCK, due_at=NOW, now=NOW)
    tokens = []

    def claim(owner: str) -> None:
        with database.begin() as session:
            tokens.append(door.claim_run(session, run_id, owner=owner, now=NOW, lease_seconds=60))

    at_once(*(partial(claim, f"owner {number}") for number in range(6)))
    assert sorted(token for token in tokens if token is not None) == [1]


def test_a_writer_that_fails_does_not_hold_up_the_others(database: Database) -> None:
    one = article(1)
    with database.begin() as session:
        save_article(session, one, now=NOW, run_id=None)
        session.rollback()
    with database.begin() as session:
        outcome = save_article(session, replace(one, title="改题"), now=NOW, run_id=None)
    assert outcome.saved is Saved.NEW
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM publications")).scalar_one() == 1


def test_two_services_enter_the_same_new_sources(database: Database) -> None:
    sources = [SourceRecord(id=f"s{n}", name=f"第{n}家", region="云南") for n in range(40)]

    def enter() -> None:
        with database.begin() as session:
            sync_sources(session, sources, now=NOW)

    at_once(*[enter] * WRITERS)
    with database.reading() as session:
        assert list_sources(session) == sorted(sources, key=lambda one: one.id)

"""Links seen on lists: known or not, what became of them, when they are looked at again."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.engine.database import Database
from storage.links.discoveries import (
    BACK_OFF,
    KnownLink,
    LinkState,
    due_links,
    known_links,
    newest_listed,
    record_links,
    record_refusal,
    waited,
)
from storage.links.takedown import MISSING_CLASSES
from storage.publications.reading import get_publication
from storage.records import Link, Refusal, RefusalClass, RequestKind, Saved
from tests.storage.samples import DAY, NOW, article
from tests.storage.steps import changes_since, save_article

ONE = article(1)
LINK = Link(url=ONE.url, title="政协十件大…", published_on=date(2026, 1, 19))


def listed(database: Database, *links: Link, days: int = 0) -> int:
    with database.begin() as session:
        known = record_links(session, "a", links, now=NOW + days * DAY, run_id=7)
        return len({link.url for link in links}) - len(known)


def refused(database: Database, refusal_class: RefusalClass, *, days: float = 0) -> None:
    refusal = Refusal(
        url=ONE.url, kind=RequestKind.ARTICLE, refusal_class=refusal_class, detail="why"
    )
    with database.begin() as session:
        record_refusal(session, refusal, source_id="a", run_id=None, now=NOW + days * DAY)


def known(database: Database) -> KnownLink:
    with database.reading() as session:
        return known_links(session, "a", [ONE.url])[ONE.url]


def test_a_link_is_new_once(database: Database) -> None:
    assert listed(database, LINK, LINK, Link(url="https://x.example/2", title="乙")) == 2
    fuller = replace(LINK, title="政协十件大事评选揭晓", published_on=None)
    assert listed(database, fuller, days=3) == 0
    seen = known(database)
    assert (seen.title, seen.listed_on) == (fuller.title, LINK.published_on)
    assert (seen.first_seen_at, seen.last_seen_at) == (NOW, NOW + 3 * DAY)
    assert (seen.state, seen.next_check_at) == (LinkState.PENDING, NOW)
    with database.reading() as session:
        assert known_links(session, "b", [ONE.url]) == {}


def test_many_links_at_once(database: Database) -> None:
    links = [Link(url=f"https://x.example/{n}", title=f"第{n}") for n in range(1203)]
    assert listed(database, *links) == 1203
    with database.reading() as session:
        assert len(known_links(session, "a", [link.url for link in links] + ["no"])) == 1203


@pytest.mark.parametrize("refusal_class", RefusalClass)
def test_a_refused_link_waits_longer_each_time(
    database: Database, refusal_class: RefusalClass
) -> None:
    listed(database, LINK)
    first, cap = BACK_OFF[refusal_class]
    for attempt in range(3):
        refused(database, refusal_class)
        seen = known(database)
        assert (seen.state, seen.refusal_class) == (LinkState.REFUSED, refusal_class)
        assert (seen.attempts, seen.detail) == (attempt + 1, "why")
        assert seen.next_check_at == NOW + min(cap, first * 2**attempt)
    with database.begin() as session:
        save_article(session, ONE, now=NOW + DAY, run_id=None)
    seen = known(database)
    assert (seen.state, seen.refusal_class, seen.attempts) == (LinkState.STORED, None, 0)


def test_a_stored_article_is_looked_at_again_as_soon_however_often_it_failed(
    database: Database,
) -> None:
    listed(database, LINK)
    with database.begin() as session:
        save_article(session, ONE, now=NOW, run_id=None)
    first, _ = BACK_OFF[RefusalClass.NETWORK]
    for attempts in (1, 2, 3):
        refused(database, RefusalClass.NETWORK)
        seen = known(database)
        assert (seen.state, seen.attempts) == (LinkState.STORED, attempts)
        assert seen.next_check_at == NOW + first


@given(st.integers(0, 10_000))
def test_waiting_never_shrinks_nor_passes_its_cap(attempts: int) -> None:
    first, cap = timedelta(days=1), timedelta(days=60)
    assert first <= waited(first, cap, attempts) <= waited(first, cap, attempts + 1) <= cap


def test_due_links_come_longest_overdue_first(database: Database) -> None:
    listed(database, Link(url="https://x.example/2", title="乙"), days=1)
    listed(database, LINK)
    with database.reading() as session:
        due = due_links(session, "a", now=NOW + 2 * DAY, limit=5)
        assert [link.url for link in due] == [ONE.url, "https://x.example/2"]
        assert len(due_links(session, "a", now=NOW, limit=5)) == 1
        assert due_links(session, "a", now=NOW, limit=5, state=LinkState.STORED) == []


def test_a_page_is_taken_down_after_three_checks_over_a_week(database: Database) -> None:
    listed(database, LINK)
    with database.begin() as session:
        save_article(session, ONE, now=NOW, run_id=None)
    for day, removed in ((1, False), (2, False), (3, False), (8, True)):
        refused(database, RefusalClass.GONE, days=day)
        with database.reading() as session:
            stored = get_publication(session, ONE.url)
        assert (stored.summary.removed_at is not None) == removed
        assert stored.summary.first_missing_at == NOW + DAY
        assert known(database).state is LinkState.STORED
    assert stored.text == ONE.text  # the record stays
    assert stored.summary.last_seen_at == NOW
    refused(database, RefusalClass.GONE, days=20)
    with database.begin() as session:
        back = save_article(session, ONE, now=NOW + 30 * DAY, run_id=None)
    assert back.saved is Saved.UNCHANGED
    with database.reading() as session:
        assert get_publication(session, ONE.url).summary.removed_at is None
        assert [c.kind for c in changes_since(session, 0)] == ["add", "remove", "add"]


@pytest.mark.parametrize("refusal_class", sorted(set(RefusalClass) - MISSING_CLASSES))
def test_a_wall_or_an_error_is_no_take_down(
    database: Database, refusal_class: RefusalClass
) -> None:
    listed(database, LINK)
    with database.begin() as session:
        save_article(session, ONE, now=NOW, run_id=None)
    for day in (1, 5, 9, 13):
        refused(database, refusal_class, days=day)
    with database.reading() as session:
        stored = get_publication(session, ONE.url).summary
    assert (stored.first_missing_at, stored.removed_at) == (None, None)


def test_one_good_answer_between_starts_the_count_anew(database: Database) -> None:
    listed(database, LINK)
    for day in (0, 6):
        with database.begin() as session:
            save_article(session, ONE, now=NOW + day * DAY, run_id=None)
        for later in (1, 2, 5):
            refused(database, RefusalClass.SOFT_404, days=day + later)
    with database.reading() as session:
        assert get_publication(session, ONE.url).summary.removed_at is None


def test_the_newest_listed_day_is_of_one_source_and_of_the_lists_read_since(
    database: Database,
) -> None:
    listed(database, LINK)
    listed(database, replace(LINK, url=article(2).url, published_on=date(2026, 1, 17)), days=3)
    listed(database, replace(LINK, url=article(3).url, published_on=None), days=3)
    with database.reading() as session:
        assert newest_listed(session, "a") == date(2026, 1, 19)
        assert newest_listed(session, "a", seen_since=NOW + DAY) == date(2026, 1, 17)
        assert newest_listed(session, "a", seen_since=NOW + 4 * DAY) is None
        assert newest_listed(session, "another") is None

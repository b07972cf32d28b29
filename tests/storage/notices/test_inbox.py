"""The inbox as a person reads it: rows, filters, pages that do not move."""

from dataclasses import replace

from sqlalchemy import update

from storage.engine.database import Database
from storage.engine.flag_tables import FlagRow
from storage.notices.decisions import accept_flag
from storage.notices.flags import FlagStatus
from storage.notices.inbox import (
    InboxFilter,
    count_inbox,
    flag_of,
    list_inbox,
    neighbours,
    newest_flag,
    newest_in_inbox,
)
from storage.records import Genre
from tests.storage.samples import DAY, NOW, article
from tests.storage.steps import save_article


def stored(database: Database, *numbers: int) -> list[int]:
    flags = []
    for number in numbers:
        genre = Genre.TEN_EVENTS if number % 2 else Genre.ANNUAL_REVIEW
        with database.begin() as session:
            outcome = save_article(session, article(number, genre=genre), now=NOW, run_id=None)
        flags.append(outcome.flag_id or 0)
    return flags


def test_a_row_holds_what_is_needed_to_decide(database: Database) -> None:
    stored(database, 1)
    copy = article(1, genre=Genre.TEN_EVENTS)
    later = copy.published_at and copy.published_at + DAY  # so that the first stays the original
    copy = replace(copy, url="https://other.example/1.html", published_at=later)
    longer = article(1, genre=Genre.TEN_EVENTS)
    longer = replace(longer, text=longer.text + "\n更正一处。")
    with database.begin() as session:
        save_article(session, copy, now=NOW, run_id=None)
        save_article(session, longer, now=NOW + DAY, run_id=None)
    with database.reading() as session:
        (row,) = list_inbox(session, InboxFilter())
        assert (row.committee, row.year_to, row.outlet) == ("政协云南省委员会", 2025, "云南政协报")
        assert (row.events, row.figures, row.copies, row.revision) == (2, 2, 2, 2)
        assert row.revised_at == NOW + DAY
        assert row.sentence == article(1).text[:60]
        assert flag_of(session, row.publication) == row.flag
        assert newest_flag(session) == row.flag


def test_doubtful_flags_hide_no_newer_one_from_who_reads_the_newest(database: Database) -> None:
    flags = stored(database, 1, 2, 3, 4)
    wanted = InboxFilter(status=FlagStatus.OPEN)
    with database.begin() as session:
        session.execute(update(FlagRow).where(FlagRow.id.in_(flags[:2])).values(score=0.5))
        session.execute(update(FlagRow).where(FlagRow.id.in_(flags[2:])).values(score=0.99))
    with database.reading() as session:
        assert [row.flag for row in list_inbox(session, wanted, limit=2)] == [flags[1], flags[0]]
        newest = newest_in_inbox(session, wanted, limit=2)
        assert [row.flag for row in newest] == [flags[3], flags[2]]
        assert [row.flag for row in newest_in_inbox(session, InboxFilter(), limit=1)] == flags[3:]
    with database.begin() as session:  # a back-fill found it
        session.execute(update(FlagRow).where(FlagRow.id == flags[3]).values(past=True))
    with database.reading() as session:
        assert [row.flag for row in newest_in_inbox(session, wanted, limit=1)] == flags[2:3]


def test_pages_and_neighbours_follow_one_order(database: Database) -> None:
    flags = stored(database, 1, 2, 3, 4)
    with database.begin() as session:
        accept_flag(session, flags[1], now=NOW + DAY)
    wanted = InboxFilter(status=FlagStatus.OPEN)
    with database.reading() as session:
        first = list_inbox(session, wanted, limit=2)
        rest = list_inbox(session, wanted, limit=2, before=first[-1].flag)
        assert [row.flag for row in first + rest] == [flags[3], flags[2], flags[0]]
        newer, older = neighbours(session, wanted, flags[1])  # itself no longer among them
        assert newer is not None
        assert older is not None
        assert (newer[0], older[0]) == (flags[2], flags[0])
        assert count_inbox(session, wanted)[FlagStatus.ACCEPTED] == 1


def test_filters_narrow_rows_and_counts(database: Database) -> None:
    stored(database, 1, 2, 3)
    with database.reading() as session:
        for wanted, number in (
            (InboxFilter(genre=Genre.TEN_EVENTS), 2),
            (InboxFilter(region="云南", year=2025), 3),
            (InboxFilter(region="广西"), 0),
            (InboxFilter(year=2019), 0),
        ):
            assert len(list_inbox(session, wanted)) == number
            assert sum(count_inbox(session, wanted).values()) == number


def test_what_is_doubtful_waits_first(database: Database) -> None:
    flags = []
    for number, score in ((1, 0.99), (2, 0.55), (3, 0.95), (4, 0.7)):
        one = article(number, genre=Genre.TEN_EVENTS)
        assert one.reading
        one = replace(one, reading=replace(one.reading, score=score))
        with database.begin() as session:
            outcome = save_article(session, one, now=NOW, run_id=None)
        flags.append(outcome.flag_id or 0)
    order = [flags[3], flags[1], flags[2], flags[0]]
    wanted = InboxFilter(status=FlagStatus.OPEN)
    with database.reading() as session:
        assert [row.flag for row in list_inbox(session, wanted)] == order
        for limit in range(1, 5):
            page = list_inbox(session, wanted, limit=limit)
            assert [row.flag for row in page] == order[:limit]
        for place, flag_id in enumerate(order):
            rest = list_inbox(session, wanted, before=flag_id)
            assert [row.flag for row in rest] == order[place + 1 :]
            around = [pair and pair[0] for pair in neighbours(session, wanted, flag_id)]
            before, behind = order[place - 1] if place else None, [*order, None][place + 1]
            assert around == [before, behind]
        everything = InboxFilter(status=None)
        assert [row.flag for row in list_inbox(session, everything)] == flags[::-1]

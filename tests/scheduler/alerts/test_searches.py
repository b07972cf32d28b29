"""Saved searches: what is new is told once, gathered, and nothing old."""

from datetime import timedelta

import pytest

from scheduler.alerts.searches import tell_found
from scheduler.i18n import words_in
from storage.articles.saving import save_articles
from storage.engine.database import Database
from storage.errors import RecordNotFoundError
from storage.notices import outbox
from storage.records import Genre
from storage.search import saved
from tests.storage.samples import NOW, TEXT, article, other_text

WORDS = words_in("zh")
HOUR = timedelta(hours=1)


def store(database: Database, number: int, text: str) -> None:
    one = article(number, text=text, genre=Genre.CPPCC_NEWS)
    with database.begin() as session:
        save_articles(session, [one], now=NOW, run_id=None)


def tell(database: Database, hours: int) -> list[outbox.Message]:
    with database.begin() as session:
        tell_found(session, WORDS, now=NOW + hours * HOUR)
    with database.reading() as session:
        return outbox.waiting(session, "search")


def test_only_what_is_stored_later_and_holds_all_words_is_told(database: Database) -> None:
    store(database, 1, TEXT)
    with database.begin() as session:
        saved.save_search(session, " 提案  高原湖泊 ", region="云南", by="李", now=NOW)
        saved.save_search(session, "提案 高原湖泊", region="广西", by=None, now=NOW)
        saved.save_search(session, "提案 数字经济", region=None, by=None, now=NOW)
    assert tell(database, 0) == []
    store(database, 2, other_text(2))
    store(database, 3, other_text(3) + "提案，高原湖泊")
    store(database, 4, other_text(3) + "提案，高原湖泊")  # a copy of the one before
    (message,) = tell(database, 0)
    assert message.key == "search:1:3"
    assert message.payload["title"] == "保存的检索 1（提案 高原湖泊 (云南)）找到 1 篇"
    assert "3  云南政协报" in str(message.payload["body"])
    assert message.payload["data"]["publications"][0]["publication"] == 3  # type: ignore[index,call-overload]


def test_what_follows_within_an_hour_is_one_message(database: Database) -> None:
    with database.begin() as session:
        saved.save_search(session, "高原湖泊", region=None, by=None, now=NOW)
    for number in (1, 2, 3):
        store(database, number, other_text(number) + "高原湖泊")
        assert len(tell(database, 0)) == 1
    assert [one.key for one in tell(database, 1)] == ["search:1:1", "search:1:3"]
    assert len(tell(database, 5)) == 2


def test_a_removed_search_finds_nothing(database: Database) -> None:
    with database.begin() as session:
        saved.save_search(session, "高原湖泊", region=None, by=None, now=NOW)
        saved.remove_search(session, 1)
        with pytest.raises(RecordNotFoundError):
            saved.remove_search(session, 1)
    store(database, 1, other_text(1) + "高原湖泊")
    assert tell(database, 0) == []

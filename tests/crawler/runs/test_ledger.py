"""What a run asks the database of a list page's links: once, before any of them is fetched."""

from datetime import timedelta

from sqlalchemy import event

from crawler.families.base import Listed
from crawler.spiders.base import SourceSpider
from storage.records import Link
from tests.storage.samples import NOW

LINKS = tuple(
    Link(
        url=f"http://two.example/2021/{number}.html",
        title=f"省政协召开第{number}次会议",
        fetch_url=f"http://two.example/2021/{number}.html?v=1",
    )
    for number in range(1, 5)
)


def test_links_are_met_once_and_say_what_was_known_before(spider: SourceSpider) -> None:
    assert spider.ledger.meet(LINKS[:2]) == {}
    spider.ledger.now = lambda: NOW + timedelta(hours=3)
    known = spider.ledger.meet(LINKS)
    assert set(known) == {link.url for link in LINKS[:2]}
    assert {one.fetch_url for one in known.values()} == {link.fetch_url for link in LINKS[:2]}
    assert {one.first_seen_at for one in known.values()} == {NOW}


def test_a_list_page_is_one_question_to_the_database(spider: SourceSpider) -> None:
    asked: list[str] = []

    def note(*arguments: object) -> None:
        statement = str(arguments[2])
        if statement.startswith("SELECT") and "FROM discoveries" in statement:
            asked.append(statement)

    event.listen(spider.ledger.database.engine, "before_cursor_execute", note)
    try:
        requests = list(spider.ask_articles(Listed(links=LINKS, walk="list")))
        spider.settled([link.url for link in LINKS])
    finally:
        event.remove(spider.ledger.database.engine, "before_cursor_execute", note)
    assert [request.url for request in requests] == [link.fetch_url for link in LINKS]
    assert len(asked) == 1

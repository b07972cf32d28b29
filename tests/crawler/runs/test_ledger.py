"""What a run asks the database of a list page's links: once, before any of them is fetched."""

from datetime import timedelta

from sqlalchemy import event

from crawler.families.base import Listed
from crawler.runs.account import CONFIRMED
from crawler.spiders.base import SourceSpider
from storage.links.discoveries import record_refusal
from storage.records import Link, Refusal, RefusalClass, RequestKind
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


def test_a_link_that_earlier_runs_were_refused_is_lacked_until_that_is_confirmed(
    spider: SourceSpider,
) -> None:
    refused = [
        (RefusalClass.GONE, 1), (RefusalClass.HTTP_ERROR, 1), (RefusalClass.SOFT_404, CONFIRMED),
        (RefusalClass.SOFT_404, CONFIRMED - 1),
    ]  # fmt: skip
    spider.ledger.meet(LINKS)
    now = spider.now()
    with spider.ledger.database.begin() as session:
        for link, (refusal_class, times) in zip(LINKS, refused, strict=True):
            refusal = Refusal(
                url=link.url, kind=RequestKind.ARTICLE, refusal_class=refusal_class, detail="so"
            )
            for _ in range(times):
                record_refusal(session, refusal, source_id=spider.source.id, run_id=None, now=now)
    assert list(spider.ask_articles(Listed(links=LINKS, walk="list"))) == []
    assert spider.account.known_bad == 2, "gone, and not found three times"
    assert spider.account.put_off == {RefusalClass.HTTP_ERROR: 1, RefusalClass.SOFT_404: 1}

"""A feed over several runs: what it proves, and how often the database is asked for its links."""

from datetime import timedelta

import pytest
from scrapy import Request
from scrapy.http import XmlResponse
from sqlalchemy import event, update

from crawler.config import CrawlConfig
from crawler.runs.ledger import RunLedger
from crawler.sources.declaration import Source
from crawler.spiders.base import SourceSpider
from crawler.spiders.loader import spider_class
from storage.engine.database import Database
from storage.engine.link_tables import DiscoveryRow
from storage.records import RunCounts, RunTrigger, Verdict, VerdictKind
from storage.runs import door, lease
from storage.runs.options import CrawlOptions
from tests.storage.samples import DAY, NOW

FEED = "http://f.example/rss.xml"
SOURCE = Source.model_validate(
    {
        "id": "feed_net", "name": "某某网", "region": "云南", "kind": "portal", "family": "feed",
        "homepage": "http://f.example/", "hosts": ["f.example"], "feed": {"urls": [FEED]},
        "expect": {"min_articles": 1, "max_days_silent": 3},
    }
)  # fmt: skip


def spider_of(database: Database, day: int) -> SourceSpider:
    now = NOW + day * DAY
    with database.begin() as session:
        run_id = door.create_run(session, SOURCE.id, trigger=RunTrigger.CLOCK, due_at=now, now=now)
        token = door.claim_run(session, run_id, owner="test", now=now, lease_seconds=600)
    assert token is not None
    made = spider_class(SOURCE)(options=CrawlOptions())
    assert isinstance(made, SourceSpider)
    made.config = CrawlConfig(database_url=database.url)
    made.ledger = RunLedger(
        database, source_id=SOURCE.id, run_id=run_id, token=token, now=lambda: now
    )
    return made


def read(spider: SourceSpider, *numbers: int) -> list[str]:
    """The articles that are asked for when the feed shows these."""
    items = "".join(
        f"<item><title>第{n}次协商会议</title><link>http://f.example/{n}.html</link></item>"
        for n in numbers
    )
    body = f"<rss><channel><title>要闻</title>{items}</channel></rss>".encode()
    (request,) = spider.entries()
    outputs = spider.answered(XmlResponse(FEED, body=body), request.cb_kwargs["ask"])
    return [one.url for one in outputs if isinstance(one, Request)]


@pytest.fixture
def crawled(database: Database) -> Database:
    """A complete run has read articles 1 and 2."""
    spider = spider_of(database, 0)
    assert len(read(spider, 1, 2)) == 2
    with database.begin() as session:
        session.execute(
            update(DiscoveryRow).values(state="stored", next_check_at=NOW + timedelta(days=99_999))
        )
        lease.finish_run(
            session, spider.ledger.run_id, spider.ledger.token,
            Verdict(kind=VerdictKind.COMPLETE, reason="played"), RunCounts(), now=NOW,
        )  # fmt: skip
    return database


@pytest.mark.parametrize(
    ("shown", "asked", "words"),
    [
        ((1, 2), 0, "known_reached"),
        ((2, 3), 1, "last_page"),
        ((3, 4), 2, "it shows nothing that it showed before: more may have come"),
    ],
)
def test_a_feed_goes_on_where_it_was_left_or_leaves_a_gap(
    crawled: Database, shown: tuple[int, ...], asked: int, words: str
) -> None:
    spider = spider_of(crawled, 1)
    assert len(read(spider, *shown)) == asked
    walk = spider.account.walks[FEED]
    end = walk.totals.end
    assert (walk.broken or (end.value if end else None)) == words


def test_the_links_of_a_page_are_asked_for_once(crawled: Database) -> None:
    spider = spider_of(crawled, 1)
    asked: list[str] = []

    def note(*given: object) -> None:
        if "FROM discoveries" in str(given[2]):
            asked.append(str(given[2]))

    event.listen(crawled.engine, "before_cursor_execute", note)
    read(spider, 1, 2, 3)
    assert len(asked) == 1

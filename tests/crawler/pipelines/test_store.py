"""What the database refuses is entered in the account, and takes nothing else with it."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from sqlalchemy import text

from crawler.extensions.run import expectation_of
from crawler.pipelines.store import StorePipeline
from crawler.runs.account import verdict_of
from crawler.spiders.base import SourceSpider
from storage.engine.database import Database
from storage.records import RefusalClass, RequestKind, VerdictKind
from tests.storage.samples import article

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

REFUSING = {
    "sqlite": (
        "CREATE TRIGGER no_third BEFORE INSERT ON publications WHEN new.url LIKE '%n3.html' "
        "BEGIN SELECT RAISE(ABORT, 'a value that cannot be held'); END"
    ),
    "postgresql": "ALTER TABLE publications ADD CHECK (url NOT LIKE '%n3.html')",
}


def test_one_article_that_cannot_be_stored_does_not_take_its_batch_with_it(
    database: Database, spider: SourceSpider
) -> None:
    url = "https://www.example.cn/n{}.html"
    batch = [article(number) for number in range(1, 6)]
    with database.begin() as session:
        session.execute(text(REFUSING[database.engine.dialect.name]))
    pipeline = StorePipeline(cast("Crawler", SimpleNamespace(spider=spider)))
    for one in batch:
        spider.account.asked[RequestKind.ARTICLE] += 1
        spider.account.accepted[RequestKind.ARTICLE] += 1
        pipeline.process_item(one)
    pipeline.close_spider()

    with database.reading() as session:
        stored = set(session.execute(text("SELECT url FROM publications")).scalars())
        refused = session.execute(text("SELECT url, refusal_class FROM refusals")).all()
    assert stored == {url.format(number) for number in (1, 2, 4, 5)}
    assert [tuple(row) for row in refused] == [(url.format(3), RefusalClass.OURS.value)]
    (refusal,) = spider.account.refusals
    assert refusal.detail.startswith("not stored: the database refuses the record: ")
    assert (spider.account.accepted[RequestKind.ARTICLE], spider.account.missing) == (4, 0)
    assert spider.account.stopped is None
    verdict = verdict_of(spider.account, expectation_of(spider.source))
    assert verdict.kind is not VerdictKind.COMPLETE


def test_an_article_waits_for_others_at_a_heartbeat_and_not_for_ever(
    database: Database, spider: SourceSpider, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = StorePipeline(cast("Crawler", SimpleNamespace(spider=spider)))
    pipeline.process_item(article(1))
    monkeypatch.setattr("crawler.pipelines.store.WAIT_SECONDS", 3600.0)
    pipeline.flush_due()
    assert stored_in(database) == 0
    monkeypatch.setattr("crawler.pipelines.store.WAIT_SECONDS", 0.0)
    pipeline.flush_due()
    assert stored_in(database) == 1


def stored_in(database: Database) -> int:
    """How many publications it holds."""
    with database.reading() as session:
        return int(session.execute(text("SELECT count(*) FROM publications")).scalar_one())

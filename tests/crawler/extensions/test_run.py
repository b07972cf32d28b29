"""The pulse of a run goes on when the database refuses one beat."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from scrapy.settings import Settings
from twisted.python.failure import Failure

from crawler.extensions.run import RunExtension
from crawler.runs.account import Account
from crawler.sources.declaration import load_sources
from crawler.spiders.base import SourceSpider
from storage.engine.database import open_database
from storage.records import RefusalClass, RequestKind
from storage.runs import history
from storage.runs.options import CrawlOptions
from tests.storage.samples import article

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


def beaten_at(url: str, run_id: int) -> datetime | None:
    database = open_database(url)
    with database.reading() as session:
        found = history.get_run(session, run_id).heartbeat_at
    database.close()
    return found


def test_a_refused_heartbeat_is_followed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"sqlite:///{tmp_path / 'cppcc.db'}"
    monkeypatch.setenv("CPPCC_DATABASE_URL", url)
    monkeypatch.setattr("storage.engine.database.BUSY_TIMEOUT_MS", 10)
    spider = SimpleNamespace(
        source=load_sources()["yunnan_net"], account=Account(), bounds=CrawlOptions()
    )
    crawler = SimpleNamespace(
        spider=spider, settings=Settings({"USER_AGENT": "x"}), get_item_pipeline=lambda _: None
    )

    async def beat() -> None:
        extension = RunExtension(cast("Crawler", crawler))
        extension.spider_opened()
        assert extension.ledger is not None
        run_id = extension.ledger.run_id
        claimed = beaten_at(url, run_id)
        with closing(sqlite3.connect(tmp_path / "cppcc.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            extension.beat()
        assert beaten_at(url, run_id) == claimed
        extension.beat()
        assert beaten_at(url, run_id) != claimed
        extension.ledger.database.close()

    asyncio.run(beat())
    assert "missed a heartbeat: another process holds the database" in caplog.text


def test_an_article_whose_pipeline_raised_was_not_accepted(spider: SourceSpider) -> None:
    one = article(1)

    async def raised() -> None:  # the extension's pulse wants a loop to be made in
        extension = RunExtension(cast("Crawler", SimpleNamespace(spider=spider)))
        extension.item_error(one, Failure(ValueError("a defect")))  # type: ignore[no-untyped-call]

    spider.account.asked[RequestKind.ARTICLE] += 1
    spider.account.accepted[RequestKind.ARTICLE] += 1
    asyncio.run(raised())
    (refusal,) = spider.account.refusals
    assert (refusal.url, refusal.refusal_class) == (one.url, RefusalClass.OURS)
    assert refusal.detail == "ValueError: a defect"
    assert (spider.account.accepted[RequestKind.ARTICLE], spider.account.missing) == (0, 0)

"""A spider with a claimed run, for tests of what spiders and pipelines enter."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.config import CrawlConfig
from crawler.runs.ledger import RunLedger
from crawler.sources.declaration import load_source
from crawler.spiders.base import SourceSpider
from crawler.spiders.loader import spider_class
from storage.engine.database import Database
from storage.records import RunTrigger
from storage.runs import door
from storage.runs.options import CrawlOptions
from tests.storage.samples import NOW

HOST = "http://two.example"
DECLARATION = f"""
name = "两栏网"
region = "云南"
kind = "portal"
family = "listing"
homepage = "{HOST}/"
hosts = ["two.example"]
article_pattern = '/2021/\\d+\\.html'
[listing]
urls = ["{HOST}/a/index.html", "{HOST}/b/index.html"]
[expect]
min_articles = 3
max_days_silent = 3
"""


@pytest.fixture
def spider(database: Database, tmp_path: Path) -> Iterator[SourceSpider]:
    path = tmp_path / "two_net.toml"
    path.write_text(DECLARATION, "utf-8")
    source = load_source(path)
    with database.begin() as session:
        run_id = door.create_run(session, source.id, trigger=RunTrigger.MANUAL, due_at=NOW, now=NOW)
        token = door.claim_run(session, run_id, owner="test", now=NOW, lease_seconds=600)
    assert token is not None
    made = spider_class(source)(options=CrawlOptions(full=True))
    assert isinstance(made, SourceSpider)
    made.config = CrawlConfig(database_url=database.url)
    made.ledger = RunLedger(
        database, source_id=source.id, run_id=run_id, token=token, now=lambda: NOW
    )
    yield made
    database.close()

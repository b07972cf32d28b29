"""The run around a crawl: claimed before the first request, closed with a verdict."""

import logging
from typing import TYPE_CHECKING, Self, cast

from scrapy import signals
from scrapy.utils.asyncio import create_looping_call

from crawler.config import CrawlConfig
from crawler.pipelines.store import StorePipeline
from crawler.runs.account import Expectation, verdict_of
from crawler.runs.ledger import RunLedger
from crawler.sources.declaration import Source
from crawler.spiders.base import Ask, SourceSpider
from storage.engine.database import open_database
from storage.errors import LeaseLostError, StorageError
from storage.links.sources import sync_sources
from storage.records import RefusalClass, Verdict
from storage.runs import lease as runs
from storage.runs.claimers import this_process
from storage.runs.lease import LEASE_SECONDS, LeaseState

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

logger = logging.getLogger(__name__)

BEAT_SECONDS = 1.0


class RunExtension:
    """Gives the spider its ledger, beats while it works, and writes the verdict.

    The launcher passes the run that it claimed (``CPPCC_RUN_ID``, ``CPPCC_RUN_TOKEN``); a
    crawl started with plain ``scrapy crawl`` makes and claims a manual run of its own.
    """

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler
        self.verdict: Verdict | None = None
        config = CrawlConfig()
        spider = cast(SourceSpider, crawler.spider)
        spider.config = config
        crawler.settings.set(
            "USER_AGENT",
            config.user_agent,
            priority="spider",
        )
        database = open_database(config.database_url)
        with database.begin() as session:
            sync_sources(session, [spider.source.record], now=config.now())
        run_id = crawler.settings.getint("CPPCC_RUN_ID")
        token = crawler.settings.getint("CPPCC_RUN_TOKEN")
        if not run_id:
            now = config.now()
            with database.begin() as session:
                run_id = runs.create_run(
                    session, spider.source.id, trigger="manual", due_at=now, now=now, options={}
                )
                claimed = runs.claim_run(
                    session,
                    run_id,
                    owner=this_process(),
                    now=now,
                    lease_seconds=LEASE_SECONDS,
                )
            assert claimed is not None  # nobody else knows of this run yet
            token = claimed
        self.ledger = RunLedger(
            database, source_id=spider.source.id, run_id=run_id, token=token, now=config.now
        )
        spider.ledger = self.ledger
        self._spider = spider
        self._pulse = create_looping_call(self.beat)

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build for ``crawler``; a crawl without a run is not possible."""
        extension = cls(crawler)
        connect = crawler.signals.connect
        connect(extension.spider_opened, signal=signals.spider_opened)
        connect(extension.spider_error, signal=signals.spider_error)
        connect(extension.item_error, signal=signals.item_error)
        connect(extension.spider_closed, signal=signals.spider_closed)
        return extension

    def spider_opened(self) -> None:
        """Begin to beat."""
        logger.info("run=%s source=%s begins", self.ledger.run_id, self._spider.source.id)
        self._pulse.start(BEAT_SECONDS)

    def beat(self) -> None:
        """One heartbeat; stops the crawl when that was asked for, or its lease is lost.

        What waits to be stored is stored first, so the counts that the beat shows are true.
        A beat that the database refuses is lost; the next one tries again, until the lease ends.
        """
        pipeline = self._crawler.get_item_pipeline(StorePipeline)
        if pipeline is not None:
            pipeline.flush()
        try:
            beat = self.ledger.beat(self._spider.account)
        except StorageError as error:  # raised, it would end the looping call for good
            logger.warning("run=%s missed a heartbeat: %s", self.ledger.run_id, error)
            return
        if beat is LeaseState.CANCEL_ASKED:
            self._spider.stop("cancelled")
        elif beat is LeaseState.LOST:
            self._spider.stop("the lease was lost to another runner")

    def spider_error(self, failure: "Failure", response: "Response") -> None:
        """A callback raised what is no PageError: a defect of ours, counted as one."""
        ask: Ask = response.cb_kwargs["ask"]
        self._spider.refuse(ask, RefusalClass.OURS, self._defect(failure))

    def item_error(self, item: object, failure: "Failure") -> None:
        """A pipeline raised: the article was accepted too early."""
        self._spider.take_back(getattr(item, "url", "?"), self._defect(failure))

    def _defect(self, failure: "Failure") -> str:
        """The failure in words; a lost lease ends the crawl."""
        if isinstance(failure.value, LeaseLostError):
            self._spider.stop("the lease was lost to another runner")
        return f"{failure.type.__name__ if failure.type else '?'}: {failure.value}"

    def spider_closed(self, reason: str) -> None:
        """Compute the verdict and close the run."""
        if self._pulse.running:
            self._pulse.stop()
        spider = self._spider
        if reason != "finished" and not spider.account.stopped:
            spider.account.stopped = "cancelled" if reason == "shutdown" else f"closed ({reason})"
        if spider.account.stopped:
            spider.account.withdraw()
        verdict = verdict_of(spider.account, expectation_of(spider.source))
        self.ledger.finish(spider.account, verdict)
        self.verdict = verdict
        logger.info(
            "run=%s source=%s verdict=%s reason=%s",
            self.ledger.run_id,
            spider.source.id,
            verdict.kind.value,
            verdict.reason,
        )


def expectation_of(source: Source) -> Expectation:
    """What a source's declaration says of a healthy crawl."""
    return Expectation(
        min_articles=source.expect.min_articles,
        empty_ok=source.expect.empty_ok,
        empty_issues_ok=source.expect.max_days_silent if source.skips_days else 0,
    )

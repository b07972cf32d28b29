"""The run around a crawl: claimed before the first request, closed with a verdict."""

import logging
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Self, cast

from scrapy import signals
from scrapy.exceptions import CloseSpider
from scrapy.utils.asyncio import create_looping_call

from crawler.config import CrawlConfig
from crawler.families.base import Ask
from crawler.pipelines.store import StorePipeline
from crawler.runs.account import Expectation, verdict_of
from crawler.runs.ledger import RunLedger
from crawler.sources.declaration import Source
from crawler.spiders.base import SourceSpider
from storage.engine.database import Database, open_database
from storage.errors import LeaseLostError, SourceBusyError, StorageError
from storage.links.sources import sync_sources
from storage.records import RefusalClass, RunTrigger, Verdict
from storage.runs.claimers import is_dead, this_process
from storage.runs.door import begin_run
from storage.runs.freeing import give_back, give_back_orphans
from storage.runs.lease import request_cancel
from storage.runs.states import LeaseState, RunState

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

logger = logging.getLogger(__name__)

_BEGUN: set[int] = set()
"""Runs that this process began itself: its spiders open one after the other, and none beats before
the last one is open, so they seem silent to each other."""
BEAT_SECONDS = 1.0  # progress for people; a lease lasts 120 times as long
SILENCE = timedelta(seconds=5)
"""A runner beats every second: one of a dead process that was silent so long is gone too."""
TOLD_TO_END = "it was told to end before it began"


class RunExtension:
    """Gives the spider its ledger, beats while it works, and writes the verdict.

    The launcher passes the run that it claimed (``CPPCC_RUN_ID``, ``CPPCC_RUN_TOKEN``); a
    crawl started with plain ``scrapy crawl`` begins a manual run of its own, and is refused
    while another run of its source is at work.
    """

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler
        self._pulse = create_looping_call(self.beat)
        self.ledger: RunLedger | None = None
        self.closed = False
        self.verdict: Verdict | None = None

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

    @property
    def _spider(self) -> SourceSpider:
        return cast(SourceSpider, self._crawler.spider)

    def spider_opened(self) -> None:
        """Enter the run, and begin to beat.

        :raises CloseSpider: when there is no run to be had; nothing is fetched then.
        """
        spider = self._spider
        spider.config = CrawlConfig()
        try:
            self.ledger = spider.ledger = self._enter(spider)
        except StorageError as error:
            logger.error("source=%s has no run: %s", spider.source.id, error)
            raise CloseSpider("no run") from error
        logger.info("run=%s source=%s begins", self.ledger.run_id, spider.source.id)
        self._pulse.start(BEAT_SECONDS)

    def _enter(self, spider: SourceSpider) -> RunLedger:
        """The claimed run's ledger; without a launcher's run, one is begun here.

        :raises SourceBusyError: when another run of the source is at work.
        :raises StorageError: when the database cannot be had.
        """
        now = spider.config.now
        source = spider.source
        database = open_database(spider.config.database_url, migrate=self._may_migrate())
        run_id, token = self._claimed()
        with database.begin() as session:
            sync_sources(session, [source.record], now=now())
        if not run_id:
            run_id, token = self._begin(database, spider)
        return RunLedger(database, source_id=source.id, run_id=run_id, token=token, now=now)

    def _begin(self, database: Database, spider: SourceSpider) -> tuple[int, int]:
        """A run of this process itself: its id and token.

        A crawl that was killed on this machine leaves its run at work; it is freed as soon as
        nothing has beaten in it for ``SILENCE``, for a child may outlive who started it.

        :raises SourceBusyError: when another run of the source is at work.
        """
        now = spider.config.now
        give_up = time.monotonic() + 3 * SILENCE.total_seconds()
        while True:
            with database.begin() as session:
                freed = give_back_orphans(
                    session, carried=_BEGUN, owner=this_process(), now=now(), silence=SILENCE
                )
                for run in freed:  # nobody else wants it: this crawl does its work
                    if run.state is RunState.DUE and run.source_id == spider.source.id:
                        request_cancel(session, run.run_id, now=now())
            try:
                with database.begin() as session:
                    run_id, token = begin_run(
                        session,
                        spider.source.id,
                        trigger=RunTrigger.MANUAL,
                        owner=this_process(),
                        now=now(),
                        options=spider.bounds.as_json(),
                    )
                _BEGUN.add(run_id)
                return run_id, token
            except SourceBusyError as busy:
                if not is_dead(busy.owner) or time.monotonic() > give_up:
                    raise
            time.sleep(0.5)

    def _may_migrate(self) -> bool | None:
        """A launcher's child finds the schema of its launcher, or has no business there."""
        return False if self._claimed()[0] else None

    def _claimed(self) -> tuple[int, int]:
        """The run and the token that the launcher passes; 0 and 0 without one."""
        settings = self._crawler.settings
        return settings.getint("CPPCC_RUN_ID"), settings.getint("CPPCC_RUN_TOKEN")

    def beat(self) -> None:
        """One heartbeat; stops the crawl when that was asked for, or its lease is lost.

        What has waited long enough to be stored is stored first, so that the beat counts it.
        A beat that the database refuses is lost; the next one tries again, until the lease ends.
        """
        pipeline = self._crawler.get_item_pipeline(StorePipeline)
        if pipeline is not None:
            pipeline.flush_due()
        ledger = self._spider.ledger
        try:
            beat = ledger.beat(self._spider.account)
        except StorageError as error:  # raised, it would end the looping call for good
            logger.warning("run=%s missed a heartbeat: %s", ledger.run_id, error)
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
        self.closed = True
        if self._pulse.running:
            self._pulse.stop()
        if self.ledger is None:
            return  # no run was entered, so there is nothing to close
        spider = self._spider
        if reason != "finished" and not spider.account.stopped:
            spider.account.stopped = "cancelled" if reason == "shutdown" else f"closed ({reason})"
        if spider.account.stopped:
            spider.account.withdraw()
        spider.walker.conclude()
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

    def leave(self) -> None:
        """Give the run back that was told to end while it was still being opened.

        Scrapy stops the reactor then without closing the spider, and nobody says a word of
        it: no request was made, so another runner may begin it anew.

        :raises StorageError: when the database cannot be had; the lease frees the run then.
        """
        run_id, token = self._claimed()
        if self.ledger is not None:
            run_id, token = self.ledger.run_id, self.ledger.token
        if self.closed or not run_id:
            return
        config = CrawlConfig()
        database = (
            self.ledger.database
            if self.ledger
            else open_database(config.database_url, migrate=False)
        )
        with database.begin() as session:
            state = give_back(session, run_id, token, now=config.now(), why=TOLD_TO_END)
        logger.info("run=%s %s; now %s", run_id, TOLD_TO_END, state.value)


def expectation_of(source: Source) -> Expectation:
    """What a source's declaration says of a healthy crawl."""
    return Expectation(
        min_articles=source.expect.min_articles,
        empty_ok=source.expect.empty_ok,
        empty_issues_ok=source.expect.max_days_silent if source.options.empty_days_ok else 0,
    )

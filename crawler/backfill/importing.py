"""Importing: the crawl's own path from page to database, without fetching.

A page is read, assessed, read with care if it is flagged, and stored in batches under a run
of its own, whose trigger is ``import``.  What is stored is known by its URL and its words, so
an import that was killed is simply begun again: it ends with the same content.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from crawler.backfill.input import GivenText, ImportFileError, Item, Page, Unusable, read_items
from crawler.backfill.texts import read_row
from crawler.errors import PageError, TruncatedPageError
from crawler.fetching.statuses import refusal_of_status
from crawler.pages.raw.urls import canonical_url
from crawler.reader import EMPTY, Draft, source_of
from crawler.runs.account import Account
from crawler.runs.ledger import RunLedger
from crawler.sources.declaration import Source
from storage.engine.database import Database
from storage.errors import LeaseLostError, SourceBusyError
from storage.links.sources import sync_sources
from storage.records import (
    Article,
    Refusal,
    RefusalClass,
    RequestKind,
    RunTrigger,
    Verdict,
    VerdictKind,
)
from storage.runs import door, freeing, history
from storage.runs.claimers import is_dead, this_process
from storage.runs.history import RunRecord
from storage.runs.states import LeaseState, RunState

SOURCE_ID = "import"
"""What stands as the source of a run that has none."""

BATCH = 50
"""Articles in one transaction: what a crash can repeat."""


class _StatusError(PageError):
    """An answer whose status says that it is not the page; ``refusal_class`` is its own."""

    def __init__(self, status: int, url: str) -> None:
        super().__init__(f"status {status}", url=url)
        self.status_class = refusal_of_status(status)


BEAT_SECONDS = 10.0
"""How often an import says that it lives, also between two batches: a lease is short."""


@dataclass(slots=True)
class _Import:
    """One import on its way."""

    ledger: RunLedger
    sources: Mapping[str, Source]
    now: datetime
    account: Account = field(default_factory=Account)
    batch: list[Article] = field(default_factory=list)
    synced: set[str] = field(default_factory=set)
    # Articles whose next page has not come yet, by that page's URL.
    open_drafts: dict[str, Draft] = field(default_factory=dict)
    beaten: float = field(default_factory=time.monotonic)

    def take(self, item: Item) -> None:
        """Read one item into the batch, or enter why it cannot be read."""
        self.account.asked[RequestKind.ARTICLE] += 1
        try:
            article = self._article(item)
        except _StatusError as error:
            self.refuse(item.url, error.status_class, error.detail)
        except PageError as error:
            self.refuse(item.url, error.refusal_class, error.detail)
        else:
            if article is not None:
                self._accept(article)

    def _article(self, item: Item) -> Article | None:
        match item:
            case Unusable():
                self.refuse(item.url, item.refusal_class, item.detail)
                return None
            case GivenText():
                url = canonical_url(item.url)
                return read_row(item.row, url=url, source=source_of(url, self.sources.values()))
            case Page():
                return self._from_page(item)

    def _from_page(self, page: Page) -> Article | None:
        """The article once its last page is there; the pages of one count as one request.

        :raises PageError: when the page is no article.
        """
        capture = page.capture
        if not 200 <= capture.status < 300:
            raise _StatusError(capture.status, page.url)
        source = source_of(page.url, self.sources.values())
        draft = self.open_drafts.pop(page.url, EMPTY).with_page(capture, source)
        if len(draft.parts) > 1:
            self.account.asked[RequestKind.ARTICLE] -= 1
        if draft.wants:
            self.open_drafts[draft.wants] = draft
            return None
        return draft.finished(source, url=canonical_url(draft.url))

    def _accept(self, article: Article) -> None:
        self.batch.append(article)
        self.account.accepted[RequestKind.ARTICLE] += 1
        if len(self.batch) >= BATCH:
            self.store()

    def refuse(self, url: str, refusal_class: RefusalClass, detail: str) -> None:
        """Enter a refusal in the account and the database."""
        refusal = Refusal(
            url=url, kind=RequestKind.ARTICLE, refusal_class=refusal_class, detail=detail
        )
        self.account.refusals.append(refusal)
        self.ledger.refuse(refusal)

    def store(self) -> None:
        """Store the batch in one transaction, and say that the run lives."""
        fresh = {one.source_id for one in self.batch if one.source_id} - self.synced
        if fresh:
            with self.ledger.database.begin() as session:
                records = [self.sources[id_].record for id_ in sorted(fresh)]
                sync_sources(session, records, now=self.now)
            self.synced |= fresh
        self.ledger.save(self.batch)
        self.batch.clear()
        self.beat()

    def beat(self) -> None:
        """Say that the run lives; stop where that was asked for.

        :raises LeaseLostError: when the run was given up for dead.
        """
        self.beaten = time.monotonic()
        match self.ledger.beat(self.account):
            case LeaseState.CANCEL_ASKED:
                self.account.stopped = "cancelled"
            case LeaseState.LOST:
                raise LeaseLostError(self.ledger.run_id, self.ledger.token)

    def close_drafts(self) -> None:
        """Refuse the articles whose later pages the file does not hold."""
        for missing, draft in self.open_drafts.items():
            error = TruncatedPageError(f"the file does not hold its next page {missing}")
            self.refuse(draft.url, error.refusal_class, error.detail)
        self.open_drafts.clear()


def import_file(
    database: Database,
    path: Path,
    *,
    sources: Mapping[str, Source],
    now: Callable[[], datetime],
    progress: Callable[[Account], None] = lambda account: None,
) -> RunRecord:
    """Import one file under a run; the run with its verdict.

    ImportFileError, before any run is made, for a file of neither kind.
    """
    begun = now()
    items = read_items(path, now=begun)
    ledger = _open_run(database, path, now)
    running = _Import(ledger=ledger, sources=sources, now=begun)
    broken = _take_all(running, items, progress)
    if running.account.stopped:
        running.account.withdraw()
    verdict = import_verdict(running.account, broken)
    ledger.finish(running.account, verdict)
    with database.reading() as session:
        return history.get_run(session, ledger.run_id)


def _take_all(
    running: _Import, items: Iterator[Item], progress: Callable[[Account], None]
) -> str | None:
    """Import every item; what broke the file off, in words."""
    broken = None
    try:
        for item in items:
            running.take(item)
            if time.monotonic() - running.beaten > BEAT_SECONDS:
                running.beat()
            progress(running.account)
            if running.account.stopped:
                break
    except (ImportFileError, OSError) as error:
        broken = str(error)
    running.close_drafts()
    if running.batch:
        running.store()
    return broken


def import_verdict(account: Account, broken: str | None = None) -> Verdict:
    """What an import proved: complete only when every item of the file was stored."""
    read = f"{account.accepted[RequestKind.ARTICLE]} articles read"
    refused = ", ".join(
        f"{count} x {kind.value}" for kind, count in sorted(account.refused_by_class.items())
    )
    words = f"{read}, refused: {refused}" if refused else read
    if account.stopped:
        return Verdict(kind=VerdictKind.PARTIAL, reason=f"{account.stopped}; {words}")
    if broken:
        kind = VerdictKind.PARTIAL if account.accepted[RequestKind.ARTICLE] else VerdictKind.FAILED
        return Verdict(kind=kind, reason=f"{broken}; {words}")
    if account.missing:
        return Verdict(
            kind=VerdictKind.FAILED, reason=f"{account.missing} items are unaccounted for; {words}"
        )
    if not account.asked[RequestKind.ARTICLE]:
        return Verdict(kind=VerdictKind.EMPTY_UNEXPECTED, reason="the file holds no page and text")
    if not account.accepted[RequestKind.ARTICLE]:
        return Verdict(kind=VerdictKind.FAILED, reason=words)
    kind = VerdictKind.PARTIAL if refused else VerdictKind.COMPLETE
    return Verdict(kind=kind, reason=words)


def _open_run(database: Database, path: Path, now: Callable[[], datetime]) -> RunLedger:
    """A claimed run; imports of this machine whose process has died are ended."""
    begun = now()
    with database.begin() as session:
        for run in history.list_runs(session, source_id=SOURCE_ID, state=RunState.RUNNING):
            if is_dead(run.owner):
                freeing.give_back(session, run.id, run.token, now=begun, why="its process died")
    try:
        with database.begin() as session:
            run_id, token = door.begin_run(
                session,
                SOURCE_ID,
                trigger=RunTrigger.IMPORT,
                owner=this_process(),
                now=begun,
                options={"file": str(path)},
            )
    except SourceBusyError:
        raise ImportFileError("another import began at this very moment; try again") from None
    return RunLedger(database, source_id=SOURCE_ID, run_id=run_id, token=token, now=now)

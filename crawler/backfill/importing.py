"""Importing: the crawl's own path from page to database, without fetching.

A page is read, assessed, read with care if it is flagged, and stored in batches under a run
of its own, whose trigger is ``import``.  What is stored is known by its URL and its words, so
an import that was killed is simply begun again: it ends with the same content.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from crawler.backfill.archive.reading import Page, Revisit, Unusable, Unwanted
from crawler.backfill.files import FileRefusedError
from crawler.backfill.input import GivenText, ImportFileError, Item, read_items
from crawler.backfill.texts import read_row
from crawler.errors import PageError, TruncatedPageError, WrongContentError
from crawler.fetching.statuses import refusal_of_status
from crawler.pages.raw.urls import canonical_url
from crawler.reader import EMPTY, Draft, source_of
from crawler.runs.account import Account
from crawler.runs.ledger import RunLedger
from crawler.sources.declaration import Source
from storage.engine.database import Database
from storage.errors import (
    LeaseLostError,
    RecordRefusedError,
    SourceBusyError,
    StorageError,
)
from storage.links.sources import sync_sources
from storage.publications.reading import stored_urls
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
from storage.runs.claimers import this_process
from storage.runs.history import RunRecord
from storage.runs.states import LeaseState

logger = logging.getLogger(__name__)

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


MAX_OPEN_DRAFTS = 200
"""Articles that wait for their next page at once: each holds the pages that it has."""


@dataclass(slots=True)
class _Import:
    """One import on its way."""

    ledger: RunLedger
    sources: Mapping[str, Source]
    now: datetime
    account: Account = field(default_factory=Account)
    batch: list[Article] = field(default_factory=list)
    synced: set[str] = field(default_factory=set)
    # Articles whose next page has not come yet, by that page's URL; the oldest first.
    open_drafts: dict[str, Draft] = field(default_factory=dict)
    # What no page was made of and nobody asked for, by kind.
    unwanted: Counter[str] = field(default_factory=Counter)
    # Payloads that were read; pages that were found unchanged, whose payload was not.
    digests: set[str] = field(default_factory=set)
    revisits: dict[str, Revisit] = field(default_factory=dict)
    beaten: float = field(default_factory=time.monotonic)

    def take(self, item: Item) -> None:
        """Read one item into the batch, or enter why it is not read."""
        match item:
            case Unwanted():
                self.unwanted[item.kind] += 1
                return
            case Revisit():
                self._note_revisit(item)
                return
        self.account.asked[RequestKind.ARTICLE] += 1
        try:
            article = self._article(item)
        except _StatusError as error:
            self.refuse(item.url, error.status_class, error.detail)
        except PageError as error:
            self.refuse(item.url, error.refusal_class, error.detail)
        except StorageError:
            raise
        except Exception as error:
            # As in a crawl, where Scrapy catches it: a defect of ours costs the page it shows on.
            logger.exception("url=%s", item.url)
            self.refuse(item.url, RefusalClass.OURS, f"{type(error).__name__}: {error}")
        else:
            if article is not None:
                self._accept(article)

    def _note_revisit(self, revisit: Revisit) -> None:
        if revisit.digest in self.digests:
            self.unwanted["revisit"] += 1
        elif revisit.url in self.revisits:
            self.unwanted["revisit"] += 1  # of the same words, or of others that are missing too
        else:
            self.revisits[revisit.url] = revisit

    def _article(self, item: Page | GivenText | Unusable) -> Article | None:
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
        if page.digest:
            self.digests.add(page.digest)
        if not 200 <= capture.status < 300:
            raise _StatusError(capture.status, page.url)
        url = _identity(page.url)
        source = source_of(page.url, self.sources.values())
        draft = self.open_drafts.pop(url, EMPTY).with_page(capture, source)
        if len(draft.parts) > 1:
            self.account.asked[RequestKind.ARTICLE] -= 1
        if draft.wants:
            self.open_drafts[_identity(draft.wants)] = draft
            if len(self.open_drafts) > MAX_OPEN_DRAFTS:
                oldest = next(iter(self.open_drafts))
                self._give_up(oldest, self.open_drafts.pop(oldest))
            return None
        return draft.finished(source, url=_identity(draft.url))

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
        self._save(self.batch)
        self.batch = []
        self.beat()

    def _save(self, batch: list[Article]) -> None:
        """Store ``batch``; an article that cannot be stored takes no others with it."""
        try:
            self.ledger.save(batch, captured=True)
        except RecordRefusedError as error:
            if len(batch) > 1:
                for article in batch:
                    self._save([article])
                return
            self.account.accepted[RequestKind.ARTICLE] -= 1
            self.refuse(batch[0].url, RefusalClass.OURS, f"not stored: {error}")

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

    def close(self) -> None:
        """Store what waits; refuse what the whole file turned out not to hold."""
        for missing, draft in self.open_drafts.items():
            self._give_up(missing, draft)
        self.open_drafts.clear()
        if self.batch:
            self.store()
        known = self._stored_urls(self.revisits)
        for url, revisit in self.revisits.items():
            if revisit.digest in self.digests or url in known:
                self.unwanted["revisit"] += 1
            else:
                self.account.asked[RequestKind.ARTICLE] += 1
                self.refuse(url, RefusalClass.GONE, "found unchanged, but its words are not here")
        self.revisits.clear()

    def _give_up(self, missing: str, draft: Draft) -> None:
        error = TruncatedPageError(f"the file does not hold its next page {missing}")
        self.refuse(draft.url, error.refusal_class, error.detail)

    def _stored_urls(self, urls: Iterable[str]) -> set[str]:
        """Those whose publication is stored, by whatever way it came."""
        named: dict[str, str] = {}
        for url in urls:
            with suppress(ValueError):  # no address: nothing is stored at it
                named[canonical_url(url)] = url
        with self.ledger.database.reading() as session:
            return {named[url] for url in stored_urls(session, list(named))}


def _identity(url: str) -> str:
    """:raises WrongContentError: for an address that an archive should not hold."""
    try:
        return canonical_url(url)
    except ValueError as error:
        raise WrongContentError(f"no absolute URL: {error}") from error


def import_file(
    database: Database,
    path: Path,
    *,
    sources: Mapping[str, Source],
    now: Callable[[], datetime],
    progress: Callable[[Account], None] = lambda account: None,
) -> RunRecord:
    """Import one file under a run; the run with its verdict.

    However it ends, the run ends with it.

    :raises ImportFileError: before any run is made, for a file of neither kind.
    """
    begun = now()
    items = read_items(path, now=begun)
    ledger = _open_run(database, path, now)
    running = _Import(ledger=ledger, sources=sources, now=begun)
    try:
        broken = _take_all(running, items, progress)
        if running.account.stopped:
            running.account.withdraw()
        verdict = import_verdict(running.account, broken, running.unwanted)
        ledger.finish(running.account, verdict)
    except LeaseLostError:
        raise  # whoever gave the run up has ended it
    except BaseException as error:  # the run's outermost shell: none may stay `running`
        _end_run(running, error)
        raise
    with database.reading() as session:
        return history.get_run(session, ledger.run_id)


def _end_run(running: _Import, error: BaseException) -> None:
    """Close the run of an import that an error ends; where even that fails, say so.

    A run that stays open is freed by the next import or service, which sees its process dead.
    """
    running.account.stopped = f"ended by {type(error).__name__}: {error}".rstrip(": ")
    running.account.withdraw()
    verdict = Verdict(kind=VerdictKind.FAILED, reason=running.account.stopped)
    try:
        running.ledger.finish(running.account, verdict)
    except StorageError as refusal:
        logger.warning("run=%s could not be closed: %s", running.ledger.run_id, refusal)


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
    except (ImportFileError, FileRefusedError, OSError) as error:
        broken = str(error)
    running.close()
    return broken


def import_verdict(
    account: Account, broken: str | None = None, unwanted: Mapping[str, int] | None = None
) -> Verdict:
    """What an import proved: complete only when every item of the file was stored.

    ``unwanted`` counts, by kind, the records of an archive that are no pages.
    """
    read = f"{account.accepted[RequestKind.ARTICLE]} articles read"
    refused = ", ".join(
        f"{count} x {kind.value}" for kind, count in sorted(account.refused_by_class.items())
    )
    words = f"{read}, refused: {refused}" if refused else read
    if unwanted:
        words += f"; {sum(unwanted.values())} records are no pages"
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
        freeing.free_dead(session, SOURCE_ID, now=begun)
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

"""What one back-fill keeps on its way: each part's articles, its entry, the run's heartbeat.

A part's articles and its entry in the ledger commit together.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import sleep
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from crawler.backfill.parts.part import Job, PartResult
from crawler.backfill.parts.planning import Plan
from crawler.backfill.parts.pool import LostPart
from storage.engine.database import Database
from storage.engine.patience import patiently
from storage.errors import LeaseLostError, RecordRefusedError
from storage.links import discoveries
from storage.links.sources import sync_sources
from storage.records import Article, Refusal, RefusalClass, RequestKind, RunCounts, Saved
from storage.runs import lease, pausing
from storage.runs import parts as ledger
from storage.runs.parts import PartEntry, PartState
from storage.runs.states import LeaseState

if TYPE_CHECKING:
    from crawler.sources.declaration import Source
    from storage.articles.saving import SaveOutcome

SOURCE_ID = "backfill"
"""What stands as the source of a back-fill's run."""
BEAT_SECONDS = 10.0
PATIENCE_SECONDS = 60.0
"""How long a database that does not answer is tried again."""


@dataclass(slots=True)
class Progress:
    """How far a back-fill is; ``began`` is of the monotonic clock, in seconds."""

    plan: Plan
    before: int = 0  # parts that earlier runs have read
    parts: int = 0  # read by this one
    failed: int = 0
    bytes_before: int = 0
    bytes_read: int = 0
    members: int = 0
    outcomes: Counter[Saved] = field(default_factory=Counter)
    flags: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds_left(self) -> float | None:
        """What the rest will take at the pace so far; None before anything is known."""
        left = self.plan.size - self.bytes_before - self.bytes_read
        spent = time.monotonic() - self.began
        return spent / self.bytes_read * left if self.bytes_read else None

    @property
    def rate(self) -> float:
        """Records in a second."""
        return self.members / max(0.001, time.monotonic() - self.began)


class StoppedError(Exception):
    """The run is asked to stop; ``why`` in words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Claim:
    """The run that is held, by its token."""

    run_id: int
    token: int


@dataclass(slots=True)
class Keeper:
    """One back-fill on its way."""

    database: Database
    job: Job
    sources: "Mapping[str, Source]"
    run: Claim
    progress: Progress
    now: Callable[[], datetime]
    wanted: str
    synced: set[str] = field(default_factory=set)
    beaten: float = field(default_factory=time.monotonic)

    def keep(self, result: PartResult) -> None:
        """Store what a part held, and the part's entry, in one transaction.

        A database that is started anew is waited for.
        """
        patiently(lambda: self._store(result), seconds=PATIENCE_SECONDS)

    def _store(self, result: PartResult) -> None:
        part = result.part
        with self.database.begin() as session:
            lease.hold_lease(session, self.run.run_id, self.run.token)
            if ledger.is_done(session, part.key, self.wanted):
                return  # committed just before the connection broke
            self._sync(session, result.articles)
            outcomes, refused = self._save(session, result.articles)
            for refusal in (*result.refusals, *refused):
                discoveries.record_refusal(
                    session, refusal, source_id=SOURCE_ID, run_id=self.run.run_id, now=self.now()
                )
            ledger.enter_part(
                session,
                _entry(result, self.wanted, outcomes, len(refused)),
                run_id=self.run.run_id,
                now=self.now(),
            )
        self.synced |= {one.source_id for one in result.articles if one.source_id}
        self.progress.parts += 1
        self.progress.failed += result.problem is not None
        self.progress.bytes_read += part.size
        self.progress.members += result.account.members
        self.progress.outcomes.update(outcome.saved for outcome in outcomes)
        self.progress.flags += sum(outcome.flag_id is not None for outcome in outcomes)

    def _sync(self, session: Session, articles: Sequence[Article]) -> None:
        fresh = {one.source_id for one in articles if one.source_id} - self.synced
        if fresh:
            records = [self.sources[id_].record for id_ in sorted(fresh)]
            sync_sources(session, records, now=self.now())

    def _save(
        self, session: Session, articles: Sequence[Article]
    ) -> "tuple[list[SaveOutcome], list[Refusal]]":
        """Save a part's articles; one that the database refuses takes no others with it."""
        if not articles:
            return [], []
        from storage.articles.saving import save_articles  # 0.1 s that nothing new does not pay

        now, run_id = self.now(), self.run.run_id
        try:
            with session.begin_nested():
                return save_articles(session, articles, now=now, run_id=run_id, captured=True), []
        except RecordRefusedError:
            pass  # each by itself, then
        outcomes: list[SaveOutcome] = []
        refused: list[Refusal] = []
        for article in articles:
            try:
                with session.begin_nested():
                    outcomes += save_articles(
                        session, [article], now=now, run_id=run_id, captured=True
                    )
            except RecordRefusedError as error:
                refused.append(
                    Refusal(
                        url=article.url,
                        kind=RequestKind.ARTICLE,
                        refusal_class=RefusalClass.OURS,
                        detail=f"not stored: {error}",
                    )
                )
        return outcomes, refused

    def lose(self, lost: LostPart) -> None:
        """Enter a part that nobody could read: it is tried again by the next back-fill."""
        self.keep(PartResult(part=lost.part, problem=lost.why))

    def beat(self) -> None:
        """Say that the run lives, and wait while it is paused.

        :raises StoppedError: when it is to stop.
        :raises LeaseLostError: when it was given up for dead.
        """
        if time.monotonic() - self.beaten < BEAT_SECONDS:
            return
        self._say_that_it_lives()
        while self._is_paused():
            sleep(BEAT_SECONDS)
            self._say_that_it_lives()

    def _is_paused(self) -> bool:
        with self.database.reading() as session:
            return pausing.is_paused(session, self.run.run_id)

    def _say_that_it_lives(self) -> None:
        self.beaten = time.monotonic()
        with self.database.begin() as session:
            state = lease.heartbeat(
                session,
                self.run.run_id,
                self.run.token,
                now=self.now(),
                lease_seconds=lease.LEASE_SECONDS,
                counts=self.counts(),
            )
        if state is LeaseState.CANCEL_ASKED:
            raise StoppedError("cancelled")
        if state is LeaseState.LOST:
            raise LeaseLostError(self.run.run_id, self.run.token)

    def counts(self) -> RunCounts:
        """The run's numbers so far: its requests are parts."""
        progress, saved = self.progress, self.progress.outcomes
        return RunCounts(
            requested=progress.parts,
            accepted=progress.parts - progress.failed,
            refused=progress.failed,
            pages=progress.parts,
            articles_new=saved[Saved.NEW],
            articles_changed=saved[Saved.CHANGED],
            articles_unchanged=saved[Saved.UNCHANGED],
            reposts=saved[Saved.REPOST],
            flags=progress.flags,
        )


def _entry(
    result: PartResult, wanted: str, outcomes: "Sequence[SaveOutcome]", not_stored: int
) -> PartEntry:
    account, part = result.account, result.part
    saved = Counter(outcome.saved for outcome in outcomes)
    refused = Counter(account.refused)
    if not_stored:
        refused[RefusalClass.OURS] += not_stored
    if account.missing:  # a record that is nowhere is a defect of ours, and said as one
        refused[RefusalClass.OURS] += account.missing
    years: dict[str, dict[int, int]] = {}
    for (source, year), pages in account.years.items():
        years.setdefault(source, {})[year] = pages
    return PartEntry(
        key=part.key,
        wanted=wanted,
        path=part.path,
        size=part.size,
        state=PartState.FAILED if result.problem else PartState.DONE,
        members=account.members,
        read=account.read - not_stored,
        unwanted=dict(account.unwanted),
        refused=dict(refused),
        years=years,
        articles_new=saved[Saved.NEW] + saved[Saved.REPOST],
        articles_changed=saved[Saved.CHANGED],
        articles_unchanged=saved[Saved.UNCHANGED],
        problem=result.problem,
    )

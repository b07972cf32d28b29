"""A back-fill from planning to verdict: parts go out to be read, one process stores them.

The ledger says which parts are read.  A part's articles and its entry commit together, so that
after any death - of a worker, of the engine, of this process, of the database's connection -
the same command goes on where it stood: parts that were under way are read again, none is
stored twice, for what is stored is known by its address, its words and its day.
"""

import hashlib
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from crawler.backfill.importing import free_dead_runs
from crawler.backfill.parts.planning import Plan
from crawler.backfill.parts.pool import Engine, EngineLostError, LostPart
from crawler.backfill.parts.prefilter import Wanted
from crawler.backfill.parts.tasks import Job, Part, PartResult
from crawler.reading import RULES_VERSION
from crawler.runs.ledger import RunLedger
from crawler.sources.declaration import Source
from storage.articles.saving import SaveOutcome, save_articles
from storage.engine.database import Database
from storage.engine.patience import patiently
from storage.errors import (
    LeaseLostError,
    RecordRefusedError,
    StorageError,
)
from storage.links import discoveries
from storage.links.sources import sync_sources
from storage.records import (
    Article,
    Refusal,
    RefusalClass,
    RequestKind,
    RunCounts,
    RunTrigger,
    Saved,
    Verdict,
    VerdictKind,
)
from storage.runs import door, history, lease
from storage.runs import parts as ledger
from storage.runs.claimers import this_process
from storage.runs.history import RunRecord
from storage.runs.parts import PartEntry, PartState
from storage.runs.states import LeaseState

logger = logging.getLogger(__name__)

SOURCE_ID = "backfill"
"""What stands as the source of a back-fill's run."""
BEAT_SECONDS = 10.0
PATIENCE_SECONDS = 60.0
"""How long a database that does not answer is tried again."""

HARMLESS = frozenset(
    {
        RefusalClass.GONE,
        RefusalClass.SOFT_404,
        RefusalClass.REDIRECTED,
        RefusalClass.NOT_ARTICLE,
        RefusalClass.NOT_HTML,
        RefusalClass.TOO_SHORT,
        RefusalClass.SCRIPT_SHELL,
        RefusalClass.CHALLENGE,
        RefusalClass.BLOCKED,
        RefusalClass.HTTP_ERROR,
    }
)
"""Refusals that say that the archive holds no article there: nothing that could be read is lost."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfilled:
    """What a back-fill came to: its run, the account of all its parts, and what this run stored.

    ``members = read + unwanted + refused`` over all parts, those of earlier runs with them.
    """

    run: RunRecord | None
    parts: int
    done_before: int
    failed: int
    members: int
    read: int
    unwanted: dict[str, int]
    refused: dict[RefusalClass, int]
    new: int
    changed: int
    same: int
    reposts: int
    flags: int
    verdict: Verdict


class _Stopped(Exception):
    """The run is asked to stop; ``why`` in words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def name_of(wanted: Wanted) -> str:
    """A name for what is asked of parts: other rules or other questions read them again."""
    asked = f"{RULES_VERSION}:{sorted(wanted.hosts)}:{wanted.since}:{wanted.until}"
    return hashlib.sha256(asked.encode()).hexdigest()[:16]


@dataclass(slots=True)
class _Backfill:
    """One back-fill on its way."""

    database: Database
    job: Job
    sources: dict[str, Source]
    run: RunLedger
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
    ) -> tuple[list[SaveOutcome], list[Refusal]]:
        """Save a part's articles; one that the database refuses takes no others with it."""
        if not articles:
            return [], []
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
        """Say that the run lives.

        :raises _Stopped: when it is to stop.
        :raises LeaseLostError: when it was given up for dead.
        """
        if time.monotonic() - self.beaten < BEAT_SECONDS:
            return
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
            raise _Stopped("cancelled")
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
    result: PartResult, wanted: str, outcomes: Sequence[SaveOutcome], not_stored: int
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


def backfill(
    database: Database,
    plan: Plan,
    *,
    wanted: Wanted,
    sources: dict[str, Source],
    engine: Engine,
    now: Callable[[], datetime],
    progress: Callable[[Progress], None] = lambda progress: None,
) -> Backfilled:
    """Read the parts that are not read yet, and store what they hold; what it came to.

    However it ends, its run ends with it.

    :raises SourceBusyError: when another back-fill began at this very moment.
    """
    name = name_of(wanted)
    with database.reading() as session:
        known = ledger.entries(session, [part.key for part in plan.parts], name)
    done = {key for key, entry in known.items() if entry.state is PartState.DONE}
    waiting = [part for part in plan.parts if part.key not in done]
    how_far = Progress(
        plan,
        before=len(done),
        bytes_before=sum(part.size for part in plan.parts if part.key in done),
    )
    job = Job(wanted=wanted, sources=tuple(sources.values()), now=now())
    running = _Backfill(
        database=database,
        job=job,
        sources=sources,
        run=_open_run(database, plan, wanted, now),
        progress=how_far,
        now=now,
        wanted=name,
    )
    try:
        stopped = _read_all(running, waiting, engine, progress)
        came_to = _summed(running, plan, stopped)
        _finish(running, came_to.verdict)
    except LeaseLostError:
        raise  # whoever gave the run up has ended it
    except BaseException as error:  # the run's outermost shell: none may stay `running`
        words = f"ended by {type(error).__name__}: {error}".rstrip(": ")
        try:
            _finish(running, Verdict(kind=VerdictKind.FAILED, reason=words))
        except StorageError as refusal:
            logger.warning("run=%s could not be closed: %s", running.run.run_id, refusal)
        raise
    with database.reading() as session:
        return replace(came_to, run=history.get_run(session, running.run.run_id))


def _read_all(
    running: _Backfill,
    parts: Sequence[Part],
    engine: Engine,
    progress: Callable[[Progress], None],
) -> str | None:
    """Read and store every part; why it was stopped, if it was."""
    try:
        with closing(engine.read(running.job, parts)) as outcomes:
            for outcome in outcomes:
                if isinstance(outcome, PartResult):
                    running.keep(outcome)
                elif isinstance(outcome, LostPart):
                    running.lose(outcome)
                running.beat()
                progress(running.progress)
    except _Stopped as stop:
        return stop.why
    except EngineLostError as error:
        return str(error)
    except KeyboardInterrupt:
        return "interrupted"
    return None


def _finish(running: _Backfill, verdict: Verdict) -> None:
    with running.database.begin() as session:
        lease.finish_run(
            session,
            running.run.run_id,
            running.run.token,
            verdict,
            running.counts(),
            now=running.now(),
        )


def _open_run(
    database: Database, plan: Plan, wanted: Wanted, now: Callable[[], datetime]
) -> RunLedger:
    """A claimed run; back-fills of this machine whose process has died are ended."""
    free_dead_runs(database, SOURCE_ID, now=now())
    with database.begin() as session:
        run_id, token = door.begin_run(
            session,
            SOURCE_ID,
            trigger=RunTrigger.IMPORT,
            owner=this_process(),
            now=now(),
            options={
                "parts": len(plan.parts),
                "bytes": plan.size,
                "hosts": list(wanted.hosts),
                "since": wanted.since.isoformat() if wanted.since else None,
                "until": wanted.until.isoformat() if wanted.until else None,
            },
        )
    return RunLedger(database, source_id=SOURCE_ID, run_id=run_id, token=token, now=now)


def _summed(running: _Backfill, plan: Plan, stopped: str | None) -> Backfilled:
    """The account of all parts of the plan, whichever run has read them."""
    with running.database.reading() as session:
        known = ledger.entries(session, [part.key for part in plan.parts], running.wanted)
    unwanted: Counter[str] = Counter()
    refused: Counter[RefusalClass] = Counter()
    for entry in known.values():
        unwanted.update(entry.unwanted)
        refused.update(entry.refused)
    saved = running.progress.outcomes
    came_to = Backfilled(
        run=None,
        parts=len(plan.parts),
        done_before=running.progress.before,
        failed=sum(entry.state is PartState.FAILED for entry in known.values()),
        members=sum(entry.members for entry in known.values()),
        read=sum(entry.read for entry in known.values()),
        unwanted=dict(unwanted.most_common()),
        refused=dict(sorted(refused.items())),
        new=saved[Saved.NEW] + saved[Saved.REPOST],
        changed=saved[Saved.CHANGED],
        same=saved[Saved.UNCHANGED],
        reposts=saved[Saved.REPOST],
        flags=running.progress.flags,
        verdict=Verdict(kind=VerdictKind.FAILED, reason=""),
    )
    return replace(came_to, verdict=backfill_verdict(came_to, plan, stopped))


def backfill_verdict(came_to: Backfilled, plan: Plan, stopped: str | None = None) -> Verdict:
    """What a back-fill proved: complete only when every record of every part is accounted for.

    Refusals that say that there is no article take nothing away; damage does.
    """
    missing = came_to.members - came_to.read - sum(came_to.unwanted.values())
    missing -= sum(came_to.refused.values())
    lost = {kind: count for kind, count in came_to.refused.items() if kind not in HARMLESS}
    words = f"{came_to.members} records of {came_to.parts} parts, {came_to.read} read"
    if came_to.done_before:
        words += f"; {came_to.done_before} parts were read before"
    left = came_to.parts - came_to.done_before - came_to.failed
    if stopped:
        return Verdict(kind=VerdictKind.PARTIAL, reason=f"{stopped}; {words}")
    problems = [f"{count} x {kind.value}" for kind, count in lost.items()]
    if came_to.failed:
        problems.append(f"{came_to.failed} parts could not be read")
    if plan.missing:
        problems.append(f"{len(plan.missing)} files are missing, the first: {plan.missing[0][1]}")
    if missing:
        reason = f"{missing} records are unaccounted for; {words}"
        return Verdict(kind=VerdictKind.FAILED, reason=reason)
    if not came_to.members or (came_to.failed and not left and not came_to.done_before):
        kind = VerdictKind.FAILED if problems else VerdictKind.EMPTY_UNEXPECTED
        return Verdict(kind=kind, reason="; ".join([*problems, words]))
    if problems:
        return Verdict(kind=VerdictKind.PARTIAL, reason=f"{words}; {', '.join(problems)}")
    if not came_to.read:
        reason = f"no record speaks of the CPPCC; {words}"
        return Verdict(kind=VerdictKind.EMPTY_UNEXPECTED, reason=reason)
    return Verdict(kind=VerdictKind.COMPLETE, reason=words)

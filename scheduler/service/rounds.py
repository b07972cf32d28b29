"""The service's rounds: carry runs, free dead ones, judge ended ones, start due ones.

Synchronous and without a clock of its own: the service calls ``round`` every second, a test
as it likes.  Every step is a transaction of its own; one that fails is repeated by the next
round, because what is to be done is read from the database each time.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from crawler.sources.declaration import Source
from scheduler.alerts import digest, notices
from scheduler.carrying.carrier import Carrier
from scheduler.health import cells as completeness
from scheduler.health.judgement import Judgement
from scheduler.health.settling import Settler, subject_of
from scheduler.rhythm.almanac import Almanac
from storage.engine.database import Database
from storage.errors import TransitionError
from storage.notices import incidents
from storage.notices.coverage import Cell
from storage.runs import door, health, history, lease
from storage.runs.history import OpenRun
from storage.runs.states import RunState

logger = logging.getLogger(__name__)

LEASES_EVERY = timedelta(seconds=15)
OVERRUN = timedelta(minutes=5)
COVERAGE_EVERY = timedelta(hours=1)
AT_ONE_QUERY = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many runs at the same time: of this service, and on one host over all services."""

    runs_at_once: int = 4
    runs_per_host: int = 1
    deadline_seconds: float = 3600.0


@dataclass(slots=True)
class Declared:
    """What SIGHUP replaces as a whole."""

    sources: dict[str, Source]
    almanac: Almanac


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A run that was judged in a round."""

    run_id: int
    source_id: str
    judgement: Judgement


@dataclass(slots=True)
class _Memory:
    """Which runs were open at the last look, and the newest id then."""

    open: set[int] = field(default_factory=set)
    newest: int | None = None


class Rounds:
    """Carries the runs of one service."""

    def __init__(
        self,
        database: Database,
        carrier: Carrier,
        declared: Declared,
        *,
        limits: Limits,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self.carrier = carrier
        self.declared = declared
        self._limits = limits
        self._now = now
        self._settler = Settler()
        self._memory = _Memory()
        self._leases_at: datetime | None = None
        self._coverage_at: datetime | None = None
        self.draining = False

    def round(self) -> list[Settled]:
        """One look at everything; the runs that were judged."""
        self.carrier.tick()
        self._mind_leases()
        with self._database.reading() as session:
            opened = history.open_runs(session)
            newest = history.newest_run_id(session)
        settled = self._settle(opened, newest)
        if not self.draining:
            self._start(opened)
        return settled

    def housekeeping(self, *, digest_hour: int) -> None:
        """Coverage, incidents of what is not declared any more, messages, the digest."""
        now = self._now()
        if self._coverage_at is None or abs(now - self._coverage_at) >= COVERAGE_EVERY:
            self.refresh_coverage()
        with self._database.reading() as session:
            wanted = bool(incidents.untold(session)) or bool(incidents.told_unrecovered(session))
        if wanted:
            with self._database.begin() as session:
                notices.tell_openings(session, now=now)
                notices.tell_recoveries(session, now=now)
        with self._database.reading() as session:
            due = digest.is_due(session, now=now, hour=digest_hour)
        if due:
            with self._database.begin() as session:
                digest.post_digest(session, now=now, hour=digest_hour)

    def refresh_coverage(self) -> list[Cell]:
        """Bring the coverage cells up to the day."""
        now = self._now()
        declared = self.declared
        with self._database.begin() as session:
            cells = completeness.refresh(session, declared.almanac, declared.sources, now=now)
            for one in incidents.list_incidents(session, limit=10_000):
                if one.source_id is not None and one.source_id not in declared.sources:
                    subject = subject_of(one.source_id)
                    incidents.resolve_incidents(
                        session, subject, now=now, note="its source is not declared any more"
                    )
        self._coverage_at = now
        return cells

    def _mind_leases(self) -> None:
        now = self._now()
        if self._leases_at is not None and abs(now - self._leases_at) < LEASES_EVERY:
            return
        self._leases_at = now
        with self._database.reading() as session:
            running = [run for run in history.open_runs(session) if run.state is RunState.RUNNING]
        if not running:
            return
        self.carrier.free_dead()
        for run in running:
            self._mind_overrun(run, now)

    def _mind_overrun(self, run: OpenRun, now: datetime) -> None:
        """A child whose service died has nobody who minds its deadline but us."""
        if run.id in self.carrier.active or run.started_at is None or run.cancel_requested_at:
            return
        longest = timedelta(seconds=self._limits.deadline_seconds) + OVERRUN
        if now - run.started_at > longest:
            self._cancel(run, now)

    def _settle(self, opened: list[OpenRun], newest: int) -> list[Settled]:
        """Judge what has ended since the last round; all that was not judged at the first."""
        ids = {run.id for run in opened}
        memory = self._memory
        asked: list[int] | None = None
        if memory.newest is not None:
            asked = sorted((memory.open | set(range(memory.newest + 1, newest + 1))) - ids)
        settled: list[Settled] = []
        if asked is None or asked:
            few = asked if asked is not None and len(asked) <= AT_ONE_QUERY else None
            with self._database.reading() as session:
                ended = health.unjudged(session, few)
            for run_id in ended:
                if one := self._settle_one(run_id):
                    settled.append(one)
        memory.open, memory.newest = ids, newest
        return settled

    def _settle_one(self, run_id: int) -> Settled | None:
        now = self._now()
        declared = self.declared
        with self._database.begin() as session:
            door.lock_schedule(session)
            record = history.get_run(session, run_id)
            judgement = self._settler.settle(
                session, declared.almanac.calendar, declared.sources, record, now=now
            )
        if judgement is None:
            return None
        if record.counts.flags:
            self._coverage_at = None  # a found review changes its cell
        logger.info(
            "run=%s source=%s state=%s verdict=%s class=%s",
            run_id,
            record.source_id,
            record.state.value,
            record.verdict.kind.value if record.verdict else "none",
            judgement.failure_class.value if judgement.failure_class else "none",
        )
        return Settled(run_id=run_id, source_id=record.source_id, judgement=judgement)

    def _start(self, opened: list[OpenRun]) -> None:
        """Claim due runs while there is room: one a source, few a host."""
        now = self._now()
        if not any(run.state is RunState.DUE for run in opened):
            return
        busy = {run.source_id for run in opened if run.state is RunState.RUNNING}
        hosts: Counter[str] = Counter()
        for source_id in busy:
            hosts.update(self._hosts(source_id))
        for run in opened:
            if len(self.carrier.active) >= self._limits.runs_at_once:
                return
            if run.state is not RunState.DUE or run.due_at > now or run.source_id in busy:
                continue
            if run.source_id not in self.declared.sources:
                self._cancel_undeclared(run, now)
                continue
            wanted = self._hosts(run.source_id)
            if any(hosts[host] >= self._limits.runs_per_host for host in wanted):
                continue
            with self._database.reading() as session:
                record = history.get_run(session, run.id)
            if self.carrier.take(record):
                busy.add(run.source_id)
                hosts.update(wanted)

    def _cancel_undeclared(self, run: OpenRun, now: datetime) -> None:
        logger.warning("run=%s source=%s is not declared; cancelled", run.id, run.source_id)
        self._cancel(run, now)

    def _cancel(self, run: OpenRun, now: datetime) -> None:
        with self._database.begin() as session:
            try:
                lease.request_cancel(session, run.id, now=now)
            except TransitionError:
                logger.debug("run=%s ended meanwhile", run.id)

    def _hosts(self, source_id: str) -> set[str]:
        return hosts_of(self.declared.sources, source_id)


def hosts_of(sources: Mapping[str, Source], source_id: str) -> set[str]:
    """The hosts that a crawl of the source begins on."""
    source = sources.get(source_id)
    if source is None:
        return set()
    return {urlsplit(url).hostname or "" for url in source.entry_urls}

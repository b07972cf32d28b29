"""The service's rounds: carry runs, free dead ones, judge ended ones, start due ones.

Synchronous and without a clock of its own: the service calls ``round`` every second, one at a
time, a test as it likes.  Every step is a transaction of its own; one that fails is repeated by
a later round, because what is to be done is read from the database each time.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from crawler.sources.declaration import Source
from scheduler.carrying.carrier import Carrier
from scheduler.health.judgement import Judgement
from scheduler.health.settling import Settler
from scheduler.rhythm import watching
from scheduler.service.declared import Declared
from storage.engine.database import Database
from storage.errors import TransitionError
from storage.runs import door, health, history, lease
from storage.runs.door import HostRoom
from storage.runs.history import OpenRun
from storage.runs.states import RunState

logger = logging.getLogger(__name__)

LEASES_EVERY = timedelta(seconds=15)  # an eighth of a lease: it is freed at most so late
OVERRUN = timedelta(minutes=5)  # for whoever minds the deadline first
AT_ONE_QUERY = 400  # ids as parameters; SQLite takes 999 at least


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many runs at the same time: of this service, and on one host over all services."""

    runs_at_once: int = 4
    runs_per_host: int = 1
    deadline_seconds: float = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A run that was judged in a round.

    ``flags`` counts what it flagged, ``next_tick`` is when its source is looked at next.
    """

    run_id: int
    source_id: str
    judgement: Judgement
    flags: int
    next_tick: datetime


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
        declared: Callable[[], Declared],
        *,
        limits: Limits,
        now: Callable[[], datetime],
        judges: Callable[[], bool] = lambda: True,
    ) -> None:
        """``judges`` says whether ended runs are this service's to judge: one of many does."""
        self._database = database
        self.carrier = carrier
        self._declared = declared
        self._limits = limits
        self._now = now
        self._judges = judges
        self._settler = Settler()
        self._memory = _Memory()
        self._leases_at: datetime | None = None
        self._neighbours: tuple[Declared, dict[str, frozenset[str]]] | None = None
        self.draining = False

    def round(self) -> list[Settled]:
        """One look at everything; the runs that were judged."""
        self.carrier.tick()
        self._mind_leases()
        with self._database.reading() as session:
            opened = history.open_runs(session)
            newest = history.newest_run_id(session)
        declared = self._declared()
        settled: list[Settled] = []
        if self._judges():
            settled = self._settle(declared, opened, newest)
        else:
            self._memory.newest = None  # what ends meanwhile is another's to judge, or all ours
        if not self.draining:
            self._start(declared, opened)
        return settled

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

    def _settle(self, declared: Declared, opened: list[OpenRun], newest: int) -> list[Settled]:
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
                if one := self._settle_one(declared, run_id):
                    settled.append(one)
        memory.open, memory.newest = ids, newest
        return settled

    def _settle_one(self, declared: Declared, run_id: int) -> Settled | None:
        now = self._now()
        with self._database.begin() as session:
            door.lock_schedule(session)
            record = history.get_run(session, run_id)
            judgement = self._settler.settle(
                session, declared.almanac.calendar, declared.sources, record, now=now
            )
            if judgement is None:
                return None
            state = watching.standing(session, record.source_id, now=now)
        logger.info(
            "run=%s source=%s state=%s verdict=%s class=%s",
            run_id,
            record.source_id,
            record.state.value,
            record.verdict.kind.value if record.verdict else "none",
            judgement.failure_class.value if judgement.failure_class else "none",
        )
        source = declared.sources[record.source_id]  # it was judged, so it is declared
        return Settled(
            run_id=run_id,
            source_id=record.source_id,
            judgement=judgement,
            flags=record.counts.flags,
            next_tick=watching.next_tick(declared.almanac.calendar, source, state, now),
        )

    def _start(self, declared: Declared, opened: list[OpenRun]) -> None:
        """Claim due runs while there is room: one a source, few a host."""
        now = self._now()
        if not any(run.state is RunState.DUE for run in opened):
            return
        busy = {run.source_id for run in opened if run.state is RunState.RUNNING}
        hosts: Counter[str] = Counter()
        for source_id in busy:
            hosts.update(hosts_of(declared.sources, source_id))
        for run in opened:
            if len(self.carrier.active) >= self._limits.runs_at_once:
                return
            if run.state is not RunState.DUE or run.due_at > now or run.source_id in busy:
                continue
            if run.source_id not in declared.sources:
                self._cancel_undeclared(run, now)
                continue
            wanted = hosts_of(declared.sources, run.source_id)
            if any(hosts[host] >= self._limits.runs_per_host for host in wanted):
                continue
            if not self.carrier.ready():
                return
            with self._database.reading() as session:
                record = history.get_run(session, run.id)
            if self.carrier.take(record, self._room(declared, wanted)):
                busy.add(run.source_id)
                hosts.update(wanted)

    def _room(self, declared: Declared, hosts: set[str]) -> HostRoom:
        """The bound that holds over all services: counted again where the run is claimed."""
        if self._neighbours is None or self._neighbours[0] is not declared:
            found: dict[str, set[str]] = {}
            for source_id in declared.sources:
                for host in hosts_of(declared.sources, source_id):
                    found.setdefault(host, set()).add(source_id)
            self._neighbours = declared, {host: frozenset(ids) for host, ids in found.items()}
        return HostRoom(
            neighbours=[self._neighbours[1].get(host, frozenset()) for host in sorted(hosts)],
            at_most=self._limits.runs_per_host,
        )

    def _cancel_undeclared(self, run: OpenRun, now: datetime) -> None:
        logger.warning("run=%s source=%s is not declared; cancelled", run.id, run.source_id)
        self._cancel(run, now)

    def _cancel(self, run: OpenRun, now: datetime) -> None:
        with self._database.begin() as session:
            try:
                lease.request_cancel(session, run.id, now=now)
            except TransitionError:
                logger.debug("run=%s ended meanwhile", run.id)


def hosts_of(sources: Mapping[str, Source], source_id: str) -> set[str]:
    """The hosts that a crawl of the source begins on."""
    source = sources.get(source_id)
    if source is None:
        return set()
    return {urlsplit(url).hostname or "" for url in source.entry_urls}

"""The service in a simulated country, its clock ours.

The service's own parts are real (desk, rounds, carrier, storage, notices, courier); only the
network and the child processes are played.
"""

import hashlib
import heapq
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from scheduler.alerts.delivery import Courier
from scheduler.alerts.messages import Notice
from scheduler.carrying.carrier import Carrier
from scheduler.probing.probes import ProbeOutcome
from scheduler.rhythm.almanac import Almanac, load_almanac
from scheduler.rhythm.watching import Step
from scheduler.service import ticks
from scheduler.service.declared import Declared
from scheduler.service.desk import Desk
from scheduler.service.housekeeping import keep_house
from scheduler.service.rounds import Limits, Rounds
from storage.engine.database import Database
from storage.links import standing
from storage.records import (
    SHANGHAI,
    Refusal,
    RefusalClass,
    RequestKind,
)
from storage.runs.watches import ProbePage
from tests.scheduler.played import PlayedLauncher, tried_of
from tests.scheduler.world import Site, World

HOUSEKEEPING = timedelta(minutes=15)
COVERAGE = timedelta(hours=1)


class Inbox:
    """A channel that keeps what it was given."""

    name = "inbox"

    def __init__(self, world: World) -> None:
        self._world = world
        self.notices: list[tuple[datetime, Notice]] = []

    def send(self, notice: Notice) -> None:
        """Keep it."""
        self.notices.append((self._world.now, notice))

    def of(self, *kinds: str) -> list[tuple[datetime, Notice]]:
        """The notices of these kinds."""
        return [(at, notice) for at, notice in self.notices if notice.kind in kinds]


class Simulation:
    """The service's parts around one world and one database."""

    def __init__(
        self,
        database: Database,
        world: World,
        almanac: Almanac | None = None,
        *,
        proved: bool = True,
    ) -> None:
        self.world = world
        self.database = database
        self.declared = Declared(
            sources={site.source.id: site.source for site in world.sites.values()},
            almanac=almanac or load_almanac(),
        )
        launcher = PlayedLauncher(database, world, self.declared.almanac)
        carrier = Carrier(database, launcher, now=world.time, deadline_seconds=3600)
        limits = Limits(runs_at_once=100_000, runs_per_host=1)
        self.rounds = Rounds(
            database, carrier, lambda: self.declared, limits=limits, now=world.time
        )
        self.desk = Desk(now=world.time)
        self.inbox = Inbox(world)
        self.courier = Courier(database, [self.inbox], now=world.time)
        with database.begin() as session:
            for source_id in self.declared.sources if proved else ():
                standing.note_proved(session, source_id, by="probe", now=world.now)
        self.desk.begin(ticks.next_ticks(database, self.declared, now=world.now))
        self._events: list[tuple[datetime, str]] = []
        self._house_at = world.now
        self._coverage_at: datetime | None = None
        self._measured_on: date | None = None
        for source_id in self.declared.sources:
            self._plan(source_id)

    def run_until(self, end: datetime) -> None:
        """Let the time pass until ``end``."""
        while self._events:
            at, source_id = heapq.heappop(self._events)
            if at >= end:
                heapq.heappush(self._events, (at, source_id))
                break
            if at != self.desk.next_at(source_id):
                continue  # it was planned anew since
            while self._house_at < at:
                self.world.now = self._house_at
                self._keep_house()
                self._house_at += HOUSEKEEPING
            self.world.now = max(at, self.world.now)
            self._tick(source_id)
        self.world.now = end

    def _keep_house(self) -> None:
        self._work()
        now = self.world.now
        coverage = self._coverage_at is None or now - self._coverage_at >= COVERAGE
        self._coverage_at = now if coverage else self._coverage_at
        today = now.astimezone(SHANGHAI).date()
        outcomes, self._measured_on = today != self._measured_on, today
        keep_house(
            self.database,
            self.declared,
            now=now,
            digest_hour=8,
            coverage=coverage,
            outcomes=outcomes,
        )
        self.courier.deliver()

    def _tick(self, source_id: str) -> None:
        before = self.desk.next_at(source_id)
        source, now = self.declared.sources[source_id], self.world.now
        hastened = self.desk.take_hastened(source_id)
        plan, at = ticks.plan_tick(self.database, self.declared, source, now=now, hastened=hastened)
        self.desk.set_next(source_id, at)
        due = plan.step is Step.CRAWL
        if plan.step is Step.VERIFY:
            tried = tried_of(self.world.sites[source_id])
            at = ticks.enter_verification(self.database, self.declared, source, tried, now=now)
            self.desk.set_next(source_id, max(at, now + timedelta(minutes=1)))
        if plan.step is Step.PROBE:
            outcome = self._probe(self.world.sites[source_id], plan.known)
            due = outcome.changed or outcome.refusal is not None or plan.state.failures > 0
            at = ticks.enter_probe(self.database, self.declared, source, plan, outcome, now=now)
            self.desk.set_next(source_id, at)
            for other in self.desk.note_probe(source_id, outcome):
                self._plan(other)
        if due:
            self._work()
        if self.desk.next_at(source_id) <= before:
            raise AssertionError(f"{source_id} stands still at {before}")
        self._plan(source_id)

    def _work(self) -> None:
        """Start what is due, and judge what has ended."""
        for _ in range(2):
            settled = self.rounds.round()
            if any(one.flags for one in settled):
                self._coverage_at = None
            for other in self.desk.note_settled(settled):
                self._plan(other)
            for one in settled:
                self._plan(one.source_id)

    def _plan(self, source_id: str) -> None:
        heapq.heappush(self._events, (self.desk.next_at(source_id), source_id))

    def _probe(self, site: Site, known: Mapping[str, ProbePage]) -> ProbeOutcome:
        self.world.probes += 1
        url = site.source.entry_urls[0]
        if site.is_down(self.world.now):
            refusal = Refusal(
                url=url,
                kind=RequestKind.LISTING,
                refusal_class=RefusalClass.NETWORK,
                detail="no answer",
            )
            return ProbeOutcome(refusal=refusal, requests=1)
        count = site.published(self.world.now)
        digest = hashlib.sha256(f"{site.source.id} {count}".encode()).hexdigest()
        page = ProbePage(
            url=url, source_id=site.source.id, etag=None, last_modified=None,
            links_sha256=digest, probed_at=self.world.now,
        )  # fmt: skip
        before = known.get(url)
        return ProbeOutcome(
            pages=(page,), changed=before is None or before.links_sha256 != digest, requests=1
        )

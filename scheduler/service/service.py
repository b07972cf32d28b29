"""The unattended service: clock, probes, rounds and deliveries in one process, until SIGTERM.

An asyncio loop waits, and keeps all that the service remembers; the database is asked in
threads, crawls run in child processes.  Whatever goes wrong in one piece of work (a full disk,
a lock, a lost connection, a defect of ours) fails that piece, is logged and said by /healthz;
the next one tries again.
"""

import asyncio
import logging
import signal
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TypeVar

from crawler.errors import DeclarationError
from crawler.fetching.rests import HostRests
from crawler.fetching.turns import HostTurns
from scheduler.alerts.channels import Channel, open_channels
from scheduler.alerts.delivery import Courier
from scheduler.alerts.messages import DELIVERED_KINDS
from scheduler.carrying.carrier import Carrier
from scheduler.carrying.launcher import Launcher
from scheduler.carrying.template import TemplateLauncher, launcher_for
from scheduler.config import Config
from scheduler.probing.manners import Manners
from scheduler.probing.probes import Prober
from scheduler.probing.request import probing_client
from scheduler.probing.verification import verify
from scheduler.rhythm.almanac import AlmanacError
from scheduler.rhythm.watching import Step
from scheduler.service import housekeeping, ticks
from scheduler.service.clock import Clock, Work
from scheduler.service.declared import Declared, kept_in, load_declared
from scheduler.service.desk import Desk
from scheduler.service.planner import Look, Planner
from scheduler.service.rounds import Limits, Rounds
from scheduler.service.telemetry import Telemetry, TelemetryServer
from scheduler.service.vitals import Health, Vitals
from storage.engine import services
from storage.engine.database import Database, schema_revision
from storage.engine.services import ServiceBeat
from storage.errors import SchemaOutdatedError, StorageError
from storage.links.sources import sync_sources
from storage.migrations import HEAD
from storage.notices import incidents, outbox
from storage.records import SHANGHAI
from storage.runs.claimers import is_dead

logger = logging.getLogger(__name__)

# What runs when: each kind of work, every so many seconds.
BEAT_SECONDS = 5.0
ROUND_SECONDS = 1.0
DELIVERY_SECONDS = 5.0
HOUSE_SECONDS = 60.0
COVERAGE_SECONDS = 3600.0

LONGEST_SILENCE = {"beat": 30.0, "round": 120.0, "delivery": 300.0, "house": 600.0}
"""How long each kind of work may go without success: longer than any lock is held.

A beat writes one row, so its silence alone says that no write gets through.
"""
LONGEST_TICK = 900.0
"""A tick that takes, or comes, so much later stands still: its probe has a deadline far below."""

JUMP = timedelta(seconds=60)  # wall clock against steady clock: no slewing moves it so far

T = TypeVar("T")


class Service:
    """One running service; ``run`` returns when it was told to end and has drained."""

    def __init__(
        self,
        config: Config,
        database: Database,
        declared: Declared,
        *,
        launcher: Launcher | None = None,
        channels: list[Channel] | None = None,
    ) -> None:
        self._config = config
        self._database = database
        self.declared = declared
        self._now = config.now
        self._launcher = launcher or launcher_for(
            config.logs, kept=kept_in(config), template=config.template
        )
        self._carrier = Carrier(
            database,
            self._launcher,
            now=config.now,
            deadline_seconds=config.deadline_seconds,
            gives_back=True,
        )
        self.planner = Planner(self._carrier.owner)
        self.rounds = Rounds(
            database,
            self._carrier,
            lambda: self.declared,
            limits=Limits(
                runs_at_once=config.runs_at_once,
                runs_per_host=config.runs_per_host,
                deadline_seconds=config.deadline_seconds,
            ),
            now=config.now,
            judges=self.planner.holds,
        )
        self.desk = Desk(now=config.now)
        self.clock = Clock(wait=self.desk.wait, tick=self.tick)
        if channels is None:
            urls = config.channels.get_secret_value()
            channels = open_channels(urls, var=config.var, now=config.now)
        self.courier = Courier(database, channels, now=config.now, language=config.language)
        self.telemetry = Telemetry()
        self.vitals = Vitals(LONGEST_SILENCE)
        self._client = probing_client(config.user_agent, connections=config.probes_at_once)
        self._prober = Prober(
            self._client,
            Manners(
                config.user_agent,
                config.max_delay_seconds,
                HostTurns(database),
                rests=HostRests(database, now=config.now),
            ),
            now=config.now,
            at_once=config.probes_at_once,
        )
        self._ending = asyncio.Event()
        self._wall_minus_steady: float | None = None
        self._coverage_moment: float | None = None
        self._measured_on: date | None = None
        self._ticking: dict[str, float] = {}
        self._started_at = datetime.now(UTC)
        # A thread of its own: the others may all wait for the lock that the beat tells of.
        self._beating = ThreadPoolExecutor(max_workers=1, thread_name_prefix="beat")

    def end(self) -> None:
        """Begin to drain: start nothing, let running crawls end."""
        logger.info("told to end: draining")
        self.rounds.draining = True
        self._ending.set()

    async def run(self) -> None:
        """Work until ``end`` is called."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.end)
        loop.add_signal_handler(signal.SIGHUP, lambda: loop.create_task(self.reload()))
        server = None
        if self._config.metrics_port:
            server = TelemetryServer(self.telemetry, self.health, self._config.metrics_port)
            server.start()
        try:
            await self._begin()
            logger.info("watching %s sources", len(self.declared.sources))
            await self._ending.wait()
            await self._drain()
        finally:
            await self.clock.stop()
            await self._client.aclose()
            self._beating.shutdown(wait=False)
            if server is not None:
                server.stop()
        logger.info("ended")

    async def _begin(self) -> None:
        self.vitals.begin()
        await self._guarded("beat", self._beat)  # it watches at once if it is to plan
        if not self.planner.holds():
            await self._watch(self.declared)
        self.vitals.begin()
        self.clock.every(BEAT_SECONDS, self._shell("beat", self._beat))
        self.clock.every(ROUND_SECONDS, self._shell("round", self._round))
        self.clock.every(DELIVERY_SECONDS, self._shell("delivery", self._deliver))
        self.clock.every(HOUSE_SECONDS, self._shell("house", self._keep_house), after=HOUSE_SECONDS)
        self.clock.start()

    async def _watch(self, declared: Declared) -> None:
        """Watch what is declared from now on."""
        times = await asyncio.to_thread(self._learn, declared)
        self.declared = declared
        self.desk.begin(times)
        planned = declared.sources if self.planner.holds() else ()
        self.clock.declare(planned)
        self.clock.ask_anew(planned)
        self.telemetry.sources.set(len(declared.sources))

    def _learn(self, declared: Declared) -> dict[str, datetime]:
        records = [source.record for source in declared.sources.values()]
        with self._database.begin() as session:
            sync_sources(session, records, now=self._now())
        return ticks.next_ticks(self._database, declared, now=self._now())

    async def reload(self) -> None:
        """Read declarations and calendar again; what is wrong changes nothing and is logged."""
        await self._guarded("reload", self._reload)

    async def _reload(self) -> None:
        if isinstance(self._launcher, TemplateLauncher):
            self._launcher.renew()
        try:
            fresh = await asyncio.to_thread(load_declared, self._config, before=self.declared)
        except (DeclarationError, AlmanacError) as error:
            logger.error("not reloaded, the former declarations stay: %s", error)
            return
        await self._watch(fresh)
        logger.info("reloaded: watching %s sources", len(fresh.sources))

    async def tick(self, source_id: str) -> None:
        """What a source's tick does: nothing, a probe, or a due run."""
        if self._ending.is_set():
            return
        self._ticking[source_id] = time.monotonic()
        if await self._guarded("tick", partial(self._tick, source_id)) is None:
            self.desk.put_off(source_id)
        del self._ticking[source_id]
        self.clock.ask_anew([source_id])

    async def _tick(self, source_id: str) -> bool:
        declared, now = self.declared, self._now()
        source = declared.sources.get(source_id)
        if source is None:  # a reload came in between
            return True
        if not self.planner.holds():  # the lease could not be prolonged in time
            self.desk.put_off(source_id)
            return True
        plan, next_at = await asyncio.to_thread(
            ticks.plan_tick,
            self._database,
            declared,
            source,
            now=now,
            hastened=self.desk.take_hastened(source_id),
        )
        if not self.planner.holds():  # planning took so long that another may ask by now
            return True
        self.desk.set_next(source_id, next_at)
        self.telemetry.ticks.labels(step=plan.step.value).inc()
        if plan.step is Step.VERIFY:
            tried = await verify(self._prober, source, now=self._now)
            next_at = await asyncio.to_thread(
                ticks.enter_verification, self._database, declared, source, tried, now=self._now()
            )
            self.desk.set_next(source_id, next_at)
            return True
        if plan.step is not Step.PROBE:
            return True
        outcome = await self._prober.probe(source, plan.known)
        words = "refused" if outcome.refusal else "changed" if outcome.changed else "unchanged"
        self.telemetry.probes.labels(outcome=words).inc()
        next_at = await asyncio.to_thread(
            ticks.enter_probe, self._database, declared, source, plan, outcome, now=self._now()
        )
        self.desk.set_next(source_id, next_at)
        self.clock.ask_anew(self.desk.note_probe(source_id, outcome))
        return True

    async def _beat(self) -> None:
        """Say that this service is at work; start nothing on a schema that is not its own."""
        loop = asyncio.get_running_loop()
        try:
            look = await loop.run_in_executor(self._beating, self._write_beat)
        except SchemaOutdatedError:
            self.rounds.draining = True
            raise
        self.rounds.draining = self._ending.is_set()
        begins = self.planner.note(look)
        self.telemetry.plans.set(self.planner.holds())
        if begins:
            await self._watch(self.declared)  # what came due while nobody planned is due now
        elif not self.planner.holds():
            self.clock.declare(())

    def _write_beat(self) -> Look:
        one = ServiceBeat(
            name=self._carrier.owner,
            schema_revision=HEAD,
            started_at=self._started_at,
            beat_at=datetime.now(UTC),
        )
        with self._database.begin() as session:
            found = schema_revision(session.connection())
            if found != HEAD:
                raise SchemaOutdatedError(found, HEAD)
            services.beat(session, one)
            return self.planner.beat(session)

    def _hand_over(self) -> None:
        """Let another service plan while this one drains; where there is none, its last judge."""
        with self._database.begin() as session:
            beats = services.at_work(session, now=datetime.now(UTC))
            # A killed one counts as at work until its beat is old; it plans and sends nothing.
            names = {one.name for one in beats if not is_dead(one.name)}
            if names - {self._carrier.owner}:
                self.planner.give_up(session)

    def _leave(self) -> None:
        with self._database.begin() as session:
            self.planner.give_up(session)
            services.leave(session, self._carrier.owner)

    async def _round(self) -> None:
        await self._mind_clock()
        settled = await asyncio.to_thread(self.rounds.round)
        self.telemetry.round_at.set(self._now().timestamp())
        self.telemetry.running.set(len(self._carrier.active))
        self.telemetry.lateness.set(self.clock.lateness().total_seconds())
        for one in settled:
            name = one.judgement.failure_class
            self.telemetry.runs.labels(failure_class=name.value if name else "none").inc()
        if any(one.flags for one in settled):
            self._coverage_moment = None  # a found review changes its cell
        hastened = self.desk.note_settled(settled)
        self.clock.ask_anew({one.source_id for one in settled} | hastened)
        looks = self.desk.untold()
        await asyncio.to_thread(ticks.enter_looks, self._database, looks, now=self._now())
        self.desk.note_told(looks)

    async def _deliver(self) -> None:
        if not self.planner.holds():
            return  # whoever plans sends
        self.telemetry.messages.inc(await asyncio.to_thread(self.courier.deliver))

    async def _keep_house(self) -> None:
        if not self.planner.holds():
            return
        moment, before = time.monotonic(), self._coverage_moment
        coverage = before is None or moment - before >= COVERAGE_SECONDS
        if coverage:
            self._coverage_moment = moment
        today = self._now().astimezone(SHANGHAI).date()
        outcomes = today != self._measured_on
        try:
            unresolved, waiting = await asyncio.to_thread(self._house_work, coverage, outcomes)
        except StorageError:
            self._coverage_moment = before  # it is not done yet
            raise
        self._measured_on = today
        self.telemetry.incidents.set(unresolved)
        self.telemetry.outbox.set(waiting)

    def _house_work(self, coverage: bool, outcomes: bool) -> tuple[int, int]:
        """The housekeeping; how many incidents are unresolved, and messages waiting, then."""
        housekeeping.keep_house(
            self._database,
            self.declared,
            now=self._now(),
            digest_hour=self._config.digest_hour,
            coverage=coverage,
            outcomes=outcomes,
            language=self._config.language,
        )
        with self._database.reading() as session:
            waiting = outbox.backlog(session, DELIVERED_KINDS).messages
            return incidents.count_unresolved(session), waiting

    async def _drain(self) -> None:
        """Let running crawls end; those that take too long are cancelled in good order."""
        await self._guarded("beat", partial(asyncio.to_thread, self._hand_over))
        end = time.monotonic() + self._config.drain_seconds
        while self._carrier.active and time.monotonic() < end:
            await asyncio.sleep(ROUND_SECONDS / 2)
        await self.clock.stop()
        await asyncio.to_thread(self._carrier.close)
        await self._guarded("round", self._round)
        await self._guarded("delivery", self._deliver)
        await self._guarded("beat", partial(asyncio.to_thread, self._leave))

    def health(self) -> Health:
        """Whether all work is done as it should be; asked by /healthz."""
        if problems := [*self.vitals.problems(), *self._standing_still()]:
            return Health(well=False, words="; ".join(problems))
        words = f"{len(self.declared.sources)} sources watched"
        if not self.planner.holds():
            words += " by another service, which plans; this one carries runs"
        if self.declared.broken:
            words += f", {len(self.declared.broken)} declared wrongly: `cppcc doctor` names them"
        return Health(well=True, words=words)

    def _standing_still(self) -> list[str]:
        """What of the planning stands still, in words."""
        found = []
        late = self.clock.lateness().total_seconds()
        if late > LONGEST_TICK:
            found.append(f"tick: the latest should have come {late:.0f} s ago")
        longest = max((time.monotonic() - at for at in list(self._ticking.values())), default=0.0)
        if longest > LONGEST_TICK:
            found.append(f"tick: one has been at work for {longest:.0f} s")
        return found

    async def _mind_clock(self) -> None:
        """When the wall clock jumps, the ticks are worked out anew."""
        apart = time.time() - time.monotonic()
        before = self._wall_minus_steady
        if before is not None and abs(apart - before) > JUMP.total_seconds():
            logger.warning("the clock jumped by %.0f s: ticks are worked out anew", apart - before)
            await self._watch(self.declared)
        self._wall_minus_steady = apart

    def _shell(self, name: str, work: Callable[[], Awaitable[None]]) -> Work:
        """``work`` as the clock repeats it."""
        return partial(self._guarded, name, work)

    async def _guarded(self, name: str, work: Callable[[], Awaitable[T]]) -> T | None:
        """Do one piece of work; None when it failed, which is logged, counted and remembered."""
        try:
            done = await work()
        except StorageError as error:
            self._carrier.note_trouble(error)
            self._failed(name, str(error))
            logger.error("%s failed and is tried again: %s", name, error)
            return None
        except Exception as error:  # the outermost shell: a defect of ours stops one piece only
            self._failed(name, f"{type(error).__name__}: {error}")
            logger.exception("%s failed and is tried again: a defect of ours", name)
            return None
        self.vitals.did_well(name)
        return done

    def _failed(self, name: str, words: str) -> None:
        self.telemetry.errors.labels(where=name).inc()
        self.vitals.failed(name, words)


def serve(service: Callable[[], Service]) -> None:
    """Make a service inside an event loop, and run it to its end."""

    async def main() -> None:
        await service().run()

    asyncio.run(main())

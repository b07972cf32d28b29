"""The unattended service: clock, probes, rounds and deliveries in one process, until SIGTERM.

An asyncio loop waits; whatever touches the database runs in threads, crawls run in child
processes.  An error of the database (a full disk, a lock, a lost connection) fails one round
and is logged; the next round tries again.
"""

import asyncio
import logging
import signal
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

import httpx

from crawler.errors import DeclarationError
from crawler.sources.declaration import load_sources
from scheduler.alerts.channels import Channel, open_channels
from scheduler.alerts.delivery import Courier
from scheduler.alerts.messages import DELIVERED_KINDS
from scheduler.carrying.carrier import Carrier
from scheduler.carrying.launcher import Launcher, LocalLauncher
from scheduler.config import Config
from scheduler.probing.manners import Manners
from scheduler.probing.probes import Prober
from scheduler.rhythm.almanac import AlmanacError, load_almanac
from scheduler.rhythm.watching import Step
from scheduler.service.clock import Clock
from scheduler.service.desk import Desk
from scheduler.service.rounds import Declared, Limits, Rounds
from scheduler.service.telemetry import Health, Telemetry, TelemetryServer
from storage.engine.database import Database
from storage.errors import StorageError
from storage.links.sources import sync_sources
from storage.notices import incidents, outbox

logger = logging.getLogger(__name__)

ROUND_SECONDS = 1.0
DELIVERY_SECONDS = 5.0
HOUSEKEEPING_SECONDS = 60.0
STALL_SECONDS = 120.0
"""Without a sound round for so long the service is not well: longer than any lock is held."""
JUMP = timedelta(seconds=60)

T = TypeVar("T")


def load_declared(config: Config) -> Declared:
    """The declarations and the calendar of this deployment.

    :raises DeclarationError: when a source's file is wrong.
    :raises AlmanacError: when a calendar file is.
    """
    return Declared(sources=load_sources(config.sources), almanac=load_almanac(config.calendar))


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
        self._declared = declared
        now = config.now
        self._carrier = Carrier(
            database,
            launcher or LocalLauncher(config.var / "logs"),
            now=now,
            deadline_seconds=config.deadline_seconds,
            gives_back=True,
        )
        limits = Limits(
            runs_at_once=config.runs_at_once,
            runs_per_host=config.runs_per_host,
            deadline_seconds=config.deadline_seconds,
        )
        self.rounds = Rounds(database, self._carrier, declared, limits=limits, now=now)
        self.desk = Desk(database, declared, now=now)
        self.clock = Clock(wait=self.desk.wait, tick=self.tick)
        self.courier = Courier(
            database,
            channels or open_channels(config.channels.get_secret_value(), var=config.var, now=now),
            now=now,
        )
        self.telemetry = Telemetry()
        self._client = httpx.AsyncClient(
            headers={
                "User-Agent": config.user_agent,
                "Accept-Language": "zh-CN,zh;q=0.9",
            },
            limits=httpx.Limits(max_connections=config.probes_at_once, keepalive_expiry=15.0),
            follow_redirects=False,
        )
        agent = self._client.headers["User-Agent"]
        self._prober = Prober(
            self._client,
            Manners(agent, config.max_delay_seconds),
            now=now,
            at_once=config.probes_at_once,
        )
        self._ending = asyncio.Event()
        self._sound_round = time.monotonic()
        self._wall_minus_steady: float | None = None
        self._last_error = ""

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
            logger.info("watching %s sources", len(self._declared.sources))
            await self._ending.wait()
            await self._drain()
        finally:
            if self.clock.scheduler.running:
                self.clock.scheduler.shutdown(wait=False)
            await self._client.aclose()
            if server is not None:
                server.stop()
        logger.info("ended")

    async def _begin(self) -> None:
        await asyncio.to_thread(self._learn_declared)
        self.clock.every("round", ROUND_SECONDS, self._round)
        self.clock.every("delivery", DELIVERY_SECONDS, self._deliver)
        self.clock.every(
            "housekeeping", HOUSEKEEPING_SECONDS, self._housekeep, after=HOUSEKEEPING_SECONDS
        )
        self.clock.declare(self._declared.sources)
        self.clock.scheduler.start()

    def _learn_declared(self) -> None:
        records = [source.record for source in self._declared.sources.values()]
        with self._database.begin() as session:
            sync_sources(session, records, now=self._config.now())
        self.desk.learn_all()
        self.telemetry.sources.set(len(records))

    async def reload(self) -> None:
        """Read declarations and calendar again; wrong ones change nothing."""
        try:
            fresh = await asyncio.to_thread(load_declared, self._config)
        except (DeclarationError, AlmanacError) as error:
            logger.error("not reloaded, the former declarations stay: %s", error)
            return
        self._declared.sources = fresh.sources
        self._declared.almanac = fresh.almanac
        await self._guarded("reload", asyncio.to_thread(self._learn_declared))
        self.clock.declare(fresh.sources)
        self.clock.ask_anew(fresh.sources)
        logger.info("reloaded: watching %s sources", len(fresh.sources))

    async def tick(self, source_id: str) -> None:
        """What a source's tick does: nothing, a probe, or a due run."""
        if self._ending.is_set():
            return
        done = await self._guarded("tick", self._tick(source_id))
        if done is None:
            self.desk.put_off(source_id)
        self.clock.ask_anew([source_id])

    async def _tick(self, source_id: str) -> bool:
        plan = await asyncio.to_thread(self.desk.plan, source_id)
        if plan is None:
            return True
        self.telemetry.ticks.labels(step=plan.step.value).inc()
        if plan.step is not Step.PROBE:
            return True
        source = self._declared.sources.get(source_id)
        if source is None:  # a reload came in between
            return True
        outcome = await self._prober.probe(source, plan.known)
        words = "refused" if outcome.refusal else "changed" if outcome.changed else "unchanged"
        self.telemetry.probes.labels(outcome=words).inc()
        hastened = await asyncio.to_thread(self.desk.note_probe, source_id, plan, outcome)
        self.clock.ask_anew(hastened)
        return True

    async def _round(self) -> None:
        await self._mind_clock()
        settled = await self._guarded("round", asyncio.to_thread(self.rounds.round))
        if settled is None:
            return
        self._sound_round = time.monotonic()
        self._last_error = ""
        self.telemetry.round_at.set(self._config.now().timestamp())
        self.telemetry.running.set(len(self._carrier.active))
        self.telemetry.lateness.set(self.clock.lateness().total_seconds())
        if not settled:
            return
        for one in settled:
            name = one.judgement.failure_class
            self.telemetry.runs.labels(failure_class=name.value if name else "none").inc()
        hastened = await self._guarded("round", asyncio.to_thread(self.desk.note_settled, settled))
        self.clock.ask_anew({one.source_id for one in settled} | (hastened or set()))

    async def _deliver(self) -> None:
        settled = await self._guarded("delivery", asyncio.to_thread(self.courier.deliver))
        self.telemetry.messages.inc(settled or 0)

    async def _housekeep(self) -> None:
        await self._guarded("housekeeping", asyncio.to_thread(self._keep_house))

    def _keep_house(self) -> None:
        self.rounds.housekeeping(digest_hour=self._config.digest_hour)
        with self._database.reading() as session:
            unresolved = incidents.list_incidents(session, limit=1000)
            backlog = outbox.backlog(session, DELIVERED_KINDS)
        self.telemetry.incidents.set(len(unresolved))
        self.telemetry.outbox.set(backlog.messages)

    async def _drain(self) -> None:
        """Let running crawls end; those that take too long are cancelled in good order."""
        end = time.monotonic() + self._config.drain_seconds
        while self._carrier.active and time.monotonic() < end:
            await asyncio.sleep(ROUND_SECONDS / 2)
        self.clock.scheduler.pause()
        await asyncio.to_thread(self._carrier.close)
        await self._guarded("round", asyncio.to_thread(self.rounds.round))
        await self._guarded("delivery", asyncio.to_thread(self.courier.deliver))

    def health(self) -> Health:
        """Whether rounds are sound; asked by /healthz."""
        silent = time.monotonic() - self._sound_round
        if self._last_error or silent > STALL_SECONDS:
            words = self._last_error or "rounds do not end"
            return Health(well=False, words=f"{words}; last sound round {silent:.0f} s ago")
        return Health(well=True, words=f"{len(self._declared.sources)} sources watched")

    async def _mind_clock(self) -> None:
        """When the wall clock jumps, the ticks are worked out anew."""
        apart = datetime.now().astimezone().timestamp() - time.monotonic()
        before, self._wall_minus_steady = self._wall_minus_steady, apart
        if before is not None and abs(apart - before) > JUMP.total_seconds():
            logger.warning("the clock jumped by %.0f s: ticks are worked out anew", apart - before)
            await self._guarded("clock", asyncio.to_thread(self.desk.learn_all))
            self.clock.ask_anew(self._declared.sources)

    async def _guarded(self, where: str, work: Awaitable[T]) -> T | None:
        """Await ``work``; an error of the database is logged and gives None."""
        try:
            return await work
        except StorageError as error:
            self.telemetry.errors.labels(where=where).inc()
            self._last_error = f"{where}: {error}"
            logger.error("%s failed and is tried again: %s", where, error)
            return None


def serve(service: Callable[[], Service]) -> None:
    """Make a service inside an event loop, and run it to its end."""

    async def main() -> None:
        await service().run()

    asyncio.run(main())

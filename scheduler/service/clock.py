"""When things happen: sources by the wall clock, the service's own work by the monotonic one.

APScheduler says when a source's tick is due, and nothing else: the database says whether.  Its
jobs live in memory and are rebuilt from the declarations at every start.  One that is late runs
once (``coalesce``, no misfire grace), and never beside itself.

The service's own work goes on at its pace whatever is done to the wall clock: set back, an
interval of APScheduler waits until the old time comes again; set far ahead, it enumerates every
second that was missed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from storage.records import SHANGHAI

Tick = Callable[[str], Awaitable[None]]
Work = Callable[[], Awaitable[object]]
Wait = Callable[[str], timedelta]
"""How long until a source's next tick, as the service's own time has it; 0 when it is late."""

AT_LEAST = timedelta(minutes=1)
"""A tick at work sets the next one when it ends; until then it cannot be due again at once."""


class SourceTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler ships no types
    """Fires when ``wait`` says; asked anew at each firing."""

    def __init__(self, source_id: str, wait: Wait) -> None:
        self._source_id = source_id
        self._wait = wait

    def get_next_fire_time(
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime | None:
        """The tick after this one; however many were missed, it is one."""
        return now + max(self._wait(self._source_id), AT_LEAST)


class Clock:
    """One job a source, and the service's own work; built unstarted, used on the event loop."""

    def __init__(self, *, wait: Wait, tick: Tick) -> None:
        self._wait = wait
        self._tick = tick
        self._scheduler = AsyncIOScheduler(
            timezone=SHANGHAI,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._stopping = asyncio.Event()
        self._work: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Let the sources' ticks come."""
        self._scheduler.start()

    async def stop(self) -> None:
        """No tick and no work any more; what is at work is waited for, not broken off."""
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        await asyncio.gather(*self._work)

    def declare(self, source_ids: Iterable[str]) -> None:
        """Jobs for exactly these sources; those that stay keep their next tick."""
        wanted = set(source_ids)
        present = {job.id for job in self._scheduler.get_jobs()}
        for source_id in sorted(present - wanted):
            self._scheduler.remove_job(source_id)
        for source_id in sorted(wanted - present):
            self._scheduler.add_job(
                self._tick,
                SourceTrigger(source_id, self._wait),
                args=[source_id],
                id=source_id,
                next_run_time=datetime.now(SHANGHAI) + self._wait(source_id),
            )

    def every(self, seconds: float, work: Work, *, after: float = 0.0) -> None:
        """Do ``work`` every so many seconds, the first time ``after`` so many, never beside itself.

        ``work`` raises nothing: it is a shell of its own.
        """
        self._work.append(asyncio.create_task(self._repeat(seconds, work, after)))

    async def _repeat(self, seconds: float, work: Work, after: float) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + after
        while not await self._is_stopped_before(due):
            await work()
            due = max(due + seconds, loop.time())  # what was missed is not made up for

    async def _is_stopped_before(self, due: float) -> bool:
        """Wait until ``due``; True as soon as the clock is stopped."""
        wait = due - asyncio.get_running_loop().time()
        try:
            await asyncio.wait_for(self._stopping.wait(), max(wait, 0.0))
        except TimeoutError:
            return False
        return True

    def ask_anew(self, source_ids: Iterable[str]) -> None:
        """Set the next ticks of these by what is known now: after a run, or a clock jump."""
        now = datetime.now(SHANGHAI)
        for source_id in source_ids:
            if self._scheduler.get_job(source_id) is not None:
                moment = now + self._wait(source_id)
                self._scheduler.modify_job(source_id, next_run_time=moment)

    def lateness(self) -> timedelta:
        """How late the latest tick is: 0 when none is late."""
        now = datetime.now(SHANGHAI)
        times = [job.next_run_time for job in self._scheduler.get_jobs() if job.next_run_time]
        return max(timedelta(0), now - min(times, default=now))

"""APScheduler as the clock, and as nothing else: it says when, the database says whether.

Jobs live in memory and are rebuilt from the declarations at every start.  One that is late
runs once (``coalesce``, no misfire grace), and never beside itself.
"""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from storage.records import SHANGHAI

Tick = Callable[[str], Awaitable[None]]
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
    """One job a source, and the service's own rounds; built unstarted."""

    def __init__(self, *, wait: Wait, tick: Tick) -> None:
        self._wait = wait
        self._tick = tick
        self.scheduler = AsyncIOScheduler(
            timezone=SHANGHAI,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def declare(self, source_ids: Iterable[str]) -> None:
        """Jobs for exactly these sources; those that stay keep their next tick."""
        wanted = set(source_ids)
        present = {job.id for job in self.scheduler.get_jobs() if not job.id.startswith("@")}
        for source_id in sorted(present - wanted):
            self.scheduler.remove_job(source_id)
        for source_id in sorted(wanted - present):
            self.scheduler.add_job(
                self._tick,
                SourceTrigger(source_id, self._wait),
                args=[source_id],
                id=source_id,
                next_run_time=datetime.now(SHANGHAI) + self._wait(source_id),
            )

    def every(
        self, name: str, seconds: float, job: Callable[[], Awaitable[None]], after: float = 0.0
    ) -> None:
        """A round of the service's own, every so many seconds, the first ``after`` so many."""
        self.scheduler.add_job(
            job,
            "interval",
            seconds=seconds,
            id=f"@{name}",
            next_run_time=datetime.now(SHANGHAI) + timedelta(seconds=after),
        )

    def ask_anew(self, source_ids: Iterable[str]) -> None:
        """Set the next ticks of these by what is known now: after a run, or a clock jump."""
        now = datetime.now(SHANGHAI)
        for source_id in source_ids:
            if self.scheduler.get_job(source_id) is not None:
                moment = now + self._wait(source_id)
                self.scheduler.modify_job(source_id, next_run_time=moment)

    def lateness(self) -> timedelta:
        """How late the latest job is: 0 when none is late."""
        now = datetime.now(SHANGHAI)
        times = [job.next_run_time for job in self.scheduler.get_jobs() if job.next_run_time]
        return max(timedelta(0), now - min(times, default=now))

"""Carries claimed runs: starts their child processes, watches them, and ends what hangs.

Manual runs and the service's runs take this one path.  A child that dies without a verdict
gets one here: ``failed``, with its exit code and where its output is.  For the service, one
that was killed from outside is given back instead and runs again, a bounded number of times.
"""

import logging
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, runtime_checkable

from crawler.runs.account import EXIT_NO_VERDICT
from scheduler.carrying.launcher import ClaimedRun, Launcher, RunHandle
from storage.engine.database import Database
from storage.engine.patience import Patience
from storage.errors import LeaseLostError, OptionsError, StorageError
from storage.records import Verdict, VerdictKind
from storage.runs import door, freeing, history, lease, outputs
from storage.runs.claimers import this_process
from storage.runs.door import HostRoom
from storage.runs.history import RunRecord
from storage.runs.lease import LEASE_SECONDS
from storage.runs.options import CrawlOptions

logger = logging.getLogger(__name__)

CLOSE_POLL_SECONDS = 0.1
CLOSE_PATIENCE_SECONDS = 30.0
"""How long a database that refuses what the last children left is tried again."""

ORPHAN_SILENCE = timedelta(seconds=30)
"""A child beats every second; one that was silent so long and lost its parent is dead."""

CANCEL_GRACE_SECONDS = 20.0
"""How long a cancelled child may take to end in good order before it is killed."""

NOT_BEGUN = frozenset({-signal.SIGTERM, EXIT_NO_VERDICT})
"""How a child ends that our SIGTERM met while it still started: no fault of its own."""


@runtime_checkable
class Bounded(Protocol):
    """A launcher that has not always room, or is not always there."""

    def ready(self) -> bool:
        """Whether it would begin a run at once; a claimed one that waits loses its lease."""


@dataclass(slots=True)
class Carried:
    """One run with a body; times are of the monotonic clock, in seconds."""

    run: ClaimedRun
    handle: RunHandle
    started: float
    cancelled: float | None = None
    cancel_reason: str | None = None


class Carrier:
    """Starts and watches runs; call :meth:`tick` often."""

    def __init__(
        self,
        database: Database,
        launcher: Launcher,
        *,
        now: Callable[[], datetime],
        deadline_seconds: float,
        owner: str | None = None,
        gives_back: bool = False,
    ) -> None:
        self._database = database
        self._launcher = launcher
        self._now = now
        self._deadline = deadline_seconds
        self.owner = owner or this_process()
        self._gives_back = gives_back
        self.active: dict[int, Carried] = {}
        self._trouble: tuple[float, str] | None = None

    def ready(self) -> bool:
        """Whether a run would begin at once if it were taken now."""
        return not isinstance(self._launcher, Bounded) or self._launcher.ready()

    def take(self, record: RunRecord, room: HostRoom | None = None) -> bool:
        """Claim a due run and start it.

        False when somebody else was faster, another run of the source is working, or one of its
        hosts has no ``room``.
        """
        with self._database.begin() as session:
            token = door.claim_run(
                session,
                record.id,
                owner=self.owner,
                now=self._now(),
                lease_seconds=LEASE_SECONDS,
                room=room,
            )
        if token is None:
            return False
        run = ClaimedRun(run_id=record.id, token=token, source_id=record.source_id)
        try:
            run = replace(run, options=CrawlOptions.from_json(record.options))
            handle = self._launcher.start(run)
        except (OSError, OptionsError) as error:
            self._close(run, f"the child process could not be started: {error}")
            return True
        self.active[record.id] = Carried(run=run, handle=handle, started=time.monotonic())
        logger.info("run=%s source=%s started", run.run_id, run.source_id)
        return True

    def tick(self) -> list[int]:
        """Look at every child once; the ids of the runs that have ended since."""
        ended = []
        for run_id, carried in list(self.active.items()):
            code = carried.handle.poll()
            if code is None:
                self._mind_time(carried)
                continue
            self._keep_output(carried)
            self._settle(carried, code)  # an error of the database leaves it to the next tick
            del self.active[run_id]
            ended.append(run_id)
        return ended

    def cancel(self, run_id: int, reason: str) -> None:
        """Ask one run to end in good order."""
        carried = self.active[run_id]
        if carried.cancelled is None:
            carried.cancelled = time.monotonic()
            carried.cancel_reason = reason
            carried.handle.cancel()

    def free_dead(self) -> None:
        """Give back the runs, whoever's, whose runner is dead or whose lease has run out."""
        now = self._now()
        with self._database.begin() as session:
            freeing.pull_back_leases(session, now=now, lease_seconds=LEASE_SECONDS)
            unwanted = freeing.cancel_unwanted(session, now=now)
            expired = freeing.expire_leases(session, now=now)
            freed = freeing.give_back_orphans(
                session, carried=self.active, owner=self.owner, now=now, silence=ORPHAN_SILENCE
            )
        for run_id in unwanted:
            logger.warning("run=%s cancelled: %s", run_id, freeing.UNWANTED)
        for lost in expired:
            logger.warning("run=%s source=%s lease expired: %s", lost.run_id, lost.source_id,
                           lost.state.value)  # fmt: skip
            self.abandon(lost.run_id)
        for orphan in freed:
            logger.warning("run=%s source=%s its runner died", orphan.run_id, orphan.source_id)

    def close(self) -> None:
        """End every child: in good order, and by force when that takes too long.

        :raises StorageError: when the database refuses for longer than the patience lasts.
        """
        for run_id in self.active:
            self.cancel(run_id, "its parent was told to end")
        patience = Patience(seconds=CLOSE_PATIENCE_SECONDS)
        while self.active:
            with patience.overlooking():
                self.tick()
            time.sleep(CLOSE_POLL_SECONDS)

    def note_trouble(self, error: StorageError) -> None:
        """Remember what the database refused to us: it may be why a child dies without a word."""
        self._trouble = (time.monotonic(), str(error))

    def abandon(self, run_id: int) -> None:
        """Kill a run whose lease is lost; what it holds is another's now."""
        carried = self.active.pop(run_id, None)
        if carried is not None:
            carried.handle.kill()

    def _mind_time(self, carried: Carried) -> None:
        moment = time.monotonic()
        if carried.cancelled is not None:
            if moment - carried.cancelled > CANCEL_GRACE_SECONDS:
                logger.error("run=%s does not end and is killed", carried.run.run_id)
                carried.handle.kill()
        elif moment - carried.started > self._deadline:
            self.cancel(carried.run.run_id, f"its deadline of {self._deadline:.0f} s passed")

    def _keep_output(self, carried: Carried) -> None:
        """On a database of many machines, keep the end of what the child wrote for the others."""
        log = carried.handle.log
        if self._database.engine.dialect.name == "sqlite" or not isinstance(log, Path):
            return
        try:
            with log.open("rb") as written:
                written.seek(max(0, written.seek(0, os.SEEK_END) - outputs.MOST_BYTES))
                end = written.read()
        except OSError as error:  # removed by hand, say: the run has ended all the same
            logger.warning("run=%s its output is not kept: %s", carried.run.run_id, error)
            return
        now = self._now()
        with self._database.begin() as session:
            outputs.keep_whole(
                session,
                carried.run.run_id,
                carried.run.token,
                end,
                machine=self.owner,
                begun_at=now - timedelta(seconds=time.monotonic() - carried.started),
                ended_at=now,
            )

    def _settle(self, carried: Carried, code: int) -> None:
        """Give a run whose child left none a verdict."""
        with self._database.reading() as session:
            record = history.get_run(session, carried.run.run_id)
        if record.finished_at is not None:
            return
        why = f"; {carried.cancel_reason}" if carried.cancel_reason else ""
        died = f"signal {-code}" if code < 0 else f"exit code {code}"
        if self._gives_back and code == -signal.SIGKILL and carried.cancelled is None:
            self._give_back(carried.run, f"its child process was killed ({died})")
            return
        if carried.cancelled is not None and code in NOT_BEGUN:
            self._give_back(carried.run, f"it ended before it had begun ({died}){why}")
            return
        log = carried.handle.log
        where = f"; its output is in {log}" if log else ""
        if self._trouble is not None and self._trouble[0] >= carried.started:
            where = f"; meanwhile the database refused: {self._trouble[1]}{where}"
        self._close(carried.run, f"the child process died without a verdict ({died}){why}{where}")

    def _give_back(self, run: ClaimedRun, why: str) -> None:
        with self._database.begin() as session:
            state = freeing.give_back(session, run.run_id, run.token, now=self._now(), why=why)
        logger.warning("run=%s source=%s %s; now %s", run.run_id, run.source_id, why, state.value)

    def _close(self, run: ClaimedRun, reason: str) -> None:
        logger.error("run=%s source=%s %s", run.run_id, run.source_id, reason)
        try:
            with self._database.begin() as session:
                record = history.get_run(session, run.run_id)
                lease.finish_run(
                    session,
                    run.run_id,
                    run.token,
                    Verdict(kind=VerdictKind.FAILED, reason=reason),
                    record.counts,
                    now=self._now(),
                )
        except LeaseLostError:
            logger.warning("run=%s was taken over; its verdict is another's", run.run_id)

"""A pool of processes that reads parts, and goes on when one of them dies.

The standard pool gives up all that is left when a worker is killed.  Here a worker has one part
at a time, so its death costs that part, which is begun again; a part that keeps killing its
workers is given up, and takes no other with it.
"""

import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from typing import Protocol

from crawler.backfill.parts.part import Job, Part, PartResult

MAX_STARTS = 4
"""A part that was begun so often and never ended kills its workers (Dask counts alike)."""
PART_SECONDS = 1800.0
"""A part that takes longer hangs: some thousand pages take a minute."""
TICK_SECONDS = 1.0
DYING_SECONDS = 5.0
"""How long a worker whose pipe broke is waited for, to say what ended it."""


@dataclass(frozen=True, slots=True)
class LostPart:
    """A part that no worker survived, and what became of the last of them."""

    part: Part
    why: str


Outcome = PartResult | LostPart | None
"""None is a tick: nothing has ended, the one who waits may look round."""


class EngineLostError(Exception):
    """Who reads the parts is gone, in words; what was stored stays, the rest is still to do."""


class Engine(Protocol):
    """Who reads the parts: processes of this machine, or a cluster."""

    def read(self, job: Job, parts: Iterable[Part]) -> Generator[Outcome]:
        """What became of each part, in any order, with ticks between; closing it ends all work.

        :raises EngineLostError: when no part will ever come again.
        """
        ...


class LocalPool:
    """Worker processes on this machine."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = max(1, workers or os.cpu_count() or 1)

    def read(self, job: Job, parts: Iterable[Part]) -> Generator[Outcome]:
        """See ``Engine``; at most one part a worker is under way."""
        waiting = deque((part, 1) for part in parts)
        workers: list[_Worker] = []
        try:
            self._fill(job, workers, waiting)
            while any(worker.part for worker in workers):
                ended = self._wait(workers, waiting)
                # Nobody waits for work while what has come is being stored.
                self._fill(job, workers, waiting)
                yield from ended
                yield None
        finally:
            for worker in workers:
                worker.end()

    def _fill(self, job: Job, workers: list["_Worker"], waiting: deque[tuple[Part, int]]) -> None:
        while waiting:
            idle = next((one for one in workers if one.part is None), None)
            if idle is None:
                if len(workers) >= self.workers:
                    return
                idle = _Worker(job)
                workers.append(idle)
            idle.give(*waiting.popleft())

    def _wait(
        self, workers: list["_Worker"], waiting: deque[tuple[Part, int]]
    ) -> list[PartResult | LostPart]:
        """What has ended by the next tick; parts of dead workers wait again, or are lost."""
        ended: list[PartResult | LostPart] = []
        busy = {worker.connection: worker for worker in workers if worker.part is not None}
        for ready in wait(list(busy), TICK_SECONDS):
            worker = busy[ready]  # type: ignore[index]  # one of those that were waited for
            result = worker.take()
            if result is not None:
                ended.append(result)
        for worker in busy.values():
            if worker.part is None:
                continue
            why = worker.dead_of()
            if why is None:
                continue
            part, starts = worker.part, worker.starts
            worker.end()
            workers.remove(worker)
            if starts >= MAX_STARTS:
                ended.append(LostPart(part, f"{starts} workers died of it; the last one {why}"))
            else:
                waiting.append((part, starts + 1))
        return ended


class _Worker:
    """One process, and the part that it has."""

    def __init__(self, job: Job) -> None:
        self.connection, theirs = Pipe()
        command = [sys.executable, "-m", "crawler.backfill.parts.worker", str(theirs.fileno())]
        self.process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
        )
        theirs.close()
        self.part: Part | None = None
        self.starts = 0
        self._since = 0.0
        self._broken: str | None = None
        self._send(job)

    def _send(self, value: Job | Part) -> None:
        try:
            self.connection.send(value)
        except OSError as error:  # it died before it had read
            self._broken = str(error)

    def give(self, part: Part, starts: int) -> None:
        """Let it begin a part, for the ``starts``-th time."""
        self.part, self.starts, self._since = part, starts, time.monotonic()
        self._send(part)

    def take(self) -> PartResult | None:
        """What it has sent; None when it died instead."""
        try:
            result = self.connection.recv()
        except (EOFError, OSError) as error:
            self._broken = type(error).__name__
            return None
        assert isinstance(result, PartResult)
        self.part = None
        return result

    def dead_of(self) -> str | None:
        """What ended it; None while it works."""
        code = self._code()
        if code is not None:
            return f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        if self._broken:
            return f"closed its pipe ({self._broken})"
        if time.monotonic() - self._since > PART_SECONDS:
            return f"did not end within {PART_SECONDS:.0f} s"
        return None

    def _code(self) -> int | None:
        """Its exit code; None while it runs.

        A pipe breaks before its process can be waited for: what ended it is known a moment later.
        """
        if self._broken is None:
            return self.process.poll()
        try:
            return self.process.wait(DYING_SECONDS)
        except subprocess.TimeoutExpired:
            return None

    def end(self) -> None:
        """End it at once: what it has read is nowhere else, and is read again."""
        self.connection.close()
        self.process.kill()
        self.process.wait()


def serve(connection: Connection) -> None:
    """A worker's life: a job, then parts one by one, until whoever gives them is gone."""
    from crawler.backfill.parts.tasks import read_part

    try:
        job = connection.recv()
        while True:
            connection.send(read_part(job, connection.recv()))
    except (EOFError, OSError):
        return

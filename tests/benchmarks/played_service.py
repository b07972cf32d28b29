"""A service whose runs are played by forked children: for kills by the hundred.

    python -m tests.benchmarks.played_service DATABASE_URL RUNS [CLUSTER]

Rounds and carrier are the service's own; a runner holds its lease, writes one effect in the
transaction that checks it, and finishes.  With a cluster the runs are carried there.
"""

import os
import signal
import sys
import time
from pathlib import Path

from scheduler.carrying.carrier import Carrier
from scheduler.carrying.launcher import ClaimedRun, Launcher
from scheduler.carrying.remote import ClusterLauncher
from scheduler.rhythm.almanac import load_almanac
from scheduler.service.declared import Declared
from scheduler.service.rounds import Limits, Rounds
from storage.engine.database import open_database
from tests.benchmarks.playing import now, play
from tests.scheduler.world import make_source


class Forked:
    """A forked runner."""

    log = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._code: int | None = None

    def poll(self) -> int | None:
        if self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
        return self._code

    def cancel(self) -> None:
        os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


class Forking:
    """Forks a runner for each run."""

    def __init__(self, url: str) -> None:
        self._url = url

    def start(self, run: ClaimedRun) -> Forked:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                play(self._url, run.run_id, run.token)
                code = 0
            finally:
                os._exit(code)
        return Forked(pid)


def main() -> None:
    """Rounds until killed."""
    url, runs, *cluster = sys.argv[1:]
    declared = Declared(
        sources={
            one.id: one for one in (make_source(n, "云南", "portal") for n in range(int(runs)))
        },
        almanac=load_almanac(),
    )
    database = open_database(url, migrate=False)
    launcher: Launcher = ClusterLauncher(cluster[0]) if cluster else Forking(url)
    carrier = Carrier(database, launcher, now=now, deadline_seconds=600, gives_back=True)
    rounds = Rounds(
        database, carrier, lambda: declared, limits=Limits(runs_at_once=4), now=now,
        judges=lambda: False,
    )  # fmt: skip
    while not Path(f"/proc/{os.getpid()}/nothing").exists():
        rounds.round()
        time.sleep(0.2)


if __name__ == "__main__":
    main()

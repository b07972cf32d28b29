"""A service whose runs are played by forked children: for kills by the hundred.

    python -m tests.benchmarks.played_service DATABASE_URL RUNS

Rounds and carrier are the service's own; a runner holds its lease, writes one effect in the
transaction that checks it, and finishes.
"""

import os
import random
import signal
import sys
import time
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from scheduler.carrying.carrier import Carrier
from scheduler.carrying.launcher import ClaimedRun
from scheduler.rhythm.almanac import load_almanac
from scheduler.service.declared import Declared
from scheduler.service.rounds import Limits, Rounds
from storage.engine.database import open_database
from storage.records import SHANGHAI, RunCounts, Verdict, VerdictKind
from storage.runs import lease
from storage.runs.lease import LEASE_SECONDS
from tests.scheduler.simulation import make_source

EFFECTS = "CREATE TABLE IF NOT EXISTS effects (run_id bigint NOT NULL)"


def now() -> datetime:
    return datetime.now(SHANGHAI)


class Forked:
    """A forked runner."""

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
                play(self._url, run)
                code = 0
            finally:
                os._exit(code)
        return Forked(pid)


def play(url: str, run: ClaimedRun) -> None:
    """One run: beats, one effect, its verdict."""
    database = open_database(url, migrate=False)
    for _ in range(3):
        with database.begin() as session:
            lease.heartbeat(
                session, run.run_id, run.token, now=now(), lease_seconds=LEASE_SECONDS,
                counts=RunCounts(),
            )  # fmt: skip
        time.sleep(random.uniform(0.05, 0.3))
    # The effect and the verdict commit together, as a crawl's last batch and its row may not:
    # there a second start finds the articles known.
    with database.begin() as session:
        lease.hold_lease(session, run.run_id, run.token)
        session.execute(text("INSERT INTO effects VALUES (:run)"), {"run": run.run_id})
        verdict = Verdict(kind=VerdictKind.COMPLETE, reason="played")
        lease.finish_run(
            session, run.run_id, run.token, verdict, RunCounts(articles_new=1), now=now()
        )


def main() -> None:
    """Rounds until killed."""
    url, runs = sys.argv[1], int(sys.argv[2])
    declared = Declared(
        sources={one.id: one for one in (make_source(n, "云南", "portal") for n in range(runs))},
        almanac=load_almanac(),
    )
    database = open_database(url, migrate=False)
    carrier = Carrier(database, Forking(url), now=now, deadline_seconds=600, gives_back=True)
    rounds = Rounds(
        database, carrier, lambda: declared, limits=Limits(runs_at_once=4), now=now,
        judges=lambda: False,
    )  # fmt: skip
    while not Path(f"/proc/{os.getpid()}/nothing").exists():
        rounds.round()
        time.sleep(0.2)


if __name__ == "__main__":
    main()

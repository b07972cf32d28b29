"""Several services on one PostgreSQL that race and are killed: what is done twice.

Services race for two runs of a host; services and runners, and workers and scheduler of a
cluster, are killed while 500 runs are due.  Counts alone are asserted.
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.engine.database import Database
from storage.records import SHANGHAI, RunTrigger
from storage.runs import door, history
from storage.runs.lease import LEASE_SECONDS
from storage.runs.states import RunState
from tests.benchmarks.backfilling import Cluster, children_of, kill
from tests.benchmarks.playing import EFFECTS
from tests.scheduler.service.test_hosts import race

pytestmark = [pytest.mark.bench, pytest.mark.long]

ROOT = Path(__file__).parents[2]
RUNS = int(os.environ.get("CPPCC_BENCH_RUNS", "500"))
KILLS = 30
DASK = ["worker", "worker", "scheduler"]


# Races and kills


def test_200_races_for_a_host(server: Database) -> None:
    most = race(server.url, races=200)
    print(f"\n200 races of two services for two runs on one host: at most {most} at once")
    assert most == 1


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("carried", ["by the services", "by Dask"])
def test_500_runs_with_30_kills(server: Database, tmp_path: Path, count: int, carried: str) -> None:
    """Services and runners are killed; with Dask its workers and its scheduler too."""
    chance = random.Random(15)
    with server.begin() as session:
        session.execute(text(EFFECTS))
    for number in range(RUNS):
        with server.begin() as session:
            door.create_run(
                session, f"s{number}", trigger=RunTrigger.CLOCK,
                due_at=datetime.now(SHANGHAI), now=datetime.now(SHANGHAI),
            )  # fmt: skip
    cluster = None
    if carried == "by Dask":
        cluster = Cluster(
            tmp_path, 4, {"CPPCC_DATABASE_URL": server.url},
            preload="tests.benchmarks.played_child",
        )  # fmt: skip
        cluster.restarts()

    def start() -> subprocess.Popen[bytes]:
        words = [server.url, str(RUNS), *([cluster.address] if cluster else [])]
        return subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.played_service", *words],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )

    def done() -> int:
        with server.reading() as session:
            count = text("SELECT count(*) FROM runs WHERE state = 'finished'")
            return int(session.execute(count).scalar_one())

    services = [start() for _ in range(count)]
    began = time.monotonic()
    struck: Counter[str] = Counter()
    while struck.total() < KILLS and done() < RUNS:
        # Spread over the whole: one kill as every KILLS-th part of the runs is finished.
        if done() < RUNS * 0.9 * struck.total() / KILLS:
            time.sleep(0.1)
            continue
        time.sleep(chance.uniform(0, 0.5))
        at = chance.randrange(count)
        what = chance.choice(["service", "runner", "runner", *(DASK if cluster else [])])
        match what:
            case "service":
                services[at].kill()
                services[at].wait()
                services[at] = start()
            case "worker" if cluster:
                cluster.workers[chance.randrange(4)].kill()
            case "scheduler" if cluster:
                if struck["scheduler"] == 3:
                    continue
                cluster.restart_scheduler()
            case _:
                carriers = cluster.workers if cluster else services
                runners = children_of(chance.choice(carriers).pid)
                if not runners or not kill(chance.choice(runners)):
                    continue
        struck[what] += 1
    last = time.monotonic()
    end = last + 3600  # a loaded machine takes its time
    while done() < RUNS and time.monotonic() < end:
        time.sleep(1)
    took, after = time.monotonic() - began, time.monotonic() - last
    for service in services:
        service.kill()
        service.wait()
    if cluster:
        cluster.close()
    with server.reading() as session:
        states = Counter(run.state.value for run in history.list_runs(session, limit=9999))
        effects = Counter(row.run_id for row in session.execute(text("SELECT run_id FROM effects")))
        again = session.execute(text("SELECT count(*) FROM runs WHERE token > 1")).scalar_one()
    print(
        f"\n{RUNS} due runs, {count} services, carried {carried}, kills {dict(struck)}: "
        f"{dict(states)}, {again} begun again, effects {effects.total()}, twice "
        f"{sum(n - 1 for n in effects.values())}, {took:.0f} s, the last of it {after:.0f} s after "
        f"the last kill (two leases are {2 * LEASE_SECONDS:.0f} s)"
    )
    assert states == {RunState.FINISHED.value: RUNS}
    assert effects.total() == len(effects) == RUNS

"""Several services on one PostgreSQL: what is done twice, what is late, who is asked too soon.

Method.  The first test plays time: services in threads, each with its own connections, planner
and ticks, so that the count of probes can be exact.  The second runs real services as processes
against a proxy that notes each request when it arrives, for ``CPPCC_BENCH_MINUTES`` (11) of real
ticks a minute apart, with crawls beside the probes; the planner is killed half-way.  The third
lets services race for two runs of a host; the fourth kills services and runners, and workers and
scheduler of a cluster, while 500 runs are due.  Counts alone are asserted, and gaps as the
server saw them.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from scheduler.probing.probes import ProbeOutcome
from scheduler.rhythm.almanac import load_almanac
from scheduler.rhythm.watching import Step
from scheduler.service import ticks
from scheduler.service.declared import Declared
from scheduler.service.planner import Planner
from storage.engine.database import Database, open_database
from storage.links import standing
from storage.records import SHANGHAI, RunCounts, RunTrigger, Verdict, VerdictKind
from storage.runs import door, history, lease, planner
from storage.runs.lease import LEASE_SECONDS
from storage.runs.states import RunState
from tests.benchmarks.backfilling import Cluster, children_of, kill
from tests.benchmarks.playing import EFFECTS
from tests.scheduler.service.test_hosts import race
from tests.scheduler.simulation import make_source

pytestmark = [pytest.mark.bench, pytest.mark.long]

ROOT = Path(__file__).parents[2]
NOON = datetime(2027, 1, 12, 12, tzinfo=SHANGHAI)
SOURCES, TICKS = 100, 10
BEAT = 5
MINUTES = int(os.environ.get("CPPCC_BENCH_MINUTES", "11"))
RUNS = int(os.environ.get("CPPCC_BENCH_RUNS", "500"))
KILLS = 30
DASK = ["worker", "worker", "scheduler"]
COMPLETE = Verdict(kind=VerdictKind.COMPLETE, reason="played")


@pytest.fixture
def server(database: Database) -> Database:
    """A database of many machines."""
    if database.engine.dialect.name != "postgresql":
        # Runs on PostgreSQL alone (CPPCC_TEST_POSTGRESQL_URL): SQLite is for one machine.
        pytest.skip("several machines share a PostgreSQL: with SQLite there is one")
    return database


def proved_and_crawled(database: Database, source_ids: list[str], at: datetime) -> None:
    """Sources that need neither a first look nor a first crawl, as of ``at``."""
    for source_id in source_ids:
        with database.begin() as session:
            standing.note_proved(session, source_id, by="probe", now=at)
            run_id, token = door.begin_run(
                session, source_id, trigger=RunTrigger.MANUAL, owner="before", now=at
            )
            lease.finish_run(session, run_id, token, COMPLETE, RunCounts(articles_new=1), now=at)


# Played time


class Clock:
    """Seconds since noon, for all services."""

    seconds = 0.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)


class Played:
    """A service's planning, as ``Service`` wires it, without its loop."""

    def __init__(self, url: str, name: str, clock: Clock, declared: Declared) -> None:
        self.database = open_database(url, migrate=False)
        self.planner = Planner(name, moment=lambda: clock.seconds)
        self.clock = clock
        self.declared = declared
        self.next: dict[str, datetime] = {}
        self.probes: list[tuple[str, datetime, datetime]] = []
        self.dead = False

    def beat(self) -> None:
        with self.database.begin() as session:
            look = self.planner.beat(session)
        if self.planner.note(look):
            self.next = ticks.next_ticks(self.database, self.declared, now=self.clock.now())

    def work(self) -> None:
        for source_id, at in list(self.next.items()):
            now = self.clock.now()
            if at > now or not self.planner.holds():
                continue
            source = self.declared.sources[source_id]
            plan, self.next[source_id] = ticks.plan_tick(
                self.database, self.declared, source, now=now, hastened=False
            )
            if plan.step is Step.PROBE:
                self.probes.append((source_id, plan.due_at, now))
                self.next[source_id] = ticks.enter_probe(
                    self.database, self.declared, source, plan, ProbeOutcome(), now=now
                )


def every_minute(folder: Path, source_ids: list[str]) -> Path:
    path = folder / "calendar.toml"
    path.write_text(
        "".join(f"[source.{one}]\nclosest_minutes = 1\nwidest_minutes = 1\n" for one in source_ids),
        "utf-8",
    )
    return path


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("killed", [False, True], ids=["calm", "planner killed"])
def test_1000_probes(server: Database, tmp_path: Path, count: int, killed: bool) -> None:
    sources = [make_source(number, "云南", "portal") for number in range(SOURCES)]
    names = [source.id for source in sources]
    proved_and_crawled(server, names, NOON)
    declared = Declared(
        sources={source.id: source for source in sources},
        almanac=load_almanac(every_minute(tmp_path, names)),
    )
    clock = Clock()
    services = [Played(server.url, f"m{n}:1", clock, declared) for n in range(count)]
    gate = threading.Barrier(count)
    dies_at = 60.0 * TICKS / 2

    def live(service: Played) -> None:
        while clock.seconds < 60 * TICKS:
            gate.wait()
            if service is services[0]:
                clock.seconds += BEAT
                if killed and clock.seconds == dies_at:
                    next(one for one in services if one.planner.holds()).dead = True
            gate.wait()
            if not service.dead:
                service.beat()
                service.work()

    threads = [threading.Thread(target=live, args=(service,)) for service in services]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = [one for service in services for one in service.probes]
    slots = Counter((source_id, slot) for source_id, slot, _ in made)
    by_source = defaultdict(list)
    for source_id, _, at in sorted(made, key=lambda one: one[2]):
        by_source[source_id].append(at)
    longest = max(b - a for times in by_source.values() for a, b in pairwise(times))
    print(
        f"\n{count} services, {SOURCES} sources x {TICKS} ticks{', planner killed' * killed}: "
        f"{len(made)} probes, {sum(n - 1 for n in slots.values())} twice, by service "
        f"{[len(one.probes) for one in services]}, longest time between two {longest}"
    )
    assert max(slots.values()) == 1
    assert longest <= timedelta(minutes=2)
    if not killed:
        assert len(made) == SOURCES * TICKS
    for service in services:
        service.database.close()


# Real services

HOSTS = 20
DELAY = 1.0
DECLARATION = """
name = "测试{number}"
region = "云南"
kind = "portal"
family = "listing"
homepage = "http://h{host}.example/"
hosts = ["h{host}.example"]
article_pattern = '/t20\\d+_\\d+\\.html'

[listing]
urls = ["http://h{host}.example/s{number}/index.html"]

[politeness]
delay_seconds = {delay}

[expect]
min_articles = 1
max_days_silent = 30
"""
ARTICLE = (
    "<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title></head><body>"
    "<h1>{title}</h1><div>2021-01-24 10:00 来源：测试网</div><div class='content'>"
    "<p>市政协委员昨天走进社区，围绕老旧小区加装电梯听取居民意见，{title}的情况逐一登记在册。</p>"
    "<p>委员们说，电梯装在哪里、费用怎么分、日后谁来修，都要摆到桌面上商量，商量好了再动工。</p>"
    "</div></body></html>"
)


@dataclass
class Sites:
    """What the proxy saw: (moment, host, path)."""

    seen: list[tuple[float, str, str]] = field(default_factory=list)
    port: int = 0


@contextmanager
def sites() -> Iterator[Sites]:
    noted = Sites()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            noted.seen.append((time.monotonic(), parts.hostname or "", parts.path))
            if parts.path == "/robots.txt":
                self.send_error(404)
                return
            if parts.path.endswith("index.html"):
                folder = parts.path.split("/")[1]
                rows = "".join(
                    f'<li><a href="/{folder}/t202101_{n}.html">{folder}委员走进社区第{n}次</a>'
                    "<span>2021-01-24</span></li>"
                    for n in range(6)
                )
                page = f"<html><title>动态</title><body><ul>{rows}</ul></body></html>"
            else:
                page = ARTICLE.format(title=f"委员走进社区{parts.path}")
            body = page.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 128
        daemon_threads = True

    made = Server(("127.0.0.1", 0), Handler)
    noted.port = made.server_port
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield noted
    made.shutdown()
    thread.join()
    made.server_close()


def declare(folder: Path) -> list[str]:
    names = []
    for number in range(SOURCES):
        name = f"bench_{number:03}"
        page = DECLARATION.format(number=number, host=number % HOSTS, delay=DELAY)
        (folder / f"{name}.toml").write_text(page, "utf-8")
        names.append(name)
    return names


def planner_of(database: Database) -> str | None:
    with database.reading() as session:
        seen = planner.look(session)
    return seen.holder if seen else None


@pytest.mark.parametrize(("count", "carried"), [(2, "by the services"), (3, "by Dask")])
def test_real_services(server: Database, tmp_path: Path, count: int, carried: str) -> None:
    declared = tmp_path / "declared"
    declared.mkdir()
    names = declare(declared)
    proved_and_crawled(server, names, datetime.now(SHANGHAI) - timedelta(minutes=1))
    calendar = every_minute(tmp_path, names)
    processes: list[subprocess.Popen[bytes]] = []
    with sites() as noted:
        proxy = f"http://127.0.0.1:{noted.port}"
        env = os.environ | {
            "PYTHONPATH": str(ROOT),
            "CPPCC_DATABASE_URL": server.url,
            "CPPCC_SOURCES": str(declared),
            "CPPCC_CALENDAR": str(calendar),
            "CPPCC_METRICS_PORT": "0",
            "CPPCC_RUNS_AT_ONCE": "1",
            "CPPCC_DRAIN_SECONDS": "5",
            "http_proxy": proxy,
            "no_proxy": "",
        }
        cluster = None
        if carried == "by Dask":
            cluster = Cluster(tmp_path, 2, env)
            cluster.restarts()
            env = env | {"CPPCC_CLUSTER": cluster.address}
        for number in range(count):
            var = tmp_path / f"var{number}"
            var.mkdir()
            with (var / "service.log").open("wb") as log:
                processes.append(
                    subprocess.Popen(
                        [sys.executable, "-m", "scheduler", "run", "--no-console"],
                        env=env | {"CPPCC_VAR": str(var)}, stdout=log, stderr=log,
                    )
                )  # fmt: skip
        while planner_of(server) is None:
            time.sleep(1)
        began, killed_at = time.monotonic(), 0.0
        asked = 0
        while time.monotonic() - began < 60 * MINUTES:
            time.sleep(5)
            if time.monotonic() - began > 60 * asked and asked < 8:
                with server.begin() as session:  # crawls beside the probes
                    now = datetime.now(SHANGHAI)
                    door.add_due_run(
                        session, names[asked], trigger=RunTrigger.MANUAL, due_at=now, now=now
                    )
                asked += 1
            if not killed_at and time.monotonic() - began > 30 * MINUTES:
                number = int((planner_of(server) or ":0").rpartition(":")[2])
                (victim,) = [one for one in processes if one.pid == number]
                victim.kill()
                victim.wait()
                killed_at = time.monotonic()
        for process in processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(120)
        if cluster:
            cluster.close()
    watched = {f"/s{names.index(name)}/index.html" for name in names}
    by_host, by_list = defaultdict(list), defaultdict(list)
    for moment, host, path in sorted(noted.seen):
        if host.startswith("h") and host.endswith(".example"):
            by_host[host].append(moment)
            if path in watched:
                by_list[path].append(moment)
    gaps = sorted(b - a for times in by_host.values() for a, b in pairwise(times))
    late = sorted(b - a for times in by_list.values() for a, b in pairwise(times))
    after = [min(one - killed_at for one in times if one > killed_at) for times in by_list.values()]
    with server.reading() as session:
        states = Counter(run.state.value for run in history.list_runs(session, limit=9999))
    print(
        f"\n{count} services, runs carried {carried}, {len(names)} sources on {HOSTS} hosts, "
        f"{MINUTES} min: {sum(map(len, by_list.values()))} requests of lists, "
        f"{sum(map(len, by_host.values()))} "
        f"in all; gaps on a host: shortest {gaps[0]:.3f} s of {DELAY} s, under it "
        f"{sum(gap < DELAY for gap in gaps)} of {len(gaps)}; between two looks at a list: longest "
        f"{late[-1]:.0f} s; after the planner's death the last list was looked at after "
        f"{max(after):.0f} s; runs {dict(states)}"
    )
    assert max(after) <= 120, "no tick later than two intervals"
    assert gaps[0] >= DELAY


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

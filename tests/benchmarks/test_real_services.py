"""Real services on one PostgreSQL, as processes: who is asked too soon, and what is late.

They run against a proxy that notes each request when it arrives, for ``CPPCC_BENCH_MINUTES``
(11) of real ticks a minute apart, with crawls beside the probes; the planner is killed half-way.
The minutes begin when each source has had the crawl that its first look asks for: until then a
list is read by its run, whose turn may come late, and not by a tick.  The sources of the program
itself are paused.  Gaps are asserted as the server saw them.
"""

import os
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

from crawler.sources.declaration import load_sources
from storage.engine.database import Database
from storage.links import standing
from storage.records import SHANGHAI, RunTrigger
from storage.runs import door, history, planner
from storage.runs.states import RunState
from storage.runs.watches import Watch, put_watch
from tests.benchmarks.backfilling import Cluster
from tests.benchmarks.watched import SOURCES, every_minute, proved_and_crawled

pytestmark = [pytest.mark.bench, pytest.mark.long]

ROOT = Path(__file__).parents[2]
MINUTES = int(os.environ.get("CPPCC_BENCH_MINUTES", "11"))
FIRST_MINUTES = 20
BEFORE = datetime(2021, 1, 1, tzinfo=SHANGHAI)


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
    try:
        yield noted
    finally:  # else a failed measurement waits for its own server for ever
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


def await_first_crawls(database: Database, count: int) -> None:
    """Until ``count`` crawls that looks at lists asked for have ended, and none waits."""
    until = time.monotonic() + 60 * FIRST_MINUTES
    while True:
        with database.reading() as session:
            runs = history.list_runs(session, trigger=RunTrigger.PROBE, limit=9999)
        waiting = [run for run in runs if run.state in (RunState.DUE, RunState.RUNNING)]
        if len(runs) >= count and not waiting:
            return
        assert time.monotonic() < until, f"{len(runs)} first crawls, {len(waiting)} still wait"
        time.sleep(5)


@pytest.mark.parametrize(("count", "carried"), [(2, "by the services"), (3, "by Dask")])
def test_real_services(server: Database, tmp_path: Path, count: int, carried: str) -> None:
    declared = tmp_path / "declared"
    declared.mkdir()
    names = declare(declared)
    proved_and_crawled(server, names, datetime.now(SHANGHAI) - timedelta(minutes=1))
    with server.begin() as session:
        for source_id in load_sources(None):
            standing.pause(session, source_id, by="bench", why="not played", now=BEFORE)
        for name in names:  # or a first crawl counts as a change, and is repeated each minute
            seldom = Watch(
                source_id=name, since=BEFORE, changed_at=BEFORE, spacing=timedelta(days=9)
            )
            put_watch(session, seldom)
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
            "CPPCC_RUNS_AT_ONCE": "2",
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
        await_first_crawls(server, len(names))
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
    for moment, host, path in sorted(one for one in noted.seen if one[0] >= began):
        if host.startswith("h") and host.endswith(".example"):
            by_host[host].append(moment)
            if path in watched:
                by_list[path].append(moment)
    gaps = sorted(b - a for times in by_host.values() for a, b in pairwise(times))
    late = sorted(b - a for times in by_list.values() for a, b in pairwise(times))
    never = [path for path, times in by_list.items() if times[-1] <= killed_at]
    assert not never, f"not looked at after the planner's death: {never}"
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

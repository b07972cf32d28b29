"""The service at rest: memory and processor with 120 sources, start and lateness with 3,000.

``CPPCC_TEST_IDLE_SECONDS`` shortens the ten minutes.
"""

import os
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.sources.declaration import DECLARED, REGIONS
from storage.engine.database import Database, open_database
from storage.records import RunCounts, RunTrigger, Verdict, VerdictKind
from storage.runs import door, history, lease
from tests.scheduler.living import Living

SECONDS = float(os.environ.get("CPPCC_TEST_IDLE_SECONDS", "600"))
PORT = 19471
NOWHERE = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
DECLARATION = """
name = "源{number}"
region = "{region}"
kind = "committee_site"
family = "listing"
homepage = "http://s{number}.example/"
hosts = ["s{number}.example"]
[listing]
urls = ["http://s{number}.example/list.html"]
[expect]
min_articles = 1
max_days_silent = 30
"""


def declare(folder: Path, count: int) -> list[str]:
    """So many sources in all, with those of the project; their ids."""
    folder.mkdir()
    given = [path.stem for path in sorted(DECLARED.glob("*.toml"))]
    for number in range(count - len(given)):
        text = DECLARATION.format(number=number, region=REGIONS[number % len(REGIONS)])
        (folder / f"s{number}.toml").write_text(text, "utf-8")
    return given + [f"s{number}" for number in range(count - len(given))]


def crawl_all(database: Database, sources: list[str]) -> None:
    """Let every source have been crawled a minute ago, so that nothing is due."""
    now = datetime.now(UTC) - timedelta(minutes=1)
    with database.begin() as session:
        for source in sources:
            run_id = door.add_due_run(
                session, source, trigger=RunTrigger.CLOCK, due_at=now, now=now
            )
            assert run_id is not None
            token = door.claim_run(session, run_id, owner="-", now=now, lease_seconds=9)
            assert token is not None
            verdict = Verdict(kind=VerdictKind.COMPLETE, reason="played")
            lease.finish_run(session, run_id, token, verdict, RunCounts(), now=now)


def environment(folder: Path) -> dict[str, str]:
    return {
        **NOWHERE,
        "CPPCC_SOURCES": str(folder),
        "CPPCC_METRICS_PORT": str(PORT),
        "CPPCC_RUNS_AT_ONCE": "1",
        "CPPCC_DRAIN_SECONDS": "1",
    }


def wait_well(seconds: float) -> float:
    """Seconds until /healthz says that all is well."""
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz")
            return time.perf_counter() - began
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise TimeoutError("the service does not answer")


def resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 2**20


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.bench
@pytest.mark.long
def test_idle_with_120_sources(tmp_path: Path) -> None:
    names = declare(tmp_path / "sources", 120)
    living = Living(tmp_path, environment(tmp_path / "sources"))
    database = open_database(living.url)
    crawl_all(database, names)
    living.start()
    assert living.process is not None
    started = wait_well(60)
    time.sleep(10)  # the start is no rest
    pid = living.process.pid
    cpu, began = cpu_seconds(pid), time.monotonic()
    time.sleep(SECONDS)
    share = (cpu_seconds(pid) - cpu) / (time.monotonic() - began)
    memory = resident_mb(pid)
    handles = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    assert living.stop() == 0
    print(f"\nidle {SECONDS:.0f} s, 120 sources: start {started:.1f} s, RSS {memory:.0f} MB, "
          f"{share:.2%} of a core, {handles} file handles")  # fmt: skip
    assert memory <= 150
    assert share <= 0.01


@pytest.mark.bench
@pytest.mark.long
def test_start_with_3000_sources(tmp_path: Path) -> None:
    names = declare(tmp_path / "sources", 3000)
    living = Living(tmp_path, environment(tmp_path / "sources"))
    database = open_database(living.url)
    began = datetime.now(UTC)
    living.start()
    assert living.process is not None
    started = wait_well(120)
    end = time.monotonic() + 300
    count, last = 0, began
    while count < len(names) and time.monotonic() < end:
        time.sleep(1)
        with database.reading() as session:
            rows = session.connection().exec_driver_sql("SELECT count(*) FROM runs").scalar()
            newest = history.newest_run_id(session)
            last = history.get_run(session, newest).created_at if newest else began
        count = rows or 0
    memory = resident_mb(living.process.pid)
    assert living.stop() == 0
    late = (last - began).total_seconds()
    print(f"\n3,000 sources, all due at once: answers after {started:.1f} s, RSS {memory:.0f} MB, "
          f"{count} due rows, the latest {late:.1f} s after the start")  # fmt: skip
    assert count >= len(names)

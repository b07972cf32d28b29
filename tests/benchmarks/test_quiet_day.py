"""A day of the quiet season: processor seconds a source and day, runs forked and plain.

How often a source is crawled and probed on such a day comes from the simulated country, which has
a source of each kind in each region: the service's own planning, a played network.  What a crawl
costs comes from real children on the small internet that find nothing new there, forked and plain
by turns, as the kernel counts them when they have ended.  The product of both is the day; a probe
costs the same either way and is left out, as is the service itself (``test_idle``).
"""

import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.sources.declaration import REGIONS, load_sources
from fixtures.server import SmallInternetProcess
from scheduler.carrying.launcher import ClaimedRun, Launcher, LocalLauncher
from scheduler.carrying.template import TemplateLauncher
from scheduler.rhythm.almanac import load_almanac
from storage.engine.database import Database, open_database
from storage.links.sources import sync_sources
from storage.records import SHANGHAI, RunTrigger, VerdictKind
from storage.runs import door
from storage.runs.history import get_run
from tests.benchmarks.table import Table
from tests.benchmarks.test_kills import SOURCES
from tests.scheduler.simulation import Simulation
from tests.scheduler.world import make_world

QUIET = datetime(2026, 6, 10, tzinfo=SHANGHAI)  # no session opens, no review is due
SIMULATED = 124
"""Sources: each region has one of each kind, as in the simulated year."""
TIMES_LESS = 5
TICKS = os.sysconf("SC_CLK_TCK")


@pytest.mark.bench
def test_a_quiet_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crawls, probes = looks_a_source_and_day(open_database(f"sqlite:///{tmp_path / 'quiet.db'}"))
    url = f"sqlite:///{tmp_path / 'cppcc.db'}"
    with SmallInternetProcess(day=1) as internet:
        for name, value in internet.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("CPPCC_DATABASE_URL", url)
        monkeypatch.setenv("CPPCC_TODAY", "2021-01-24")
        monkeypatch.setenv("CPPCC_MAX_DELAY_SECONDS", "0")
        seconds = seconds_a_crawl(open_database(url), tmp_path / "logs")
    table = Table()
    plain, forked = (crawls * seconds[name] for name in ("plain", "forked"))
    print(
        f"\n{crawls:.1f} crawls and {probes:.1f} probes a source and day; a crawl that finds"
        f" nothing new: {seconds['plain']:.2f} s plain, {seconds['forked']:.2f} s forked"
    )
    table.add("quiet day, a source", forked, plain / TIMES_LESS, unit="CPU s", peer=plain)
    table.show()
    assert forked < plain


def looks_a_source_and_day(database: Database) -> tuple[float, float]:
    """Crawls and probes a source on the second day of the simulated country."""
    world = make_world(QUIET, 2, sources=SIMULATED, openings={}, without_review=REGIONS)
    made = Simulation(database, world, load_almanac())
    made.run_until(QUIET + timedelta(days=1))
    runs, probes = world.runs, world.probes
    made.run_until(QUIET + timedelta(days=2))
    database.close()
    return (world.runs - runs) / SIMULATED, (world.probes - probes) / SIMULATED


def seconds_a_crawl(database: Database, logs: Path) -> Mapping[str, float]:
    """Processor seconds of a crawl with nothing new, over the sources of the small internet."""
    declared = load_sources()
    with database.begin() as session:
        sync_sources(session, [declared[name].record for name in SOURCES], now=datetime.now(UTC))
    plain = LocalLauncher(logs)
    forking = TemplateLauncher(plain, logs)
    template = forking.warm(120.0)
    assert template is not None
    for source in SOURCES:  # brings everything
        crawl(database, forking, source)
    spent = {"plain": 0.0, "forked": 0.0}
    for source in SOURCES:
        before = of_children("self")
        crawl(database, plain, source)
        spent["plain"] += of_children("self") - before
        before = of_children(str(template.pid))
        crawl(database, forking, source)
        spent["forked"] += of_children(str(template.pid)) - before
    forking.close()
    database.close()
    return {name: seconds / len(SOURCES) for name, seconds in spent.items()}


def crawl(database: Database, launcher: Launcher, source: str) -> None:
    """One run to its end, which must be a sound one."""
    now = datetime.now(UTC)
    with database.begin() as session:
        number = door.create_run(
            session, source, trigger=RunTrigger.MANUAL, due_at=now, now=now, options={}
        )
        token = door.claim_run(session, number, owner="-", now=now, lease_seconds=900)
    assert token
    handle = launcher.start(ClaimedRun(run_id=number, token=token, source_id=source))
    while handle.poll() is None:
        time.sleep(0.02)
    with database.reading() as session:
        verdict = get_run(session, number).verdict
    assert verdict is not None
    assert verdict.kind in (VerdictKind.COMPLETE, VerdictKind.EMPTY_EXPECTED), verdict


def of_children(process: str) -> float:
    """Processor seconds of a process's children that have ended."""
    fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / TICKS

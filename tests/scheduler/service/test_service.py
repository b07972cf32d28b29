"""The service's wiring: ticks become runs, runs are judged, and no error ends a piece of work."""

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import pytest

from scheduler.carrying.launcher import ClaimedRun, RunHandle
from scheduler.config import Config
from scheduler.rhythm.almanac import load_almanac
from scheduler.service.declared import Declared
from scheduler.service.service import Service
from storage.engine import services
from storage.engine.database import Database, open_database
from storage.engine.services import ServiceBeat
from storage.links import standing
from storage.migrations import HEAD
from storage.records import Genre, RunCounts, Verdict, VerdictKind
from storage.runs import health, history, lease
from storage.runs.states import RunState
from tests.scheduler.played import Played
from tests.scheduler.simulation import Inbox
from tests.scheduler.world import World, make_source
from tests.storage.samples import article
from tests.storage.steps import save_article

PATIENCE = 120.0
"""Seconds after which a test gives up: no bound of the program's speed."""


class Crawls:
    """Plays each crawl at once; breaks, as a defect of ours would, while it is told to."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.broken = False
        self.asked = 0

    def start(self, run: ClaimedRun) -> RunHandle:
        self.asked += 1
        if self.broken:
            raise RuntimeError("a defect")
        with self._database.begin() as session:
            verdict = Verdict(kind=VerdictKind.COMPLETE, reason="played")
            now = history.get_run(session, run.run_id).due_at
            lease.finish_run(session, run.run_id, run.token, verdict, RunCounts(), now=now)
        return Played()


@pytest.fixture
def database(tmp_path: Path) -> Database:
    opened = open_database(f"sqlite:///{tmp_path / 'cppcc.db'}")
    with opened.begin() as session:
        for source_id in declared().sources:
            standing.note_proved(session, source_id, by="probe", now=datetime.now(UTC))
    return opened


@pytest.fixture
def config(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> Config:
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there: nothing leaves
    return Config(database_url=database.url, var=tmp_path, metrics_port=0, drain_seconds=0)


def declared(count: int = 3) -> Declared:
    sources = [make_source(number, "云南", "portal") for number in range(count)]
    return Declared(sources={source.id: source for source in sources}, almanac=load_almanac())


async def until(seen: Callable[[], bool]) -> None:
    async def wait() -> None:
        while not seen():
            await asyncio.sleep(0.02)

    await asyncio.wait_for(wait(), PATIENCE)


def serving(
    config: Config,
    database: Database,
    scenario: Callable[[Service, Crawls], Awaitable[None]],
) -> Crawls:
    crawls = Crawls(database)

    async def main() -> None:
        service = Service(config, database, declared(), launcher=crawls, channels=[])
        running = asyncio.create_task(service.run())
        await scenario(service, crawls)
        service.end()
        await running

    asyncio.run(main())
    return crawls


def judged(database: Database) -> int:
    with database.reading() as session:
        return sum(len(health.health_history(session, f"s{number}", 9)) for number in range(3))


def test_what_a_last_run_brought_is_sent_though_a_killed_service_beat_a_moment_ago(
    config: Config, database: Database
) -> None:
    """A dead process plans nothing: nobody else would send it before the next start."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    now = datetime.now(UTC)
    beat = ServiceBeat(
        name=f"{socket.gethostname()}:{gone.pid}", schema_revision=HEAD, started_at=now, beat_at=now
    )
    inbox = Inbox(World(sites={}, now=now))

    def flagged(number: int) -> None:
        with database.begin() as session:
            save_article(session, article(number, genre=Genre.TEN_EVENTS), now=now, run_id=None)

    async def main() -> None:
        flagged(2)
        service = Service(
            config, database, declared(0), launcher=Crawls(database), channels=[inbox]
        )
        running = asyncio.create_task(service.run())
        await until(lambda: len(inbox.of("flag")) == 1)
        with database.begin() as session:
            services.beat(session, beat)
        service.end()
        flagged(1)  # as a last run does while the service drains
        await running

    asyncio.run(main())
    assert len(inbox.of("flag")) == 2


def test_sources_never_crawled_are_crawled_once_and_judged(
    config: Config, database: Database
) -> None:
    async def scenario(service: Service, crawls: Crawls) -> None:
        await until(lambda: judged(database) == 3)
        await until(lambda: service.desk.wait("s0").total_seconds() > 0)
        assert service.health().well
        assert service.health().words == "3 sources watched"

    assert serving(config, database, scenario).asked == 3
    with database.reading() as session:
        assert {run.state for run in history.list_runs(session)} == {RunState.FINISHED}


def test_a_defect_of_ours_fails_one_round_and_is_said_until_one_succeeds(
    config: Config, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(service: Service, crawls: Crawls) -> None:
        crawls.broken = True
        await until(lambda: not service.health().well)
        assert "RuntimeError: a defect" in service.health().words
        asked = crawls.asked
        await until(lambda: crawls.asked > asked)  # the rounds go on
        crawls.broken = False
        with database.begin() as session:  # its claims died with no child: nobody beats for them
            for run in history.open_runs(session):
                if run.state is RunState.RUNNING:
                    lease.request_cancel(session, run.id, now=config.now())
        await until(lambda: service.health().well)

    serving(config, database, scenario)
    assert "round failed and is tried again: a defect of ours" in caplog.text
    assert "Traceback" in caplog.text


def test_what_is_remembered_is_touched_on_the_event_loop_alone(
    config: Config, database: Database
) -> None:
    elsewhere: set[str] = set()

    def watch(frame: FrameType, event: str, _: object) -> None:
        name = Path(frame.f_code.co_filename).name
        if event == "call" and name in {"desk.py", "hastening.py", "clock.py", "vitals.py"}:
            elsewhere.add(f"{name}:{frame.f_code.co_name}")

    async def scenario(service: Service, crawls: Crawls) -> None:
        await until(lambda: judged(database) == 3)

    threading.setprofile(watch)  # for threads that begin from now on: the workers
    try:
        serving(config, database, scenario)
    finally:
        threading.setprofile(None)
    assert elsewhere == set()


def test_a_reload_replaces_all_that_is_declared_at_once(config: Config, database: Database) -> None:
    async def scenario(service: Service, crawls: Crawls) -> None:
        await until(lambda: judged(database) == 3)
        before = service.declared
        await service.reload()  # the project's own declarations
        assert service.declared is not before
        assert set(before.sources) == {"s0", "s1", "s2"}, "a value: who holds it sees no change"
        assert "yunnan_net" in service.declared.sources
        assert service.desk.next_at("yunnan_net") is not None
        with pytest.raises(KeyError):
            service.desk.next_at("s0")
        service.rounds.draining = True  # or the small internet's sites would be asked for

    serving(config, database, scenario)

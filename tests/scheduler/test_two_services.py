"""Two services on one database: no tick makes two runs, no run has two runners."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from scheduler.carrying.carrier import Carrier
from scheduler.carrying.launcher import ClaimedRun, RunHandle
from scheduler.rhythm.almanac import load_almanac
from scheduler.service.declared import Declared
from scheduler.service.rounds import Limits, Rounds
from storage.engine.database import Database, open_database
from storage.records import SHANGHAI, RunCounts, RunTrigger, Verdict, VerdictKind
from storage.runs import door, health, history, lease
from tests.scheduler.played import Played
from tests.scheduler.world import make_source

NOON = datetime(2027, 1, 12, 12, tzinfo=SHANGHAI)
MINUTE = timedelta(minutes=1)


class Minutes:
    """A simulated clock that both services read."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


class Counting:
    """Plays crawls, and counts how often each run was started."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self.started: Counter[int] = Counter()

    def start(self, run: ClaimedRun) -> RunHandle:
        self.started[run.run_id] += 1
        with self._database.begin() as session:
            lease.finish_run(
                session,
                run.run_id,
                run.token,
                Verdict(kind=VerdictKind.COMPLETE, reason="played"),
                RunCounts(articles_new=1),
                now=self._now(),
            )
        return Played()


class One:
    """One of the two services: what its ticks and rounds do, on its own connections."""

    def __init__(self, url: str, name: str, clock: Minutes, sources: int) -> None:
        self.database = open_database(url)
        self.launcher = Counting(self.database, clock)
        self.clock = clock
        self.declared = Declared(
            sources={
                source.id: source
                for source in (make_source(n, "云南", "portal") for n in range(sources))
            },
            almanac=load_almanac(),
        )
        carrier = Carrier(self.database, self.launcher, now=clock, deadline_seconds=60, owner=name)
        self.rounds = Rounds(
            self.database,
            carrier,
            lambda: self.declared,
            limits=Limits(runs_at_once=100),
            now=clock,
        )
        self.made = 0

    def minute(self, due_at: datetime) -> None:
        """Every source's tick of one minute, then rounds until all is done."""
        for source_id in self.declared.sources:
            with self.database.begin() as session:
                made = door.add_due_run(
                    session, source_id, trigger=RunTrigger.CLOCK, due_at=due_at, now=self.clock()
                )
            self.made += made is not None
        for _ in range(2):
            self.rounds.round()


def together(services: list[One], minutes: int, clock: Minutes) -> None:
    """Both do each minute's work at the same time."""
    gate = threading.Barrier(len(services))
    errors: list[BaseException] = []

    def work(service: One) -> None:
        try:
            for number in range(minutes):
                gate.wait()
                if service is services[0]:
                    clock.at = NOON + number * MINUTE
                gate.wait()
                service.minute(NOON + number * MINUTE)
        except BaseException as error:
            errors.append(error)
            gate.abort()
            raise

    threads = [threading.Thread(target=work, args=(service,)) for service in services]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors


def run_two(url: str, *, minutes: int, sources: int) -> tuple[list[One], int]:
    open_database(url, migrate=True).close()
    clock = Minutes()
    services = [One(url, f"host:{n}", clock, sources) for n in (1, 2)]
    together(services, minutes, clock)
    for service in services:
        service.rounds.round()
    with services[0].database.reading() as session:
        count = session.connection().exec_driver_sql("SELECT count(*) FROM runs").scalar() or 0
        due = (
            session.connection()
            .exec_driver_sql("SELECT count(DISTINCT source_id || ' ' || due_at) FROM runs")
            .scalar()
        )
        assert count == due
        assert history.open_runs(session) == []
        assert health.unjudged(session) == []
    started = services[0].launcher.started + services[1].launcher.started
    assert started.total() == count
    assert max(started.values()) == 1, "no run has two runners"
    return services, int(count)


@pytest.mark.parametrize("minutes", [12])
def test_no_run_is_doubled(database_url: str, minutes: int) -> None:
    services, count = run_two(database_url, minutes=minutes, sources=5)
    assert count == minutes * 5, "every tick has its run"
    assert sum(service.made for service in services) == count
    for service in services:
        service.database.close()

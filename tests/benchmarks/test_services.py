"""Several services on one PostgreSQL, time played: is a probe made twice, or late?

Services in threads, each with its own connections, planner and ticks, so that the count of
probes can be exact.  Counts alone are asserted.
"""

import threading
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from scheduler.probing.probes import ProbeOutcome
from scheduler.rhythm.almanac import load_almanac
from scheduler.rhythm.watching import Step
from scheduler.service import ticks
from scheduler.service.declared import Declared
from scheduler.service.planner import Planner
from storage.engine.database import Database, open_database
from storage.records import SHANGHAI
from tests.benchmarks.watched import SOURCES, every_minute, proved_and_crawled
from tests.scheduler.world import make_source

pytestmark = [pytest.mark.bench, pytest.mark.long]
NOON = datetime(2027, 1, 12, 12, tzinfo=SHANGHAI)
TICKS = 10
BEAT = 5


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

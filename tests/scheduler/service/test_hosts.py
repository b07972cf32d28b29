"""Runs on one host at the same time: as many as may be, over all services."""

import threading

from scheduler.carrying.carrier import Carrier
from scheduler.carrying.launcher import ClaimedRun
from scheduler.rhythm.almanac import load_almanac
from scheduler.service.declared import Declared
from scheduler.service.rounds import Limits, Rounds
from storage.engine.database import open_database
from storage.records import RunCounts, RunTrigger, Verdict, VerdictKind
from storage.runs import door, history, lease
from storage.runs.states import RunState
from tests.scheduler.service.test_rounds import Body
from tests.scheduler.test_two_services import MINUTE, NOON
from tests.scheduler.world import make_source


class Holding:
    """Starts runs that work until the test ends them."""

    def __init__(self) -> None:
        self.bodies: list[tuple[ClaimedRun, Body]] = []

    def start(self, run: ClaimedRun) -> Body:
        body = Body()
        self.bodies.append((run, body))
        return body


def race(url: str, *, races: int) -> int:
    """Two services, at the same moment, for two runs on one host; the most at work at once."""
    open_database(url, migrate=True).close()
    sources = []
    for number in range(2):
        one = make_source(number, "云南", "portal")
        lists = one.options.model_copy(update={"urls": (f"http://shared.example/{number}/",)})
        sources.append(one.model_copy(update={"options": lists, "hosts": ("shared.example",)}))
    declared = Declared(sources={one.id: one for one in sources}, almanac=load_almanac())
    databases = [open_database(url, migrate=False) for _ in range(2)]
    launchers = [Holding() for _ in range(2)]
    rounds = [
        Rounds(
            database,
            Carrier(database, launcher, now=lambda: NOON, deadline_seconds=60, owner=f"host:{n}"),
            lambda: declared,
            limits=Limits(),
            now=lambda: NOON,
            judges=lambda: False,
        )
        for n, (database, launcher) in enumerate(zip(databases, launchers, strict=True))
    ]
    gate = threading.Barrier(2)
    most = 0
    for number in range(races):
        with databases[0].begin() as session:
            for one in sources:
                door.create_run(
                    session,
                    one.id,
                    trigger=RunTrigger.CLOCK,
                    due_at=NOON - (number + 1) * MINUTE,
                    now=NOON,
                )

        def work(one: Rounds) -> None:
            gate.wait()
            one.round()

        threads = [threading.Thread(target=work, args=(one,)) for one in rounds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with databases[0].reading() as session:
            opened = history.open_runs(session)
        running = [run for run in opened if run.state is RunState.RUNNING]
        assert len(running) >= 1, "one of them begins"
        most = max(most, len(running))
        for launcher in launchers:
            for run, body in launcher.bodies:
                with databases[0].begin() as session:
                    complete = Verdict(kind=VerdictKind.COMPLETE, reason="played")
                    lease.finish_run(
                        session, run.run_id, run.token, complete, RunCounts(), now=NOON
                    )
                body.code = 0
            launcher.bodies.clear()
        for left in opened:
            if left.state is RunState.DUE:
                with databases[0].begin() as session:
                    lease.request_cancel(session, left.id, now=NOON)
        for each in rounds:
            each.carrier.tick()
    for database in databases:
        database.close()
    return most


def test_two_services_do_not_both_begin_on_a_host(database_url: str) -> None:
    assert race(database_url, races=8) == 1

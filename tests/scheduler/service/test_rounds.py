"""States of runs under the service: claims, killed children, dead services, limits."""

import signal
import socket
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from scheduler.carrying.carrier import ORPHAN_SILENCE, Carrier
from scheduler.carrying.launcher import ClaimedRun
from scheduler.rhythm.almanac import load_almanac
from scheduler.service.declared import Declared
from scheduler.service.rounds import Limits, Rounds
from storage.engine.database import Database
from storage.errors import LeaseLostError
from storage.links import standing
from storage.notices import incidents
from storage.records import SHANGHAI, RunCounts, RunTrigger, Verdict, VerdictKind
from storage.runs import door, health, history, lease
from storage.runs.freeing import MAX_CLAIMS
from storage.runs.lease import LEASE_SECONDS
from storage.runs.states import TRANSITIONS, RunState
from tests.scheduler.world import make_source

NOON = datetime(2027, 1, 12, 12, tzinfo=SHANGHAI)
SECOND = timedelta(seconds=1)
DEAD = f"{socket.gethostname()}:999999999"
COMPLETE = Verdict(kind=VerdictKind.COMPLETE, reason="played")


class Body:
    """A child process that does what the test says."""

    log = None

    def __init__(self) -> None:
        self.code: int | None = None
        self.cancelled = self.killed = False

    def poll(self) -> int | None:
        return self.code

    def cancel(self) -> None:
        self.cancelled = True

    def kill(self) -> None:
        self.killed = True
        self.code = -signal.SIGKILL


class Bodies:
    """Starts bodies and remembers them by run."""

    def __init__(self) -> None:
        self.of: dict[int, Body] = {}
        self.claims: dict[int, ClaimedRun] = {}

    def start(self, run: ClaimedRun) -> Body:
        self.claims[run.run_id] = run
        self.of[run.run_id] = Body()
        return self.of[run.run_id]


class Service:
    """Rounds on a database, with a clock and children of the test."""

    def __init__(self, database: Database, **limits: int) -> None:
        self.database = database
        self.at = NOON
        self.bodies = Bodies()
        sources = {
            source.id: source for source in (make_source(n, "云南", "portal") for n in range(9))
        }
        with database.begin() as session:
            for source_id in sources:
                standing.note_proved(session, source_id, by="probe", now=NOON)
        declared = Declared(sources=sources, almanac=load_almanac())
        carrier = Carrier(
            database, self.bodies, now=self.now, deadline_seconds=3600, gives_back=True
        )
        self.plans = True
        self.rounds = Rounds(
            database,
            carrier,
            lambda: declared,
            limits=Limits(**limits),
            now=self.now,
            judges=lambda: self.plans,
        )

    def now(self) -> datetime:
        return self.at

    def due(
        self, source_id: str, *, trigger: RunTrigger = RunTrigger.CLOCK, at: datetime | None = None
    ) -> int:
        with self.database.begin() as session:
            return door.create_run(
                session, source_id, trigger=trigger, due_at=at or self.at, now=self.at
            )

    def state(self, run_id: int) -> RunState:
        with self.database.reading() as session:
            return history.get_run(session, run_id).state

    def finish(self, run_id: int, verdict: Verdict = COMPLETE) -> None:
        claim = self.bodies.claims[run_id]
        with self.database.begin() as session:
            lease.finish_run(session, run_id, claim.token, verdict, RunCounts(), now=self.at)
        self.bodies.of[run_id].code = 0


@pytest.fixture
def service(database: Database) -> Service:
    return Service(database)


def claimed_by(service: Service, run_id: int, owner: str) -> int:
    with service.database.begin() as session:
        token = door.claim_run(
            session, run_id, owner=owner, now=service.at, lease_seconds=LEASE_SECONDS
        )
    assert token is not None
    return token


# One way into each transition of docs/operations.md: from, to, what happens.
def starts(service: Service) -> int:
    run_id = service.due("s1")
    service.rounds.round()
    return run_id


def ends(service: Service) -> int:
    run_id = starts(service)
    service.finish(run_id)
    service.rounds.round()
    return run_id


def is_cancelled_before(service: Service) -> int:
    run_id = service.due("s1", at=NOON + timedelta(hours=1))
    with service.database.begin() as session:
        lease.request_cancel(session, run_id, now=NOON)
    return run_id


def is_cancelled_at_work(service: Service) -> int:
    run_id = starts(service)
    with service.database.begin() as session:
        lease.request_cancel(session, run_id, now=NOON)
    service.finish(run_id, Verdict(kind=VerdictKind.PARTIAL, reason="cancelled"))
    service.rounds.round()
    return run_id


def has_its_child_killed(service: Service) -> int:
    service.rounds.draining = False
    run_id = starts(service)
    service.rounds.draining = True  # or it would be claimed again at once
    service.bodies.of[run_id].kill()
    service.rounds.round()
    return run_id


def loses_every_runner(service: Service) -> int:
    run_id = starts(service)
    for _ in range(MAX_CLAIMS):
        service.bodies.of[run_id].kill()
        service.rounds.round()
    return run_id


def dies_without_a_verdict(service: Service) -> int:
    run_id = starts(service)
    service.bodies.of[run_id].code = 1
    service.rounds.round()
    return run_id


@pytest.mark.parametrize(
    ("before", "after", "happens"),
    [
        ("due", "running", starts),
        ("due", "cancelled", is_cancelled_before),
        ("running", "finished", ends),
        ("running", "finished", dies_without_a_verdict),
        ("running", "cancelled", is_cancelled_at_work),
        ("running", "due", has_its_child_killed),
        ("running", "lost", loses_every_runner),
    ],
)
def test_every_transition(
    service: Service, before: str, after: str, happens: Callable[[Service], int]
) -> None:
    assert RunState(after) in TRANSITIONS[RunState(before)]
    assert service.state(happens(service)) is RunState(after)


def test_the_table_names_every_transition() -> None:
    pairs = {(before, after) for before, afters in TRANSITIONS.items() for after in afters}
    assert {(a.value, b.value) for a, b in pairs} == {
        ("due", "running"), ("due", "cancelled"), ("running", "finished"),
        ("running", "cancelled"), ("running", "lost"), ("running", "due"),
    }  # fmt: skip


def test_a_run_of_a_dead_service_is_taken_over_and_its_child_is_fenced(service: Service) -> None:
    run_id = service.due("s1")
    token = claimed_by(service, run_id, DEAD)
    service.at = NOON + ORPHAN_SILENCE
    service.rounds.round()
    assert service.state(run_id) is RunState.RUNNING
    assert run_id not in service.bodies.of, "its child may live: it beat not long ago"
    service.at = NOON + ORPHAN_SILENCE + 20 * SECOND
    service.rounds.round()
    service.rounds.round()
    assert service.bodies.claims[run_id].token == token + 1
    with pytest.raises(LeaseLostError), service.database.begin() as session:
        lease.finish_run(session, run_id, token, COMPLETE, RunCounts(), now=service.at)


def test_a_run_of_another_machine_is_taken_over_when_its_lease_ends(service: Service) -> None:
    run_id = service.due("s1")
    claimed_by(service, run_id, "elsewhere:1")
    service.at = NOON + timedelta(seconds=LEASE_SECONDS - 1)
    service.rounds.round()
    assert service.state(run_id) is RunState.RUNNING
    assert run_id not in service.bodies.of
    service.at = NOON + timedelta(seconds=LEASE_SECONDS + 16)
    service.rounds.round()
    service.rounds.round()
    assert run_id in service.bodies.of


def test_a_lease_from_the_future_ends_in_the_present(service: Service) -> None:
    run_id = service.due("s1")
    service.at = NOON + timedelta(days=300)  # the clock ran ahead, and the machine died
    claimed_by(service, run_id, "elsewhere:1")
    service.at = NOON
    service.rounds.round()
    service.at = NOON + timedelta(seconds=LEASE_SECONDS + 20)
    service.rounds.round()
    service.rounds.round()
    assert run_id in service.bodies.of


def test_a_source_is_crawled_by_one_run_at_a_time(service: Service) -> None:
    first = starts(service)
    second = service.due("s1", trigger=RunTrigger.MANUAL, at=NOON - SECOND)
    service.rounds.round()
    assert service.state(second) is RunState.DUE
    service.finish(first)
    service.rounds.round()
    service.rounds.round()
    assert service.state(second) is RunState.RUNNING


def test_a_waiting_manual_run_is_not_doubled_by_the_clock(service: Service) -> None:
    service.due("s1", trigger=RunTrigger.MANUAL)
    with service.database.begin() as session:
        made = door.add_due_run(
            session, "s1", trigger=RunTrigger.CLOCK, due_at=NOON + SECOND, now=NOON + SECOND
        )
    assert made is None


def test_ticks_missed_in_a_down_time_become_one_run(service: Service) -> None:
    made = []
    service.at = NOON + timedelta(days=3)
    for hours in range(6):
        with service.database.begin() as session:
            made.append(
                door.add_due_run(
                    session, "s1", trigger=RunTrigger.CLOCK, due_at=NOON + timedelta(hours=hours),
                    now=service.at,
                )
            )  # fmt: skip
    assert made[0] is not None
    assert made[1:] == [None] * 5


def test_so_many_runs_at_once_and_no_more(database: Database) -> None:
    service = Service(database, runs_at_once=3)
    for number in range(9):
        service.due(f"s{number}")
    service.rounds.round()
    assert len(service.bodies.of) == 3
    service.finish(next(iter(service.bodies.of)))
    service.rounds.round()
    assert len(service.bodies.of) == 4


def test_a_draining_service_starts_nothing(service: Service) -> None:
    service.rounds.draining = True
    run_id = service.due("s1")
    service.rounds.round()
    assert service.state(run_id) is RunState.DUE


def test_a_run_of_no_declared_source_is_cancelled(service: Service) -> None:
    run_id = service.due("nobody")
    service.rounds.round()
    assert service.state(run_id) is RunState.CANCELLED


def test_a_child_that_nobody_minds_is_stopped_after_its_deadline(service: Service) -> None:
    run_id = service.due("s1")
    token = claimed_by(service, run_id, DEAD)
    service.at = NOON + timedelta(minutes=66)
    with service.database.begin() as session:
        lease.heartbeat(
            session, run_id, token, now=service.at, lease_seconds=LEASE_SECONDS, counts=RunCounts()
        )
    service.rounds.round()
    with service.database.reading() as session:
        assert history.get_run(session, run_id).cancel_requested_at is not None


def test_a_failure_is_an_incident_when_it_is_repeated_and_ends_with_a_sound_run(
    service: Service,
) -> None:
    failed = Verdict(kind=VerdictKind.PARTIAL, reason="the end of the list is not proved")
    for number, verdict in enumerate((failed, failed, COMPLETE)):
        run_id = service.due("s1", at=NOON + number * SECOND)
        service.at = NOON + number * SECOND
        service.rounds.round()
        service.finish(run_id, verdict)
        service.rounds.round()
        with service.database.reading() as session:
            opened = incidents.list_incidents(session)
        assert [one.failure_class for one in opened] == [[], ["partial"], []][number]


def test_a_challenge_is_an_incident_at_once(service: Service) -> None:
    run_id = starts(service)
    service.finish(run_id, Verdict(kind=VerdictKind.BLOCKED, reason="a wall"))
    service.rounds.round()
    with service.database.reading() as session:
        assert [one.failure_class for one in incidents.list_incidents(session)] == ["blocked"]


def test_a_bounded_manual_run_says_nothing_of_its_source(service: Service) -> None:
    with service.database.begin() as session:
        run_id = door.create_run(
            session, "s1", trigger=RunTrigger.MANUAL, due_at=NOON, now=NOON, options={"limit": 3}
        )
    service.rounds.round()
    service.finish(run_id, Verdict(kind=VerdictKind.PARTIAL, reason="stopped at the limit of 3"))
    service.rounds.round()
    with service.database.reading() as session:
        assert health.unjudged(session) == []
        assert health.health_history(session, "s1", 9) == []


def test_what_is_not_proved_or_paused_opens_no_incident(service: Service) -> None:
    challenge = Verdict(kind=VerdictKind.BLOCKED, reason="a wall")
    with service.database.begin() as session:
        standing.doubt(session, "s0", "its declaration changed", now=service.at)
        standing.pause(session, "s1", by="li", why="asked to", now=service.at)
    for source_id in ("s0", "s1"):
        run_id = service.due(source_id)
        service.rounds.round()
        service.finish(run_id, challenge)
        service.rounds.round()
    with service.database.reading() as session:
        assert incidents.list_incidents(session) == []


def test_a_run_that_we_had_to_kill_is_not_given_back(service: Service) -> None:
    run_id = starts(service)
    service.rounds.carrier.cancel(run_id, "its deadline passed")
    service.bodies.of[run_id].kill()
    service.rounds.round()
    with service.database.reading() as session:
        record = history.get_run(session, run_id)
    assert record.state is RunState.FINISHED
    assert record.verdict is not None
    assert "its deadline passed" in record.verdict.reason


def test_who_begins_to_plan_judges_what_ended_while_it_did_not(service: Service) -> None:
    service.plans = False
    run_id = service.due("s0")
    service.rounds.round()
    service.finish(run_id)
    assert service.rounds.round() == []
    assert service.rounds.round() == []
    service.plans = True
    assert [one.run_id for one in service.rounds.round()] == [run_id]

"""One of many services plans, and another goes on where it dies."""

import os
import socket

import pytest

from scheduler.service.planner import HOLDS_SECONDS, SILENCE_SECONDS, Planner
from storage.engine.database import Database

BEAT = 5.0


class Services:
    """Planners of several machines on one database, beating by one clock of the test's."""

    def __init__(self, database: Database, *names: str) -> None:
        self.database = database
        self.at = 0.0
        self.of = {name: Planner(name, moment=lambda: self.at) for name in names}

    def beat(self, *names: str) -> None:
        self.at += BEAT
        for name in names:
            with self.database.begin() as session:
                look = self.of[name].beat(session)
            self.of[name].note(look)

    def planning(self) -> list[str]:
        return [name for name, planner in self.of.items() if planner.holds()]


@pytest.fixture
def services(database: Database) -> Services:
    return Services(database, "a:1", "b:1", "c:1")


def test_one_service_plans_and_another_takes_over_within_one_lease(services: Services) -> None:
    for _ in range(9):
        services.beat("a:1", "b:1", "c:1")
        assert services.planning() == ["a:1"]
    died_at = services.at
    while services.planning() in (["a:1"], []):
        services.beat("b:1", "c:1")
    assert services.planning() == ["b:1"]
    assert services.at - died_at <= SILENCE_SECONDS + 2 * BEAT
    services.beat("a:1", "b:1", "c:1")  # the first comes back
    assert services.planning() == ["b:1"]


def test_who_cannot_prolong_its_lease_stops_before_another_begins(services: Services) -> None:
    services.beat("a:1", "b:1")
    last = services.at
    while services.planning() == ["a:1"]:
        services.beat("b:1")
    assert services.planning() == []
    assert services.at - last == HOLDS_SECONDS < SILENCE_SECONDS
    services.beat("a:1", "b:1")
    assert services.planning() == ["a:1"], "it was only late: nobody has taken the lease"


def test_a_service_that_ends_lets_another_begin_at_its_next_beat(services: Services) -> None:
    services.beat("a:1", "b:1")
    with services.database.begin() as session:
        services.of["a:1"].give_up(session)
    services.beat("a:1", "b:1")
    assert services.planning() == ["b:1"]


@pytest.mark.parametrize("holder", ["dead", "former life"])
def test_a_holder_that_is_no_more_is_not_waited_for(services: Services, holder: str) -> None:
    here = socket.gethostname()
    name = f"{here}:999999999" if holder == "dead" else f"{here}:{os.getpid()}"
    services.of = {
        "first": Planner(name, moment=lambda: services.at),
        "next": Planner(f"{here}:{os.getpid()}", moment=lambda: services.at),
    }
    services.beat("first")
    services.beat("next")
    assert services.of["next"].holds()


def test_what_was_not_committed_does_not_count(services: Services) -> None:
    with services.database.sessions() as session:
        services.of["a:1"].beat(session)
        session.rollback()
    assert services.planning() == []
    services.beat("a:1")
    assert services.planning() == ["a:1"]


def test_two_that_see_a_dead_lease_at_once_do_not_both_take_it(services: Services) -> None:
    services.beat("a:1", "b:1", "c:1")
    while not services.of["b:1"].holds() and not services.of["c:1"].holds():
        services.beat("c:1", "b:1")
    assert len(services.planning()) == 1

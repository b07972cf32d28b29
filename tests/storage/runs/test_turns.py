"""The turns on a host: as far apart as whoever asks for more wants them."""

import pytest
from sqlalchemy import text

from storage.engine.database import Database
from storage.runs.turns import FARTHEST_SECONDS, take_turn


def turn(database: Database, host: str, delay: float) -> float:
    with database.begin() as session:
        return take_turn(session, host, delay)


def test_turns_are_the_longer_delay_apart(database: Database) -> None:
    assert turn(database, "a.example", 100) == 0
    assert turn(database, "a.example", 10) == pytest.approx(100, abs=20)
    assert turn(database, "a.example", 200) == pytest.approx(300, abs=20)
    assert turn(database, "b.example", 100) == 0, "another host's turns are its own"


def test_a_turn_that_is_long_past_is_waited_for_by_nobody(database: Database) -> None:
    assert turn(database, "a.example", 5) == 0
    with database.begin() as session:
        session.execute(text("UPDATE host_turns SET turn_at = turn_at - 5.5"))
    assert turn(database, "a.example", 5) == 0


def test_what_a_clock_running_ahead_has_entered_counts_for_nothing(database: Database) -> None:
    turn(database, "a.example", 5)
    with database.begin() as session:
        session.execute(
            text("UPDATE host_turns SET turn_at = turn_at + :far"), {"far": 3 * FARTHEST_SECONDS}
        )
    assert turn(database, "a.example", 5) == 0

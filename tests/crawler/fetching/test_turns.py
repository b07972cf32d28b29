"""Waiting for a host's turn: whoever asks, from whichever process."""

import asyncio
import logging
import time
from pathlib import Path

import pytest

from crawler.fetching.turns import MARGIN_SECONDS, HostTurns
from storage.engine.database import Database, open_database

URL = "http://www.a.example/list/"


def test_two_processes_take_turns_on_a_host(database: Database) -> None:
    other = open_database(database.url, migrate=False)
    moments: list[float] = []

    async def ask(turns: HostTurns) -> None:
        for _ in range(2):
            await turns.wait(URL, 0.1)
            moments.append(time.monotonic())

    async def both() -> None:
        await asyncio.gather(ask(HostTurns(database)), ask(HostTurns(other)))

    asyncio.run(both())
    other.close()
    whole = moments[-1] - moments[0]
    assert whole >= 3 * (0.1 + MARGIN_SECONDS) - MARGIN_SECONDS, "three gaps, each of its length"


def test_without_a_delay_nothing_is_written(database: Database) -> None:
    asyncio.run(HostTurns(database).wait(URL, 0))
    with database.reading() as session:
        count = session.connection().exec_driver_sql("SELECT count(*) FROM host_turns").scalar()
    assert count == 0


def test_a_ledger_that_cannot_be_had_is_said_and_asking_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'gone.db'}")
    with database.begin() as session:
        session.connection().exec_driver_sql("ALTER TABLE host_turns RENAME TO elsewhere")
    with caplog.at_level(logging.WARNING):
        asyncio.run(HostTurns(database).wait(URL, 1.0))
    assert "www.a.example is asked without its turn" in caplog.text
    database.close()

"""`cppcc crawl` without a service: what a dead runner and what an interruption leave behind."""

import os
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from scheduler.cli.commands.crawl import crawl_now, giving_up
from scheduler.config import Config
from storage.engine.database import Database, open_database
from storage.records import RunTrigger
from storage.runs import door, history
from storage.runs.states import RunState
from tests.conftest import Server, shown

DEAD = f"{socket.gethostname()}:999999999"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # nobody listens there
    monkeypatch.setenv("CPPCC_DATABASE_URL", f"sqlite:///{tmp_path / 'cppcc.db'}")
    monkeypatch.setenv("CPPCC_VAR", str(tmp_path))
    monkeypatch.setenv("CPPCC_MAX_DELAY_SECONDS", "0")
    return Config()


@pytest.fixture
def database(config: Config) -> Iterator[Database]:
    opened = open_database(config.database_url)
    yield opened
    opened.close()


def due_run(database: Database, config: Config) -> int:
    with database.begin() as session:
        now = config.now() - timedelta(hours=5)
        return door.create_run(
            session, "yunnan_net", trigger=RunTrigger.MANUAL, due_at=now, now=now
        )


def state_of(database: Database, run_id: int) -> RunState:
    with database.reading() as session:
        return history.get_run(session, run_id).state


@pytest.mark.parametrize("owner", [DEAD, "another-machine:1"])
def test_a_run_that_its_dead_runner_left_holds_up_no_crawl(
    database: Database, config: Config, owner: str
) -> None:
    left = due_run(database, config)
    with database.begin() as session:
        long_ago = config.now() - timedelta(hours=4)
        door.claim_run(session, left, owner=owner, now=long_ago, lease_seconds=120)
    (record,) = crawl_now(database, config, ["yunnan_net"], quiet=True)
    assert record.state is RunState.FINISHED
    assert record.verdict is not None
    assert record.verdict.kind.value == "failed"
    assert "robots.txt cannot be had" in record.verdict.reason
    assert state_of(database, left) is RunState.DUE, "given back, for a service to run"


def test_an_interrupted_command_leaves_no_due_run(database: Database, config: Config) -> None:
    waiting = [due_run(database, config)]
    with pytest.raises(KeyboardInterrupt), giving_up(database, waiting, config.now):
        raise KeyboardInterrupt
    assert state_of(database, waiting[0]) is RunState.CANCELLED


@pytest.mark.postgresql
def test_a_database_that_drops_every_connection_ends_no_crawl(
    postgresql: Server | None, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    if postgresql is None:
        # Runs where a server is given, so in CI: SQLite has no connections to drop.
        pytest.skip("no PostgreSQL server given (CI gives one): see .ci/postgresql.sh")
    url = postgresql.create(postgresql.template)
    monkeypatch.setenv("CPPCC_DATABASE_URL", shown(url))
    opened = open_database(shown(url), migrate=False)
    ended = threading.Event()

    def drop_connections() -> None:
        """As a restart of the server does, three times in a row."""
        words = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        with postgresql.admin.connect() as admin:
            for _ in range(3):
                admin.execute(words, {"name": url.database})
                ended.wait(1)

    other = threading.Thread(target=drop_connections)
    other.start()
    try:
        (record,) = crawl_now(opened, Config(), ["yunnan_net"], quiet=True)
    finally:
        ended.set()
        other.join()
        opened.close()
        postgresql.drop(url)
    assert record.state is RunState.FINISHED
    assert record.verdict is not None
    assert record.verdict.kind.value == "failed"

"""A crawl's first seconds, in its own process: told to end while it starts, or refused a run."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.config import CrawlConfig
from crawler.runs.account import EXIT_NO_VERDICT
from storage.engine.database import Database, open_database
from storage.records import RunTrigger
from storage.runs import door, history
from storage.runs.history import RunRecord
from storage.runs.states import RunState

ROOT = Path(__file__).parents[2]
NOW = CrawlConfig().now()

# The child's own process is told to end at one point of its start, as by a service that drains.
CHILD = """
import os, signal, sys
from crawler.extensions import run as extension
from crawler import run

def told(before):
    def method(self, *arguments):
        if {point!r} == "before":
            os.kill(os.getpid(), signal.SIGTERM)
        before(self, *arguments)
        if {point!r} == "after":
            os.kill(os.getpid(), signal.SIGTERM)
    return method

extension.RunExtension.spider_opened = told(extension.RunExtension.spider_opened)
sys.exit(run.main(sys.argv[1:]))
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CPPCC_") and not name.lower().endswith("_proxy")
    }
    return kept | {
        "CPPCC_DATABASE_URL": f"sqlite:///{tmp_path / 'cppcc.db'}",
        "CPPCC_MAX_DELAY_SECONDS": "0",
        "PYTHONPATH": str(ROOT),
        "http_proxy": "http://127.0.0.1:9",  # nobody listens there
        "https_proxy": "http://127.0.0.1:9",
    }


@pytest.fixture
def database(environment: dict[str, str]) -> Iterator[Database]:
    opened = open_database(environment["CPPCC_DATABASE_URL"])
    yield opened
    opened.close()


def claimed(database: Database, *, wanted_by: str | None = None) -> tuple[int, int]:
    with database.begin() as session:
        run_id = door.create_run(
            session, "yunnan_net", trigger=RunTrigger.CLOCK, due_at=NOW, now=NOW,
            wanted_by=wanted_by,
        )  # fmt: skip
        token = door.claim_run(session, run_id, owner="x:1", now=NOW, lease_seconds=120)
    assert token is not None
    return run_id, token


def record(database: Database, run_id: int) -> RunRecord:
    with database.reading() as session:
        return history.get_run(session, run_id)


@pytest.mark.parametrize("point", ["before", "after"])
def test_a_child_told_to_end_while_it_starts_gives_its_run_back(
    database: Database, environment: dict[str, str], point: str
) -> None:
    run_id, token = claimed(database)
    child = subprocess.run(
        [sys.executable, "-c", CHILD.format(point=point), "yunnan_net",
         "--run-id", str(run_id), "--token", str(token)],
        env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert child.returncode == EXIT_NO_VERDICT, child.stderr
    assert "told to end before it began" in child.stderr
    found = record(database, run_id)
    assert (found.state, found.verdict, found.finished_at) == (RunState.DUE, None, None)


def test_a_scrapy_crawl_beside_a_run_at_work_fetches_nothing(
    database: Database, environment: dict[str, str]
) -> None:
    run_id, _ = claimed(database)
    child = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "yunnan_net"],
        env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert f"has no run: run {run_id} of yunnan_net is being worked on by x:1" in child.stderr
    assert child.returncode == EXIT_NO_VERDICT
    with database.reading() as session:
        assert [one.id for one in history.list_runs(session)] == [run_id]

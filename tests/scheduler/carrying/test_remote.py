"""Runs on a cluster: carried to its workers, ended there, given back when it is gone."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.cluster import ClusterError
from crawler.template import Request
from scheduler.carrying import cluster_worker
from scheduler.carrying.cluster_worker import NOT_CARRIED, carry, end_child, key_of
from scheduler.carrying.launcher import ChildProcess, ClaimedRun
from scheduler.carrying.remote import ClusterLauncher, RemoteRun
from scheduler.carrying.template import Templates
from storage.engine.database import Database, open_database
from storage.records import RunTrigger, VerdictKind
from storage.runs import door, history, outputs
from tests.scheduler.carrying.test_launcher import PATIENCE, PLAYED
from tests.storage.samples import NOW

if TYPE_CHECKING:
    from distributed import Client

# Runs where Dask is installed (extras dev, cluster; so in CI): one machine alone needs none.
pytest.importorskip(
    "distributed", reason="Dask is not installed: it runs with the extras dev and cluster, so in CI"
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'cppcc.db'}")
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def templates(monkeypatch: pytest.MonkeyPatch) -> Iterator[Templates]:
    """A worker's templates, whose runs play; until one is ready, runs are real processes."""
    made = Templates(PLAYED)
    monkeypatch.setattr(cluster_worker, "_templates", made)
    yield made
    made.close()


@pytest.fixture(scope="module")
def cluster() -> Iterator["Client"]:
    """A scheduler and a worker of one thread within this process, without any port open."""
    from distributed import Client

    with Client(
        processes=False,
        n_workers=1,
        threads_per_worker=1,
        dashboard_address="127.0.0.1:0",
        set_as_default=False,
    ) as client:
        yield client


def claimed(database: Database, source_id: str = "no_such_source") -> ClaimedRun:
    with database.begin() as session:
        run_id, token = door.begin_run(
            session, source_id, trigger=RunTrigger.CLOCK, owner="a:1", now=NOW
        )
    return ClaimedRun(run_id=run_id, token=token, source_id=source_id)


def until(seen: Callable[[], int | bool | None]) -> None:
    end = time.monotonic() + 120
    while not seen() and time.monotonic() < end:
        time.sleep(0.05)


def ended(handle: RemoteRun) -> int | None:
    until(lambda: handle.poll() is not None)
    return handle.poll()


def test_a_run_is_carried_by_a_worker_and_its_output_kept(
    database: Database, cluster: "Client"
) -> None:
    launcher = ClusterLauncher(
        "tcp://127.0.0.1:1",
        {"CPPCC_DATABASE_URL": database.url},
        connecting=lambda url: cluster,
    )
    until(launcher.ready)
    run = claimed(database)
    handle = launcher.start(run)
    assert ended(handle) == 4
    with database.reading() as session:
        record = history.get_run(session, run.run_id)
        (output,) = outputs.outputs_of(session, run.run_id)
    assert record.verdict is not None
    assert record.verdict.kind is VerdictKind.FAILED
    assert "no_such_source" in output.output
    assert output.ended_at is not None
    assert "runs log" in handle.log


def test_a_worker_forks_its_runs_from_a_template(
    database: Database, cluster: "Client", templates: Templates
) -> None:
    templates.warm(PATIENCE)
    launcher = ClusterLauncher(
        "tcp://127.0.0.1:1",
        {"CPPCC_DATABASE_URL": database.url, "PLAYED": "what the service gives"},
        connecting=lambda url: cluster,
    )
    until(launcher.ready)
    run = claimed(database, "ends")
    assert ended(launcher.start(run)) == 0
    with database.reading() as session:
        (output,) = outputs.outputs_of(session, run.run_id)
    assert output.output == "ends in what the service gives, group True\n"


# Runs on Linux, so in CI: a template forks there alone, and only there can a child be told to end
# with its parent.
@pytest.mark.skipif(sys.platform != "linux", reason="runs on Linux: elsewhere nothing is forked")
def test_a_run_that_a_worker_forked_ends_with_its_template(templates: Templates) -> None:
    templates.warm(PATIENCE)
    request = Request(name="run-7", words=["sleeps"], environment={}, ends_with_template=True)
    with tempfile.TemporaryFile() as log:
        child = templates.fork(request, log.fileno(), log=None)
        assert child is not None
        assert templates.template is not None
        until(lambda: os.fstat(log.fileno()).st_size > 0)
        assert child.poll() is None
        os.kill(templates.template.pid, signal.SIGKILL)
        until(lambda: child.poll() is not None)
        assert child.poll() == -signal.SIGKILL


# Runs on Linux, so in CI: only its prctl asks for a signal when the parent ends, and a parent that
# has ended before that was asked is what this is about.
@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_a_child_whose_parent_has_ended_already_ends_too() -> None:
    words = "import os; from crawler.template import end_with_parent; end_with_parent({}); print(7)"
    for parent, code in (("os.getppid()", 0), ("os.getpid()", -signal.SIGKILL)):
        done = subprocess.run(
            [sys.executable, "-c", words.format(parent)], stdout=subprocess.DEVNULL
        )
        assert done.returncode == code


def test_a_start_that_the_cluster_begins_again_is_as_one_killed(database: Database) -> None:
    run = claimed(database)
    with database.begin() as session:
        assert outputs.begin(session, run.run_id, run.token, machine="w:1", now=NOW)
    assert carry(run, {"CPPCC_DATABASE_URL": database.url}) == NOT_CARRIED


def test_a_run_that_is_told_to_end_before_it_begins_never_begins(database: Database) -> None:
    run = claimed(database)
    asyncio.run(end_child(key_of(run), signal.SIGTERM))
    assert carry(run, {"CPPCC_DATABASE_URL": database.url}) == -signal.SIGTERM
    with database.reading() as session:
        assert outputs.outputs_of(session, run.run_id) == []
    assert key_of(run) not in cluster_worker._ended


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["cancel", "kill"])
def test_a_child_on_a_worker_is_told_to_end(
    database: Database, cluster: "Client", number: signal.Signals
) -> None:
    run = claimed(database)
    handle = RemoteRun(run, cluster, None)
    child = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True
    )
    cluster_worker._children[key_of(run)] = ChildProcess(child, None)
    handle.cancel() if number == signal.SIGTERM else handle.kill()
    until(lambda: child.poll() is not None)
    del cluster_worker._children[key_of(run)]
    assert child.wait(0) == -number


def test_a_worker_without_its_database_begins_nothing(
    database: Database, cluster: "Client", tmp_path: Path
) -> None:
    launcher = ClusterLauncher(
        "tcp://127.0.0.1:1",
        {"CPPCC_DATABASE_URL": f"sqlite:///{tmp_path / 'elsewhere.db'}"},
        connecting=lambda url: cluster,
    )
    until(launcher.ready)
    assert ended(launcher.start(claimed(database))) == NOT_CARRIED


def test_without_a_cluster_there_is_no_room(database: Database) -> None:
    def refused(url: str) -> "Client":
        raise ClusterError("nobody answers")

    launcher = ClusterLauncher("tcp://127.0.0.1:1", connecting=refused)
    assert not launcher.ready()
    with pytest.raises(ConnectionError):
        launcher.start(claimed(database))


def test_an_address_that_strangers_could_use_is_refused() -> None:
    with pytest.raises(ClusterError):
        ClusterLauncher("tcp://10.0.0.1:8786")

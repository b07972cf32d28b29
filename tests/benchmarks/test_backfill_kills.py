"""Back-fills whose processes are killed: the same content, none doubled, little read again.

Method.  The collection of ``test_backfill``.  ``kill -9`` falls on a process when so and so many
parts have been begun, which is known by the kernel's count of opened archives (planning opens
each once a start, reading once a part): so it is counted too how many parts were read again.
What was killed is begun again by the same command, as docs/backfill.md says.  The content is
compared by a digest of addresses, words, revisions, stories, days of capture and flags.
"""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.engine.database import Database, open_database
from tests.benchmarks.backfilling import (
    Cluster,
    Opens,
    asked,
    begin,
    children_of,
    contents,
    digest,
    end,
    holders_of,
    kill,
    opens_in,
    run,
    sqlite,
)
from tests.benchmarks.test_backfill import collection

__all__ = ["collection"]

pytestmark = [pytest.mark.bench, pytest.mark.long]

IN_FLIGHT = 4
"""Parts that two workers have at once: those of a cluster two each; those of the pool one each,
and the next one while the driver stores what came of the first."""


@pytest.fixture(scope="module")
def undisturbed(collection: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    url = sqlite(tmp_path_factory.mktemp("undisturbed") / "whole.db")
    run(url, str(collection), "--workers", "2")
    return digest(url)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    # Runs where Dask is installed (extras dev, cluster): one machine alone needs none.
    pytest.importorskip("distributed")
    made = Cluster(tmp_path)
    yield made
    made.close()


class Watched:
    """A collection under a back-fill: how many of its parts have been begun."""

    def __init__(self, collection: Path, opens: Opens) -> None:
        self.files = len(list(collection.glob("*.warc*")))
        self._opens = opens
        self.starts = 0

    @property
    def begun(self) -> int:
        """Parts that were begun, by all starts of the command."""
        return self._opens.total - self.files * self.starts

    def wait_for(self, parts: int, going_on: Callable[[], bool]) -> bool:
        """Wait until so many parts are begun, and in the midst of one; False when it ended."""
        while self.begun < parts:
            if not going_on():
                return False
            time.sleep(0.02)
        time.sleep(0.4)
        return going_on()

    def told(self, url: str, what: str, kills: int, same: bool) -> None:
        """Print what came of it."""
        parts = asked(url, "SELECT count(*) FROM backfill_parts")
        doubled = asked(url, "SELECT count(*) - count(DISTINCT url) FROM publications")
        print(
            f"\n{what}: {kills} kills, {self.starts} starts of the command, {self.begun} readings "
            f"of {parts} parts, the same content as undisturbed: {same}, doubled {doubled}"
        )


def parts_of(url: str) -> int:
    return asked(url, "SELECT count(*) FROM backfill_parts")


def test_workers_of_the_pool(collection: Path, tmp_path: Path, undisturbed: str) -> None:
    url, kills = sqlite(tmp_path / "a.db"), 0
    with opens_in(collection) as opens:
        watched = Watched(collection, opens)
        child = begin(url, str(collection), "--workers", "2")
        watched.starts += 1
        for at in (2, 6, 10, 14):
            if watched.wait_for(at, lambda: child.poll() is None):
                workers = sorted(children_of(child.pid))
                kills += kill(workers[kills % len(workers)])
        printed = end(child)
    watched.told(url, "workers of the pool", kills, digest(url) == undisturbed)
    assert digest(url) == undisturbed
    assert printed["parts_failed"] == 0
    assert watched.begun <= parts_of(url) + kills


def test_the_driver_of_a_pool(collection: Path, tmp_path: Path, undisturbed: str) -> None:
    _kill_drivers(collection, undisturbed, sqlite(tmp_path / "a.db"), ["--workers", "2"])


def test_the_driver_of_a_cluster(
    collection: Path, tmp_path: Path, undisturbed: str, cluster: Cluster
) -> None:
    words = ["--cluster", cluster.address]
    _kill_drivers(collection, undisturbed, sqlite(tmp_path / "a.db"), words)


def _kill_drivers(collection: Path, undisturbed: str, url: str, words: list[str]) -> None:
    kills = 0
    with opens_in(collection) as opens:
        watched = Watched(collection, opens)
        for at in (4, 11, 18):
            child = begin(url, str(collection), *words)
            watched.starts += 1
            if watched.wait_for(at, lambda child=child: child.poll() is None):  # type: ignore[misc]
                child.kill()
                kills += 1
            child.communicate()
            time.sleep(1.0)  # what it has begun on a cluster ends there, and is let go
        printed = end(begin(url, str(collection), *words))
        watched.starts += 1
    watched.told(url, f"the driver, {words[0]}", kills, digest(url) == undisturbed)
    assert digest(url) == undisturbed
    assert printed["parts_failed"] == 0
    assert watched.begun <= parts_of(url) + kills * IN_FLIGHT


def test_workers_of_a_cluster(
    collection: Path, tmp_path: Path, undisturbed: str, cluster: Cluster
) -> None:
    url, kills = sqlite(tmp_path / "a.db"), 0
    cluster.restarts()
    with opens_in(collection) as opens:
        watched = Watched(collection, opens)
        child = begin(url, str(collection), "--cluster", cluster.address)
        watched.starts += 1
        for at in (3, 8, 13, 18):
            if watched.wait_for(at, lambda: child.poll() is None):
                kills += kill(cluster.workers[kills % 2].pid)
        printed = end(child)
    watched.told(url, "workers of a cluster", kills, digest(url) == undisturbed)
    print(printed["verdict"], printed["reason"])
    assert digest(url) == undisturbed
    assert printed["parts_failed"] == 0
    assert watched.begun <= parts_of(url) + kills * IN_FLIGHT


def test_the_scheduler_of_a_cluster(
    collection: Path, tmp_path: Path, undisturbed: str, cluster: Cluster
) -> None:
    url, kills, ends = sqlite(tmp_path / "a.db"), 0, []
    cluster.restarts()
    with opens_in(collection) as opens:
        watched = Watched(collection, opens)
        for at in (5, 12, 10_000):
            child = begin(url, str(collection), "--cluster", cluster.address)
            watched.starts += 1
            if watched.wait_for(at, lambda child=child: child.poll() is None):  # type: ignore[misc]
                cluster.restart_scheduler()
                kills += 1
            ends.append(end(child))
    watched.told(url, "the scheduler of a cluster", kills, digest(url) == undisturbed)
    print([(one["verdict"], str(one["reason"])[:60]) for one in ends])
    assert digest(url) == undisturbed
    assert ends[-1]["parts_failed"] == 0
    assert watched.begun <= parts_of(url) + kills * IN_FLIGHT


def test_the_connection_to_the_database(
    collection: Path, undisturbed: str, database: Database
) -> None:
    if database.engine.dialect.name != "postgresql":
        # Runs on PostgreSQL alone: SQLite is a file, and no connection to it can be ended.
        pytest.skip("SQLite has no connection to lose")
    kills = 0
    others = open_database(database.url)
    with opens_in(collection) as opens:
        watched = Watched(collection, opens)
        child = begin(database.url, str(collection), "--workers", "2")
        watched.starts += 1
        for at in (3, 7, 11, 15, 19):
            if watched.wait_for(at, lambda: child.poll() is None):
                with others.begin() as session:
                    kills += session.execute(
                        text(
                            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                        )
                    ).scalar_one()
        printed = end(child)
    others.close()
    watched.told(database.url, "connections", kills, digest(database.url) == undisturbed)
    assert digest(database.url) == undisturbed
    assert printed["parts_failed"] == 0
    assert watched.begun == parts_of(database.url)


@pytest.mark.parametrize("engine", ["pool", "cluster"])
def test_a_part_that_kills_its_workers(
    collection: Path,
    tmp_path: Path,
    undisturbed: str,
    engine: str,
    request: pytest.FixtureRequest,
) -> None:
    """Whoever opens one of the files is killed while it reads it."""
    words = ["--workers", "2"]
    if engine == "cluster":
        cluster: Cluster = request.getfixturevalue("cluster")
        cluster.restarts()
        words = ["--cluster", cluster.address]
    url = sqlite(tmp_path / "a.db")
    deadly = sorted(collection.glob("*.warc.gz"))[2]
    killed: list[int] = []
    with opens_in(collection) as opens:
        watched = Watched(collection, opens)
        child = begin(url, str(collection), *words)
        watched.starts += 1

        def strike(name: str) -> None:
            if name == deadly.name and opens.by_name[name] > 1:  # the first is planning's
                for pid in holders_of(deadly):
                    if pid not in (child.pid, os.getpid()) and kill(pid):
                        killed.append(pid)

        opens.listener = strike
        printed = end(child)
        opens.listener = None
        done = asked(url, "SELECT count(*) FROM backfill_parts WHERE state = 'done'")
        missing = len(contents(url))
        again = end(begin(url, str(collection), "--workers", "2"))
        watched.starts += 1
    watched.told(url, f"a deadly part, {engine}", len(killed), digest(url) == undisturbed)
    print(
        f"first {printed['verdict']}: {done} parts done, {printed['parts_failed']} given up "
        f"after {len(killed)} workers, {missing} publications; then {again['verdict']}, "
        f"{len(contents(url))}"
    )
    assert printed["parts_failed"] == 1
    assert done == printed["parts"] - 1  # type: ignore[operator]
    assert digest(url) == undisturbed

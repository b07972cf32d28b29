"""The engines that read parts: a pool whose workers are killed, and Dask beside it."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from crawler.backfill.parts.dask_engine import DaskEngine
from crawler.backfill.parts.part import Job, Part, PartResult
from crawler.backfill.parts.planning import plan_parts
from crawler.backfill.parts.pool import (
    LocalPool,
    LostPart,
    _Worker,
)
from crawler.backfill.parts.prefilter import Wanted
from crawler.backfill.parts.tasks import read_part
from crawler.sources.declaration import load_sources
from tests.crawler.backfill.parts.driving import NOW, archives


def test_a_killed_worker_costs_its_part_one_more_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real pool, and a real kill of whoever has the first part."""
    plan = plan_parts([archives(tmp_path)], Wanted())
    given: list[tuple[str, int]] = []
    give = _Worker.give

    def killing(worker: _Worker, part: Part, starts: int) -> None:
        give(worker, part, starts)
        given.append((part.path, starts))
        if len(given) == 1:
            os.kill(worker.process.pid, signal.SIGKILL)

    monkeypatch.setattr(_Worker, "give", killing)
    job = Job(wanted=Wanted(), sources=(), now=NOW)
    results = [one for one in LocalPool(2).read(job, plan.parts) if isinstance(one, PartResult)]
    assert sorted(one.part.path for one in results) == sorted(part.path for part in plan.parts)
    assert all(one.account.read == 2 for one in results)
    assert sorted(starts for _, starts in given) == [1, 1, 1, 1, 2]


def test_a_part_that_kills_every_worker_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_parts([archives(tmp_path, files=2)], Wanted())
    give = _Worker.give

    def killing(worker: _Worker, part: Part, starts: int) -> None:
        give(worker, part, starts)
        if part is plan.parts[0]:
            os.kill(worker.process.pid, signal.SIGKILL)

    monkeypatch.setattr(_Worker, "give", killing)
    job = Job(wanted=Wanted(), sources=(), now=NOW)
    outcomes = [one for one in LocalPool(1).read(job, plan.parts) if one is not None]
    (lost,) = [one for one in outcomes if isinstance(one, LostPart)]
    assert lost.part is plan.parts[0]
    assert "signal 9" in lost.why
    assert len(outcomes) == 2


def test_a_worker_whose_pipe_breaks_before_it_ends_says_what_ended_it() -> None:
    worker = _Worker(Job(wanted=Wanted(), sources=(), now=NOW))
    worker._broken = "ConnectionResetError"  # seen before the process can be waited for
    threading.Timer(0.2, worker.process.kill).start()
    assert worker.dead_of() == "was ended by signal 9"
    worker.end()


def test_a_pool_that_is_closed_leaves_no_process(tmp_path: Path) -> None:
    plan = plan_parts([archives(tmp_path)], Wanted())
    job = Job(wanted=Wanted(), sources=(), now=NOW)
    reading = LocalPool(2).read(job, plan.parts)
    next(reading)
    reading.close()
    deadline = time.monotonic() + 60
    while _children() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _children() == []


def _children() -> list[int]:
    """Worker processes of this one that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if int(stat[1]) == os.getpid() and b"backfill.parts.worker" in command:
            found.append(int(entry.name))
    return found


def test_dask_reads_as_the_pool_does(tmp_path: Path) -> None:
    # Runs where Dask is installed (extras dev, cluster; so in CI): one machine alone needs none.
    distributed = pytest.importorskip(
        "distributed",
        reason="Dask is not installed: it runs with the extras dev and cluster, so in CI",
    )
    plan = plan_parts([archives(tmp_path)], Wanted())
    job = Job(wanted=Wanted(), sources=tuple(load_sources(None).values()), now=NOW)
    client = distributed.Client(
        processes=False, n_workers=1, threads_per_worker=1, dashboard_address="127.0.0.1:0",
        set_as_default=False,
    )  # fmt: skip
    outcomes = [one for one in DaskEngine(client).read(job, plan.parts) if one is not None]
    results = [one for one in outcomes if isinstance(one, PartResult)]
    assert len(results) == len(outcomes) == len(plan.parts)
    here = {part.key: read_part(job, part) for part in plan.parts}
    assert all(one == here[one.part.key] for one in results)

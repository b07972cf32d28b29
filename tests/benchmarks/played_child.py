"""The runs of ``played_service`` on Dask's workers: the worker's own path with a played child.

A worker that is started with ``--preload tests.benchmarks.played_child`` gives a run this module
as its child process, in place of a crawl: all else (``carry``, its log, its lease) is as it is.

    python -m tests.benchmarks.played_child RUN TOKEN
"""

import os
import sys

from scheduler.carrying import cluster_worker
from scheduler.carrying.launcher import ClaimedRun
from tests.benchmarks.playing import play


def _played(run: ClaimedRun) -> list[str]:
    words = [sys.executable, "-m", "tests.benchmarks.played_child"]
    return [*words, str(run.run_id), str(run.token)]


def dask_setup(worker: object) -> None:
    """Dask calls this in a worker that begins."""
    vars(cluster_worker)["command"] = _played
    vars(cluster_worker)["_fork"] = lambda *_: None  # a template would crawl


if __name__ == "__main__":
    play(os.environ["CPPCC_DATABASE_URL"], int(sys.argv[1]), int(sys.argv[2]))

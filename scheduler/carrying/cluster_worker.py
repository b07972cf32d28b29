"""What a worker of the cluster does with a run: a process forked from a template, as a service.

The worker's own environment says where the database is (``CPPCC_DATABASE_URL``,
``CPPCC_SOURCES``), as a service's does, so no secret travels with a run.
"""

import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from functools import partial
from typing import BinaryIO

from crawler.config import CrawlConfig
from crawler.template import Request, end_with_parent
from scheduler.carrying.launcher import ChildProcess, ClaimedRun, command, words_of
from scheduler.carrying.template import ForkedRun, Templates
from storage.engine.database import Database, open_database
from storage.errors import StorageError
from storage.runs import outputs
from storage.runs.claimers import this_process

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.25
KEEP_SECONDS = 30.0
NOT_CARRIED = -signal.SIGKILL
"""Answered for a start that was begun elsewhere or is another's: as for a killed child."""

_templates = Templates()
_forking = threading.Lock()
"""The templates serve one thread at a time, and a worker may have several."""
_children: dict[str, ForkedRun | ChildProcess] = {}
_ended: set[str] = set()


def key_of(run: ClaimedRun) -> str:
    """The name of one start of a run on the cluster."""
    return f"cppcc-run-{run.run_id}-{run.token}"


def carry(run: ClaimedRun, environment: Mapping[str, str]) -> int:
    """Carry a run to its end; the exit code of its child process, ``NOT_CARRIED`` without one.

    :raises StorageError: when this worker's database cannot be had: nothing was begun then.
    """
    settings = {**os.environ, **environment}
    key = key_of(run)
    if key in _ended:
        _ended.discard(key)
        return -signal.SIGTERM
    config = CrawlConfig()
    url = environment.get("CPPCC_DATABASE_URL", config.database_url)
    database = open_database(url, migrate=False)
    try:
        with database.begin() as session:
            begun = outputs.begin(
                session, run.run_id, run.token, machine=this_process(), now=config.now()
            )
        if not begun:
            logger.warning("run=%s token=%s was begun elsewhere", run.run_id, run.token)
            return NOT_CARRIED
        with tempfile.TemporaryFile() as log:
            code = _watch(run, settings, log, database)
            _keep(database, run, log, config, ended=True)
        return code
    finally:
        database.close()


def _watch(run: ClaimedRun, settings: Mapping[str, str], log: BinaryIO, database: Database) -> int:
    key, kept_at = key_of(run), time.monotonic()
    child = _fork(run, settings, log) or _start(run, settings, log)
    _children[key] = child
    try:
        if key in _ended:
            child.cancel()
        while (code := child.poll()) is None:
            time.sleep(POLL_SECONDS)
            if time.monotonic() - kept_at > KEEP_SECONDS:
                kept_at = time.monotonic()
                _keep(database, run, log, CrawlConfig(), ended=False)
        return code
    finally:
        del _children[key]
        _ended.discard(key)


def _fork(run: ClaimedRun, settings: Mapping[str, str], log: BinaryIO) -> ForkedRun | None:
    """The run as a child of the template, which ends with this worker, and it with the template."""
    if sys.platform != "linux":
        return None
    request = Request(
        name=f"run-{run.run_id}",
        words=words_of(run),
        environment=dict(settings),
        ends_with_template=True,
    )
    with _forking:
        return _templates.fork(request, log.fileno(), log=None)


def _start(run: ClaimedRun, settings: Mapping[str, str], log: BinaryIO) -> ChildProcess:
    """The run as a process of its own, which ends with this worker."""
    popen = subprocess.Popen(
        command(run),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=dict(settings),
        start_new_session=True,
        preexec_fn=partial(end_with_parent, os.getpid()),
    )
    return ChildProcess(popen, None)


def _keep(
    database: Database, run: ClaimedRun, log: BinaryIO, config: CrawlConfig, *, ended: bool
) -> None:
    """Put the end of the output where all can read it; refused, only that is lost."""
    size = os.fstat(log.fileno()).st_size
    start = max(0, size - outputs.MOST_BYTES)
    end = os.pread(log.fileno(), size - start, start)
    try:
        with database.begin() as session:
            outputs.keep(
                session, run.run_id, run.token, end, ended_at=config.now() if ended else None
            )
    except StorageError as error:
        logger.warning("run=%s its output is not kept: %s", run.run_id, error)


async def end_child(key: str, number: int) -> None:
    """Signal the child of one start where this worker has it; one still to begin never begins.

    A coroutine, for of those alone Dask lets the caller go without waiting for every worker.
    """
    child = _children.get(key)
    if child is None:
        _ended.add(key)
    elif number == signal.SIGKILL:
        child.kill()
    else:
        child.cancel()

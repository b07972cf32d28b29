"""Commands of ours, run as a child where their work would hold up or fill this process."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from scheduler.config import Config
from scheduler.console.errors import ConsoleError

_ONE = threading.Semaphore(1)


@contextmanager
def alone() -> Iterator[None]:
    """One heavy command at a time.

    :raises ConsoleError: while another one works.
    """
    if not _ONE.acquire(blocking=False):
        raise ConsoleError(503, "busy")
    try:
        yield
    finally:
        _ONE.release()


def run_command(config: Config, *words: str, seconds: float) -> subprocess.CompletedProcess[bytes]:
    """Run `cppcc WORDS` on this console's database; its output is kept.

    :raises subprocess.TimeoutExpired: after ``seconds``; the child is ended then.
    """
    return subprocess.run(
        [sys.executable, "-m", "scheduler", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=seconds,
        check=False,
        env={**os.environ, "CPPCC_DATABASE_URL": config.database_url},
    )

"""Who carries a run: start, poll, cancel.  By default a child process on this machine.

The run row with its lease and token stays the authority; a launcher only gives it a body.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from scheduler.config import log_path
from storage.runs.options import CrawlOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedRun:
    """A run that this process has claimed, with the options of its crawl."""

    run_id: int
    token: int
    source_id: str
    options: CrawlOptions = field(default_factory=CrawlOptions)


class RunHandle(Protocol):
    """A started run."""

    @property
    def log(self) -> Path | str | None:
        """The file of its output on this machine; else, in words, where it is; None: nowhere."""

    def poll(self) -> int | None:
        """The exit code, or None while it works."""

    def cancel(self) -> None:
        """Ask it to end in good order."""

    def kill(self) -> None:
        """End it now, with everything it started."""


class Launcher(Protocol):
    """Starts claimed runs."""

    def start(self, run: ClaimedRun) -> RunHandle:
        """Begin ``run``."""


class ChildProcess:
    """A run as a child process in a group of its own."""

    def __init__(self, popen: subprocess.Popen[bytes], log: Path | None) -> None:
        self._popen = popen
        self.log = log

    @property
    def pid(self) -> int:
        """Its process id, which is its group's id too."""
        return self._popen.pid

    def poll(self) -> int | None:
        """The exit code, or None while it works."""
        return self._popen.poll()

    def cancel(self) -> None:
        """SIGTERM: Scrapy ends the crawl in good order and the verdict is still written."""
        if self.poll() is None:
            self._popen.terminate()

    def kill(self) -> None:
        """SIGKILL to the whole group."""
        if self.poll() is None:
            os.killpg(self._popen.pid, signal.SIGKILL)
            self._popen.wait()


class LocalLauncher:
    """Starts each run as a child process; its output is kept in ``logs``.

    ``kept`` is the folder with former copies of declarations that a run goes by where a file is
    wrong now; None: such a run fails.
    """

    def __init__(
        self,
        logs: Path,
        environment: Mapping[str, str] | None = None,
        *,
        kept: Path | None = None,
    ) -> None:
        self._logs = logs
        self._kept = kept
        self._environment = dict(environment or {})

    def start(self, run: ClaimedRun) -> ChildProcess:
        """Begin ``run``; its log is ``run-<id>.log``.

        :raises OSError: when no process can be started, or the log is a link or cannot be made.
        """
        log, output = open_log(self._logs, run)
        with output:
            popen = subprocess.Popen(
                command(run, kept=self._kept),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self._environment},
                start_new_session=True,
            )
        return ChildProcess(popen, log)


def open_log(logs: Path, run: ClaimedRun) -> tuple[Path, BinaryIO]:
    """A run's log, opened to append to.

    :raises OSError: when it is a link or cannot be made.
    """
    logs.mkdir(parents=True, exist_ok=True)
    log = log_path(logs, run.run_id)
    # Not through a link: whoever may write in the folder could have us write elsewhere.
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
    return log, os.fdopen(os.open(log, flags, 0o644), "ab")


def command(run: ClaimedRun, *, kept: Path | None = None) -> list[str]:
    """The command line of a run's child process."""
    return [sys.executable, "-m", "crawler.run", *words_of(run, kept=kept)]


def words_of(run: ClaimedRun, *, kept: Path | None = None) -> list[str]:
    """What ``crawler.run`` is told of a run, as words of a command line."""
    words = [run.source_id, "--run-id", str(run.run_id), "--token", str(run.token)]
    words += ["--kept", str(kept)] if kept else []
    return words + run.options.as_words()

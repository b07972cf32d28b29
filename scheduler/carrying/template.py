"""Gives runs their process by forking one that has imported everything already.

The other side, and why, is ``crawler.template``.  Only where a run cannot be forked (the
template is still importing, died, or does not answer; another system than Linux) is it started
as a plain child process.
"""

import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from crawler.template import LONGEST_MESSAGE, Request, Told
from scheduler.carrying.launcher import (
    ClaimedRun,
    Launcher,
    LocalLauncher,
    RunHandle,
    open_log,
    words_of,
)

logger = logging.getLogger(__name__)

NO_THREADS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""NumPy's libraries start threads when they are imported, and no thread survives a fork."""
ANSWER_SECONDS = 10.0
"""How long a template may take to fork; it is killed then, and the run starts plainly."""
COMMAND = (sys.executable, "-m", "crawler.template")
FAILURES = 3
"""So many templates that ended by themselves, and no more are tried."""


class TemplateError(Exception):
    """The template forked no child for a run; none is at work."""


def launcher_for(logs: Path, *, kept: Path | None = None, template: bool) -> Launcher:
    """How this machine gives runs their process; ``template`` False: each a plain child."""
    plain = LocalLauncher(logs, kept=kept)
    if template and sys.platform == "linux":
        return TemplateLauncher(plain, logs, kept=kept)
    return plain


class ForkedRun:
    """A run as a child of a template, in a group of its own."""

    def __init__(self, template: "TemplateProcess", pid: int, log: Path | None) -> None:
        self._template = template
        self.pid = pid
        self.log = log

    def poll(self) -> int | None:
        """The exit code, or None while it works.

        When its template died nobody can know the code: it counts as killed from outside, as
        the template was.
        """
        return self._template.code_of(self.pid)

    def cancel(self) -> None:
        """SIGTERM: Scrapy ends the crawl in good order and the verdict is still written."""
        self._template.send(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to the whole group."""
        self._template.send(self.pid, signal.SIGKILL, group=True)


class TemplateProcess:
    """One template, with the children that it forked; of any thread.

    It ends when it is retired and the last of them has ended.
    """

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            self._popen = subprocess.Popen(
                [*command, str(its.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[its.fileno()],
                env={**os.environ, **NO_THREADS},
                start_new_session=True,  # a key in the terminal is not for it
            )
        self._channel = ours
        self._codes: dict[int, int | None] = {}
        self._answer: dict[str, object] | None = None
        self._lock = threading.RLock()
        self._retired = False
        self.ready = False
        self.lost = False

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._popen.pid

    def fork(self, request: Request, log: int) -> int | None:
        """A child for a run: its process id; None when the code on the disk is another now.

        :raises TemplateError: when there is none.
        """
        with self._lock:
            return self._fork(request, log)

    def _fork(self, request: Request, log: int) -> int | None:
        self._answer = None
        try:
            socket.send_fds(self._channel, [request.as_bytes()], [log])
        except OSError as error:
            self._lose()
            raise TemplateError(str(error)) from error
        end = time.monotonic() + ANSWER_SECONDS
        while self._answer is None and not self.lost:
            self.hear(max(0.0, end - time.monotonic()))
            if self._answer is None and time.monotonic() >= end:
                self._popen.kill()
                self._popen.wait()
                self.hear()  # to its last word: a child may have begun
        if self._answer is None:
            raise TemplateError("it ended, or does not answer")
        if self._answer["told"] == Told.FAILED:
            raise TemplateError(str(self._answer["why"]))
        return None if self._answer["told"] == Told.STALE else int(str(self._answer["pid"]))

    def hear(self, seconds: float = 0.0) -> None:
        """Take in what the template says; wait so long for a first word."""
        with self._lock:
            self._hear(seconds)

    def _hear(self, seconds: float) -> None:
        while not self.lost and select.select([self._channel], [], [], seconds)[0]:
            try:
                message = self._channel.recv(LONGEST_MESSAGE)
            except ConnectionResetError:  # it died with a request of ours unread
                message = b""
            if not message:
                self._lose()
                return
            self._take(json.loads(message))
            seconds = 0.0

    def _take(self, said: dict[str, object]) -> None:
        match said["told"]:
            case Told.READY:
                self.ready = True
            case Told.ENDED:
                self._codes[int(str(said["pid"]))] = int(str(said["code"]))
            case Told.BEGUN:
                self._codes[int(str(said["pid"]))] = None
                self._answer = said
            case _:
                self._answer = said

    def code_of(self, pid: int) -> int | None:
        """A child's exit code; None while it works."""
        with self._lock:
            self.hear()
            code = self._codes[pid]
            if code is None and self.lost:
                code = self._codes[pid] = _code_of_orphan(pid)
            self._close_if_done()
            return code

    def send(self, pid: int, number: signal.Signals, *, group: bool = False) -> None:
        """Send a signal to a child that works, or to its group."""
        if self.code_of(pid) is not None:
            return
        if group:
            with suppress(ProcessLookupError):  # it has not made its group yet
                os.killpg(pid, number)
        with suppress(ProcessLookupError):  # it ended just now
            os.kill(pid, number)

    def retire(self) -> None:
        """Fork no more; the children that work go on."""
        with self._lock:
            self._retired = True
            self.hear()
            self._close_if_done()

    def _close_if_done(self) -> None:
        if self._retired and not self.lost and None not in self._codes.values():
            self._lose()

    def _lose(self) -> None:
        """The socket is closed on one side: so the template ends, if it has not."""
        self.lost = True
        self._channel.close()
        threading.Thread(target=self._popen.wait, daemon=True).start()  # no zombie stays


def _code_of_orphan(pid: int) -> int | None:
    """The exit code of a child whose template died; None while it works.

    Its parent is now the first process of the machine, or of the container: that may be this
    one.  Where it is not, the code is lost: it counts as killed from outside, as its template
    was, so that a run without a verdict is given back.
    """
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if ended else None
    except ChildProcessError:
        pass
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):  # gone, or the number is another user's by now
        return -signal.SIGKILL
    return None


class Templates:
    """The template of the day, which the first request starts; one thread at a time.

    One whose code is not the disk's any more is replaced; so is one after :meth:`renew`.  What
    a former one forked goes on.
    """

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command = command
        self._renewing = threading.Event()
        self._failures = 0
        self.template: TemplateProcess | None = None

    def fork(self, request: Request, output: int, *, log: Path | None) -> ForkedRun | None:
        """A run whose output goes to the descriptor ``output``; None where none can be forked."""
        template = self.warm()
        if template is None or not template.ready:
            return None
        try:
            pid = template.fork(request, output)
        except TemplateError as error:
            logger.warning("%s starts without the template: %s", request.name, error)
            return None
        if pid is None:
            logger.info("the program on the disk is another by now: a new template begins")
            self.renew()
            self.warm()
            return None
        self._failures = 0
        return ForkedRun(template, pid, log)

    def warm(self, seconds: float = 0.0) -> TemplateProcess | None:
        """The template, started if there is none; wait so long for it to have imported all.

        None when templates end by themselves here.
        """
        if self._renewing.is_set():
            self._renewing.clear()
            self._failures = 0
            self.close()
        if self.template is not None:
            self.template.hear()
            if self.template.lost:
                self.template = None
                self._failures += 1
                if self._failures == FAILURES:
                    logger.error("%s templates ended by themselves: no more are tried", FAILURES)
        if self.template is None and self._failures < FAILURES:
            self.template = TemplateProcess(self._command)
        if self.template is not None and not self.template.ready:
            self.template.hear(seconds)
        return self.template

    def renew(self) -> None:
        """Have the next run start another template: from any thread."""
        self._renewing.set()

    def close(self) -> None:
        """Fork no more from the present template."""
        if self.template is not None:
            self.template.retire()
            self.template = None


class TemplateLauncher(Templates):
    """Forks each run from a template; ``plain`` starts those that cannot be."""

    def __init__(
        self,
        plain: Launcher,
        logs: Path,
        *,
        kept: Path | None = None,
        command: Sequence[str] = COMMAND,
    ) -> None:
        super().__init__(command)
        self._plain = plain
        self._logs = logs
        self._kept = kept

    def start(self, run: ClaimedRun) -> RunHandle:
        """Begin ``run``; its log is ``run-<id>.log``.

        :raises OSError: when no process can be started, or the log is a link or cannot be made.
        """
        log, output = open_log(self._logs, run)
        request = Request(
            name=f"run-{run.run_id}",
            words=words_of(run, kept=self._kept),
            environment=dict(os.environ),
        )
        with output:
            forked = self.fork(request, output.fileno(), log=log)
        return self._plain.start(run) if forked is None else forked

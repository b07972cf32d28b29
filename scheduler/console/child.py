"""The console as a child of the service: started again when it ends, ended with the service.

A process of its own, so that a slow page never delays a tick, and a crash of one leaves the
other standing.
"""

import logging
import os
import subprocess
import sys
import threading
from types import TracebackType
from typing import Self

logger = logging.getLogger(__name__)

FIRST_PAUSE = 2.0
LONGEST_PAUSE = 300.0
"""Between two attempts: a port that somebody else holds is not asked for every second."""
SOUND_SECONDS = 60.0
END_SECONDS = 10.0


class ConsoleChild:
    """Keeps a console running while the ``with`` block lasts."""

    def __init__(self, *, host: str, port: int) -> None:
        self._words = [sys.executable, "-m", "scheduler", "console", "--host", host]
        self._words += ["--port", str(port), "--child-of", str(os.getpid())]
        self._where = f"{host}:{port}"
        self._ending = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._keep, name="console", daemon=True)

    def __enter__(self) -> Self:
        """Start it."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        self._ending.set()
        with self._lock:
            child = self._child
        if child is not None and child.poll() is None:
            child.terminate()
            try:
                child.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
        self._thread.join(END_SECONDS)

    def _keep(self) -> None:
        pause = FIRST_PAUSE
        while not self._ending.is_set():
            with self._lock:
                if self._ending.is_set():
                    return
                self._child = subprocess.Popen(
                    self._words, stdin=subprocess.DEVNULL, start_new_session=True
                )
            logger.info("console at=%s pid=%s", self._where, self._child.pid)
            try:
                code = self._child.wait(SOUND_SECONDS)
            except subprocess.TimeoutExpired:
                pause = FIRST_PAUSE
                code = self._child.wait()
            if self._ending.is_set():
                return
            logger.error("console ended: code=%s, again in %.0f s", code, pause)
            self._ending.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

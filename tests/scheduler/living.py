"""Real services in processes of their own, to be watched, killed and started again."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

from storage.engine.database import Database, open_database
from storage.runs.history import open_runs


class Receiver:
    """A webhook on loopback that counts what it is given, by idempotency key."""

    def __init__(self, failing: float = 0.0) -> None:
        self.keys: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        chance, outer = random.Random(5), self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                broken = chance.random() < failing
                if not broken:
                    outer.keys[self.headers["Idempotency-Key"]] += 1
                    outer.kinds[json.loads(body)["kind"]] += 1
                self.send_response(503 if broken else 204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"webhook+http://127.0.0.1:{self._server.server_port}/hook"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Living:
    """A service on a folder of its own: ``start``, ``kill``, ``stop``, and its children."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.url = f"sqlite:///{folder / 'cppcc.db'}"
        self.environment = {
            **os.environ,
            "CPPCC_DATABASE_URL": self.url,
            "CPPCC_VAR": str(folder),
            "CPPCC_METRICS_PORT": "0",
            "CPPCC_DRAIN_SECONDS": "60",
            **environment,
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def database(self) -> Database:
        """The service's database."""
        return open_database(self.url)

    def start(self) -> None:
        """Start the service; its log is appended to ``service.log``."""
        with (self.folder / "service.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "scheduler", "run", "--no-console"],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """kill -9: its children live on."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM, and wait until it has drained."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(120)

    def children(self) -> list[int]:
        """The process ids of running crawls of this folder, whoever started them."""
        mark = f"CPPCC_VAR={self.folder}\0".encode()
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            try:
                words = (path / "cmdline").read_bytes()
                forked = (path / "comm").read_text("utf-8").startswith("run-")
                if (forked or b"crawler.run" in words) and mark in (
                    path / "environ"
                ).read_bytes() + b"\0":
                    found.append(int(path.name))
            except OSError:
                continue  # it ended meanwhile
        return found

    def kill_children(self, pids: list[int]) -> None:
        """kill -9 each of these."""
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def wait_idle(self, *, runs: int, seconds: float) -> None:
        """Wait until so many runs exist and none is open.

        :raises TimeoutError: when that takes too long.
        """
        end = time.monotonic() + seconds
        database = self.database()
        while time.monotonic() < end:
            with database.reading() as session:
                count = session.connection().exec_driver_sql("SELECT count(*) FROM runs").scalar()
                if not open_runs(session) and (count or 0) >= runs:
                    database.close()
                    return
            time.sleep(0.5)
        raise TimeoutError(f"runs are still open after {seconds} s: see {self.folder}")

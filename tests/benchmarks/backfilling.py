"""Back-fills and clusters on the loopback as processes, and what they did and cost."""

import ctypes
import hashlib
import json
import os
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from storage.engine.database import open_database

ROOT = Path(__file__).parents[2]
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Ended:
    """One command: its JSON, its CPU seconds with all its children, its exit code."""

    printed: dict[str, object]
    cpu: float
    code: int


def sqlite(path: Path) -> str:
    """The URL of a database in a file."""
    return f"sqlite:///{path}"


def begin(url: str, *words: str) -> subprocess.Popen[str]:
    """A back-fill under way."""
    environment = os.environ | {
        "CPPCC_DATABASE_URL": url,
        "CPPCC_VAR": tempfile.gettempdir(),
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "scheduler", "backfill", *words, "--json"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def end(child: subprocess.Popen[str]) -> dict[str, object]:
    """What a back-fill printed at its end."""
    out, err = child.communicate()
    assert out, err
    printed: dict[str, object] = json.loads(out)
    return printed


def run(url: str, *words: str) -> Ended:
    """A whole back-fill, with what it cost."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    child = begin(url, *words)
    printed = end(child)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Ended(printed, cpu, child.returncode)


def contents(url: str) -> list[tuple[object, ...]]:
    """All that a back-fill has stored, without what depends on when it was."""
    opened = open_database(url)
    with opened.reading() as session:
        rows = session.execute(
            text(
                "SELECT p.url, p.content_sha256, p.revision, p.genre, s.original_id = p.id,"
                " p.first_seen_at, (SELECT count(*) FROM captures c WHERE c.publication_id = p.id),"
                " (SELECT count(*) FROM flags f WHERE f.publication_id = p.id)"
                " FROM publications p JOIN stories s ON s.id = p.story_id ORDER BY p.url"
            )
        ).all()
    opened.close()
    return [(*row[:4], bool(row[4]), str(row[5])[:19], *row[6:]) for row in rows]


def digest(url: str) -> str:
    """A name for those contents."""
    return hashlib.sha256(repr(contents(url)).encode()).hexdigest()[:16]


def asked(url: str, words: str) -> int:
    """A number that the database gives; 0 while it has no tables yet."""
    opened = open_database(url)
    with opened.reading() as session:
        count: int = session.execute(text(words)).scalar_one()
    opened.close()
    return count


def children_of(pid: int) -> list[int]:
    """Its children that live, of all its threads."""
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    except OSError:  # ended meanwhile
        pass
    return found


def _tree(pid: int) -> list[int]:
    found = [pid]
    for child in children_of(pid):
        found += _tree(child)
    return found


def cpu_of(pids: list[int]) -> float:
    """CPU seconds of processes and those that they have waited for."""
    total = 0.0
    for pid in pids:
        for one in _tree(pid):
            fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
            total += sum(int(field) for field in fields[11:15]) / _TICK
    return total


def memory_of(pid: int, what: str) -> int:
    """``VmRSS`` or ``VmHWM`` of a process, in megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(what):
            return int(line.split()[1]) // 1024
    raise AssertionError(what)


def kill(pid: int) -> bool:
    """kill -9; whether it still lived."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


class Cluster:
    """A scheduler and workers on the loopback, as docs/backfill.md says, each a process.

    ``restarts`` is what a container's restart policy does: a dead one is started again.
    """

    def __init__(
        self,
        folder: Path,
        workers: int = 2,
        environment: Mapping[str, str] | None = None,
        *,
        preload: str | None = None,
    ) -> None:
        self._folder = folder
        self._preload = ["--preload", preload] if preload else []
        self._environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
            **(environment or {}),
        }
        self._ends = threading.Event()
        self._minding: threading.Thread | None = None
        self._port = "0"
        self.scheduler = self._start_scheduler()
        self.workers = [self._start_worker(number) for number in range(workers)]

    def _start_scheduler(self) -> "subprocess.Popen[bytes]":
        file = self._folder / "scheduler.json"
        file.unlink(missing_ok=True)
        started = self._start(
            "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", self._port,
            "--no-dashboard", "--scheduler-file", str(file),
        )  # fmt: skip
        while not file.exists():
            time.sleep(0.1)
        self.address: str = json.loads(file.read_text())["address"]
        self._port = self.address.rpartition(":")[2]
        return started

    def _start_worker(self, number: int) -> "subprocess.Popen[bytes]":
        return self._start(
            "distributed.cli.dask_worker", self.address, "--nthreads", "1", "--no-nanny",
            "--no-dashboard", "--memory-limit", "500MB",
            "--local-directory", str(self._folder / f"w{number}"), *self._preload,
        )  # fmt: skip

    def _start(self, *words: str) -> "subprocess.Popen[bytes]":
        with (self._folder / "cluster.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *words], env=self._environment, stdout=log, stderr=log
            )

    def pids(self) -> list[int]:
        """Of the scheduler and the workers."""
        return [self.scheduler.pid, *(one.pid for one in self.workers)]

    def restart_scheduler(self) -> None:
        """At the same address; workers find it again, or end and are started again."""
        self.scheduler.kill()
        self.scheduler.wait()
        self.scheduler = self._start_scheduler()

    def restarts(self) -> None:
        """Start dead workers again from now on."""

        def mind() -> None:
            while not self._ends.wait(0.2):
                for number, worker in enumerate(self.workers):
                    if worker.poll() is not None:
                        self.workers[number] = self._start_worker(number)

        self._minding = threading.Thread(target=mind)
        self._minding.start()

    def close(self) -> None:
        """End all."""
        self._ends.set()
        if self._minding:
            self._minding.join()
        for process in (self.scheduler, *self.workers):
            process.kill()
            process.wait()


@dataclass
class Opens:
    """How often each archive of a folder was opened, as the kernel tells it."""

    by_name: Counter[str] = field(default_factory=Counter)
    listener: Callable[[str], None] | None = None

    @property
    def total(self) -> int:
        """Of all archives."""
        return self.by_name.total()


_IN_OPEN, _IN_CLOSE_NOWRITE, _IN_NONBLOCK = 0x20, 0x10, 0o4000


@contextmanager
def opens_in(folder: Path) -> Iterator[Opens]:
    """Count opens of archives: planning opens each once, reading once a part and start."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.inotify_init1(_IN_NONBLOCK)
    # Closings too: two equal events that nobody has read yet are told as one.
    libc.inotify_add_watch(descriptor, str(folder).encode(), _IN_OPEN | _IN_CLOSE_NOWRITE)
    counted, ends = Opens(), threading.Event()

    def count() -> None:
        while not ends.is_set():
            try:
                told = os.read(descriptor, 65536)
            except BlockingIOError:
                time.sleep(0.002)
                continue
            at = 0
            while at < len(told):
                _, mask, _, size = struct.unpack_from("iIII", told, at)
                name = told[at + 16 : at + 16 + size].rstrip(b"\0").decode()
                at += 16 + size
                if mask & _IN_OPEN and ".warc" in name:
                    counted.by_name[name] += 1
                    if counted.listener:
                        counted.listener(name)

    thread = threading.Thread(target=count)
    thread.start()
    try:
        yield counted
    finally:
        ends.set()
        thread.join()
        os.close(descriptor)


def holders_of(path: Path) -> list[int]:
    """The processes that have a file open."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if any(os.readlink(one) == str(path) for one in (entry / "fd").iterdir()):
                found.append(int(entry.name))
        except OSError:  # ended meanwhile
            continue
    return found

"""A process that has imported all that a run needs, and forks a child for each run.

``python -m crawler.template FD``: the launcher (``scheduler.carrying.template``) holds the other
end of the socket ``FD``.  A run's own imports cost seconds of processor time and a hundred
megabytes, most crawls of a quiet day ask for a page or two, and a forked child shares both.

No reactor, no thread and no connection may exist here: none survives a fork.  Settings and
declarations are read by each child anew, as by a process of its own; what changed on the disk
since (``Told.STALE``) makes the launcher start another template.

It ends when the launcher's end of the socket closes and leaves its children to themselves: each
has its lease, and sees by itself whether its claimer still lives.
"""

import ctypes
import gc
import importlib.util
import json
import os
import pkgutil
import select
import signal
import socket
import sys
import sysconfig
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

LONGEST_MESSAGE = 256 * 2**10
"""Bytes of a request at most: an environment, and the words of a command line."""

HANDLED = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
"""What a terminal or a service manager sends to every process: not the template's to follow."""

OURS = ("storage", "crawler")
SETTINGS = "crawler.settings"
"""Reads the environment when it is imported: each child imports it anew."""
NOT_A_RUNS = (
    SETTINGS,
    "crawler.backfill",
    "crawler.commands",
    "crawler.template",
    "storage.access",
    "storage.audit",
    "storage.exports",
    "storage.migrations",
)
LOOKED_UP = (
    "encodings.gb18030",
    "encodings.idna",
    "encodings.latin_1",
    "encodings.utf_8_sig",
    "sqlalchemy.dialects.sqlite",
    "twisted.internet.asyncioreactor",
    "uvloop",
)
"""What a run looks up by name beyond the components that its settings name."""


class Told(StrEnum):
    """What the template tells the launcher."""

    READY = "ready"  # all is imported
    BEGUN = "begun"  # a child runs: its ``pid``
    ENDED = "ended"  # a child ended: its ``pid`` and ``code``, negative for a signal
    STALE = "stale"  # the code on the disk is another one by now; nothing was begun
    FAILED = "failed"  # no child could be forked, ``why``


@dataclass(frozen=True, slots=True)
class Request:
    """A run to begin: the words of ``crawler.run``, and the environment, as for a process.

    ``name`` is how its process is called in lists of processes; 15 characters are shown.
    ``ends_with_template``: it is killed when the template ends, and is not left to itself.
    """

    name: str
    words: list[str]
    environment: dict[str, str]
    ends_with_template: bool = False

    def as_bytes(self) -> bytes:
        """What goes through the socket, with the descriptor of the log beside it."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_bytes(cls, message: bytes) -> "Request":
        """The other direction."""
        return cls(**json.loads(message))


def main() -> int:
    """Serve runs until the launcher closes; in a child, the exit code of its run."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    for number in HANDLED:
        signal.signal(number, signal.SIG_IGN)
    import_all()
    words = Template(channel).serve()
    if words is None:
        return 0
    from crawler.run import main as run

    return run(words)


def import_all() -> None:
    """Import what runs need, and let no look for cycles touch it again: it stays shared."""
    from sqlalchemy.orm import configure_mappers  # the launcher's side needs none of it

    for name in [*LOOKED_UP, *_of_ours(), *_named_by_settings()]:
        importlib.import_module(name)
    configure_mappers()
    gc.collect()
    gc.freeze()


def _of_ours() -> Iterator[str]:
    for package in OURS:
        root = importlib.import_module(package)
        for module in pkgutil.walk_packages(root.__path__, f"{package}."):
            if not module.name.startswith(NOT_A_RUNS):
                yield module.name


def _named_by_settings() -> Iterator[str]:
    """The modules of the classes that Scrapy's settings and ours name, whether used or not."""
    from scrapy.settings import BaseSettings, Settings

    settings = Settings()
    settings.setmodule(SETTINGS)
    del sys.modules[SETTINGS]
    named: set[str] = {value for value in settings.values() if isinstance(value, str)}
    for name in settings:
        if isinstance(settings[name], BaseSettings) and not name.endswith("_BASE"):
            parts = settings.getwithbase(name)
            named |= {str(key) for key, order in parts.items() if order is not None}
            named |= {value for value in parts.values() if isinstance(value, str)}
    for word in sorted(named):
        module, _, _ = word.rpartition(".")
        if word.startswith(("scrapy.", "crawler.")) and importlib.util.find_spec(module):
            yield module


class Template:
    """The forking side of ``channel``, a socket that keeps messages apart."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._children: set[int] = set()
        self._stamps = stamps(sys.modules)

    def serve(self) -> list[str] | None:
        """Fork a child for each request: there, the words of its run.  None when all is over."""
        # A child's end wakes the loop: the signal writes a byte.
        waking, woken = socket.socketpair()
        for end in (waking, woken):
            end.setblocking(False)
        signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        try:
            self._tell(Told.READY)
            while True:
                ready, _, _ = select.select([self._channel, waking], [], [])
                if waking in ready:
                    waking.recv(4096)
                    self._reap()
                if self._channel not in ready:
                    continue
                message, received, _, _ = socket.recv_fds(self._channel, LONGEST_MESSAGE, 1)
                if not message:
                    return None
                if self._stamps != stamps(sys.modules, only=self._stamps):
                    os.close(received[0])
                    self._tell(Told.STALE)
                    continue
                words = self._begin(Request.from_bytes(message), received[0])
                if words is not None:
                    waking.close()
                    woken.close()
                    return words
        except (BrokenPipeError, ConnectionResetError):
            return None  # the launcher is gone

    def _begin(self, request: Request, log: int) -> list[str] | None:
        """Fork; the words in the child, None in the template.

        The child begins when the launcher has been told of it: a template that is killed in
        between leaves nothing at work that nobody knows of.
        """
        go, give = os.pipe()
        own = os.getpid()
        signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
        try:
            pid = os.fork()
        except OSError as error:
            self._tell(Told.FAILED, why=str(error))
            pid = -1
        if pid == 0:
            os.close(give)
            if not os.read(go, 1):
                os._exit(0)
            os.close(go)
            self._channel.close()
            become_a_run(request, log, template=own)
            return request.words
        for descriptor in (go, log):
            os.close(descriptor)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
        if pid > 0:
            self._children.add(pid)
            self._tell(Told.BEGUN, pid=pid)
            os.write(give, b"1")
        os.close(give)
        return None

    def _reap(self) -> None:
        for pid in list(self._children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._children.discard(pid)
                self._tell(Told.ENDED, pid=pid, code=os.waitstatus_to_exitcode(status))

    def _tell(self, what: Told, **facts: int | str) -> None:
        self._channel.send(json.dumps({"told": what, **facts}).encode())


def end_with_parent(parent: int) -> None:
    """In a child: let it be killed when ``parent``, which forked it, ends.  Of Linux alone."""
    if _PRCTL is not None:
        _PRCTL(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:  # it has ended already, and tells nobody of it
            os.kill(os.getpid(), signal.SIGKILL)


_PRCTL = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def become_a_run(request: Request, log: int, *, template: int) -> None:
    """Be as a process that was just started for a run: session, signals, output, environment."""
    if request.ends_with_template:
        end_with_parent(template)
    os.setsid()
    Path("/proc/self/comm").write_text(request.name, "utf-8")
    signal.set_wakeup_fd(-1)
    for number in (*HANDLED, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    for descriptor in (nothing, log):
        if descriptor > 2:
            os.close(descriptor)
    os.environ.clear()
    os.environ.update(request.environment)
    time.tzset()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)


def stamps(
    modules: Iterable[str], *, only: dict[str, tuple[int, int]] | None = None
) -> dict[str, tuple[int, int]]:
    """When each file of ours was written, and how long it is; of what others wrote, when the
    folder of packages changed, as every installation changes it.

    ``only`` are the paths to look at again; a file that is gone has no stamp.
    """
    if only is None:
        files = [getattr(sys.modules[name], "__file__", None)
                 for name in modules if name.startswith(OURS)]  # fmt: skip
        paths = {file for file in files if file}
        paths |= {sysconfig.get_paths()[kind] for kind in ("purelib", "platlib")}
    else:
        paths = set(only)
    found = {}
    for path in paths:
        if Path(path).exists():
            status = os.stat(path)
            found[path] = (status.st_mtime_ns, 0 if os.path.isdir(path) else status.st_size)
    return found


if __name__ == "__main__":
    sys.exit(main())

"""The start of a run, forked and plain in turn: to its first request, which is held meanwhile.

Processor seconds and memory are the kernel's own counts of the child at that moment, so a loaded
machine changes neither's ratio.  Memory is what no other process shares.
"""

import os
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.sources.declaration import load_sound_sources
from scheduler.carrying.launcher import ChildProcess, ClaimedRun, Launcher, LocalLauncher
from scheduler.carrying.template import ForkedRun, TemplateLauncher
from storage.engine.database import open_database
from storage.links.sources import sync_sources
from storage.records import RunTrigger
from storage.runs import door
from tests.benchmarks.table import Table

SOURCE = "yunnan_net"
ROUNDS = 3
MOST = 0.4 / 3.3
"""Of a plain start: 0.4 s where that took 3.3 s."""


@pytest.mark.bench
def test_start_to_first_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = LocalLauncher(tmp_path / "logs")
    forking = TemplateLauncher(plain, tmp_path / "logs")
    forking.warm(120.0)
    taken: dict[str, list[tuple[float, float]]] = {"plain": [], "forked": []}
    with socket.create_server(("127.0.0.1", 0)) as held:
        held.settimeout(120.0)
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{held.getsockname()[1]}")
        monkeypatch.setenv("CPPCC_MAX_DELAY_SECONDS", "0")
        for turn in range(ROUNDS):
            for name, launcher in (("plain", plain), ("forked", forking)):
                monkeypatch.setenv("CPPCC_DATABASE_URL", f"sqlite:///{tmp_path}/{name}{turn}.db")
                taken[name].append(start(launcher, held))
    forking.close()
    print(f"\n{'start':10}{'CPU s':>8}{'MB of its own':>16}")
    for name, found in taken.items():
        print(f"{name:10}{min(one[0] for one in found):>8.2f}{min(one[1] for one in found):>16.1f}")
    least = {name: [min(column) for column in zip(*found, strict=True)]
             for name, found in taken.items()}  # fmt: skip
    table = Table()
    for number, (name, goal, unit) in enumerate(
        (("start of a run", MOST * least["plain"][0], "CPU s"), ("its own memory", 20.0, "MB"))
    ):
        table.add(name, least["forked"][number], goal, unit=unit, peer=least["plain"][number])
    table.show()


def start(launcher: Launcher, held: socket.socket) -> tuple[float, float]:
    """A run's processor seconds and megabytes of its own when its first request arrives."""
    database = open_database(os.environ["CPPCC_DATABASE_URL"])
    now = datetime.now(UTC)
    with database.begin() as session:
        sync_sources(session, [load_sound_sources()[0][SOURCE].record], now=now)
        number = door.create_run(
            session, SOURCE, trigger=RunTrigger.MANUAL, due_at=now, now=now, options={}
        )
        token = door.claim_run(session, number, owner="-", now=now, lease_seconds=900)
    assert token
    handle = launcher.start(ClaimedRun(run_id=number, token=token, source_id=SOURCE))
    assert isinstance(handle, ChildProcess | ForkedRun)
    asking, _ = held.accept()
    with asking:
        spent = processor_seconds(handle.pid)
        own = own_megabytes(handle.pid)
        handle.kill()
        while handle.poll() is None:
            time.sleep(0.05)
    database.close()
    return spent, own


def processor_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def own_megabytes(pid: int) -> float:
    """Memory of a process that no other one shares."""
    words = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").split()
    parts = ("Private_Dirty:", "Private_Clean:")
    return sum(int(words[words.index(part) + 1]) for part in parts) / 1024

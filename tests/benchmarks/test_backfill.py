"""Back-fills over a made collection: what is found, what it costs, what deaths change.

Method.  ``tests.benchmarks.archives`` writes the collection (CPPCC_BENCH_PAGES, 2,000 by default;
20,000 for the record).  CPU is that of all processes (RUSAGE_CHILDREN of one command), net of
what the same command costs over nothing (a collection of no wanted page).  The peer, warcio with
trafilatura, reads a sample of the same files in one process.  Ratios alone mean anything; no
number of time fails a test.
"""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from crawler.backfill.archive.reading import Page, read_archive
from crawler.backfill.parts.prefilter import speaks_of_cppcc
from storage.engine.database import open_database
from tests.benchmarks.archives import write
from tests.storage.samples import NOW

PAGES = int(os.environ.get("CPPCC_BENCH_PAGES", "2000"))
FILES = max(4, PAGES // 1000)
PLANTED = max(20, PAGES // 100)
ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.bench, pytest.mark.long]


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    given = os.environ.get("CPPCC_BENCH_COLLECTION")
    if given:
        return Path(given)
    folder = tmp_path_factory.mktemp("archives")
    write(folder, files=FILES, pages=PAGES, planted=PLANTED)
    return folder


@dataclass(frozen=True)
class Ended:
    """One command: its JSON, its CPU seconds with all its children, its exit code."""

    printed: dict[str, object]
    cpu: float
    code: int


def command(database: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "scheduler", "backfill", *words, "--json"]


def environment(database: Path) -> dict[str, str]:
    return os.environ | {
        "CPPCC_DATABASE_URL": f"sqlite:///{database}",
        "CPPCC_VAR": str(database.parent / "var"),
        "PYTHONPATH": str(ROOT),
    }


def cpu_of_command(database: Path, *words: str) -> tuple[subprocess.CompletedProcess[str], float]:
    """A command as it ended, and its CPU seconds with all its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command(database, *words), env=environment(database), capture_output=True, text=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def run(database: Path, *words: str) -> Ended:
    done, cpu = cpu_of_command(database, *words)
    assert done.stdout, done.stderr
    return Ended(json.loads(done.stdout), cpu, done.returncode)


def contents(database: Path) -> list[tuple[object, ...]]:
    opened = open_database(f"sqlite:///{database}")
    with opened.reading() as session:
        rows = session.execute(
            text(
                "SELECT p.url, p.content_sha256, p.revision, p.genre, s.original_id IS p.id,"
                " p.first_seen_at, (SELECT count(*) FROM captures c WHERE c.publication_id = p.id)"
                " FROM publications p JOIN stories s ON s.id = p.story_id ORDER BY p.url"
            )
        ).all()
    opened.close()
    return [tuple(row) for row in rows]


def test_what_is_found_and_what_it_costs(collection: Path, tmp_path: Path) -> None:
    truth = json.loads((collection / "truth.json").read_text())
    planted = {url for one in truth.values() for url in one["planted"]}
    done = run(tmp_path / "a.db", str(collection))
    found = {row[0] for row in contents(tmp_path / "a.db")}
    again = run(tmp_path / "a.db", str(collection))
    (tmp_path / "nothing").mkdir()
    (tmp_path / "nothing" / "empty.warc").touch()
    run(tmp_path / "none.db", str(tmp_path / "nothing"))
    start = cpu_of_command(tmp_path / "none.db", str(tmp_path / "nothing"))[1]
    net = (again.cpu - start) / (done.cpu - start)
    opened = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    with opened.reading() as session:
        parts = session.execute(
            text("SELECT path, members, read, unwanted, refused FROM backfill_parts")
        ).all()
    opened.close()
    for path, members, read, unwanted, refused in parts:
        unwanted, refused = (json.loads(one) if isinstance(one, str) else one
                             for one in (unwanted, refused))  # fmt: skip
        assert members == read + sum(unwanted.values()) + sum(refused.values()), path
    sound = sum(one["sound"] for one in truth.values())
    print(
        f"\n{sound} sound pages in {len(truth)} files: {done.printed['members']} members, "
        f"{done.printed['read']} + {done.printed['unwanted']} read or not wanted of {sound} sound; "
        f"planted found {len(found & planted)} of {len(planted)}, others {len(found - planted)}; "
        f"{done.cpu:.1f} CPU s, {done.cpu / sound * 1000:.2f} ms a page; a second run "
        f"{again.cpu:.1f} s ({again.cpu / done.cpu:.1%}; start-up {start:.1f} s, net of it "
        f"{net:.1%}), new {again.printed['new']}, "
        f"changed {again.printed['changed']}"
    )
    assert int(str(done.printed["read"])) + int(str(done.printed["unwanted"])) == sound
    assert len(found & planted) >= 0.995 * len(planted)
    assert (again.printed["new"], again.printed["changed"]) == (0, 0)


def pages_of(collection: Path, most: int) -> list[Page]:
    found: list[Page] = []
    for path in sorted(collection.glob("*.warc*")):
        for one in read_archive(path, now=NOW):
            if isinstance(one, Page):
                found.append(one)
                if len(found) >= most:
                    return found
    return found


def test_the_prefilter_beside_reading_and_the_peer(collection: Path) -> None:
    """CPU a page of: unpacking, the prefilter, our reading of every page, the peer's."""
    import trafilatura
    from warcio.archiveiterator import ArchiveIterator

    from crawler.errors import PageError
    from crawler.reader import read_page

    started = time.process_time()
    pages = pages_of(collection, 400)
    unpacking = (time.process_time() - started) / len(pages)
    started = time.process_time()
    hits = sum(speaks_of_cppcc(one.capture.body) for one in pages)
    asking = (time.process_time() - started) / len(pages)
    sample = pages[:60]
    started = time.process_time()
    for one in sample:
        try:
            read_page(one.capture.body, url=one.url, now=NOW, source=None)
        except PageError:
            continue
    reading = (time.process_time() - started) / len(sample)
    started, peer = time.process_time(), 0
    # warcio 1.8.1 ends at a broken member, breaks with brotli 1.2.1 (whose decompressor takes no
    # attribute) and does not know zstd: the peer has the plain file, and there the records that
    # it can unpack; the others are counted.
    unread, bytes_read = 0, 0
    with next(iter(sorted(collection.glob("*.warc")))).open("rb") as stream:
        for record in ArchiveIterator(stream):
            if record.rec_type != "response":
                continue
            coding = record.http_headers.get_header("Content-Encoding")
            if coding in ("br", "zstd"):
                unread += 1
                continue
            body = record.content_stream().read()
            if len(body) > 1_000_000:
                continue
            trafilatura.extract(body, with_metadata=True)
            bytes_read += len(body)
            peer += 1
            if peer >= 40:
                break
    peers = (time.process_time() - started) / peer
    print(
        f"\na page of {sum(len(one.capture.body) for one in pages) // len(pages)} bytes: "
        f"unpacking {unpacking * 1000:.2f} ms, prefilter {asking * 1000:.3f} ms ({hits} of "
        f"{len(pages)} let through), reading {reading * 1000:.1f} ms; warcio with trafilatura "
        f"{peers * 1000:.1f} ms ({peer} pages of {bytes_read // peer} bytes, {unread} it cannot "
        f"unpack); the filtered path is {reading / (unpacking + asking):.0f} times "
        f"as fast as reading every page"
    )


@pytest.fixture(scope="module")
def undisturbed(
    collection: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[object, ...]]:
    database = tmp_path_factory.mktemp("undisturbed") / "whole.db"
    run(database, str(collection))
    return contents(database)


def workers_of(pid: int) -> list[int]:
    """The worker processes of a back-fill."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            line = (entry / "cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            continue
        if parent == pid and b"backfill.parts.worker" in line:
            found.append(int(entry.name))
    return found


def test_kills_of_workers_and_of_the_driver(
    collection: Path, tmp_path: Path, undisturbed: list[tuple[object, ...]]
) -> None:
    rng = random.Random(7)
    database = tmp_path / "killed.db"
    kills = {"worker": 0, "driver": 0}
    for round_ in range(40):
        child = subprocess.Popen(
            command(database, str(collection)), env=environment(database),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        ends_at = time.monotonic() + rng.uniform(4, 40)
        kills_driver = round_ % 2 == 0 and round_ < 12
        while child.poll() is None and (not kills_driver or time.monotonic() < ends_at):
            time.sleep(rng.uniform(1, 6))
            if rng.random() < 0.15 and (workers := workers_of(child.pid)):
                try:
                    os.kill(rng.choice(workers), signal.SIGKILL)
                    kills["worker"] += 1
                except ProcessLookupError:
                    pass
        if child.poll() is None:
            child.kill()
            kills["driver"] += 1
            child.communicate()
            continue
        out, _ = child.communicate()
        printed = json.loads(out)
        if not printed["parts_failed"]:
            break
    print(f"\n{kills}: the same content as undisturbed: {contents(database) == undisturbed}")
    assert contents(database) == undisturbed


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers on the loopback, as processes of their own."""
    pytest.importorskip("distributed")
    address_file = tmp_path / "scheduler.json"
    env = os.environ | {"PYTHONPATH": str(ROOT)}

    def started(*words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", *words],
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    scheduler = started(
        "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
        "--no-dashboard", "--scheduler-file", str(address_file),
    )  # fmt: skip
    while not address_file.exists():
        time.sleep(0.2)
    address = json.loads(address_file.read_text())["address"]
    workers = [
        started(
            "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard",
            "--local-directory", str(tmp_path / f"w{n}"), "--memory-limit", "500MB",
        )
        for n in range(2)
    ]  # fmt: skip
    yield address, [scheduler, *workers]
    for process in (scheduler, *workers):
        process.kill()
        process.wait()


def cpu_of(pids: list[int]) -> float:
    """CPU seconds of processes and those that they have waited for."""
    total = 0.0
    tick = os.sysconf("SC_CLK_TCK")
    for pid in pids:
        for child in _tree(pid):
            fields = Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split()
            total += sum(int(one) for one in fields[11:15]) / tick
    return total


def _tree(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += _tree(int(child))
    return found


def peak_of(pid: int) -> int:
    """The peak memory of a process and its children, in megabytes: the largest of them."""
    peaks = []
    for one in _tree(pid):
        for line in Path(f"/proc/{one}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                peaks.append(int(line.split()[1]) // 1024)
    return max(peaks)


def test_dask_beside_the_pool(
    collection: Path,
    tmp_path: Path,
    undisturbed: list[tuple[object, ...]],
    dask: tuple[str, list[subprocess.Popen[bytes]]],
) -> None:
    address, processes = dask
    pool = run(tmp_path / "pool.db", str(collection), "--workers", "2")
    started = run(tmp_path / "none.db", str(collection), "--host", "no.example", "--workers", "2")
    time.sleep(2)
    idle_began, idle_before = time.monotonic(), cpu_of([one.pid for one in processes])
    time.sleep(20)
    idle = (cpu_of([one.pid for one in processes]) - idle_before) / (time.monotonic() - idle_began)
    before, began = cpu_of([one.pid for one in processes]), time.monotonic()
    over = run(tmp_path / "dask.db", str(collection), "--cluster", address)
    carried = cpu_of([one.pid for one in processes]) - before
    rest = idle * (time.monotonic() - began)
    peaks = [peak_of(one.pid) for one in processes[1:]]
    again = run(tmp_path / "dask.db", str(collection), "--cluster", address)
    assert contents(tmp_path / "dask.db") == undisturbed
    print(
        f"\npool {pool.cpu:.1f} CPU s (a pass that wants no page {started.cpu:.1f}); Dask "
        f"{over.cpu + carried:.1f} ({carried:.1f} of it scheduler and workers, of "
        f"which they use {rest:.1f} while idle for as long), a second run "
        f"{again.cpu:.1f}; pages per CPU-second, Dask to pool: "
        f"{pool.cpu / (over.cpu + carried):.2f}, net of idling "
        f"{pool.cpu / (over.cpu + carried - rest):.2f}; peaks of the workers {peaks} MB"
    )


def test_a_killed_scheduler_is_begun_again(
    collection: Path,
    tmp_path: Path,
    undisturbed: list[tuple[object, ...]],
    dask: tuple[str, list[subprocess.Popen[bytes]]],
) -> None:
    address, processes = dask
    database = tmp_path / "lost.db"
    child = subprocess.Popen(
        command(database, str(collection), "--cluster", address), env=environment(database),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    while child.poll() is None and not (database.exists() and _parts(database)):
        time.sleep(0.5)
    processes[0].kill()
    out, _ = child.communicate(timeout=1800)
    printed = json.loads(out)
    again = run(database, str(collection), "--workers", "2")
    print(f"\nended as {printed['verdict']}: {printed['reason']}; then {again.printed['verdict']}")
    assert contents(database) == undisturbed


def _parts(database: Path) -> int:
    opened = open_database(f"sqlite:///{database}")
    with opened.reading() as session:
        count: int = session.execute(text("SELECT count(*) FROM backfill_parts")).scalar_one()
    opened.close()
    return count

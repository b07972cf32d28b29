"""Back-fills over a made collection: what is found and what it costs.

Method.  ``tests.benchmarks.archives`` writes the collection (CPPCC_BENCH_PAGES, 2,000 by default;
20,000 for the record).  CPU is that of all processes (RUSAGE_CHILDREN of one command, and for a
cluster what its processes used meanwhile).  The peer, warcio with trafilatura, reads a sample of
the same files in one process.  Ratios alone mean anything; no number of time fails a test.
"""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from crawler.backfill.archive.reading import Page, read_archive
from crawler.backfill.parts.dask_engine import DaskEngine
from crawler.backfill.parts.part import Job, PartResult
from crawler.backfill.parts.planning import plan_parts
from crawler.backfill.parts.pool import Engine, LocalPool
from crawler.backfill.parts.prefilter import Wanted, speaks_of_cppcc
from crawler.cluster import connect
from crawler.sources.declaration import load_sources
from storage.engine.database import open_database
from tests.benchmarks.archives import write
from tests.benchmarks.backfilling import (
    Cluster,
    children_of,
    contents,
    cpu_of,
    digest,
    memory_of,
    run,
    sqlite,
)
from tests.storage.samples import NOW

PAGES = int(os.environ.get("CPPCC_BENCH_PAGES", "2000"))
FILES = max(4, PAGES // 1000)
PLANTED = max(20, PAGES // 100)

pytestmark = [pytest.mark.bench, pytest.mark.long]


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    given = os.environ.get("CPPCC_BENCH_COLLECTION")
    if given:
        return Path(given)
    folder = tmp_path_factory.mktemp("archives")
    write(folder, files=FILES, pages=PAGES, planted=PLANTED)
    return folder


def test_what_is_found_and_what_it_costs(collection: Path, tmp_path: Path) -> None:
    truth = json.loads((collection / "truth.json").read_text())
    planted = {url for one in truth.values() for url in one["planted"]}
    url = sqlite(tmp_path / "a.db")
    done = run(url, str(collection))
    found = {row[0] for row in contents(url)}
    again = run(url, str(collection))
    few = tmp_path / "few"
    write(few, files=2, pages=8, planted=8)
    run(sqlite(tmp_path / "few.db"), str(few))
    start = run(sqlite(tmp_path / "few.db"), str(few)).cpu  # nothing new in two small files
    net = (again.cpu - start) / done.cpu
    opened = open_database(url)
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
        f"unpack); the filtered path is {(unpacking + reading) / (unpacking + asking):.1f} times "
        f"as fast as reading every page"
    )


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    # Runs where Dask is installed (extras dev, cluster): one machine alone needs none.
    pytest.importorskip(
        "distributed",
        reason="Dask is not installed: it runs with the extras dev and cluster, so in CI",
    )
    made = Cluster(tmp_path)
    yield made
    made.close()


def test_dask_beside_the_pool(collection: Path, tmp_path: Path, cluster: Cluster) -> None:
    """Two workers each, in turn; net of what a pass over eight pages costs the same way."""
    few = tmp_path / "few"
    write(few, files=2, pages=8, planted=8)
    giant = few / "part-000.warc.gz"  # the first file has the giant record
    giant.unlink()

    def pool(number: int, archives: Path) -> float:
        return run(sqlite(tmp_path / f"p{number}.db"), str(archives), "--workers", "2").cpu

    def dask(number: int, archives: Path) -> float:
        before = cpu_of(cluster.pids())
        url = sqlite(tmp_path / f"d{number}.db")
        own = run(url, str(archives), "--cluster", cluster.address).cpu
        return own + cpu_of(cluster.pids()) - before

    dask(0, few)  # its workers import once, the pool's each time
    dask(1, few)
    ratios = []
    for turn in range(2, 6, 2):
        started, over = pool(turn, few), dask(turn, few)
        whole, carried = pool(turn + 1, collection), dask(turn + 1, collection)
        ratios.append((whole - started) / (carried - over))
        print(
            f"\npool {whole:.1f} CPU s, {started:.1f} of it start; Dask {carried:.1f}, {over:.1f} "
            f"of it start; pages per CPU-second, Dask to pool: raw {whole / carried:.2f}, net "
            f"{ratios[-1]:.2f}"
        )
    assert digest(sqlite(tmp_path / "d3.db")) == digest(sqlite(tmp_path / "p3.db"))


@pytest.mark.parametrize("which", ["pool", "cluster"])
def test_memory_of_the_workers(
    collection: Path, which: str, request: pytest.FixtureRequest
) -> None:
    """One worker reads all files, one after the other; its memory as each has ended."""
    engine: Engine = LocalPool(1)
    if which == "cluster":
        made: Cluster = request.getfixturevalue("cluster")
        made.workers[1].kill()
        engine = DaskEngine(connect(made.address))
    plan = plan_parts([collection], Wanted())
    job = Job(wanted=Wanted(), sources=tuple(load_sources(None).values()), now=NOW)
    held, peaks = [], []
    before = set(children_of(os.getpid()))
    for outcome in engine.read(job, plan.parts):
        if isinstance(outcome, PartResult):
            if which == "cluster":
                pid = made.workers[0].pid
            else:
                (pid,) = set(children_of(os.getpid())) - before
            held.append(memory_of(pid, "VmRSS"))
            peaks.append(memory_of(pid, "VmHWM"))
    print(f"\n{which}: MB held after each of {len(held)} parts {held}, peaks {peaks}")
    assert max(peaks) <= 500
    assert len(held) == len(plan.parts)

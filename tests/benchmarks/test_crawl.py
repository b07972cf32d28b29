"""The whole path, fetch to store, against bare Scrapy on the same pages in the same run."""

import os
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from fixtures.server import SmallInternetProcess
from storage.engine.database import open_database
from tests.benchmarks.crawl_site import DECLARATION, build_site
from tests.benchmarks.table import Table
from tests.crawl_many import ROOT

FEW, MANY = 200, 1700
ROUNDS = 2
SHARES = {"default": 0.50, "tuned": 0.45}
"""Of a bare crawl's pages a second, so many at least."""
CRAWLS = {
    "default": "bare Scrapy, its own settings",
    "tuned": "bare Scrapy, our settings",
    "whole": "whole path: fetch, read, store",
}


def cpu_seconds(words: Sequence[str], environment: Mapping[str, str]) -> float:
    """CPU time of a child process, start-up included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *words],
        env={**os.environ, **environment},
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=600,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


@pytest.mark.bench
def test_whole_path_against_bare_scrapy(tmp_path: Path) -> None:
    """A page's cost is the slope between a small and a large crawl: start-up is not a page's."""
    cost: dict[str, list[float]] = {name: [] for name in CRAWLS}
    start_up: dict[str, list[float]] = {name: [] for name in CRAWLS}
    for turn in range(ROUNDS):
        small = measure(tmp_path / f"small{turn}", FEW)
        large = measure(tmp_path / f"large{turn}", MANY)
        for name in CRAWLS:
            slope = (large[name] - small[name]) / (MANY - FEW)
            cost[name].append(slope)
            start_up[name].append(small[name] - FEW * slope)
    print(f"\n{MANY} pages of 73 KB less {FEW}, the best of {ROUNDS} rounds")
    print(f"{'crawl':34}{'ms a page':>10}{'pages a CPU-s':>15}{'whole / it':>12}{'start-up s':>12}")
    whole = min(cost["whole"])
    for name, words in CRAWLS.items():
        best = min(cost[name])
        print(
            f"{words:34}{best * 1000:>10.2f}{1 / best:>15.0f}{best / whole:>12.2f}"
            f"{min(start_up[name]):>12.1f}"
        )
    table = Table()
    for name, share in SHARES.items():
        bare = min(cost[name])
        table.add(f"whole path, {CRAWLS[name]}", 1000 * whole, 1000 * bare / share, unit="ms/page",
                  floor=1000 * bare)  # fmt: skip
    table.show()


def measure(folder: Path, pages: int) -> dict[str, float]:
    """CPU seconds of each crawl of a new site with so many pages."""
    folder.mkdir()
    urls = folder / "urls.txt"
    urls.write_text("\n".join(build_site(folder / "hosts", pages)), "utf-8")
    sources = folder / "sources"
    sources.mkdir()
    (sources / "bench_net.toml").write_text(DECLARATION, "utf-8")
    url = f"sqlite:///{folder / 'cppcc.db'}"
    open_database(url).close()
    with SmallInternetProcess(folder / "hosts") as internet:
        environment = {
            **internet.environment(),
            "CPPCC_DATABASE_URL": url,
            "CPPCC_SOURCES": str(sources),
            "CPPCC_TODAY": "2021-01-24",
            "CPPCC_MAX_DELAY_SECONDS": "0",
        }
        seconds = {
            name: cpu_seconds(["-m", "tests.benchmarks.bare_crawl", str(urls), name], environment)
            for name in ("default", "tuned")
        }
        seconds["whole"] = cpu_seconds(["-m", "tests.crawl_many", "bench_net"], environment)
    engine = create_engine(url)
    with engine.connect() as connection:
        stored, verdict = connection.execute(
            text("SELECT (SELECT count(*) FROM publications), verdict FROM runs")
        ).one()
    engine.dispose()
    assert (stored, verdict) == (pages, "complete")
    return seconds

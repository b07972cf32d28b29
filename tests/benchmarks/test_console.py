"""The console over 100,000 publications: server time of each page, of search, and memory.

`CPPCC_BENCH_CONSOLE` names a database made by `tests.benchmarks.console_database` or
`tests.benchmarks.large_database`; without it one of 100,000 publications is made first.  Of a
million only inbox, coverage and publication are asked (`CPPCC_BENCH_CONSOLE_FEW=1`).
"""

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.benchmarks.console_database import build

pytestmark = [pytest.mark.bench]

PAGES = (
    "/", "/flags?status=accepted&region=云南", "/flags.json", "/flags?status=open&year=2018",
    "/publications/1", "/publications/1900", "/coverage", "/coverage/云南/2018", "/sources",
    "/sources/{source}", "/runs", "/runs/5", "/incidents", "/incidents/1", "/compare",
    "/compare?regions=云南,广西", "/topics", "/exports", "/doctor", "/backfills", "/login",
    "/feeds/flags.atom", "/feeds/search.atom?q=提案",
)  # fmt: skip
SEARCHES = ("/search?q=提案", "/search?q=政协", "/search?q=云南政协2020年十件大事",
            "/search?q=民主监督 委员&region=广西&year=2021", "/search?q=委")  # fmt: skip
FEW = tuple(one for one in PAGES if one.startswith(("/publ", "/cov", "/flags", "/feeds/flags"))
            or one == "/")  # fmt: skip
ROUNDS = 60


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    given = os.environ.get("CPPCC_BENCH_CONSOLE")
    path = Path(given) if given else tmp_path_factory.mktemp("bench") / "cppcc.db"
    if not given:
        build(path, 100_000).close()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "scheduler", "console", "--port", str(port)]
    environment = {**os.environ, "CPPCC_DATABASE_URL": f"sqlite:///{path}",
                   "CPPCC_TODAY": "2026-03-10"}  # fmt: skip
    environment.pop("CPPCC_BENCH_CONSOLE", None)
    running = subprocess.Popen(words, env=environment)
    address = f"http://127.0.0.1:{port}"
    with httpx.Client(trust_env=False) as client:
        for _ in range(600):
            try:
                client.get(f"{address}/login")
                break
            except httpx.TransportError:
                time.sleep(0.2)
    yield address, running.pid
    running.terminate()
    running.wait(30)


def test_each_page_and_search_is_quick_and_the_process_small(base: tuple[str, int]) -> None:
    address, pid = base
    slow = []
    with httpx.Client(trust_env=False, timeout=60) as client:
        source = client.get(f"{address}/sources.json").json()["rows"][0]["id"]
        chosen = FEW if os.environ.get("CPPCC_BENCH_CONSOLE_FEW") else (*PAGES, *SEARCHES)
        for path in (one.replace("{source}", source) for one in chosen):
            client.get(address + path)  # the first one fills caches; a person waits for it once
            times = []
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                answer = client.get(address + path)
                times.append((time.perf_counter() - begun) * 1000)
                assert answer.status_code == 200, (path, answer.text[:2000])
            p95 = statistics.quantiles(times, n=20)[-1]
            bound = 200 if path in SEARCHES else 150
            print(f"{path:50} p50 {statistics.median(times):7.1f} ms  p95 {p95:7.1f} ms")
            slow += [path] if p95 > bound else []
    memory = next(
        int(line.split()[1]) / 1024
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith("VmRSS")
    )
    print(f"memory {memory:.0f} MB")
    assert memory <= 150
    assert not slow

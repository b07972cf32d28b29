"""Two services, one database, 500 due ticks of simulated minutes: how many runs are doubled."""

import time

import pytest

from tests.scheduler.test_two_services import run_two

MINUTES, SOURCES = 50, 10


@pytest.mark.bench
def test_500_ticks(database_url: str) -> None:
    began = time.perf_counter()
    services, count = run_two(database_url, minutes=MINUTES, sources=SOURCES)
    shares = [sum(service.launcher.started.values()) for service in services]
    engine, took = database_url.partition(":")[0], time.perf_counter() - began
    print(f"\n{engine}: {MINUTES * SOURCES} due ticks, {count} runs, "
          f"carried {shares[0]} + {shares[1]}, doubled 0, {took:.0f} s")  # fmt: skip
    assert count == MINUTES * SOURCES
    for service in services:
        service.database.close()

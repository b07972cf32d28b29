"""A real service on the small internet: kill -9 loses nothing and doubles nothing."""

import json
import random
import time
import urllib.request
from pathlib import Path

from crawler.sources.declaration import load_sources
from fixtures.server import SmallInternetProcess
from storage.engine.database import Database
from storage.runs.history import list_runs
from storage.runs.states import RunState
from tests.scheduler.living import Living, Receiver


def flag_keys(database: Database) -> set[str]:
    with database.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT id FROM flags").all()
    return {f"flag:{row[0]}" for row in rows}


def test_killed_services_and_children_lose_nothing(tmp_path: Path) -> None:
    chance = random.Random(3)
    with SmallInternetProcess(day=1) as internet, Receiver() as receiver:
        living = Living(
            tmp_path,
            {
                **internet.environment(),
                "CPPCC_TODAY": "2021-01-24",
                "CPPCC_MAX_DELAY_SECONDS": "0",
                "CPPCC_CHANNELS": receiver.url,
            },
        )
        for victim in ("service", "child"):
            living.start()
            end = time.monotonic() + 30
            while not living.children() and time.monotonic() < end:
                time.sleep(0.1)
            time.sleep(chance.uniform(0.0, 2.0))
            if victim == "service":
                living.kill()
            else:
                living.kill_children(living.children()[:1])
        living.wait_idle(runs=7, seconds=120)
        assert living.stop() == 0
        database = living.database()
        with database.reading() as session:
            records = list_runs(session, limit=100)
        by_clock = [record.source_id for record in records if record.trigger == "clock"]
        assert len(by_clock) == len(set(by_clock)) == 7, "one a source, however often killed"
        for record in records:
            assert record.state is RunState.FINISHED
            assert record.verdict is not None
            assert record.verdict.kind.value == "complete", record.verdict.reason
        keys = flag_keys(database)
        assert keys
        assert keys <= receiver.keys.keys()
        database.close()
        for line in (tmp_path / "service.log").read_text("utf-8").splitlines():
            assert receiver.url not in line
            assert json.loads(line)["event"]


def test_health_and_metrics_answer_on_loopback(tmp_path: Path) -> None:
    with SmallInternetProcess(day=1) as internet:
        living = Living(
            tmp_path,
            {
                **internet.environment(),
                "CPPCC_TODAY": "2021-01-24",
                "CPPCC_MAX_DELAY_SECONDS": "0",
                "CPPCC_METRICS_PORT": "19464",
            },
        )
        living.start()
        base, opener = "http://127.0.0.1:19464", urllib.request.build_opener()
        end = time.monotonic() + 30
        while True:
            try:
                health = json.load(opener.open(f"{base}/healthz"))
                break
            except OSError:
                assert time.monotonic() < end, "nobody answers"
                time.sleep(0.2)
        declared = f"cppcc_sources {len(load_sources()):.1f}"
        metrics = ""
        while declared not in metrics:  # it answers before the sources are entered
            assert time.monotonic() < end + 60, metrics[:2000]
            metrics = opener.open(f"{base}/metrics").read().decode()
            time.sleep(0.2)
        assert living.stop() == 0
    assert health["well"] is True
    assert "cppcc_last_round_timestamp_seconds" in metrics

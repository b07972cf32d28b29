"""An hour of the real service with random faults: memory flat, no process or handle leaked.

``CPPCC_TEST_SOAK_MINUTES`` shortens it.  Every source is looked at every minute; the small
internet changes its day (and so its failures) at random, the webhook refuses one message in
five, children are killed.
"""

import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from fixtures.server import SmallInternetProcess
from storage.runs.history import list_runs
from tests.benchmarks.test_idle import resident_mb
from tests.crawler.test_stories import DECLARATION, STORIES, source_id
from tests.scheduler.living import Living, Receiver

MINUTES = float(os.environ.get("CPPCC_TEST_SOAK_MINUTES", "60"))
EVERY_MINUTE = """
[night]
factor = 1
[session]
closest_minutes = 1
widest_minutes = 1
[[season]]
name = "always"
first = "01-01"
last = "12-31"
closest_minutes = 1
widest_minutes = 1
"""
TOLD = ("healthy", "challenge", "status503", "stale", "truncated", "page7")


def handles(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def descendants(pid: int) -> int:
    """Living or dead child processes of the service itself."""
    return sum(
        len(path.read_text().split()) for path in Path(f"/proc/{pid}/task").glob("*/children")
    )


@pytest.mark.bench
@pytest.mark.long
def test_soak(tmp_path: Path) -> None:
    chance = random.Random(60)
    sources = tmp_path / "sources"
    sources.mkdir()
    (tmp_path / "calendar.toml").write_text(EVERY_MINUTE, "utf-8")
    for story in STORIES:
        if story.name in TOLD:
            text = DECLARATION.format(name=story.name * 2, host=story.host, list_url=story.list_url)
            (sources / f"{source_id(story)}.toml").write_text(text, "utf-8")
    with SmallInternetProcess(day=1) as internet, Receiver(failing=0.2) as receiver:
        living = Living(
            tmp_path,
            {
                **internet.environment(),
                "CPPCC_SOURCES": str(sources),
                "CPPCC_CALENDAR": str(tmp_path / "calendar.toml"),
                "CPPCC_TODAY": "2021-01-26",
                "CPPCC_MAX_DELAY_SECONDS": "0",
                "CPPCC_RUNS_AT_ONCE": "2",
                "CPPCC_CHANNELS": receiver.url,
            },
        )
        living.start()
        assert living.process is not None
        pid, began, samples, killed = living.process.pid, time.monotonic(), [], 0
        while time.monotonic() - began < MINUTES * 60:
            time.sleep(20)
            if chance.random() < 0.2:
                internet.day = chance.randint(1, 3)
            if chance.random() < 0.1 and (children := living.children()):
                living.kill_children([chance.choice(children)])
                killed += 1
            assert living.process.poll() is None, "the service died"
            samples.append((resident_mb(pid), handles(pid), descendants(pid)))
        assert living.stop() == 0
        left = living.children()
    database = living.database()
    with database.reading() as session:
        records = list_runs(session, limit=100_000)
    verdicts = Counter(record.verdict.kind.value for record in records if record.verdict)
    third = max(1, len(samples) // 3)
    early, late = samples[third : 2 * third], samples[-third:]
    memory = [sum(sample[0] for sample in part) / len(part) for part in (early, late)]
    print(f"\n{MINUTES:.0f} min, {len(records)} runs {dict(verdicts)}, {killed} children killed")
    print(f"RSS middle third {memory[0]:.0f} MB, last third {memory[1]:.0f} MB; "
          f"handles {min(s[1] for s in samples)}..{max(s[1] for s in samples)}, last "
          f"{samples[-1][1]}; children at most {max(s[2] for s in samples)}; "
          f"left behind {len(left)}; messages {dict(receiver.kinds)}")  # fmt: skip
    assert memory[1] <= memory[0] * 1.1 + 5
    assert max(sample[1] for sample in late) <= max(sample[1] for sample in early) + 5
    assert max(sample[2] for sample in samples) <= 3
    assert not left

"""kill -9 of services and children at 50 random moments over the small internet's three days.

``CPPCC_TEST_KILLS`` changes their number.  The database in the end is compared with one that
nobody disturbed.
"""

import os
import random
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fixtures.server import SmallInternetProcess
from fixtures.site import DAY_ONE
from storage.engine.database import Database
from storage.records import SHANGHAI, RunTrigger, VerdictKind
from storage.runs.door import create_run
from storage.runs.history import RunRecord, list_runs
from storage.runs.states import RunState
from tests.scheduler.living import Living, Receiver

KILLS = int(os.environ.get("CPPCC_TEST_KILLS", "50"))
SOURCES = (
    "guangxi_cppcc_news", "guangxi_daily", "guangxi_news", "people_guangxi", "people_yunnan",
    "yunnan_daily", "yunnan_net",
)  # fmt: skip
VICTIMS = ("service", "child", "child", "both")


def ask_runs(database: Database, names: list[str], today: datetime) -> None:
    """Manual runs: they keep the service busy, and none of them may be lost."""
    with database.begin() as session:
        for name in names:
            create_run(
                session,
                name,
                trigger=RunTrigger.MANUAL,
                due_at=today,
                now=today,
                options={"full": True},
            )


def present(day: int) -> datetime:
    """Now, on a day of the small internet."""
    on = DAY_ONE + timedelta(days=day - 1)
    return datetime.now(SHANGHAI).replace(year=on.year, month=on.month, day=on.day)


def content(database: Database) -> Counter[tuple[object, ...]]:
    """Every revision of every publication, and every event: what must be the same."""
    with database.reading() as session:
        ask = session.connection().exec_driver_sql
        rows = ask(
            "SELECT p.url, r.revision, r.content_sha256, p.genre FROM revisions r "
            "JOIN publications p ON p.id = r.publication_id"
        ).all()
        events = ask(
            "SELECT p.url, e.ordinal, e.heading, '' FROM events e "
            "JOIN publications p ON p.id = e.publication_id"
        ).all()
    return Counter(tuple(row) for row in [*rows, *events])


def flagged(database: Database) -> dict[str, str]:
    """{message key: URL of the flag's publication}."""
    with database.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT f.id, p.url FROM flags f JOIN publications p ON p.id = f.publication_id"
        )
        return {f"flag:{number}": url for number, url in rows}


def shortcomings(records: list[RunRecord]) -> Counter[tuple[str, str]]:
    """Verdicts other than complete, with their reasons: a kill gives a run back."""
    return Counter(
        (record.verdict.kind.value, record.verdict.reason)
        for record in records
        if record.verdict is not None and record.verdict.kind is not VerdictKind.COMPLETE
    )


def settings(internet: SmallInternetProcess, receiver: Receiver, day: int) -> dict[str, str]:
    return {
        **internet.environment(),
        "CPPCC_TODAY": (DAY_ONE + timedelta(days=day - 1)).isoformat(),
        "CPPCC_MAX_DELAY_SECONDS": "0",
        "CPPCC_CHANNELS": receiver.url,
    }


def strike(living: Living, victim: str, chance: random.Random) -> str:
    """Kill what was chosen, if it lives; what was killed."""
    children = living.children()
    struck = []
    if victim in ("service", "both"):
        living.kill()
        struck.append("service")
    if victim in ("child", "both") and children:
        living.kill_children([chance.choice(children)])
        struck.append("child")
    return "+".join(struck)


@pytest.mark.bench
@pytest.mark.long
def test_random_kills(tmp_path: Path) -> None:
    chance = random.Random(50)
    struck: Counter[str] = Counter()
    began = time.monotonic()
    (tmp_path / "calm").mkdir()
    (tmp_path / "killed").mkdir()
    with SmallInternetProcess(day=1) as internet, Receiver(failing=0.2) as receiver:
        with Receiver() as unused:
            for day in (1, 2, 3):
                internet.day = day
                calm = Living(tmp_path / "calm", settings(internet, unused, day))
                ask_runs(calm.database(), list(SOURCES), present(day))
                calm.start()
                calm.wait_idle(runs=7 * day, seconds=240)
                calm.stop()
        for day in (1, 2, 3):
            internet.day = day
            living = Living(tmp_path / "killed", settings(internet, receiver, day))
            database = living.database()
            ask_runs(database, list(SOURCES), present(day))
            living.start()
            wanted = KILLS * day // 3
            while struck.total() < wanted:
                time.sleep(chance.uniform(0.2, 5.0))
                if not living.children():
                    ask_runs(database, chance.sample(SOURCES, 2), present(day))
                if what := strike(living, chance.choice(VICTIMS), chance):
                    struck[what] += 1
                if living.process is not None and living.process.poll() is not None:
                    living.start()
            ask_runs(database, list(SOURCES), present(day))
            living.wait_idle(runs=7, seconds=400)
            living.stop()
            database.close()
        result, reference = living.database(), calm.database()
    with result.reading() as session:
        records = list_runs(session, limit=10_000)
    states = Counter(record.state.value for record in records)
    verdicts = Counter(record.verdict.kind.value for record in records if record.verdict)
    tokens = Counter(record.token for record in records)
    ours, theirs = content(result), content(reference)
    flags, known = flagged(result), flagged(reference)
    undelivered = flags.keys() - receiver.keys.keys()
    print(f"\n{struck.total()} kills {dict(struck)} in {(time.monotonic() - began) / 60:.1f} min")
    print(f"runs: {len(records)}, states {dict(states)}, verdicts {dict(verdicts)}, "
          f"claims a run {dict(sorted(tokens.items()))}")  # fmt: skip
    for (kind, reason), count in shortcomings(records).items():
        print(f"  {kind} {count} x: {reason}")
    print(f"items: {ours.total()} (undisturbed {theirs.total()}), lost {(theirs - ours).total()}, "
          f"doubled {(ours - theirs).total()}")  # fmt: skip
    print(f"flags: {len(flags)} (undisturbed {len(known)}), undelivered {len(undelivered)}, "
          f"deliveries {sum(receiver.keys[key] for key in flags)}")  # fmt: skip
    assert states.keys() <= {RunState.FINISHED.value, RunState.LOST.value}
    assert ours == theirs
    assert sorted(flags.values()) == sorted(known.values())
    assert not undelivered

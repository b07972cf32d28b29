"""A run that is played: it holds its lease, writes one effect, and finishes."""

import random
import time
from datetime import datetime

from sqlalchemy import text

from storage.engine.database import open_database
from storage.records import SHANGHAI, RunCounts, Verdict, VerdictKind
from storage.runs import lease
from storage.runs.lease import LEASE_SECONDS

EFFECTS = "CREATE TABLE IF NOT EXISTS effects (run_id bigint NOT NULL)"


def now() -> datetime:
    """The time, in Shanghai."""
    return datetime.now(SHANGHAI)


def play(url: str, run_id: int, token: int) -> None:
    """One run: beats, one effect, its verdict."""
    database = open_database(url, migrate=False)
    for _ in range(3):
        with database.begin() as session:
            lease.heartbeat(
                session, run_id, token, now=now(), lease_seconds=LEASE_SECONDS,
                counts=RunCounts(),
            )  # fmt: skip
        time.sleep(random.uniform(0.05, 0.3))
    # The effect and the verdict commit together, as a crawl's last batch and its row may not:
    # there a second start finds the articles known.
    with database.begin() as session:
        lease.hold_lease(session, run_id, token)
        session.execute(text("INSERT INTO effects VALUES (:run)"), {"run": run_id})
        verdict = Verdict(kind=VerdictKind.COMPLETE, reason="played")
        lease.finish_run(session, run_id, token, verdict, RunCounts(articles_new=1), now=now())

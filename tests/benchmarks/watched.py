"""Sources that services look at every minute, proved and crawled before."""

from datetime import datetime
from pathlib import Path

from storage.engine.database import Database
from storage.links import standing
from storage.records import RunCounts, RunTrigger, Verdict, VerdictKind
from storage.runs import door, lease

SOURCES = 100
COMPLETE = Verdict(kind=VerdictKind.COMPLETE, reason="played")


def proved_and_crawled(database: Database, source_ids: list[str], at: datetime) -> None:
    """Sources that need neither a first look nor a first crawl, as of ``at``."""
    for source_id in source_ids:
        with database.begin() as session:
            standing.note_proved(session, source_id, by="probe", now=at)
            run_id, token = door.begin_run(
                session, source_id, trigger=RunTrigger.MANUAL, owner="before", now=at
            )
            lease.finish_run(session, run_id, token, COMPLETE, RunCounts(articles_new=1), now=at)


def every_minute(folder: Path, source_ids: list[str]) -> Path:
    path = folder / "calendar.toml"
    path.write_text(
        "".join(f"[source.{one}]\nclosest_minutes = 1\nwidest_minutes = 1\n" for one in source_ids),
        "utf-8",
    )
    return path

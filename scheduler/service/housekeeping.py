"""What is done once a minute: coverage, incidents of what is not declared any more, messages.

Functions of the database and of values, for a worker thread; each step is a transaction of its
own, and what was not done is found again the next time.
"""

from datetime import datetime

from scheduler.alerts import digest, notices, searches
from scheduler.health import alarm, cells
from scheduler.i18n import Words, words_in
from scheduler.service.declared import Declared
from storage.engine.database import Database
from storage.notices import incidents
from storage.notices.coverage import Cell
from storage.runs import outputs
from storage.search import saved


def keep_house(
    database: Database,
    declared: Declared,
    *,
    now: datetime,
    digest_hour: int,
    coverage: bool,
    outcomes: bool,
    language: str = "zh",
) -> None:
    """Everything of it; ``language`` is the one that messages are put in.

    ``coverage`` says whether the cells are to be brought up to the day, ``outcomes`` whether
    all that is stored is to be measured, which reads every publication's day.
    """
    if coverage:
        refresh_coverage(database, declared, now=now)
        with database.begin() as session:
            outputs.forget_old(session, now=now)
    if outcomes:
        measure(database, declared, now=now)
    words = words_in(language)
    tell(database, words, now=now)
    tell_found(database, words, now=now)
    post_digest(database, declared, words, now=now, hour=digest_hour)


def refresh_coverage(database: Database, declared: Declared, *, now: datetime) -> list[Cell]:
    """Bring the coverage cells up to the day, and end the incidents of undeclared sources."""
    with database.begin() as session:
        refreshed = cells.refresh(session, declared.almanac, declared.sources, now=now)
        for one in incidents.unresolved_incidents(session):
            if one.source_id is not None and one.source_id not in declared.sources:
                incidents.resolve_incidents(
                    session,
                    one.subject,
                    now=now,
                    note="its source is not declared any more",
                )
    return refreshed


def measure(database: Database, declared: Declared, *, now: datetime) -> None:
    """Measure what is stored against what should be, and enter what falls short."""
    with database.reading() as session:
        found = alarm.alarms(session, declared.sources, now=now)
    with database.begin() as session:
        alarm.enter_alarms(session, declared.sources, found, now=now)


def tell(database: Database, words: Words, *, now: datetime) -> None:
    """Put messages of openings and recoveries into the outbox; most times there is none."""
    with database.reading() as session:
        wanted = bool(incidents.untold(session)) or bool(incidents.told_unrecovered(session))
    if wanted:
        with database.begin() as session:
            notices.tell_openings(session, words, now=now)
            notices.tell_recoveries(session, words, now=now)


def tell_found(database: Database, words: Words, *, now: datetime) -> None:
    """Put messages of what saved searches found into the outbox; most times there is none."""
    with database.reading() as session:
        due = bool(saved.due_searches(session, now=now))
    if due:
        with database.begin() as session:
            searches.tell_found(session, words, now=now)


def post_digest(
    database: Database, declared: Declared, words: Words, *, now: datetime, hour: int
) -> None:
    """Put the day's digest into the outbox, once; its hour is asked for without a lock first."""
    with database.reading() as session:
        due = digest.is_due(session, now=now, hour=hour)
    if due:
        with database.begin() as session:
            digest.post_digest(session, declared.sources, words, now=now)

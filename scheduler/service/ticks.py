"""A tick's work on the database: what it calls for, what it brought, when the next one is.

Functions of the database and of values alone, for worker threads; what is remembered between
ticks is the desk's.
"""

import logging
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from crawler.sources.declaration import Source
from scheduler.probing.probes import ProbeOutcome
from scheduler.probing.verification import Verification
from scheduler.rhythm import seasons, watching
from scheduler.rhythm.watching import Plan, Step
from scheduler.service.declared import Declared
from storage.engine.database import Database
from storage.links import standing
from storage.links.standing import all_standings
from storage.records import RunTrigger, SourceState
from storage.runs import door, health, history, watches

logger = logging.getLogger(__name__)


def next_ticks(database: Database, declared: Declared, *, now: datetime) -> dict[str, datetime]:
    """Every source's next tick; what was missed while nobody looked is due now."""
    times: dict[str, datetime] = {}
    with database.reading() as session:
        begun = watches.all_watches(session)
        ended = history.last_ended_at(session, now=now)
        failing = health.failing_sources(session)
        proofs = all_standings(session, declared.sources)
    calendar = declared.almanac.calendar
    for source in declared.sources.values():
        watch = begun.get(source.id)
        looked = [ended.get(source.id), watch.probed_at if watch else None]
        # What a clock that ran ahead has put into the future counts for nothing.
        last = max((at for at in looked if at is not None and at <= now), default=None)
        proof = proofs[source.id]
        if proof.state is SourceState.UNVERIFIED and proof.asked_at and proof.asked_at <= now:
            times[source.id] = max(now, proof.asked_at + watching.VERIFY_AGAIN)
        elif last is None:
            times[source.id] = now
        elif source.id in failing or (watch and watch.failed_probes):
            times[source.id] = next_tick(database, declared, source, now=now)
        else:
            spacing = watch.spacing if watch else None
            times[source.id] = seasons.next_tick(calendar, source.id, source.region, last, spacing)
    return times


def enter_looks(database: Database, looks: Mapping[str, datetime], *, now: datetime) -> None:
    """Enter the next ticks, for people who ask when a source is looked at next."""
    if looks:
        with database.begin() as session:
            watches.put_next_looks(session, looks, now=now)


def next_tick(database: Database, declared: Declared, source: Source, *, now: datetime) -> datetime:
    """One source's next tick, from what the database knows of it."""
    with database.reading() as session:
        state = watching.standing(session, source.id, now=now)
    return watching.next_tick(declared.almanac.calendar, source, state, now)


def plan_tick(
    database: Database, declared: Declared, source: Source, *, now: datetime, hastened: bool
) -> tuple[Plan, datetime]:
    """What the tick that has come calls for, and the next one; a crawl is made due at once."""
    calendar = declared.almanac.calendar
    with database.reading() as session:
        made = watching.plan(session, calendar, source, now=now, hastened=hastened)
    if made.step is Step.CRAWL:
        with database.begin() as session:
            run_id = door.add_due_run(
                session, source.id, trigger=RunTrigger.CLOCK, due_at=made.due_at, now=now
            )
        logger.info("source=%s run=%s due: %s", source.id, run_id, made.why)
    return made, watching.next_tick(calendar, source, made.state, now)


def enter_verification(
    database: Database, declared: Declared, source: Source, tried: Verification, *, now: datetime
) -> datetime:
    """Enter whether a declaration proved itself; the source's next tick."""
    with database.begin() as session:
        enter_standing(session, tried, now=now)
    logger.info("source=%s %s", source.id, "verified" if tried.sound else
                f"stays unverified: {tried.findings[0]}")  # fmt: skip
    return now if tried.sound else next_tick(database, declared, source, now=now)


def enter_standing(session: Session, tried: Verification, *, now: datetime) -> None:
    """Enter what trying a declaration showed, whoever tried it."""
    if tried.sound:
        standing.note_proved(session, tried.source_id, by="probe", now=now)
    else:
        standing.note_unproved(session, tried.source_id, "; ".join(tried.findings), now=now)


def enter_probe(
    database: Database,
    declared: Declared,
    source: Source,
    made: Plan,
    outcome: ProbeOutcome,
    *,
    now: datetime,
) -> datetime:
    """Enter what a probe learnt; the source's next tick."""
    with database.begin() as session:
        run_id, state = watching.note_probe(session, source, outcome, due_at=made.due_at, now=now)
    if run_id is not None:
        logger.info("source=%s run=%s due: the probe saw a change", source.id, run_id)
    if outcome.refusal is not None:
        logger.info("source=%s probe refused: %s %s", source.id,
                    outcome.refusal.refusal_class.value, outcome.refusal.detail)  # fmt: skip
    return watching.next_tick(declared.almanac.calendar, source, state, now)

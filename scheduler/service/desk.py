"""What the service remembers of its sources between ticks, and what each tick does.

The memory only says when to look next; whether there is something to do is read from the
database when the time comes.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from crawler.sources.declaration import Source
from scheduler.probing.probes import ProbeOutcome
from scheduler.rhythm import seasons, watching
from scheduler.rhythm.hastening import Suspicion
from scheduler.rhythm.watching import Plan, Standing, Step
from scheduler.service.rounds import Declared, Settled
from storage.engine.database import Database
from storage.records import FailureClass, RefusalClass, RunTrigger
from storage.runs import door, health, history, watches

logger = logging.getLogger(__name__)

AFTER_ERROR = timedelta(minutes=1)
UNREACHED = frozenset({RefusalClass.NETWORK, RefusalClass.HTTP_ERROR})


class Desk:
    """Plans ticks and enters what they brought."""

    def __init__(
        self, database: Database, declared: Declared, *, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self.declared = declared
        self._now = now
        self._suspicion = Suspicion()
        self._next: dict[str, datetime] = {}
        self._hastened: set[str] = set()

    def learn_all(self) -> None:
        """Work out every source's next tick; what was missed while we were down is due now."""
        now = self._now()
        with self._database.reading() as session:
            begun = watches.all_watches(session)
            ended = history.last_ended_at(session, now=now)
            failing = health.failing_sources(session)
        for source in self.declared.sources.values():
            watch = begun.get(source.id)
            looked = [ended.get(source.id), watch.probed_at if watch else None]
            last = max((at for at in looked if at is not None and at <= now), default=None)
            if last is None:
                self._next[source.id] = now
            elif source.id in failing or (watch and watch.failed_probes):
                self.learn(source.id)
            else:
                spacing = watch.spacing if watch else None
                self._next[source.id] = seasons.next_tick(
                    self.declared.almanac.calendar, source.id, source.region, last, spacing
                )

    def learn(self, source_id: str) -> datetime | None:
        """Work out one source's next tick from what the database knows; None if undeclared."""
        source = self.declared.sources.get(source_id)
        if source is None:
            return None
        now = self._now()
        with self._database.reading() as session:
            state = watching.standing(session, source_id, now=now)
        return self._set_next(source, state, now)

    def wait(self, source_id: str) -> timedelta:
        """How long until the source is looked at next; 0 when that is due or late."""
        now = self._now()
        return max(timedelta(0), self._next.get(source_id, now) - now)

    def next_at(self, source_id: str) -> datetime:
        """The source's next tick."""
        return self._next[source_id]

    def put_off(self, source_id: str) -> None:
        """A tick failed by our own fault: try it again soon, not at once."""
        self._next[source_id] = self._now() + AFTER_ERROR

    def plan(self, source_id: str) -> Plan | None:
        """What the tick that has come calls for; a crawl is made due at once."""
        source = self.declared.sources.get(source_id)
        if source is None:
            return None
        now = self._now()
        calendar = self.declared.almanac.calendar
        hastened = source_id in self._hastened
        self._hastened.discard(source_id)
        with self._database.reading() as session:
            made = watching.plan(session, calendar, source, now=now, hastened=hastened)
        self._set_next(source, made.state, now)
        if made.step is Step.CRAWL:
            with self._database.begin() as session:
                run_id = door.add_due_run(
                    session, source_id, trigger=RunTrigger.CLOCK, due_at=made.due_at, now=now
                )
            logger.info("source=%s run=%s due: %s", source_id, run_id, made.why)
        return made

    def note_probe(self, source_id: str, made: Plan, outcome: ProbeOutcome) -> set[str]:
        """Enter what a probe learnt; the sources that are to be looked at right away."""
        source = self.declared.sources.get(source_id)
        if source is None:
            return set()
        now = self._now()
        with self._database.begin() as session:
            run_id, state = watching.note_probe(
                session, source, outcome, due_at=made.due_at, now=now
            )
        self._set_next(source, state, now)
        if run_id is not None:
            logger.info("source=%s run=%s due: the probe saw a change", source_id, run_id)
        if outcome.refusal is not None:
            logger.info("source=%s probe refused: %s %s", source_id,
                        outcome.refusal.refusal_class.value, outcome.refusal.detail)  # fmt: skip
            if outcome.refusal.refusal_class in UNREACHED:
                return self._hasten(
                    self._suspicion.failed(source_id, self.declared.sources, now=now)
                )
            return set()
        return self._hasten(self._suspicion.answered(source_id, now=now))

    def note_settled(self, settled: Iterable[Settled]) -> set[str]:
        """Learn from judged runs; the sources that are to be looked at right away."""
        now = self._now()
        hastened: set[str] = set()
        for one in settled:
            self.learn(one.source_id)
            if one.judgement.failure_class is FailureClass.NETWORK:
                hastened |= self._suspicion.failed(one.source_id, self.declared.sources, now=now)
            elif one.judgement.sound:
                hastened |= self._suspicion.answered(one.source_id, now=now)
        return self._hasten(hastened)

    def _hasten(self, source_ids: set[str]) -> set[str]:
        known = source_ids & self.declared.sources.keys()
        now = self._now()
        for source_id in known:
            self._next[source_id] = now
        self._hastened |= known
        if known:
            logger.warning("%s sources are looked at at once: many fail or recover together",
                           len(known))  # fmt: skip
        return known

    def _set_next(self, source: Source, state: Standing, now: datetime) -> datetime:
        at = watching.next_tick(self.declared.almanac.calendar, source, state, now)
        self._next[source.id] = at
        return at

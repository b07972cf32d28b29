"""What becomes of ended runs: judged once, entered as health, and as incidents where needed."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from crawler.sources.declaration import Source
from scheduler.health import subjects
from scheduler.health.judgement import PASSING, Baseline, Judgement, RunEvidence, judge
from scheduler.rhythm.seasons import Calendar
from scheduler.rhythm.watching import changed
from storage.errors import OptionsError
from storage.links.discoveries import list_refusals, newest_listed
from storage.links.standing import standing_of
from storage.notices import incidents
from storage.records import (
    SHANGHAI,
    DoubtKind,
    FailureClass,
    RunTrigger,
    SourceState,
    VerdictKind,
)
from storage.runs import health, history, watches
from storage.runs.history import RunRecord
from storage.runs.options import CrawlOptions
from storage.runs.states import RunState
from storage.runs.totals import list_totals
from storage.runs.watches import Watch

logger = logging.getLogger(__name__)

BASELINE_RUNS = 300
"""Past runs that say what is usual: of a source crawled several times a day, some two months."""


@dataclass(slots=True)
class Baselines:
    """What is usual, by source and season; filled from past runs when first asked for."""

    _kept: dict[str, dict[str, Baseline]] = field(default_factory=dict)
    _last: dict[str, datetime] = field(default_factory=dict)

    def of(self, session: Session, calendar: Calendar, source: Source, at: datetime) -> Baseline:
        """The baseline of the season that ``at`` is in."""
        if source.id not in self._kept:
            self._kept[source.id] = {}
            for record in reversed(history.ended_runs(session, source.id, BASELINE_RUNS)):
                self.note(calendar, source, record)
        season = calendar.season_name(source.region, at.astimezone(SHANGHAI).date())
        return self._kept[source.id].get(season, Baseline())

    def note(self, calendar: Calendar, source: Source, record: RunRecord) -> None:
        """Learn from a run that read its lists."""
        if record.verdict is None or record.finished_at is None:
            return
        if record.verdict.kind not in (VerdictKind.COMPLETE, VerdictKind.PARTIAL):
            return
        last = self._last.get(source.id)
        self._last[source.id] = record.finished_at
        if last is None or source.id not in self._kept:
            return  # the first run stores the past, which says nothing of the rate
        season = calendar.season_name(source.region, record.finished_at.astimezone(SHANGHAI).date())
        kept = self._kept[source.id]
        span = max(record.finished_at - last, timedelta(0))
        kept[season] = kept.get(season, Baseline()).seen(span, record.counts.articles_new)


class Settler:
    """Judges ended runs; each is judged by one service only."""

    def __init__(self) -> None:
        self._baselines = Baselines()

    def settle(
        self,
        session: Session,
        calendar: Calendar,
        sources: Mapping[str, Source],
        record: RunRecord,
        *,
        now: datetime,
    ) -> Judgement | None:
        """Judge one ended run; None when another service has, or its source is not declared."""
        run_id = record.id
        source = sources.get(record.source_id)
        if source is None:
            health.enter_health(
                session, run_id, record.source_id, failure_class=None,
                reason="its source is not declared any more", now=now,
            )  # fmt: skip
            return None
        watch = watches.get_watch(session, source.id) or Watch(
            source_id=source.id, since=record.created_at
        )
        judgement = judge(self._evidence(session, calendar, source, record, watch, now))
        failing = judgement.failure_class is not None and not judgement.sound
        repeated = failing and self._failed_before(session, source.id)
        if not health.enter_health(
            session,
            run_id,
            source.id,
            failure_class=judgement.failure_class,
            reason=judgement.reason,
            now=now,
            conclusive=judgement.conclusive,
        ):
            return None
        if judgement.conclusive:  # what was asked for in part says nothing of what is usual
            self._baselines.note(calendar, source, record)
            watches.put_watch(session, _after_run(watch, record))
        self._incidents(session, source, record, judgement, repeated=repeated, now=now)
        return judgement

    def _evidence(
        self,
        session: Session,
        calendar: Calendar,
        source: Source,
        record: RunRecord,
        watch: Watch,
        now: datetime,
    ) -> RunEvidence:
        wrong = record.verdict is not None and record.verdict.kind is VerdictKind.WRONG_CONTENT
        listed_on = known_on = None
        doubts: frozenset[DoubtKind] = frozenset()
        if wrong:
            totals = list_totals(session, record.id)
            doubts = frozenset(one.doubt for one in totals if one.doubt is not None)
            begun = record.started_at or record.due_at
            listed_on = newest_listed(session, source.id, seen_since=begun)
            known_on = newest_listed(session, source.id)
        sound = record.counts.refused == 0
        return RunEvidence(
            verdict=record.verdict,
            cancelled=record.state is RunState.CANCELLED,
            refusals=[] if sound else list_refusals(session, record.id),
            now=now,
            articles_new=record.counts.articles_new,
            last_new_at=watch.last_new_at,
            watched_since=watch.since,
            max_days_silent=source.expect.max_days_silent,
            baseline=self._baselines.of(session, calendar, source, now),
            listed_on=listed_on,
            known_on=known_on,
            doubts=doubts,
            bounded=_is_bounded(record),
        )

    def _failed_before(self, session: Session, source_id: str) -> bool:
        last = next(iter(health.health_history(session, source_id, 1)), None)
        return last is not None and last.failure_class not in (None, FailureClass.SILENT)

    def _incidents(
        self,
        session: Session,
        source: Source,
        record: RunRecord,
        judgement: Judgement,
        *,
        repeated: bool,
        now: datetime,
    ) -> None:
        subject = subjects.of_source(source.id)
        found = judgement.failure_class
        if found is not None and standing_of(session, source.id).state is not SourceState.VERIFIED:
            return  # a claim that fails, or what a person set aside, is no incident
        if found is None:
            if judgement.sound:
                incidents.resolve_incidents(session, subject, now=now, note="a sound run")
            return
        if found in PASSING and not repeated:
            return
        opened = incidents.open_incident(
            session,
            subject,
            found,
            reason=judgement.reason,
            now=now,
            source_id=source.id,
            region=source.region,
            run_id=record.id,
        )
        incidents.resolve_incidents(
            session, subject, now=now, note=f"became {found.value}", keep=[found]
        )
        if opened:
            logger.warning("source=%s incident=%s %s", source.id, found.value, judgement.reason)


def _is_bounded(record: RunRecord) -> bool:
    """Whether a run left something out on purpose; one whose options are none could not run."""
    try:
        return CrawlOptions.from_json(record.options).bounded
    except OptionsError:
        return False


def _after_run(watch: Watch, record: RunRecord) -> Watch:
    """What a run teaches of the source's rhythm; a probe's change was counted by the probe."""
    if not record.counts.articles_new or record.finished_at is None:
        return watch
    watch = replace(watch, last_new_at=record.finished_at)
    return watch if record.trigger is RunTrigger.PROBE else changed(watch, record.finished_at)

"""What to do about a source when its tick comes, and what a probe's answer leads to.

No network and no clock in here: the service asks ``plan``, probes where it is told to, and
hands the outcome to ``note_probe``.  All that is known between ticks is in the database, so
two services on it decide alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum

from sqlalchemy.orm import Session

from crawler.sources.declaration import Source
from scheduler.probing.probes import ProbeOutcome
from scheduler.rhythm import seasons
from scheduler.rhythm.seasons import Calendar
from storage.links.standing import SourceStanding, standing_of
from storage.records import SHANGHAI, FailureClass, RunTrigger, SourceState
from storage.runs import door, health, history, watches
from storage.runs.watches import ProbePage, Watch

HISTORY = 8  # judged runs looked back over: from there on every back-off is at its longest
WALLED = frozenset({FailureClass.BLOCKED, FailureClass.CHALLENGE})
VERIFY_AGAIN = timedelta(days=7)
"""A declaration that did not prove itself is tried again so much later."""


class Step(Enum):
    """What a tick calls for."""

    NOTHING = "nothing"
    VERIFY = "verify"
    PROBE = "probe"
    CRAWL = "crawl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One source between ticks: its watch, the end of its last run, its failures in a row.

    ``failed_at`` is when it last failed; None while it is sound.  ``proved`` says whether its
    declaration is proved, and whether a person paused it.
    """

    proved: SourceStanding
    watch: Watch
    ended_at: datetime | None
    failed_runs: int
    failed_at: datetime | None
    walled: bool

    @property
    def failures(self) -> int:
        """Failed runs and failed probes in a row."""
        return self.failed_runs + self.watch.failed_probes

    @property
    def retry_at(self) -> datetime | None:
        """Before this it is left alone; None while it is sound."""
        if self.failed_at is None:
            return None
        return self.failed_at + seasons.back_off(self.failures, walled=self.walled)

    @property
    def verify_at(self) -> datetime | None:
        """When its declaration is tried next; None where that is proved, or nobody may ask.

        One that was never tried is due at the beginning of time.
        """
        if self.proved.state is not SourceState.UNVERIFIED:
            return None
        asked_at = self.proved.asked_at
        return datetime.min.replace(tzinfo=UTC) if asked_at is None else asked_at + VERIFY_AGAIN

    def spacing(self, now: datetime) -> timedelta | None:
        """The time between changes; a silence that lasts longer already counts."""
        if self.watch.spacing is None or self.watch.changed_at is None:
            return self.watch.spacing
        return max(self.watch.spacing, now - self.watch.changed_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a tick leads to; ``due_at`` names its grid point, ``why`` says it in words."""

    state: Standing
    step: Step
    due_at: datetime
    why: str
    known: Mapping[str, ProbePage]


def standing(session: Session, source_id: str, *, now: datetime) -> Standing:
    """How a source stands; a watch begins when it is first asked for."""
    watch = watches.get_watch(session, source_id) or Watch(source_id=source_id, since=now)
    failed: list[health.HealthEntry] = []
    for entry in health.health_history(session, source_id, HISTORY):
        if entry.failure_class in (None, FailureClass.SILENT):
            break
        failed.append(entry)
    times = [entry.judged_at for entry in failed[:1]]
    if watch.failed_probes and watch.probed_at is not None:
        times.append(watch.probed_at)
    return Standing(
        proved=standing_of(session, source_id),
        watch=watch,
        ended_at=history.ended_at(session, source_id, now=now),
        failed_runs=len(failed),
        # What a clock that ran ahead has put into the future is no reason to wait until then.
        failed_at=max((at for at in times if at <= now), default=None),
        walled=bool(failed) and failed[0].failure_class in WALLED,
    )


def next_tick(calendar: Calendar, source: Source, state: Standing, now: datetime) -> datetime:
    """When the source is looked at next: on its grid, or when its back-off has passed."""
    if state.verify_at is not None:
        return max(state.verify_at, now + seasons.MINUTE)
    if state.retry_at is not None:
        return max(state.retry_at, now + seasons.MINUTE)
    return seasons.next_tick(calendar, source.id, source.region, now, state.spacing(now))


def plan(
    session: Session, calendar: Calendar, source: Source, *, now: datetime, hastened: bool = False
) -> Plan:
    """What the tick of ``now`` calls for; ``hastened`` overrides the back-off of a retry."""
    state = standing(session, source.id, now=now)
    spacing = state.spacing(now)
    due_at = seasons.due_slot(calendar, source.id, source.region, now, spacing)
    step, why = _step(session, calendar, source, state, now, hastened=hastened)
    if state.retry_at is not None or hastened:
        due_at = now.replace(second=0, microsecond=0)  # off the grid, yet the same for two clocks
    known = watches.probe_pages(session, source.id) if step is Step.PROBE else {}
    return Plan(state=state, step=step, due_at=due_at, why=why, known=known)


def _step(
    session: Session,
    calendar: Calendar,
    source: Source,
    state: Standing,
    now: datetime,
    *,
    hastened: bool,
) -> tuple[Step, str]:
    if history.has_open_run(session, source.id):
        return Step.NOTHING, "a run of it is open"
    if state.proved.state is SourceState.PAUSED:
        return Step.NOTHING, state.proved.why
    if state.verify_at is not None:
        if now < state.verify_at:
            return Step.NOTHING, f"unverified: {state.proved.why}"
        return Step.VERIFY, "can it be read as it is declared?"
    if state.ended_at is None:
        return Step.CRAWL, "never crawled"
    if state.retry_at is not None:
        if now < state.retry_at and not hastened:
            until = state.retry_at.astimezone(SHANGHAI)
            return Step.NOTHING, f"left alone until {until:%H:%M} after a failure"
        if state.failures == 1 and state.failed_runs:
            return Step.CRAWL, "a failed run is tried again"
        return Step.PROBE, "does it answer again?"
    if now - state.ended_at >= calendar.crawl_interval(source.id):
        return Step.CRAWL, "a full look, whatever probes say"
    spacing = state.watch.spacing
    step = seasons.interval(calendar, source.id, source.region, now, state.spacing(now))
    if spacing is not None and spacing < step:
        return Step.CRAWL, "it changes faster than it is watched: a probe would be wasted"
    return Step.PROBE, "has it changed?"


def note_probe(
    session: Session,
    source: Source,
    outcome: ProbeOutcome,
    *,
    due_at: datetime,
    now: datetime,
) -> tuple[int | None, Standing]:
    """Enter what a probe learnt; the id of the run that it leads to, if any, and how it stands.

    The links are kept as known only when the change has its run: a change that meets an open
    run, or whose transaction is lost, is seen again by the next probe.
    """
    door.lock_schedule(session)
    state = standing(session, source.id, now=now)
    if outcome.refusal is not None:
        return _note_refusal(session, source, state, due_at=due_at, now=now)
    run_id = None
    if outcome.changed or state.failures > 0:
        run_id = door.add_due_run(
            session, source.id, trigger=RunTrigger.PROBE, due_at=due_at, now=now
        )
    watch = replace(state.watch, probed_at=now, failed_probes=0)
    if outcome.changed and run_id is not None:
        watch = changed(watch, now)
    if run_id is not None or not outcome.changed:
        watches.put_probe_pages(session, source.id, outcome.pages)
    watches.put_watch(session, watch)
    return run_id, replace(state, watch=watch)


def _note_refusal(
    session: Session, source: Source, state: Standing, *, due_at: datetime, now: datetime
) -> tuple[int | None, Standing]:
    """A refused probe of a sound source asks for a run, whose verdict is the evidence."""
    run_id = None
    watch = replace(state.watch, probed_at=now)
    if state.failures == 0:
        run_id = door.add_due_run(
            session, source.id, trigger=RunTrigger.PROBE, due_at=due_at, now=now
        )
    else:
        watch = replace(watch, failed_probes=watch.failed_probes + 1)
        state = replace(state, failed_at=now)
    watches.put_watch(session, watch)
    return run_id, replace(state, watch=watch)


def changed(watch: Watch, now: datetime) -> Watch:
    """The watch after a change seen now."""
    if watch.changed_at is None:
        return replace(watch, changed_at=now)
    observed = max(now - watch.changed_at, timedelta(0))
    return replace(watch, changed_at=now, spacing=seasons.smoothed(watch.spacing, observed))

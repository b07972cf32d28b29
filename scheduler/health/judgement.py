"""What an ended run says of its source: a class of failure, or that it is sound.  Pure.

The verdict says what a run proved; the class says what is wrong with the source, so that a
person knows what to do.  ``judge`` looks at the verdict first, then at what the lists were
refused for, then at the articles, and only for a sound run at what is usual in this season.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from storage.records import (
    LIST_KINDS,
    SOUND_KINDS,
    DoubtKind,
    FailureClass,
    Refusal,
    RefusalClass,
    Verdict,
    VerdictKind,
)

PASSING = frozenset({FailureClass.PARTIAL, FailureClass.NETWORK, FailureClass.OURS})
"""Classes that often pass by themselves: an incident opens at the second run in a row."""

OF_REFUSAL: Mapping[RefusalClass, FailureClass] = {
    RefusalClass.NETWORK: FailureClass.NETWORK,
    RefusalClass.HTTP_ERROR: FailureClass.NETWORK,
    RefusalClass.BLOCKED: FailureClass.BLOCKED,
    RefusalClass.FORBIDDEN: FailureClass.BLOCKED,
    RefusalClass.CHALLENGE: FailureClass.CHALLENGE,
    RefusalClass.GONE: FailureClass.GONE,
    RefusalClass.SOFT_404: FailureClass.GONE,
    RefusalClass.REDIRECTED: FailureClass.GONE,
    RefusalClass.MOVED: FailureClass.MOVED,
    RefusalClass.OFFSITE: FailureClass.MOVED,
    RefusalClass.TOO_LARGE: FailureClass.CHANGED_LAYOUT,
    RefusalClass.TRUNCATED: FailureClass.PARTIAL,
    RefusalClass.NOT_HTML: FailureClass.CHANGED_LAYOUT,
    RefusalClass.SCRIPT_SHELL: FailureClass.CHANGED_LAYOUT,
    RefusalClass.TOO_SHORT: FailureClass.CHANGED_LAYOUT,
    RefusalClass.NOT_ARTICLE: FailureClass.CHANGED_LAYOUT,
    RefusalClass.MOJIBAKE: FailureClass.CHANGED_LAYOUT,
    RefusalClass.HIJACKED: FailureClass.WRONG_CONTENT,
    RefusalClass.LAYOUT_CHANGED: FailureClass.CHANGED_LAYOUT,
    RefusalClass.WRONG_CONTENT: FailureClass.WRONG_CONTENT,
    RefusalClass.OURS: FailureClass.OURS,
}

SELDOM_SILENT = 7.0
"""So many articles would have come by now: the chance of none is below one in a thousand."""
USUAL_SILENCE = 3.0
"""Below so many expected articles, silence longer than declared is the season's own."""
LEARNT_DAYS = 14.0
"""Two weekends at least: fewer days would take a quiet one for the rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What is usual of a source in one season: new articles in so many observed days."""

    days: float = 0.0
    articles: int = 0

    @property
    def per_day(self) -> float | None:
        """New articles a day; None before enough days were observed."""
        return self.articles / self.days if self.days >= LEARNT_DAYS else None

    def seen(self, span: timedelta, articles: int) -> "Baseline":
        """With one more run, ``span`` after the last one; a pause counts two days at most."""
        days = min(span / timedelta(days=1), 2.0)
        return replace(self, days=self.days + days, articles=self.articles + articles)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEvidence:
    """Everything that a judgement rests on.

    ``listed_on`` is the newest day that this run's lists showed, ``known_on`` the newest that
    any earlier run's did, ``doubts`` are those that its lists raised; ``last_new_at`` when a run
    last stored a new article; ``bounded`` that its options left something out on purpose.
    """

    verdict: Verdict | None
    cancelled: bool
    refusals: Sequence[Refusal]
    now: datetime
    articles_new: int
    last_new_at: datetime | None
    watched_since: datetime
    max_days_silent: int
    baseline: Baseline
    listed_on: date | None = None
    known_on: date | None = None
    doubts: frozenset[DoubtKind] = frozenset()
    bounded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a run showed; ``failure_class`` is None when it is ``sound`` or not ``conclusive``.

    A run that was cancelled, or asked for a part only, is not: it says nothing of its source.
    """

    sound: bool
    failure_class: FailureClass | None
    reason: str
    conclusive: bool = True


def judge(evidence: RunEvidence) -> Judgement:
    """The class of failure that a run shows, if any."""
    verdict = evidence.verdict
    if evidence.cancelled:
        return _nothing("cancelled; it shows nothing")
    if evidence.bounded:
        return _nothing("bounded by its options")
    if verdict is None:
        return Judgement(
            sound=False, failure_class=FailureClass.OURS, reason="it ended without a verdict"
        )
    if verdict.kind in SOUND_KINDS:
        silence = silent_words(evidence)
        return Judgement(
            sound=True,
            failure_class=FailureClass.SILENT if silence else None,
            reason=silence or verdict.reason,
        )
    return Judgement(
        sound=False, failure_class=_class_of(verdict.kind, evidence), reason=verdict.reason
    )


def _nothing(why: str) -> Judgement:
    return Judgement(sound=False, failure_class=None, reason=why, conclusive=False)


def silent_words(evidence: RunEvidence) -> str | None:
    """Why the source counts as silent, in words; None when it does not."""
    if evidence.articles_new:
        return None
    since = evidence.last_new_at or evidence.watched_since
    days = (evidence.now - since) / timedelta(days=1)
    per_day = evidence.baseline.per_day
    if per_day is not None and days > 2 and per_day * days > SELDOM_SILENT:
        return f"nothing new for {days:.0f} days; {per_day:.1f} articles a day are usual now"
    if days <= evidence.max_days_silent:
        return None
    if per_day is not None and per_day * days < USUAL_SILENCE:
        return None
    return f"nothing new for {days:.0f} days, at most {evidence.max_days_silent} are declared"


def _class_of(kind: VerdictKind, evidence: RunEvidence) -> FailureClass:
    lists = [refusal for refusal in evidence.refusals if refusal.kind in LIST_KINDS]
    match kind:
        case VerdictKind.BLOCKED:
            classes = {refusal.refusal_class for refusal in evidence.refusals}
            challenged = RefusalClass.CHALLENGE in classes
            return FailureClass.CHALLENGE if challenged else FailureClass.BLOCKED
        case VerdictKind.WRONG_CONTENT:
            return FailureClass.STALE if _is_stale(evidence) else FailureClass.WRONG_CONTENT
        case VerdictKind.EMPTY_UNEXPECTED:
            return FailureClass.SILENT
        case VerdictKind.CHANGED:
            return _most_frequent(lists) or FailureClass.CHANGED_LAYOUT
        case VerdictKind.FAILED:
            return _most_frequent(lists or evidence.refusals) or FailureClass.OURS
        case _:
            return _of_partial(evidence.refusals)


def _of_partial(refusals: Sequence[Refusal]) -> FailureClass:
    """Partial, unless one cause of ours or of the layout stands behind most refusals."""
    counts = Counter(OF_REFUSAL[refusal.refusal_class] for refusal in refusals)
    for cause in (FailureClass.OURS, FailureClass.CHANGED_LAYOUT):
        if counts[cause] * 2 > len(refusals) and counts[cause] > 2:
            return cause
    return FailureClass.PARTIAL


def _most_frequent(refusals: Sequence[Refusal]) -> FailureClass | None:
    counts = Counter(OF_REFUSAL[refusal.refusal_class] for refusal in refusals)
    return counts.most_common(1)[0][0] if counts else None


def _is_stale(evidence: RunEvidence) -> bool:
    if evidence.listed_on and evidence.known_on and evidence.listed_on < evidence.known_on:
        return True
    return DoubtKind.STALE in evidence.doubts

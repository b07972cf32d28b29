"""The failure class of a run, as a table."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from scheduler.health.judgement import OF_REFUSAL, Baseline, RunEvidence, judge
from storage.records import (
    SHANGHAI,
    FailureClass,
    Refusal,
    RefusalClass,
    RequestKind,
    Verdict,
    VerdictKind,
)

NOW = datetime(2027, 1, 20, 9, tzinfo=SHANGHAI)


def refused(kind: str, refusal_class: str, count: int = 1) -> list[Refusal]:
    return [
        Refusal(
            url=f"http://x.example/{kind}/{number}",
            kind=RequestKind(kind),
            refusal_class=RefusalClass(refusal_class),
            detail="",
        )
        for number in range(count)
    ]


def evidence(kind: str | None, refusals: list[Refusal] | None = None) -> RunEvidence:
    return RunEvidence(
        verdict=Verdict(kind=VerdictKind(kind), reason="words") if kind else None,
        cancelled=False,
        refusals=refusals or [],
        now=NOW,
        articles_new=0,
        last_new_at=NOW - timedelta(days=1),
        watched_since=NOW - timedelta(days=100),
        max_days_silent=3,
        baseline=Baseline(),
    )


@pytest.mark.parametrize(
    ("kind", "refusals", "expected"),
    [
        ("complete", [], None),
        ("complete", refused("article", "gone"), None),
        ("empty_expected", [], None),
        ("empty_unexpected", [], "silent"),
        ("failed", refused("listing", "gone"), "gone"),
        ("failed", refused("listing", "soft_404"), "gone"),
        ("changed", refused("listing", "redirected"),
         "gone"),
        ("changed", refused("listing", "moved"), "moved"),
        ("failed", refused("listing", "moved"), "moved"),
        ("changed", refused("listing", "offsite"), "moved"),
        ("blocked", refused("listing", "blocked", 3), "blocked"),
        ("blocked", refused("article", "challenge"), "challenge"),
        ("changed", refused("listing", "script_shell"), "changed_layout"),
        ("changed", refused("listing", "layout_changed"), "changed_layout"),
        ("changed", refused("listing", "mojibake"), "changed_layout"),
        ("failed", refused("listing", "too_large"), "changed_layout"),
        ("changed", [], "changed_layout"),  # fewer links than declared
        ("wrong_content", refused("listing", "wrong_content"), "wrong_content"),
        ("wrong_content", refused("article", "hijacked", 4), "wrong_content"),
        ("failed", refused("listing", "truncated"), "partial"),
        ("partial", refused("listing", "http_error"), "partial"),
        ("partial", refused("article", "truncated", 2), "partial"),
        ("partial", refused("article", "layout_changed", 5), "changed_layout"),
        ("partial", refused("article", "ours", 5), "ours"),
        ("partial", [], "partial"),  # the end of a list is not proved
        ("failed", refused("listing", "network", 2), "network"),
        ("failed", refused("listing", "http_error"), "network"),
        ("failed", refused("listing", "ours"), "ours"),
        ("failed", [], "ours"),  # the account does not balance
        (None, [], "ours"),  # lost: its runners died
    ],
)  # fmt: skip
def test_the_class_of_a_run(
    kind: str | None, refusals: list[Refusal], expected: str | None
) -> None:
    judgement = judge(evidence(kind, refusals))
    assert (judgement.failure_class and judgement.failure_class.value) == expected
    assert judgement.sound is (kind in ("complete", "empty_expected"))


def test_every_refusal_class_stands_for_a_failure() -> None:
    assert set(OF_REFUSAL) == set(RefusalClass)


def test_an_old_copy_is_told_from_another_column() -> None:
    wrong = evidence("wrong_content")
    assert judge(wrong).failure_class is FailureClass.WRONG_CONTENT
    stale = replace(wrong, listed_on=date(2027, 1, 18), known_on=date(2027, 1, 20))
    assert judge(stale).failure_class is FailureClass.STALE


def test_a_cancelled_run_shows_nothing() -> None:
    judgement = judge(replace(evidence("partial"), cancelled=True))
    assert judgement.failure_class is None
    assert not judgement.sound


@pytest.mark.parametrize(
    ("days", "baseline", "silent"),
    [
        (3, Baseline(), False),
        (4, Baseline(), True),  # longer than declared
        (4, Baseline(days=60, articles=6), False),  # 0.1 a day: the season's own silence
        (40, Baseline(days=60, articles=6), True),
        (2.5, Baseline(days=30, articles=300), True),  # ten a day: no chance of none
        (1.5, Baseline(days=30, articles=300), False),
        (2.5, Baseline(days=5, articles=50), False),  # not learnt yet
    ],
)
def test_silence_is_judged_by_the_declaration_and_the_season(
    days: float, baseline: Baseline, silent: bool
) -> None:
    quiet = replace(evidence("complete"), last_new_at=NOW - timedelta(days=days), baseline=baseline)
    judgement = judge(quiet)
    assert judgement.sound
    assert (judgement.failure_class is FailureClass.SILENT) is silent
    assert judge(replace(quiet, articles_new=1)).failure_class is None


def test_a_pause_counts_two_days_at_most() -> None:
    baseline = Baseline().seen(timedelta(days=30), 4)
    assert baseline == Baseline(days=2.0, articles=4)
    assert baseline.per_day is None

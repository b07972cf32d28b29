"""What a back-fill came to, and the verdict that its account proves.  Pure."""

from dataclasses import dataclass, field

from crawler.backfill.parts.planning import Plan
from storage.records import RefusalClass, Verdict, VerdictKind
from storage.runs.history import RunRecord

HARMLESS = frozenset(
    {
        RefusalClass.GONE,
        RefusalClass.SOFT_404,
        RefusalClass.REDIRECTED,
        RefusalClass.NOT_ARTICLE,
        RefusalClass.NOT_HTML,
        RefusalClass.TOO_SHORT,
        RefusalClass.SCRIPT_SHELL,
        RefusalClass.CHALLENGE,
        RefusalClass.BLOCKED,
        RefusalClass.HTTP_ERROR,
    }
)
"""Refusals that say that the archive holds no article there: nothing that could be read is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfilled:
    """What a back-fill came to: its run, the account of all its parts, and what this run stored.

    ``members = read + unwanted + refused`` over all parts, those of earlier runs with them.
    ``by_file`` has, of each file that lost something, the records by class; a part of it that
    could not be read at all has its problem instead.
    """

    run: RunRecord | None
    parts: int
    done_before: int
    failed: int
    members: int
    read: int
    unwanted: dict[str, int]
    refused: dict[RefusalClass, int]
    new: int
    changed: int
    same: int
    reposts: int
    flags: int
    verdict: Verdict
    by_file: dict[str, list[str]] = field(default_factory=dict)


def backfill_verdict(came_to: Backfilled, plan: Plan, stopped: str | None = None) -> Verdict:
    """What a back-fill proved: complete only when every record of every part is accounted for.

    Refusals that say that there is no article take nothing away; damage does.
    """
    missing = came_to.members - came_to.read - sum(came_to.unwanted.values())
    missing -= sum(came_to.refused.values())
    lost = {kind: count for kind, count in came_to.refused.items() if kind not in HARMLESS}
    words = f"{came_to.members} records of {came_to.parts} parts, {came_to.read} read"
    if came_to.done_before:
        words += f"; {came_to.done_before} parts were read before"
    left = came_to.parts - came_to.done_before - came_to.failed
    if stopped:
        return Verdict(kind=VerdictKind.PARTIAL, reason=f"{stopped}; {words}")
    problems = [f"{count} x {kind.value}" for kind, count in lost.items()]
    if came_to.failed:
        problems.append(f"{came_to.failed} parts could not be read")
    if plan.missing:
        number = len(plan.missing)
        problems.append(f"{number} files are missing or spoilt, the first: {plan.missing[0][1]}")
    if missing:
        reason = f"{missing} records are unaccounted for; {words}"
        return Verdict(kind=VerdictKind.FAILED, reason=reason)
    if not came_to.members or (came_to.failed and not left and not came_to.done_before):
        kind = VerdictKind.FAILED if problems else VerdictKind.EMPTY_UNEXPECTED
        return Verdict(kind=kind, reason="; ".join([*problems, words]))
    if problems:
        return Verdict(kind=VerdictKind.PARTIAL, reason=f"{words}; {', '.join(problems)}")
    if not came_to.read:
        reason = f"no record speaks of the CPPCC; {words}"
        return Verdict(kind=VerdictKind.EMPTY_UNEXPECTED, reason=reason)
    return Verdict(kind=VerdictKind.COMPLETE, reason=words)

"""One message for a whole back-fill: what it found of past years, and nothing a story."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from storage.notices import flags, outbox
from storage.records import Verdict

MOST_LINES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a back-fill came to: its runs, the publications it stored, its verdict."""

    runs: Sequence[int]
    stored: int
    verdict: Verdict
    what: str  # the archives or the source, in words


def post_backfill_digest(session: Session, found: Found, *, now: datetime) -> bool:
    """Post the message of a back-fill that has stored anything, once; whether it was posted."""
    if not found.runs or not found.stored:
        return False
    title, body = backfill_words(session, found)
    key = f"backfill:{max(found.runs)}"
    return outbox.post_once(session, "digest", key, {"title": title, "body": body}, now=now)


def backfill_words(session: Session, found: Found) -> tuple[str, str]:
    """Title and body: how much was read, and the flags of past years by region."""
    raised = [flag for run_id in found.runs for flag in flags.flags_of_run(session, run_id)]
    title = (
        f"back-fill of {found.what}: {found.stored} publications of past years, "
        f"{len(raised)} flagged"
    )
    by_region = Counter(flag.region or "-" for flag in raised)
    lines = [f"{found.verdict.kind.value}: {found.verdict.reason}"]
    if raised:
        regions = ", ".join(f"{region} {count}" for region, count in by_region.most_common())
        lines.append(f"flagged by region: {regions}")
        lines += [
            f"  {flag.region or '-'} {flag.genre.value}: {flag.title} {flag.url}"
            for flag in raised[:MOST_LINES]
        ]
    if len(raised) > MOST_LINES:
        lines.append(f"  ... and {len(raised) - MOST_LINES} more")
    return title, "\n".join(lines)

"""One message for a whole back-fill: what it found of past years, and nothing a story."""

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from storage.notices import flags, outbox

if TYPE_CHECKING:
    from crawler.backfill.parts.driver import Backfilled

MOST_LINES = 20


def post_backfill_digest(session: Session, came_to: "Backfilled", *, now: datetime) -> bool:
    """Post the message of a back-fill that has stored anything, once; whether it was posted."""
    if came_to.run is None or not came_to.new + came_to.changed:
        return False
    title, body = backfill_words(session, came_to)
    return outbox.post_once(
        session,
        "digest",
        f"backfill:{came_to.run.id}",
        {"title": title, "body": body},
        now=now,
    )


def backfill_words(session: Session, came_to: "Backfilled") -> tuple[str, str]:
    """Title and body: how much was read, and the flags of past years by region."""
    assert came_to.run is not None
    found = flags.flags_of_run(session, came_to.run.id)
    title = (
        f"back-fill {came_to.run.id}: {came_to.new} publications of past years, "
        f"{len(found)} flagged"
    )
    by_region = Counter(flag.region or "-" for flag in found)
    lines = [f"{came_to.verdict.kind.value}: {came_to.verdict.reason}"]
    if found:
        regions = ", ".join(f"{region} {count}" for region, count in by_region.most_common())
        lines.append(f"flagged by region: {regions}")
        lines += [
            f"  {flag.region or '-'} {flag.genre.value}: {flag.title} {flag.url}"
            for flag in found[:MOST_LINES]
        ]
    if len(found) > MOST_LINES:
        lines.append(f"  ... and {len(found) - MOST_LINES} more")
    return title, "\n".join(lines)

"""One message for a whole back-fill: what it found of past years, and nothing a story."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.alerts.messages import Told, flag_line
from scheduler.i18n import Words
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


def post_backfill_digest(session: Session, found: Found, words: Words, *, now: datetime) -> bool:
    """Post the message of a back-fill that has stored anything, once; whether it was posted."""
    if not found.runs or not found.stored:
        return False
    key = f"backfill:{max(found.runs)}"
    told = backfill_words(session, found, words)
    return outbox.post_once(session, "digest", key, told.payload(), now=now)


def backfill_words(session: Session, found: Found, words: Words) -> Told:
    """How much was read, and the flags of past years by region."""
    raised = [flag for run_id in found.runs for flag in flags.flags_of_run(session, run_id)]
    by_region = Counter(flag.region or "-" for flag in raised)
    verdict = words.name("verdict", found.verdict.kind)
    lines = [
        words.say("%(head)s: %(title)s", head=verdict, title=found.verdict.reason),
    ]
    if raised:
        regions = ", ".join(f"{region} {count}" for region, count in by_region.most_common())
        lines.append(words.say("flagged by region: %(regions)s", regions=regions))
        lines += [f"  {flag_line(flag, words)}" for flag in raised[:MOST_LINES]]
    if len(raised) > MOST_LINES:
        more = len(raised) - MOST_LINES
        lines.append("  " + words.say("... and %(number)s more lines", number=more))
    return Told(
        title=words.say(
            "back-fill of %(what)s: %(stored)s publications of past years, %(flagged)s flagged",
            what=found.what,
            stored=found.stored,
            flagged=len(raised),
        ),
        body="\n".join(lines),
        data={
            "runs": list(found.runs),
            "stored": found.stored,
            "verdict": found.verdict.kind.value,
            "flags": [flag.id for flag in raised],
        },
    )

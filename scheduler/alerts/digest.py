"""The daily digest: what is missing, what is broken, what was found; one message a day."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from crawler.sources.declaration import Source
from scheduler.health import cells as cells_of
from scheduler.health import fleet
from scheduler.health.expected import RegionWatch, committees
from storage.links.standing import all_standings
from storage.notices import coverage, flags, incidents, outbox
from storage.notices.coverage import Cell, CellStatus
from storage.records import SHANGHAI, FailureClass, SourceState
from storage.runs.door import lock_schedule

MOST_LINES = 20
NAMED = 5
SPAN = timedelta(days=1)
UNPROVED_DAYS = fleet.UNPROVED_DAYS


def post_digest(session: Session, sources: Mapping[str, Source], *, now: datetime) -> bool:
    """Post today's digest, once, however many services share the day; False when it was posted.

    Open incidents that no message has told of yet are told by it; notes on flags too.
    """
    lock_schedule(session)
    key = _key(now)
    title, body = digest_words(session, sources, now=now)
    if not outbox.post_once(session, "digest", key, {"title": title, "body": body}, now=now):
        return False
    fresh = incidents.untold(session)
    incidents.mark_told(session, [one.id for one in fresh], key, now=now)
    for note in outbox.waiting(session, "flag_note"):
        outbox.settle(session, note.id, now=now)
    return True


def is_due(session: Session, *, now: datetime, hour: int) -> bool:
    """Whether today's hour has come and nobody has posted the digest yet."""
    local = now.astimezone(SHANGHAI)
    return local.hour >= hour and not outbox.was_posted(session, _key(now))


def _key(now: datetime) -> str:
    return f"digest:{now.astimezone(SHANGHAI):%Y-%m-%d}"


def digest_words(
    session: Session, sources: Mapping[str, Source], *, now: datetime
) -> tuple[str, str]:
    """Title and body of the digest as things stand; ``sources`` are those declared."""
    local = now.astimezone(SHANGHAI)
    cells = coverage.list_cells(session)
    unresolved = incidents.unresolved_incidents(session)
    short = [one for one in unresolved if one.failure_class is FailureClass.OUTCOME]
    broken = [
        one
        for one in unresolved
        if one.failure_class not in (FailureClass.OVERDUE, FailureClass.OUTCOME)
    ]  # the one is told with the cells, the other with what it lacks
    fresh = [flag for flag in flags.list_flags(session, limit=200) if now - flag.raised_at <= SPAN]
    lines = [
        *_missing(cells),
        *_uncovered(cells_of.region_watches(session, sources, now=now)),
        *_section(
            f"less is stored than there should be ({len(short)})",
            [f"{one.source_id or one.subject}: {one.reason}" for one in short],
        ),
        *_section(
            f"broken ({len(broken)})",
            [
                f"{one.source_id or one.subject}: {one.failure_class} since "
                f"{one.opened_at.astimezone(SHANGHAI):%m-%d %H:%M}"
                for one in broken
            ],
        ),
        *_unproved(session, now),
        *_section(
            f"flagged in the last day ({len(fresh)})",
            [f"{flag.region or '-'} {flag.genre.value}: {flag.title} {flag.url}" for flag in fresh],
        ),
        *_section(
            "revised since flagged",
            [str(note.payload.get("words", "")) for note in outbox.waiting(session, "flag_note")],
        ),
    ]
    counts = Counter(cell.status for cell in cells)
    title = (
        f"{local:%Y-%m-%d}: {counts[CellStatus.OVERDUE]} overdue, {counts[CellStatus.DUE]} due, "
        f"{len(broken)} broken, {len(fresh)} new"
    )
    return title, "\n".join(lines) or "nothing is due, broken or new"


def _uncovered(watches: Mapping[str, RegionWatch]) -> list[str]:
    """The regions of which nothing would be seen today, whether anything is due or not."""
    causes: dict[str, list[str]] = {}
    for region, _ in committees():
        watch = watches.get(region)
        if watch is None:
            cause = "no source is declared"
        elif not watch.sources:
            cause = "no source is proved and watched"
        elif watch.broken == watch.sources:
            cause = "every source is broken"
        else:
            continue
        causes.setdefault(cause, []).append(region)
    number = sum(len(regions) for regions in causes.values())
    return _section(
        f"regions not covered now ({number})",
        [f"{cause}: {'、'.join(regions)}" for cause, regions in causes.items()],
    )


def _unproved(session: Session, now: datetime) -> list[str]:
    """Declarations that did not prove themselves: each named on the day that this was found, the
    others counted, and those of a month ago called to mind."""
    tried = [
        one
        for one in all_standings(session).values()
        if one.state is SourceState.UNVERIFIED and one.asked_first_at is not None and one.finding
    ]
    if not tried:
        return []
    fresh = sorted(
        one.source_id for one in tried if one.asked_first_at and now - one.asked_first_at <= SPAN
    )
    old = sorted(
        one.source_id
        for one in tried
        if one.asked_first_at and now - one.asked_first_at >= timedelta(days=UNPROVED_DAYS)
    )
    lines = [
        f"declared, not proved, so not watched ({len(tried)}):"
        " `cppcc sources list --state unverified` says why of each"
    ]
    if fresh:
        lines.append(f"  found today ({len(fresh)}): {', '.join(fresh)}")
    if old:
        more = f" and {len(old) - NAMED} more" if len(old) > NAMED else ""
        lines.append(
            f"  for {UNPROVED_DAYS} days and longer ({len(old)}): {', '.join(old[:NAMED])}{more};"
            " `cppcc sources report` suggests what to do"
        )
    return lines


def _missing(cells: list[Cell]) -> list[str]:
    lines: list[str] = []
    for status, words in (
        (CellStatus.OVERDUE, "overdue"),
        (CellStatus.SOURCE_BROKEN, "due, but nobody can see it"),
        (CellStatus.NOT_WATCHED, "due, but not watched"),
        (CellStatus.NO_SOURCE, "due, but without a source"),
        (CellStatus.DUE, "still missing"),
    ):
        chosen = [cell for cell in cells if cell.status is status]
        lines += _section(
            f"{words} ({len(chosen)})",
            _together(chosen),
            most=40,
        )
    return lines


def _together(cells: list[Cell]) -> list[str]:
    """One line a cell, or one for all that have year and reason in common."""
    groups: dict[tuple[int, str], list[str]] = {}
    for cell in cells:
        groups.setdefault((cell.year, cell.reason), []).append(cell.region)
    return [f"{'、'.join(regions)} {year}: {reason}" for (year, reason), regions in groups.items()]


def _section(head: str, lines: list[str], most: int = MOST_LINES) -> list[str]:
    if not lines:
        return []
    more = [f"  ... and {len(lines) - most} more"] if len(lines) > most else []
    return [f"{head}:", *(f"  {line}" for line in lines[:most]), *more]

"""The daily digest: what is missing, what is broken, what was found; one message a day."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from crawler.sources.declaration import Source
from scheduler.alerts.messages import Told, flag_line
from scheduler.health import cells as cells_of
from scheduler.health import fleet
from scheduler.health.expected import RegionWatch, committees
from scheduler.i18n import Words
from storage.links.standing import all_standings
from storage.notices import coverage, flags, incidents, outbox
from storage.notices.coverage import Cell, CellStatus
from storage.notices.flags import Flag
from storage.notices.incidents import Incident
from storage.records import SHANGHAI, FailureClass, SourceState
from storage.runs.door import lock_schedule

MOST_LINES = 20
MOST_FLAGS = 200
"""So many flags of a day are named in the data; a first crawl may raise thousands."""
NAMED = 5
SPAN = timedelta(days=1)


def post_digest(
    session: Session, sources: Mapping[str, Source], words: Words, *, now: datetime
) -> bool:
    """Post today's digest, once, however many services share the day; False when it was posted.

    Open incidents that no message has told of yet are told by it; notes on flags too.
    """
    lock_schedule(session)
    key = _key(now)
    told = digest_words(session, sources, words, now=now)
    if not outbox.post_once(session, "digest", key, told.payload(), now=now):
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


KEY = "digest:"


def _key(now: datetime) -> str:
    return f"{KEY}{now.astimezone(SHANGHAI):%Y-%m-%d}"


def digest_words(
    session: Session, sources: Mapping[str, Source], words: Words, *, now: datetime
) -> Told:
    """The digest as things stand; ``sources`` are those declared.

    Regions without a source are named by the first digest that misses them, and only counted by
    those after it; one that had a source in between is named again.
    """
    local = now.astimezone(SHANGHAI)
    cells = coverage.list_cells(session)
    unresolved = incidents.unresolved_incidents(session)
    short = [one for one in unresolved if one.failure_class is FailureClass.OUTCOME]
    broken = [
        one
        for one in unresolved
        if one.failure_class not in (FailureClass.OVERDUE, FailureClass.OUTCOME)
    ]  # the one is told with the cells, the other with what it lacks
    day_ago = now - SPAN
    fresh = [
        flag
        for flag in flags.list_flags(session, past=False, limit=MOST_FLAGS)
        if flag.raised_at >= day_ago
    ]  # of those of years gone by one message tells, by the back-fill that found them
    raised = flags.count_raised(session, since=day_ago)
    watches = cells_of.region_watches(session, sources, now=now)
    lines = [
        *_missing(cells, words, local.date()),
        *_uncovered(watches, known=_told_before(session), words=words),
        *_short(short, words),
        *_broken(broken, words),
        *_unread(session, sources, words, now),
        *_unproved(session, sources, words, now),
        *_flagged(fresh, raised, words),
        *_revised(session, words),
    ]
    counts = Counter(cell.status for cell in cells)
    title = words.say(
        "%(day)s: %(overdue)s overdue, %(due)s due, %(broken)s broken, %(fresh)s new",
        day=f"{local:%Y-%m-%d}",
        overdue=counts[CellStatus.OVERDUE],
        due=counts[CellStatus.DUE],
        broken=len(broken),
        fresh=raised,
    )
    return Told(
        title=title,
        body="\n".join(lines) or words.say("nothing is due, broken or new"),
        data={
            "day": f"{local:%Y-%m-%d}",
            "cells": {
                status.value: [f"{cell.region} {cell.year}" for cell in cells
                               if cell.status is status]
                for status in TOLD_CELLS
            },
            "incidents": [one.id for one in unresolved],
            "flags": [flag.id for flag in fresh],
            WITHOUT: list(_without_source(watches)),
        },
    )  # fmt: skip


def _short(short: Sequence[Incident], words: Words) -> list[str]:
    """Sources of which less is stored than there should be."""
    head = words.say("less is stored than there should be (%(number)s)", number=len(short))
    return _section(head, [f"{one.source_id or one.subject}: {one.reason}" for one in short], words)


def _broken(broken: Sequence[Incident], words: Words) -> list[str]:
    lines = [
        words.say(
            "%(subject)s: %(failure)s since %(first)s",
            subject=one.source_id or one.subject,
            failure=words.name("failure", one.failure_class),
            first=f"{one.opened_at.astimezone(SHANGHAI):%m-%d %H:%M}",
        )
        for one in broken
    ]
    return _section(words.say("broken (%(number)s)", number=len(broken)), lines, words)


def _flagged(fresh: Sequence[Flag], raised: int, words: Words) -> list[str]:
    """The flags of the last day: ``raised`` in all, ``fresh`` the newest of them."""
    head = words.say("flagged in the last day (%(number)s)", number=raised)
    lines = [flag_line(flag, words) for flag in fresh]
    return _section(head, lines, words, untold=raised - len(fresh))


def _revised(session: Session, words: Words) -> list[str]:
    """What happened to flagged publications since the last digest."""
    notes = outbox.waiting(session, "flag_note")
    lines = [str(note.payload.get("words", "")) for note in notes]
    return _section(words.say("revised since flagged"), lines, words)


WITHOUT = "regions_without_source"
"""The digest's data by which the next one knows what was told."""


def _told_before(session: Session) -> frozenset[str]:
    """The regions without a source that the last digest knew of; none before the first."""
    last = outbox.newest(session, KEY)
    data = last.payload.get("data") if last else None
    told = data.get(WITHOUT) if isinstance(data, dict) else None
    return frozenset(str(region) for region in told) if isinstance(told, list) else frozenset()


def _without_source(watches: Mapping[str, RegionWatch]) -> list[str]:
    return [region for region, _ in committees() if region not in watches]


def _uncovered(
    watches: Mapping[str, RegionWatch], *, known: frozenset[str], words: Words
) -> list[str]:
    """The regions of which nothing would be seen today, whether anything is due or not."""
    without = _without_source(watches)
    causes = {
        words.say("no source is declared"): [one for one in without if one not in known],
        words.say("no source is proved and watched"): [
            region for region, _ in committees()
            if region in watches and not watches[region].sources
        ],
        words.say("every source is broken"): [
            region for region, _ in committees()
            if region in watches and 0 < watches[region].sources <= watches[region].broken
        ],
    }  # fmt: skip
    lines = [
        words.say("%(head)s: %(title)s", head=cause, title="、".join(regions))
        for cause, regions in causes.items()
        if regions
    ]
    before = sum(region in known for region in without)
    if before:
        lines.append(
            words.say("no source is declared, as told before: %(number)s regions", number=before)
        )
    number = before + sum(len(regions) for regions in causes.values())
    head = words.say("regions not covered now (%(number)s)", number=number)
    return _section(head, lines, words)


def _unread(
    session: Session, sources: Mapping[str, Source], words: Words, now: datetime
) -> list[str]:
    """Sources of which nothing is known to be wrong because no crawl of them ends any more."""
    names = fleet.unread(session, sources, now=now)
    head = words.say(
        "watched, and not crawled for %(days)s days and longer (%(number)s)",
        days=fleet.STALE.days,
        number=len(names),
    )
    return _section(head, names, words)


def _unproved(
    session: Session, sources: Mapping[str, Source], words: Words, now: datetime
) -> list[str]:
    """Declarations that did not prove themselves: each named on the day that this was found, the
    others counted, and those of a month ago called to mind."""
    tried = [
        one
        for one in all_standings(session).values()
        if one.source_id in sources  # what is known of a declaration stays when that is gone
        and one.state is SourceState.UNVERIFIED
        and one.asked_first_at is not None
        and one.finding
    ]
    if not tried:
        return []
    fresh = sorted(
        one.source_id for one in tried if one.asked_first_at and now - one.asked_first_at <= SPAN
    )
    old = sorted(
        one.source_id
        for one in tried
        if one.asked_first_at and now - one.asked_first_at >= timedelta(days=fleet.UNPROVED_DAYS)
    )
    lines = [
        words.say(
            "declared, not proved, so not watched (%(number)s):"
            " `cppcc sources list --state unverified` says why of each",
            number=len(tried),
        )
    ]
    if fresh:
        found = words.say("found today (%(number)s)", number=len(fresh))
        lines.append("  " + words.say("%(head)s: %(title)s", head=found, title=", ".join(fresh)))
    if old:
        shown = ", ".join(old[:NAMED])
        if len(old) > NAMED:
            shown += words.say(" and %(number)s more", number=len(old) - NAMED)
        lines.append(
            "  "
            + words.say(
                "for %(days)s days and longer (%(number)s): %(shown)s;"
                " `cppcc sources report` suggests what to do",
                days=fleet.UNPROVED_DAYS,
                number=len(old),
                shown=shown,
            )
        )
    return lines


TOLD_CELLS: Mapping[CellStatus, str] = {
    CellStatus.OVERDUE: "overdue (%(number)s)",
    CellStatus.SOURCE_BROKEN: "due, but nobody can see it (%(number)s)",
    CellStatus.NOT_WATCHED: "due, but not watched (%(number)s)",
    CellStatus.DUE: "still missing (%(number)s)",
}
"""What the digest lists by cell; those without a source are told by region."""


def _missing(cells: list[Cell], words: Words, today: date) -> list[str]:
    lines: list[str] = []
    for status, head in TOLD_CELLS.items():
        chosen = [cell for cell in cells if cell.status is status]
        lines += _section(
            words.say(head, number=len(chosen)), _together(chosen, words, today), words, most=40
        )
    return lines


def _together(cells: list[Cell], words: Words, today: date) -> list[str]:
    """One line a cell, or one for all that have year and words in common."""
    groups: dict[tuple[int, str], list[str]] = {}
    for cell in cells:
        groups.setdefault((cell.year, _of_cell(cell, words, today)), []).append(cell.region)
    return [
        words.say(
            "%(head)s: %(title)s", head=f"{'、'.join(regions)} {year}", title=said
        ) if said else f"{'、'.join(regions)} {year}"
        for (year, said), regions in groups.items()
    ]  # fmt: skip


def _of_cell(cell: Cell, words: Words, today: date) -> str:
    """How long a cell has time, or how late it is; nothing where that decides nothing."""
    if cell.status is CellStatus.DUE:
        days = (cell.due_until - today).days
        return words.say("%(days)s days left, until %(day)s", days=days, day=cell.due_until)
    if cell.status is CellStatus.OVERDUE:
        days = (today - cell.due_until).days
        return words.say("%(days)s days late, due until %(day)s", days=days, day=cell.due_until)
    return ""


def _section(
    head: str, lines: list[str], words: Words, most: int = MOST_LINES, *, untold: int = 0
) -> list[str]:
    """A head with its lines, the others counted; ``untold`` are those that were not even read."""
    if not lines:
        return []
    more = max(0, len(lines) - most) + untold
    rest = ["  " + words.say("... and %(number)s more lines", number=more)] if more > 0 else []
    return [words.say("%(head)s:", head=head), *(f"  {line}" for line in lines[:most]), *rest]

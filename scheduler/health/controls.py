"""What a source holds against what its site counts, its paper prints, other years bring.

Pure.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from scheduler.health import outcomes
from scheduler.health.audit import Gap, Watched
from scheduler.health.outcomes import DAY, Span
from storage.audit.counts import Between, LinkFact, WalkFact
from storage.records import End, GapCause, GapKind, OpenCause, RefusalClass, SourceState

WEEKDAY_SPAN = timedelta(weeks=4)
FELL = 20
"""So many articles fewer, and fewer than half: a whole walk that ended early."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """One source between the days ``first`` and ``last`` (both included, past and whole).

    ``days`` are its publications by day, of all that is stored; ``lists`` its walks of whole
    lists, ``issues`` the newest walk of each day of a paper; ``paper`` says that it prints
    issues, ``skips_days`` that its declaration knows days without one.  ``links`` wait or are
    refused; ``quiet`` are sound runs that stored nothing new, by month (its first day);
    ``between`` are gaps that runs named between two readings of a list.
    """

    watched: Watched
    first: date
    last: date
    days: Mapping[date, int]
    lists: Sequence[WalkFact] = ()
    issues: Sequence[WalkFact] = ()
    paper: bool = False
    skips_days: bool = False
    links: Sequence[LinkFact] = ()
    quiet: Mapping[date, int] = field(default_factory=dict)
    between: Sequence[Between] = ()


def holding_gaps(held: Holdings) -> list[Gap]:
    """Every gap of one source, by kind."""
    return [
        *_list_gaps(held),
        *_gaps_between(held),
        *_issue_gaps(held),
        *_link_gaps(held),
        *_month_gaps(held),
        *_day_gaps(held),
    ]


def stated_in_full(lists: Sequence[WalkFact]) -> bool:
    """Whether each of its lists says how much it holds, and was seen to hold no more."""
    best = _best(lists)
    return bool(best) and all(
        one.stated is not None and one.seen >= one.stated for one in best.values()
    )


def _best(lists: Sequence[WalkFact]) -> dict[str, WalkFact]:
    best: dict[str, WalkFact] = {}
    for one in lists:
        known = best.get(one.name)
        if known is None or (one.seen, one.run_id) > (known.seen, known.run_id):
            best[one.name] = one
    return best


def _list_gaps(held: Holdings) -> Iterator[Gap]:
    for name, best in _best(held.lists).items():
        proved = [one for one in held.lists if one.name == name and one.end is not None]
        newest = max(proved, key=lambda one: one.run_id, default=None)
        if best.stated is not None and best.stated > best.seen:
            yield _of_walk(held, best, best.stated, best.seen, "it states that many articles")
        elif best.stated_pages is not None and best.stated_pages > best.pages:
            yield _of_walk(
                held, best, best.stated_pages, best.pages, "it states that many pages", "pages"
            )
        elif best.end is None and (newest is None or newest.seen * 10 < best.seen * 9):
            yield _of_walk(held, best, None, best.seen, "its end was never proved")
        elif (
            newest is not None
            and best.run_id < newest.run_id
            and newest.seen * 2 < best.seen
            and best.seen - newest.seen >= FELL
        ):
            yield _of_walk(
                held, newest, best.seen, newest.seen,
                f"run {best.run_id} saw that many, and run {newest.run_id} took an end before",
            )  # fmt: skip


def _of_walk(
    held: Holdings,
    walk: WalkFact,
    expected: int | None,
    found: int,
    why: str,
    unit: str = "articles",
) -> Gap:
    cause = _cause(held, held.last)
    if walk.end is None and walk.cause is OpenCause.REFUSED:
        cause = GapCause.REFUSED
    said = f"; {walk.words}" if walk.words else ""
    return Gap(
        kind=GapKind.TOTAL,
        cause=cause,
        what=f"{walk.source_id}: {walk.name}: {found} of {expected or 'unknown'} {unit}",
        why=f"{why} (run {walk.run_id}{said})",
        region=held.watched.region,
        source_id=walk.source_id,
        expected=expected,
        found=found,
        refused=walk.refused if cause is GapCause.REFUSED else (),
    )


def _gaps_between(held: Holdings) -> Iterator[Gap]:
    """Nobody looked in time: that explains it, and no later reading of the list can mend it."""
    for one in held.between:
        begun = "the reading before" if one.first is None else str(one.first)
        yield Gap(
            kind=GapKind.BETWEEN,
            cause=GapCause.NOT_WATCHED,
            what=f"{one.source_id}: {one.name}: what it showed between {begun} and {one.last}",
            why=f"{one.words} (run {one.run_id})",
            region=held.watched.region,
            source_id=one.source_id,
            year=one.last.year,
            first=one.first,
            last=one.last,
        )


def _issue_gaps(held: Holdings) -> Iterator[Gap]:
    walks = {one.day: one for one in held.issues if one.day is not None}
    for day, walk in walks.items():
        if held.first <= day <= held.last:
            yield from _short_issue(held, day, walk)
    if not held.paper:
        return
    issues = {day for day, count in held.days.items() if count}
    issues |= {day for day, one in walks.items() if one.end is End.ISSUE_WHOLE}
    if not issues:
        return
    begun, ended = max(min(issues), held.first), min(max(issues), held.last)
    missing = [
        day
        for day in (begun + n * DAY for n in range(max((ended - begun).days + 1, 0)))
        if day not in issues and not _without_issue(held, issues, walks.get(day), day)
    ]
    for days in _rows(missing):
        asked = [walks[day] for day in days if day in walks]
        refused = bool(asked) and all(one.cause is OpenCause.REFUSED for one in asked)
        words = "; ".join(dict.fromkeys(one.words for one in asked if one.words))
        cause = _cause(held, days[0])
        yield Gap(
            kind=GapKind.ISSUE,
            cause=GapCause.REFUSED if refused and len(asked) == len(days) else cause,
            what=f"{held.watched.source_id}: {_days(days[0], days[-1])}: no issue is stored",
            why=f"there are issues before and after; {words or 'nobody asked for these days'}",
            region=held.watched.region,
            source_id=held.watched.source_id,
            first=days[0],
            last=days[-1],
            expected=len(days),
            found=0,
        )


def _short_issue(held: Holdings, day: date, walk: WalkFact) -> Iterator[Gap]:
    got = walk.stored + sum(count for _, count in walk.refused)
    expected, found, unit = walk.stated, walk.stored, "articles"
    if (expected is None or got >= expected) and walk.stated_pages is not None:
        expected, found, got, unit = walk.stated_pages, walk.pages, walk.pages, "pages"
    covered = expected is None or got >= expected
    if covered and (expected is None or found >= expected):
        return
    cause = GapCause.REFUSED if covered else _cause(held, day)
    if not covered and walk.cause is OpenCause.REFUSED:
        cause = GapCause.REFUSED
    yield Gap(
        kind=GapKind.TOTAL,
        cause=cause,
        what=f"{walk.source_id}: {day}: {found} of {expected} {unit}",
        why=f"the site states that many (run {walk.run_id})",
        region=held.watched.region,
        source_id=walk.source_id,
        year=day.year,
        first=day,
        last=day,
        expected=expected,
        found=found,
        refused=walk.refused if cause is GapCause.REFUSED else (),
    )


def _without_issue(held: Holdings, issues: set[date], walk: WalkFact | None, day: date) -> bool:
    """Whether a paper that skips days has none on this one: it says so, or never on a weekday."""
    if not held.skips_days:
        return False
    if walk is not None:
        return walk.end is End.NO_ISSUE
    weeks = range(-(WEEKDAY_SPAN.days // 7), WEEKDAY_SPAN.days // 7 + 1)
    return not any(day + n * 7 * DAY in issues for n in weeks)


def _link_gaps(held: Holdings) -> Iterator[Gap]:
    """Control totals of a source and year: what its lists showed and nobody has."""
    years: dict[int, Counter[RefusalClass | None]] = {}
    for link in held.links:
        if held.first <= link.month <= held.last:
            years.setdefault(link.month.year, Counter())[link.refusal_class] += link.count
    stored = Counter[int]()
    for day, count in held.days.items():
        stored[day.year] += count
    for year, counts in sorted(years.items()):
        waiting = counts.pop(None, 0)
        refused = tuple((kind, count) for kind, count in sorted(counts.items(), key=str) if kind)
        for number, cause, words in (
            (waiting, _cause(held, date(year, 12, 31)), "were listed and never fetched"),
            (sum(count for _, count in refused), GapCause.REFUSED, "were listed and refused"),
        ):
            if number:
                yield Gap(
                    kind=GapKind.TOTAL,
                    cause=cause,
                    what=f"{held.watched.source_id}: {year}: {number} articles {words}",
                    why=f"its lists showed them; {stored[year]} are stored",
                    region=held.watched.region,
                    source_id=held.watched.source_id,
                    year=year,
                    expected=stored[year] + number,
                    found=stored[year],
                    refused=refused if cause is GapCause.REFUSED else (),
                )


def _month_gaps(held: Holdings) -> Iterator[Gap]:
    if not held.days:
        return
    oldest = min(held.days)
    first = max(held.first, oldest) if stated_in_full(held.lists) else held.first
    for span in outcomes.thin_months(held.days, first=first, last=held.last):
        quiet = sum(
            count for month, count in held.quiet.items() if span.first <= month <= span.last
        )
        if span.last < oldest:
            why = f"the oldest that is stored is of {oldest}: nothing reached further back"
        elif quiet:
            why = f"{quiet} runs of these months said complete and brought nothing new"
        else:
            why = "the same months of other years hold more"
        yield _of_span(held, GapKind.MONTH, span, why)


def _day_gaps(held: Holdings) -> Iterator[Gap]:
    pages = {
        one.day: one.stated_pages for one in held.issues if one.day is not None and one.stated_pages
    }
    counted = {
        one.day
        for one in held.issues
        if one.stated is not None and one.stored + sum(n for _, n in one.refused) >= one.stated
    }
    empty = {one.day for one in held.issues if one.end is End.NO_ISSUE and held.skips_days}
    spans = outcomes.thin_days(held.days, first=held.first, last=held.last, pages=pages)
    for span in spans:
        if span.first not in counted | empty and not (held.paper and not span.count):
            yield _of_span(held, GapKind.DAY, span, "the same weekdays around it hold more")


def _of_span(held: Holdings, kind: GapKind, span: Span, why: str) -> Gap:
    refused = Counter[RefusalClass]()
    for link in held.links:
        if link.refusal_class and span.first.replace(day=1) <= link.month <= span.last:
            refused[link.refusal_class] += link.count
    cause = _cause(held, span.first)
    if refused.total() + span.count >= span.usual / 2 and kind is GapKind.MONTH:
        cause = GapCause.REFUSED
    return Gap(
        kind=kind,
        cause=cause,
        what=f"{held.watched.source_id}: {_days(span.first, span.last)}: {span.count} articles,"
        f" {span.usual:.0f} are usual",
        why=why,
        region=held.watched.region,
        source_id=held.watched.source_id,
        year=span.first.year if span.first.year == span.last.year else None,
        first=span.first,
        last=span.last,
        expected=round(span.usual),
        found=span.count,
        refused=tuple(sorted(refused.items())) if cause is GapCause.REFUSED else (),
    )


def _cause(held: Holdings, day: date) -> GapCause:
    if held.watched.state is SourceState.VERIFIED or held.watched.looked_on(day):
        return GapCause.UNEXPLAINED
    return GapCause.NOT_WATCHED


def _rows(days: Sequence[date]) -> Iterator[list[date]]:
    """Days that follow each other, together."""
    row: list[date] = []
    for day in days:
        if row and day - row[-1] != DAY:
            yield row
            row = []
        row.append(day)
    if row:
        yield row


def _days(first: date, last: date) -> str:
    return str(first) if first == last else f"{first} to {last}"

"""What should be there by what others say, and is not, each with its cause.  Pure.

The range never comes from the crawl: the almanac names committees and years, a site its own
counts, a part n of a series its 1 to n - 1, a session its earlier ones, an outlet what it took
from another, other years what a month holds.  That a run said ``complete`` explains nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from scheduler.health.expected import Expectations, committees, due_window
from storage.audit.works import RefusedLink, Work
from storage.notices.coverage import CellStatus, Found
from storage.records import (
    FLAGGED_GENRES,
    GapCause,
    GapKind,
    Genre,
    Level,
    RefusalClass,
    SourceState,
)

REVIEW_WORDS = ("十大", "十件", "十项", "综述", "回眸", "回顾", "盘点", "大事", "年度", "这一年")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing that is missing.

    ``what`` names it and ``why`` says what asks for it and why it is missing, for people;
    ``first`` and ``last`` are days, both included.  ``expected`` and ``found`` are counts where
    the kind has any; ``refused`` holds (class, count) where the cause is ``refused``.
    """

    kind: GapKind
    cause: GapCause
    what: str
    why: str
    region: str | None = None
    source_id: str | None = None
    year: int | None = None
    first: date | None = None
    last: date | None = None
    expected: int | None = None
    found: int | None = None
    refused: tuple[tuple[RefusalClass, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """How one declared source stands; ``since`` is when its watch began, None: it never did."""

    source_id: str
    region: str
    state: SourceState
    outlets: tuple[str, ...] = ()
    since: date | None = None
    paused_on: date | None = None

    def looked_on(self, day: date) -> bool:
        """Whether it is proved, and nobody had set it aside on that day."""
        if self.state is SourceState.PAUSED:
            return self.paused_on is not None and day < self.paused_on
        return self.state is SourceState.VERIFIED


@dataclass(frozen=True, slots=True, kw_only=True)
class Works:
    """What the almanac and single works ask for, within ``years`` (first and last)."""

    years: tuple[int, int]
    today: date
    expectations: Expectations
    found: Mapping[tuple[str, Level, int], Found]
    works: Sequence[Work] = ()
    refused: Sequence[RefusedLink] = ()
    sources: Mapping[str, Watched] = field(default_factory=dict)

    def of_region(self, region: str | None) -> list[Watched]:
        """The declared sources of a region."""
        return [one for one in self.sources.values() if one.region == region]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One review that the almanac asks for; ``status`` is found, due, not_due or the gap's."""

    region: str
    level: Level
    year: int
    status: CellStatus | GapCause
    publication_id: int | None
    due_from: date
    due_until: date


def expected_reviews(facts: Works) -> tuple[list[Expected], list[Gap]]:
    """Every (committee, year) of the almanac, and a gap for each that is missing and late."""
    rows: list[Expected] = []
    gaps: list[Gap] = []
    for region, level in committees():
        history = [one for key, one in facts.found.items() if key[:2] == (region, level)]
        for year in range(facts.years[0], facts.years[1] + 1):
            window = due_window(facts.expectations, region, level, year, history)
            known = facts.found.get((region, level, year))
            status: CellStatus | GapCause
            if known is not None and not known.removed:
                status = CellStatus.FOUND
            elif facts.today <= window[1]:
                status = CellStatus.NOT_DUE if facts.today < window[0] else CellStatus.DUE
            else:
                gap = _missing_review(facts, region, level, year, window)
                gaps.append(gap)
                status = gap.cause
            rows.append(
                Expected(
                    region=region,
                    level=level,
                    year=year,
                    status=status,
                    publication_id=known.publication_id if known else None,
                    due_from=window[0],
                    due_until=window[1],
                )
            )
    return rows, gaps


def _missing_review(
    facts: Works, region: str, level: Level, year: int, window: tuple[date, date]
) -> Gap:
    refused: tuple[tuple[RefusalClass, int], ...] = ()
    gone = [
        one
        for one in facts.works
        if one.removed
        and one.genre in FLAGGED_GENRES
        and (one.region, one.level, one.year) == (region, level, year)
    ]
    waived = facts.expectations.waivers.get((region, level, year))
    if waived is not None:
        cause, why = GapCause.WAIVED, waived
    elif gone:
        cause, why = GapCause.REMOVED, f"publication {gone[0].publication_id} was taken down"
    elif refused_ones := _refused_reviews(facts, region, year, window):
        cause, first = GapCause.REFUSED, refused_ones[0]
        refused = ((first.refusal_class, 1),)
        why = f"{first.source_id} refused “{first.title}”: {first.refusal_class.value}"
    else:
        cause, why = _region_cause(facts, region, window[1])
    return Gap(
        kind=GapKind.REVIEW,
        cause=cause,
        what=f"{region}: the review of {year}",
        why=f"the almanac has it due until {window[1]}; {why}",
        region=region,
        year=year,
        first=window[0],
        last=window[1],
        expected=1,
        found=0,
        refused=refused,
    )


def _region_cause(facts: Works, region: str | None, day: date) -> tuple[GapCause, str]:
    sources = facts.of_region(region)
    if not sources:
        return GapCause.NO_SOURCE, "no source of this region is declared"
    watched = [one for one in sources if one.looked_on(day)]
    if not watched:
        return (
            GapCause.NOT_WATCHED,
            f"none of the {len(sources)} declared sources is proved and watched",
        )
    since = min((one.since for one in watched if one.since is not None), default=None)
    if since is None or since > day:
        begun = f"its watch began on {since}" if since else "its watch has not begun"
        return GapCause.UNEXPLAINED, f"{begun}; no back-fill has brought it"
    return GapCause.UNEXPLAINED, f"watched since {since}"


def _refused_reviews(
    facts: Works, region: str, year: int, window: tuple[date, date]
) -> list[RefusedLink]:
    sources = {one.source_id for one in facts.of_region(region)}
    return [
        one
        for one in facts.refused
        if one.source_id in sources
        and (one.day is None or window[0] <= one.day <= window[1])
        and (str(year) in one.title or one.day is not None)
        and any(word in one.title for word in REVIEW_WORDS)
    ]


_OF_MANY = re.compile(r"[（(\[【]\s*\d{1,2}\s*/\s*(\d{1,2})\s*[）)\]】]")
_FIRST_OF_TWO = re.compile(r"[（(\[【]上[）)\]】]|上篇")
_FIRST_OF_THREE = re.compile(r"[（(\[【]中[）)\]】]|中篇")


def parts_of_title(title: str, part: int | None) -> int:
    """How many parts a series has at least, by one title: （上） has a （下）, （3/5） has five."""
    if many := _OF_MANY.search(title):
        return max(int(many[1]), part or 0)
    if _FIRST_OF_THREE.search(title):
        return 3
    return max(2 if _FIRST_OF_TWO.search(title) else 0, part or 0)


def series_gaps(facts: Works) -> Iterator[Gap]:
    """Parts of a stored series that are not stored."""
    groups: dict[tuple[object, ...], list[Work]] = {}
    for one in facts.works:
        year = one.year or (one.day.year if one.day else None)
        if one.part is None or one.genre not in FLAGGED_GENRES or not _within(facts, year):
            continue
        owner = one.region or one.source_id
        groups.setdefault((owner, one.level, year, one.genre), []).append(one)
    for group in groups.values():
        wanted = max(parts_of_title(one.title, one.part) for one in group)
        held = {one.part for one in group if not one.removed}
        removed = {one.part for one in group if one.removed}
        shown = group[0]
        for number in range(1, wanted + 1):
            if number in held:
                continue
            cause, why = (
                (GapCause.REMOVED, "it was taken down")
                if number in removed
                else _source_cause(facts, shown.source_id, shown.day)
            )
            yield Gap(
                kind=GapKind.PART,
                cause=cause,
                what=f"part {number} of {wanted} of “{shown.title}”",
                why=f"publication {shown.publication_id} is of the same series; {why}",
                region=shown.region,
                source_id=shown.source_id,
                year=shown.year,
            )


def session_gaps(facts: Works) -> Iterator[Gap]:
    """Sessions between a committee's first and last stored one of a term without a report."""
    terms: dict[tuple[str, Level, int], dict[int, int]] = {}
    for one in facts.works:
        if one.genre not in (Genre.WORK_REPORT, Genre.PROPOSAL_REPORT) or one.removed:
            continue
        if one.region and one.level and one.term and one.session and one.day:
            held = terms.setdefault((one.region, one.level, one.term), {})
            held[one.session] = min(one.day.year, held.get(one.session, one.day.year))
    for (region, level, term), held in terms.items():
        last = max(held)
        for number in range(1, last):
            year = held[last] - (last - number)
            if number in held or not _within(facts, year):
                continue
            cause, why = _region_cause(facts, region, date(year, 12, 31))
            yield Gap(
                kind=GapKind.SESSION,
                cause=cause,
                what=f"{region}: reports to session {number} of term {term} ({level.value})",
                why=f"those of session {last}, of {held[last]}, are stored; {why}",
                region=region,
                year=year,
            )


def copy_gaps(facts: Works) -> Iterator[Gap]:
    """Reviews that others say they took from a declared outlet, which has none itself."""
    owners = {name: one for one in facts.sources.values() for name in one.outlets}
    holders: dict[int, set[str | None]] = {}
    for one in facts.works:
        holders.setdefault(one.story_id, set()).add(one.source_id)
    told: set[tuple[int, str]] = set()
    for one in facts.works:
        if one.genre not in FLAGGED_GENRES or one.removed or one.outlet is None:
            continue
        owner = owners.get(one.outlet)
        year = one.year or (one.day.year if one.day else None)
        if owner is None or not _within(facts, year) or (one.story_id, owner.source_id) in told:
            continue
        if owner.source_id in holders[one.story_id]:
            continue
        told.add((one.story_id, owner.source_id))
        cause, why = _source_cause(facts, owner.source_id, one.day)
        yield Gap(
            kind=GapKind.COPY,
            cause=cause,
            what=f"{owner.source_id}: “{one.title}”",
            why=f"{one.source_id or 'another page'} has it from {one.outlet}; {why}",
            region=owner.region,
            source_id=owner.source_id,
            year=year,
            first=one.day,
            last=one.day,
        )


def _source_cause(facts: Works, source_id: str | None, day: date | None) -> tuple[GapCause, str]:
    source = facts.sources.get(source_id or "")
    if source is None:
        return GapCause.NO_SOURCE, "its source is not declared"
    if not source.looked_on(day or facts.today):
        return GapCause.NOT_WATCHED, f"its source is {source.state.value}"
    return GapCause.UNEXPLAINED, f"its source {source.source_id} is watched"


def _within(facts: Works, year: int | None) -> bool:
    return year is not None and facts.years[0] <= year <= facts.years[1]


def unexplained(gaps: Iterable[Gap]) -> list[Gap]:
    """The gaps without a cause."""
    return [one for one in gaps if one.cause is GapCause.UNEXPLAINED]

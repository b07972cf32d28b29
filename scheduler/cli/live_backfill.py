"""A live source's own archive, walked slice by slice as runs with the source's delays."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from crawler.backfill.slices import Slice, SliceEnd, YearCovered, slices_of, years_of
from crawler.sources.declaration import Source
from storage.engine.database import Database
from storage.records import SHANGHAI, SOUND_KINDS, RequestKind, Verdict, VerdictKind
from storage.runs import parts as ledger
from storage.runs.history import RunRecord
from storage.runs.options import CrawlOptions
from storage.runs.parts import PartEntry, PartState

WANTED = "live"
"""What stands in the ledger for what was asked: all that the source publishes."""
BY_DAY = "live, by day"
"""The same of families that once took each year for covered, whatever they held."""
SO_FAR = "live, so far"
"""The same of days of which the last one was not over: what came later that day is left to read."""
MAX_LIST_PAGES = 5_000
"""List pages of one run: the declared bound is for a day's news."""
MAX_RUNS = 20
"""Runs of one slice, as long as each brings something: a run has a deadline."""
EMPTY_SLICES = 3
"""Slices in a row that give no article: the archive does not go back so far."""

MOST_WORDS = 200

Crawl = Callable[[CrawlOptions], RunRecord]


@dataclass(slots=True)
class LiveBackfill:
    """One source's past on its way; ``crawl`` carries out one run."""

    database: Database
    source: Source
    since: date
    until: date
    crawl: Crawl
    now: Callable[[], datetime]
    runs: list[RunRecord] = field(default_factory=list)
    ends: dict[Slice, SliceEnd] = field(default_factory=dict)
    stopped: str | None = None

    @property
    def slices(self) -> list[Slice]:
        """The slices of the range, the newest first."""
        by_month = self.source.options.asks_for is RequestKind.ISSUE
        return slices_of(self.since, self.until, by_month=by_month)

    @property
    def years(self) -> list[YearCovered]:
        """What is covered of each year, by this command and those before it."""
        return years_of(self.slices, self.ends)

    def recall(self) -> None:
        """Learn from the ledger what earlier commands have read."""
        names = {one.name(self.source.id): one for one in self.slices}
        with self.database.reading() as session:
            known = ledger.entries(session, list(names), self._wanted)
        for name, entry in known.items():
            if entry.state is PartState.DONE:
                self.ends[names[name]] = SliceEnd(
                    kind=VerdictKind.COMPLETE, articles=entry.read, why=""
                )

    def read(self) -> Iterator[Slice]:
        """Read what is left, slice by slice; each is given when it has ended."""
        empty = 0
        for one in self.slices:
            if one in self.ends and self.ends[one].done:
                continue
            end = self._read_slice(one)
            self.ends[one] = end
            yield one
            if end.kind is VerdictKind.BLOCKED:
                self.stopped = f"the site refuses us: {end.why}"
            empty = 0 if end.articles or end.done else empty + 1
            if empty == EMPTY_SLICES:
                self.stopped = f"nothing before {self.slices[0].until} in {empty} slices: {end.why}"
            if end.kind is None:
                self.stopped = end.why
            if self.stopped:
                return

    def _read_slice(self, one: Slice) -> SliceEnd:
        options = CrawlOptions(
            since=one.since, until=one.until, full=True, pages=MAX_LIST_PAGES, past=True
        )
        over = one.until < self.now().astimezone(SHANGHAI).date()
        articles = 0
        for _ in range(MAX_RUNS):
            record = self.crawl(options)
            self.runs.append(record)
            counts = record.counts
            fresh = counts.articles_new + counts.reposts
            articles += fresh + counts.articles_changed
            kind = record.verdict.kind if record.verdict else None
            if kind in SOUND_KINDS or not fresh or record.cancel_requested_at is not None:
                break
        if record.cancel_requested_at is not None:
            kind = None
        why = _short(record)
        end = SliceEnd(kind=kind, articles=max(articles, _stored(record)), why=why)
        self._enter(one, record, end, self._wanted if over else SO_FAR)
        return end

    @property
    def _wanted(self) -> str:
        return BY_DAY if self.source.family in ("feed", "numbered") else WANTED

    def _enter(self, one: Slice, record: RunRecord, end: SliceEnd, wanted: str) -> None:
        counts = record.counts
        with self.database.begin() as session:
            ledger.enter_part(
                session,
                PartEntry(
                    key=one.name(self.source.id),
                    wanted=wanted,
                    path=self.source.id,
                    size=one.days,
                    state=PartState.DONE if end.done else PartState.FAILED,
                    members=end.articles + counts.refused,
                    read=end.articles,
                    refused=dict(counts.refused_by_class),
                    years={self.source.id: {one.since.year: end.articles}},
                    articles_new=counts.articles_new + counts.reposts,
                    articles_changed=counts.articles_changed,
                    articles_unchanged=counts.articles_unchanged,
                    problem=None if end.done else end.why,
                ),
                run_id=record.id,
                now=self.now(),
            )

    def verdict(self) -> Verdict:
        """What the whole came to: complete when every day that was asked for was read."""
        years = self.years
        covered = [one.year for one in years if one.covered]
        articles = sum(one.articles for one in years)
        words = f"{articles} articles; covered {_years(covered)}"
        left = [one for one in years if not one.covered]
        if not left:
            return Verdict(kind=VerdictKind.COMPLETE, reason=words)
        words += f"; not {_years([one.year for one in left])}: {self.stopped or left[-1].why}"
        kind = VerdictKind.PARTIAL if articles or covered else VerdictKind.FAILED
        return Verdict(kind=kind, reason=words)


def _short(record: RunRecord) -> str:
    """Why a run ended as it did, and where the whole of it is: an issue a day makes it long."""
    if record.verdict is None:
        return record.state.value
    reason = record.verdict.reason
    if len(reason) <= MOST_WORDS:
        return reason
    return f"{reason[:MOST_WORDS].rstrip()}… (run {record.id} says all)"


def _stored(record: RunRecord) -> int:
    counts = record.counts
    return (
        counts.articles_new + counts.articles_changed + counts.articles_unchanged + counts.reposts
    )


def _years(years: list[int]) -> str:
    return ", ".join(map(str, years)) or "no year"

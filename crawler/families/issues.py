"""What the families of dated issues share: which days, and when a day is whole."""

import re
from abc import abstractmethod
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from functools import cached_property
from string import Formatter
from typing import Annotated, ClassVar, TypeVar

from pydantic import AfterValidator, Field

from crawler.families.base import Ask, Family, HttpUrl, Run, Site, Step, Walker
from crawler.pages.raw.urls import url_date
from crawler.runs.account import Walk
from crawler.runs.proof import Archive, IssueFacts, Open, Proved, judge_issue
from storage.records import Capture, End, OpenCause, RefusalClass, RequestKind

Issue = TypeVar("Issue", bound=Hashable)

DATE_FIELDS = frozenset({"YYYY", "MM", "DD"})
REVISED_DAYS = 2
"""An issue may still be corrected for this long; older ones of a complete run are not read
again unless asked for."""


MOST_DAYS_BACK = 60
"""So many days are caught up on when the last complete run is longer ago than the look-back."""
NOT_ASKED_FOR = "issues not asked for"
"""The walk that says so of issues between the last complete run and those that are read."""


def a_dated_url(fields: AbstractSet[str]) -> Callable[[str], str]:
    """The check that an address has each of these placeholders, and no others."""
    words = " and ".join(f"{{{name}}}" for name in ("YYYY", "MM", "DD") if name in fields)

    def check(text: str) -> str:
        found = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        if found != fields:
            raise ValueError(f"needs the placeholders {words}, and no others")
        return text

    return check


IssueUrl = Annotated[HttpUrl, AfterValidator(a_dated_url(DATE_FIELDS))]


def issue_url(template: str, day: date, **fields: str) -> str:
    """The URL of the issue of ``day``, or of the part of it that ``fields`` name."""
    return template.format(YYYY=f"{day:%Y}", MM=f"{day:%m}", DD=f"{day:%d}", **fields)


def issue_name(day: date) -> str:
    """What the walk of a day's issue is called."""
    return f"issue of {day}"


def repeats(shown: Mapping[Issue, Collection[str]]) -> dict[Issue, Issue]:
    """Issues that show only articles of another one, and which; ``shown`` are canonical URLs.

    Where two show the same, each repeats the other: nothing here tells whose they are.
    """
    issues_of: defaultdict[str, set[Issue]] = defaultdict(set)
    for issue, urls in shown.items():
        for url in urls:
            issues_of[url].add(issue)
    found: dict[Issue, Issue] = {}
    for issue, urls in shown.items():
        others = set.intersection(*(issues_of[url] for url in urls)) - {issue} if urls else set()
        if others:
            found[issue] = next(one for one in shown if one in others)
    return found


_LAST_NUMBER = re.compile(r"(.*[^\d])(\d{1,3})(\D*)", re.DOTALL)


def left_out(pages: Collection[str]) -> list[str]:
    """The addresses that those of an issue's pages leave out, by their last number: 3 of 1, 2, 4.

    None where more numbers are missing than are there: they are no running numbers then.
    """
    numbers: defaultdict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for url in pages:
        if match := _LAST_NUMBER.fullmatch(url):
            numbers[match[1], match[3]][int(match[2])] = match[2]
    found = []
    for (head, tail), written in numbers.items():
        wide = {len(one) for one in written.values()}
        width = wide.pop() if len(wide) == 1 else 1  # 08, 09, 10; or 8, 9, 10
        missing = [n for n in range(min(written), max(written)) if n not in written]
        if len(missing) < len(written):
            found += [f"{head}{number:0{width}d}{tail}" for number in missing]
    return found


NOT_THERE = frozenset(
    {
        RefusalClass.GONE,
        RefusalClass.SOFT_404,
        RefusalClass.REDIRECTED,
        RefusalClass.MOVED,
        RefusalClass.NOT_HTML,
    }
)


def answers_left_out(walk: Walk, ask: Ask, refusal_class: RefusalClass) -> bool:
    """Whether a refusal is the answer to the question for a page that an issue leaves out.

    Where it is not there nothing is left out; any other refusal leaves the issue open.
    """
    if refusal_class is RefusalClass.CHALLENGE:
        return False
    if refusal_class not in NOT_THERE:
        words = f"its pages leave {ask.url} out, which was refused as {refusal_class.value}"
        walk.end_with(Open(OpenCause.PAGES_LEFT, words))
    return True


class IssueFamily(Family):
    """Options of a paper with one issue a day.

    ``skips_days``: a missing issue (404) is a day without a paper, not a failure.
    """

    asks_for: ClassVar[RequestKind] = RequestKind.ISSUE
    may_lack_today: ClassVar[bool] = True

    lookback_days: int = Field(default=7, ge=1, le=366)
    skips_days: bool = False

    def contradiction(self, site: Site) -> str | None:
        """A window that may be empty as a whole proves nothing of the address."""
        if not self.skips_days or site.max_days_silent < self.lookback_days:
            return None
        return (
            f"lookback_days = {self.lookback_days} sees no issue at all where "
            f"expect.max_days_silent = {site.max_days_silent} allows so many days without one"
        )

    @property
    def empty_days_ok(self) -> bool:
        """Whether the declaration says that days are skipped."""
        return self.skips_days


def _unsettled(ended: date) -> date:
    """The first day whose issue may still be corrected when a run has ended on a day."""
    return ended - timedelta(days=REVISED_DAYS - 1)


class IssueWalker(Walker):
    """Reads the dated issues of a paper, one walk a day."""

    def __init__(self, options: IssueFamily, site: Site, run: Run) -> None:
        super().__init__(site, run)
        self.issues = options
        self._pages_left: Counter[date] = Counter()
        self._missing: set[date] = set()
        self._seen: set[date] = set()
        self._asked_left_out: set[str] = set()  # pages that no page of their issue names

    def read_issue(self, capture: Capture, ask: Ask) -> Iterator[Step]:
        """What the answer for one day's issue leads to."""
        raise NotImplementedError

    def entries(self) -> Iterator[Ask]:
        """The issue of each day of the window."""
        for day in self.days():
            yield self.issue_of(day)

    @abstractmethod
    def issue_of(self, day: date) -> Ask:
        """The request for a day's issue."""

    def ask_issue(self, url: str, day: date) -> Ask:
        """The request for a day's issue at ``url``."""
        return Ask(
            url=url,
            kind=RequestKind.ISSUE,
            walk=issue_name(day),
            read=self.read_issue,
            day=day,
        )

    def days(self) -> list[date]:
        """The days to ask for, newest first.

        ``since`` and ``until`` decide where given; otherwise all that the last complete run has
        not settled, however long ago it was, up to ``MOST_DAYS_BACK``, less the issues that a run
        since has read as a whole; the declared look-back where there was none, or where everything
        is to be read again.
        """
        days = self._window()
        if self._bounded or self.run.full or self.run.settled_on() is None:
            return days
        read = self.run.days_read(days[-1])
        return [
            day
            for day in days
            if day not in read or day >= _unsettled(read[day]) or (self._newest or day) < day
        ]

    def _window(self) -> list[date]:
        """The days that are asked for unless they were read, newest first."""
        last_day = self.run.until or self.run.now().date()
        first_day = self.run.since or last_day - timedelta(days=self.issues.lookback_days - 1)
        unsettled = self._unsettled_since
        if not self._bounded and unsettled is not None:
            first_day = min(first_day, unsettled) if self.run.full else unsettled
            most = max(MOST_DAYS_BACK, self.issues.lookback_days)
            first_day = max(first_day, last_day - timedelta(days=most - 1))
        count = (last_day - first_day).days + 1
        return [last_day - timedelta(days=ago) for ago in range(count)]

    @property
    def _bounded(self) -> bool:
        return self.run.since is not None or self.run.until is not None

    @cached_property
    def _unsettled_since(self) -> date | None:
        """The first day that the last complete run has not settled; None before there is one.

        A day without an issue behind the newest one is settled only when a later one is there:
        until then its issue may be late.
        """
        settled = self.run.settled_on()
        if settled is None:
            return None
        late = self._newest + timedelta(days=1) if self._newest else None
        return min(_unsettled(settled), late) if late else _unsettled(settled)

    @cached_property
    def _newest(self) -> date | None:
        """The day of the newest issue that earlier runs know of a paper that skips days."""
        settled = self.run.settled_on()
        if settled is None or not self.issues.skips_days:
            return None
        return max(self.run.issue_days(settled), default=None)

    def note_page(
        self,
        ask: Ask,
        urls: Sequence[str],
        *,
        links: int,
        open_pages: int | None,
        further: int = 0,
        unnamed: int = 0,
    ) -> None:
        """Enter a page (版) that was read; its day is whole when none of its pages is open.

        ``urls`` are the canonical addresses of its articles, ``links`` how many of them the run
        had not met; ``open_pages`` is given with the first page: how many others the issue names.
        ``further`` are those that a later page names, and none before it; ``unnamed`` those that
        none names, and that are asked for since their numbers are missing.
        """
        assert ask.day is not None
        walk = self.run.account.walk(ask.walk)
        walk.day = ask.day
        walk.note_page(ask.page_number, urls)
        walk.links += links
        if open_pages is not None:
            walk.state(None, open_pages + 1)
        elif further:
            walk.state(None, (walk.stated_pages or 0) + further)
        if urls:
            self._seen.add(ask.day)
        self._note_left(ask, unnamed + (further - 1 if open_pages is None else open_pages))

    def _note_left(self, ask: Ask, more: int) -> None:
        """Enter that so many more pages of an issue are open now; without any it is whole."""
        assert ask.day is not None
        self._pages_left[ask.day] += more
        walk = self.run.account.walk(ask.walk)
        facts = IssueFacts(
            day=ask.day, pages_left=self._pages_left[ask.day], articles=len(walk.shown)
        )
        decision = judge_issue(facts, Archive())
        if isinstance(decision, Proved | Open):
            walk.end_with(decision)

    def note_missing(self, day: date) -> None:
        """Enter the site's answer "no paper that day"; what it proves the whole run can tell."""
        self._missing.add(day)
        self.run.account.walk(issue_name(day)).day = day

    def note_day_without(self, day: date) -> None:
        """Enter that the paper's own calendar has no issue of a day."""
        walk = self.run.account.walk(issue_name(day))
        walk.day = day
        walk.end_with(Proved(End.NO_ISSUE, "the paper's calendar has no issue", empty=True))

    def takes_as_answer(self, ask: Ask, refusal_class: RefusalClass) -> bool:
        """Where the declaration says that days are skipped, a missing issue (404) is an answer.

        So it is to the question for a page that its issue leaves out.
        """
        if ask.url in self._asked_left_out:
            taken = answers_left_out(self.run.account.walk(ask.walk), ask, refusal_class)
            if taken:
                self._note_left(ask, -1)
            return taken
        if ask.kind is not RequestKind.ISSUE or not self.issues.skips_days:
            return False
        if refusal_class is not RefusalClass.GONE:
            return False
        assert ask.day is not None
        self.note_missing(ask.day)
        return True

    def conclude(self) -> None:
        """Judge what only the whole run can tell: days without an issue, days not asked for."""
        self._judge_missing()
        self._judge_repeats()
        days, unsettled = self._window(), self._unsettled_since
        if self._bounded or unsettled is None or days[-1] <= unsettled:
            return
        if not self.run.gap_named(NOT_ASKED_FOR):
            self.run.account.walk(NOT_ASKED_FOR).end_with(
                Open(
                    OpenCause.GAP,
                    f"no issue from {unsettled} to {days[-1] - timedelta(days=1)} was asked for: "
                    "the last complete run is too long ago (cppcc backfill reads them)",
                )
            )

    def _judge_repeats(self) -> None:
        """Leave a day open that was answered with the issue of another one."""
        walks = {day: self.run.account.walk(issue_name(day)) for day in sorted(self._seen)}
        for day, other in repeats({day: walk.shown for day, walk in walks.items()}).items():
            if not any(url_date(url) == day for url in walks[day].shown):
                words = f"the issue of {day} shows only articles of that of {other}"
                walks[day].end_with(Open(OpenCause.REPEATS, words))

    def _judge_missing(self) -> None:
        """Say of each missing issue whether the archive around it makes it a day without one."""
        if not self._missing:
            return
        known = self.run.issue_days(min(self._missing))
        archive = Archive.of((*known, *self._seen), silent_days=self.site.max_days_silent)
        for day in sorted(self._missing):
            decision = judge_issue(IssueFacts(day=day, missing=True), archive)
            if isinstance(decision, Proved | Open):
                self.run.account.walk(issue_name(day)).end_with(decision)

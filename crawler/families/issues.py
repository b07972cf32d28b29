"""What the families of dated issues share: which days, and when a day is whole."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from string import Formatter
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from crawler.families.base import Ask, Family, HttpUrl, Run, Site, Step, Walker
from crawler.runs.proof import Archive, IssueFacts, Open, Proved, judge_issue
from storage.records import Capture, RefusalClass, RequestKind

DATE_FIELDS = frozenset({"YYYY", "MM", "DD"})
REVISED_DAYS = 2
"""An issue may still be corrected for this long; older ones of a complete run are not read
again unless asked for."""


def _an_issue_url(text: str) -> str:
    fields = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    if not fields >= DATE_FIELDS or not fields <= DATE_FIELDS:
        raise ValueError("needs the placeholders {YYYY}, {MM} and {DD}, and no others")
    return text


IssueUrl = Annotated[HttpUrl, AfterValidator(_an_issue_url)]


def issue_url(template: str, day: date, **fields: str) -> str:
    """The URL of the issue of ``day``, or of the part of it that ``fields`` name."""
    return template.format(YYYY=f"{day:%Y}", MM=f"{day:%m}", DD=f"{day:%d}", **fields)


class IssueFamily(Family):
    """Options of a paper with one issue a day.

    ``skips_days``: a missing issue (404) is a day without a paper, not a failure.
    """

    asks_for: ClassVar[RequestKind] = RequestKind.ISSUE
    may_lack_today: ClassVar[bool] = True

    issue_url: IssueUrl
    lookback_days: int = Field(default=7, ge=1, le=366)
    skips_days: bool = False

    @property
    def entry_urls(self) -> tuple[str, ...]:
        """The issue of a day, with its placeholders."""
        return (self.issue_url,)

    def probe_urls(self, day: date) -> tuple[str, ...]:
        """The issue of ``day``."""
        return (issue_url(self.issue_url, day),)

    @property
    def empty_days_ok(self) -> bool:
        """Whether the declaration says that days are skipped."""
        return self.skips_days


class IssueWalker(Walker):
    """Reads the dated issues of a paper, one walk a day."""

    def __init__(self, options: IssueFamily, site: Site, run: Run) -> None:
        super().__init__(site, run)
        self.issues = options
        self._pages_left: Counter[date] = Counter()
        self._missing: dict[date, str] = {}  # day -> name of its walk
        self._seen: set[date] = set()

    def read_issue(self, capture: Capture, ask: Ask) -> Iterator[Step]:
        """What the answer for one day's issue leads to."""
        raise NotImplementedError

    def entries(self) -> Iterator[Ask]:
        """The issue of each day of the window."""
        for day in self.days():
            yield Ask(
                url=issue_url(self.issues.issue_url, day),
                kind=RequestKind.ISSUE,
                walk=f"issue of {day}",
                read=self.read_issue,
                day=day,
            )

    def days(self) -> list[date]:
        """The days to ask for, newest first.

        ``since`` and ``until`` decide where given; otherwise the declared look-back, less
        the days that the last complete run has settled.
        """
        last_day = self.run.until or self.run.now().date()
        first_day = self.run.since or last_day - timedelta(days=self.issues.lookback_days - 1)
        settled = self.run.settled_on()
        if self.run.since is None and not self.run.full and settled is not None:
            first_day = max(first_day, settled - timedelta(days=REVISED_DAYS - 1))
        count = (last_day - first_day).days + 1
        return [last_day - timedelta(days=ago) for ago in range(count)]

    def note_page(
        self, ask: Ask, urls: Sequence[str], *, links: int, open_pages: int | None
    ) -> None:
        """Enter a page (版) that was read; its day is whole when none of its pages is open.

        ``urls`` are the canonical addresses of its articles, ``links`` how many of them the run
        had not met; ``open_pages`` is given with the first page: how many others the issue names.
        """
        assert ask.day is not None
        walk = self.run.account.walk(ask.walk)
        walk.day = ask.day
        walk.note_page(ask.page_number, urls)
        walk.links += links
        if open_pages is not None:
            walk.state(None, open_pages + 1)
        if urls:
            self._seen.add(ask.day)
        self._pages_left[ask.day] += -1 if open_pages is None else open_pages
        facts = IssueFacts(day=ask.day, pages_left=self._pages_left[ask.day])
        decision = judge_issue(facts, Archive())
        if isinstance(decision, Proved | Open):
            walk.end_with(decision)

    def note_missing_issue(self, ask: Ask) -> None:
        """Enter the site's answer "no paper that day"; what it proves the whole run can tell."""
        assert ask.day is not None
        self._missing[ask.day] = ask.walk
        self.run.account.walk(ask.walk).day = ask.day

    def takes_as_answer(self, ask: Ask, refusal_class: RefusalClass) -> bool:
        """Where the declaration says that days are skipped, a missing issue (404) is an answer."""
        if ask.kind is not RequestKind.ISSUE or not self.issues.skips_days:
            return False
        if refusal_class is not RefusalClass.GONE:
            return False
        self.note_missing_issue(ask)
        return True

    def conclude(self) -> None:
        """Say of each missing issue whether the archive around it makes it a day without one."""
        archive = Archive.of(
            (*self.run.issue_days(), *self._seen), silent_days=self.site.max_days_silent
        )
        for day, name in self._missing.items():
            decision = judge_issue(IssueFacts(day=day, missing=True), archive)
            if isinstance(decision, Proved | Open):
                self.run.account.walk(name).end_with(decision)

"""What the families of dated issues (e-paper, JSON) share: which days, and when a day is whole."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import scrapy
from scrapy.http import Response

from crawler.sources.declaration import issue_url
from crawler.spiders.base import Ask, Output, SourceSpider
from storage.records import RefusalClass, RequestKind

REVISED_DAYS = 2
"""An issue may still be corrected for this long; older ones of a complete run are not read
again unless asked for."""


class IssueSpider(SourceSpider):
    """Reads the dated issues of a paper, one walk a day."""

    issue_template: str
    lookback_days: int
    skips_days: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pages_open: Counter[str] = Counter()

    def read_issue(self, response: Response, ask: Ask) -> Iterator[Output]:
        """What the answer for one day's issue leads to."""
        raise NotImplementedError

    def entries(self) -> Iterator[scrapy.Request]:
        """The issue of each day of the window."""
        for day in self.days():
            yield from self.ask(
                Ask(
                    url=issue_url(self.issue_template, day),
                    kind=RequestKind.ISSUE,
                    walk=f"issue of {day}",
                    read=self.read_issue,
                    day=day,
                )
            )

    def days(self) -> list[date]:
        """The days to ask for, newest first.

        ``since`` and ``until`` decide where given; otherwise the declared look-back, less
        the days that the last complete run has settled.
        """
        last_day = self.until or self.now().date()
        first_day = self.since or last_day - timedelta(days=self.lookback_days - 1)
        last = self.ledger.last_complete
        if self.since is None and not self.full and last is not None and last.finished_at:
            settled = last.finished_at.astimezone(self.now().tzinfo).date()
            first_day = max(first_day, settled - timedelta(days=REVISED_DAYS - 1))
        count = (last_day - first_day).days + 1
        return [last_day - timedelta(days=ago) for ago in range(count)]

    def note_page(self, ask: Ask, *, links: int, open_pages: int | None) -> None:
        """Enter a page (版) that was read; its day is whole when none of its pages is open.

        ``open_pages`` is given with the first page: how many further ones the issue names.
        """
        walk = self.account.walk(ask.walk)
        walk.pages += 1
        walk.links += links
        self._pages_open[ask.walk] += -1 if open_pages is None else open_pages
        if self._pages_open[ask.walk] == 0 and not walk.broken:
            walk.proof = "every page of each issue read"

    def note_missing_issue(self, ask: Ask) -> None:
        """Enter the site's answer "no paper that day"."""
        walk = self.account.walk(ask.walk)
        walk.empty_stated = True
        walk.proof = "the site says which days have no issue"

    def refuse(self, ask: Ask, refusal_class: RefusalClass, detail: str) -> list[Output]:
        """As for every spider; but where the declaration says that days are skipped, a
        missing issue (404) is an answer."""
        if ask.kind is RequestKind.ISSUE and self.skips_days and refusal_class is RefusalClass.GONE:
            self.account.accepted[ask.kind] += 1
            self.note_missing_issue(ask)
            return []
        return super().refuse(ask, refusal_class, detail)

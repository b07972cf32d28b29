"""What the families of paginated lists share: pages are followed until their end is proved."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar

from pydantic import Field

from crawler.errors import MojibakeError, WrongContentError
from crawler.families.base import Ask, Family, Listed, Run, Site, Step, Walker
from crawler.runs.account import Walk
from crawler.runs.proof import (
    Bounds,
    Decision,
    GoOn,
    Open,
    PageFacts,
    Proved,
    ReadAgain,
    gap_in,
    judge_again,
    judge_list,
)
from storage.records import Capture, End, Link, Listing, RequestKind

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""Stands where bytes could not be decoded: one in a heading of a few words is no accident."""


class ListFamily(Family):
    """Options of a site whose articles hang on paginated lists."""

    asks_for: ClassVar[RequestKind] = RequestKind.LISTING

    max_pages: int = Field(default=60, ge=1)

    @property
    @abstractmethod
    def first_pages(self) -> tuple[str, ...]:
        """The address of the first page of each list."""

    def probe_urls(self, day: date) -> tuple[str, ...]:
        """The first page of each list, whatever the day."""
        return self.first_pages


def said_by(listing: Listing) -> tuple[str, ...]:
    """What a list page lists, in an order of its own."""
    links = sorted(f"{link.url} {link.title}" for link in listing.links)
    return (*links, *sorted(listing.issue_pages))


def check_heading(heading: str, words: Sequence[str], url: str) -> None:
    """See that a list is the column that was declared.

    :raises MojibakeError: when its heading could not be decoded.
    :raises WrongContentError: when it holds none of ``words``.
    """
    if REPLACEMENT in heading:
        raise MojibakeError(f"the list is headed {heading!r}", url=url)
    if words and not any(word in heading for word in words):
        raise WrongContentError(
            f"the list is headed {heading!r}, none of {', '.join(words)}", url=url
        )


@dataclass(slots=True)
class _Progress:
    """How far one list was read: its pages with their addresses, and rounds of re-reading.

    ``behind`` is the day back to which known pages are passed by, once ``behind_asked`` for.
    ``judged``: an earlier run has judged the end of this very list; None before that is asked.
    """

    pages: list[PageFacts] = field(default_factory=list)
    urls: dict[int, str] = field(default_factory=dict)
    again: list[PageFacts] = field(default_factory=list)
    rounds: int = 0
    reached: Proved | None = None
    behind: date | None = None
    behind_asked: bool = False
    judged: bool | None = None

    @property
    def to_read_again(self) -> list[PageFacts]:
        """All pages but the last, which nothing follows; an empty last one too, for it may have
        been empty for a moment only."""
        return self.pages if not self.pages[-1].links else self.pages[:-1]


class ListWalker(Walker):
    """Follows each list from its first page until its end is proved."""

    def __init__(self, options: ListFamily, site: Site, run: Run) -> None:
        super().__init__(site, run)
        self.lists = options
        self._progress: dict[str, _Progress] = {}

    @abstractmethod
    def read(self, capture: Capture, ask: Ask) -> Listing:
        """What a list page says; ``next_page`` is the address that follows, if any.

        :raises PageError: when the page is no list that can be read.
        """

    def entries(self) -> Iterator[Ask]:
        """The first page of each list."""
        for url in self.lists.first_pages:
            yield Ask(url=url, kind=RequestKind.LISTING, walk=url, read=self.read_list)

    def read_list(self, capture: Capture, ask: Ask) -> Iterator[Step]:
        """The articles of one list page, and the next page unless the end is proved."""
        listing = self.read(capture, ask)
        if ask.page_number == 1:
            self.run.compare(ask.walk, listing)
        walk = self.run.account.walk(ask.walk)
        progress = self._progress.setdefault(ask.walk, _Progress())
        facts = PageFacts.of(listing, ask.page_number)
        progress.pages.append(facts)
        progress.urls[ask.page_number] = ask.url
        yield from self._take(listing, facts, walk)
        if self.run.account.stopped:
            return
        bounded = self.run.since is not None or self.run.until is not None
        # What a run before has settled says nothing of how far back this list reaches.
        known = not self.run.full and not bounded and self._is_known(facts, ask.walk, progress)
        bounds = self._bounds
        if known:
            bounds = replace(bounds, behind=self._behind(ask.walk, progress))
        decision = judge_list(progress.pages, bounds, name=ask.walk, known=known)
        if isinstance(decision, GoOn):
            assert listing.next_page is not None  # or it would have been decided
            yield replace(ask, url=listing.next_page, page_number=ask.page_number + 1)
            return
        yield from self._decide(walk, progress, decision)

    def read_again(self, capture: Capture, ask: Ask) -> Iterator[Step]:
        """A page of a list that was read before: what came up on it, and whether that ends."""
        listing = self.read(capture, ask)
        walk = self.run.account.walk(ask.walk)
        progress = self._progress[ask.walk]
        facts = PageFacts.of(listing, ask.page_number)
        progress.again.append(facts)
        yield from self._take(listing, facts, walk)
        if self.run.account.stopped or len(progress.again) < len(progress.to_read_again):
            return
        assert progress.reached is not None
        decision = judge_again(
            progress.reached, progress.pages, progress.again, rounds=progress.rounds
        )
        again = {page.number: page for page in progress.again}
        progress.pages = [again.get(page.number, page) for page in progress.pages]
        yield from self._decide(walk, progress, decision)

    def _take(self, listing: Listing, facts: PageFacts, walk: Walk) -> Iterator[Listed]:
        walk.links += len(set(facts.links) - self.run.met - walk.shown)
        walk.note_page(facts.number, facts.links)
        walk.state(facts.item_count, facts.page_count)
        wanted = tuple(link for link in listing.links if self._is_wanted(link))
        yield Listed(links=wanted, walk=walk.name)

    def _decide(self, walk: Walk, progress: _Progress, decision: Decision) -> Iterator[Ask]:
        match decision:
            case Proved(by=End.SILENT):
                walk.end_with(self._gap(walk, progress) or decision)
            case Proved() | Open():
                walk.end_with(decision)
            case ReadAgain(reached):
                progress.reached = reached
                progress.again = []
                progress.rounds += 1
                yield from self._ask_again(walk, progress)

    def _gap(self, walk: Walk, progress: _Progress) -> Open | None:
        """Why a list that says nothing of its end may lack articles; None where it does not."""
        links = [
            link for page in progress.pages for link in zip(page.links, page.days, strict=True)
        ]
        known = self.run.known_when_judged(walk.name, [url for url, _ in links])
        return None if known is None else gap_in(links, known)

    def _ask_again(self, walk: Walk, progress: _Progress) -> Iterable[Ask]:
        for page in progress.to_read_again:
            yield Ask(
                url=progress.urls[page.number],
                kind=RequestKind.LISTING,
                walk=walk.name,
                read=self.read_again,
                page_number=page.number,
            )

    def _is_known(self, facts: PageFacts, walk: str, progress: _Progress) -> bool:
        """Whether all of a page was settled by a complete run, and one has judged this list.

        What was read by way of another list says nothing of how far back this one reaches.
        """
        if not self.run.settled(facts.links):
            return False
        if progress.judged is None:
            progress.judged = self.run.known_when_judged(walk, ()) is not None
        return progress.judged

    def _behind(self, walk: str, progress: _Progress) -> date | None:
        """How far behind known pages a list is read: asked once a run."""
        if not progress.behind_asked:
            progress.behind = self.run.to_look_behind(walk)
            progress.behind_asked = True
        return progress.behind

    @property
    def _bounds(self) -> Bounds:
        return Bounds(
            max_pages=self.run.pages or self.lists.max_pages,
            since=self.run.since,
            until=self.run.until,
        )

    def _is_wanted(self, link: Link) -> bool:
        """Whether ``since`` and ``until`` leave this link in; one without a day stays in."""
        day = link.published_on
        if day is None:
            return True
        since, until = self.run.since, self.run.until
        return not (since and day < since) and not (until and day > until)

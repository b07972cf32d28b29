"""Whether a list, or an issue, was read to its end: pure functions of what its pages said.

"No link to a next page" proves nothing by itself: a script, a form or a button may lead on.
So an end is proved by something that says so, and where a list says that there is more,
or was not what it had been a moment before, it stays open with the cause.  A list that says
nothing either way may be whole, or a window of the newest: it is taken for its end (``SILENT``)
as long as it joins on to what it showed when it was last read so.  ``Proved`` and
``Open`` end a walk, ``GO_ON`` asks for the next page, ``READ_AGAIN`` for the pages read so far.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zlib import crc32

from storage.records import End, Listing, MoreKind, OpenCause

MAX_ROUNDS = 3
"""How often the pages of a list that moves are read again before it is left open."""


LOOK_BEHIND = timedelta(days=7)
"""How long a list may end at the first page of which all is known, before what lies behind it is
looked at: articles are entered there under older days, when they are approved or moved late."""
BACK_DATED = timedelta(days=14)
"""By how much the day of an article may be older than that on which it was entered."""
UNDATED_BEHIND = 5
"""How many pages of a list that prints no days are read behind what is known."""


@dataclass(frozen=True, slots=True)
class Proved:
    """The end is certain: ``by`` what, and the same in words; ``empty`` where it holds nothing."""

    by: End
    words: str
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """The end is not certain, and nothing more can be asked for: the cause, and in words."""

    cause: OpenCause
    words: str


@dataclass(frozen=True, slots=True)
class GoOn:
    """Nothing is decided yet: the next page is to be asked for."""


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """The end was reached, but the list may have moved meanwhile: its pages are read again."""

    reached: Proved


GO_ON = GoOn()
Decision = Proved | Open | GoOn | ReadAgain


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What one page of a list said.

    ``number`` is that of the page as it was asked for, from 1.  ``links`` are canonical URLs in
    page order, ``days`` what is printed beside each.  ``leads_on``: it gives a next page that can
    be asked for.  ``page_count`` and ``item_count`` are totals that the page states; ``more`` are
    the signs, in words, of more articles that no address of the page leads to, ``part`` the words
    in which it says that it shows a part, ``says_end`` those that there are no more.
    """

    number: int
    links: tuple[str, ...]
    days: tuple[date | None, ...]
    leads_on: bool
    page_count: int | None = None
    item_count: int | None = None
    more: tuple[str, ...] = ()
    part: str | None = None
    says_end: str | None = None

    @classmethod
    def of(cls, listing: Listing, number: int) -> "PageFacts":
        """The facts of a page that was asked for as the ``number``-th of its list."""
        return cls(
            number=number,
            links=tuple(link.url for link in listing.links),
            days=tuple(link.published_on for link in listing.links),
            leads_on=listing.next_page is not None,
            page_count=listing.page_count,
            item_count=listing.item_count,
            more=(
                *(f"{sign.kind.value}: {sign.evidence}" for sign in listing.more),
                # A page (版) of a paper that is read as a list is one of several.
                *(f"page of an issue: {url}" for url in listing.issue_pages[:1]),
            ),
            part=next((sign.evidence for sign in listing.more if sign.kind is MoreKind.PART), None),
            says_end=listing.says_end,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How far a walk is meant to go: days of publication, and pages.

    ``behind``: a page of which all is known ends it only where all its articles are older, for
    one may have been entered behind it; None where any such page ends it.
    """

    max_pages: int
    since: date | None = None
    until: date | None = None
    behind: date | None = None


def judge_list(
    pages: Sequence[PageFacts], bounds: Bounds, *, name: str, known: bool = False
) -> Decision:
    """What the pages of a list, in the order of reading, prove of its end.

    ``name`` names the list in words; ``known``: every link of the last page was settled by the
    time of an earlier complete run, whose proof covers all that follows.
    """
    decision = _judge_last(pages, bounds, name=name, known=known)
    if isinstance(decision, Proved) and len(pages) > 1 and _may_have_moved(pages):
        return ReadAgain(decision)
    return decision


def _judge_last(
    pages: Sequence[PageFacts], bounds: Bounds, *, name: str, known: bool
) -> Proved | Open | GoOn:
    page = pages[-1]
    here = f"page {page.number}"
    earlier = {url for one in pages[:-1] for url in one.links}
    shown = earlier | set(page.links)
    item_count = _newest_total([one.item_count for one in pages])
    page_count = _newest_total([one.page_count for one in pages])
    more_pages = page_count is not None and page.number < page_count
    if page.links and page.number > 1 and earlier.issuperset(page.links):
        return Open(OpenCause.REPEATS, f"{here} shows only articles of earlier pages")
    behind = page.says_end is not None and not page.leads_on and not more_pages
    if not page.links and page.page_count and page.number > page.page_count and not page.leads_on:
        return Proved(End.LAST_PAGE, f"{here} lies behind the last of {page.page_count}")
    if not page.links and (page.leads_on or more_pages or page.number > 1) and not behind:
        return Open(OpenCause.EMPTY_PAGE, f"{here} is empty")
    newer_follow = page.leads_on and _oldest_first(pages)
    if known and not newer_follow:
        return _judge_known(pages, bounds, name=name)
    newest = max((day for day in page.days if day), default=None)
    if bounds.since and newest and newest < bounds.since and all(page.days) and not newer_follow:
        return Proved(End.BEFORE_SINCE, f"articles before {bounds.since} reached")
    if page.leads_on:
        if page.number < bounds.max_pages:
            return GO_ON
        return Open(OpenCause.LIMIT, f"stopped at the limit of {bounds.max_pages} pages")
    whole = pages[0].number == 1  # or earlier ones are not known here
    met = whole and item_count is not None and len(shown) == item_count > 0
    if more_pages and not met:  # a script shows by parts what the page holds as a whole
        return Open(OpenCause.PAGES_LEFT, f"{here} of {page_count} leads no further")
    if whole and item_count is not None and len(shown) < item_count:
        return Open(OpenCause.ITEMS_LEFT, f"{item_count} articles declared, {len(shown)} found")
    if page.more and not met and (page.part or not page_count):
        return Open(
            OpenCause.NOT_FOLLOWED,
            f"{here} says that there is more, which cannot be followed: {'; '.join(page.more)}",
        )
    days = (day for one in pages for day in one.days)
    if why := unreached(days, bounds.since, bounds.until):
        return Open(OpenCause.WINDOW, why)
    proof, words = _what_ends(page, met=len(shown) if met else None)
    return Proved(proof, f"last page of {name} read ({page.number}): {words}", empty=not shown)


def _newest_total(said: Sequence[int | None]) -> int | None:
    """The last total that pages state, in the order of reading; 0 only where none says more.

    An interface that fails, or takes a page for one too many, answers an empty list without a
    total, or with 0: that takes nothing back of what it said before.
    """
    return next((total for total in reversed(said) if total), said[-1])


def _oldest_first(pages: Sequence[PageFacts]) -> bool:
    """Whether a list shows the oldest articles first: then what is new stands on its last page.

    By most steps from one day to another, for some keep an old article on top.
    """
    days = [day for page in pages for day in page.days if day]
    steps = list(pairwise(days))
    return sum(one < next_ for one, next_ in steps) > sum(one > next_ for one, next_ in steps)


def look_behind(walk: str, looked_at: datetime | None, *, now: datetime) -> date | None:
    """The day back to which known pages of a list are passed by now; None where none are.

    ``looked_at`` is when a run did so last.  Up to two days sooner than ``LOOK_BEHIND``, by the
    list's name, so that those which were first read together do not all take their turn at once.
    """
    sooner = timedelta(hours=crc32(walk.encode()) % 48)
    if looked_at is not None and now - looked_at < LOOK_BEHIND - sooner:
        return None
    return ((looked_at or now).astimezone(now.tzinfo) - BACK_DATED).date()


def _judge_known(pages: Sequence[PageFacts], bounds: Bounds, *, name: str) -> Proved | GoOn:
    """What a page proves of which all was settled by the time of an earlier complete run.

    That run's proof covers what stood behind it then; what was entered there since, under an
    older day, is looked for down to the day ``bounds.behind``.
    """
    page = pages[-1]
    reached = Proved(End.KNOWN_REACHED, "articles of an earlier complete run reached")
    if bounds.behind is None:
        return reached
    newest = max((day for day in page.days if day), default=None)
    deep = newest < bounds.behind if newest else page.number >= UNDATED_BEHIND
    if not deep and page.leads_on and page.number < bounds.max_pages:
        return GO_ON
    if not page.leads_on:
        whole = _judge_last(pages, bounds, name=name, known=False)
        if isinstance(whole, Proved):
            return whole
        if not deep:
            return reached  # nothing behind it can be asked for
    how_far = f"back to {newest}" if newest else f"{page.number} pages"
    if not deep:
        how_far += f" (no further: the limit is {bounds.max_pages} pages)"
    return Proved(End.KNOWN_BEHIND, f"{reached.words}, and behind these {how_far} looked at")


def _what_ends(page: PageFacts, *, met: int | None) -> tuple[End, str]:
    """What says that a page is the last one, and the same in words.

    ``met`` is the number of articles that the list counts, where all of them were seen.
    """
    if met is not None:
        return End.COUNT_MET, f"all {met} articles seen"
    if page.page_count:
        return End.LAST_PAGE, f"page {page.number} of {page.page_count}"
    if page.says_end:
        return End.LAST_PAGE, f"it says {page.says_end!r}"
    return End.SILENT, "nothing on it says that there is more"


def gap_in(links: Sequence[tuple[str, date | None]], known: Collection[str]) -> Open | None:
    """Why articles may have come and gone between two readings of a list that holds the newest.

    ``links`` are all that it shows, the newest first, with the day beside each; ``known`` those
    that were known when its end was judged last.  None where what is new joins on to them.
    A list may keep old articles on top; below these everything is new then, and newer.
    """
    fresh = [(at, day) for at, (url, day) in enumerate(links) if url not in known]
    kept = [(at, day) for at, (url, day) in enumerate(links) if url in known]
    if not fresh:
        return None
    if not kept:
        return Open(OpenCause.GAP, "it shows nothing that it showed before: more may have come")
    days, kept_days = [day for _, day in fresh if day], [day for _, day in kept if day]
    if kept[-1][0] > fresh[0][0] or len(days) < len(fresh) or len(kept_days) < len(kept):
        return None
    newest_first = days == sorted(days, reverse=True) and days[0] > days[-1]
    if newest_first and days[-1] > max(kept_days):
        return Open(
            OpenCause.GAP,
            f"below {len(kept)} kept on top it shows nothing that it showed before: more may have "
            "come",
        )
    return None


@dataclass(frozen=True, slots=True)
class PageEnd:
    """``proved`` where one page alone proves the end of its list; ``why`` or why not, in words."""

    proved: bool
    why: str


def judge_page(listing: Listing) -> PageEnd:
    """What one list page, looked at by itself, says of the list's end.

    Where it states no number, it is taken for the first one.
    """
    page = PageFacts.of(listing, listing.page_number or 1)
    match _judge_last([page], Bounds(max_pages=page.number + 1), name="", known=False):
        case Proved():
            count = len(set(page.links))
            met = page.number == 1 and count == page.item_count
            return PageEnd(True, _what_ends(page, met=count if met else None)[1])
        case Open(words=words):
            return PageEnd(False, words)
        case GoOn():
            return PageEnd(False, f"the list goes on at {listing.next_page}")


def unreached(listed: Iterable[date | None], since: date | None, until: date | None) -> str | None:
    """Why the days asked for lie before what a whole list holds; None where they do not.

    ``listed`` are the days of its articles.
    """
    first_wanted = since or until
    if first_wanted is None:
        return None
    oldest = min((day for day in listed if day), default=None)
    if oldest is None:
        return f"the list prints no days: whether it reaches back to {first_wanted} is not known"
    if oldest <= first_wanted:
        return None
    return f"lists reach back to {oldest}: the window from {first_wanted} is not covered"


def _may_have_moved(pages: Sequence[PageFacts]) -> bool:
    """Whether articles may have slipped from a page to one that had been read already.

    A total that every page states alike, without an article that two pages show, excludes it.
    """
    totals = {page.item_count for page in pages}
    if None in totals or len(totals) > 1:
        return True
    links = [url for page in pages for url in page.links]
    return len(links) > len(set(links))


def judge_again(
    reached: Proved, first: Sequence[PageFacts], again: Sequence[PageFacts], *, rounds: int
) -> Decision:
    """What reading the pages again proves: all but the last one, ``rounds`` times by now.

    New articles on top push others down, and nothing is lost.  One that was taken off pulls
    others up, past the page that is read next: then a page shows what it did not show before
    and what no page before it showed.  What so appeared has been found by this; but only a
    round that finds nothing is a proof.
    """
    if not moved(first, again):
        return reached
    if rounds < MAX_ROUNDS:
        return ReadAgain(reached)
    return Open(OpenCause.MOVED, f"the list moved while it was read, {rounds} times over")


def moved(first: Sequence[PageFacts], again: Sequence[PageFacts]) -> bool:
    """Whether a page read again shows articles that came up from below."""
    before = {page.number: page for page in first}
    seen: set[str] = set()
    for page in sorted(again, key=lambda one: one.number):
        known = before.get(page.number)
        if known is None:
            return True
        seen |= set(known.links)
        # On the first page what is new stands above what it showed before.
        links = _below_known(page.links, seen) if page.number == 1 else page.links
        if not seen.issuperset(links):
            return True
    return False


def _below_known(links: Sequence[str], known: set[str]) -> Sequence[str]:
    """``links`` from the first known one on: what stands above it was added on top."""
    for at, url in enumerate(links):
        if url in known:
            return links[at:]
    return links


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueFacts:
    """What is known of one dated issue: its day, and how many of its pages (版) are read.

    ``pages_left`` counts pages that it names and that are not read yet, None before the first
    answer; ``articles`` those that they show; ``missing``: the site answers that there is no issue
    of that day.
    """

    day: date
    pages_left: int | None = None
    articles: int = 0
    missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """Days whose issues were seen, in this run or an earlier one; () for none.

    The oldest and the newest of all, and every one of the days that are judged.

    ``silent_days``: so many days after the newest one may still be without an issue.
    """

    days: tuple[date, ...] = ()
    silent_days: int = 0

    @classmethod
    def of(cls, days: Iterable[date], silent_days: int) -> "Archive":
        """The archive that ``days`` are of."""
        return cls(days=tuple(sorted(set(days))), silent_days=silent_days)


def judge_issue(issue: IssueFacts, archive: Archive) -> Proved | Open | GoOn:
    """What is proved of one day's issue.

    A missing issue is a day without a paper only where the archive is known to hold days on
    either side, or up to ``silent_days`` after the newest: an address that never answered
    anything else, or days before the archive begins, say nothing.
    """
    if issue.missing:
        return _judge_missing(issue.day, archive)
    if issue.pages_left is None or issue.pages_left > 0:
        return GO_ON
    if not issue.articles:  # its pages may stand before what is on them does
        return Open(OpenCause.EMPTY_PAGE, f"the issue of {issue.day} shows no article")
    return Proved(End.ISSUE_WHOLE, "every page of each issue read")


def _judge_missing(day: date, archive: Archive) -> Proved | Open:
    if not archive.days:
        return Open(
            OpenCause.NO_ARCHIVE, "no issue was ever seen at this address: the day proves nothing"
        )
    if day in archive.days:
        return Open(OpenCause.NO_ARCHIVE, f"the issue of {day} was there before, and is not now")
    oldest, newest = archive.days[0], archive.days[-1]
    if day < oldest:
        return Open(
            OpenCause.WINDOW, f"issues reach back to {oldest}: the window from {day} is not covered"
        )
    if (day - newest).days > archive.silent_days:
        return Open(
            OpenCause.NO_ARCHIVE,
            f"no issue since {newest}, at most {archive.silent_days} days without one are declared",
        )
    return Proved(End.NO_ISSUE, "the site says which days have no issue", empty=True)

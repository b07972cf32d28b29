"""Whether one list page proves the end of its list, from what the page states.

An end is stated (page 7 of 7, all 13 of 13 articles, 没有更多了) or it is that nothing on the
page says that there is more.  Silence beside a button, a total or a script pager is no end.
The walk over several pages is judged in ``crawler.runs``, from these facts page by page.
"""

from dataclasses import dataclass

from storage.records import Listing


@dataclass(frozen=True, slots=True)
class PageEnd:
    """``proved`` where the page is the last of its list; ``why`` says what proves or denies it."""

    proved: bool
    why: str


def judge_end(listing: Listing, *, page_number: int | None = None) -> PageEnd:
    """The end of a list as its page states it.

    ``page_number`` is the number that the page was asked for as, from 1; where neither it nor
    the page says a number, the page is taken for the first one.
    """
    number = listing.page_number or page_number or 1
    count, items, here = listing.page_count, listing.item_count, len(listing.links)
    if listing.next_page is not None:
        return PageEnd(False, f"the list goes on at {listing.next_page}")
    if count is not None and number < count:
        return PageEnd(False, f"page {number} of {count}, and no link leads further")
    if items is not None and number == 1 and here < items:
        return PageEnd(False, f"{here} of {items} articles stand here, and no link leads further")
    if count is not None and count > 0:
        return PageEnd(True, f"page {number} of {count}")
    if items is not None and number == 1 and items > 0:
        return PageEnd(True, f"all {items} articles stand here")
    if listing.more:
        sign = listing.more[0]
        return PageEnd(False, f"{sign.kind.value}: {sign.evidence}, which cannot be followed")
    if listing.says_end is not None:
        return PageEnd(True, f"the page says {listing.says_end!r}")
    return PageEnd(True, "nothing on the page says that there is more")

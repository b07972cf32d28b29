"""Lists that look sound and are not what they were: held against their last believed reading.

A stale copy from a cache and a list that lost its dates or its pager answer 200, parse, and
hold articles; only the comparison with what the same list showed before tells.
"""

from dataclasses import dataclass

from storage.links.list_heads import ListHead
from storage.records import DoubtKind, Listing


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is wrong with a list, and the reason in words."""

    kind: DoubtKind
    words: str


MIN_VANISHED = 2
"""One vanished article may have been taken down; two newer than all that is left have not."""


def doubt_of(
    before: ListHead | None, now: ListHead, listing: Listing, *, empty_ok: bool = False
) -> Doubt | None:
    """Why the first page of a list is not to be believed; None when it may be.

    ``listing`` is the reading that ``now`` was made of; ``empty_ok`` says that the declaration
    allows a list without articles.
    """
    if before is None:
        return None
    if not now.links:
        return None if empty_ok else _emptied(before)
    return _stale(before, now) or _undated(before, now) or _without_pager(before, listing)


def _stale(before: ListHead, now: ListHead) -> Doubt | None:
    days = [day for _, day in now.links if day]
    shown = {url for url, _ in now.links}
    if not days:
        return None
    newest = max(days)
    vanished = [url for url, day in before.links if day and day > newest and url not in shown]
    kept = [url for url, day in before.links if day and day > newest and url in shown]
    if len(vanished) < MIN_VANISHED or kept:
        return None
    return Doubt(
        DoubtKind.STALE,
        f"an older copy of the list: nothing on it is newer than {newest}, and "
        f"{len(vanished)} newer articles that it showed on {before.read_at:%Y-%m-%d} are missing",
    )


def _emptied(before: ListHead) -> Doubt | None:
    """A site whose database fails answers 200, with the words of an empty column."""
    if len(before.links) < MIN_VANISHED:
        return None
    return Doubt(
        DoubtKind.EMPTIED,
        f"the list holds no article any more; on {before.read_at:%Y-%m-%d} it showed "
        f"{len(before.links)}",
    )


def _undated(before: ListHead, now: ListHead) -> Doubt | None:
    dated_before = sum(day is not None for _, day in before.links)
    if dated_before * 2 < len(before.links) or any(day for _, day in now.links):
        return None
    return Doubt(
        DoubtKind.UNDATED,
        f"the list prints no dates any more; on {before.read_at:%Y-%m-%d} it did for "
        f"{dated_before} of {len(before.links)} articles",
    )


def _without_pager(before: ListHead, listing: Listing) -> Doubt | None:
    had = before.page_count or 1
    if had < 2 or listing.next_page or listing.page_count:
        return None
    return Doubt(
        DoubtKind.NO_PAGER,
        f"the list leads to no further page; on {before.read_at:%Y-%m-%d} it had {had} pages",
    )

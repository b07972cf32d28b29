"""The inbox: one row a flagged story."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query

from scheduler.console.routes import MOST_ID, Ask, Pages
from storage.notices.flags import FlagStatus
from storage.notices.inbox import InboxFilter, InboxRow, count_inbox, list_inbox, newest_flag
from storage.records import Genre

ROWS = 40

Year = Annotated[int | None, Query(ge=1949, le=2100, description="a year that is covered")]
Region = Annotated[
    str | None, Query(max_length=20, description="short name of a province (云南), or 全国")
]
Before = Annotated[
    int | None, Query(ge=1, le=MOST_ID, description="the last id of the page before")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage:
    """A page of the inbox; ``next`` is the ``before`` of the page after it, None on the last.

    ``newest`` is the highest flag id of all, whatever the filter.
    """

    status: FlagStatus | None
    region: str | None
    genre: Genre | None
    year: int | None
    open: int
    accepted: int
    dismissed: int
    newest: int
    next: int | None
    rows: tuple[InboxRow, ...]


def add(pages: Pages) -> None:
    """Declare the page."""
    pages.page("/flags", "inbox.html", also=("/",), table="rows")(flags)


def flags(
    asked: Ask,
    status: FlagStatus | None = None,
    region: Region = None,
    genre: Genre | None = None,
    year: Year = None,
    before: Before = None,
) -> InboxPage:
    """The flagged stories, the newest first."""
    root = asked.request.url.path == "/"
    status = FlagStatus.OPEN if root and status is None else status
    wanted = InboxFilter(status=status, region=region or None, genre=genre, year=year)
    with asked.ground.reading() as session:
        rows = list_inbox(session, wanted, limit=ROWS + 1, before=before)
        counts = count_inbox(session, wanted)
        newest = newest_flag(session)
    shown = rows[:ROWS]
    return InboxPage(
        status=status,
        region=wanted.region,
        genre=genre,
        year=year,
        open=counts[FlagStatus.OPEN],
        accepted=counts[FlagStatus.ACCEPTED],
        dismissed=counts[FlagStatus.DISMISSED],
        newest=newest,
        next=shown[-1].flag if len(rows) > ROWS else None,
        rows=tuple(shown),
    )

"""The first page of each list as it was last believed: what a later reading is held against."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.engine.link_tables import ListHeadRow
from storage.engine.tables import upsert_into

MAX_LINKS = 60
"""Links kept of one page, in page order: more than a page of any list seen holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListHead:
    """The first page of one list: (canonical URL, day printed beside it) in page order."""

    url: str
    source_id: str
    links: tuple[tuple[str, date | None], ...]
    page_count: int | None
    read_at: datetime


def get_list_head(session: Session, url: str) -> ListHead | None:
    """The head of the list at ``url``; None when it was never read."""
    query = select(ListHeadRow).where(ListHeadRow.url == url)
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    return None if row is None else _head(row)


def list_heads_of(session: Session, source_id: str) -> list[ListHead]:
    """The heads of all lists of a source that were ever read, by URL."""
    query = select(ListHeadRow).where(ListHeadRow.source_id == source_id).order_by(ListHeadRow.url)
    return [_head(row) for row in session.scalars(query)]


def put_list_head(session: Session, head: ListHead) -> None:
    """Keep ``head`` in place of the list's former one."""
    values = {
        "source_id": head.source_id,
        "links": [[url, day and day.isoformat()] for url, day in head.links[:MAX_LINKS]],
        "page_count": head.page_count,
        "read_at": head.read_at,
    }
    session.execute(
        upsert_into(session, ListHeadRow)
        .values(url=head.url, **values)
        .on_conflict_do_update(index_elements=["url"], set_=values)
    )


def _head(row: ListHeadRow) -> ListHead:
    return ListHead(
        url=row.url,
        source_id=row.source_id,
        links=tuple(_link(pair) for pair in row.links),
        page_count=row.page_count,
        read_at=row.read_at,
    )


def _link(pair: object) -> tuple[str, date | None]:
    match pair:
        case [str(url), str(day)]:
            return url, date.fromisoformat(day)
        case [str(url), None]:
            return url, None
    raise ValueError(f"no link of a list head: {pair!r}")

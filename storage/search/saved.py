"""Saved searches: words that somebody waits for, and what of the new publications holds them.

A search begins with what is stored after it was saved; ``cppcc search`` shows what was before.
What is new is read once, in the order in which it was stored, and not looked up in the index:
the few publications of a minute are held against all searches together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from storage.engine.service_tables import SavedSearchRow
from storage.engine.tables import PublicationRow, RevisionRow
from storage.errors import RecordNotFoundError
from storage.publications.reading import last_id
from storage.search.grams import folded, joined

TOLD_EVERY = timedelta(hours=1)
"""A search that has found something is looked at again after this: a back-fill that stores a
thousand hits in an hour is one message and not sixty."""

AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """What is waited for: all words of ``query`` (separated by spaces), in ``region`` if given.

    ``seen`` is the newest publication that was held against it; ``told_at`` when something was
    found last, None before; ``by`` is None where nobody was named.
    """

    id: int
    query: str
    region: str | None
    by: str | None
    created_at: datetime
    seen: int
    told_at: datetime | None

    @property
    def terms(self) -> tuple[str, ...]:
        """The words, each of which must stand in title or text."""
        return tuple(self.query.split())


def save_search(
    session: Session, query: str, *, region: str | None, by: str | None, now: datetime
) -> SavedSearch:
    """Wait for what is stored from now on.  ValueError for a query without a word."""
    terms = query.split()
    if not terms:
        raise ValueError("nothing to search for")
    row = session.scalars(
        insert(SavedSearchRow)
        .values(
            query=" ".join(terms), region=region, created_by=by, created_at=now,
            seen=last_id(session),
        )
        .returning(SavedSearchRow)
    ).one()  # fmt: skip
    return _record(row)


def list_searches(session: Session) -> list[SavedSearch]:
    """All of them, the oldest first."""
    rows = session.scalars(select(SavedSearchRow).order_by(SavedSearchRow.id))
    return [_record(row) for row in rows]


def remove_search(session: Session, search_id: int) -> None:
    """Wait no longer.  RecordNotFoundError when there is no such search."""
    removed = session.execute(
        delete(SavedSearchRow).where(SavedSearchRow.id == search_id).returning(SavedSearchRow.id)
    ).one_or_none()
    if removed is None:
        raise RecordNotFoundError("saved search", search_id)


def due_searches(session: Session, *, now: datetime) -> list[SavedSearch]:
    """Those that something new may be held against now; no lock is taken."""
    newest = last_id(session)
    return [
        one
        for one in list_searches(session)
        if one.seen < newest and not (one.told_at and _within(one.told_at, now))
    ]


def look(
    session: Session, searches: Sequence[SavedSearch], *, now: datetime
) -> Mapping[int, list[int]]:
    """{search: publications that it found}, and remember that all up to now were looked at.

    Of a story only the first publication counts: a copy of what was there before is no news.
    """
    found: dict[int, list[int]] = {}
    if not searches:
        return found
    newest = last_id(session)
    after = min(one.seen for one in searches)
    while rows := _following(session, after, newest):
        for id_, region, words in rows:
            for one in searches:
                if id_ > one.seen and one.region in (None, region) and _holds(words, one):
                    found.setdefault(one.id, []).append(id_)
        after = rows[-1][0]
    for one in searches:
        told = {"told_at": now} if one.id in found else {}
        session.execute(
            update(SavedSearchRow)
            .where(SavedSearchRow.id == one.id)
            .values(seen=max(newest, one.seen), **told)
        )
    return found


def _following(session: Session, after: int, last: int) -> list[tuple[int, str | None, str]]:
    """The next publications that begin a story: id, region, folded words."""
    row, earlier = PublicationRow, aliased(PublicationRow)
    first = ~(
        select(earlier.id)
        .where(earlier.story_id == row.story_id, earlier.id < row.id)
        .correlate(row)
        .exists()
    )
    query = (
        select(
            row.id,
            func.coalesce(row.committee_region, row.region),
            row.title,
            RevisionRow.text,
        )
        .join(
            RevisionRow,
            (RevisionRow.publication_id == row.id) & (RevisionRow.revision == row.revision),
        )
        .where(row.id > after, row.id <= last, first)
        .order_by(row.id)
        .limit(AT_ONCE)
    )
    return [
        (id_, region, joined(title, text)) for id_, region, title, text in session.execute(query)
    ]


def _holds(words: str, search: SavedSearch) -> bool:
    return all(folded(term) in words for term in search.terms)


def _within(past: datetime, now: datetime) -> bool:
    return timedelta(0) <= now - past < TOLD_EVERY


def _record(row: SavedSearchRow) -> SavedSearch:
    return SavedSearch(
        id=row.id,
        query=row.query,
        region=row.region,
        by=row.created_by,
        created_at=row.created_at,
        seen=row.seen,
        told_at=row.told_at,
    )

"""Every article link that a list has shown, what became of it, when it is looked at again.

A stored article is looked at again after 1 day, 2, 4, ... at most 60; a change begins anew.
A refused one is tried again too, soon where the cause passes by itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    any_,
    bindparam,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session

from storage.engine.changes import lock_writers
from storage.engine.link_tables import DiscoveryRow, RefusalRow
from storage.engine.tables import table_of, upsert_into
from storage.links.takedown import MISSING_CLASSES, record_missing
from storage.records import Link, Refusal, RefusalClass, RequestKind

IN_BATCH = 500
"""URLs in one IN list: beyond some hundreds the rate no longer grows."""

RECHECK_FIRST = timedelta(days=1)  # corrections come within days
RECHECK_CAP = timedelta(days=60)  # and old articles hardly change

# First wait and cap of a refused link; each further refusal doubles the wait.
PASSING = (timedelta(minutes=30), timedelta(days=1))
OF_THE_SITE = (timedelta(hours=6), timedelta(days=7))
OF_THE_PAGE = (timedelta(days=1), timedelta(days=60))
BACK_OFF: dict[RefusalClass, tuple[timedelta, timedelta]] = {
    RefusalClass.NETWORK: PASSING,
    RefusalClass.HTTP_ERROR: PASSING,
    RefusalClass.TRUNCATED: PASSING,
    RefusalClass.OURS: PASSING,
    RefusalClass.BLOCKED: OF_THE_SITE,
    RefusalClass.FORBIDDEN: OF_THE_SITE,
    RefusalClass.CHALLENGE: OF_THE_SITE,
    RefusalClass.LAYOUT_CHANGED: OF_THE_SITE,
    RefusalClass.GONE: OF_THE_PAGE,
    RefusalClass.SOFT_404: OF_THE_PAGE,
    RefusalClass.REDIRECTED: OF_THE_PAGE,
    RefusalClass.MOVED: OF_THE_PAGE,
    RefusalClass.OFFSITE: OF_THE_PAGE,
    RefusalClass.TOO_LARGE: OF_THE_PAGE,
    RefusalClass.NOT_HTML: OF_THE_PAGE,
    RefusalClass.SCRIPT_SHELL: OF_THE_PAGE,
    RefusalClass.TOO_SHORT: OF_THE_PAGE,
    RefusalClass.NOT_ARTICLE: OF_THE_PAGE,
    RefusalClass.MOJIBAKE: OF_THE_PAGE,
    RefusalClass.HIJACKED: OF_THE_PAGE,
    RefusalClass.WRONG_CONTENT: OF_THE_PAGE,
}


class LinkState(StrEnum):
    """What became of a listed link."""

    PENDING = "pending"  # never fetched yet
    STORED = "stored"
    REFUSED = "refused"  # each attempt so far was refused


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLink:
    """A link seen before; ``attempts`` counts its checks since the last change or success."""

    url: str
    fetch_url: str  # where it was linked, which may be another address than ``url``
    source_id: str
    title: str
    listed_on: date | None
    state: LinkState
    refusal_class: RefusalClass | None
    detail: str | None
    attempts: int
    first_seen_at: datetime
    last_seen_at: datetime
    next_check_at: datetime
    publication_id: int | None


def waited(first: timedelta, cap: timedelta, attempts: int) -> timedelta:
    """``first`` doubled ``attempts`` times, at most ``cap``."""
    return min(cap, first * (1 << min(attempts, 20)))


def record_links(
    session: Session,
    source_id: str,
    links: Sequence[Link],
    *,
    now: datetime,
    run_id: int | None,
) -> dict[str, KnownLink]:
    """Keep the links of one list page; what was known of each before, by canonical URL.

    A known link moves its ``last_seen_at``, and takes a longer title or a date it lacked.
    """
    wanted = {link.url: link for link in reversed(links)}  # the first of a repeated link counts
    known = known_links(session, source_id, list(wanted))
    fresh = [link for url, link in wanted.items() if url not in known]
    if fresh:
        rows = [
            {
                "url": link.url,
                "source_id": source_id,
                "fetch_url": link.fetch_url,
                "title": link.title,
                "listed_on": link.published_on,
                "first_seen_at": now,
                "last_seen_at": now,
                "first_run_id": run_id,
                "state": LinkState.PENDING.value,
                "attempts": 0,
                "next_check_at": now,
            }
            for link in reversed(fresh)
        ]
        # Another run of the same source may list the same link at this moment.
        session.execute(upsert_into(session, DiscoveryRow).on_conflict_do_nothing(), rows)
    if known:
        _touch(session, source_id, [(wanted[url], seen) for url, seen in known.items()], now)
    return known


def known_links(session: Session, source_id: str, urls: Iterable[str]) -> dict[str, KnownLink]:
    """Which of these canonical URLs this source has shown before, asked in batches."""
    wanted = list(dict.fromkeys(urls))
    found: dict[str, KnownLink] = {}
    for start in range(0, len(wanted), IN_BATCH):
        rows = session.execute(
            select(*_COLUMNS).where(
                _is_one_of(session, wanted[start : start + IN_BATCH]),
                DiscoveryRow.source_id == source_id,
            )
        )
        for row in rows:
            found[row[0]] = _known(tuple(row))
    return found


def _is_one_of(session: Session, urls: list[str]) -> ColumnElement[bool]:
    """The URL is one of ``urls``: one array for PostgreSQL, which else parses each parameter."""
    if session.get_bind().dialect.name == "postgresql":
        return DiscoveryRow.url == any_(literal(urls, ARRAY(Text)))
    return DiscoveryRow.url.in_(urls)


def due_links(
    session: Session, source_id: str, *, now: datetime, limit: int, state: LinkState | None = None
) -> list[KnownLink]:
    """Links of a source whose next check is due, the longest overdue first."""
    query = select(*_COLUMNS).where(
        DiscoveryRow.source_id == source_id, DiscoveryRow.next_check_at <= now
    )
    if state is not None:
        query = query.where(DiscoveryRow.state == state.value)
    rows = session.execute(query.order_by(DiscoveryRow.next_check_at).limit(limit))
    return [_known(tuple(row)) for row in rows]


def newest_listed(
    session: Session, source_id: str, *, seen_since: datetime | None = None
) -> date | None:
    """The newest day printed on this source's lists; on those read since an instant, if given."""
    query = select(func.max(DiscoveryRow.listed_on)).where(DiscoveryRow.source_id == source_id)
    if seen_since is not None:
        query = query.where(DiscoveryRow.last_seen_at >= seen_since)
    return session.scalar(query)


def listed_days(session: Session, source_id: str, since: date) -> tuple[date, ...]:
    """The days printed on this source's lists from ``since`` on, ascending; before them the
    newest of all others and the oldest, () where none ever was."""
    own = DiscoveryRow.source_id == source_id
    ends = select(func.min(DiscoveryRow.listed_on), func.max(DiscoveryRow.listed_on)).where(own)
    within = select(DiscoveryRow.listed_on).where(own, DiscoveryRow.listed_on >= since).distinct()
    days = {*session.execute(ends).one(), *session.scalars(within)}
    return tuple(sorted(day for day in days if day is not None))


def record_refusal(
    session: Session, refusal: Refusal, *, source_id: str, run_id: int | None, now: datetime
) -> None:
    """Keep a refusal in the run's account; for an article link, put its next check off.

    A stored article stays stored; a refusal that says that its page is not there counts as
    one failed check towards a take-down (``storage.links.takedown``).
    """
    if refusal.refusal_class in MISSING_CLASSES:
        lock_writers(session)  # before any row, as all writers of articles do
    session.execute(
        insert(RefusalRow).values(
            run_id=run_id,
            source_id=source_id,
            url=refusal.url,
            kind=refusal.kind.value,
            refusal_class=refusal.refusal_class.value,
            detail=refusal.detail,
            at=now,
        )
    )
    link = known_links(session, source_id, [refusal.url]).get(refusal.url)
    if refusal.kind is not RequestKind.ARTICLE or link is None:
        return
    first, cap = BACK_OFF[refusal.refusal_class]
    stored = link.state is LinkState.STORED
    session.execute(
        update(DiscoveryRow)
        .where(DiscoveryRow.url == refusal.url, DiscoveryRow.source_id == source_id)
        .values(
            state=(LinkState.STORED if stored else LinkState.REFUSED).value,
            refusal_class=refusal.refusal_class.value,
            detail=refusal.detail,
            attempts=link.attempts + 1,
            next_check_at=now + waited(first, cap, 0 if stored else link.attempts),
        )
    )
    if stored and refusal.refusal_class in MISSING_CLASSES:
        record_missing(session, refusal.url, now=now)


def list_refusals(session: Session, run_id: int) -> list[Refusal]:
    """The refusals of one run, in the order in which they happened."""
    rows = session.scalars(
        select(RefusalRow).where(RefusalRow.run_id == run_id).order_by(RefusalRow.id)
    )
    return [
        Refusal(
            url=row.url,
            kind=RequestKind(row.kind),
            refusal_class=RefusalClass(row.refusal_class),
            detail=row.detail,
        )
        for row in rows
    ]


def mark_stored(
    session: Session, stored: dict[str, int], *, changed: frozenset[str], now: datetime
) -> None:
    """Say of each listed URL that it is stored as that publication, and set its next check.

    ``changed`` are the URLs whose text is new or another one: their intervals begin anew.
    Part of the transaction that stores them.
    """
    urls = list(stored)
    rows = []
    for start in range(0, len(urls), IN_BATCH):
        found = session.execute(
            select(
                DiscoveryRow.url, DiscoveryRow.source_id, DiscoveryRow.state, DiscoveryRow.attempts
            ).where(DiscoveryRow.url.in_(urls[start : start + IN_BATCH]))
        )
        for url, source_id, state, attempts in found:
            fresh = url in changed or state != LinkState.STORED
            checks = 0 if fresh else attempts + 1
            rows.append(
                {
                    "b_url": url,
                    "b_source_id": source_id,
                    "publication_id": stored[url],
                    "attempts": checks,
                    "next_check_at": now + waited(RECHECK_FIRST, RECHECK_CAP, checks),
                }
            )
    if rows:
        rows.sort(key=lambda row: (row["b_url"], row["b_source_id"]))  # one order: no deadlock
        table = table_of(DiscoveryRow)
        session.execute(
            update(table)
            .where(table.c.url == bindparam("b_url"), table.c.source_id == bindparam("b_source_id"))
            .values(
                state=LinkState.STORED.value,
                refusal_class=None,
                detail=None,
                publication_id=bindparam("publication_id"),
                attempts=bindparam("attempts"),
                next_check_at=bindparam("next_check_at"),
            ),
            rows,
        )


_COLUMNS = (
    DiscoveryRow.url,
    DiscoveryRow.source_id,
    DiscoveryRow.title,
    DiscoveryRow.listed_on,
    DiscoveryRow.state,
    DiscoveryRow.refusal_class,
    DiscoveryRow.detail,
    DiscoveryRow.attempts,
    DiscoveryRow.first_seen_at,
    DiscoveryRow.last_seen_at,
    DiscoveryRow.next_check_at,
    DiscoveryRow.publication_id,
    DiscoveryRow.fetch_url,
)

_Columns = tuple[
    str, str, str, date | None, str, str | None, str | None, int, datetime, datetime, datetime,
    int | None, str | None,
]  # fmt: skip


def _known(row: _Columns) -> KnownLink:
    url, source_id, title, listed_on, state, refusal_class, detail, attempts = row[:8]
    first_seen_at, last_seen_at, next_check_at, publication_id, fetch_url = row[8:]
    return KnownLink(
        url=url,
        fetch_url=fetch_url or url,
        source_id=source_id,
        title=title,
        listed_on=listed_on,
        state=LinkState(state),
        refusal_class=RefusalClass(refusal_class) if refusal_class else None,
        detail=detail,
        attempts=attempts,
        first_seen_at=first_seen_at,
        last_seen_at=last_seen_at,
        next_check_at=next_check_at,
        publication_id=publication_id,
    )


def _touch(
    session: Session, source_id: str, seen: list[tuple[Link, KnownLink]], now: datetime
) -> None:
    table = table_of(DiscoveryRow)
    session.execute(
        update(table)
        .where(table.c.url == bindparam("b_url"), table.c.source_id == source_id)
        .values(title=bindparam("title"), listed_on=bindparam("listed_on"), last_seen_at=now),
        [
            {
                "b_url": link.url,
                "title": link.title if len(link.title) > len(before.title) else before.title,
                "listed_on": before.listed_on or link.published_on,
            }
            for link, before in sorted(seen, key=lambda pair: pair[0].url)  # one order: no deadlock
        ],
    )

"""What the service has learnt of each source's rhythm, and its list pages as last probed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Row, bindparam, delete, select
from sqlalchemy.orm import Session

from storage.engine.service_tables import ProbePageRow, WatchRow
from storage.engine.tables import Base, insert_of, table_of, upsert_into

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One source's rhythm; ``spacing`` is the smoothed time between observed changes."""

    source_id: str
    since: datetime
    probed_at: datetime | None = None
    changed_at: datetime | None = None
    spacing: timedelta | None = None
    failed_probes: int = 0
    last_new_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbePage:
    """One list page as the last probe saw it; ``links_sha256`` is of the links it lists."""

    url: str
    source_id: str
    etag: str | None
    last_modified: str | None
    links_sha256: str
    probed_at: datetime
    unchanged_count: int = 0


_WATCHES = table_of(WatchRow)
_PAGES = table_of(ProbePageRow)

# Asked at every tick of every source: built once, a query costs a seventh.
_ALL_WATCHES = select(_WATCHES)
_ONE_WATCH = select(_WATCHES).where(_WATCHES.c.source_id == bindparam("source"))
_PAGES_OF = select(_PAGES).where(_PAGES.c.source_id == bindparam("source"))
_DROP_PAGES = delete(_PAGES).where(_PAGES.c.source_id == bindparam("source"))


def all_watches(session: Session) -> dict[str, Watch]:
    """Every watch by source id."""
    return {row.source_id: _watch(row) for row in session.execute(_ALL_WATCHES)}


def get_watch(session: Session, source_id: str) -> Watch | None:
    """One source's watch; None when it was never watched."""
    row = session.execute(_ONE_WATCH, {"source": source_id}).one_or_none()
    return None if row is None else _watch(row)


def put_watch(session: Session, watch: Watch) -> None:
    """Keep this in place of the source's former watch."""
    session.execute(
        _put(session.get_bind().dialect.name, WatchRow),
        {
            "source_id": watch.source_id,
            "since": watch.since,
            "probed_at": watch.probed_at,
            "changed_at": watch.changed_at,
            "spacing_seconds": None if watch.spacing is None else watch.spacing.total_seconds(),
            "failed_probes": watch.failed_probes,
            "last_new_at": watch.last_new_at,
        },
    )


def put_next_looks(session: Session, looks: Mapping[str, datetime], *, now: datetime) -> None:
    """Enter when each of these sources is looked at next: what people are shown, no more.

    What is due is read from what was seen of a source (probes, ended runs, verifications), so
    a restart asks nobody again; a watch that has not begun begins with this.
    """
    if not looks:
        return
    statement = upsert_into(session, WatchRow)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["source_id"],
            set_={"next_look_at": statement.excluded.next_look_at},
        ),
        [
            {"source_id": one, "since": now, "failed_probes": 0, "next_look_at": at}
            for one, at in sorted(looks.items())  # one order: no deadlock
        ],
    )


def probe_pages(session: Session, source_id: str) -> dict[str, ProbePage]:
    """The source's probed pages by URL."""
    rows = session.execute(_PAGES_OF, {"source": source_id})
    return {
        row.url: ProbePage(
            url=row.url,
            source_id=row.source_id,
            etag=row.etag,
            last_modified=row.last_modified,
            links_sha256=row.links_sha256,
            probed_at=row.probed_at,
            unchanged_count=row.unchanged_count,
        )
        for row in rows
    }


def put_probe_pages(session: Session, source_id: str, pages: Iterable[ProbePage]) -> None:
    """Keep these pages in place of all former ones of the source."""
    session.execute(_DROP_PAGES, {"source": source_id})
    statement = _put(session.get_bind().dialect.name, ProbePageRow)
    for page in pages:
        session.execute(statement, {field.name: getattr(page, field.name) for field in _FIELDS})


_FIELDS = fields(ProbePage)


@cache
def _put(engine: str, row: type[Base]) -> "postgresql.Insert | sqlite.Insert":
    """An upsert of whole rows by their primary key."""
    table = table_of(row)
    statement = insert_of(engine)(table)
    keys = [column.name for column in table.primary_key]
    return statement.on_conflict_do_update(
        index_elements=keys,
        set_={
            column.name: statement.excluded[column.name]
            for column in table.columns
            if column.name not in keys and column.name != "next_look_at"  # put_next_looks' own
        },
    )


def _watch(row: Row[tuple[object, ...]]) -> Watch:
    spacing = row.spacing_seconds
    return Watch(
        source_id=row.source_id,
        since=row.since,
        probed_at=row.probed_at,
        changed_at=row.changed_at,
        spacing=None if spacing is None else timedelta(seconds=spacing),
        failed_probes=row.failed_probes,
        last_new_at=row.last_new_at,
    )

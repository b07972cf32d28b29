"""What the service has learnt of each source's rhythm, and its list pages as last probed."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage.service_tables import ProbePageRow, WatchRow
from storage.tables import upsert_into


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


def all_watches(session: Session) -> dict[str, Watch]:
    """Every watch by source id."""
    rows = session.scalars(select(WatchRow).execution_options(populate_existing=True))
    return {row.source_id: _watch(row) for row in rows}


def get_watch(session: Session, source_id: str) -> Watch | None:
    """One source's watch; None when it was never watched."""
    query = select(WatchRow).where(WatchRow.source_id == source_id)
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    return None if row is None else _watch(row)


def put_watch(session: Session, watch: Watch) -> None:
    """Keep this in place of the source's former watch."""
    values = {
        "since": watch.since,
        "probed_at": watch.probed_at,
        "changed_at": watch.changed_at,
        "spacing_seconds": None if watch.spacing is None else watch.spacing.total_seconds(),
        "failed_probes": watch.failed_probes,
        "last_new_at": watch.last_new_at,
    }
    session.execute(
        upsert_into(session, WatchRow)
        .values(source_id=watch.source_id, **values)
        .on_conflict_do_update(index_elements=["source_id"], set_=values)
    )


def probe_pages(session: Session, source_id: str) -> dict[str, ProbePage]:
    """The source's probed pages by URL."""
    rows = session.scalars(
        select(ProbePageRow)
        .where(ProbePageRow.source_id == source_id)
        .execution_options(populate_existing=True)
    )
    return {
        row.url: ProbePage(**{field.name: getattr(row, field.name) for field in fields(ProbePage)})
        for row in rows
    }


def put_probe_pages(session: Session, source_id: str, pages: Iterable[ProbePage]) -> None:
    """Keep these pages in place of all former ones of the source."""
    session.execute(delete(ProbePageRow).where(ProbePageRow.source_id == source_id))
    for page in pages:
        values = {field.name: getattr(page, field.name) for field in fields(ProbePage)}
        session.execute(
            upsert_into(session, ProbePageRow)
            .values(**values)
            .on_conflict_do_update(index_elements=["url"], set_=values)
        )


def _watch(row: WatchRow) -> Watch:
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

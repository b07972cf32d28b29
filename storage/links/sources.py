"""The declared sources as the database knows them: region, and the names they are credited by."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.engine.changes import lock_writers, record_changes
from storage.engine.tables import PublicationRow, SourceRow, table_of, upsert_into
from storage.records import Level, SourceRecord


def sync_sources(session: Session, sources: Iterable[SourceRecord], *, now: datetime) -> None:
    """Bring the table in line with the declarations; a source that is gone keeps its row.

    A changed region moves to the source's publications too, and followers of v1_changes see it.
    """
    known = {row.id: row for row in list_sources(session)}
    sources = list(sources)
    moved = [one for one in sources if one.id not in known or known[one.id].region != one.region]
    if moved:
        lock_writers(session)  # before any row, as all writers of articles do
    for source in sorted(sources, key=lambda one: one.id):  # one order: no deadlock
        values = {
            "name": source.name,
            "region": source.region,
            "level": source.level and source.level.value,
            "outlets": list(source.outlets),
            "kind": source.kind,
            "family": source.family,
            "homepage": source.homepage,
            "synced_at": now,
        }
        before = known.get(source.id)
        if before == source:
            continue
        # Two services may begin on an empty database at the same moment.
        session.execute(
            upsert_into(session, SourceRow)
            .values(id=source.id, **values)
            .on_conflict_do_update(index_elements=["id"], set_=values)
        )
    for source in moved:
        ids = session.scalars(
            update(PublicationRow)
            .where(
                PublicationRow.source_id == source.id,
                PublicationRow.region.is_distinct_from(source.region),
            )
            .values(region=source.region)
            .returning(PublicationRow.id)
        )
        record_changes(session, "change", sorted(ids), now=now)


def list_sources(session: Session) -> list[SourceRecord]:
    """All sources that were ever declared, by id."""
    rows = session.execute(select(table_of(SourceRow)).order_by(SourceRow.id))
    return [
        SourceRecord(
            id=row.id,
            name=row.name,
            region=row.region,
            level=Level(row.level) if row.level else None,
            outlets=tuple(row.outlets),
            kind=row.kind,
            family=row.family,
            homepage=row.homepage,
        )
        for row in rows
    ]

"""What an export takes from the database, in batches: memory does not grow with its size."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import column, func, select, table
from sqlalchemy.orm import Session

from storage.engine.tables import ChangeRow, PublicationRow
from storage.errors import ExportError
from storage.exports.columns import METRICS, PLACE, view_of
from storage.exports.filters import Filters, kept
from storage.vocabulary import REGION_CODES

BATCH = 500
"""Publications read at once."""
FEW_CHANGES = 20_000
"""So many are sorted in memory; of more, a walk along all publications finds some soon."""

Row = dict[str, object]

EVERYTHING = Filters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The publications changed after ``since`` and up to ``cursor``; all without ``since``.

    Of these, those that the filters keep as they stand now.
    """

    since: int | None
    cursor: int
    filters: Filters = EVERYTHING


def select_changes(session: Session, since: int | None, filters: Filters = EVERYTHING) -> Selection:
    """The selection that ends now; its ``cursor`` is the next export's ``since``.

    The cursor is read before the rows: a change that comes in between is exported now and
    again the next time, never left out.

    :raises ExportError: where ``since`` is a cursor that this database has not given out yet: it
        is of another one, or of later than the backup that this one was restored from.  The
        cursors up to it are still to come, and would be passed over when they do.
    """
    last = session.scalars(select(func.max(ChangeRow.cursor))).one() or 0
    if since is not None and since > last:
        raise ExportError(
            f"cursor {since} is not of this database, whose last one is {last}: it was restored "
            "from a backup or is another one; export everything once, without --since"
        )
    return Selection(since=since, cursor=last, filters=filters)


def id_batches(session: Session, chosen: Selection) -> Iterator[list[int]]:
    """Ids of the chosen publications, ascending."""
    found = chosen.filters.found(session)
    few = chosen.since is not None and chosen.cursor - chosen.since <= FEW_CHANGES
    for ids in _few_changed(session, chosen) if few else _walked(session, chosen):
        if wanted := kept(ids, found):
            yield wanted


def count_copies(session: Session, chosen: Selection) -> int:
    """How many of the chosen publications are copies of others."""
    if chosen.filters.originals:
        return 0
    copy = PublicationRow.is_original.is_(False)
    return sum(
        session.scalars(
            select(func.count()).select_from(PublicationRow).where(PublicationRow.id.in_(ids), copy)
        ).one()
        for ids in id_batches(session, chosen)
    )


def _walked(session: Session, chosen: Selection) -> Iterator[list[int]]:
    """Along the publications, or the index of their changes."""
    column = PublicationRow.id if chosen.since is None else ChangeRow.publication_id
    query = select(column).distinct().order_by(column).limit(BATCH)
    if chosen.since is not None:
        query = query.where(ChangeRow.cursor > chosen.since, ChangeRow.cursor <= chosen.cursor)
    if conditions := list(chosen.filters.conditions()):
        if chosen.since is not None:
            query = query.join(PublicationRow, PublicationRow.id == ChangeRow.publication_id)
        query = query.where(*conditions)
    last = 0
    while ids := list(session.scalars(query.where(column > last))):
        yield ids
        last = ids[-1]


def _few_changed(session: Session, chosen: Selection) -> Iterator[list[int]]:
    """By the range of cursors, read once.

    Asked for in the order of publications, an engine walks their index from its start, which
    takes the longer the more is stored: however little has changed.
    """
    query = select(ChangeRow.publication_id).where(
        ChangeRow.cursor > chosen.since, ChangeRow.cursor <= chosen.cursor
    )
    changed = sorted(set(session.scalars(query)))
    conditions = list(chosen.filters.conditions())
    for first in range(0, len(changed), BATCH):
        ids = changed[first : first + BATCH]
        if conditions:
            wanted = select(PublicationRow.id).where(PublicationRow.id.in_(ids), *conditions)
            ids = list(session.scalars(wanted.order_by(PublicationRow.id)))
        yield ids


def publication_rows(session: Session, ids: Sequence[int]) -> list[Row]:
    """Rows of v1_publications, by id."""
    view = view_of("publications")
    rows = session.execute(select(view).where(view.c.id.in_(ids)).order_by(view.c.id))
    return [
        dict(row) | {"region_code": REGION_CODES.get(row["committee_region"] or "")}
        for row in rows.mappings()
    ]


def event_rows(session: Session, ids: Sequence[int]) -> list[Row]:
    """Rows of v1_events, by publication and ordinal."""
    view = view_of("events")
    rows = session.execute(
        select(view)
        .where(view.c.publication_id.in_(ids))
        .order_by(view.c.publication_id, view.c.ordinal)
    )
    return [dict(row) for row in rows.mappings()]


def figure_rows(session: Session, ids: Sequence[int]) -> list[Row]:
    """Rows of v1_figures, by publication and event."""
    view = view_of("figures")
    rows = session.execute(
        select(view)
        .where(view.c.publication_id.in_(ids))
        .order_by(view.c.publication_id, view.c.event_ordinal)
    )
    return [dict(row) for row in rows.mappings()]


def coverage_rows(session: Session) -> Iterator[Row]:
    """Rows of v1_coverage, whatever was selected: a cell is not a change."""
    view = view_of("coverage")
    rows = session.execute(select(view).order_by(view.c.year, view.c.region))
    for row in rows.mappings():
        yield {name: str(value) if name.startswith("due_") and value is not None else value
               for name, value in row.items()}  # fmt: skip


def whole_publications(session: Session, ids: Sequence[int]) -> list[Row]:
    """Publications with their ``events`` and ``figures`` as lists within them."""
    rows = publication_rows(session, ids)
    for name, parts in (
        ("events", event_rows(session, ids)),
        ("figures", figure_rows(session, ids)),
    ):
        owned: dict[object, list[Row]] = {}
        for part in parts:
            owned.setdefault(part.pop("publication_id"), []).append(part)
        for row in rows:
            row[name] = owned.get(row["id"], [])
    return rows


def placed(session: Session, ids: Sequence[int], rows: list[Row]) -> list[Row]:
    """Events or figures, each with whose it is, of which year, and where and when it was told."""
    told = {row["id"]: row for row in publication_rows(session, ids)}
    return [
        {name: told[row["publication_id"]][source] for name, source in PLACE.items()} | row
        for row in rows
    ]


def placed_events(session: Session, ids: Sequence[int]) -> list[Row]:
    """Events as a sheet shows them."""
    return placed(session, ids, event_rows(session, ids))


def placed_figures(session: Session, ids: Sequence[int]) -> list[Row]:
    """Figures as a sheet shows them."""
    return placed(session, ids, figure_rows(session, ids))


def metric_rows(session: Session, chosen: Selection) -> list[Row]:
    """Rows of v1_metrics of the committees and years that the chosen publications cover."""
    row = PublicationRow
    place = (row.committee_level, row.committee_region, row.committee_name, row.year_from)
    wanted = {
        tuple(found)
        for ids in id_batches(session, chosen)
        for found in session.execute(select(*place).distinct().where(row.id.in_(ids)))
    }
    view = table("v1_metrics", *(column(one.name) for one in METRICS))
    names = ("committee_level", "region", "committee_name", "year")
    rows = session.execute(
        select(view).order_by(view.c.metric_key, *(view.c[name] for name in names))
    )
    return [dict(row) for row in rows.mappings() if tuple(row[name] for name in names) in wanted]

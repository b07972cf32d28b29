"""The rows below a publication's: its words, its captures, and what was read in them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from storage.articles.prepared import Prepared, Saving
from storage.articles.snapshots import put_snapshots
from storage.engine.bulk import insert_rows
from storage.engine.rows import event_rows, figure_rows, topic_rows
from storage.engine.tables import (
    CaptureRow,
    EventRow,
    FigureRow,
    PublicationRow,
    RevisionRow,
    SourceRow,
    TopicRow,
)
from storage.search.index import index_words


def keep_captures(session: Session, batch: list[Prepared]) -> dict[str, list[str]]:
    """The hashes of each article's raw pages, by its URL."""
    bodies = [capture.body for one in batch for capture in one.article.captures]
    hashes = iter(put_snapshots(session, bodies))
    return {one.article.url: [next(hashes) for _ in one.article.captures] for one in batch}


def write_revisions(
    session: Session,
    current: list[tuple[Prepared, int, int]],
    captured: Mapping[str, Sequence[str]],
    saving: Saving,
) -> None:
    """The words, the captures, and what was read: (article, publication id, revision) each."""
    revisions: list[dict[str, object]] = []
    captures: list[dict[str, object]] = []
    events: list[dict[str, object]] = []
    figures: list[dict[str, object]] = []
    topics: list[dict[str, object]] = []
    for one, id_, revision in current:
        article = one.article
        revisions.append(
            {
                "publication_id": id_,
                "revision": revision,
                "seen_at": saving.seen(article),
                "run_id": saving.run_id,
                "title": article.title,
                "text": article.text,
                "content_sha256": one.content_sha256,
            }
        )
        for position, capture in enumerate(article.captures):
            captures.append(
                {
                    "publication_id": id_,
                    "revision": revision,
                    "position": position,
                    "url": capture.url,
                    "fetched_at": capture.fetched_at,
                    "status": capture.status,
                    "headers": [[name, value] for name, value in capture.headers],
                    "sha256": captured[article.url][position],
                }
            )
        if article.reading is not None:
            events += event_rows(id_, article.reading.events)
            figures += figure_rows(id_, article.reading.figures)
            topics += topic_rows(id_, article.reading.topics)
    insert_rows(session, RevisionRow, revisions)
    index_words(
        session, [(id_, rev, one.article.title, one.article.text) for one, id_, rev in current]
    )
    insert_rows(session, CaptureRow, captures)
    insert_rows(session, EventRow, events)
    insert_rows(session, FigureRow, figures)
    insert_rows(session, TopicRow, topics)


def regions_of(session: Session, source_ids: set[str | None]) -> dict[str | None, str | None]:
    rows = session.execute(
        select(SourceRow.id, SourceRow.region).where(SourceRow.id.in_(source_ids - {None}))
    )
    return dict(rows.all())


def next_ids(session: Session, count: int) -> list[int]:
    """Publication ids, known before the rows are written so that Core can write batches."""
    if session.get_bind().dialect.name == "postgresql":
        query = text("SELECT nextval('publications_id_seq') FROM generate_series(1, :count)")
        return list(session.scalars(query, {"count": count}))
    last = session.scalars(select(func.max(PublicationRow.id))).one() or 0
    return list(range(last + 1, last + 1 + count))

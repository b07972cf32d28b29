"""What tests do with a database in one step: save one article, follow the changes, go back."""

from dataclasses import dataclass
from datetime import datetime

from alembic import command
from sqlalchemy import Engine, Integer, Text, column, select, table
from sqlalchemy.orm import Session

from storage.articles.saving import SaveOutcome, save_articles
from storage.engine.tables import Instant
from storage.migrations.upgrading import alembic_config
from storage.records import Article


def save_article(
    session: Session, article: Article, *, now: datetime, run_id: int | None
) -> SaveOutcome:
    """Save one article; see ``save_articles``."""
    return save_articles(session, [article], now=now, run_id=run_id)[0]


def downgrade_engine(engine: Engine, revision: str) -> None:
    """Go down to ``revision`` (``base``: no tables at all) in one transaction."""
    config = alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of v1_changes: ``kind`` is add, change or remove."""

    cursor: int
    at: datetime
    kind: str
    publication_id: int


_CHANGES = table(
    "v1_changes",
    column("cursor", Integer),
    column("at", Instant),
    column("kind", Text),
    column("publication_id", Integer),
)


def changes_since(session: Session, cursor: int, *, limit: int = 1000) -> list[Change]:
    """What happened after ``cursor`` (0: from the beginning), in order of commit.

    Cursors only grow, and one is never committed after a higher one has been seen: going on
    from the last one misses nothing and repeats nothing.
    """
    columns = _CHANGES.c
    rows = session.execute(
        select(columns.cursor, columns.at, columns.kind, columns.publication_id)
        .where(columns.cursor > cursor)
        .order_by(columns.cursor)
        .limit(limit)
    )
    return [
        Change(cursor=row.cursor, at=row.at, kind=row.kind, publication_id=row.publication_id)
        for row in rows
    ]

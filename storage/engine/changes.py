"""The list of changes that downstream tools follow, and the lock that keeps it in order."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from storage.engine.bulk import insert_rows
from storage.engine.tables import ChangeRow

WRITER_LOCK = 7_232_019
"""PostgreSQL's advisory lock that lets one transaction save articles at a time.

So cursors of v1_changes are committed in their own order, and two copies that arrive together
see each other.  SQLite has one writer anyway.
"""


def lock_writers(session: Session) -> None:
    """Let no other transaction save articles until this one ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})"))


def record_changes(
    session: Session, kind: str, publication_ids: Iterable[int], *, now: datetime
) -> None:
    """Tell those who follow v1_changes.  Only while holding ``lock_writers``."""
    rows = [{"at": now, "kind": kind, "publication_id": id_} for id_ in publication_ids]
    insert_rows(session, ChangeRow, rows)

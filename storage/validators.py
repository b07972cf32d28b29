"""HTTP validators per URL, for conditional requests.

Validators lie: the caller fetches in full every n-th time, by ``unchanged_count``.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import ValidatorRow, upsert_into


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a URL's last full answer said; ``unchanged_count`` counts the 304s since then."""

    url: str
    etag: str | None
    last_modified: str | None
    body_sha256: str
    fetched_at: datetime
    unchanged_count: int = 0


def get_validators(session: Session, url: str) -> Validators | None:
    """The validators of a URL; None when it was never fetched in full."""
    row = session.execute(
        select(
            ValidatorRow.etag,
            ValidatorRow.last_modified,
            ValidatorRow.body_sha256,
            ValidatorRow.fetched_at,
            ValidatorRow.unchanged_count,
        ).where(ValidatorRow.url == url)
    ).one_or_none()
    if row is None:
        return None
    return Validators(
        url=url,
        etag=row.etag,
        last_modified=row.last_modified,
        body_sha256=row.body_sha256,
        fetched_at=row.fetched_at,
        unchanged_count=row.unchanged_count,
    )


def put_validators(session: Session, validators: Validators) -> None:
    """Keep these in place of the URL's former ones."""
    values = {
        "etag": validators.etag,
        "last_modified": validators.last_modified,
        "body_sha256": validators.body_sha256,
        "fetched_at": validators.fetched_at,
        "unchanged_count": validators.unchanged_count,
    }
    session.execute(
        upsert_into(session, ValidatorRow)
        .values(url=validators.url, **values)
        .on_conflict_do_update(index_elements=["url"], set_=values)
    )

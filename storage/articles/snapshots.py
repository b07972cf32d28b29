"""The raw page as evidence: each body once, zstd, under the SHA-256 of its bytes.

In the database and not in files beside it, so that a page commits or vanishes with the
article that was read from it (docs/decisions/0011-snapshots-in-the-database.md).
"""

import hashlib
from collections.abc import Iterable

import zstandard
from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.engine.tables import SnapshotRow, upsert_into
from storage.errors import RecordNotFoundError, SnapshotCorruptError, SnapshotDroppedError

LEVEL = 3
"""zstd's default: a page of 73 KB becomes some 12 KB in 0.3 ms; level 9 saves 8% more."""


def sha256_of(body: bytes) -> str:
    """The name under which these bytes are kept."""
    return hashlib.sha256(body).hexdigest()


def put_snapshots(session: Session, bodies: Iterable[bytes]) -> list[str]:
    """Keep each body that is not kept yet, or no longer; their hashes, in order."""
    given = list(bodies)
    # One document may be the capture of a hundred articles: it is hashed once.
    names = {body: sha256_of(body) for body in dict.fromkeys(given)}
    wanted = {name: body for body, name in names.items()}
    if not wanted:
        return []
    kept = session.scalars(
        select(SnapshotRow.sha256).where(
            SnapshotRow.sha256.in_(wanted.keys()), SnapshotRow.dropped_at.is_(None)
        )
    ).all()
    compressor = zstandard.ZstdCompressor(level=LEVEL)
    rows = [
        {"sha256": sha256, "size": len(body), "zstd": compressor.compress(body)}
        for sha256, body in wanted.items()
        if sha256 not in set(kept)
    ]
    if rows:
        insert = upsert_into(session, SnapshotRow)
        again = {"zstd": insert.excluded.zstd, "dropped_at": None}
        session.execute(insert.on_conflict_do_update(index_elements=["sha256"], set_=again), rows)
    return [names[body] for body in given]


def get_snapshot(session: Session, sha256: str) -> bytes:
    """The bytes kept under a hash, checked against it.

    RecordNotFoundError when there are none, SnapshotDroppedError when there are none any more,
    SnapshotCorruptError when they are not those.
    """
    row = session.execute(
        select(SnapshotRow.size, SnapshotRow.zstd, SnapshotRow.dropped_at).where(
            SnapshotRow.sha256 == sha256
        )
    ).one_or_none()
    if row is None:
        raise RecordNotFoundError("snapshot", sha256)
    if row.dropped_at is not None:
        raise SnapshotDroppedError(sha256, row.dropped_at)
    try:
        body = zstandard.ZstdDecompressor().decompress(row.zstd, max_output_size=row.size)
    except zstandard.ZstdError as error:
        raise SnapshotCorruptError(sha256, str(error)) from error
    if sha256_of(body) != sha256:
        raise SnapshotCorruptError(sha256, "the bytes have another hash")
    return body

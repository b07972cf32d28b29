"""Keeping the full-text index in line with the words: within the transaction that stores them.

Only SQLite needs this; on PostgreSQL the index is on the words themselves.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select, text, tuple_
from sqlalchemy.orm import Session

from storage.engine.tables import RevisionRow
from storage.search.grams import TITLE_MARK, folded, joined

Words = tuple[int, int, str, str]
"""Publication id, revision, title, text."""

_ADD = text("INSERT INTO search_grams (rowid, grams) VALUES (:id, :grams)")
# An index without text must be told what it held.
_REMOVE = text(
    "INSERT INTO search_grams (search_grams, rowid, grams) VALUES ('delete', :id, :grams)"
)


def fts5_document(title: str, text: str) -> str:
    """All grams of a publication as FTS5 tokens, each once: the index keeps no positions.

    A token is the hexadecimal form of one or two UTF-16 units, because FTS5's tokenizers
    would drop punctuation and know only the characters of their own Unicode version.
    """
    heading = _grams(folded(title))
    if heading:
        heading = TITLE_MARK + heading.replace(" ", " " + TITLE_MARK)
    return f"{_grams(joined(title, text))} {heading}".strip()


def _grams(folded_text: str) -> str:
    """The distinct units and pairs of units, each in hexadecimal, separated by spaces."""
    coded = np.frombuffer(folded_text.encode("utf-16-be", "surrogatepass"), ">u2")
    units = coded.astype(np.uint32)
    pairs = (units[:-1] << np.uint32(16)) | units[1:]
    one = _distinct(units).astype(">u2").tobytes().hex(" ", 2)
    two = _distinct(pairs).astype(">u4").tobytes().hex(" ", 4)
    return f"{one} {two}" if two else one


def _distinct(values: NDArray[np.uint32]) -> NDArray[np.uint32]:
    ordered = np.sort(values)
    fresh = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    return ordered[fresh]


def index_words(session: Session, current: Sequence[Words]) -> None:
    """Index the words of new revisions, and forget those of the revisions before them."""
    if not current or session.get_bind().dialect.name != "sqlite":
        return
    replaced = [(id_, revision - 1) for id_, revision, _, _ in current if revision > 1]
    if replaced:
        before = session.execute(
            select(RevisionRow.publication_id, RevisionRow.title, RevisionRow.text).where(
                tuple_(RevisionRow.publication_id, RevisionRow.revision).in_(replaced)
            )
        )
        session.execute(
            _REMOVE, [{"id": row[0], "grams": fts5_document(row[1], row[2])} for row in before]
        )
    session.execute(
        _ADD, [{"id": id_, "grams": fts5_document(title, body)} for id_, _, title, body in current]
    )

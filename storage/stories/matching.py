"""Copies of one text across outlets: which story a text belongs to, and which copy is first.

A candidate is found by shared band keys, then proved by the words themselves: formulaic
openings that different provinces' reviews share never merge.  See
docs/decisions/0012-near-duplicates.md for the numbers.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat

import numpy as np
from sqlalchemy import (
    ARRAY,
    BigInteger,
    bindparam,
    delete,
    func,
    select,
    text,
)
from sqlalchemy.orm import Session

from storage.engine.bulk import insert_rows
from storage.engine.database import to_json
from storage.engine.flag_tables import FlagRow
from storage.engine.story_tables import SignatureRow, StoryChangeRow
from storage.engine.tables import PublicationRow, RevisionRow, StoryRow, upsert_into
from storage.stories.fingerprints import Fingerprint, fingerprint, is_copy, similarity

LEAST_SIMILARITY = 0.25
"""Candidates of a lower estimate are not read at all; the proof is up to ``is_copy``."""

MOST_CANDIDATES = 20
"""Of many candidates only those that share the most keys are compared."""

NEAR = 0.85
"""A copy as near as this to an indexed one adds no keys: whatever finds it finds that one."""

_FIND_SQLITE = text(
    "SELECT b.key, b.publication_id FROM json_each(:keys) j CROSS JOIN bands b ON b.key = j.value"
)
_FIND_POSTGRESQL = text(
    "SELECT b.key, b.publication_id FROM bands b WHERE b.key = ANY(:keys)"
).bindparams(bindparam("keys", type_=ARRAY(BigInteger)))

# 43 rows a text: past SQLAlchemy's handling of parameters they take a third of the time.
_SIGN_SQLITE = "INSERT OR REPLACE INTO signatures (publication_id, slots) VALUES (?, ?)"
_ADD_SQLITE = "INSERT OR IGNORE INTO bands (key, publication_id) VALUES (?, ?)"
_ADD_POSTGRESQL = text(
    "INSERT INTO bands (key, publication_id) SELECT * FROM unnest(:keys, :ids)"
    " ON CONFLICT DO NOTHING"
).bindparams(bindparam("keys", type_=ARRAY(BigInteger)), bindparam("ids", type_=ARRAY(BigInteger)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A publication's text, ready to be compared."""

    publication_id: int
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The story of a publication; ``joined`` says that the story was there before it."""

    story_id: int
    joined: bool


def alone_in_story(session: Session, stories: Mapping[int, int]) -> frozenset[int]:
    """Those of these publications that are their story's only copy and not flagged."""
    wanted = set(stories.values())
    copies = session.execute(
        select(PublicationRow.story_id)
        .where(PublicationRow.story_id.in_(wanted))
        .group_by(PublicationRow.story_id)
        .having(func.count() == 1)
    )
    flagged = select(FlagRow.story_id).where(FlagRow.story_id.in_(wanted))
    single = set(copies.scalars()) - set(session.scalars(flagged))
    return frozenset(id_ for id_, story_id in stories.items() if story_id in single)


def drop_stories(session: Session, story_ids: Iterable[int]) -> None:
    """Delete stories whose only copy has joined another one."""
    gone = list(story_ids)
    if gone:
        session.execute(delete(StoryChangeRow).where(StoryChangeRow.story_id.in_(gone)))
        session.execute(delete(StoryRow).where(StoryRow.id.in_(gone)))


def candidates(session: Session, keys: Iterable[int]) -> dict[int, list[int]]:
    """The indexed publications under each of these band keys."""
    wanted = list(keys)
    if session.get_bind().dialect.name == "postgresql":
        rows = session.execute(_FIND_POSTGRESQL, {"keys": wanted})
    else:
        rows = session.execute(_FIND_SQLITE, {"keys": to_json(wanted)})
    found: dict[int, list[int]] = {}
    for key, publication_id in rows:
        found.setdefault(key, []).append(publication_id)
    return found


def write_keys(
    session: Session,
    keys: Sequence[int],
    owners: Sequence[int],
    signatures: Sequence[tuple[int, bytes]],
) -> None:
    """Index texts: each key with the publication that owns it, and the signatures."""
    if not keys:
        return
    ordered = np.argsort(np.array(keys))  # neighbours share a page of the index
    sorted_keys, sorted_owners = (
        np.array(keys)[ordered].tolist(),
        np.array(owners)[ordered].tolist(),
    )
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        rows = list(zip(sorted_keys, sorted_owners, strict=True))
        connection.exec_driver_sql(_ADD_SQLITE, rows)
        connection.exec_driver_sql(_SIGN_SQLITE, list(signatures))
        return
    connection.execute(_ADD_POSTGRESQL, {"keys": sorted_keys, "ids": sorted_owners})
    insert = upsert_into(session, SignatureRow)
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=["publication_id"], set_={"slots": insert.excluded.slots}
        ),
        [{"publication_id": id_, "slots": slots} for id_, slots in signatures],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    story_id: int
    near: bool


class Index:
    """The stored texts that may match a batch, and the batch's own as they are added.

    Call ``place`` or ``move``, write the publications, then ``write``.
    """

    def __init__(self, session: Session, texts: Sequence[Text]) -> None:
        self._session = session
        self._texts = texts
        self._found = candidates(session, {key for one in texts for key in one.fingerprint.keys})
        self._added: dict[int, int] = {}  # the batch's own: the last under each key
        self._slots: dict[int, bytes] = {}
        self._stories: dict[int, int] = {}
        self._prints: dict[int, Fingerprint] = {}
        self._keys: list[int] = []
        self._owners: list[int] = []
        self._signatures: list[tuple[int, bytes]] = []
        self._read_signatures({id_ for ids in self._found.values() for id_ in ids})

    def place(self, *, now: datetime) -> dict[int, Placement]:
        """Find each new text's story or begin one, keyed by publication id."""
        placed: dict[int, Placement] = {}
        begun = []
        for one in self._texts:
            match = self._match(one)
            story_id = one.publication_id if match is None else match.story_id
            if match is None:
                begun.append({"id": story_id, "original_id": story_id, "created_at": now})
            self._add(one, story_id, near=match is not None and match.near)
            placed[one.publication_id] = Placement(story_id=story_id, joined=match is not None)
        insert_rows(self._session, StoryRow, begun)
        return placed

    def move(self, stories: Mapping[int, int], *, alone: Set[int]) -> dict[int, int]:
        """The stories of revised publications; only those in ``alone`` may join another.

        Those are the only copy of their story, and it has no flag: a page that was put up
        with a line of text first and filled later is a copy only now.
        """
        moved = dict(stories)
        for one in self._texts:
            id_ = one.publication_id
            match = self._match(one) if id_ in alone else None
            if match is not None:
                moved[id_] = match.story_id
            self._add(one, moved[id_], near=False)
        return moved

    def _match(self, one: Text) -> _Match | None:
        """The story of the nearest proven copy; the oldest of equally near ones."""
        shared: Counter[int] = Counter()
        for key in self._found.keys() & one.fingerprint.keys:
            shared.update(self._found[key])
        shared.update(self._added[key] for key in self._added.keys() & one.fingerprint.keys)
        shared.pop(one.publication_id, None)  # its own words of before, if it is revised
        ranked = []
        for id_, _ in shared.most_common(MOST_CANDIDATES):
            near = similarity(one.fingerprint.slots, np.frombuffer(self._slots[id_], np.uint16))
            if near >= LEAST_SIMILARITY:
                ranked.append((-near, id_))
        for near, id_ in sorted(ranked):
            if is_copy(one.fingerprint, self._print(id_)):
                return _Match(story_id=self._story(id_), near=-near >= NEAR)
        return None

    def _add(self, one: Text, story_id: int, *, near: bool) -> None:
        """Let later texts find this one, unless they would find its neighbour anyway."""
        if not one.fingerprint.keys or near:
            return
        id_ = one.publication_id
        self._stories[id_] = story_id
        self._prints[id_] = one.fingerprint
        self._slots[id_] = one.fingerprint.slots.tobytes()
        self._signatures.append((id_, self._slots[id_]))
        keys = one.fingerprint.keys
        for key in self._added.keys() & keys:
            self._found.setdefault(key, []).append(self._added[key])
        self._added.update(zip(keys, repeat(id_), strict=False))
        self._keys.extend(keys)
        self._owners.extend(repeat(id_, len(keys)))

    def write(self) -> None:
        """Write what was added; a revised text keeps its old keys and replaces its signature."""
        write_keys(self._session, self._keys, self._owners, self._signatures)

    def _read_signatures(self, ids: set[int]) -> None:
        for batch in _batches(ids):
            rows = self._session.execute(
                select(SignatureRow.publication_id, SignatureRow.slots).where(
                    SignatureRow.publication_id.in_(batch)
                )
            )
            self._slots |= dict(rows.all())

    def _print(self, id_: int) -> Fingerprint:
        if id_ not in self._prints:
            row = self._session.execute(
                select(PublicationRow.story_id, RevisionRow.title, RevisionRow.text)
                .join(
                    RevisionRow,
                    (RevisionRow.publication_id == PublicationRow.id)
                    & (RevisionRow.revision == PublicationRow.revision),
                )
                .where(PublicationRow.id == id_)
            ).one()
            self._stories[id_] = row.story_id
            self._prints[id_] = fingerprint(row.title, row.text)
        return self._prints[id_]

    def _story(self, id_: int) -> int:
        return self._stories[id_]


def _batches(ids: Iterable[int], size: int = 500) -> Iterable[list[int]]:
    ordered = sorted(ids)
    return (ordered[start : start + size] for start in range(0, len(ordered), size))

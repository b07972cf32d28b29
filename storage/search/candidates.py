"""Which publications hold all terms, best first: by the index, or by reading the newest.

A word that stands in thousands of texts needs no index: among the newest texts there soon are
as many hits as were asked for, so those are read instead of sorting all candidates.  PostgreSQL's
index is asked for the newest days by themselves (``storage.search.windows``).
"""

import json
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, repeat

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    and_,
    any_,
    bindparam,
    case,
    column,
    func,
    literal,
    select,
    text,
    true,
)
from sqlalchemy.orm import Session

from storage.engine.tables import PublicationRow, RevisionRow
from storage.search.grams import folded, fts5_query, joined, postgresql_grams
from storage.search.windows import Window, Windows

CANDIDATES = 40_000
"""So many can be looked up and sorted in 40 ms; with more of them, the newest texts are read."""

IN_HEAP = 2_000
"""The same on PostgreSQL, whose index of words does not say by itself which texts it means."""

AT_ONCE = 1_000
"""Candidates of the newest days that are looked up at once."""

RARE = 4
"""A word with fewer hits among the newest publications may stand in few texts altogether."""

AHEAD = 256
"""Of longer words so many of the best candidates are sorted first: most of them are hits."""

WALK_LIMIT = 5000
"""Texts read in vain before all candidates are sorted after all, however many there are."""

CHUNKS = (64, 256, 1024)
"""Texts read at once; the last size is repeated."""

CURRENT = (RevisionRow.publication_id == PublicationRow.id) & (
    RevisionRow.revision == PublicationRow.revision
)

_FTS5 = text("SELECT rowid AS id FROM search_grams WHERE search_grams MATCH :grams LIMIT :limit")
_IN_INDEX = 'search_grams(title, text, searched_day) COLLATE "C"'
_GIN = text(
    "SELECT publication_id AS id, revision FROM revisions"
    f" WHERE {_IN_INDEX} @> CAST(:grams AS text[]) LIMIT :limit"
)
_BY_DAY = "SELECT publication_id AS id, revision, searched_day AS day FROM revisions"
_GIN_BY_DAY = text(
    f"{_BY_DAY} WHERE {_IN_INDEX} @> CAST(:grams AS text[]) ORDER BY searched_day DESC LIMIT :limit"
)
_GIN_OF_DAYS = text(
    f"{_BY_DAY} WHERE {_IN_INDEX} @> CAST(:grams AS text[])"
    f" AND {_IN_INDEX} && CAST(:days AS text[]) ORDER BY searched_day DESC LIMIT :limit"
)


@dataclass(frozen=True, slots=True)
class _Words:
    id: int
    title: str
    body: str  # empty where only titles are looked at


@dataclass(frozen=True, slots=True)
class Wanted:
    """Folded terms, what else a hit must be, and whether its title alone is looked at.

    ``few`` says that the filters leave few publications of all, which an index names;
    ``windows`` are the newest publications' days.
    """

    terms: tuple[str, ...]
    filters: tuple[ColumnElement[bool], ...]
    in_title: bool
    windows: Windows
    few: bool = False

    @property
    def is_gram(self) -> bool:
        """All terms are grams themselves: what the index names holds them."""
        return all(len(term.encode("utf-16-be", "surrogatepass")) <= 4 for term in self.terms)

    def stands_in(self, words: _Words) -> bool:
        plain = folded(words.title) if self.in_title else joined(words.title, words.body)
        return all(term in plain for term in self.terms)


def ranked(session: Session, wanted: Wanted, limit: int | None) -> Iterator[int]:
    """Those that hold all terms, best first, ``limit`` at least if there are; some come twice."""
    by_days = limit is not None and not wanted.few and _on_postgresql(session)
    met = _newest(session, wanted) if by_days else _met(session, wanted)
    if limit is not None and (yield from met):
        return
    if wanted.is_gram:
        yield from _candidates(session, wanted, best=limit)
        return
    best = None if limit is None or by_days else limit + AHEAD  # those of the newest days were read
    ids = _candidates(session, wanted, best=best)
    yield from _checked(session, wanted, ids)
    if len(ids) == best:
        yield from _checked(session, wanted, _candidates(session, wanted, best=None)[best:])


def _met(session: Session, wanted: Wanted) -> Generator[int, None, bool]:
    """All that hold the terms, best first, met by reading; False where they are better sorted."""
    number = _number(session, wanted)
    return number == 0 or (number is None and (yield from _walk(session, wanted)))


def _newest(session: Session, wanted: Wanted) -> Generator[int, None, bool]:
    """Originals that hold the terms, the newest first, or, when those are few, all that do.

    True when these are all; most words stand in no title, so there that is asked first.
    """
    if wanted.in_title and (few := _sorted(session, wanted)) is not None:
        yield from _holding(session, wanted, few)
        return True
    hits = 0
    for number, window in enumerate(chain(wanted.windows, (None,))):
        ids, cut = _of_days(session, wanted, window)
        for id_ in _holding(session, wanted, ids):
            hits += 1
            yield id_
        if cut:
            return False
        rare = number == 0 and hits < RARE and not wanted.in_title
        if rare and (few := _sorted(session, wanted)) is not None:
            yield from _holding(session, wanted, few)
            return True
    return False


def _of_days(session: Session, wanted: Wanted, window: Window | None) -> tuple[list[int], bool]:
    """Ids of the originals of these days that hold the grams and pass the filters, newest first.

    None: of all days.  True when there were too many: only the newest of them are given then, and
    no day in part.
    """
    given = {"grams": _grams(wanted), "limit": AT_ONCE + 1}
    asked = (
        _GIN_BY_DAY.bindparams(**given)
        if window is None
        else _GIN_OF_DAYS.bindparams(**given, days=window.tokens)
    )
    row, id_, day = PublicationRow, column("id", BigInteger), column("day", Integer)
    found = asked.columns(id_, column("revision", Integer), day).cte("found")
    number, oldest = (
        select(one).select_from(found).scalar_subquery()
        for one in (func.count(), func.min(found.c.day))
    )
    current = (row.id == found.c.id) & (row.revision == found.c.revision)
    matched = (
        select(row.id, row.is_original, row.published_at)
        .select_from(found.join(row, and_(current, row.is_original.is_(True), *wanted.filters)))
        .where(found.c.day > case((number > AT_ONCE, oldest), else_=-1))
        .cte("matched")
    )
    return _counted(session, number, matched, most=AT_ONCE)


def _sorted(session: Session, wanted: Wanted) -> list[int] | None:
    """Ids of all that hold the grams and pass the filters, best first; None where too many do."""
    found, current = _found(session, wanted, most=IN_HEAP)
    row, number = PublicationRow, select(func.count()).select_from(found).scalar_subquery()
    matched = (
        select(row.id, row.is_original, row.published_at)
        .select_from(found.join(row, and_(current, *wanted.filters)))
        .where(number <= IN_HEAP)
        .cte("matched")
    )
    ids, too_many = _counted(session, number, matched, most=IN_HEAP)
    return None if too_many else ids


def _counted(
    session: Session, number: ScalarSelect[int], matched: CTE, *, most: int
) -> tuple[list[int], bool]:
    """The ids that matched, best first, and whether ``number`` is more than ``most``."""
    counted = select(number.label("number")).subquery()
    query = (
        select(counted.c.number, matched.c.id)
        .select_from(counted.outerjoin(matched, true()))
        .order_by(*_best_first(matched))
    )
    rows = session.execute(query).all()
    return [id_ for _, id_ in rows if id_ is not None], rows[0][0] > most


def _holding(session: Session, wanted: Wanted, ids: Sequence[int]) -> Iterable[int]:
    """Those of ``ids``, which hold all grams, that hold the terms."""
    return ids if wanted.is_gram else _checked(session, wanted, ids)


def _number(session: Session, wanted: Wanted) -> int | None:
    """So many texts hold the grams, whatever the filters say of them; None: too many to sort."""
    most = IN_HEAP if _on_postgresql(session) else CANDIDATES
    found, _ = _found(session, wanted, most=most)
    number = session.scalars(select(func.count()).select_from(found)).one()
    return number if number <= most else None


def _candidates(session: Session, wanted: Wanted, *, best: int | None) -> list[int]:
    """Ids of those that hold all grams of all terms and pass the filters: the best, or all."""
    found, current = _found(session, wanted, most=None)
    row = PublicationRow
    matched = (
        select(row.id, row.is_original, row.published_at)
        .select_from(found.join(row, and_(current, *wanted.filters)))
        .cte("matched")
        # Else the limit has PostgreSQL go through all publications in order, for minutes.
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    return list(session.scalars(select(matched.c.id).order_by(*_best_first(matched)).limit(best)))


def _best_first(matched: CTE) -> Iterator[ColumnElement[object]]:
    yield matched.c.is_original.desc()
    yield matched.c.published_at.desc().nulls_last()
    yield matched.c.id.desc()


def _found(
    session: Session, wanted: Wanted, *, most: int | None
) -> tuple[CTE, ColumnElement[bool]]:
    """What the index names, one more than ``most``, and how it is joined to publications."""
    row, id_ = PublicationRow, column("id", BigInteger)
    if not _on_postgresql(session):
        parts = [fts5_query(term, in_title=wanted.in_title) for term in wanted.terms]
        limit = -1 if most is None else most + 1
        asked = _FTS5.bindparams(grams=" AND ".join(parts), limit=limit)
        found = asked.columns(id_).cte("found")
        return found, row.id == found.c.id
    asked = _GIN.bindparams(grams=_grams(wanted), limit=None if most is None else most + 1)
    found = asked.columns(id_, column("revision", Integer)).cte("found")
    return found, (row.id == found.c.id) & (row.revision == found.c.revision)


def _grams(wanted: Wanted) -> list[str]:
    """As PostgreSQL's index has them."""
    lists = [postgresql_grams(term, in_title=wanted.in_title) for term in wanted.terms]
    return list(dict.fromkeys(gram for grams in lists for gram in grams))


def _checked(session: Session, wanted: Wanted, ids: Sequence[int]) -> Iterator[int]:
    """Those of ``ids`` whose words hold the terms, read no further than they are asked for."""
    start = 0
    for size in _sizes():
        wave = ids[start : start + size]
        if not wave:
            return
        query = _words(wanted).where(_among(session, wave))
        found = {row[0]: _Words(row[0], row[2], row[3]) for row in session.execute(query)}
        yield from (id_ for id_ in wave if wanted.stands_in(found[id_]))
        start += size


def _among(session: Session, ids: Sequence[int]) -> ColumnElement[bool]:
    """That a publication is one of ``ids``, in one parameter however many they are."""
    if _on_postgresql(session):
        return PublicationRow.id == any_(bindparam(None, list(ids), type_=ARRAY(BigInteger)))
    listed = func.json_each(json.dumps(list(ids))).table_valued("value")
    return PublicationRow.id.in_(select(listed.c.value))


def _walk(session: Session, wanted: Wanted) -> Generator[int, None, bool]:
    """All that hold the terms and pass the filters, best first; False when it gave up."""
    if wanted.few and (ids := _few(session, wanted)) is not None:
        yield from _checked(session, wanted, ids)
        return True
    read = 0
    published = PublicationRow.published_at
    for original in (True, False):
        every = _words(wanted).where(PublicationRow.is_original.is_(original), *wanted.filters)
        for dated in (True, False):
            part = every.where(published.is_not(None) if dated else published.is_(None))
            part = part.order_by(published.desc(), PublicationRow.id.desc())
            after: tuple[datetime | None, int] | None = None
            for size in _sizes():
                rows = session.execute(_following(part, after).limit(size)).all()
                read_now = (_Words(row[0], row[2], row[3]) for row in rows)
                yield from (words.id for words in read_now if wanted.stands_in(words))
                read += len(rows)
                if len(rows) < size:
                    break
                if read >= WALK_LIMIT:
                    return False
                after = (rows[-1][1], rows[-1][0])
    return True


def _few(session: Session, wanted: Wanted) -> list[int] | None:
    """All that pass the filters, best first; None where those are many after all."""
    row = PublicationRow
    query = (
        select(row.id)
        .where(*wanted.filters)
        .order_by(row.is_original.desc(), row.published_at.desc().nulls_last(), row.id.desc())
        .limit(WALK_LIMIT + 1)
    )
    ids = list(session.scalars(query))
    return ids if len(ids) <= WALK_LIMIT else None


_Columns = tuple[int, datetime | None, str, str]


def _words(wanted: Wanted) -> Select[*_Columns]:
    """Id, time, title and text; without the text where only titles are looked at."""
    if wanted.in_title:
        return select(
            PublicationRow.id, PublicationRow.published_at, PublicationRow.title, literal("")
        )
    return select(
        PublicationRow.id, PublicationRow.published_at, PublicationRow.title, RevisionRow.text
    ).join(RevisionRow, CURRENT)


def _following(
    query: Select[*_Columns], after: tuple[datetime | None, int] | None
) -> Select[*_Columns]:
    if after is None:
        return query
    at, id_ = after
    if at is None:
        return query.where(PublicationRow.id < id_)
    published = PublicationRow.published_at
    return query.where(published <= at, (published < at) | (PublicationRow.id < id_))


def _on_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _sizes() -> Iterator[int]:
    return chain(CHUNKS, repeat(CHUNKS[-1]))

"""The ledger of a back-fill: which parts of which archives are read, and what was in them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Text, case, cast, func, select
from sqlalchemy.orm import Session

from storage.engine.service_tables import BackfillPartRow
from storage.engine.tables import upsert_into
from storage.records import RefusalClass

IN_BATCH = 500
"""Keys in one IN list."""


class PartState(StrEnum):
    """What became of a part."""

    DONE = "done"
    FAILED = "failed"  # its file cannot be read, or it kills whoever reads it


@dataclass(frozen=True, slots=True, kw_only=True)
class PartEntry:
    """One part as it is entered: ``members = read + unwanted + refused``.

    ``wanted`` names what was asked of it: the same part asked for something else is another
    entry.  ``years`` counts the pages that it held, by source ("" for none) and year of capture.
    """

    key: str
    wanted: str
    path: str
    size: int
    state: PartState
    members: int = 0
    read: int = 0
    unwanted: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[RefusalClass, int] = field(default_factory=dict)
    years: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    articles_new: int = 0
    articles_changed: int = 0
    articles_unchanged: int = 0
    problem: str | None = None


def enter_part(session: Session, entry: PartEntry, *, run_id: int, now: datetime) -> None:
    """Enter a part, in the transaction that stores its articles; a failed one may be tried anew."""
    values = {
        "path": entry.path,
        "size": entry.size,
        "state": entry.state.value,
        "run_id": run_id,
        "finished_at": now,
        "members": entry.members,
        "read": entry.read,
        "unwanted": dict(entry.unwanted),
        "refused": {one.value: count for one, count in entry.refused.items()},
        "years": {
            source: {str(year): count for year, count in years.items()}
            for source, years in entry.years.items()
        },
        "articles_new": entry.articles_new,
        "articles_changed": entry.articles_changed,
        "articles_unchanged": entry.articles_unchanged,
        "problem": entry.problem,
    }
    session.execute(
        upsert_into(session, BackfillPartRow)
        .values(key=entry.key, wanted=entry.wanted, **values)
        .on_conflict_do_update(index_elements=["key", "wanted"], set_=values)
    )


def is_done(session: Session, key: str, wanted: str) -> bool:
    """Whether the part is read: by an earlier run, or by somebody beside this one."""
    query = select(BackfillPartRow.state).where(
        BackfillPartRow.key == key, BackfillPartRow.wanted == wanted
    )
    return session.scalars(query).one_or_none() == PartState.DONE


def entries(session: Session, keys: Sequence[str], wanted: str) -> dict[str, PartEntry]:
    """What is entered of these parts, by key."""
    found: dict[str, PartEntry] = {}
    row = BackfillPartRow
    for start in range(0, len(keys), IN_BATCH):
        rows = session.execute(
            select(row).where(row.wanted == wanted, row.key.in_(keys[start : start + IN_BATCH]))
        ).scalars()
        found |= {one.key: _entry(one) for one in rows}
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSums:
    """What the parts that one run has entered come to: ``parts`` are read, ``failed`` are not."""

    parts: int = 0
    failed: int = 0
    members: int = 0
    read: int = 0
    stored: int = 0
    refused: tuple[tuple[RefusalClass, int], ...] = ()


def sums_of(session: Session, run_ids: Sequence[int]) -> dict[int, PartSums]:
    """The sums of each of some runs; those of one without a part are zeros."""
    row = BackfillPartRow
    done = case((row.state == PartState.DONE.value, 1), else_=0)
    counted = session.execute(
        select(
            row.run_id,
            func.sum(done).label("parts"),
            func.count().label("all_parts"),
            func.sum(row.members).label("members"),
            func.sum(row.read).label("read"),
            func.sum(row.articles_new + row.articles_changed).label("stored"),
        )
        .where(row.run_id.in_(run_ids))
        .group_by(row.run_id)
    ).all()
    refused: dict[int, Counter[RefusalClass]] = {}
    odd = select(row.run_id, row.refused).where(
        row.run_id.in_(run_ids), cast(row.refused, Text) != "{}"
    )
    for run_id, classes in session.execute(odd):
        held = refused.setdefault(run_id, Counter())
        held.update({RefusalClass(name): _count(number) for name, number in classes.items()})
    found = dict.fromkeys(run_ids, PartSums())
    for one in counted:
        found[one.run_id] = PartSums(
            parts=one.parts,
            failed=one.all_parts - one.parts,
            members=one.members,
            read=one.read,
            stored=one.stored,
            refused=tuple(sorted(refused.get(one.run_id, {}).items())),
        )
    return found


def covered_years(session: Session) -> dict[str, dict[int, int]]:
    """Pages that archives held of each source ("" for none), by year of capture.

    A part that was asked twice, for different things, counts once, as it was read last.
    """
    row = BackfillPartRow
    pages: dict[str, dict[str, dict[int, int]]] = {}
    done = select(row.key, row.years).where(row.state == PartState.DONE.value)
    for one in session.execute(done.order_by(row.finished_at, row.wanted)):
        pages[one.key] = _years(one.years)
    total: dict[str, dict[int, int]] = {}
    for by_source in pages.values():
        for source, counts in by_source.items():
            held = total.setdefault(source, {})
            for year, count in counts.items():
                held[year] = held.get(year, 0) + count
    return total


def _entry(row: BackfillPartRow) -> PartEntry:
    return PartEntry(
        key=row.key,
        wanted=row.wanted,
        path=row.path,
        size=row.size,
        state=PartState(row.state),
        members=row.members,
        read=row.read,
        unwanted={kind: _count(count) for kind, count in row.unwanted.items()},
        refused={RefusalClass(one): _count(count) for one, count in row.refused.items()},
        years=_years(row.years),
        articles_new=row.articles_new,
        articles_changed=row.articles_changed,
        articles_unchanged=row.articles_unchanged,
        problem=row.problem,
    )


def _years(stored: Mapping[str, object]) -> dict[str, dict[int, int]]:
    return {
        source: {int(year): _count(count) for year, count in years.items()}
        for source, years in stored.items()
        if isinstance(years, dict)
    }


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0

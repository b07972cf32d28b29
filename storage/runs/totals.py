"""Control totals: what each list said that it holds, what was seen of it, what became of that.

Only the site's own count tells a quiet day from a hole.  One row a list or issue of a run,
written when the run ends.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, FromClause, and_, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from storage.engine.service_tables import RunWalkRow
from storage.engine.tables import RunRow, table_of
from storage.links.discoveries import LinkState, known_links
from storage.records import DoubtKind, End, OpenCause, RefusalClass, WalkTotals

_WALKS = table_of(RunWalkRow)


def settled_totals(
    session: Session,
    source_id: str,
    totals: WalkTotals,
    shown: Sequence[str],
    refusals: Mapping[str, RefusalClass],
) -> WalkTotals:
    """``totals`` with what became of the articles ``shown`` (canonical URLs), and what is open.

    ``refusals`` are those of this run, for articles that no list can be asked for again.
    """
    known = known_links(session, source_id, shown)
    refused: Counter[RefusalClass] = Counter()
    stored = 0
    for url in shown:
        link = known.get(url)
        if link is not None and link.state is LinkState.STORED:
            stored += 1
        elif link is not None and link.refusal_class is not None:
            refused[link.refusal_class] += 1
        elif url in refusals:
            refused[refusals[url]] += 1
    pending = len(shown) - stored - refused.total()
    beyond = _beyond(totals, len(shown))
    return replace(
        totals,
        seen=len(shown),
        stored=stored,
        refused=tuple(sorted(refused.items())),
        remainder=None if beyond is None else pending + beyond,
    )


def _beyond(totals: WalkTotals, seen: int) -> int | None:
    """How many articles the list holds that were not seen; None where nobody can say."""
    if totals.end is not None:
        return 0
    return None if totals.stated is None else max(totals.stated - seen, 0)


def put_totals(session: Session, run_id: int, walks: Sequence[WalkTotals]) -> None:
    """Keep the totals of a run, in place of any that it had."""
    session.execute(delete(_WALKS).where(_WALKS.c.run_id == run_id))
    if not walks:
        return
    rows = [
        {
            "run_id": run_id,
            "position": position,
            "name": one.name,
            "day": one.day,
            "pages": one.pages,
            "stated": one.stated,
            "stated_pages": one.stated_pages,
            "seen": one.seen,
            "stored": one.stored,
            "refused": {kind.value: count for kind, count in one.refused},
            "remainder": one.remainder,
            "end_proof": None if one.end is None else one.end.value,
            "cause": None if one.cause is None else one.cause.value,
            "words": one.words,
            "doubt": None if one.doubt is None else one.doubt.value,
        }
        for position, one in enumerate(walks, start=1)
    ]
    session.execute(insert(_WALKS), rows)


_LOOKED_BEHIND = (End.KNOWN_BEHIND, End.COUNT_MET, End.LAST_PAGE, End.SILENT)
_JUDGED = (End.KNOWN_REACHED, *_LOOKED_BEHIND)


@dataclass(frozen=True, slots=True)
class Judged:
    """The last judgement on a list's end: when its run ended, how many articles it had seen."""

    at: datetime
    seen: int


def a_judgement(walks: FromClause) -> ColumnElement[bool]:
    """Whether a row of ``walks`` read a list to its end, or named a gap in it.

    One that stopped at a day asked for has judged nothing of what came between.
    """
    ended = walks.c.end_proof.in_([end.value for end in _JUDGED])
    return and_(
        or_(ended, walks.c.cause == OpenCause.GAP.value),
        # One that showed nothing, and was not believed, does not say where the next begins.
        or_(walks.c.doubt.is_(None), walks.c.seen > 0),
    )


def last_judged(session: Session, source_id: str, walk: str, *, now: datetime) -> Judged | None:
    """The last run that read a list of the source to its end, or named a gap in it.

    None before there was such a run; one that a fast clock has put after ``now`` is none: all
    that was met since would count as known to it.
    """
    query = (
        select(RunRow.finished_at, _WALKS.c.seen)
        .join(_WALKS, _WALKS.c.run_id == RunRow.id)
        .where(
            RunRow.source_id == source_id,
            RunRow.finished_at <= now,
            _WALKS.c.name == walk,
            a_judgement(_WALKS),
        )
        .order_by(RunRow.finished_at.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return None if row is None or row[0] is None else Judged(row[0], row[1])


def last_looked_behind(
    session: Session, source_id: str, walk: str, *, now: datetime
) -> datetime | None:
    """When the last run ended that read a list of the source on behind what was known, or whole.

    None before there was such a run; one that a fast clock has put after ``now`` is none.
    """
    query = (
        select(RunRow.finished_at)
        .join(_WALKS, _WALKS.c.run_id == RunRow.id)
        .where(
            RunRow.source_id == source_id,
            _WALKS.c.name == walk,
            RunRow.finished_at <= now,
            _WALKS.c.end_proof.in_([end.value for end in _LOOKED_BEHIND]),
            _WALKS.c.doubt.is_(None),  # an older copy, or one that lost its pager, is not the list
        )
        .order_by(RunRow.finished_at.desc())
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none()


def days_read(
    session: Session, source_id: str, *, since: date, now: datetime
) -> dict[date, datetime]:
    """Days from ``since`` on of whose issue nothing was left open, and when such a run last ended.

    Whatever the verdict was on the run as a whole; a day without an issue counts too.  A run that
    a fast clock has put after ``now`` would settle days that are still to come.
    """
    whole = [End.ISSUE_WHOLE.value, End.NO_ISSUE.value]
    rows = session.execute(
        select(_WALKS.c.day, func.max(RunRow.finished_at))
        .join(RunRow, RunRow.id == _WALKS.c.run_id)
        .where(
            RunRow.source_id == source_id,
            RunRow.finished_at <= now,
            _WALKS.c.day >= since,
            _WALKS.c.end_proof.in_(whole),
            _WALKS.c.remainder == 0,
        )
        .group_by(_WALKS.c.day)
    )
    return {day: ended for day, ended in rows if ended is not None}


def issues_read(session: Session, source_id: str, *, now: datetime) -> dict[str, datetime]:
    """Issues without a day (names of their walks) of which nothing was left open, and when the
    first such run ended; ``now`` as in ``days_read``."""
    rows = session.execute(
        select(_WALKS.c.name, func.min(RunRow.finished_at))
        .join(RunRow, RunRow.id == _WALKS.c.run_id)
        .where(
            RunRow.source_id == source_id,
            RunRow.finished_at <= now,
            _WALKS.c.end_proof == End.ISSUE_WHOLE.value,
            _WALKS.c.remainder == 0,
        )
        .group_by(_WALKS.c.name)
    )
    return {name: ended for name, ended in rows if ended is not None}


def list_totals(session: Session, run_id: int) -> list[WalkTotals]:
    """The totals of a run, list by list in the order of the crawl; [] before it has ended."""
    rows = session.execute(
        select(_WALKS).where(_WALKS.c.run_id == run_id).order_by(_WALKS.c.position)
    )
    return [
        WalkTotals(
            name=row.name,
            day=row.day,
            pages=row.pages,
            stated=row.stated,
            stated_pages=row.stated_pages,
            seen=row.seen,
            stored=row.stored,
            refused=tuple(
                (RefusalClass(kind), count) for kind, count in sorted(row.refused.items())
            ),
            remainder=row.remainder,
            end=None if row.end_proof is None else End(row.end_proof),
            cause=None if row.cause is None else OpenCause(row.cause),
            words=row.words,
            doubt=None if row.doubt is None else DoubtKind(row.doubt),
        )
        for row in rows
    ]

"""How much of each source is stored for which day, and what its lists say of themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Date, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.engine.link_tables import DiscoveryRow
from storage.engine.service_tables import A_GAP, RunWalkRow
from storage.engine.tables import PublicationRow, RunRow, table_of
from storage.links.discoveries import LinkState
from storage.records import SHANGHAI, SOUND_KINDS, End, OpenCause, RefusalClass
from storage.runs.totals import a_judgement

_WALKS = table_of(RunWalkRow)
_RUNS = table_of(RunRow)
SHORT_ENDS = (End.KNOWN_REACHED.value, End.KNOWN_BEHIND.value, End.BEFORE_SINCE.value)
"""Ends that leave the rest of a list out on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkFact:
    """One walk of a list, or of the issue of ``day``: as ``storage.records.WalkTotals``."""

    source_id: str
    run_id: int
    name: str
    day: date | None = None
    pages: int = 0
    stated: int | None = None
    stated_pages: int | None = None
    seen: int = 0
    stored: int = 0
    refused: tuple[tuple[RefusalClass, int], ...] = ()
    end: End | None = None
    cause: OpenCause | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """A gap between two readings of a list (its name), from the day of the one to the other's.

    ``first`` is None where the list was never read before; ``words`` are those of run ``run_id``.
    """

    source_id: str
    run_id: int
    name: str
    first: date | None
    last: date
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFact:
    """How many links of one source and month (its first day) wait or are refused.

    A link is of the day printed beside it on the list, else of the day on which it was first
    seen; ``refusal_class`` is None for those that wait to be fetched.
    """

    source_id: str
    month: date
    refusal_class: RefusalClass | None
    count: int


def days_of_sources(session: Session, *, since: date, until: date) -> dict[str, dict[date, int]]:
    """Publications by source and day (Asia/Shanghai), first and last day included.

    The day is the one that the page states, else that on which it was first seen.
    """
    row = PublicationRow
    counts: dict[str, dict[date, int]] = {}
    # Apart, because an index alone answers for those that state a day: nearly all.
    for at, which in (
        (row.published_at, row.published_at.is_not(None)),
        (row.first_seen_at, row.published_at.is_(None)),
    ):
        day = _day_of(session, at)
        rows = session.execute(
            select(row.source_id, day, func.count())
            .where(
                row.source_id.is_not(None),
                which,
                at >= _midnight(since),
                at < _midnight(until + timedelta(days=1)),
            )
            .group_by(row.source_id, day)
        )
        for source_id, found, count in rows:
            if source_id is not None:
                held = counts.setdefault(source_id, {})
                held[_a_date(found)] = held.get(_a_date(found), 0) + count
    return counts


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _day_of(
    session: Session, at: ColumnElement[datetime] | InstrumentedAttribute[datetime | None]
) -> ColumnElement[object]:
    if session.get_bind().dialect.name == "postgresql":
        return cast(func.timezone("Asia/Shanghai", at), Date)
    return func.date(at, "+8 hours")


def _a_date(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def whole_walks(session: Session) -> list[WalkFact]:
    """Of each list, the walks that were to read all of it: the deepest, and the newest, if proved.

    Walks that ended at what was known, or at the days asked for, are left out.
    """
    row = _WALKS.c
    partition = (_RUNS.c.source_id, row.name)
    proved = row.end_proof.is_not(None)
    ranked = (
        select(
            *_columns(),
            func.row_number()
            .over(partition_by=partition, order_by=(row.seen.desc(), row.run_id.desc()))
            .label("deep"),
            func.row_number()
            .over(partition_by=(*partition, proved), order_by=row.run_id.desc())
            .label("new"),
        )
        .join(_RUNS, _RUNS.c.id == row.run_id)
        .where(
            row.day.is_(None),
            row.end_proof.is_(None) | row.end_proof.not_in(SHORT_ENDS),
        )
        .subquery()
    )
    rows = session.execute(
        select(ranked)
        .where((ranked.c.deep == 1) | ((ranked.c.new == 1) & ranked.c.end_proof.is_not(None)))
        .order_by(ranked.c.source_id, ranked.c.name, ranked.c.run_id)
    )
    return [_walk(one) for one in rows]


def issue_walks(session: Session, *, since: date, until: date) -> list[WalkFact]:
    """The newest walk of each (source, day) of a paper, first and last day included."""
    row = _WALKS.c
    ranked = (
        select(
            *_columns(),
            func.row_number()
            .over(partition_by=(_RUNS.c.source_id, row.day), order_by=row.run_id.desc())
            .label("new"),
        )
        .join(_RUNS, _RUNS.c.id == row.run_id)
        .where(row.day.between(since, until))
        .subquery()
    )
    rows = session.execute(
        select(ranked).where(ranked.c.new == 1).order_by(ranked.c.source_id, ranked.c.day)
    )
    return [_walk(one) for one in rows]


def gaps_between(session: Session, *, since: date, until: date) -> list[Between]:
    """Every gap that a run of those days named between two readings of a list, oldest first."""
    row = _WALKS.c
    walks, runs = _WALKS.alias(), _RUNS.alias()
    before = (
        select(func.max(runs.c.finished_at))
        .join(walks, walks.c.run_id == runs.c.id)
        .where(
            runs.c.source_id == _RUNS.c.source_id,
            runs.c.finished_at < _RUNS.c.finished_at,
            walks.c.name == row.name,
            a_judgement(walks),
        )
        .correlate(_WALKS, _RUNS)
        .scalar_subquery()
    )
    found = session.execute(
        select(_RUNS.c.source_id, row.run_id, row.name, row.words, _RUNS.c.finished_at, before)
        .join(_RUNS, _RUNS.c.id == row.run_id)
        .where(
            A_GAP,
            _RUNS.c.finished_at >= _midnight(since),
            _RUNS.c.finished_at < _midnight(until + timedelta(days=1)),
        )
        .order_by(row.run_id, row.position)
    )
    return [
        Between(
            source_id=source_id,
            run_id=run_id,
            name=name,
            first=None if judged_at is None else judged_at.astimezone(SHANGHAI).date(),
            last=ended_at.astimezone(SHANGHAI).date(),
            words=words,
        )
        for source_id, run_id, name, words, ended_at, judged_at in found
    ]


def _columns() -> Sequence[ColumnElement[object]]:
    row = _WALKS.c
    return (
        _RUNS.c.source_id,
        row.run_id,
        row.name,
        row.day,
        row.pages,
        row.stated,
        row.stated_pages,
        row.seen,
        row.stored,
        row.refused,
        row.end_proof,
        row.cause,
        row.words,
    )


def _walk(row: object) -> WalkFact:
    held = row._mapping  # type: ignore[attr-defined]  # a Row of a subquery has no typed columns
    return WalkFact(
        source_id=held["source_id"],
        run_id=held["run_id"],
        name=held["name"],
        day=held["day"],
        pages=held["pages"],
        stated=held["stated"],
        stated_pages=held["stated_pages"],
        seen=held["seen"],
        stored=held["stored"],
        refused=tuple(
            (RefusalClass(kind), count) for kind, count in sorted(held["refused"].items())
        ),
        end=None if held["end_proof"] is None else End(held["end_proof"]),
        cause=None if held["cause"] is None else OpenCause(held["cause"]),
        words=held["words"],
    )


def open_links(session: Session, *, since: date, until: date, now: datetime) -> list[LinkFact]:
    """Links that are not stored, by source and month; those seen in the last day may still be."""
    row = DiscoveryRow
    seen_on = _day_of(session, func.coalesce(row.first_seen_at, row.last_seen_at))
    day = func.coalesce(row.listed_on, seen_on)
    query = select(row.source_id, day, row.refusal_class, row.state, func.count()).where(
        row.state != LinkState.STORED.value, row.first_seen_at < now - timedelta(days=1)
    )
    counts: dict[tuple[str, date, RefusalClass | None], int] = {}
    grouped = query.group_by(row.source_id, day, row.refusal_class, row.state)
    for source_id, found, refusal, state, count in session.execute(grouped):
        listed = _a_date(found)
        if not since <= listed <= until:
            continue
        refused = RefusalClass(refusal) if state == LinkState.REFUSED and refusal else None
        key = (source_id, listed.replace(day=1), refused)
        counts[key] = counts.get(key, 0) + count
    return [
        LinkFact(source_id=source_id, month=month, refusal_class=refused, count=count)
        for (source_id, month, refused), count in sorted(
            counts.items(), key=lambda one: (one[0][0], one[0][1], one[0][2] or "")
        )
    ]


def quiet_runs(session: Session, *, since: date, until: date) -> dict[str, dict[date, int]]:
    """Sound runs that stored nothing new, by source and month (its first day)."""
    row = RunRow
    day = _day_of(session, func.coalesce(row.finished_at, row.due_at))
    rows = session.execute(
        select(row.source_id, day, func.count())
        .where(
            row.verdict.in_([kind.value for kind in SOUND_KINDS]),
            row.articles_new == 0,
            row.finished_at >= _midnight(since),
            row.finished_at < _midnight(until + timedelta(days=1)),
        )
        .group_by(row.source_id, day)
    )
    counts: dict[str, dict[date, int]] = {}
    for source_id, found, count in rows:
        held = counts.setdefault(source_id, {})
        month = _a_date(found).replace(day=1)
        held[month] = held.get(month, 0) + count
    return counts

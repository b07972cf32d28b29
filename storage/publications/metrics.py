"""One value a committee, year and metric, as v1_metrics has it by the rule of docs/data.md."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Float, Integer, Text, column, func, select, table
from sqlalchemy.orm import Session

from storage.engine.flag_tables import FlagRow
from storage.engine.tables import FigureRow, PublicationRow
from storage.records import FigureScope, Genre, Level

_METRICS = table(
    "v1_metrics",
    column("committee_level", Text),
    column("region", Text),
    column("committee_name", Text),
    column("year", Integer),
    column("metric_key", Text),
    column("value", Float),
    column("unit", Text),
    column("qualifier", Text),
    column("publication_id", Integer),
    column("sentence", Text),
    column("rule", Text),
    column("statements", Integer),
    column("lowest", Float),
    column("highest", Float),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricValue:
    """What one committee states of one year; ``region`` is empty where it is not known.

    ``rule`` says how the value was chosen; ``value`` is None where the publications contradict
    each other or state parts only: that is no zero, and ``lowest`` and ``highest`` of the
    ``statements`` say how far they lie apart.
    """

    level: Level
    region: str
    committee: str | None
    year: int
    metric: str
    value: float | None
    unit: str
    qualifier: str | None
    publication: int | None
    sentence: str | None
    rule: str
    statements: int
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One of the numbers that a cell of v1_metrics was judged by, and who states it."""

    value: float
    unit: str
    qualifier: str | None
    publication: int
    sentence: str


def statements_of(session: Session, cell: MetricValue) -> list[Statement]:
    """The numbers that the view compared for a cell, the highest first: its conflict in words.

    The same choice as in v1_metrics: own scope, originals of one year, no dismissed flag, and
    only what counts the whole where anything does.
    """
    figure, row = FigureRow, PublicationRow
    dismissed = select(FlagRow.id).where(
        FlagRow.story_id == row.story_id, FlagRow.status == "dismissed"
    )
    found = session.execute(
        select(
            figure.value, figure.unit, figure.qualifier, figure.publication_id, figure.sentence,
            figure.whole,
        )
        .join(row, row.id == figure.publication_id)
        .where(
            figure.key == cell.metric,
            figure.scope == FigureScope.OWN.value,
            row.is_original.is_(True),
            row.committee_level == cell.level.value,
            func.coalesce(row.committee_region, "") == cell.region,
            func.coalesce(row.committee_name, "") == (cell.committee or ""),
            row.year_from == cell.year,
            row.year_to == cell.year,
            row.genre.in_([genre.value for genre in COMPARED]),
            ~dismissed.exists(),
        )
        .order_by(figure.value.desc(), figure.publication_id, figure.position)
    ).all()  # fmt: skip
    wholes = [one for one in found if one.whole]
    return [
        Statement(
            value=one.value,
            unit=one.unit,
            qualifier=one.qualifier,
            publication=one.publication_id,
            sentence=one.sentence,
        )
        for one in wholes or found
    ]


def figure_numbers(
    session: Session, cells: Sequence[MetricValue]
) -> dict[tuple[int | None, float | None], int]:
    """Which figure of its publication, from 1 on, states a cell's value: by (publication, value).

    All ``cells`` are of one metric.  The first where several state the same.
    """
    found: dict[tuple[int | None, float | None], int] = {}
    wanted = sorted({one.publication for one in cells if one.publication is not None})
    for start in range(0, len(wanted), IN_BATCH):
        rows = session.execute(
            select(FigureRow.publication_id, FigureRow.value, FigureRow.position)
            .where(
                FigureRow.publication_id.in_(wanted[start : start + IN_BATCH]),
                FigureRow.key == cells[0].metric,
            )
            .order_by(FigureRow.position.desc())
        )
        found |= {(publication, value): position + 1 for publication, value, position in rows}
    return found


IN_BATCH = 500
COMPARED = (Genre.WORK_REPORT, Genre.PROPOSAL_REPORT, Genre.ANNUAL_REVIEW, Genre.TEN_EVENTS)


def list_metric(
    session: Session,
    key: str,
    *,
    level: Level | None = None,
    regions: Sequence[str] = (),
    years: tuple[int, int] | None = None,
) -> list[MetricValue]:
    """All values of a metric, by region, committee and year; what nobody states has none.

    ``years`` are the first and the last one wanted.
    """
    columns = _METRICS.c
    query = select(_METRICS).where(columns.metric_key == key)
    if level is not None:
        query = query.where(columns.committee_level == level.value)
    if regions:
        query = query.where(columns.region.in_(regions))
    if years:
        query = query.where(columns.year.between(*years))
    rows = session.execute(query.order_by(columns.region, columns.committee_name, columns.year))
    return [
        MetricValue(
            level=Level(row.committee_level),
            region=row.region or "",
            committee=row.committee_name,
            year=row.year,
            metric=row.metric_key,
            value=row.value,
            unit=row.unit,
            qualifier=row.qualifier,
            publication=row.publication_id,
            sentence=row.sentence,
            rule=row.rule,
            statements=row.statements,
            lowest=row.lowest,
            highest=row.highest,
        )
        for row in rows
    ]

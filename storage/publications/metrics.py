"""One value a committee, year and metric, as v1_metrics has it by the rule of docs/data.md."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Float, Integer, Text, column, select, table
from sqlalchemy.orm import Session

from storage.records import Level

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

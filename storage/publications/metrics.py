"""One value a committee, year and metric, as v1_metrics has it by the rule of docs/data.md."""

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
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricValue:
    """What one committee states of one year.

    ``rule`` says how the value was chosen; ``value`` is None where the publications contradict
    each other or state parts only: that is a gap, not zero.
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


def list_metric(session: Session, key: str, *, level: Level | None = None) -> list[MetricValue]:
    """All values of a metric, by region and year."""
    columns = _METRICS.c
    query = select(_METRICS).where(columns.metric_key == key)
    if level is not None:
        query = query.where(columns.committee_level == level.value)
    rows = session.execute(query.order_by(columns.region, columns.committee_name, columns.year))
    return [
        MetricValue(
            level=Level(row.committee_level),
            region=row.region,
            committee=row.committee_name,
            year=row.year,
            metric=row.metric_key,
            value=row.value,
            unit=row.unit,
            qualifier=row.qualifier,
            publication=row.publication_id,
            sentence=row.sentence,
            rule=row.rule,
        )
        for row in rows
    ]

"""The columns that exports hold: the views' own, with their types and what they mean.

One list makes the JSON schema beside each file, the types of a parquet file and the cells of
a workbook, so that these cannot disagree.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Boolean, Float, Integer, TableClause, Text, column, table

from storage.engine.tables import Instant
from storage.records import FigureScope, Genre, Level


class Kind(StrEnum):
    """What a column's values are."""

    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    INSTANT = "instant"  # ISO 8601 with the offset of Asia/Shanghai


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a view."""

    name: str
    kind: Kind
    meaning: str
    nullable: bool = True
    values: tuple[str, ...] = ()


_TEXT, _INT, _AT = Kind.TEXT, Kind.INTEGER, Kind.INSTANT

PUBLICATIONS = (
    Column("id", _INT, "number of the publication in this database", False),
    Column("url", _TEXT, "canonical URL: the identity", False),
    Column("source_id", _TEXT, "declared source; null for an import of no declared source"),
    Column("region", _TEXT, "province of the source, short name"),
    Column("title", _TEXT, "title as printed", False),
    Column("outlet", _TEXT, "来源 as the page states it"),
    Column("author", _TEXT, "author or reporter as printed"),
    Column("editor", _TEXT, "editor as printed"),
    Column("published_at", _AT, "when the page says it was published; null: it does not say"),
    Column("first_seen_at", _AT, "when it was first stored", False),
    Column("last_seen_at", _AT, "when it was last found at its URL", False),
    Column("removed_at", _AT, "when it counted as taken down; null: it stands"),
    Column("genre", _TEXT, "what it is", values=tuple(Genre)),
    Column("score", Kind.NUMBER, "how sure the genre is, 0 to 1"),
    Column("committee_level", _TEXT, "level of the committee", values=tuple(Level)),
    Column("committee_region", _TEXT, "province of the committee, short name"),
    Column("committee_name", _TEXT, "official name of the committee"),
    Column("year_from", _INT, "first year covered"),
    Column("year_to", _INT, "last year covered; the first one again for a single year"),
    Column("term", _INT, "届"),
    Column("part", _INT, "number in a series"),
    Column("text", _TEXT, "paragraphs joined by line feeds", False),
    Column("content_sha256", _TEXT, "hash of the normalised words", False),
    Column("story_id", _INT, "all copies of one text have the same", False),
    Column("is_original", Kind.BOOLEAN, "whether it is its story's original", False),
    Column("revision", _INT, "number of its current revision, from 1", False),
    Column("snapshot_sha256", _TEXT, "hash of the raw page; null where only a text was given"),
    Column("published_precision", _TEXT, "how exact published_at is", values=("day", "second")),
    Column("published_on", _TEXT, "day of published_at in Asia/Shanghai, YYYY-MM-DD"),
    Column("first_missing_at", _AT, "when it was first not found; null: it was, last time"),
)

EVENTS = (
    Column("publication_id", _INT, "publication that lists it", False),
    Column("ordinal", _INT, "number as printed, from 1", False),
    Column("heading", _TEXT, "the event in the publication's words", False),
    Column("body", _TEXT, "what is told of it; may be empty", False),
    Column("date", _TEXT, "first date that it states: YYYY, YYYY-MM or YYYY-MM-DD"),
)

FIGURES = (
    Column("publication_id", _INT, "publication that states it", False),
    Column("event_ordinal", _INT, "event that it stands in; null: in none"),
    Column("metric", _TEXT, "what is counted, in the text's words", False),
    Column("value", Kind.NUMBER, "the number, expanded (三万 is 30000)", False),
    Column("unit", _TEXT, "unit as printed; may be empty", False),
    Column("qualifier", _TEXT, "约, 余, 多, 近, 超, ...; null: stated as exact"),
    Column("sentence", _TEXT, "the sentence that states it", False),
    Column("metric_key", _TEXT, "stable name of a metric that recurs across provinces"),
    Column("scope", _TEXT, "whose work it counts", False, values=tuple(FigureScope)),
    Column("span_start", _INT, "where its number begins in the text, in characters", False),
    Column("span_end", _INT, "where number, qualifier and unit end", False),
    Column("whole", Kind.BOOLEAN, "whether it counts all that its key means, no kind", False),
)

COVERAGE = (
    Column("region", _TEXT, "province, short name"),
    Column("committee_level", _TEXT, "level of the committee", values=tuple(Level)),
    Column("year", _INT, "year reviewed"),
    Column("status", _TEXT, "found, due, overdue, ..."),
    Column("publication_id", _INT, "publication that fills the cell"),
    Column("due_from", _TEXT, "first day on which it is expected, YYYY-MM-DD"),
    Column("due_until", _TEXT, "last day on which it is expected, YYYY-MM-DD"),
    Column("reason", _TEXT, "why it has this status, in words"),
)

METRICS = (
    Column("committee_level", _TEXT, "level of the committee", False, tuple(Level)),
    Column("region", _TEXT, "province of the committee, short name"),
    Column("committee_name", _TEXT, "official name of the committee"),
    Column("year", _INT, "year covered", False),
    Column("metric_key", _TEXT, "stable name of the metric", False),
    Column("metric_name_zh", _TEXT, "its name in Chinese", False),
    Column("value", Kind.NUMBER, "the value; empty where statements contradict"),
    Column("unit", _TEXT, "unit as printed"),
    Column("qualifier", _TEXT, "约, 余, 多, ...; empty: stated as exact"),
    Column("publication_id", _INT, "publication that states it"),
    Column("sentence", _TEXT, "sentence that states it"),
    Column("rule", _TEXT, "total, part, parts or conflict", False),
    Column("statements", _INT, "figures compared", False),
    Column("lowest", Kind.NUMBER, "the lowest of them"),
    Column("highest", Kind.NUMBER, "the highest of them"),
)

REGION_CODE = Column(
    "region_code", _TEXT, "six digits of GB/T 2260 of committee_region; 100000: the whole country"
)
EXPORTED = (*PUBLICATIONS, REGION_CODE)
"""A publication in a file: the view's columns, and the code of its region."""

PLACE = {
    "region": "committee_region",
    "region_code": "region_code",
    "year_from": "year_from",
    "year_to": "year_to",
    "title": "title",
    "outlet": "outlet",
    "published_on": "published_on",
    "url": "url",
}
"""What a sheet of events or figures says before each: its name there, the publication's."""

_BY_NAME = {one.name: one for one in EXPORTED}
_PLACED = tuple(
    Column(name, _BY_NAME[source].kind, _BY_NAME[source].meaning) for name, source in PLACE.items()
)

TABLES: dict[str, tuple[Column, ...]] = {
    "publications": PUBLICATIONS,
    "events": EVENTS,
    "figures": FIGURES,
    "coverage": COVERAGE,
}

SHEETS: dict[str, tuple[Column, ...]] = {
    "publications": EXPORTED,
    "events": _PLACED + EVENTS,
    "figures": _PLACED + FIGURES,
    "metrics": METRICS,
    "coverage": COVERAGE,
}
"""The sheets of a workbook."""

CHINESE: dict[str, str] = {
    "publications": "文章", "events": "事件", "figures": "数字", "coverage": "覆盖",
    "id": "编号", "url": "网址", "source_id": "来源编号", "region": "地区", "title": "标题",
    "outlet": "媒体", "author": "作者", "editor": "编辑", "published_at": "发布时间",
    "first_seen_at": "首次看到", "last_seen_at": "最后看到", "removed_at": "撤下时间",
    "genre": "类型", "score": "把握", "committee_level": "政协级别", "committee_region": "政协地区",
    "committee_name": "政协名称", "year_from": "起始年", "year_to": "截止年", "term": "届",
    "part": "期", "text": "正文", "content_sha256": "正文哈希", "story_id": "稿件编号",
    "is_original": "原稿", "revision": "版本", "snapshot_sha256": "网页哈希",
    "published_precision": "时间精度", "published_on": "发布日期", "first_missing_at": "首次缺失",
    "region_code": "地区代码", "publication_id": "文章编号", "ordinal": "序号", "heading": "标题句",
    "body": "内容", "date": "日期", "event_ordinal": "事件序号", "metric": "指标", "value": "数值",
    "unit": "单位", "qualifier": "限定词", "sentence": "原句", "metric_key": "指标键",
    "scope": "口径", "span_start": "起始位置", "span_end": "结束位置", "whole": "是否总数",
    "year": "年份", "status": "状态", "due_from": "应发起日", "due_until": "应发止日",
    "reason": "原因", "metrics": "指标", "compare": "比较", "metric_name_zh": "指标名称",
    "rule": "取值规则", "statements": "陈述数", "lowest": "最小值", "highest": "最大值",
}  # fmt: skip
"""Headers in Chinese, of sheets and of columns."""

SqlType = Integer | Float[float] | Text | Boolean | Instant


def _sql_type(kind: Kind) -> SqlType:
    match kind:
        case Kind.INTEGER:
            return Integer()
        case Kind.NUMBER:
            return Float()
        case Kind.TEXT:
            return Text()
        case Kind.BOOLEAN:
            return Boolean()
        case Kind.INSTANT:
            return Instant()


def view_of(name: str) -> TableClause:
    """The view behind a table of an export."""
    return table(f"v1_{name}", *(column(one.name, _sql_type(one.kind)) for one in TABLES[name]))


def json_schema(columns: tuple[Column, ...], title: str) -> dict[str, object]:
    """The JSON schema of one row."""
    return {
        "title": title,
        "type": "object",
        "properties": {one.name: _property(one) for one in columns},
        "required": [one.name for one in columns],
        "additionalProperties": False,
    }


def _property(one: Column) -> dict[str, object]:
    names = {Kind.TEXT: "string", Kind.INSTANT: "string"}
    name = names.get(one.kind, one.kind.value)
    found: dict[str, object] = {"type": [name, "null"] if one.nullable else name}
    if one.kind is Kind.INSTANT:
        found["format"] = "date-time"
    if one.values:
        found["enum"] = [*one.values, *([None] if one.nullable else [])]
    return found | {"description": one.meaning}

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

TABLES: dict[str, tuple[Column, ...]] = {
    "publications": PUBLICATIONS,
    "events": EVENTS,
    "figures": FIGURES,
    "coverage": COVERAGE,
}

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

"""A release of the reviews that can be cited: a Frictionless data package and what explains it.

The same database gives the same bytes: rows are ordered by their keys, and no clock is asked;
the release's day is that of the last change it holds.
"""

import csv
import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from storage.engine.tables import ChangeRow
from storage.errors import ExportError
from storage.exports.columns import (
    CHINESE,
    COVERAGE,
    EVENTS,
    EXPORTED,
    FIGURES,
    METRICS,
    Column,
    Kind,
)
from storage.exports.filters import Filters
from storage.exports.parquet import fields
from storage.exports.release_pages import changes_page, coverage_page, quality_page
from storage.exports.selection import (
    BATCH,
    Row,
    coverage_rows,
    event_rows,
    figure_rows,
    id_batches,
    publication_rows,
    select_changes,
)
from storage.records import SHANGHAI, Level

NOT_READ, NOT_COLLECTED = "not_read", "not_collected"
MISSING = ("", NOT_READ, NOT_COLLECTED)
"""An empty cell is not stated in the source; the other two say that we did not read or get it."""

UNCOLLECTED = frozenset({"no_source", "not_watched", "source_broken"})
"""Statuses of coverage that say nothing of the committee, only of us."""

PUBLICATIONS = tuple(one for one in EXPORTED if one.name != "text")
COMMITTEES = (
    Column("committee_level", Kind.TEXT, "level of the committee", False, tuple(Level)),
    Column("committee_region", Kind.TEXT, "province of the committee, short name"),
    Column("region_code", Kind.TEXT, "six digits of GB/T 2260"),
    Column("committee_name", Kind.TEXT, "official name of the committee"),
    Column("reviews", Kind.INTEGER, "publications of it in this release", False),
)

RESOURCES: dict[str, tuple[tuple[Column, ...], tuple[str, ...]]] = {
    "publications": (PUBLICATIONS, ("id",)),
    "events": (EVENTS, ()),  # a misprinted number may stand twice
    "figures": (FIGURES, ()),
    "metrics": (METRICS, ()),
    "committees": (COMMITTEES, ()),
    "coverage": (COVERAGE, ("region", "committee_level", "year")),
}
"""Resource: its columns and primary key."""

CHINESE_MORE = {"reviews": "综述数"}


def write_release(
    session: Session, folder: Path, version: str, *, previous: Path | None = None
) -> dict[str, int]:
    """Write a release into an empty folder; how many rows each resource has.

    ``previous`` is the folder of the release before, for CHANGES.md.  ExportError when
    ``folder`` holds something; OSError when the disk refuses.
    """
    if folder.exists() and any(folder.iterdir()):
        raise ExportError(f"{folder} is not empty; a release never overwrites another")
    folder.mkdir(parents=True, exist_ok=True)
    tables = _tables(session)
    for name, rows in tables.items():
        _csv(folder / f"{name}.csv", RESOURCES[name][0], rows)
        _parquet(folder / f"{name}.parquet", RESOURCES[name][0], rows)
    day = _day(session)
    _write(folder / "datapackage.json", _json(_package(version, day, tables)))
    _write(folder / "CODEBOOK.md", _codebook())
    _write(folder / "CITATION.cff", _citation(version, day))
    _write(folder / "COVERAGE.md", coverage_page(tables["coverage"]))
    _write(folder / "QUALITY.md", quality_page(session, tables["publications"]))
    _write(folder / "CHANGES.md", changes_page(version, folder, previous))
    sums = [
        f"{hashlib.sha256(one.read_bytes()).hexdigest()}  {one.name}"
        for one in sorted(folder.iterdir())
    ]
    _write(folder / "SHA256SUMS", "\n".join(sums) + "\n")
    return {name: len(rows) for name, rows in tables.items()}


def _tables(session: Session) -> dict[str, list[Row]]:
    names = ", ".join(one.name for one in METRICS)
    metrics = [
        dict(row) for row in session.execute(text(f"SELECT {names} FROM v1_metrics")).mappings()
    ]
    chosen = select_changes(session, None, Filters(flagged=True, originals=True))
    wanted = {one for ids in id_batches(session, chosen) for one in ids}
    wanted |= {row["publication_id"] for row in metrics if row["publication_id"] is not None}
    ordered = sorted(wanted)
    found: dict[str, list[Row]] = {"publications": [], "events": [], "figures": []}
    for start in range(0, len(ordered), BATCH):
        ids = ordered[start : start + BATCH]
        found["publications"] += publication_rows(session, ids)
        found["events"] += event_rows(session, ids)
        found["figures"] += figure_rows(session, ids)
    found["metrics"] = sorted(
        metrics,
        key=lambda row: [
            str(row[name] or "")
            for name in ("committee_level", "region", "committee_name", "year", "metric_key")
        ],
    )
    found["committees"] = _committees(found["publications"])
    found["coverage"] = sorted(
        coverage_rows(session),
        key=lambda row: [str(row[name]) for name in RESOURCES["coverage"][1]],
    )
    found["figures"].sort(key=lambda row: (row["publication_id"], row["span_start"]))
    return found


def _committees(publications: Sequence[Row]) -> list[Row]:
    names = ("committee_level", "committee_region", "region_code", "committee_name")
    counts: dict[tuple[object, ...], int] = {}
    for row in publications:
        if row["committee_level"] is not None:
            key = tuple(row[name] for name in names)
            counts[key] = counts.get(key, 0) + 1
    ordered = sorted(counts.items(), key=lambda one: [str(part or "") for part in one[0]])
    return [dict(zip(names, key, strict=True)) | {"reviews": count} for key, count in ordered]


def _csv(path: Path, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow([one.name for one in columns])
        writer.writerows([_cell(one, row) for one in columns] for row in rows)


def _cell(column: Column, row: Row) -> object:
    value = row[column.name]
    if value is None:
        if column.name == "publication_id" and row.get("status") in UNCOLLECTED:
            return NOT_COLLECTED
        unread = "genre" in row and row["genre"] is None
        return NOT_READ if unread and column.name in ("genre", "score", "year_from") else ""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat()
    if column.kind is Kind.BOOLEAN:
        return "true" if value else "false"
    return value


def _parquet(path: Path, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    import pyarrow
    import pyarrow.parquet

    schema = pyarrow.schema(fields(columns))
    held = [{one.name: row[one.name] for one in columns} for row in rows]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(held, schema=schema), path)


def _package(version: str, day: date, tables: dict[str, list[Row]]) -> dict[str, object]:
    return {
        "profile": "tabular-data-package",
        "name": "cppcc-reviews",
        "title": "Annual reviews and ten events of China's political consultative conferences",
        "version": version,
        "created": f"{day.isoformat()}T00:00:00+08:00",
        "resources": [_resource(name, len(rows)) for name, rows in tables.items()],
    }


def _resource(name: str, count: int) -> dict[str, object]:
    columns, key = RESOURCES[name]
    schema: dict[str, object] = {
        "fields": [_field(one) for one in columns],
        "missingValues": list(MISSING),
    }
    if key:
        schema["primaryKey"] = list(key)
    if name in ("events", "figures", "metrics"):
        schema["foreignKeys"] = [
            {
                "fields": ["publication_id"],
                "reference": {"resource": "publications", "fields": ["id"]},
            }
        ]
    return {
        "name": name,
        "title": CHINESE.get(name, name),
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "description": f"{count} rows",
        "schema": schema,
    }


def _field(one: Column) -> dict[str, object]:
    types = {Kind.TEXT: "string", Kind.INSTANT: "datetime"}
    field: dict[str, object] = {
        "name": one.name,
        "title": _zh(one.name),
        "type": types.get(one.kind, one.kind.value),
        "description": one.meaning,
    }
    if one.kind is Kind.INSTANT:
        field["format"] = "any"
    rules: dict[str, object] = {}
    if one.values:
        rules["enum"] = list(one.values)
    if not one.nullable and one.name not in ("body", "unit", "heading"):
        rules["required"] = True
    return field | ({"constraints": rules} if rules else {})


def _zh(name: str) -> str:
    return CHINESE.get(name) or CHINESE_MORE.get(name, name)


def _codebook() -> str:
    lines = [
        "# 编码手册 / Codebook",
        "",
        "空单元格: 原文未说明; `not_read`: 我们尚未读出; `not_collected`: 我们没有采集到。",
        "An empty cell: not stated in the source; `not_read`: we did not read it; `not_collected`: "
        "we did not get it.",
        "",
    ]
    for name, (columns, _) in RESOURCES.items():
        lines += [f"## {name} {_zh(name)}", "", "| column | 列 | type | meaning | values |"]
        lines += ["|---|---|---|---|---|"]
        lines += [
            f"| {one.name} | {_zh(one.name)} | {one.kind.value} | {one.meaning} "
            f"| {', '.join(one.values)} |"
            for one in columns
        ]
        lines.append("")
    return "\n".join(lines)


def _citation(version: str, day: date) -> str:
    return (
        "cff-version: 1.2.0\n"
        "message: Cite this release by its version and the hash of its SHA256SUMS.\n"
        'title: "Annual reviews and ten events of China\'s political consultative conferences"\n'
        "type: dataset\n"
        "authors:\n"
        "  - name: cppcc-monitor\n"
        f'version: "{version}"\n'
        f"date-released: {day.isoformat()}\n"
    )


def _day(session: Session) -> date:
    last = session.scalars(select(func.max(ChangeRow.at))).one()
    if last is None:
        raise ExportError("the database holds no publication; nothing can be released")
    return last.astimezone(SHANGHAI).date()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _write(path: Path, words: str) -> None:
    path.write_text(words, "utf-8", newline="\n")

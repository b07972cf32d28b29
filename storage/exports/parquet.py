"""Parquet: one row a publication, typed, its events and figures as lists of structures."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from storage.exports.columns import EVENTS, EXPORTED, FIGURES, Column, Kind
from storage.exports.files import nested_schema, whole_file, write_schema
from storage.exports.selection import Selection, id_batches, whole_publications

if TYPE_CHECKING:
    import pyarrow


def export_parquet(session: Session, path: Path, chosen: Selection) -> int:
    """Write the chosen publications, a row group each batch; how many they are."""
    import pyarrow
    import pyarrow.parquet

    schema = _schema()
    count = 0
    with (
        whole_file(path) as temporary,
        pyarrow.parquet.ParquetWriter(temporary, schema, compression="zstd") as writer,
    ):
        for ids in id_batches(session, chosen):
            rows = whole_publications(session, ids)
            writer.write_table(pyarrow.Table.from_pylist(rows, schema=schema))
            count += len(rows)
    write_schema(path, nested_schema())
    return count


def _schema() -> "pyarrow.Schema":
    import pyarrow

    return pyarrow.schema(
        [
            *fields(EXPORTED),
            pyarrow.field("events", _list(EVENTS), nullable=False),
            pyarrow.field("figures", _list(FIGURES), nullable=False),
        ]
    )


def _list(columns: Sequence[Column]) -> "pyarrow.DataType":
    import pyarrow

    own = [one for one in columns if one.name != "publication_id"]
    return pyarrow.list_(pyarrow.struct(fields(own)))


def fields(columns: Sequence[Column]) -> "list[pyarrow.Field]":
    """The columns as Arrow has them."""
    import pyarrow

    types = {
        Kind.INTEGER: pyarrow.int64(),
        Kind.NUMBER: pyarrow.float64(),
        Kind.TEXT: pyarrow.string(),
        Kind.BOOLEAN: pyarrow.bool_(),
        Kind.INSTANT: pyarrow.timestamp("us", tz="Asia/Shanghai"),
    }
    return [pyarrow.field(one.name, types[one.kind], nullable=one.nullable) for one in columns]

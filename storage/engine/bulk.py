"""Rows in batches, as fast as the driver takes them.

SQLAlchemy handles each parameter of each row, which costs SQLite more than the writing.  So
on SQLite the types' own processors run a column at a time, a value that repeats only once,
and the driver gets plain tuples.  PostgreSQL's driver needs SQLAlchemy's casts, and its
server is what takes the time there.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Dialect, insert
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from storage.engine.tables import Base, Instant, Json, sqlite_text, table_of

Row = Mapping[str, object]


def insert_rows(session: Session, row: type[Base], rows: Sequence[Row]) -> None:
    """Insert rows that all have the same columns; columns without a value are NULL."""
    if not rows:
        return
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        connection.execute(insert(table_of(row)), list(rows))
        return
    table = table_of(row)
    names = list(rows[0])
    columns = [
        _processed([one[name] for one in rows], table.c[name].type, connection.dialect)
        for name in names
    ]
    quoted = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" * len(names))
    statement = f"INSERT INTO {table.name} ({quoted}) VALUES ({marks})"
    connection.exec_driver_sql(statement, list(zip(*columns, strict=True)))


def _processed(
    values: list[object], type_: TypeEngine[object], dialect: Dialect
) -> Sequence[object]:
    process: Callable[[object], object] | None = type_.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return values
    if isinstance(type_, Instant):
        # By identity: the moment of saving is one object in all rows.
        moments = {id(one): one for one in values}
        shown = {key: None if one is None else sqlite_text(one) for key, one in moments.items()}
        return [shown[id(one)] for one in values]
    if isinstance(type_, Json):
        return ["[]" if value == [] else process(value) for value in values]
    return [process(value) for value in values]

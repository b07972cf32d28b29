"""Whose turn a host is: a ledger of all machines, crawls and probes together.

A turn is a moment of the database's clock, so that no machine's own clock matters; what is
handed out is how long to wait for it.
"""

import time
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Float, bindparam, case, func, literal_column
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from storage.engine.cluster_tables import HostTurnRow
from storage.engine.tables import insert_of, table_of

if TYPE_CHECKING:
    from sqlalchemy.sql.dml import ReturningInsert

FARTHEST_SECONDS = 3600.0
"""A turn farther ahead was given by a clock that ran ahead, and counts for nothing."""

_TURNS = table_of(HostTurnRow)


def take_turn(session: Session, host: str, delay_seconds: float) -> float:
    """Seconds from now until ``host`` may be asked: 0 for at once.

    The turn is ``delay_seconds`` after the last one that anybody was given, or longer where that
    one asked for more.  It is the caller's from now on, taken or not.
    """
    engine = session.get_bind().dialect.name
    values: dict[str, float | str] = {"host": host, "delay": delay_seconds}
    if engine == "sqlite":
        session.connection()  # begins the transaction: the lock may be waited for
        values["now"] = time.time()
    wait: float = session.execute(_statement(engine), values).scalar_one()
    return max(0.0, wait)


@cache
def _statement(engine: str) -> "ReturningInsert[float]":
    now, greatest = _CLOCKS[engine]
    insert = insert_of(engine)(_TURNS).values(
        turn_at=now, host=bindparam("host"), delay_seconds=bindparam("delay")
    )
    given = insert.excluded.delay_seconds
    after = case(
        (_TURNS.c.turn_at > now + FARTHEST_SECONDS, now),
        else_=_TURNS.c.turn_at + getattr(func, greatest)(_TURNS.c.delay_seconds, given),
    )
    return insert.on_conflict_do_update(
        index_elements=["host"],
        set_={"turn_at": getattr(func, greatest)(now, after), "delay_seconds": given},
    ).returning(_TURNS.c.turn_at - now)


_CLOCKS: dict[str, tuple[ColumnElement[float], str]] = {
    "postgresql": (
        literal_column("extract(epoch from clock_timestamp())::float8", Float),
        "greatest",
    ),
    "sqlite": (bindparam("now", type_=Float), "max"),
}
"""The present on each engine, and its word for the greater of two values."""

"""Whose turn a host is: a ledger of all machines, crawls and probes together.

A turn is a moment of the database's clock, so that no machine's own clock matters; what is
handed out is how long to wait for it.
"""

import time

from sqlalchemy import Float, bindparam, case, func, literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from storage.engine.cluster_tables import HostTurnRow
from storage.engine.tables import table_of

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
    statement = _ON_POSTGRESQL if engine == "postgresql" else _ON_SQLITE
    wait: float = session.execute(statement, values).scalar_one()
    return max(0.0, wait)


def _statement(
    into: postgresql.Insert | sqlite.Insert, now: ColumnElement[float], greatest: str
) -> postgresql.Insert | sqlite.Insert:
    insert = into.values(turn_at=now, host=bindparam("host"), delay_seconds=bindparam("delay"))
    given = insert.excluded.delay_seconds
    after = case(
        (_TURNS.c.turn_at > now + FARTHEST_SECONDS, now),
        else_=_TURNS.c.turn_at + getattr(func, greatest)(_TURNS.c.delay_seconds, given),
    )
    return insert.on_conflict_do_update(
        index_elements=["host"],
        set_={"turn_at": getattr(func, greatest)(now, after), "delay_seconds": given},
    )


_DATABASE_NOW: ColumnElement[float] = literal_column(
    "extract(epoch from clock_timestamp())::float8", Float
)
_GIVEN_NOW: ColumnElement[float] = bindparam("now", type_=Float)
_ON_POSTGRESQL = _statement(postgresql.insert(_TURNS), _DATABASE_NOW, "greatest").returning(
    _TURNS.c.turn_at - _DATABASE_NOW
)
_ON_SQLITE = _statement(sqlite.insert(_TURNS), _GIVEN_NOW, "max").returning(
    _TURNS.c.turn_at - _GIVEN_NOW
)

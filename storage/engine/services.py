"""The services that are at work on this database: each says so, every few seconds.

A beat is a write like any other, so that a service whose writes fail learns it; and whoever
would change the schema sees who would be left behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, inspect, select
from sqlalchemy.orm import Session

from storage.engine.service_tables import ServiceRow
from storage.engine.tables import table_of, upsert_into

ALIVE_FOR = timedelta(seconds=60)
"""So long after its last beat a service still counts as at work: it beats far more often."""

FORGOTTEN_AFTER = timedelta(days=1)  # it beats every five seconds: it is gone

_SERVICES = table_of(ServiceRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceBeat:
    """A service, by host and process, the schema that it knows, and when it last said so."""

    name: str
    schema_revision: str
    started_at: datetime
    beat_at: datetime


def beat(session: Session, one: ServiceBeat) -> None:
    """Say that a service is at work, and forget those that have been silent for a day."""
    session.execute(delete(_SERVICES).where(_SERVICES.c.beat_at < one.beat_at - FORGOTTEN_AFTER))
    values = {
        "schema_revision": one.schema_revision,
        "started_at": one.started_at,
        "beat_at": one.beat_at,
    }
    session.execute(
        upsert_into(session, ServiceRow)
        .values(name=one.name, **values)
        .on_conflict_do_update(index_elements=["name"], set_=values)
    )


def leave(session: Session, name: str) -> None:
    """Say that a service has ended in good order."""
    session.execute(delete(_SERVICES).where(_SERVICES.c.name == name))


def at_work(connection: Connection | Session, *, now: datetime) -> list[ServiceBeat]:
    """The services that beat not long ago; one of a clock that ran ahead is not believed."""
    beats = _beats(connection)
    return [one for one in beats if abs(now - one.beat_at) <= ALIVE_FOR]


def known_to(connection: Connection) -> bool:
    """Whether this database's schema knows of services at all."""
    return inspect(connection).has_table(ServiceRow.__tablename__)


def _beats(connection: Connection | Session) -> Sequence[ServiceBeat]:
    rows = connection.execute(select(_SERVICES).order_by(_SERVICES.c.name))
    return [
        ServiceBeat(
            name=row.name,
            schema_revision=row.schema_revision,
            started_at=row.started_at,
            beat_at=row.beat_at,
        )
        for row in rows
    ]

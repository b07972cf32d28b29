"""Which hosts have asked to be left alone, until when: for every run and process to come."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage.engine.service_tables import HostRestRow
from storage.engine.tables import table_of, upsert_into
from storage.records import RefusalClass

_RESTS = table_of(HostRestRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """One host's wish: ``until`` is aware, ``refusal_class`` what its answer was called."""

    host: str
    until: datetime
    refusal_class: RefusalClass


def rests(session: Session, *, now: datetime, longest: timedelta) -> list[Rest]:
    """The wishes that have not passed; one beyond ``longest`` ends then, as clocks run ahead."""
    rows = session.execute(select(_RESTS).where(_RESTS.c.until > now))
    return [
        Rest(
            host=row.host,
            until=min(row.until, now + longest),
            refusal_class=RefusalClass(row.refusal_class),
        )
        for row in rows
    ]


def note_rest(session: Session, rest: Rest, *, now: datetime) -> None:
    """Keep the host's newest wish, and forget those that have passed."""
    session.execute(delete(HostRestRow).where(HostRestRow.until <= now))
    values = {"until": rest.until, "refusal_class": rest.refusal_class.value}
    session.execute(
        upsert_into(session, HostRestRow)
        .values(host=rest.host, **values)
        .on_conflict_do_update(index_elements=["host"], set_=values)
    )

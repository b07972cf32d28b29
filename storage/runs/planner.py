"""The planner's lease: of all services on one database, one plans.

No clock is compared with another machine's: a lease ends when whoever waits for it has seen it
unchanged for long enough by his own clock (as Kubernetes' leader election does).
"""

from dataclasses import dataclass

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from storage.engine.cluster_tables import PlannerRow
from storage.engine.tables import table_of, upsert_into

_PLANNER = table_of(PlannerRow)
_LOOK = select(_PLANNER.c.holder, _PLANNER.c.token, _PLANNER.c.beats)
_PROLONG = (
    update(_PLANNER)
    .where(_PLANNER.c.token == bindparam("held"))
    .values(beats=_PLANNER.c.beats + 1)
    .returning(_PLANNER.c.token)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannerLease:
    """The lease as it stands; ``holder`` None when it was given up."""

    holder: str | None
    token: int
    beats: int


def look(session: Session) -> PlannerLease | None:
    """Who plans; None when nobody ever did."""
    row = session.execute(_LOOK).one_or_none()
    if row is None:
        return None
    return PlannerLease(holder=row.holder, token=row.token, beats=row.beats)


def prolong(session: Session, token: int) -> bool:
    """Keep the lease; False when it is another's by now."""
    return session.execute(_PROLONG, {"held": token}).one_or_none() is not None


def take(session: Session, name: str, *, seen: PlannerLease | None) -> int | None:
    """Take the lease that was ``seen`` dead; its new token, None when somebody was faster."""
    if seen is None:
        made = session.execute(
            upsert_into(session, PlannerRow)
            .values(id=1, holder=name, token=1, beats=0)
            .on_conflict_do_nothing(index_elements=["id"])
            .returning(_PLANNER.c.token)
        ).one_or_none()
        return None if made is None else 1
    taken = session.execute(
        update(_PLANNER)
        .where(_PLANNER.c.token == seen.token, _PLANNER.c.beats == seen.beats)
        .values(holder=name, token=seen.token + 1)
        .returning(_PLANNER.c.token)
    ).one_or_none()
    return None if taken is None else seen.token + 1


def give_up(session: Session, token: int) -> None:
    """Let another take the lease at once; nothing when it is another's already."""
    session.execute(
        update(_PLANNER)
        .where(_PLANNER.c.token == token)
        .values(holder=None, beats=_PLANNER.c.beats + 1)
    )

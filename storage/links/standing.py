"""Which declared sources are proved: unverified, verified or paused, since when, by what, why.

A declaration is a claim.  A sound probe or a complete, unbounded run proves it; what was asked
and did not prove itself keeps the finding.  A pause is a person's, and keeps the proof below it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.engine.service_tables import SourceStandingRow
from storage.engine.tables import table_of, upsert_into
from storage.records import SourceState


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStanding:
    """One source's standing.

    ``verified_by`` names the proof ("probe", "run 12"), ``finding`` why the last verification
    proved nothing; ``asked_first_at`` and ``asked_at`` are the first and last verification.
    """

    source_id: str
    verified_at: datetime | None = None
    verified_by: str | None = None
    asked_at: datetime | None = None
    asked_first_at: datetime | None = None
    finding: str | None = None
    paused_at: datetime | None = None
    paused_by: str | None = None
    paused_why: str | None = None

    @property
    def state(self) -> SourceState:
        """A pause stands before a proof."""
        if self.paused_at is not None:
            return SourceState.PAUSED
        return SourceState.UNVERIFIED if self.verified_at is None else SourceState.VERIFIED

    @property
    def why(self) -> str:
        """The state's reason in words, for people."""
        if self.paused_at is not None:
            return f"paused by {self.paused_by or 'somebody'}: {self.paused_why}"
        if self.verified_at is not None:
            return f"verified by {self.verified_by}"
        return self.finding or "never asked"


_STANDINGS = table_of(SourceStandingRow)


def all_standings(session: Session, source_ids: Iterable[str] = ()) -> dict[str, SourceStanding]:
    """Every known standing by source id; a bare one for each of ``source_ids`` without a row."""
    known = {
        row.source_id: SourceStanding(
            **{field.name: getattr(row, field.name) for field in fields(SourceStanding)}
        )
        for row in session.execute(select(_STANDINGS))
    }
    return {one: SourceStanding(source_id=one) for one in source_ids} | known


def standing_of(session: Session, source_id: str) -> SourceStanding:
    """One source's standing; a bare claim when nothing was ever entered."""
    row = session.execute(
        select(_STANDINGS).where(_STANDINGS.c.source_id == source_id)
    ).one_or_none()
    if row is None:
        return SourceStanding(source_id=source_id)
    return SourceStanding(
        **{field.name: getattr(row, field.name) for field in fields(SourceStanding)}
    )


def note_proved(session: Session, source_id: str, *, by: str, now: datetime) -> None:
    """A probe or run has shown the source to be as declared; the first proof is kept."""
    _enter(session, source_id, {"asked_at": now, "finding": None}, asked_first_at=now)
    session.execute(
        update(SourceStandingRow)
        .where(SourceStandingRow.source_id == source_id, SourceStandingRow.verified_at.is_(None))
        .values(verified_at=now, verified_by=by)
    )


def note_unproved(session: Session, source_id: str, finding: str, *, now: datetime) -> None:
    """A verification was tried and proved nothing; ``finding`` says what was wrong.

    What was proved before stays verified: that it fails today is an incident, not a doubt of
    the declaration.
    """
    _enter(session, source_id, {"asked_at": now, "finding": finding}, asked_first_at=now)


def doubt(session: Session, source_id: str, finding: str, *, now: datetime) -> None:
    """Take a proof back: the declaration has changed, so that what was proved is another one."""
    _enter(
        session,
        source_id,
        {"verified_at": None, "verified_by": None, "asked_at": None, "finding": finding},
        asked_first_at=now,
    )


def pause(session: Session, source_id: str, *, by: str, why: str, now: datetime) -> None:
    """Leave the source alone until it is resumed."""
    _enter(session, source_id, {"paused_at": now, "paused_by": by, "paused_why": why})


def resume(session: Session, source_id: str) -> None:
    """End a pause; what proved the source before still stands."""
    _enter(session, source_id, {"paused_at": None, "paused_by": None, "paused_why": None})


def _enter(
    session: Session,
    source_id: str,
    values: dict[str, datetime | str | None],
    *,
    asked_first_at: datetime | None = None,
) -> None:
    session.execute(
        upsert_into(session, SourceStandingRow)
        .values(source_id=source_id, asked_first_at=asked_first_at, **values)
        .on_conflict_do_update(index_elements=["source_id"], set_=values)
    )

"""What was decided of a flag, by whom and why: each decision is kept, an undone one too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from storage.engine.flag_tables import FlagDecisionRow, FlagNoteRow, FlagRow
from storage.engine.tables import PublicationRow
from storage.errors import TransitionError
from storage.notices.flags import FlagStatus, get_flag


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagDecision:
    """One decision on a flag: what it was from then on, and who said so, why.

    OPEN is the undoing of the decision before.  ``by`` is None for the program itself alone
    (a dismissed story that came back); ``revision`` is the publication's, as it was then.
    """

    at: datetime
    by: str | None
    status: FlagStatus
    why: str | None
    revision: int


class CameBack(StrEnum):
    """Why a dismissed story is open again although nobody undid the decision."""

    REVISED = "revised"  # its text changed
    PRINTED = "printed"  # another outlet printed it


def came_back(decisions: Sequence[FlagDecision]) -> CameBack | None:
    """Why a flag with these decisions, the oldest first, is open again; None where it is not."""
    if len(decisions) < 2 or decisions[-1].status is not FlagStatus.OPEN or decisions[-1].by:
        return None
    revised = decisions[-1].revision != decisions[-2].revision
    return CameBack.REVISED if revised else CameBack.PRINTED


def accept_flag(
    session: Session,
    flag_id: int,
    *,
    now: datetime,
    why: str | None = None,
    by: str | None = None,
) -> None:
    """Decide that the story is what it was flagged as.  TransitionError when decided before."""
    _decide(session, flag_id, FlagStatus.ACCEPTED, now, why, by)


def dismiss_flag(
    session: Session, flag_id: int, *, why: str, now: datetime, by: str | None = None
) -> None:
    """Decide that the story is not what it was flagged as.  TransitionError as above."""
    _decide(session, flag_id, FlagStatus.DISMISSED, now, why, by)


def reopen_flag(
    session: Session,
    flag_id: int,
    *,
    now: datetime,
    why: str | None = None,
    by: str | None = None,
) -> None:
    """Undo the decision; what was decided stays in the history.  TransitionError when open."""
    reopened = session.execute(
        update(FlagRow)
        .where(FlagRow.id == flag_id, FlagRow.status != FlagStatus.OPEN.value)
        .values(status=FlagStatus.OPEN.value, decided_at=None, decided_by=None)
        .returning(FlagRow.publication_id)
    ).scalar_one_or_none()
    if reopened is None:
        flag = get_flag(session, flag_id)
        raise TransitionError("flag", flag_id, flag.status.value, FlagStatus.OPEN.value)
    _remember(session, flag_id, reopened, FlagStatus.OPEN, now, why, by)


def decisions_of(session: Session, flag_id: int) -> list[FlagDecision]:
    """All that was decided of a flag, the oldest first."""
    return decisions_of_all(session, [flag_id]).get(flag_id, [])


def decisions_of_all(session: Session, flag_ids: Sequence[int]) -> dict[int, list[FlagDecision]]:
    """The same of several flags; one that was never decided has no entry."""
    rows = session.scalars(
        select(FlagDecisionRow)
        .where(FlagDecisionRow.flag_id.in_(flag_ids))
        .order_by(FlagDecisionRow.id)
    )
    found: dict[int, list[FlagDecision]] = {}
    for row in rows:
        found.setdefault(row.flag_id, []).append(
            FlagDecision(
                at=row.at,
                by=row.by,
                status=FlagStatus(row.status),
                why=row.why,
                revision=row.revision,
            )
        )
    return found


def _decide(
    session: Session,
    flag_id: int,
    status: FlagStatus,
    now: datetime,
    why: str | None,
    by: str | None,
) -> None:
    values: dict[str, str | datetime | None] = {
        "status": status.value,
        "decided_at": now,
        "decided_by": by,
    }
    if why is not None:
        values["note"] = why
    decided = session.execute(
        update(FlagRow)
        .where(FlagRow.id == flag_id, FlagRow.status == FlagStatus.OPEN.value)
        .values(**values)
        .returning(FlagRow.publication_id)
    ).scalar_one_or_none()
    if decided is None:
        flag = get_flag(session, flag_id)
        raise TransitionError("flag", flag_id, flag.status.value, status.value)
    _remember(session, flag_id, decided, status, now, why, by)


def _remember(
    session: Session,
    flag_id: int,
    publication_id: int,
    status: FlagStatus,
    now: datetime,
    why: str | None,
    by: str | None,
) -> None:
    """Keep a decision; its reason is a note too, beside what else happened to the story."""
    revision = session.scalars(
        select(PublicationRow.revision).where(PublicationRow.id == publication_id)
    ).one()
    session.execute(
        insert(FlagDecisionRow).values(
            flag_id=flag_id, at=now, by=by, status=status.value, why=why, revision=revision
        )
    )
    if why is not None:  # the flag's own note is replaced by the next thing that happens
        session.execute(
            insert(FlagNoteRow).values(
                flag_id=flag_id,
                at=now,
                publication_id=publication_id,
                revision=revision,
                words=f"{status.value}: {why}",
            )
        )

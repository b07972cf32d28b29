"""When a flag's entry in a feed last changed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from storage.engine.flag_tables import FlagDecisionRow
from storage.engine.tables import ChangeRow
from storage.notices.flags import Flag


def last_moved(session: Session, flags: Sequence[Flag]) -> dict[int, datetime]:
    """{flag's id: the last instant at which anything that its entry shows changed}.

    That is a note, any decision (the undoing of one too, after which the flag itself no
    longer has a time of its own), or a change of the publication: revised, read anew, taken
    down.  It never goes back.
    """
    decided = _latest(
        session,
        select(FlagDecisionRow.flag_id, func.max(FlagDecisionRow.at))
        .where(FlagDecisionRow.flag_id.in_([flag.id for flag in flags]))
        .group_by(FlagDecisionRow.flag_id),
    )
    changed = _latest(
        session,
        select(ChangeRow.publication_id, func.max(ChangeRow.at))
        .where(ChangeRow.publication_id.in_({flag.publication_id for flag in flags}))
        .group_by(ChangeRow.publication_id),
    )
    return {
        flag.id: max(
            [
                flag.raised_at,
                *(note.at for note in flag.notes),
                decided.get(flag.id, flag.raised_at),
                changed.get(flag.publication_id, flag.raised_at),
            ]
        )
        for flag in flags
    }


def _latest(session: Session, query: Select[int, datetime]) -> dict[int, datetime]:
    return {row[0]: row[1] for row in session.execute(query)}

"""Every source at a glance: how it stands, its last ended run, what runs now, its next look."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.engine.service_tables import WatchRow
from storage.engine.tables import RunRow
from storage.links.standing import SourceStanding, all_standings
from storage.records import VerdictKind
from storage.runs.states import RunState


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOverview:
    """One source; instants are aware.

    ``last_verdict`` is of the newest run that ended with one (None: none ever), ``running`` the
    id of the run that is being carried out, ``next_look_at`` what the service planned last.
    """

    standing: SourceStanding
    last_verdict: VerdictKind | None
    last_ended_at: datetime | None
    running: int | None
    next_look_at: datetime | None


def source_overviews(session: Session, source_ids: list[str]) -> dict[str, SourceOverview]:
    """The overview of each of these sources, by id; sources that nothing is known of too."""
    standings = all_standings(session, source_ids)
    newest = (
        select(func.max(RunRow.id)).where(RunRow.verdict.is_not(None)).group_by(RunRow.source_id)
    )
    ended = {
        row.source_id: row
        for row in session.execute(
            select(RunRow.source_id, RunRow.verdict, RunRow.finished_at).where(
                RunRow.id.in_(newest)
            )
        )
    }
    working = session.execute(
        select(RunRow.source_id, func.max(RunRow.id))
        .where(RunRow.state == RunState.RUNNING.value)
        .group_by(RunRow.source_id)
    )
    running = {row[0]: row[1] for row in working}
    looks = session.execute(select(WatchRow.source_id, WatchRow.next_look_at))
    planned = {row[0]: row[1] for row in looks}
    overviews = {}
    for source_id in source_ids:
        last = ended.get(source_id)
        overviews[source_id] = SourceOverview(
            standing=standings[source_id],
            last_verdict=VerdictKind(last.verdict) if last else None,
            last_ended_at=last.finished_at if last else None,
            running=running.get(source_id),
            next_look_at=planned.get(source_id),
        )
    return overviews

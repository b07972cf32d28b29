"""Which copy of a story is its original: by credited outlet, then time, never by arrival.

A copy that the others credit, or that credits its own outlet, comes first; one that credits
somebody else comes last.  Between equals the earlier ``published_at`` decides, then the URL,
so that any order of arrival ends with the same original.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.engine.changes import record_changes
from storage.engine.flag_tables import FlagRow
from storage.engine.story_tables import StoryChangeRow
from storage.engine.tables import PublicationRow, SourceRow, StoryRow, table_of
from storage.notices import raising
from storage.records import FLAGGED_GENRES, SHANGHAI, Precision

_OUTLET_NOISE = re.compile(
    r"^(?:来源|稿源|信息来源)[:：]|[\W_]|(?:客户端|微信公众号|公众号|官网|网站)$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What the choice of the original knows of a copy.

    ``names`` are those that its source is credited by, none for an undeclared source.
    """

    publication_id: int
    url: str
    outlet: str | None
    names: frozenset[str]
    published_at: datetime | None
    precision: Precision | None
    genre: str | None = None
    revision: int = 1


def settle(session: Session, story_ids: Iterable[int], *, now: datetime) -> frozenset[int]:
    """Choose the originals of these stories anew; the publications that took over.

    Each take-over is kept in ``story_changes``, shown in v1_changes for both publications,
    and noted on the story's flag, which moves to the new original where that is of a flagged
    genre too.
    """
    wanted = sorted(set(story_ids))
    if not wanted:
        return frozenset()
    before = dict(
        session.execute(
            select(StoryRow.id, StoryRow.original_id).where(StoryRow.id.in_(wanted))
        ).all()
    )
    taken = set()
    for story_id, copies in _copies(session, wanted).items():
        chosen, reason = choose_original(copies)
        if chosen.publication_id == before[story_id]:
            continue
        _take_over(session, story_id, before[story_id], chosen, reason, now)
        taken.add(chosen.publication_id)
    return frozenset(taken)


def choose_original(copies: Sequence[Copy]) -> tuple[Copy, str]:
    """The original among copies, and why, in words."""
    credited = {outlet_name(copy.outlet) for copy in copies if copy.outlet}
    ranked = sorted(copies, key=lambda copy: (_credit(copy, credited), *_time(copy), copy.url))
    first = ranked[0]
    if len(ranked) == 1:
        return first, "the only copy"
    if _credit(first, credited) < _credit(ranked[1], credited):
        if _credit(first, credited) == _CREDITED:
            return first, f"credited: {_named(first, copies)}"
        return first, "the others credit another outlet"
    if _time(first) < _time(ranked[1]):
        return first, f"published first: {_said(first)}"
    return first, "same credit and time; the first by URL"


def outlet_name(outlet: str) -> str:
    """An outlet's name without label, spacing, signs and 客户端 or 公众号 at its end."""
    name = unicodedata.normalize("NFKC", outlet).strip()
    while True:
        shorter = _OUTLET_NOISE.sub("", name)
        if shorter == name:
            return name
        name = shorter


_CREDITED, _OPEN, _CREDITS_OTHERS = 0, 1, 2


def _credit(copy: Copy, credited: set[str]) -> int:
    own = {outlet_name(name) for name in copy.names}
    says = outlet_name(copy.outlet) if copy.outlet else None
    if own & credited and (says is None or says in own):
        return _CREDITED
    if own and says is not None and says not in own:
        return _CREDITS_OTHERS
    return _OPEN


def _time(copy: Copy) -> tuple[bool, int, bool, float]:
    """By day; within one, a stated clock time comes before the bare day."""
    at = copy.published_at
    if at is None:
        return True, 0, True, 0.0
    day = at.astimezone(SHANGHAI).toordinal()
    return False, day, copy.precision is not Precision.SECOND, at.timestamp()


def _named(first: Copy, copies: Sequence[Copy]) -> str:
    own = {outlet_name(name) for name in first.names}
    said = [copy.outlet for copy in copies if copy.outlet and outlet_name(copy.outlet) in own]
    return min(said, default="")


def _said(copy: Copy) -> str:
    at = copy.published_at
    if at is None:
        return "no date"
    local = at.astimezone(SHANGHAI)
    return local.date().isoformat() if copy.precision is Precision.DAY else local.isoformat()


def _copies(session: Session, story_ids: Sequence[int]) -> dict[int, list[Copy]]:
    rows = session.execute(
        select(
            PublicationRow.story_id,
            PublicationRow.id,
            PublicationRow.url,
            PublicationRow.outlet,
            PublicationRow.published_at,
            PublicationRow.published_precision,
            PublicationRow.genre,
            PublicationRow.revision,
            SourceRow.name,
            SourceRow.outlets,
        )
        .outerjoin(SourceRow, SourceRow.id == PublicationRow.source_id)
        .where(PublicationRow.story_id.in_(story_ids))
        .order_by(PublicationRow.id)
    )
    copies: dict[int, list[Copy]] = {}
    for row in rows:
        names = frozenset((row.name, *row.outlets)) if row.name is not None else frozenset()
        copies.setdefault(row.story_id, []).append(
            Copy(
                publication_id=row.id,
                url=row.url,
                outlet=row.outlet,
                names=names,
                published_at=row.published_at,
                precision=Precision(row.published_precision) if row.published_precision else None,
                genre=row.genre,
                revision=row.revision,
            )
        )
    return copies


def _take_over(
    session: Session, story_id: int, old_id: int, chosen: Copy, reason: str, now: datetime
) -> None:
    new_id = chosen.publication_id
    session.execute(update(StoryRow).where(StoryRow.id == story_id).values(original_id=new_id))
    session.execute(
        update(PublicationRow)
        .where(PublicationRow.id.in_([old_id, new_id]))
        .values(is_original=PublicationRow.id == new_id)
    )
    session.execute(
        table_of(StoryChangeRow).insert(),
        [
            {
                "story_id": story_id,
                "at": now,
                "old_original_id": old_id,
                "new_original_id": new_id,
                "reason": reason,
            }
        ],
    )
    record_changes(session, "change", [old_id, new_id], now=now)
    flag_id = session.scalars(select(FlagRow.id).where(FlagRow.story_id == story_id)).one_or_none()
    if flag_id is None:
        return
    words = f"the original is now {chosen.url} ({reason})"
    raising.note(session, flag_id, new_id, chosen.revision, words, now=now)
    if chosen.genre in FLAGGED_GENRES:
        session.execute(update(FlagRow).where(FlagRow.id == flag_id).values(publication_id=new_id))

"""Which publications an export holds: the filters of search, and what was flagged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import Session

from storage.engine.flag_tables import FlagRow
from storage.engine.tables import PublicationRow
from storage.notices.flags import FlagStatus
from storage.records import Genre, Level
from storage.search.query import matching, publication_filters


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """All that is given must hold; nothing given: everything.

    ``region``, ``year``, ``genre`` and ``level`` mean what they mean to ``search``; ``flagged``
    means that the story has a flag that was not dismissed; all words of ``query`` must be found.
    """

    genre: Genre | None = None
    region: str | None = None
    year: int | None = None
    level: Level | None = None
    originals: bool = False
    flagged: bool = False
    query: tuple[str, ...] = ()

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """What the rows of publications must satisfy, the words apart."""
        yield from publication_filters(
            self.region, self.year, self.genre, self.level, originals=self.originals
        )
        if self.flagged:
            yield exists().where(
                FlagRow.story_id == PublicationRow.story_id,
                FlagRow.status != FlagStatus.DISMISSED.value,
            )

    def found(self, session: Session) -> frozenset[int] | None:
        """The publications that hold the words; None where no words are asked for."""
        if not self.query:
            return None
        return frozenset(matching(session, *self.query))


def kept(ids: Sequence[int], found: frozenset[int] | None) -> list[int]:
    """Those of ``ids`` that were found."""
    return [one for one in ids if found is None or one in found]

"""What travels between who plans, who reads and who stores: a part, the job, the result.

Light: a back-fill that has nothing left to read imports no reader.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from crawler.backfill.parts.prefilter import Wanted
from storage.records import Article, Refusal, RefusalClass

if TYPE_CHECKING:
    from crawler.sources.declaration import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Ranges of a file: the records that begin in one of ``spans``; ``key`` names its bytes."""

    path: str
    key: str
    spans: tuple[tuple[int, int], ...]

    @property
    def size(self) -> int:
        """Bytes of the file that it is."""
        return sum(end - start for start, end in self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What the reading of every part depends on besides its file.

    ``sources`` are those on whose hosts pages may lie; with ``count_only`` pages are counted
    that would be read, and none is.
    """

    wanted: Wanted
    sources: "tuple[Source, ...]"
    now: datetime
    count_only: bool = False


@dataclass(slots=True, kw_only=True)
class PartAccount:
    """Every record of a part, once: ``members = read + unwanted + refused``."""

    members: int = 0
    read: int = 0
    unwanted: Counter[str] = field(default_factory=Counter)
    refused: Counter[RefusalClass] = field(default_factory=Counter)
    years: Counter[tuple[str, int]] = field(default_factory=Counter)  # pages by (source, year)

    @property
    def missing(self) -> int:
        """Records that are in none of the three: a defect of ours."""
        return self.members - self.read - self.unwanted.total() - self.refused.total()


@dataclass(slots=True, kw_only=True)
class PartResult:
    """What a part holds: articles in the order of their capture, and its account."""

    part: Part
    account: PartAccount = field(default_factory=PartAccount)
    articles: list[Article] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    revisits: list[str] = field(default_factory=list)  # addresses whose words are elsewhere
    problem: str | None = None  # why the file could not be read at all

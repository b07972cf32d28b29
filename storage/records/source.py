"""How a source stands, what is wrong with it, and what an audit misses."""

from dataclasses import dataclass
from enum import StrEnum

from storage.records.reading import Level


class SourceState(StrEnum):
    """How far a declared source is believed."""

    UNVERIFIED = "unverified"  # a claim: nothing has shown that it can be read as declared
    VERIFIED = "verified"  # a probe or a complete run has shown it
    PAUSED = "paused"  # a person said to leave it alone


class FailureClass(StrEnum):
    """What is wrong, in the words of docs/operations.md."""

    SILENT = "silent"  # it answers and publishes nothing
    GONE = "gone"  # its pages are no more
    MOVED = "moved"  # it is at another address
    BLOCKED = "blocked"  # it refuses us
    CHALLENGE = "challenge"  # it asks for a browser
    CHANGED_LAYOUT = "changed_layout"  # its pages are built otherwise
    WRONG_CONTENT = "wrong_content"  # another column, spam, another day
    STALE = "stale"  # an old copy is served
    PARTIAL = "partial"  # some of it could not be had
    NETWORK = "network"  # it cannot be reached
    OURS = "ours"  # our own defect
    OVERDUE = "overdue"  # of a coverage cell: a review did not come
    OUTCOME = "outcome"  # its runs may say complete; what is stored says otherwise


class GapKind(StrEnum):
    """What an audit misses."""

    REVIEW = "review"  # a committee's review of a year
    PART = "part"  # a part of a series
    SESSION = "session"  # the reports of one session of a committee
    COPY = "copy"  # what others say that they took from an outlet
    ISSUE = "issue"  # days of a paper
    TOTAL = "total"  # articles that the site itself counts
    BETWEEN = "between"  # what a list may have shown and dropped between two readings
    MONTH = "month"  # months of a source far below the same months of other years
    DAY = "day"  # a day of a source far below the same weekdays around it


class GapCause(StrEnum):
    """Why something is missing; all but the last are explanations."""

    NOT_WATCHED = "not_watched"  # its sources are declared, and not proved or paused
    NO_SOURCE = "no_source"  # none is declared
    REFUSED = "refused"  # it was asked for, and refused by a class
    WAIVED = "waived"  # a person said that it will not come
    REMOVED = "removed"  # it was stored, and its site took it down
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """What storage knows of a declared source.

    ``region`` is a province's short name (``全国`` for the national level), ``outlets`` the
    names under which others credit it (来源：云南政协报).
    """

    id: str
    name: str
    region: str | None = None
    level: Level | None = None
    outlets: tuple[str, ...] = ()
    kind: str | None = None
    family: str | None = None
    homepage: str | None = None

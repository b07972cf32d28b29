"""What is read in a publication: its genre, committee, period, events, figures and topics."""

from dataclasses import dataclass
from enum import StrEnum


class Genre(StrEnum):
    """What a publication is; the closed vocabulary of docs/glossary.md."""

    TEN_EVENTS = "ten_events"
    ANNUAL_REVIEW = "annual_review"
    WORK_REPORT = "work_report"
    PROPOSAL_REPORT = "proposal_report"
    VOTE_CALL = "vote_call"
    CPPCC_NEWS = "cppcc_news"
    OTHER_BODY = "other_body"
    OTHER = "other"


FLAGGED_GENRES = frozenset({Genre.TEN_EVENTS, Genre.ANNUAL_REVIEW})
"""The genres that raise a flag."""


class FigureScope(StrEnum):
    """Whose work a figure counts."""

    OWN = "own"  # the committee's of the publication
    NATIONAL_SESSION = "national_session"  # its members' at the national committee's session
    PART = "part"  # a special committee's, a sector's, a member's, or a kind within a total
    OTHER = "other"  # another committee's, another body's, an earlier term's


class Level(StrEnum):
    """The administrative level of a committee."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"
    PREFECTURE = "prefecture"
    COUNTY = "county"


class Confidence(StrEnum):
    """How far a flag can be believed, by its score."""

    CERTAIN = "certain"
    LIKELY = "likely"
    DOUBTFUL = "doubtful"


CERTAIN_FROM = 0.9


DOUBTFUL_BELOW = 0.8
"""Of flags unseen by the rules 0.97 were right from 0.9 on, 0.80 between, 0.58 below 0.8: the
table of docs/reading.md."""


def confidence_of(score: float) -> Confidence:
    """What a score of 0..1 is worth in a word."""
    if score >= CERTAIN_FROM:
        return Confidence.CERTAIN
    return Confidence.LIKELY if score >= DOUBTFUL_BELOW else Confidence.DOUBTFUL


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The words that decided one value.

    ``about`` names the value decided (``genre``, ``committee``, ``years``, ``published_at``,
    ``outlet``...), ``rule`` the rule that fired, ``field`` where its words stand: ``title``,
    ``text``, ``url``, ``meta`` or ``html``.  ``span`` is [start, end) in characters of that
    field (of the quote itself for ``meta`` and ``html``), ``weight`` the signed
    contribution to a score where the rule is one of several that are added up.
    """

    about: str
    rule: str
    field: str
    span: tuple[int, int]
    quote: str
    weight: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Committee:
    """One committee of the CPPCC.

    ``region`` is the short name of the province (``云南``; ``全国`` for the national one),
    for prefectures and counties too; ``name`` the official name as far as the text gives it.
    """

    level: Level
    region: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One item of an enumerated selection.

    ``ordinal`` counts from 1 as printed; ``date`` is ISO 8601 with the precision printed
    (``2020-11-25``, ``2020-11`` or ``2020``), the first date that the item states of itself.
    ``span`` is the item's [start, end) in the publication's text.
    """

    ordinal: int
    heading: str
    body: str
    date: str | None = None
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number that a publication states of a committee's work.

    ``metric`` is in the words of the text, ``key`` the stable name of a metric that recurs
    across provinces (``proposals_submitted``), ``value`` is expanded (三万 = 30000.0),
    ``unit`` as printed, ``qualifier`` one of 约 余 多 近 超 ..., ``span`` the [start, end) of
    number, qualifier and unit in the text, ``event`` the ordinal of the event it stands in,
    ``scope`` whose work it counts, ``whole`` whether it counts all that its key means and
    not one kind of it (协商活动, not 双周协商).
    """

    metric: str
    value: float
    unit: str
    sentence: str
    span: tuple[int, int]
    key: str | None = None
    qualifier: str | None = None
    event: int | None = None
    scope: FigureScope = FigureScope.OWN
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One matter that an event, or a section of a review, is about.

    ``key`` is one of ``storage.vocabulary.TOPIC_NAMES``; ``event`` the ordinal of the event,
    None for a section, whose heading is ``section``; ``words`` are those that decided.
    """

    key: str
    event: int | None = None
    section: str | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a publication is, whose it is, which years it covers, and what it holds.

    ``score`` in 0..1 is how likely a flag is due where the genre raises one, else how likely
    the genre is; ``years`` is () , (year,) or (from, to);
    ``term`` the 届; ``session`` the 次 of a plenary; ``part`` the number in a series.
    ``issues`` are contradictions found in the publication itself, in words (the title says
    ten events, nine were found).  ``rules_version`` names the rules that read it.
    """

    genre: Genre
    score: float
    rules_version: str
    evidence: tuple[Evidence, ...] = ()
    committee: Committee | None = None
    years: tuple[int, ...] = ()
    term: int | None = None
    session: int | None = None
    part: int | None = None
    events: tuple[Event, ...] = ()
    figures: tuple[Figure, ...] = ()
    issues: tuple[str, ...] = ()
    topics: tuple[Topic, ...] = ()

    @property
    def flagged(self) -> bool:
        """Whether this genre raises a flag."""
        return self.genre in FLAGGED_GENRES

    @property
    def confidence(self) -> Confidence:
        """How far the genre can be believed."""
        return confidence_of(self.score)

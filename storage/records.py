"""The frozen values that travel: what was fetched, what was read in it, what a run proved.

No input or output happens here, and nothing of ours is imported: pure functions of
``crawler.pages`` and ``crawler.reading`` make these values, ``storage`` keeps them.

Conventions: an ``_at`` is an aware datetime, an ``_on`` a day; collections are tuples in
document order unless said otherwise; ``None`` means "not stated", never "unknown to us".
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""Every clock time printed on the pages that we read is in this zone."""


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


class Precision(StrEnum):
    """How exactly a page states its time."""

    DAY = "day"
    SECOND = "second"


class Saved(StrEnum):
    """What saving an article did."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REPOST = "repost"


class RefusalClass(StrEnum):
    """Why a request gave no page that we accept.  Closed; each maps to a verdict."""

    NETWORK = "network"  # DNS, connection, TLS, time-out
    HTTP_ERROR = "http_error"  # a status of 4xx or 5xx that no other class names
    BLOCKED = "blocked"  # 401, 403, 412, 429, 503 with a wall
    FORBIDDEN = "forbidden"  # robots.txt forbids it
    CHALLENGE = "challenge"  # a page that asks a browser to prove itself
    GONE = "gone"  # 404, 410
    SOFT_404 = "soft_404"  # status 200, text says "not found"
    REDIRECTED = "redirected"  # sent to the home page or to another article
    MOVED = "moved"  # a list sent to another address, or a page redirected without end
    OFFSITE = "offsite"  # sent to a host that the source does not declare
    TOO_LARGE = "too_large"  # over the size bound
    TRUNCATED = "truncated"  # the body ends before its end
    NOT_HTML = "not_html"  # a picture, a PDF, an archive
    SCRIPT_SHELL = "script_shell"  # the text is only made by a script
    TOO_SHORT = "too_short"  # no article text found
    NOT_ARTICLE = "not_article"  # a list, a home page, a video shell
    MOJIBAKE = "mojibake"  # the text cannot be decoded
    HIJACKED = "hijacked"  # spam injected in a mirror
    LAYOUT_CHANGED = "layout_changed"  # a declared selector or field no longer matches
    WRONG_CONTENT = "wrong_content"  # a sound page of another subject, column or day
    OURS = "ours"  # our own defect: an exception in a callback or pipeline


class SourceState(StrEnum):
    """How far a declared source is believed."""

    UNVERIFIED = "unverified"  # a claim: nothing has shown that it can be read as declared
    VERIFIED = "verified"  # a probe or a complete run has shown it
    PAUSED = "paused"  # a person said to leave it alone


class RequestKind(StrEnum):
    """What a request asks for."""

    LISTING = "listing"  # a list page, or a further page of an issue
    ISSUE = "issue"  # the first page of one dated issue
    ARTICLE = "article"


LIST_KINDS = frozenset({RequestKind.LISTING, RequestKind.ISSUE})
"""The requests whose pages show links: what they are refused for says more than an article."""


class RunTrigger(StrEnum):
    """Who asked for a run."""

    CLOCK = "clock"  # the rhythm of its source
    PROBE = "probe"  # a change, or a refusal, that a probe saw
    MANUAL = "manual"  # a person
    IMPORT = "import"  # a file; such a run fetches nothing


class VerdictKind(StrEnum):
    """What a run proved; see docs/operations.md."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    EMPTY_EXPECTED = "empty_expected"
    EMPTY_UNEXPECTED = "empty_unexpected"
    BLOCKED = "blocked"
    CHANGED = "changed"
    WRONG_CONTENT = "wrong_content"
    FAILED = "failed"


SOUND_KINDS = frozenset({VerdictKind.COMPLETE, VerdictKind.EMPTY_EXPECTED})
"""The verdicts that say that nothing is wrong with a source."""


class End(StrEnum):
    """What proves that a list, or an issue, was read to its end."""

    KNOWN_REACHED = "known_reached"  # a page whose articles an earlier complete run had settled
    BEFORE_SINCE = "before_since"  # articles older than the days asked for
    COUNT_MET = "count_met"  # as many articles as the list says that it holds
    LAST_PAGE = "last_page"  # the last page, by all that it says
    ISSUE_WHOLE = "issue_whole"  # every page that the issue names
    NO_ISSUE = "no_issue"  # the site says that there is none, within a known archive


class OpenCause(StrEnum):
    """Why it is not proved that a list, or an issue, was read to its end."""

    REFUSED = "refused"  # one of its pages was
    REPEATS = "repeats"  # a further page shows only what earlier ones showed
    EMPTY_PAGE = "empty_page"
    PAGES_LEFT = "pages_left"  # it counts more pages than it leads to
    ITEMS_LEFT = "items_left"  # it counts more articles than it shows
    NOT_FOLLOWED = "not_followed"  # it says that there is more, in a way that we cannot follow
    LIMIT = "limit"  # the declared limit of pages
    MOVED = "moved"  # it changed while it was read
    WINDOW = "window"  # it does not reach back to the days asked for
    GAP = "gap"  # a feed shows nothing of what it showed before: more may have come between
    NO_ARCHIVE = "no_archive"  # no issue of a paper was ever seen where these should be


class DoubtKind(StrEnum):
    """Why the first page of a list is not believed, though it can be read."""

    STALE = "stale"  # an older copy than was shown before
    UNDATED = "undated"  # it printed days, and prints none any more
    NO_PAGER = "no_pager"  # it led to further pages, and leads to none any more


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
class Image:
    """A picture inside a body: its absolute URL and the caption printed with it."""

    url: str
    caption: str | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One raw page as evidence: the bytes as they arrived, before any decoding."""

    url: str
    fetched_at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One text at one URL, as its outlet published it.

    ``url`` is canonical and is the identity.  ``published_at`` is aware (Asia/Shanghai);
    with ``published_precision`` DAY it is that day's midnight; ``None`` means that the page
    states no date.  ``outlet`` is the page's own 来源, which for a repost names somebody
    other than the source.  ``text`` holds paragraphs joined by one line feed.
    ``next_page`` is the absolute URL of the article's next page, if it has one; the spider
    joins the parts, so a stored article has none.  ``score`` in 0..1 is how sure the page
    reading is.  ``source_id`` is None for an imported page of no declared source.
    """

    url: str
    title: str
    text: str
    kicker: str | None = None
    subtitle: str | None = None
    published_at: datetime | None = None
    published_precision: Precision | None = None
    outlet: str | None = None
    author: str | None = None
    editor: str | None = None
    images: tuple[Image, ...] = ()
    next_page: str | None = None
    score: float = 1.0
    evidence: tuple[Evidence, ...] = ()
    source_id: str | None = None
    fetched_at: datetime | None = None
    captures: tuple[Capture, ...] = ()
    reading: Reading | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One article link on a list page.

    ``title`` is the longest form the list gives (the ``title`` attribute when the printed
    one is cut); ``published_on`` the date printed beside it.  ``url`` is canonical and is the
    identity; ``fetch_url`` the address as it was linked, None where that is ``url`` itself.
    """

    url: str
    title: str
    published_on: date | None = None
    fetch_url: str | None = None

    @property
    def address(self) -> str:
        """Where the article is asked for."""
        return self.fetch_url or self.url


class MoreKind(StrEnum):
    """The ways in which a list page says that it goes on, beside a link that can be followed."""

    STEP = "step"  # 下一页 or a higher page number that only a script, a form or # answers
    LOAD_MORE = "load_more"  # 加载更多
    SCROLL = "scroll"  # more is loaded at the lower edge
    SCRIPT_PAGER = "script_pager"  # a script draws a pager whose totals are not on the page
    SELECT = "select"  # a choice of page numbers
    FLAG = "flag"  # has-more="true", "hasNextPage": true
    DATASTORE = "datastore"  # the page names where the next rows are fetched


@dataclass(frozen=True, slots=True)
class MoreSign:
    """One sign that a list goes on, with what stands on the page as its evidence."""

    kind: MoreKind
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one list page says: its article links in page order, and where the list goes on.

    ``heading`` is the page's ``<title>``: the column that it lists.

    ``next_page`` is the absolute URL of the following page, ``None`` on the last one;
    ``page_count``, ``item_count`` and ``page_size`` are what the page itself declares;
    ``more`` are the signs that it goes on where no link leads, ``says_end`` the words in which
    it says that it does not (没有更多了); ``issue_pages`` are the other pages (版) of an e-paper
    issue.
    """

    url: str
    links: tuple[Link, ...]
    heading: str = ""
    next_page: str | None = None
    page_number: int | None = None
    page_count: int | None = None
    item_count: int | None = None
    page_size: int | None = None
    more: tuple[MoreSign, ...] = ()
    says_end: str | None = None
    issue_pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One request that gave no accepted page, and why."""

    url: str
    kind: RequestKind
    refusal_class: RefusalClass
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one run proved, with the reason in words."""

    kind: VerdictKind
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCounts:
    """A run's account: ``requested`` = ``accepted`` + ``refused`` once it has ended.

    ``refused_by_class`` holds (class, count) sorted by class; ``pages`` counts the list pages
    and issues that were read; the others count what was stored.
    """

    requested: int = 0
    accepted: int = 0
    refused: int = 0
    refused_by_class: tuple[tuple[RefusalClass, int], ...] = ()
    pages: int = 0
    articles_new: int = 0
    articles_changed: int = 0
    articles_unchanged: int = 0
    reposts: int = 0
    flags: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkTotals:
    """The control totals of one list, or of one dated issue, within one run.

    ``name`` is the list's address, or says which issue; ``day`` is an issue's.  ``pages`` were
    read.  ``stated`` and ``stated_pages`` are what the site itself says that there is, None where
    it says nothing.  ``seen`` are the articles that the pages showed; of these ``stored`` are
    stored by now, ``refused`` (by class, sorted) could not be had, the rest was not asked for.
    ``remainder`` is how many are still open: stated and not seen, or seen and neither stored nor
    refused; None where nobody can say how many.  ``end`` proves that it was read to its end, or
    ``cause`` says why that is not proved; both None where the run ended before.  ``words`` says
    the same for people.
    """

    name: str
    day: date | None = None
    pages: int = 0
    stated: int | None = None
    stated_pages: int | None = None
    seen: int = 0
    stored: int = 0
    refused: tuple[tuple[RefusalClass, int], ...] = ()
    remainder: int | None = None
    end: End | None = None
    cause: OpenCause | None = None
    words: str | None = None
    doubt: DoubtKind | None = None


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

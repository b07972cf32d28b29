"""What a run asked for, what was refused, and what it proved."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


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
    KNOWN_BEHIND = "known_behind"  # the same, and what is listed behind such pages was looked at
    BEFORE_SINCE = "before_since"  # articles older than the days asked for
    COUNT_MET = "count_met"  # as many articles as the list says that it holds
    LAST_PAGE = "last_page"  # the last page, as it says itself
    SILENT = "silent"  # nothing on it says that there is more; it still shows what it did before
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
    GAP = "gap"  # it shows nothing of what it showed before: more may have come between
    NO_ARCHIVE = "no_archive"  # no issue of a paper was ever seen where these should be


class DoubtKind(StrEnum):
    """Why the first page of a list is not believed, though it can be read."""

    STALE = "stale"  # an older copy than was shown before
    UNDATED = "undated"  # it printed days, and prints none any more
    NO_PAGER = "no_pager"  # it led to further pages, and leads to none any more
    EMPTIED = "emptied"  # it showed articles, and says that it holds none any more


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

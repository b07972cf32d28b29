"""What was fetched, and what its page says: an article, or a list of links."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from storage.records.reading import Evidence, Reading

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""Every clock time printed on the pages that we read is in this zone."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture inside a body: its absolute URL and the caption printed with it."""

    url: str
    caption: str | None = None


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
    PART = "part"  # 仅显示前 50 页: the page says that it shows a part, whatever its pager counts


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

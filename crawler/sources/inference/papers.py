"""How a paper's issues are addressed, from the address or the page of one of them.  Pure."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urljoin, urlsplit

from crawler.families.epaper import template_of
from crawler.families.issues import issue_url
from crawler.pages.raw.urls import canonical_url, url_date

_NUMBERED = re.compile(r"^(.*[/_-])(\d{1,6})([/_-])([A-Za-z]{0,2}\d{1,3})((?:\.\w+|/)?)$")
_FILE = re.compile(r"(\d+)(?=[^\d/]*$)")
LOOKBACK_DAYS = 7
FURTHER_DAYS = 21
"""So far back days are tried where a week has one issue or none: some papers are weekly."""


def natural(url: str) -> list[tuple[bool, int | str]]:
    """A key that sorts node_2 before node_10."""
    return [
        (part.isdecimal(), int(part) if part.isdecimal() else part)
        for part in re.split(r"(\d+)", url)
    ]


def first_page(url: str, others: Sequence[str]) -> str:
    """The first page (版) among an issue's pages: the shortest name first, then the lowest.

    ``url`` counts only where it is called as they are: a text of the issue is none of them.
    """
    alike = not others or _called(url) in {_called(one) for one in others}
    pages = (url, *others) if alike else tuple(others)
    return min(pages, key=lambda one: (len(natural(one)), natural(one)))


def _called(url: str) -> str:
    """The file's name with its digits levelled."""
    return re.sub(r"\d+", "0", urlsplit(url).path.rpartition("/")[2])


def other_first_pages(template: str) -> Iterator[str]:
    """Other names that the first page may have on other days: node_2 for node_1 and the like."""
    found = _FILE.search(template)
    if found is None or "}" in template[found.end() :]:
        return
    width = len(found[1]) if found[1].startswith("0") else 0
    own = int(found[1])
    for number in dict.fromkeys((1, 2, own + 1, own - 1, own + 2)):
        if number > 0 and number != own:
            yield f"{template[: found.start()]}{number:0{width}d}{template[found.end() :]}"


def period_of(template: str) -> str | None:
    """Where a Founder paper keeps the calendar of a month (period.xml); None for other forms."""
    for folder in ("{YYYY}{MM}/", "{YYYY}-{MM}/"):
        head, found, tail = template.partition(folder)
        if found and tail.startswith("{DD}"):
            return f"{head}{folder}period.xml"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which of the last days have an issue: how far to look back, and whether days are skipped.

    ``silent`` is the longest gap, in days, the days after the newest issue included.
    """

    lookback_days: int
    skips_days: bool
    silent: int


def window_of(found: Sequence[date], today: date) -> Window | None:
    """The window over the days of ``found``, which were asked back from ``today``; None for ()."""
    days = sorted(set(found))
    if not days:
        return None
    lookback = (today - days[0]).days + 1
    missing = lookback - len(days)
    ends = [*days, today + timedelta(days=1)]
    silent = max((later - earlier).days for earlier, later in itertools.pairwise(ends))
    return Window(lookback_days=lookback, skips_days=missing > 0, silent=silent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A paper by issue numbers: the template of its pages, the newest number that is linked."""

    page_url: str
    newest: int
    pages: tuple[str, ...]


def numbered_in(links: Sequence[str], *, least: int = 2) -> Numbered | None:
    """The issue by number of which a page links to ``least`` pages; None where it does not."""
    found: dict[tuple[str, str, str], dict[int, dict[str, None]]] = {}
    for link in links:
        if url_date(link) is not None:
            continue
        if match := _NUMBERED.match(link):
            head, number, joint, _, tail = match.groups()
            issues = found.setdefault((head, joint, tail), {})
            issues.setdefault(int(number), {})[link] = None
    best: Numbered | None = None
    for (head, joint, tail), issues in found.items():
        newest = max(issues)
        pages = tuple(issues[newest])
        if len(pages) < least or (best is not None and len(pages) <= len(best.pages)):
            continue
        template = f"{head}{{issue}}{joint}{{page}}{tail}"
        best = Numbered(page_url=template, newest=newest, pages=pages)
    return best


def entries_above(url: str) -> Iterator[str]:
    """Pages that may lead to the newest issue: those of the folders above one, nearest first."""
    folders = urlsplit(url).path.strip("/").split("/")[:-1]
    for depth in range(len(folders), -1, -1):
        if depth and re.search(r"\d", folders[depth - 1]):
            continue  # the folder of one issue
        head = "/".join(["", *folders[:depth], ""])
        yield urljoin(url, head)
        yield urljoin(url, f"{head}index.html")


def dated_template(address: str) -> tuple[str, date] | None:
    """The address of one issue as a template, and its day; None where its day is not plain."""
    day = url_date(address)
    template = template_of(address)
    if day is None or template is None or issue_url(template, day) != address:
        return None
    return template, day


def is_issue(url: str, links: Sequence[str], pages: Sequence[str]) -> bool:
    """Whether a page is one of a dated issue: it has other pages, or all its articles its day."""
    dated = dated_template(url)
    if dated is None:
        return False
    if pages:
        return True
    return len(links) > 1 and all(url_date(link) == dated[1] for link in links)


def leading_to(address: str, articles: Sequence[str]) -> bool:
    """Whether an address is one of ``articles``: what was given is a text, not its issue."""
    own = canonical_url(address)
    return any(canonical_url(one) == own for one in articles)

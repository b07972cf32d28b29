"""What a healthy crawl of a drafted source may show: how many articles, how often, which links."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

from crawler.pages.lists.addresses import url_grade
from crawler.pages.raw.urls import registered_domain
from crawler.sources.inference.draft import Draft
from crawler.sources.inference.shapes import pattern_of
from scheduler.drafting.found import Found
from scheduler.drafting.looking import Looker, read_page_as_list
from storage.records import Capture


def set_expectations(draft: Draft, found: Found, today: date) -> None:
    """How many articles, and how many silent days, a healthy crawl may show."""
    draft.min_articles = max(1, found.per_page // 2)
    if found.window is not None:
        draft.max_days_silent = max(1, 2 * found.window.silent)
        if found.window.skips_days:
            draft.max_days_silent = min(
                draft.max_days_silent, max(1, found.window.lookback_days - 1)
            )
        return
    days = sorted({day for day in found.days if day}, reverse=True)
    if not days:
        draft.max_days_silent = 14
        draft.doubt("no days on its list: max_days_silent is a guess")
        return
    gaps = [(later - earlier).days for later, earlier in pairwise(days)]
    draft.max_days_silent = max(3, min(60, 3 * max(gaps, default=1)))
    quiet = (today - days[0]).days
    if quiet > draft.max_days_silent:
        draft.doubt(f"its newest article is of {days[0]}, {quiet} days ago: does it still live?")


def articles_on(html: str, home: str) -> list[str]:
    """Addresses on the home page that look like articles', of whatever column."""
    if not html:
        return []
    hrefs = re.findall(r"""href\s*=\s*["']([^"'#\s]+)["']""", html, re.IGNORECASE)
    site = registered_domain(urlsplit(home).hostname or "")
    found = []
    for href in hrefs:
        try:
            address = urljoin(home, href)
        except ValueError:
            continue
        host = urlsplit(address).hostname or ""
        if registered_domain(host) == site and url_grade(address) >= 2:
            found.append(address)
    return list(dict.fromkeys(found))


def set_pattern(draft: Draft, found: Found, elsewhere: Sequence[str], looker: Looker) -> None:
    """The article pattern, kept where the list reads the same with it."""
    if found.is_paper:
        draft.article_pattern = found.pattern
        return
    source_hosts = draft.hosts
    ours = [
        one
        for one in found.articles
        if any(
            (urlsplit(one).hostname or "") == host
            or (urlsplit(one).hostname or "").endswith(f".{host}")
            for host in source_hosts
        )
    ]
    foreign = [one for one in found.articles if one not in set(ours)]
    pattern = pattern_of(ours, elsewhere, found.lists) if ours else None
    if pattern is not None and foreign:
        if any(re.search(pattern, one) for one in foreign):
            names = "|".join(re.escape(host) for host in source_hosts)
            pattern = rf"://(?:[\w-]+\.)*(?:{names}){pattern}"
        hosts = ", ".join(dict.fromkeys(urlsplit(one).hostname or "" for one in foreign))
        draft.doubt(f"{len(foreign)} links lead to {hosts} and are left out")
    elif foreign:
        draft.doubt(f"{len(foreign)} links lead to other sites and will be refused")
    if pattern is None:
        draft.doubt("its articles' addresses have no common pattern: any link shape is taken")
        return
    if found.family == "listing" and "script_items" not in found.options:
        wanted = [one for one in found.articles if one in set(ours)]
        if not _reads_the_same(found, pattern, wanted, looker):
            draft.doubt(f"the list reads otherwise with the pattern {pattern}: it is left out")
            return
    draft.note(f"article_pattern: matches all {len(ours)} articles that were seen")
    draft.article_pattern = pattern


def _reads_the_same(found: Found, pattern: str, wanted: Sequence[str], looker: Looker) -> bool:
    compiled = re.compile(pattern)
    read: list[str] = []
    for number, address in enumerate(found.lists, start=1):
        answer = looker.kept.get(address)
        if not isinstance(answer, Capture):
            continue
        listing = read_page_as_list(answer, looker, number, compiled)
        read += [link.address for link in listing.links] if listing else []
    return set(read) <= set(wanted) and len(read) >= min(found.per_page, len(wanted))

"""Papers: how their issues are addressed, found by asking for further days and numbers."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from crawler.errors import LayoutChangedError, PageError
from crawler.families.base import charset_of
from crawler.families.epaper import newest_issue
from crawler.families.issues import issue_url
from crawler.pages.lists.epaper import read_period
from crawler.sources.inference import papers
from crawler.sources.inference.shapes import pattern_of
from scheduler.drafting.found import Found
from scheduler.drafting.looking import Looker, Unanswered, read_page_as_list, text_of
from scheduler.drafting.numbered import of_numbers
from storage.records import Capture

MOST_LEADS = 3
"""A page with more links than these leads to none of them by itself."""


class NotProvedError(Exception):
    """An address that looks like an issue's, and that other days do not have."""


async def find_paper(looker: Looker, capture: Capture) -> Found | None:
    """The paper that a page is an issue of, or leads to one of; None where it is none."""
    entered = await _entered(looker, capture)
    for page, entry in ((entered, capture.url), (capture, None)):
        if page is not None:
            paper = await _of_issue(looker, page, entry)
            if paper is not None:
                return paper
    return await of_numbers(looker, capture)


async def _entered(looker: Looker, capture: Capture) -> Capture | None:
    """The issue that a page leads to by itself: a refresh, a frame, or hardly anything else."""
    html = text_of(capture)
    refreshes = re.search(
        r"http-equiv\s*=\s*[\"']?refresh|location(?:\.href|\.replace)", html, re.I
    )
    if papers.dated_template(capture.url) or not (refreshes or html.count("<a ") <= MOST_LEADS):
        return None
    try:
        address = newest_issue(capture.body, capture.url, charset_of(capture))
    except LayoutChangedError:
        return None
    answer = await looker.page(address)
    if isinstance(answer, Unanswered):
        return None
    looker.seen.append(f"{capture.url} leads to the issue {address}")
    return answer


async def _of_issue(looker: Looker, capture: Capture, entry: str | None) -> Found | None:
    listing = read_page_as_list(capture, looker)
    if listing is None:
        return None
    links = [link.address for link in listing.links]
    if not papers.is_issue(capture.url, links, listing.issue_pages) and not listing.issue_pages:
        return None
    first = papers.first_page(capture.url, listing.issue_pages)
    if not papers.dated_template(capture.url) or first != capture.url:
        # A page within the issue, or one of its texts: from there to the first page.
        own = listing.issue_pages[0] if papers.dated_template(capture.url) is None else first
        answer = await looker.page(own)
        front = read_page_as_list(answer, looker) if isinstance(answer, Capture) else None
        if front is None or not isinstance(answer, Capture):
            return None
        if papers.leading_to(first, [link.address for link in front.links]):
            first = papers.first_page(answer.url, front.issue_pages)
            answer = await looker.page(first)
            front = read_page_as_list(answer, looker) if isinstance(answer, Capture) else None
            if front is None or not isinstance(answer, Capture):
                return None
        capture, listing = answer, front
    dated = papers.dated_template(capture.url)
    if dated is None:
        return None
    template, day = dated
    looker.seen.append(f"issue of {day}: {1 + len(listing.issue_pages)} pages, template {template}")
    articles = [link.address for link in listing.links]
    for url in listing.issue_pages[:2]:
        answer = await looker.page(url)
        other = read_page_as_list(answer, looker) if isinstance(answer, Capture) else None
        articles += [link.address for link in other.links] if other else []
    others = [capture.url, *listing.issue_pages]
    options, window = await _days(looker, template, day, entry)
    pattern = pattern_of(articles, (), others) if articles else None
    if pattern is None:
        looker.unsure.append("the articles' addresses have no pattern of their own")
    return Found(
        is_paper=True,
        family="epaper",
        options=options,
        articles=tuple(articles) or (capture.url,),
        lists=(capture.url,),
        title=listing.heading,
        pattern=pattern,
        window=window,
        per_page=max(2, len(listing.links)),
    )


async def _days(
    looker: Looker,
    template: str,
    known: date,
    entry: str | None,
) -> tuple[dict[str, object], papers.Window | None]:
    """The template tried on the last days; other first pages and the calendar where it fails."""
    today = looker.today
    days = [today - timedelta(days=ago) for ago in range(papers.LOOKBACK_DAYS)]
    found, missing = await _asked(looker, template, days)
    firsts: list[str] = []
    if missing and found:
        for other in papers.other_first_pages(template):
            more, _ = await _asked(looker, other, missing[:3])
            if more:
                firsts.append(other)
                more, missing = await _asked(looker, other, missing)
                found += more
            if not missing:
                break
    if len(found) < 2 and not firsts:
        later = [today - timedelta(days=ago) for ago in range(len(days), papers.FURTHER_DAYS)]
        found += (await _asked(looker, template, later))[0]
        days += later
    window = papers.window_of(found, today)
    if window is not None and len(found) < 2 and entry is None:
        raise NotProvedError(
            f"of the last {len(days)} days only {found[0]} has an issue at {template}"
        )
    if window is None:
        looker.unsure.append(
            f"none of the last {len(days)} days has an issue at this address; that of"
            f" {known} has: does the paper still come so?"
        )
        return {"issue_url": template, "skips_days": False}, None
    looker.seen.append(f"template tried on {len(days)} days: {len(found)} have an issue")
    options: dict[str, object] = {"issue_url": template}
    if firsts:
        options["first_pages"] = firsts
        looker.seen.append(f"other first pages: {', '.join(firsts)}")
    elif entry is not None and len(found) < 2:
        options = {"entry_url": entry}
    options["lookback_days"] = window.lookback_days
    if window.lookback_days < papers.LOOKBACK_DAYS:
        looker.unsure.append(
            f"no issue before {min(found)} was found: lookback_days reaches to it, not further"
        )
    if window.skips_days and window.lookback_days > 1:
        options["skips_days"] = True
        if gaps := sorted(set(days) - set(found) - {today}):
            within = [str(day) for day in gaps if day > min(found)]
            if within:
                looker.unsure.append(
                    f"{', '.join(within)}: no issue at this address; a day without a paper, or"
                    " its first page is called otherwise"
                )
        if "issue_url" in options and (period := papers.period_of(template)) is not None:
            answer = await looker.page(issue_url(period, today.replace(day=1)))
            if isinstance(answer, Capture) and _names(answer, found, today):
                options["period_url"] = period
                looker.seen.append("its calendar (period.xml) names the days that have an issue")
    return options, window


async def _asked(
    looker: Looker, template: str, days: Sequence[date]
) -> tuple[list[date], list[date]]:
    """The days that have an issue at this address, and those that have none."""
    found: list[date] = []
    missing: list[date] = []
    for day in days:
        answer = await looker.page(issue_url(template, day))
        listing = read_page_as_list(answer, looker) if isinstance(answer, Capture) else None
        (missing if listing is None else found).append(day)
    return found, missing


def _names(capture: Capture, found: Sequence[date], today: date) -> bool:
    """Whether a calendar names every day of this month that was found."""
    try:
        named = set(read_period(capture.body, url=capture.url))
    except PageError:
        return False
    month = {day for day in found if (day.year, day.month) == (today.year, today.month)}
    return bool(month) and month <= named

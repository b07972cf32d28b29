"""Works out how a paper's issues are addressed, by asking for further days and numbers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urljoin, urlsplit

import jmespath
from selectolax.lexbor import LexborHTMLParser

from crawler.errors import LayoutChangedError, PageError
from crawler.families.base import charset_of
from crawler.families.epaper import newest_issue
from crawler.families.issues import issue_url
from crawler.families.items import read_document
from crawler.pages.lists.epaper import read_period
from crawler.pages.lists.links import read_listing
from crawler.pages.lists.pager import is_pager_text
from crawler.sources.inference import papers
from crawler.sources.inference.documents import Rows, find_rows
from crawler.sources.inference.shapes import pattern_of
from scheduler.probing.looking import Looker, Unanswered, text_of
from storage.records import Capture, Link, Listing

MOST_LEADS = 3
"""A page with more links than these leads to none of them by itself."""
FEW_LINKS = 30
"""A page with more links than these is no mere entry to a paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper's family and options, with what its newest issue holds."""

    family: str
    options: dict[str, object]
    articles: tuple[str, ...]
    pages: tuple[str, ...]
    title: str = ""
    pattern: str | None = None
    window: papers.Window | None = None
    per_issue: int = 0


class NotProvedError(Exception):
    """An address that looks like an issue's, and that other days do not have."""


async def find_paper(
    looker: Looker,
    capture: Capture,
    seen: list[str],
    unsure: list[str],
    *,
    document: object = None,
) -> Paper | None:
    """The paper that an address is an issue of, or leads to one of; None where it is none."""
    if document is not None:
        return await _of_documents(looker, capture, document, seen, unsure)
    entered = await _entered(looker, capture, seen)
    for page, entry in ((entered, capture.url), (capture, None)):
        if page is not None:
            paper = await _of_issue(looker, page, entry, seen, unsure)
            if paper is not None:
                return paper
    return await _of_numbers(looker, capture, seen, unsure)


async def _entered(looker: Looker, capture: Capture, seen: list[str]) -> Capture | None:
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
    seen.append(f"{capture.url} leads to the issue {address}")
    return answer


def _read(capture: Capture, looker: Looker) -> Listing | None:
    try:
        return read_listing(
            capture.body, url=capture.url, charset=charset_of(capture), now=looker.moment()
        )
    except PageError:
        return None


async def _of_issue(
    looker: Looker, capture: Capture, entry: str | None, seen: list[str], unsure: list[str]
) -> Paper | None:
    listing = _read(capture, looker)
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
        front = _read(answer, looker) if isinstance(answer, Capture) else None
        if front is None or not isinstance(answer, Capture):
            return None
        if papers.leading_to(first, [link.address for link in front.links]):
            first = papers.first_page(answer.url, front.issue_pages)
            answer = await looker.page(first)
            front = _read(answer, looker) if isinstance(answer, Capture) else None
            if front is None or not isinstance(answer, Capture):
                return None
        capture, listing = answer, front
    dated = papers.dated_template(capture.url)
    if dated is None:
        return None
    template, day = dated
    seen.append(f"issue of {day}: {1 + len(listing.issue_pages)} pages, template {template}")
    articles = [link.address for link in listing.links]
    for url in listing.issue_pages[:2]:
        answer = await looker.page(url)
        other = _read(answer, looker) if isinstance(answer, Capture) else None
        articles += [link.address for link in other.links] if other else []
    others = [capture.url, *listing.issue_pages]
    options, window = await _days(looker, template, day, entry, seen, unsure)
    pattern = pattern_of(articles, (), others) if articles else None
    if pattern is None:
        unsure.append("the articles' addresses have no pattern of their own")
    return Paper(
        family="epaper",
        options=options,
        articles=tuple(articles) or (capture.url,),
        pages=(capture.url,),
        title=listing.heading,
        pattern=pattern,
        window=window,
        per_issue=max(2, len(listing.links)),
    )


async def _days(
    looker: Looker,
    template: str,
    known: date,
    entry: str | None,
    seen: list[str],
    unsure: list[str],
) -> tuple[dict[str, object], papers.Window | None]:
    """The template tried on the last days; other first pages and the calendar where it fails."""
    today = looker.today
    days = [today - timedelta(days=ago) for ago in range(papers.LOOKBACK_DAYS)]
    found, missing = await _asked(looker, [template], days)
    firsts: list[str] = []
    if missing and found:
        for other in papers.other_first_pages(template):
            more, _ = await _asked(looker, [other], missing[:3])
            if more:
                firsts.append(other)
                more, missing = await _asked(looker, [other], missing)
                found += more
            if not missing:
                break
    if len(found) < 2 and not firsts:
        later = [today - timedelta(days=ago) for ago in range(len(days), papers.FURTHER_DAYS)]
        found += (await _asked(looker, [template], later))[0]
        days += later
    window = papers.window_of(found, today)
    if window is not None and len(found) < 2 and entry is None:
        raise NotProvedError(
            f"of the last {len(days)} days only {found[0]} has an issue at {template}"
        )
    if window is None:
        unsure.append(
            f"none of the last {len(days)} days has an issue at this address; that of"
            f" {known} has: does the paper still come so?"
        )
        return {"issue_url": template, "skips_days": False}, None
    seen.append(f"template tried on {len(days)} days: {len(found)} have an issue")
    options: dict[str, object] = {"issue_url": template}
    if firsts:
        options["first_pages"] = firsts
        seen.append(f"other first pages: {', '.join(firsts)}")
    elif entry is not None and len(found) < 2:
        options = {"entry_url": entry}
    options["lookback_days"] = window.lookback_days
    if window.lookback_days < papers.LOOKBACK_DAYS:
        unsure.append(
            f"no issue before {min(found)} was found: lookback_days reaches to it, not further"
        )
    if window.skips_days and window.lookback_days > 1:
        options["skips_days"] = True
        if gaps := sorted(set(days) - set(found) - {today}):
            within = [str(day) for day in gaps if day > min(found)]
            if within:
                unsure.append(
                    f"{', '.join(within)}: no issue at this address; a day without a paper, or"
                    " its first page is called otherwise"
                )
        if "issue_url" in options and (period := papers.period_of(template)) is not None:
            answer = await looker.page(issue_url(period, today.replace(day=1)))
            if isinstance(answer, Capture) and _names(answer, found, today):
                options["period_url"] = period
                seen.append("its calendar (period.xml) names the days that have an issue")
    return options, window


async def _asked(
    looker: Looker, templates: Sequence[str], days: Sequence[date]
) -> tuple[list[date], list[date]]:
    found, missing = [], []
    for day in days:
        for template in templates:
            answer = await looker.page(issue_url(template, day))
            listing = _read(answer, looker) if isinstance(answer, Capture) else None
            if listing is not None:
                found.append(day)
                break
        else:
            missing.append(day)
    return found, missing


def _names(capture: Capture, found: Sequence[date], today: date) -> bool:
    """Whether a calendar names the days of this month that were found, and no others of them."""
    try:
        named = set(read_period(capture.body, url=capture.url))
    except PageError:
        return False
    month = {day for day in found if (day.year, day.month) == (today.year, today.month)}
    return bool(month) and month <= named


# --- papers by number ---------------------------------------------------------------------------


def _links_of(capture: Capture) -> list[str]:
    """Addresses of a page's links, without those that turn the pages of a list."""
    tree = LexborHTMLParser(text_of(capture))
    found = []
    for node in tree.css("a[href], area[href]"):
        href = (node.attributes.get("href") or "").strip()
        if is_pager_text("".join((node.text() or "").split())):
            continue  # /list/14/2.html is page 2 of a list
        if href and not href.lower().startswith(("javascript:", "#", "mailto:")):
            try:
                found.append(urljoin(capture.url, href).split("#")[0])
            except ValueError:
                continue
    return list(dict.fromkeys(found))


async def _of_numbers(
    looker: Looker, capture: Capture, seen: list[str], unsure: list[str]
) -> Paper | None:
    links = _links_of(capture)
    numbered = papers.numbered_in(links)
    entry = capture.url
    if numbered is None and len(links) < FEW_LINKS:
        # An entry may link to the first page of the newest issue only.
        lead = papers.numbered_in(links, least=1)
        answer = await looker.page(lead.pages[0]) if lead is not None else None
        if isinstance(answer, Capture):
            numbered = papers.numbered_in(_links_of(answer))
            if numbered is not None and lead is not None and numbered.page_url != lead.page_url:
                numbered = None
    if numbered is None:
        return None
    if entry in numbered.pages:  # an issue was given: the page before it names the newest
        for address in papers.entries_above(entry):
            answer = await looker.page(address)
            if isinstance(answer, Capture) and (
                there := papers.numbered_in(_links_of(answer), least=1)
            ):
                if there.page_url != numbered.page_url:
                    continue
                first = await looker.page(there.pages[0])
                newest = (
                    papers.numbered_in(_links_of(first)) if isinstance(first, Capture) else None
                )
                entry, numbered = answer.url, newest or numbered
                break
    head, _, tail = numbered.page_url.partition("{issue}")
    match = re.fullmatch(
        re.escape(head) + r"\d+" + re.escape(tail).replace(r"\{page\}", r"(.+)"), numbered.pages[0]
    )
    assert match is not None  # it was found by this
    articles: list[str] = []
    for page in numbered.pages[:2]:
        answer = await looker.page(page)
        if isinstance(answer, Capture):
            articles += [
                link.address
                for link in _links_as_articles(answer, looker)
                if link.address not in numbered.pages
            ]
    before = numbered.page_url.format(issue=numbered.newest - 1, page=match[1])
    answer = await looker.page(before)
    pattern = pattern_of(articles, (), [*numbered.pages, entry]) if articles else None
    if pattern is None or isinstance(answer, Unanswered):
        return None
    seen.append(
        f"issues by number: {numbered.page_url}, newest {numbered.newest}; the one before it is"
        " there too"
    )
    back = 1
    while back < 4:
        answer = await looker.page(
            numbered.page_url.format(issue=numbered.newest - back - 1, page=match[1])
        )
        if isinstance(answer, Unanswered):
            break
        back += 1
    return Paper(
        family="numbered",
        options={
            "entry_url": entry,
            "page_url": numbered.page_url,
            "lookback_issues": back + 1,
        },
        articles=tuple(articles),
        pages=(entry,),
        title=_title(text_of(capture)),
        pattern=pattern,
        per_issue=max(2, len(articles) // 2),
    )


def _title(html: str) -> str:
    found = re.search(r"<title[^>]*>(.*?)</title>", html, re.IGNORECASE | re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def _links_as_articles(capture: Capture, looker: Looker) -> Sequence[Link]:
    listing = _read(capture, looker)
    return listing.links if listing is not None else ()


# --- issues as documents ------------------------------------------------------------------------


async def _of_documents(
    looker: Looker, capture: Capture, document: object, seen: list[str], unsure: list[str]
) -> Paper | None:
    """A paper whose issues are answered as JSON, with its texts in them or one by one."""
    dated = papers.dated_template(capture.url)
    rows = find_rows(document)
    if dated is None or rows is None:
        return None
    template, day = dated
    stated = papers.date_path(document, day)
    if stated is None:
        return None
    number = rows.id or rows.url
    fields: dict[str, str] = {"title": rows.title}
    if number is not None:
        fields["number"] = number
    options: dict[str, object] = {
        "issue_url": template,
        "items": rows.items,
        "issue_date": stated,
        "article_url": f"{template}{'&' if urlsplit(template).query else '?'}id={{number}}",
    }
    body = papers.body_key(rows.rows)
    if body is not None and body != rows.title:
        fields["body"] = body
    else:
        if rows.id is None or not await _by_article(looker, template, day, rows, options, seen):
            return None
    _pages(capture, document, template, options, seen)
    if "page_url" in options:
        paged = str(options["page_url"])
        joint = "&" if urlsplit(paged).query else "?"
        options["article_url"] = f"{paged}{joint}id={{number}}"
    options["fields"] = fields
    today = looker.today
    days = [today - timedelta(days=ago) for ago in range(papers.LOOKBACK_DAYS)]
    found = []
    for one in days:
        answer = await looker.page(issue_url(template, one))
        if isinstance(answer, Capture) and _states(answer, stated, one):
            found.append(one)
    window = papers.window_of(found, today)
    if window is None:
        unsure.append(f"none of the last {papers.LOOKBACK_DAYS} days has an issue; {day} has")
    else:
        seen.append(f"template tried on {len(days)} days: {len(found)} have an issue")
        options["lookback_days"] = window.lookback_days
        if window.skips_days and window.lookback_days > 1:
            options["skips_days"] = True
    unsure.append("article_url is made up from the issue's: put there the page a person can open")
    return Paper(
        family="json",
        options={**{k: v for k, v in options.items() if not isinstance(v, dict)},
                 **{k: v for k, v in options.items() if isinstance(v, dict)}},
        articles=(capture.url,),
        pages=(capture.url,),
        window=window,
        per_issue=len(rows.rows),
    )  # fmt: skip


def _states(capture: Capture, path: str, day: date) -> bool:
    try:
        document = read_document(capture.body, url=capture.url, charset=charset_of(capture))
    except PageError:
        return False
    return str(jmespath.search(path, document) or "")[:10] == day.isoformat()


async def _by_article(
    looker: Looker,
    template: str,
    day: date,
    rows: Rows,
    options: dict[str, object],
    seen: list[str],
) -> bool:
    """Where each article is answered by a request of its own: beside the issue."""
    assert rows.id is not None
    key = rows.id.strip('"')
    for address in papers.siblings(issue_url(template, day), str(rows.rows[0][key])):
        answer = await looker.page(address)
        if isinstance(answer, Unanswered):
            continue
        try:
            document = read_document(answer.body, url=address, charset=charset_of(answer))
        except PageError:
            continue
        for path, table in _tables(document, ""):
            if (body := papers.body_key([table])) is not None:
                request = next(papers.siblings(template, "{number}"))
                options["article_request"] = request
                options["article"] = {"body": f"{path}.{body}" if path else body}
                seen.append(f"each article is answered by {request}")
                return True
    return False


def _tables(value: object, path: str) -> Iterator[tuple[str, dict[str, object]]]:
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from _tables(inner, f"{path}.{key}" if path else str(key))


def _pages(
    capture: Capture, document: object, template: str, options: dict[str, object], seen: list[str]
) -> None:
    """The further pages (版) of an issue, where the document names their codes and its address
    has its own."""
    for path, codes in papers.codes_in(document):
        for code in codes:
            matched = re.search(rf"(?<![\w])({re.escape(code)})(?![\w])(?=[^{{}}]*$)", template)
            if matched is None or not isinstance(document, dict):
                continue
            own = next((key for key, value in document.items() if str(value) == code), None)
            head, tail = template[: matched.start()], template[matched.end() :]
            options["pages"] = path
            options["page_url"] = f"{head}{{page}}{tail}"
            if own is not None:
                options["page_code"] = str(own)
            seen.append(f"the issue has {len(codes)} pages: {path}")
            return

"""Works out how a site is to be declared, by looking at it; nothing is stored.

Each guess is tried on the site before it is believed: a pattern on the links of the list, a
pager by what its second page shows, a template by further days.  The guesses are pure functions
(``crawler.sources.inference``); here they are put in order and asked for.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

from pydantic import ValidationError

from crawler.errors import LayoutChangedError, PageError
from crawler.families.base import charset_of
from crawler.families.feeds import read_feed
from crawler.families.items import read_document
from crawler.pages.lists.links import read_listing, url_grade
from crawler.pages.raw.charset import decode
from crawler.pages.raw.urls import registered_domain
from crawler.runs.proof import judge_page
from crawler.sources.inference import naming, papers
from crawler.sources.inference.documents import (
    LEAST_ITEMS,
    Rows,
    article_url_in,
    find_rows,
    paths_of,
)
from crawler.sources.inference.draft import Draft
from crawler.sources.inference.lists import (
    Paged,
    columns_of,
    feeds_in,
    interfaces_in,
    is_front,
    pagings_of,
    scripted_in,
    scripts_of,
    unpaged,
    without_clock,
)
from crawler.sources.inference.shapes import hosts_of, pattern_of
from scheduler.probing.looking import Looker, Unanswered, text_of
from scheduler.probing.paper_discovery import NotProvedError, find_paper
from storage.records import Capture, Listing

MOST_COLUMNS = 6
"""Columns of a home page that are looked into before one is chosen."""
MOST_INTERFACES = 6
LEAST_LINKS = 3
LONG_LIST = 60
"""More pages than a declaration follows by itself."""
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)


class NothingFoundError(Exception):
    """A site at which no family found a list or an issue; ``tried`` says what was looked at."""

    def __init__(self, url: str, tried: Sequence[str]) -> None:
        super().__init__(f"nothing at {url} can be declared: {'; '.join(tried)}")
        self.url = url
        self.tried = tuple(tried)


@dataclass(slots=True)
class Found:
    """What a look at an address led to: a family with its options, and its articles.

    ``lists`` are the addresses of the lists, ``html`` the pages that were seen.
    """

    family: str
    options: dict[str, object]
    articles: tuple[str, ...]
    title: str = ""
    titles: tuple[str, ...] = ()
    days: tuple[date | None, ...] = ()
    lists: tuple[str, ...] = ()
    is_paper: bool = False
    is_whole: bool = False  # article_pattern is settled
    window: papers.Window | None = None
    pattern: str | None = None
    per_page: int = 0


async def discover(
    looker: Looker, url: str, *, region: str | None = None, id_: str | None = None
) -> Draft:
    """The declaration of the site at ``url``: a list, a home page, an interface, an issue, a feed.

    :raises NothingFoundError: when nothing there can be declared.
    """
    seen: list[str] = []
    unsure: list[str] = []
    url = without_clock(url)
    found = await _found(looker, url, seen, unsure)
    home = f"{urlsplit(url).scheme}://{urlsplit(found.lists[0] if found.lists else url).netloc}/"
    home_html = await looker.html(home)
    home_title = _title(home_html)
    host = urlsplit(url).hostname or ""
    name = naming.name_of(found.title, home_title, is_paper=found.is_paper)
    if (
        name is None and not found.is_paper
    ):  # an interface, a feed: its articles are pages of the site
        article = await looker.html(found.articles[0])
        name = naming.name_of(_title(article), "")
    if name is None:
        name = registered_domain(host)
        unsure.append("no page says what the site is called: set name")
    words = f"{home_title} {found.title} {re.sub(r'<[^>]*>', ' ', home_html)}"
    place = region or naming.region_in(name, words)
    if place is None:
        unsure.append("no page says which region it belongs to: set region (全国 stands in for it)")
    draft = Draft(
        id=id_ or naming.id_of(url, is_paper=found.is_paper),
        name=name,
        region=place or "全国",
        kind=naming.kind_of(name, is_paper=found.is_paper),
        family=found.family,
        homepage=home,
        hosts=hosts_of([*found.lists, *found.articles, url], found.articles[0]),
        options=found.options,
        seen=seen,
        unsure=unsure,
    )
    if not draft.hosts:
        draft.hosts = hosts_of([url], url)
    _expect(draft, found, looker.today)
    elsewhere = _articles_on(home_html, home)
    _shape(draft, found, elsewhere, looker)
    if found.titles and found.family == "listing":
        draft.listing_words = naming.columns_in(found.titles, name)
    if len(draft.name) < 2:
        draft.name = registered_domain(host)
    try:
        draft.source()
    except ValidationError as error:
        raise NothingFoundError(url, [one["msg"] for one in error.errors()]) from error
    return draft


async def _found(looker: Looker, url: str, seen: list[str], unsure: list[str]) -> Found:
    first = await looker.page(url)
    if isinstance(first, Unanswered):
        raise NothingFoundError(url, [f"{first.refusal_class.value}: {first.detail}"])
    here = first.url
    if here != url:
        seen.append(f"{url} leads to {here}")
    tried: list[str] = []
    if _is_data(first):
        for look in (_of_feed, _of_document):
            if (found := await look(looker, first, seen, unsure)) is not None:
                return found
        raise NothingFoundError(url, ["neither a feed nor a document that lists articles"])
    charset = decode(first.body, declared=charset_of(first)).encoding
    seen.append(f"charset: {charset}")
    try:
        paper = await find_paper(looker, first, seen, unsure)
    except NotProvedError as error:
        raise NothingFoundError(url, [str(error)]) from error
    if paper is not None:
        return Found(
            family=paper.family,
            options=paper.options,
            articles=paper.articles,
            title=paper.title,
            lists=paper.pages,
            is_paper=True,
            is_whole=True,
            window=paper.window,
            pattern=paper.pattern,
            per_page=paper.per_issue,
        )
    if is_front(here) and (found := await _of_front(looker, first, seen, unsure)) is not None:
        return found
    for look in (_of_list, _of_scripts, _of_named_feed):
        if (found := await look(looker, first, seen, unsure)) is not None:
            return found
        tried.append(_WORDS[look.__name__])
    raise NothingFoundError(url, tried)


_WORDS = {
    "_of_list": "no list of articles among its links",
    "_of_scripts": "none in its scripts, nor an interface that they ask",
    "_of_named_feed": "no feed is named in its head",
}


def _is_data(capture: Capture) -> bool:
    """Whether an answer is a document for programs, not a page."""
    head = text_of(capture)[:2000].lstrip("\ufeff \t\r\n")
    if capture.body.startswith(b"\x1f\x8b"):
        return True
    if re.match(r"<\?xml|<(?:rss|feed|urlset|sitemapindex|rdf:RDF)\b", head):
        return not re.search(r"<html\b", head, re.IGNORECASE)
    return not head.startswith("<")


def _title(html: str) -> str:
    found = _TITLE.search(html)
    return " ".join(found[1].split()) if found else ""


# --- lists among the links of a page --------------------------------------------------------


def read_page_as_list(
    capture: Capture, looker: Looker, number: int = 1, pattern: re.Pattern[str] | None = None
) -> Listing | None:
    """A page as a list; None where it is none."""
    try:
        return read_listing(
            capture.body,
            url=capture.url,
            charset=charset_of(capture),
            now=looker.moment(),
            article_pattern=pattern,
            page_number=number,
        )
    except PageError:
        return None


async def _of_list(
    looker: Looker, capture: Capture, seen: list[str], unsure: list[str]
) -> Found | None:
    listing = read_page_as_list(capture, looker)
    if listing is None or len(listing.links) < LEAST_LINKS:
        return None
    scripted = scripted_in(text_of(capture), capture.url)
    if scripted is not None and _outweighs(scripted.rows, listing, capture.url):
        return None
    links = list(listing.links)
    titles = [listing.heading]
    seen.append(
        f"list: {capture.url}: {len(links)} articles,"
        f" {sum(link.published_on is not None for link in links)} with a day"
    )
    if listing.next_page is not None:
        answer = await looker.page(listing.next_page)
        second = read_page_as_list(answer, looker, 2) if isinstance(answer, Capture) else None
        if second is None:
            unsure.append(f"page 2 did not come as a list: {listing.next_page}")
        else:
            own = {link.url for link in links}
            other = [link for link in second.links if link.url not in own]
            seen.append(
                f"paging: {listing.next_page}, tried: {len(other)} of {len(second.links)}"
                " articles of page 2 are others"
            )
            if not other:
                unsure.append("page 2 shows the articles of page 1: its pages cannot be followed")
            links += other
            titles.append(second.heading)
        if listing.page_count:
            seen.append(f"it counts {listing.page_count} pages")
    else:
        end = judge_page(listing)
        (seen if end.proved else unsure).append(f"paging: none; {end.why}")
    options: dict[str, object] = {"urls": [capture.url]}
    if (listing.page_count or 0) > LONG_LIST:
        unsure.append(
            f"the list has {listing.page_count} pages, max_pages follows {LONG_LIST}: a first"
            " crawl wants --since, or ends partial"
        )
    return Found(
        family="listing",
        options=options,
        articles=tuple(link.address for link in links),
        title=listing.heading,
        titles=tuple(titles),
        days=tuple(link.published_on for link in links),
        lists=(capture.url,),
        per_page=len(listing.links),
    )


def _outweighs(rows: Rows, listing: Listing, base: str) -> bool:
    """Whether a script lists more than the links of its page, and others."""
    linked = {link.url for link in listing.links} | {link.address for link in listing.links}
    if rows.url is None:
        return False
    others = [
        one
        for one in rows.rows
        if urljoin(base, str(one.get(rows.url.strip('"'), ""))) not in linked
    ]
    return len(others) > len(listing.links)


async def _of_front(
    looker: Looker, capture: Capture, seen: list[str], unsure: list[str]
) -> Found | None:
    """The column of a home page that is most like the news of a committee; None without one."""
    html = text_of(capture)
    best: tuple[int, Capture] | None = None
    for address, words in columns_of(html, capture.url)[:MOST_COLUMNS]:
        answer = await looker.page(address)
        if isinstance(answer, Unanswered) or _is_data(answer):
            continue
        listing = read_page_as_list(answer, looker)
        if listing is None or len(listing.links) < LEAST_LINKS:
            if scripted_in(text_of(answer), answer.url) or interfaces_in(text_of(answer), address):
                found = await _of_scripts(looker, answer, seen, unsure)
                if found is not None:
                    seen.append(f"column {words} of the home page")
                    return found
            continue
        dated = sum(link.published_on is not None for link in listing.links)
        worth = (2 if 2 * dated > len(listing.links) else 0) + (1 if listing.next_page else 0)
        if best is None or worth > best[0]:
            best = (worth, answer)
        if worth == 3:
            break
    if best is None:
        return None
    seen.append(f"{capture.url} is a home page; its column {_title(text_of(best[1]))}")
    return await _of_list(looker, best[1], seen, unsure)


# --- lists in scripts and interfaces ---------------------------------------------------------


async def _of_scripts(
    looker: Looker, capture: Capture, seen: list[str], unsure: list[str]
) -> Found | None:
    html = text_of(capture)
    if (scripted := scripted_in(html, capture.url)) is not None:
        paths = paths_of(scripted.rows, scripted.document)
        assert paths is not None  # it has addresses
        items = paths.list_in(scripted.document)
        assert items is not None
        links = paths.links(items, capture.url)
        table = {"variable": scripted.variable, **paths.model_dump(exclude_defaults=True)}
        table.pop("total", None)
        table.pop("pages", None)
        seen.append(f"its script holds {len(links)} articles in {scripted.variable}")
        return Found(
            family="listing",
            options={"urls": [capture.url], "script_items": table},
            articles=tuple(link.address for link in links),
            title=_title(html),
            titles=(_title(html),),
            days=tuple(link.published_on for link in links),
            lists=(capture.url,),
            per_page=len(links),
        )
    addresses = interfaces_in(html, capture.url)
    for script in scripts_of(html, capture.url)[:2]:
        addresses += interfaces_in(await looker.html(script), capture.url)
    for address in list(dict.fromkeys(addresses))[:MOST_INTERFACES]:
        answer = await looker.page(address)
        if isinstance(answer, Unanswered) or not _is_data(answer):
            continue
        found = await _of_document(looker, answer, seen, unsure, pages=(html,))
        if found is not None:
            seen.append(f"{capture.url} asks {address}")
            found.title = found.title or _title(html)
            return found
    return None


async def _of_document(
    looker: Looker,
    capture: Capture,
    seen: list[str],
    unsure: list[str],
    pages: Sequence[str] = (),
) -> Found | None:
    rows = _rows_of(capture)
    if rows is None:
        return None
    document = read_document(capture.body, url=capture.url, charset=charset_of(capture))
    if (paper := await find_paper(looker, capture, seen, unsure, document=document)) is not None:
        return Found(
            family=paper.family,
            options=paper.options,
            articles=paper.articles,
            lists=paper.pages,
            is_paper=True,
            is_whole=True,
            window=paper.window,
            per_page=paper.per_issue,
        )
    article_url = None
    if rows.url is None:
        home = urljoin(capture.url, "/")
        article_url = article_url_in(rows, [*pages, await looker.html(home)], home)
        if article_url is None:
            return None
        seen.append(f"articles have no address in it; a page makes it {article_url}")
    paths = paths_of(rows, document, article_url=article_url)
    assert paths is not None
    items = paths.list_in(document)
    assert items is not None
    try:
        links = list(paths.links(items, capture.url))
    except LayoutChangedError:
        return None
    paged = await _paging(looker, capture.url, rows, seen)
    options: dict[str, object] = {"urls": [capture.url], "page_size": len(rows.rows)}
    if paged is not None:
        options["urls"] = [paged.template]
        if paged.by == "page" and paged.first != 1:
            options["first_page"] = paged.first
        second = await looker.page(paged.url(2, len(rows.rows)))
        if isinstance(second, Capture) and (more := _rows_of(second)) is not None:
            links += paths.links(list(more.rows), capture.url)
    else:
        options["urls"] = [capture.url.replace("{", "{{").replace("}", "}}")]
        words = "paging: no number in its address that turns its pages"
        (unsure if paths.total or paths.pages else seen).append(words)
    options["paths"] = paths.model_dump(exclude_defaults=True)
    seen.append(f"a document with {len(rows.rows)} articles at {rows.items}")
    if rows.day is None:
        unsure.append("its articles have no day in it: they are dated by their own pages")
    return Found(
        family="json_list",
        options=options,
        articles=tuple(link.address for link in links),
        days=tuple(link.published_on for link in links),
        lists=(capture.url,),
        per_page=len(rows.rows),
    )


def _rows_of(capture: Capture) -> Rows | None:
    try:
        document = read_document(capture.body, url=capture.url, charset=charset_of(capture))
    except PageError:
        return None
    rows = find_rows(document)
    return rows if rows is not None and len(rows.rows) >= 1 else None


def _keys(rows: Rows) -> set[str]:
    key = (rows.url or rows.id or rows.title).strip('"')
    return {str(one.get(key, one)) for one in rows.rows}


async def _paging(looker: Looker, url: str, rows: Rows, seen: list[str]) -> Paged | None:
    """The way in which an interface turns its pages: page 2 must show other articles."""
    size, own = len(rows.rows), _keys(rows)

    async def keys_at(address: str) -> set[str]:
        answer = await looker.page(address)
        found = _rows_of(answer) if isinstance(answer, Capture) else None
        return _keys(found) if found is not None else set()

    ways: list[Paged] = [*pagings_of(url), *(unpaged(url) if size >= LEAST_ITEMS else ())]
    for paged in ways:
        first = await keys_at(paged.url(1, size))
        if not first:
            continue
        second = await keys_at(paged.url(2, size))
        if not second or second & first:
            continue
        if paged.by == "page" and paged.first == 1:
            before = await keys_at(paged.template.format(page=0, start=0))
            if before and not before & (first | second):
                paged = Paged(template=paged.template, by="page", first=0)
        seen.append(f"paging: {paged.template}, tried: page 2 shows {len(second)} other articles")
        return paged
    if own and len(own) < size:
        seen.append("some of its articles share an address")
    return None


# --- feeds -------------------------------------------------------------------------------------


async def _of_feed(
    looker: Looker, capture: Capture, seen: list[str], unsure: list[str]
) -> Found | None:
    try:
        feed = read_feed(capture.body, url=capture.url)
    except PageError:
        return None
    links = list(feed.links)
    for address, _ in feed.files[:2]:
        answer = await looker.page(address)
        if isinstance(answer, Capture):
            try:
                links += read_feed(answer.body, url=answer.url).links
            except PageError:
                unsure.append(f"{address} is no sitemap that can be read")
    if not links:
        return None
    articles = [link for link in links if url_grade(link.address) >= 1]
    what = f"an index of {len(feed.files)} sitemaps" if feed.files else "a feed"
    seen.append(f"{what} with {len(links)} addresses, {len(articles)} of them like articles'")
    return Found(
        family="feed",
        options={"urls": [capture.url]},
        articles=tuple(link.address for link in articles or links),
        title=feed.heading,
        days=tuple(link.published_on for link in articles or links),
        lists=(capture.url,),
        per_page=len(articles or links),
    )


async def _of_named_feed(
    looker: Looker, capture: Capture, seen: list[str], unsure: list[str]
) -> Found | None:
    for address in feeds_in(text_of(capture), capture.url)[:2]:
        answer = await looker.page(address)
        if isinstance(answer, Capture):
            found = await _of_feed(looker, answer, seen, unsure)
            if found is not None:
                seen.append(f"{capture.url} names the feed {address}")
                return found
    return None


# --- what is to be expected --------------------------------------------------------------------


def _expect(draft: Draft, found: Found, today: date) -> None:
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


def _articles_on(html: str, home: str) -> list[str]:
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


def _shape(draft: Draft, found: Found, elsewhere: Sequence[str], looker: Looker) -> None:
    """The article pattern, kept where the list reads the same with it."""
    if found.is_whole:
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

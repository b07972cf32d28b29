"""Lists among the links of a page, and the column of a home page that is most like one."""

from urllib.parse import urljoin

from crawler.runs.proof import judge_page
from crawler.sources.inference.documents import Rows
from crawler.sources.inference.lists import columns_of, interfaces_in, scripted_in
from scheduler.drafting.found import Found
from scheduler.drafting.interfaces import of_scripts
from scheduler.drafting.looking import (
    Looker,
    Unanswered,
    is_data,
    read_page_as_list,
    text_of,
    title_of,
)
from storage.records import Capture, Listing

MOST_COLUMNS = 6
"""Columns of a home page that are looked into before one is chosen."""
LEAST_LINKS = 3
"""Fewer links than these are no list to be declared."""
LONG_LIST = 60
"""More pages than a declaration follows by itself."""


async def of_list(looker: Looker, capture: Capture) -> Found | None:
    """The list among the links of a page, its second page tried where it names one."""
    listing = read_page_as_list(capture, looker)
    if listing is None or len(listing.links) < LEAST_LINKS:
        return None
    scripted = scripted_in(text_of(capture), capture.url)
    if scripted is not None and _outweighs(scripted.rows, listing, capture.url):
        return None
    links = list(listing.links)
    titles = [listing.heading]
    looker.seen.append(
        f"list: {capture.url}: {len(links)} articles,"
        f" {sum(link.published_on is not None for link in links)} with a day"
    )
    if listing.next_page is not None:
        answer = await looker.page(listing.next_page)
        second = read_page_as_list(answer, looker, 2) if isinstance(answer, Capture) else None
        if second is None:
            looker.unsure.append(f"page 2 did not come as a list: {listing.next_page}")
        else:
            own = {link.url for link in links}
            other = [link for link in second.links if link.url not in own]
            looker.seen.append(
                f"paging: {listing.next_page}, tried: {len(other)} of {len(second.links)}"
                " articles of page 2 are others"
            )
            if not other:
                looker.unsure.append(
                    "page 2 shows the articles of page 1: its pages cannot be followed"
                )
            links += other
            titles.append(second.heading)
        if listing.page_count:
            looker.seen.append(f"it counts {listing.page_count} pages")
    else:
        end = judge_page(listing)
        (looker.seen if end.proved else looker.unsure).append(f"paging: none; {end.why}")
    options: dict[str, object] = {"urls": [capture.url]}
    if (listing.page_count or 0) > LONG_LIST:
        looker.unsure.append(
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


async def of_front(looker: Looker, capture: Capture) -> Found | None:
    """The column of a home page that is most like the news of a committee; None without one."""
    html = text_of(capture)
    best: tuple[int, Capture] | None = None
    for address, words in columns_of(html, capture.url)[:MOST_COLUMNS]:
        answer = await looker.page(address)
        if isinstance(answer, Unanswered) or is_data(answer):
            continue
        listing = read_page_as_list(answer, looker)
        if listing is None or len(listing.links) < LEAST_LINKS:
            if scripted_in(text_of(answer), answer.url) or interfaces_in(text_of(answer), address):
                found = await of_scripts(looker, answer)
                if found is not None:
                    looker.seen.append(f"column {words} of the home page")
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
    looker.seen.append(f"{capture.url} is a home page; its column {title_of(text_of(best[1]))}")
    return await of_list(looker, best[1])

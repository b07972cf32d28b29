"""Papers whose issues are numbered."""

import re
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from crawler.pages.lists.pager import is_pager_text
from crawler.sources.inference import papers
from crawler.sources.inference.shapes import pattern_of
from scheduler.drafting.found import Found
from scheduler.drafting.looking import Looker, Unanswered, read_page_as_list, text_of, title_of
from storage.records import Capture

FEW_LINKS = 30
"""A page with more links than these is no mere entry to a paper."""


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


async def of_numbers(looker: Looker, capture: Capture) -> Found | None:
    """The paper whose issues a page links to by number; the issue before must be there too."""
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
        listing = read_page_as_list(answer, looker) if isinstance(answer, Capture) else None
        if listing is not None:
            addresses = [link.address for link in listing.links]
            articles += [one for one in addresses if one not in numbered.pages]
    before = numbered.page_url.format(issue=numbered.newest - 1, page=match[1])
    answer = await looker.page(before)
    pattern = pattern_of(articles, (), [*numbered.pages, entry]) if articles else None
    if pattern is None or isinstance(answer, Unanswered):
        return None
    looker.seen.append(
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
    return Found(
        is_paper=True,
        family="numbered",
        options={
            "entry_url": entry,
            "page_url": numbered.page_url,
            "lookback_issues": back + 1,
        },
        articles=tuple(articles),
        lists=(entry,),
        title=title_of(text_of(capture)),
        pattern=pattern,
        per_page=max(2, len(articles) // 2),
    )

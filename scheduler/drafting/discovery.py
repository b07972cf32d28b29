"""Works out how a site is to be declared, by looking at it; nothing is stored.

Each guess is tried on the site before it is believed: a pattern on the links of the list, a
pager by what its second page shows, a template by further days.  The guesses are pure functions
(``crawler.sources.inference``); here they are put in order and asked for.
"""

import re
from urllib.parse import urlsplit

from pydantic import ValidationError

from crawler.families.base import charset_of
from crawler.pages.raw.charset import decode
from crawler.pages.raw.urls import registered_domain
from crawler.sources.inference import naming
from crawler.sources.inference.draft import Draft
from crawler.sources.inference.lists import is_front, without_clock
from crawler.sources.inference.shapes import hosts_of
from scheduler.drafting.expecting import articles_on, set_expectations, set_pattern
from scheduler.drafting.feeds import of_feed, of_named_feed
from scheduler.drafting.found import Found, NothingFoundError
from scheduler.drafting.interfaces import of_document, of_scripts
from scheduler.drafting.lists import of_front, of_list
from scheduler.drafting.looking import Looker, Unanswered, is_data, title_of
from scheduler.drafting.papers import NotProvedError, find_paper

# Asked in this order of a page that is none of a paper; what it says where it finds nothing.
LOOKS = (
    (of_list, "no list of articles among its links"),
    (of_scripts, "none in its scripts, nor an interface that they ask"),
    (of_named_feed, "no feed is named in its head"),
)


async def discover(
    looker: Looker, url: str, *, region: str | None = None, id_: str | None = None
) -> Draft:
    """The declaration of the site at ``url``: a list, a home page, an interface, an issue, a feed.

    :raises NothingFoundError: when nothing there can be declared.
    """
    url = without_clock(url)
    found = await _found(looker, url)
    home = f"{urlsplit(url).scheme}://{urlsplit(found.lists[0] if found.lists else url).netloc}/"
    home_html = await looker.html(home)
    home_title = title_of(home_html)
    host = urlsplit(url).hostname or ""
    name = naming.name_of(found.title, home_title, is_paper=found.is_paper)
    if (
        name is None and not found.is_paper
    ):  # an interface, a feed: its articles are pages of the site
        article = await looker.html(found.articles[0])
        name = naming.name_of(title_of(article), "")
    if name is None:
        name = registered_domain(host)
        looker.unsure.append("no page says what the site is called: set name")
    words = f"{home_title} {found.title} {re.sub(r'<[^>]*>', ' ', home_html)}"
    place = region or naming.region_in(name, words)
    if place is None:
        looker.unsure.append(
            "no page says which region it belongs to: set region (全国 stands in for it)"
        )
    draft = Draft(
        id=id_ or naming.id_of(url, is_paper=found.is_paper),
        name=name,
        region=place or "全国",
        kind=naming.kind_of(name, is_paper=found.is_paper),
        family=found.family,
        homepage=home,
        hosts=hosts_of([*found.lists, *found.articles, url], found.articles[0]),
        options=found.options,
        seen=looker.seen,
        unsure=looker.unsure,
    )
    if not draft.hosts:
        draft.hosts = hosts_of([url], url)
    set_expectations(draft, found, looker.today)
    elsewhere = articles_on(home_html, home)
    set_pattern(draft, found, elsewhere, looker)
    if found.titles and found.family == "listing":
        draft.listing_words = naming.columns_in(found.titles, name)
    if len(draft.name) < 2:
        draft.name = registered_domain(host)
    try:
        draft.source()
    except ValidationError as error:
        raise NothingFoundError(url, [one["msg"] for one in error.errors()]) from error
    return draft


async def _found(looker: Looker, url: str) -> Found:
    first = await looker.page(url)
    if isinstance(first, Unanswered):
        raise NothingFoundError(url, [f"{first.refusal_class.value}: {first.detail}"])
    here = first.url
    if here != url:
        looker.seen.append(f"{url} leads to {here}")
    tried: list[str] = []
    if is_data(first):
        for look in (of_feed, of_document):
            if (found := await look(looker, first)) is not None:
                return found
        raise NothingFoundError(url, ["neither a feed nor a document that lists articles"])
    charset = decode(first.body, declared=charset_of(first)).encoding
    looker.seen.append(f"charset: {charset}")
    try:
        paper = await find_paper(looker, first)
    except NotProvedError as error:
        raise NothingFoundError(url, [str(error)]) from error
    if paper is not None:
        return paper
    if is_front(here) and (found := await of_front(looker, first)) is not None:
        return found
    for look, nothing in LOOKS:
        if (found := await look(looker, first)) is not None:
            return found
        tried.append(nothing)
    raise NothingFoundError(url, tried)

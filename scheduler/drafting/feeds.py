"""Feeds and sitemaps, given or named by a page."""

from crawler.errors import PageError
from crawler.families.feeds import read_feed
from crawler.pages.lists.addresses import url_grade
from crawler.sources.inference.lists import feeds_in
from scheduler.drafting.found import Found
from scheduler.drafting.looking import Looker, text_of
from storage.records import Capture


async def of_feed(looker: Looker, capture: Capture) -> Found | None:
    """The feed, sitemap or index of sitemaps that an answer is; of an index two are asked for."""
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
                looker.unsure.append(f"{address} is no sitemap that can be read")
    if not links:
        return None
    articles = [link for link in links if url_grade(link.address) >= 1]
    what = f"an index of {len(feed.files)} sitemaps" if feed.files else "a feed"
    looker.seen.append(
        f"{what} with {len(links)} addresses, {len(articles)} of them like articles'"
    )
    return Found(
        family="feed",
        options={"urls": [capture.url]},
        articles=tuple(link.address for link in articles or links),
        title=feed.heading,
        days=tuple(link.published_on for link in articles or links),
        lists=(capture.url,),
        per_page=len(articles or links),
    )


async def of_named_feed(looker: Looker, capture: Capture) -> Found | None:
    """The first of the feeds named in a page's head that can be read."""
    for address in feeds_in(text_of(capture), capture.url)[:2]:
        answer = await looker.page(address)
        if isinstance(answer, Capture):
            found = await of_feed(looker, answer)
            if found is not None:
                looker.seen.append(f"{capture.url} names the feed {address}")
                return found
    return None

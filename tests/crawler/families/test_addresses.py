"""Links that no parser of addresses takes: one such link spoils nothing else on its page."""

import pytest

from crawler.errors import LayoutChangedError
from crawler.families.epaper import newest_issue
from crawler.families.feeds import read_feed
from crawler.families.numbered import _links_of

BASE = "http://a.example/"
BROKEN = ("http://[", "http://a.example:99999999/1.html", "//[x/2.html")


@pytest.mark.parametrize("broken", BROKEN)
def test_a_feed_is_read_beside_a_broken_link(broken: str) -> None:
    items = "".join(
        f"<item><title>t</title><link>{link}</link></item>" for link in (broken, "/3.html")
    )
    feed = read_feed(f"<rss><channel>{items}</channel></rss>".encode(), url=BASE)
    assert [link.url for link in feed.links] == [f"{BASE}3.html"]


def test_a_file_of_a_sitemap_at_no_address_is_no_whole_sitemap() -> None:
    index = "<sitemapindex><sitemap><loc>http://[</loc></sitemap></sitemapindex>"
    with pytest.raises(LayoutChangedError):
        read_feed(index.encode(), url=BASE)


def test_a_paper_is_read_beside_a_broken_link() -> None:
    links = "".join(f"<a href='{link}'>x</a>" for link in (BROKEN[0], "/2026-01/20/node_1.htm"))
    assert newest_issue(links.encode(), BASE) == f"{BASE}2026-01/20/node_1.htm"
    assert [address for address, _ in _links_of(links.encode(), BASE, None)] == [
        f"{BASE}2026-01/20/node_1.htm"
    ]

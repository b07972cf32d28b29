"""A list page for outside, as it is read: its links, and whether the list ends there."""

from w3lib.url import safe_url_string

from crawler.runs.proof import judge_page
from storage.records import Link, Listing

Shape = dict[str, object]


def listing_json(listing: Listing) -> Shape:
    """One list page; ``end`` is proved or open, and ``why`` says what decides that."""
    end = judge_page(listing)
    return {
        "url": listing.url,
        "links": [_link_json(link) for link in listing.links],
        "next_page": listing.next_page,
        "page_number": listing.page_number,
        "page_count": listing.page_count,
        "item_count": listing.item_count,
        "issue_pages": list(listing.issue_pages),
        "heading": listing.heading,
        "end": "proved" if end.proved else "open",
        "why": end.why,
    }


def _link_json(link: Link) -> Shape:
    """``url`` is the address as it was linked, ``request`` the same as Scrapy asks for it."""
    return {
        "url": link.address,
        "title": link.title,
        "date": link.published_on.isoformat() if link.published_on else None,
        "request": safe_url_string(link.address),
    }

"""Pages of a site that is not declared yet, asked for with the manners of a probe, each once."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from crawler.errors import PageError
from crawler.families.base import charset_of
from crawler.pages.lists.links import read_listing
from crawler.pages.raw.charset import decode
from crawler.pages.raw.urls import registered_domain
from crawler.sources.declaration import Source
from scheduler.probing.probes import Prober, ProbeRefusedError
from storage.records import SHANGHAI, Capture, Listing, RefusalClass

MOST_REQUESTS = 60
"""More than these a site is not asked for by one look at it."""
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A page that did not come: why, as a class and in words."""

    refusal_class: RefusalClass
    detail: str


def provisional(host: str, delay_seconds: float) -> Source:
    """What lets a probe ask a site of which nothing is known yet: all of it, gently."""
    site = registered_domain(host)
    return Source.model_validate(
        {
            "id": "new",
            "name": "未定",
            "region": "全国",
            "kind": "portal",
            "family": "listing",
            "homepage": f"http://{host}/",
            "hosts": [site] if site == host else [site, host],
            "listing": {"urls": [f"http://{host}/"]},
            "politeness": {"delay_seconds": delay_seconds},
            "expect": {"min_articles": 0, "max_days_silent": 1},
        }
    )


@dataclass(slots=True)
class Looker:
    """Asks for pages of one site; ``moment`` gives the present (aware).

    ``seen`` says in words what was found and tested, ``unsure`` what an operator should look at.
    """

    prober: Prober
    source: Source
    moment: Callable[[], datetime]
    kept: dict[str, Capture | Unanswered] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The day, in Shanghai."""
        return self.moment().astimezone(SHANGHAI).date()

    async def page(self, url: str) -> Capture | Unanswered:
        """One page, or why it did not come; the same answer each time."""
        if url not in self.kept:
            if len(self.kept) >= MOST_REQUESTS:
                return Unanswered(RefusalClass.OURS, f"more than {MOST_REQUESTS} pages")
            try:
                self.kept[url] = await self.prober.page(self.source, url)
            except ProbeRefusedError as error:
                self.kept[url] = Unanswered(error.refusal_class, error.detail)
        return self.kept[url]

    async def html(self, url: str) -> str:
        """The same, decoded; "" where it did not come."""
        answer = await self.page(url)
        return text_of(answer) if isinstance(answer, Capture) else ""


def text_of(capture: Capture) -> str:
    """The words of an answer."""
    return decode(capture.body, declared=charset_of(capture)).text


def title_of(html: str) -> str:
    """The words of a page's title element; "" without one."""
    found = _TITLE.search(html)
    return " ".join(found[1].split()) if found else ""


def is_data(capture: Capture) -> bool:
    """Whether an answer is a document for programs, not a page."""
    head = text_of(capture)[:2000].lstrip("\ufeff \t\r\n")
    if capture.body.startswith(b"\x1f\x8b"):
        return True
    if re.match(r"<\?xml|<(?:rss|feed|urlset|sitemapindex|rdf:RDF)\b", head):
        return not re.search(r"<html\b", head, re.IGNORECASE)
    return not head.startswith("<")


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

"""Hosts outside the declaration are never fetched.

Scrapy's own OffsiteMiddleware drops such requests without an errback when they are scheduled
(2.19, ``engine._schedule_request``), and lets every ``dont_filter`` request pass; a redirect
to another host would then leave no trace in the account.  This one raises while the request
is being downloaded, so the errback sees it.
"""

from typing import TYPE_CHECKING, Self

from scrapy.exceptions import IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


class OffsiteRequestError(IgnoreRequest):
    """A request, or a redirect, leads to a host that the source does not declare."""


class DeclaredHostsMiddleware:
    """Refuses every request whose host the spider's source does not allow."""

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build for ``crawler``."""
        return cls(crawler)

    def process_request(self, request: "Request") -> None:
        """Let declared hosts pass.

        :raises OffsiteRequestError: for any other host.
        """
        source = getattr(self._crawler.spider, "source", None)
        host = urlparse_cached(request).hostname or ""
        if source is not None and not source.allows(host):
            raise OffsiteRequestError(f"{host} is not a declared host")

"""Obeys robots.txt by RFC 9309: one that is silent holds everything back.

Scrapy's own middleware (2.19) reads whatever body comes with any status, and takes a failed
request for "nothing is forbidden".
"""

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from crawler.fetching.bounds import TooManyRedirectsError
from crawler.fetching.failures import HeldBackError, refusal_of_error
from crawler.fetching.offsite import OffsiteRequestError
from crawler.fetching.robots import FORBIDDEN, Silence, silence_of_error, silence_of_status

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser


class RobotsMiddleware(RobotsTxtMiddleware):
    """Refuses what robots.txt forbids, and everything where it cannot be had."""

    def __init__(self, crawler: "Crawler") -> None:
        super().__init__(crawler)
        self._silences: dict[str, Silence] = {}

    def process_request_2(self, rp: "RobotParser | None", request: "Request") -> None:
        """Let allowed requests pass.

        :raises HeldBackError: when the host's robots.txt forbids it, or could not be had.
        """
        silence = self._silences.get(urlparse_cached(request).netloc)
        if silence is not None:
            raise HeldBackError(silence)
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as error:  # the only one that it raises
            raise HeldBackError(FORBIDDEN) from error

    async def _parse_robots(self, response: Response, netloc: str, request: "Request") -> None:
        silence = silence_of_status(response.status)
        if silence is not None:
            self._silences[netloc] = silence
        if not 200 <= response.status < 300:
            response = response.replace(body=b"")  # an error page holds no rules
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        if not isinstance(exc, TooManyRedirectsError | OffsiteRequestError):
            self._silences[netloc] = silence_of_error(*refusal_of_error(exc))
        super()._robots_error(exc, netloc)

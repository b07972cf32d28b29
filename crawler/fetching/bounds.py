"""The bounds of one request, told by what is raised and not by its words.

Scrapy (2.19) raises the same ``IgnoreRequest`` for a redirect too many and for a body that
unpacks to more than it may, each with a sentence; these say which it was.
"""

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response


class TooManyRedirectsError(IgnoreRequest):
    """A page is behind more redirects than are followed."""


class TooLargeError(IgnoreRequest):
    """A body is larger than its source's bound when it is unpacked."""


class BoundedRedirectMiddleware(RedirectMiddleware):
    """Follows at most ``REDIRECT_MAX_TIMES`` redirects."""

    def process_response(  # type: ignore[override]  # the deprecated argument
        self, request: "Request", response: "Response"
    ) -> "Request | Response":
        """The redirected request, or the response.

        :raises TooManyRedirectsError: for one redirect more.
        """
        try:
            return super().process_response(request, response)
        except IgnoreRequest as error:  # the only one that it raises
            raise TooManyRedirectsError(*error.args) from error


class BoundedCompressionMiddleware(HttpCompressionMiddleware):
    """Unpacks a body as far as ``DOWNLOAD_MAXSIZE`` allows."""

    def process_response(  # type: ignore[override]  # the deprecated argument
        self, request: "Request", response: "Response"
    ) -> "Request | Response":
        """The unpacked response.

        :raises TooLargeError: when it is larger.
        """
        try:
            return super().process_response(request, response)
        except IgnoreRequest as error:  # the only one that it raises
            raise TooLargeError(*error.args) from error

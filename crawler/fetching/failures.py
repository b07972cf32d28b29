"""What a failed download is called: Scrapy's and Twisted's exceptions to refusal classes."""

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.internet.error import ConnectError, ConnectionDone, ConnectionLost, DNSLookupError
from twisted.internet.error import TimeoutError as ConnectTimeoutError
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from crawler.errors import PageError
from crawler.fetching.bounds import TooLargeError, TooManyRedirectsError
from crawler.fetching.offsite import OffsiteRequestError
from crawler.fetching.patience import LeftAloneError
from crawler.fetching.robots import Silence
from crawler.fetching.statuses import refusal_of_status
from storage.records import RefusalClass

NETWORK_ERRORS = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    DNSLookupError,
    ConnectError,
    ConnectionDone,
    ConnectionLost,
    ConnectTimeoutError,
    OSError,
)


class HeldBackError(IgnoreRequest):
    """A robots.txt forbids a request, or the one that would say so could not be had."""

    def __init__(self, silence: Silence) -> None:
        super().__init__(silence.detail)
        self.silence = silence


def refusal_of(failure: Failure) -> tuple[RefusalClass, str]:
    """The class of a failed request and its facts in words."""
    return refusal_of_error(failure.value)


def refusal_of_error(error: BaseException | None) -> tuple[RefusalClass, str]:
    """The same, of the exception alone."""
    if isinstance(error, HttpError):
        status = error.response.status
        return refusal_of_status(status), f"status {status}"
    if isinstance(error, PageError):
        return error.refusal_class, error.detail
    if isinstance(error, OffsiteRequestError):
        return RefusalClass.OFFSITE, str(error)
    if isinstance(error, HeldBackError):
        return error.silence.refusal_class, error.silence.detail
    if isinstance(error, LeftAloneError):
        return error.refusal_class, str(error)
    if isinstance(error, TooManyRedirectsError):
        return RefusalClass.MOVED, "redirected too many times"
    if isinstance(error, TooLargeError):
        return RefusalClass.TOO_LARGE, str(error)
    if isinstance(error, IgnoreRequest):
        return RefusalClass.OURS, f"ignored: {error}"
    if isinstance(error, DownloadCancelledError):
        return RefusalClass.TOO_LARGE, str(error)
    if isinstance(error, ResponseDataLossError | ResponseFailed):
        return RefusalClass.TRUNCATED, "the connection ended before the body did"
    if isinstance(error, NETWORK_ERRORS):
        return RefusalClass.NETWORK, f"{type(error).__name__}: {error}"
    return RefusalClass.OURS, f"{type(error).__name__}: {error}"

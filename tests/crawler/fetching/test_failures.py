"""Every way in which a download fails has its class."""

import pytest
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import HtmlResponse
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.internet.error import ConnectionLost
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from crawler.errors import SoftNotFoundError
from crawler.fetching.bounds import TooLargeError, TooManyRedirectsError
from crawler.fetching.failures import HeldBackError, refusal_of
from crawler.fetching.offsite import OffsiteRequestError
from crawler.fetching.robots import FORBIDDEN
from storage.records import RefusalClass as R


def status(code: int) -> HttpError:
    return HttpError(HtmlResponse("http://x.example/", status=code))


def failed(error: Exception) -> Failure:
    return Failure(error)  # type: ignore[no-untyped-call]  # Twisted has no types here


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (status(404), R.GONE),
        (status(410), R.GONE),
        (status(401), R.BLOCKED),
        (status(403), R.BLOCKED),
        (status(412), R.BLOCKED),
        (status(429), R.BLOCKED),
        (status(521), R.BLOCKED),
        (status(500), R.HTTP_ERROR),
        (status(503), R.HTTP_ERROR),
        (status(418), R.BLOCKED),
        (CannotResolveHostError("x"), R.NETWORK),
        (DownloadConnectionRefusedError("x"), R.NETWORK),
        (DownloadTimeoutError("x"), R.NETWORK),
        (ConnectionLost(), R.NETWORK),
        (OSError("unreachable"), R.NETWORK),
        (ResponseDataLossError("x"), R.TRUNCATED),
        (ResponseFailed([failed(ConnectionLost())]), R.TRUNCATED),  # type: ignore[no-untyped-call]  # Twisted
        (DownloadCancelledError("too large"), R.TOO_LARGE),
        (OffsiteRequestError("other.example"), R.OFFSITE),
        (HeldBackError(FORBIDDEN), R.FORBIDDEN),
        (TooManyRedirectsError("x"), R.MOVED),
        (TooLargeError("x"), R.TOO_LARGE),
        (IgnoreRequest("Forbidden by robots.txt"), R.OURS),  # what words say decides nothing
        (IgnoreRequest("anything else"), R.OURS),
        (SoftNotFoundError("not found"), R.SOFT_404),
        (ZeroDivisionError("a defect"), R.OURS),
    ],
    ids=lambda value: str(value)[:30],
)
def test_classes(error: Exception, expected: R) -> None:
    found, words = refusal_of(failed(error))
    assert found is expected
    assert words

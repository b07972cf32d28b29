"""``Retry-After``: what it asks, and that a crawl keeps to it."""

import asyncio
from datetime import UTC, datetime

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.fetching.failures import refusal_of_error
from crawler.fetching.patience import LeftAloneError, RetryAfterMiddleware
from crawler.fetching.retry_after import LONGEST_SECONDS, seconds_asked
from storage.records import RefusalClass

NOW = datetime(2021, 1, 24, 4, 0, tzinfo=UTC)
URL = "http://busy.example/list/index.html"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("120", 120.0),
        (" 7200 ", 7200.0),
        ("0", 0.0),
        ("Sun, 24 Jan 2021 05:00:00 GMT", 3600.0),
        ("Sun, 24 Jan 2021 05:00:00", 3600.0),
        ("Sunday, 24-Jan-21 05:00:00 GMT", 3600.0),  # RFC 850
        ("Sun, 24 Jan 2021 13:00:00 +0800", 3600.0),
        ("Sun, 24 Jan 2021 03:00:00 GMT", 0.0),
        ("Mon, 24 Jan 2022 05:00:00 GMT", LONGEST_SECONDS),
        ("999999999", LONGEST_SECONDS),
        ("9" * 5000, None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("Sun, 99 Jan 2021 05:00:00 GMT", None),
        (None, None),
    ],
)
def test_what_is_asked(header: str | None, expected: float | None) -> None:
    assert seconds_asked(429, header, now=NOW) == expected
    assert seconds_asked(503, header, now=NOW) == expected


@pytest.mark.parametrize("status", [200, 301, 404, 500])
def test_other_statuses_ask_for_nothing(status: int) -> None:
    assert seconds_asked(status, "120", now=NOW) is None


def answered(middleware: RetryAfterMiddleware, status: int, header: str) -> Request:
    request = Request(URL)
    response = Response(URL, status=status, headers={"Retry-After": header})
    assert middleware.process_response(request, response) is response
    return request


@pytest.mark.parametrize(
    ("status", "expected"), [(429, RefusalClass.BLOCKED), (503, RefusalClass.HTTP_ERROR)]
)
def test_a_long_wait_leaves_the_host_alone(status: int, expected: RefusalClass) -> None:
    middleware = RetryAfterMiddleware()
    assert answered(middleware, status, "7200").meta["dont_retry"] is True
    with pytest.raises(LeftAloneError) as caught:
        asyncio.run(middleware.process_request(Request("http://busy.example/another.html")))
    assert refusal_of_error(caught.value)[0] is expected
    asyncio.run(middleware.process_request(Request("http://other.example/list.html")))


def test_a_wait_that_has_passed_is_over() -> None:
    middleware = RetryAfterMiddleware()
    assert "dont_retry" not in answered(middleware, 503, "0").meta
    asyncio.run(middleware.process_request(Request(URL)))


def test_without_the_header_scrapy_retries_as_ever() -> None:
    middleware, request = RetryAfterMiddleware(), Request(URL)
    middleware.process_response(request, Response(URL, status=429))
    assert "dont_retry" not in request.meta

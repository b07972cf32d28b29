"""``Retry-After``: that a crawl keeps to it."""

import asyncio

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.fetching.failures import refusal_of_error
from crawler.fetching.patience import LeftAloneError, RetryAfterMiddleware
from storage.records import RefusalClass

URL = "http://busy.example/list/index.html"


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

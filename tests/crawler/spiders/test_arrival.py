"""Where a redirect has led: to the page that was asked for, or to another one."""

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse

from crawler.errors import MovedError, RedirectedError
from crawler.families.base import Ask
from crawler.sources.declaration import Source
from crawler.spiders.base import SourceSpider
from crawler.spiders.loader import spider_class
from storage.records import RequestKind

SOURCE = Source.model_validate(
    {
        "id": "some_net", "name": "某某网", "region": "云南", "kind": "portal",
        "homepage": "http://f.example/", "hosts": ["f.example"],
        "family": "listing", "listing": {"urls": ["http://f.example/yw/index.html"]},
        "expect": {"min_articles": 1, "max_days_silent": 3},
    }
)  # fmt: skip
LIST, ARTICLE = RequestKind.LISTING, RequestKind.ARTICLE


@pytest.mark.parametrize(
    ("kind", "asked", "arrived", "error"),
    [
        (ARTICLE, "/1.html", "/2.html", None),
        (ARTICLE, "/1.html", "/", RedirectedError),
        (ARTICLE, "/1.html", "/index.shtml", RedirectedError),
        (ARTICLE, "/1.html", "/Default.aspx", RedirectedError),
        (ARTICLE, "/1.html", "/yw/index.html", RedirectedError),
        (ARTICLE, "/a/index.html", "/b/index.html", None),
        (LIST, "/index.html", "/index.html?a=1", None),
        (LIST, "/yw/list.html", "/index.html", RedirectedError),
        (LIST, "/yw/list.html", "/gg/list.html", MovedError),
    ],
)
def test_where_a_redirect_has_led(
    kind: RequestKind, asked: str, arrived: str, error: type[Exception] | None
) -> None:
    spider = spider_class(SOURCE)()
    assert isinstance(spider, SourceSpider)
    url = f"http://f.example{asked}"
    ask = Ask(url=url, kind=kind, walk="", read=lambda *_: ())
    request = Request(f"http://f.example{arrived}", meta={"redirect_urls": [url]})
    response = HtmlResponse(request.url, body=b"", request=request)
    if error is None:
        spider.check_arrival(response, ask)
        return
    with pytest.raises(error):
        spider.check_arrival(response, ask)

"""Where a redirect has led: to the page that was asked for, or to another one."""

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse

from crawler.errors import MovedError, RedirectedError, WrongContentError
from crawler.families.base import Ask
from crawler.sources.declaration import Source
from crawler.spiders.arrival import Alike, see_arrival
from storage.records import Link, RequestKind
from tests.storage.samples import article

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
        (LIST, "/list.php?cid=5&page=2", "/list.php?page=2&cid=5&v=1", None),
        (LIST, "/list.php?cid=5", "/list.php?cid=1", MovedError),
        (ARTICLE, "/show.php?id=5", "/show.php?id=1", None),
        (LIST, "/yw/list.html", "/index.html", RedirectedError),
        (LIST, "/yw/list.html", "/gg/list.html", MovedError),
    ],
)
def test_where_a_redirect_has_led(
    kind: RequestKind, asked: str, arrived: str, error: type[Exception] | None
) -> None:
    url = f"http://f.example{asked}"
    ask = Ask(url=url, kind=kind, walk="", read=lambda *_: ())
    request = Request(f"http://f.example{arrived}", meta={"redirect_urls": [url]})
    response = HtmlResponse(request.url, body=b"", request=request)
    if error is None:
        see_arrival(response, ask, SOURCE)
        return
    with pytest.raises(error):
        see_arrival(response, ask, SOURCE)


def test_one_page_that_is_answered_for_all_is_none_of_them() -> None:
    def ask(number: int, title: str) -> Ask:
        link = Link(url=f"http://f.example/{number}.html", title=title)
        return Ask(url=link.url, kind=ARTICLE, walk="", read=lambda *_: (), link=link)

    alike, one = Alike(), article(1)
    for number, title in enumerate(["协商", "协商", "监督"]):  # a story on two lists
        alike.see(one, ask(number, title))
    alike.see(article(2), ask(3, "提案"))
    with pytest.raises(WrongContentError):
        alike.see(one, ask(4, "提案"))

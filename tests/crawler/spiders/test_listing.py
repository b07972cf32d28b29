"""A list's end is proved by that list, in whatever order the lists of a source are answered."""

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse

from crawler.extensions.run import expectation_of
from crawler.families.base import Ask
from crawler.runs.account import verdict_of
from crawler.spiders.base import SourceSpider
from storage.records import RequestKind, VerdictKind
from tests.crawler.conftest import HOST

# The second list shows what stands on the last page of the first one.
A = {1: [9, 8, 7], 2: [6, 5]}
B = {1: [6, 5, 4]}


def page(name: str, number: int, shown: dict[int, list[int]]) -> HtmlResponse:
    rows = "".join(
        f'<li><a href="/2021/{article}.html">政协第{article}次协商会议在昆明召开</a>'
        f"<span>2021-01-2{article}</span></li>"
        for article in shown[number]
    )
    pager = f'createPageHTML({len(shown)}, {number - 1}, "index", "html");'
    tail = "" if number == 1 else f"_{number - 1}"
    return HtmlResponse(
        f"{HOST}/{name}/index{tail}.html",
        body=f"<html><body><ul>{rows}</ul><script>{pager}</script></body></html>".encode(),
    )


@pytest.mark.parametrize("order", ["a1 a2 b1", "a1 b1 a2", "b1 a1 a2"])
def test_lists_that_share_articles_are_proved_each_by_itself(
    spider: SourceSpider, order: str
) -> None:
    answers = {"a1": page("a", 1, A), "a2": page("a", 2, A), "b1": page("b", 1, B)}
    asked = {request.url: request for request in spider.entries()}
    articles: list[Request] = []
    for word in [*order.split(), "a1"]:  # the first page of two is read again at the end
        request = asked[answers[word].url]
        for output in spider.answered(answers[word], request.cb_kwargs["ask"]):
            assert isinstance(output, Request)
            asked[output.url] = output
            if output.cb_kwargs["ask"].kind is RequestKind.ARTICLE:
                articles.append(output)
    assert sorted(request.url for request in articles) == [
        f"{HOST}/2021/{number}.html" for number in range(4, 10)
    ]
    walks = spider.account.walks
    assert {name: walk.broken for name, walk in walks.items()} == dict.fromkeys(walks)
    assert sum(walk.links for walk in walks.values()) == 6
    assert len(walks[f"{HOST}/b/index.html"].shown) == 3
    for request in articles:  # the articles themselves are another matter
        ask: Ask = request.cb_kwargs["ask"]
        spider.account.accepted[ask.kind] += 1
    verdict = verdict_of(spider.account, expectation_of(spider.source))
    assert verdict.kind is VerdictKind.COMPLETE


def test_a_page_that_repeats_earlier_ones_of_its_list_breaks_it(spider: SourceSpider) -> None:
    first, second = spider.entries()
    outputs = spider.answered(page("a", 1, A), first.cb_kwargs["ask"])
    following = next(
        output
        for output in outputs
        if isinstance(output, Request) and output.cb_kwargs["ask"].kind is RequestKind.LISTING
    )
    again = page("a", 2, {**A, 2: A[1]})
    assert spider.answered(again, following.cb_kwargs["ask"]) == []
    walk = spider.account.walks[f"{HOST}/a/index.html"]
    assert walk.broken == "page 2 shows only articles of earlier pages"
    assert second.url == f"{HOST}/b/index.html"

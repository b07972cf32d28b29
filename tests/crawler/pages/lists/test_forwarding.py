"""A stub that leads on is not the page that was asked for."""

import pytest

from crawler.pages.lists.forwarding import forwarded_to

HERE = "http://www.list.example/news/index.html"
LINKS = '<body><ul><li><a href="/a/1.html">省政协召开主席会议</a></li></ul></body>'


@pytest.mark.parametrize(
    ("head", "to"),
    [
        (
            '<meta http-equiv="refresh" content="0;url=/new/list.html">',
            "http://www.list.example/new/list.html",
        ),
        (
            "<META CONTENT='3; URL=\"http://zx.list.example/\"' HTTP-EQUIV=Refresh>",
            "http://zx.list.example/",
        ),
        ('<meta http-equiv="refresh" content="0, list_2.html">', HERE[:-10] + "list_2.html"),
        ('<meta http-equiv="refresh" content="300">', None),
        ('<meta http-equiv="refresh" content="0;url=index.html#top">', None),
        ('<meta http-equiv="refresh" content="600;url=/">', None),
        ('<noscript><meta http-equiv="refresh" content="0;url=/plain/"></noscript>', None),
        ('<!--[if IE 6]><meta http-equiv="refresh" content="0;url=/old/"><![endif]-->', None),
        ('<meta http-equiv="refresh" content="0;url=http://[x/">', None),
        ('<meta http-equiv="X-UA-Compatible" content="IE=edge;url=/a"><!-- refresh -->', None),
    ],
)
def test_a_page_that_sends_its_reader_on_says_where(head: str, to: str | None) -> None:
    body = f"<html><head><title>时政要闻</title>{head}</head>{LINKS}</html>".encode()
    assert forwarded_to(body, HERE) == to

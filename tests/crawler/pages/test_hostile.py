"""Pages built to be slow: their cost grows with their size and no faster."""

import time
from contextlib import suppress

import pytest

from crawler.errors import PageError
from crawler.pages import read_article
from crawler.pages.layout.tree import MAX_LINES

SENTENCE = "<p>委员们在村头、在车间、在学校里听取意见，有关部门当场作了答复。</p>"
PAGES = {
    "nested divs": "<div>" * 10_000 + SENTENCE * 20,
    "nested tables": "<table><tr><td>" * 3_000 + SENTENCE * 20,
    "a table of many rows": f"{SENTENCE * 9}<table>" + "<tr><td>甲<td>1<td>2</tr>" * 8_000,
    "tens of thousands of lines": SENTENCE * 40_000,
    "links only": "<li><a href=x>一条新闻的标题在这里</a></li>" * 30_000,
    "one endless line": "委员们听取意见，" * 200_000,
    "brackets": "<p>" + "（记者 " * 20_000 + "</p>" + SENTENCE * 9,
    "pager that never ends": SENTENCE * 9 + "<p>" + "1 > " * 20_000 + "</p>",
    "styles": "<style>" + ".a{display:none}" * 3_000 + "</style>" + SENTENCE * 9,
    "strings of a script": "<script>"
    + f'content="{"听取意见，汇报。" * 12}";' * 3_300
    + "</script>",
    "pictures": SENTENCE + "<img src=x>" * 30_000 + SENTENCE * 9,
}


@pytest.mark.parametrize("name", PAGES)
def test_reading_ends_soon(name: str) -> None:
    page = f"<html><head><title>听取意见_青石网</title></head><body>{PAGES[name]}".encode()
    began = time.process_time()
    with suppress(PageError):
        article = read_article(page, url="http://www.example/1.html")
        assert article.text.count("\n") <= MAX_LINES
    # Not a measurement: the bound is what the crawl must never exceed, twenty times the usual.
    assert time.process_time() - began < 5

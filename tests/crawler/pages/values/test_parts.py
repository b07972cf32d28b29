"""Articles on several pages."""

from dataclasses import replace

import pytest

from crawler.pages import join_pages, read_article
from storage.records import Article, Image

BODY = "".join(
    f"<p>第{number}条意见来自河湾镇，委员们在座谈会上作了记录，有关部门当场答复。</p>"
    for number in range(1, 5)
)


@pytest.mark.parametrize(
    ("url", "pager", "wanted"),
    [
        ("/a/content_77.htm", "<a href='content_77_2.htm'>下一页</a>", "/a/content_77_2.htm"),
        ("/a/content_77_2.htm", "<a href='content_77_3.htm'>[下一页]</a>", "/a/content_77_3.htm"),
        ("/a/77.shtml", "<a href='77_2.shtml'><span>下一页</span></a>", "/a/77_2.shtml"),
        ("/a.php?id=7", "<a href='?id=7&amp;page=2'>下一页</a>", "/a.php?id=7&page=2"),
        ("/a/77.html", "<a href='77_all.html'>余下全文</a>", None),
        ("/a/content_771.htm", "<a href='content_772.htm'>下一页</a>", None),
        ("/a/content_77.htm", "<a href='node_2.htm'>下一页</a>", None),
        ("/a/content_77.htm", "<a href='javascript:void(0)'>下一页</a>", None),
        ("/a/content_77.htm", "<a href='http://other.example/a/content_77_2.htm'>下一页</a>", None),
        ("/a/content_77.htm", "<a href='content_76.htm'>上一页</a> 下一页", None),
        ("/a/t1.html", "<script>createPageHTML(3,0,'t1','html');</script>", "/a/t1_1.html"),
        ("/a/t1_2.html", "<script>createPageHTML(3,2,'t1','html');</script>", None),
        ("/a/t1.html", "<script>createPageHTML(1,0,'t1','html');</script>", None),
    ],
)
def test_next_page(url: str, pager: str, wanted: str | None) -> None:
    page = f"<html><body><h1>四条意见</h1><div>{BODY}</div><div>{pager}</div></body></html>"
    article = read_article(page.encode(), url=f"http://news.example{url}")
    assert article.next_page == (f"http://news.example{wanted}" if wanted else None)


def part(number: int, text: str, **values: object) -> Article:
    url = f"http://news.example/a_{number}.htm"
    return replace(Article(url=url, title="四条意见", text=text), **values)  # type: ignore[arg-type]  # a test's shorthand


def test_parts_are_joined_in_order_and_repeats_dropped() -> None:
    one, two = Image(url="http://x/1.jpg"), Image(url="http://x/2.jpg")
    first = part(1, "编者按\n第一条。\n第二条。", images=(one,), next_page="http://x/2", score=0.9)
    second = part(2, "编者按\n第三条。", images=(one, two), next_page="http://x/3", score=0.7)
    third = part(3, "编者按\n第四条。\n编者按", editor="马晓岚")
    joined = join_pages(first, [second, third])
    assert joined.text == "编者按\n第一条。\n第二条。\n第三条。\n第四条。"
    assert joined.images == (one, two)
    assert joined.editor == "马晓岚"
    assert joined.next_page is None
    assert joined.score == 0.7
    assert joined.url == first.url


def test_one_page_joins_to_itself() -> None:
    only = part(1, "第一条。", next_page="http://x/2")
    assert join_pages(only, []) == only

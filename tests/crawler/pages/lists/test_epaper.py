"""The pages of dated issues: every engine of e-papers, and the index of a month's issues."""

from datetime import date
from urllib.parse import urljoin

import pytest

from crawler.errors import PageError
from crawler.pages.lists.epaper import read_period
from crawler.pages.lists.links import read_listing

ENGINES = [
    # this page, another page of the issue, an article: the shapes of epaper_templates_2023.tsv
    ("/html/2023-02/15/node_1.htm?v=1", "node_2.htm?v=1", "content_4210_90210.htm?v=1"),
    ("/html/2023-02/15/node.htm", "node_2.htm", "content_4210.htm"),
    (
        "/xb/html/2023-02/15/nbs.D110000xb_A1.htm",
        "nbs.D110000xb_A2.htm",
        "nw.D110000xb_20230215_1-A1.htm",
    ),
    (
        "/pc/layout/202302/15/node_01B.html",
        "node_02B.html",
        "../../../con/202302/15/content_421.html",
    ),
    ("/pc/layout/202302/15/lWBA01.html", "lWBA02.html", "../../../content/202302/15/c4210.html"),
    ("/pc/col/202302/15/col_01.html", "col_02.html", "../../../con/202302/15/c4210.html"),
    (
        "/PC/layout/202302/15/node_A01.html",
        "node_A02.html",
        "../../../content/202302/15/content_421.html",
    ),
    (
        "/pc/column/202302/15/colA1.html",
        "colA2.html",
        "../../../content/202302/15/content_4210.html",
    ),
    ("/html/202302/15/n_01.html", "n_02.html", "c_4210.html"),
    ("/Html/szbz/20230215/szbzA1.Html", "szbzA2.Html", "szbz4210.Html"),
    (
        "/2023/20230215/20230215_001/20230215_001.html",
        "../20230215_002/20230215_002.html",
        "20230215_001_4.htm",
    ),
    ("/shtml/rb/20230215/v01.shtml", "v02.shtml", "119905.shtml"),
    ("/zxb/20230215/html/index.htm", "page_02.htm", "content_20230215001.htm"),
    ("/content/20230215/Page01NU.htm", "Page02NU.htm", "Articel01003MT.htm"),
    ("/zxb/2023-02/15/01/index.html", "../02/index.html", "content_4210.html"),
    ("/xjrb/20230215/1.html", "2.html", "33012.html"),
    ("/html/wb/2023-02-15/1.html", "2.html", "A01/123.htm"),
    ("/papers/20230215/front.html", "second.html", "4210.html"),
]


@pytest.mark.parametrize(("page", "other", "article"), ENGINES, ids=[e[0] for e in ENGINES])
def test_an_issue_page_of_every_engine(page: str, other: str, article: str) -> None:
    url = f"http://szb.example.cn{page}"
    body = (
        f"<html><body><a href='{url}'>第01版：要闻</a><a href='{other}'>第02版：综合</a>"
        f"<ul><li><a href='{article}'>南岭政协开展城乡供水专题调研</a></li>"
        "<li><a href='/rb/2023-02/15/01.pdf'>下载本版PDF</a></li></ul></body></html>"
    )
    listing = read_listing(body.encode(), url=url)
    assert [link.address for link in listing.links] == [urljoin(url, article)]
    assert listing.issue_pages == (urljoin(url, other),)


def test_read_period() -> None:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><period_list>'
        "<period id='2'><period_date>2024-10-14</period_date><front_page>node_1.html</front_page>"
        "</period><period id='1'><period_date>20241008</period_date></period>"
        "<period id='3'><period_date><![CDATA[2024-10-14]]></period_date></period></period_list>"
    )
    assert read_period(body.encode()) == (date(2024, 10, 8), date(2024, 10, 14))


def test_a_month_without_issues_is_an_answer() -> None:
    assert read_period(b"<?xml version='1.0'?><period_list></period_list>") == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"%PDF-1.4",
        "<html><body>您访问的页面不存在</body></html>".encode(),
        b"<html><body>hello</body></html>",
        b"<period><period_date>2024-13-01</period_date></period>",
    ],
)
def test_what_is_no_index_of_issues_is_refused(body: bytes) -> None:
    with pytest.raises(PageError):
        read_period(body)

"""Real list pages, of which only counts and shapes are kept: the pages are their publishers'."""

import re
from pathlib import Path

import pytest

from crawler.pages.lists.links import read_listing
from tests.crawler.pages.lists.listings import NOW

REAL = Path(__file__).parents[5] / "shared" / "real"

# Runs where ../shared/real lies beside the checkout: real pages are never in the project.
HAS_REAL = pytest.mark.skipif(not REAL.is_dir(), reason="../shared/real is absent on this machine")
# Labelled by eye; counts and shapes only, for the pages are their publishers'.
REAL_LISTS = [
    # file, URL it is read under, links, dated links, pattern of each URL, next page
    (
        "x__dnr.gxzf.gov.cn_list",
        "https://dnr.gxzf.gov.cn/a/b/c/index.shtml",
        (12, 12, r"/a/b/c/t\d{8}\.shtml$"),
        "https://dnr.gxzf.gov.cn/a/b/c/index_1.shtml",
    ),
    (
        "x__dnr.yn.gov.cn_list",
        "http://dnr.yn.gov.cn/html/a/b/",
        (10, 10, r"/html/2026/[a-z]+_\d{4}/\d{7}\.html$"),
        None,
    ),
    (
        "x__epaper.jxnews_node_187",
        "http://epaper.jxnews.com.cn/jxrb/html/2017-10/09/node_187.htm",
        (5, 0, r"/2017-10/09/content_\d{6}\.htm$"),
        None,
    ),
    (
        "gerapy_list__list_dfa66_announcement",
        "https://www.dfa66.com/dfaets/a/index.html",
        (10, 10, r"/contents/20\d\d/\d+/\d+-[0-9a-f]{32}\.html$"),
        "https://www.dfa66.com/dfaets/a/index2.html",
    ),
    (
        "gerapy_list__list_hrfund_announcement",
        "https://www.hr-fund.com.cn/a/information_2.html",
        (10, 10, r"\.pdf$"),
        "https://www.hr-fund.com.cn/a/information_3.html",
    ),
    (
        "gerapy_list__list_hsqhfunds_announcement",
        "https://www.hsqhfunds.com/a/",
        (20, 20, r"\.pdf$"),
        None,
    ),
    (
        "gerapy_list__list_rtfund_xxpl",
        "http://www.rtfund.com/main/a/index.shtml",
        (15, 15, r"/main/a/\d{8}/\d+\.shtml$"),
        None,
    ),
    (
        "gerapy_list__list_netease_rolling_news",
        "https://news.163.com/rollnews/",
        (40, 40, r"163\.com/(?:\d\d/\d{4}/\d\d/\w{16}|.*article/\w{16}|photoview/.*)\.html$"),
        None,
    ),
]


@HAS_REAL
@pytest.mark.parametrize(
    ("name", "url", "expected", "next_page"), REAL_LISTS, ids=[case[0] for case in REAL_LISTS]
)
def test_real_lists(
    name: str, url: str, expected: tuple[int, int, str], next_page: str | None
) -> None:
    listing = read_listing((REAL / "pages" / f"{name}.html").read_bytes(), url=url, now=NOW)
    count, dated, pattern = expected
    assert len(listing.links) == count
    assert sum(link.published_on is not None for link in listing.links) == dated
    assert [link.address for link in listing.links if not re.search(pattern, link.address)] == []
    assert listing.next_page == next_page
    assert all(len(link.title) >= 5 for link in listing.links)


@HAS_REAL
@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("gne_list__list_page_163_1", 120),
        ("gne_list__list_page_163_2", 120),
        ("gerapy_list__list_netease_international_news", 150),
        ("gerapy_list__list_netease_leaderboard_news", 200),
        ("ogs__sohu", 200),
    ],
)
def test_real_front_pages_give_article_links_only(name: str, least: int) -> None:
    listing = read_listing(
        (REAL / "pages" / f"{name}.html").read_bytes(), url="https://www.example.com/x/", now=NOW
    )
    article = re.compile(r"/\w{16}(?:_\w+)?\.html|/a/\d+_\d+|photoview|/article/|/\d{5,}|special/")
    odd = [link.address for link in listing.links if not article.search(link.address)]
    assert len(listing.links) >= least
    assert len(odd) <= 0.06 * len(listing.links), odd

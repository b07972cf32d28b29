"""Patterns of article addresses: wide enough for the next page, too narrow for a column."""

import re

import pytest

from crawler.sources.inference.shapes import hosts_of, pattern_of

ROOT = "http://www.site.example"
KINDS = [
    # two articles of a list, one of a later page, an address that is none, the pattern
    (
        ("/system/2021/01/24/031250716.shtml", "/system/2021/01/23/031250001.shtml"),
        "/system/2020/12/31/031240000.shtml",
        "/sz/index_2.shtml",
        r"/\d{4}/\d{2}/\d{2}/\d+\.shtml",
    ),
    (
        ("/staticpages/20210124/newgx600cd1a7-20089301.shtml",
         "/staticpages/20210123/newgx60045136-20081122.shtml"),
        "/staticpages/20210122/newgxffffffff-20081123.shtml",
        "/staticmores/152/33152-2.shtml",
        r"/\d{8}/newgx[0-9a-f]+-[0-9a-f]+\.shtml",
    ),
    (
        ("/index.php?a=show&catid=14&id=31", "/index.php?a=show&catid=14&id=302"),
        "/index.php?a=show&catid=9&id=4",
        "/index.php?a=lists&catid=14&page=2",
        r"/[^/]+\.php\?a=show&catid=\d+&id=\d+",
    ),
    (
        ("/zxyw/content_31", "/zxyw/content_32"), "/tzgg/content_9", "/zxyw/list-2",
        r"/content_\d+",
    ),
    (
        ("/2021/01/24/meeting/", "/2021/01/23/field-study/"), "/2020/12/31/visit/",
        "/category/news/page/2/", r"/\d{4}/\d{2}/\d{2}/[^/]+/$",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "later", "other", "wanted"), KINDS, ids=[kind[3] for kind in KINDS]
)
def test_a_pattern_fits_what_comes_later_and_no_list(
    shown: tuple[str, str], later: str, other: str, wanted: str
) -> None:
    pattern = pattern_of([ROOT + one for one in shown], (), [ROOT + other])
    assert pattern == wanted
    assert re.search(pattern, ROOT + later)
    assert not re.search(pattern, ROOT + other)


def test_a_word_of_the_path_stays_where_other_columns_have_it_too() -> None:
    shown = [f"{ROOT}/system/2021/01/24/03{n}.shtml" for n in range(3)]
    elsewhere = [f"{ROOT}/system/2021/01/2{n}/04{n}.shtml" for n in range(6)]
    assert pattern_of(shown, elsewhere) == r"/system/\d{4}/\d{2}/\d{2}/\d+\.shtml"


def test_many_shapes_are_no_pattern() -> None:
    shown = [f"{ROOT}/{name}/{name}_1.html" for name in ("a", "b", "c", "d")]
    assert pattern_of(shown) is None
    assert pattern_of([f"{ROOT}/list_1.html"], (), [f"{ROOT}/list_2.html"]) is None


def test_hosts_are_no_wider_than_the_articles() -> None:
    urls = ["http://www.site.cn/a", "http://news.site.cn/b", "http://other.cn/c"]
    assert hosts_of(urls[1:], urls[1]) == ("news.site.cn",)
    assert hosts_of(urls, urls[0]) == ("site.cn",)

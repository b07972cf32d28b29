"""Addresses of issues, names of sites: what one address or title says."""

from datetime import date

import pytest

from crawler.sources.inference import naming, papers

BASE = "http://paper.example"


def test_the_first_page_is_no_text_of_the_issue() -> None:
    nodes = [f"{BASE}/html/2021-01/24/node_{n}.htm" for n in (10, 3, 2)]
    assert papers.first_page(nodes[0], nodes[1:]).endswith("node_2.htm")
    text = f"{BASE}/html/2021-01/24/content_1.htm"
    assert papers.first_page(text, nodes).endswith("node_2.htm")


def test_other_names_of_a_first_page() -> None:
    template = BASE + "/html/{YYYY}-{MM}/{DD}/node_1.htm"
    others = list(papers.other_first_pages(template))
    assert others[0].endswith("/node_2.htm")
    assert not list(papers.other_first_pages(BASE + "/{YYYY}/{MM}/{DD}/"))


def test_the_window_says_how_far_and_whether_days_are_skipped() -> None:
    days = [date(2021, 1, day) for day in (20, 21, 23)]
    window = papers.window_of(days, date(2021, 1, 24))
    assert window is not None
    assert (window.lookback_days, window.skips_days, window.silent) == (5, True, 2)
    assert papers.window_of([], date(2021, 1, 24)) is None


def test_issues_by_number_are_told_from_dated_ones() -> None:
    links = [f"{BASE}/doc/detail/2485/{page}" for page in ("A1", "A2")]
    found = papers.numbered_in([*links, f"{BASE}/doc/detail/2484/A1", f"{BASE}/d_9"])
    assert found is not None
    assert (found.page_url, found.newest) == (BASE + "/doc/detail/{issue}/{page}", 2485)
    assert papers.numbered_in([f"{BASE}/20210124/1", f"{BASE}/20210124/2"]) is None


@pytest.mark.parametrize(
    ("listed", "home", "wanted"),
    [
        ("政协要闻_云南省政协", "云南省政协网站首页", "云南省政协"),
        ("时政 - 某新闻网", "某新闻网-某省第一网", "某新闻网"),
        ("政协动态", "", None),
    ],
)
def test_a_site_is_called_as_its_pages_say(listed: str, home: str, wanted: str | None) -> None:
    assert naming.name_of(listed, home) == wanted


def test_a_paper_is_called_as_its_issue_is_headed() -> None:
    assert naming.name_of("某省日报 2021-01-24 第02版：要闻", "", is_paper=True) == "某省日报"


def test_the_region_is_named_or_not_known() -> None:
    assert naming.region_in("云南网", "") == "云南"
    assert naming.region_in("全国政协网", "") == "全国"
    assert naming.region_in("某网", "贵州 贵州 贵州 云南") == "贵州"
    assert naming.region_in("某网", "贵州 云南") is None
    assert naming.kind_of("某省政协报", is_paper=True) == "committee_paper"
    assert naming.id_of("http://www.gxnews.com.cn/a") == "gxnews"

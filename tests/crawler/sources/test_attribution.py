"""Whose review a text is where a declared source prints it: by its words, in its region."""

from datetime import datetime

import pytest

from crawler.reader import read_text
from crawler.sources.declaration import load_sources
from storage.records import SHANGHAI, Article, Level

NOW = datetime(2021, 1, 24, tzinfo=SHANGHAI)
SOURCES = load_sources()
PRINTED = [
    ("btrb", "石河子市政协", (Level.COUNTY, "新疆", "石河子市政协")),
    ("btrb", "第一师阿拉尔市政协", (Level.COUNTY, "新疆", "阿拉尔市政协")),
    ("btrb", "自治区政协", (Level.PROVINCIAL, "新疆", "新疆维吾尔自治区政协")),
    ("xjrb", "伊犁州政协", (Level.PREFECTURE, "新疆", "伊犁哈萨克自治州政协")),
    ("gszx", "临夏州政协", (Level.PREFECTURE, "甘肃", "临夏回族自治州政协")),
    ("yunnan_net", "昆明市政协", (Level.PREFECTURE, "云南", "昆明市政协")),
    ("guangxi_cppcc_news", "合浦县政协", (Level.COUNTY, "广西", "合浦县政协")),
    ("lyb", "杭州市政协", (Level.PREFECTURE, "浙江", "杭州市政协")),
    ("bjzx", "市政协", (Level.PROVINCIAL, "北京", "北京市政协")),
    ("cqzxb", "渝中区政协", (Level.COUNTY, "重庆", "重庆市渝中区政协")),
    ("cppcc", "全国政协", (Level.NATIONAL, "全国", "全国政协")),
    ("rmzxb_epaper", "云南省政协", (Level.PROVINCIAL, "云南", "云南省政协")),
]


@pytest.mark.parametrize(
    ("source_id", "words", "wanted"), PRINTED, ids=[f"{one[0]}-{one[1]}" for one in PRINTED]
)
def test_a_committee_is_attributed(
    source_id: str, words: str, wanted: tuple[Level, str, str]
) -> None:
    article = Article(
        url=f"http://x.example/{source_id}",
        title=f"{words}2020年工作综述",
        text=f"2020年，{words}常委会围绕中心工作，开展协商活动12次，视察调研9次。" * 4,
        published_at=NOW,
        fetched_at=NOW,
    )
    reading = read_text(article, SOURCES[source_id]).reading
    assert reading is not None
    assert reading.committee is not None
    found = reading.committee
    assert (found.level, found.region, found.name) == wanted

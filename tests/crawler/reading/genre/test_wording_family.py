"""The family of titles by its parts: every noun in every frame, and every body that is not ours."""

from datetime import datetime
from itertools import product

import pytest

from crawler.reading import read_publication
from crawler.reading.facts.places import Place, _current
from storage.records import SHANGHAI, Article, Genre, Reading
from tests.crawler.reading.generator import words

DAY = datetime(2024, 1, 10, tzinfo=SHANGHAI)
OURS = [
    "湖北省政协",
    "黔西南州政协",
    "如皋市政协",
    "锡林郭勒盟政协",
    "和平区政协",
    "鄂温克族自治旗政协",
    "自治区政协",
    "市政协",
    "政协渭南市委员会",
    "第七师胡杨河市政协",
]
TEN_NOUNS = words("family_ten_nouns")
TEN_FRAMES = [
    "{who}2023年十大{noun}",
    "{who}2023年度“十大{noun}”揭晓",
    "2023年{who}十大{noun}",
    "重磅!{who}2023年度十大{noun}出炉",
    "盘点2023丨{who}十大{noun}",
    "回眸2023：{who}十大{noun}",
    "{who}发布2023年十大{noun}",
]
REVIEW_NOUNS = words("family_rubrics")
REVIEW_FRAMES = [
    "{motto}——{who}2023年{noun}",
    "{who}2023年{noun}",
    "2023年{who}{noun}",
    "【2023{noun}】{who}：{motto}",
    "{motto} {who}2023年{noun}",
    "{who}：{motto}——2023年{noun}",
    "{motto}（{who}2023年{noun}）",
]
MOTTOS = [
    "以高质量履职服务高质量发展",
    "奋楫扬帆启新程",
    "提案连民心 建言促发展",
    "书香润初心",
    "在协商中听民声 聚民智",
]
BODIES = words("family_other_bodies")
BODY_FRAMES = [
    "{who}2023年十件大事",
    "{who}2023年工作综述",
    "盘点2023丨{who}十大亮点",
    "回眸2023：{who}履职答卷",
    "一图读懂{who}2023",
    "{who}这一年",
]
NEWS_FRAMES = words("family_news")
LIST = "\n".join(
    f"{i}.推进第{i}项重点工作走深走实\n活动有序开展,取得阶段性成效。" for i in range(1, 11)
)


def read(title: str, text: str) -> Reading:
    return read_publication(Article(url="u", title=title, text=text, published_at=DAY))


def misread(titles: list[tuple[str, str]], genre: Genre) -> list[str]:
    """The titles whose publication is read as another genre."""
    return [title for title, text in titles if read(title, text).genre is not genre]


@pytest.mark.parametrize("frame", TEN_FRAMES)
def test_every_noun_names_a_selection(frame: str) -> None:
    titles = [
        (frame.format(who=who, noun=noun), f"2023年,{who}履职尽责,现予公布:\n{LIST}")
        for noun, who in zip(TEN_NOUNS, OURS * len(TEN_NOUNS), strict=False)
    ]
    assert misread(titles, Genre.TEN_EVENTS) == []


@pytest.mark.parametrize("frame", REVIEW_FRAMES)
def test_every_rubric_names_a_review(frame: str) -> None:
    pairs = product(REVIEW_NOUNS, MOTTOS)
    titles = [
        (
            frame.format(who=who, noun=noun, motto=motto),
            f"2023年,{who}坚持团结和民主两大主题。一年来,组织委员深入调研,积极建言。",
        )
        for (noun, motto), who in zip(pairs, OURS * len(REVIEW_NOUNS), strict=False)
    ]
    assert misread(titles, Genre.ANNUAL_REVIEW) == []


@pytest.mark.parametrize("lead", ["稳中求进", "接受政协民主监督,邀请政协委员视察6次,办提案32件"])
def test_no_other_body_is_flagged(lead: str) -> None:
    titles = [frame.format(who=body) for frame, body in product(BODY_FRAMES, BODIES)]
    assert [t for t in titles if read(t, f"2023年,{t[:4]}{lead}。\n{LIST}").flagged] == []


@pytest.mark.parametrize("frame", NEWS_FRAMES)
def test_no_news_is_flagged(frame: str) -> None:
    for who in OURS[:6]:
        text = f"1月9日,有关情况公布。2023年,{who}开展协商12次,提交提案320件。\n{LIST}"
        assert not read(frame.format(who=who), text).flagged


PLACES = list(_current())
PLACE_FRAMES = ["{0}政协2023年工作综述", "政协{0}委员会2023年工作回顾", "2023年{0}政协十件大事"]


@pytest.mark.parametrize("part", range(3))
def test_every_place_has_its_committee(part: int) -> None:
    """A third of all places in each frame; the text says the province."""
    lost: list[Place] = []
    for place in PLACES[part::3]:
        text = f"2023年,{place.region}{place.name}各级政协组织认真履职。一年来,取得新成绩。"
        reading = read(PLACE_FRAMES[part].format(place.name), text)
        owner = reading.committee
        right = owner is not None and (owner.region, owner.level) == (place.region, place.level)
        if not (right and reading.flagged and reading.years == (2023,)):
            lost.append(place)
    assert lost == []

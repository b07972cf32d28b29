"""Whose work a figure counts."""

from pathlib import Path

import pytest

from crawler.reading.facts.figures import figures_of
from crawler.reading.facts.metrics import _KEYS, counts_all
from crawler.reading.facts.scopes import Whose, whose_figures
from crawler.reading.words.folding import fold
from storage.records import FigureScope
from storage.vocabulary import METRIC_NAMES
from tests.crawler.reading.score_whole import score_file

SCOPES = {
    "全年收到提案321件。": "own",
    "在全国政协十四届二次会议上，住滇全国政协委员提交提案82件。": "national_session",
    "住桂委员共提出提案64件，其中5件被列为重点提案。": "national_session national_session",
    "五年提案1317件，比上一届的1104件有所增加。": "own other",
    "同期全省政协系统共举办协商会460场。": "other",
    "据市统计局介绍，全年新增就业5.2万人。": "other",
    "市政府投入资金4.1亿元，改造管网88公里。": "other other",
    "市政协经济委员会开展调研12次。": "part",
    "全年立案提案300件，其中委员提案210件、集体提案90件。": "own part part",
    "提案委员会的同志说，全年办复率99.6%。": "own",
}


@pytest.mark.parametrize("sentence", SCOPES)
def test_a_sentence_says_whose_its_figures_are(sentence: str) -> None:
    found = [figure.scope.value for figure in figures_of(fold(sentence))]
    assert found == SCOPES[sentence].split()


def test_the_national_committee_counts_its_own_session() -> None:
    text = fold("全国政协十四届二次会议期间，共收到提案5898件。")
    national = Whose(national=True)
    assert [f.scope for f in figures_of(text, whose=national)] == [FigureScope.OWN]


@pytest.mark.parametrize(
    ("title", "text", "scope"),
    [
        ("一年走了三百里：记市政协文史和学习委员会", "委员会全年调研20次。", "part"),
        ("从羊圈到会场", "政协委员郭占田，种苹果的。郭占田提交提案6件。郭占田说，值。", "part"),
        ("市政协2024年履职综述", "政协委员郭占田，种苹果的。郭占田说，值。", "own"),
    ],
)
def test_a_text_of_a_part_counts_the_part(title: str, text: str, scope: str) -> None:
    assert whose_figures(title, fold(text).text, other=False, national=False).default.value == scope


def test_another_bodys_text_counts_no_work_of_the_committee() -> None:
    whose = whose_figures("市法院十件大事", "审结案件", other=True, national=False)
    found = figures_of(fold("邀请政协委员旁听庭审62场。"), whose=whose)
    assert [figure.scope for figure in found] == [FigureScope.OTHER]


@pytest.mark.parametrize(
    ("key", "metric", "whole"),
    [
        ("proposals_filed", "立案提案", True),
        ("proposals_submitted", "全年共收到提案", True),
        ("proposals_submitted", "生态保护类提案", False),
        ("consultations", "开展各类协商活动", True),
        ("consultations", "双周协商座谈会", False),
        ("reply_rate", "提案办复率", True),
        (None, "协商活动", False),
    ],
)
def test_the_noun_of_a_metric_is_told_from_its_kinds(
    key: str | None, metric: str, whole: bool
) -> None:
    assert counts_all(key, metric) is whole


def test_every_metric_has_a_name_in_chinese() -> None:
    assert {key for key, *_ in _KEYS} == set(METRIC_NAMES)


@pytest.mark.parametrize(
    ("title", "signs", "scope"),
    [
        ("市政协助力脱贫攻坚五年综述", {"title.one_theme"}, "part"),
        ("省政协社会和法制委员会工作回眸", {"title.part_of_committee"}, "part"),
        ("一位果农的履职答卷", {"title.member"}, "part"),
        ("我们和委员一起走过的2025", {"title.member"}, "own"),
        ("十佳提案花落各家", {"title.award", "title.one_theme"}, "own"),
        ("市政协2025年提案工作综述", {"title.one_theme"}, "own"),
        ("市政协上半年履职扫描", {"title.half_year"}, "own"),
        ("住闽全国政协委员返闽", {"title.member"}, "national_session"),
    ],
)
def test_the_signs_of_genre_say_whose_a_text_is(title: str, signs: set[str], scope: str) -> None:
    whose = whose_figures(title, "全年开展活动三十三次。", other=False, national=False, signs=signs)
    assert whose.default.value == scope


SUBJECTS = {
    "住滇全国政协委员提交提案82件，省政协收到提案612件。": "national_session own",
    "全国两会期间，住滇委员提交提案82件。其中5件被列为重点。": "national_session " * 2,
    "市政协组织住川全国政协委员赴凉山视察，协调帮扶资金41万元。": "own",
    "县里随后安排产业资金800万元。": "other",
    "接待兄弟省市政协来访团组176批。": "own",
    "全省市县政协共开展协商1.2万场。": "other",
    "立案611件，比上年多立案38件。": "own own",
    "委员陈晓岚一年提交提案7件，反映社情民意信息15篇。": "part part",
    "各民主党派省委会提交集体提案134件。": "part",
    "经济委员会走访企业58家；常委会会议开了6次。": "part own",
    "提案委负责人说，办理实效占到55分。": "own",
}


@pytest.mark.parametrize("sentence", SUBJECTS)
def test_whoever_acts_last_is_counted(sentence: str) -> None:
    found = [figure.scope.value for figure in figures_of(fold(sentence))]
    assert found == SUBJECTS[sentence].split()


def test_whole_texts_say_whose_their_figures_are() -> None:
    """84 figures of twelve texts; at first sight 0.81 of their scopes were right."""
    counts = score_file(Path(__file__).with_name("whose_figures.jsonl")).counts
    assert counts["found"] == counts["labels"]
    assert counts["scope"] >= 0.95 * counts["found"]

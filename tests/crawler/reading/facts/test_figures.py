"""Figures: values, units, qualifiers, metrics and their stable keys; and what is none."""

import pytest

from crawler.reading.facts.figures import figures_of
from crawler.reading.facts.metrics import metric_key
from crawler.reading.words.folding import fold

Told = tuple[float, str, str | None]

CASES: list[tuple[str, list[Told]]] = [
    (
        "全年收到提案620件,立案571件,立案率92.1%。",
        [(620, "件", None), (571, "件", None), (92.1, "%", None)],
    ),
    ("办复率比上年提高3.5个百分点。", [(3.5, "个百分点", None)]),
    ("举办培训40余场次,参训委员近两千人次。", [(40, "场次", "余"), (2000, "人次", "近")]),
    ("编发信息1.2万余条,采用超过600篇。", [(12000, "条", "余"), (600, "篇", "超")]),
    ("签约资金380多亿元,捐款56万元。", [(38e9, "元", "多"), (560000, "元", None)]),
    ("约300名委员参加,解决问题5千多个。", [(300, "名", "约"), (5000, "个", "多")]),
    ("走访企业120家左右,收集意见800条以上。", [(120, "家", "左右"), (800, "条", "以上")]),
    ("先后三次赴基层调研,形成报告两篇。", [(3, "次", None), (2, "篇", None)]),
    ("动员两万政协委员参与。", [(20000, "名", None)]),
    ("综合排名居全国第3位。", [(3, "位", "第")]),
    ("联络站由80个增加到126个。", [(80, "个", None), (126, "个", None)]),
    ("主席会议听取汇报7次、调研9次。", [(7, "次", None), (9, "次", None)]),
    ("争取资金3千余万元。", [(3e7, "元", "余")]),
    ("累计1,204人次到场。", [(1204, "人次", None)]),
]
CASES += [("上百名委员参加,动员近万名群众。", [(100, "名", "上"), (10000, "名", "近")])]
NONE = [
    "2024年1月5日至8日,会议在昆明召开。",
    "深入学习贯彻“十四五”规划,落实“1348”框架。",
    "省政协十二届三次会议召开,学习第三卷。",
    "会议应到委员320名,实到298名。",
    "明年计划召开专题协商会5次。",
    "下一步将组织调研12次。",
    "从五个方面总结了工作,坚持两个结合。",
    "推进“10个专项行动”和《20条措施》。",
    "每年开展3—5次活动。",
    "现公布2024年十件履职大事。",
    "走进千家万户,坚持三位一体,实现两位数增长。",
    "多次走访,先后几十次,惠及数百名群众。",
    "80后委员走进12345热线,24小时值守,5A级景区。",
    "三次产业协调,念好三条红线,百家争鸣。",
    "联系电话0871-63990000,邮编650000。",
]
KEYS = [
    ("提交提案", "件", "proposals_submitted"),
    ("立案", "件", "proposals_filed"),
    ("立案率", "%", "filing_rate"),
    ("办复率", "%", "reply_rate"),
    ("专题协商", "次", "consultations"),
    ("组织委员调研", "次", "field_studies"),
    ("报送社情民意信息", "篇", "public_opinion_reports"),
    ("领导批示", "件次", "instructions"),
    ("不予立案", "件", None),
    ("立案率提高", "个百分点", None),
    ("重点提案", "件", "key_proposals"),
    ("调研报告", "篇", "field_study_reports"),
    ("常委会会议", "次", "standing_committee_meetings"),
    ("捐款", "元", None),
    ("提案分别交单位办理", "个", None),
    ("界别轮流坐班", "个", None),
    ("监督小组随机抽取行政村", "个", None),
    ("收到集体提案和委员提案", "件", "proposals_submitted"),
    ("建议被写入规划", "条", None),
    ("建议全部采纳", "条", "suggestions"),
    ("转为意见建议", "件", None),
    ("评选优秀提案", "件", None),
]


def test_the_year_before_is_no_value_of_this_one() -> None:
    before, now = figures_of(fold("提案满意率由上一年的71%升至86%。"))
    assert (before.key, now.key, now.metric) == (None, "satisfaction_rate", "提案满意率")


@pytest.mark.parametrize(
    ("sentence", "whole"),
    [
        ("全年共收到提案195件。", [True]),
        ("围绕商圈扩容、产业升级等,委员提出提案71件。", [False]),
        ("市政协围绕中心工作,全年收到提案195件。", [True]),
        ("全年198件提案中有46件以朝鲜语提交。", [True, False]),
        ("9月,委员提出建议22条。", [False]),
    ],
)
def test_what_is_narrowed_to_a_subject_counts_no_whole(sentence: str, whole: list[bool]) -> None:
    assert [one.whole for one in figures_of(fold(sentence))] == whole


@pytest.mark.parametrize(("sentence", "told"), CASES, ids=[case[0] for case in CASES])
def test_figures(sentence: str, told: list[Told]) -> None:
    assert [(f.value, f.unit, f.qualifier) for f in figures_of(fold(sentence))] == told


@pytest.mark.parametrize("sentence", NONE)
def test_no_figures(sentence: str) -> None:
    assert figures_of(fold(sentence)) == ()


@pytest.mark.parametrize(("metric", "unit", "key"), KEYS, ids=[case[0] for case in KEYS])
def test_keys(metric: str, unit: str, key: str | None) -> None:
    assert metric_key(metric, unit) == key


def test_metrics_are_in_the_words_of_the_text() -> None:
    sentence = "全年提交提案82件,立案72件,组建8个读书小组,集体提案30件、占36.6%。"
    metrics = [figure.metric for figure in figures_of(fold(sentence))]
    assert metrics == ["提交提案", "立案", "读书小组", "集体提案", "集体提案占比"]


@pytest.mark.parametrize(
    ("sentence", "metric"),
    [
        ("对口协商4次。", "对口协商"),
        ("为民办实事35件。", "为民办实事"),
        ("对外友好交往12次。", "对外友好交往"),
        ("有效提案310件。", "有效提案"),
        ("与会委员120名。", "与会委员"),
        ("达成共识21项。", "达成共识"),
        ("约谈承办单位3家。", "约谈承办单位"),
        ("其他提案12件。", "其他提案"),
        ("共提案12件。", "提案"),
        ("对提案12件。", "提案"),
        ("有提案12件。", "提案"),
        ("为政协委员120名。", "政协委员"),
    ],
)
def test_a_word_that_begins_like_a_particle_is_kept_whole(sentence: str, metric: str) -> None:
    assert [figure.metric for figure in figures_of(fold(sentence))] == [metric]


def test_spans_and_sentences() -> None:
    text = "第一段没有数字。\n这一年开展协商12次,提案80余件。"
    figures = figures_of(fold(text))
    assert [text[slice(*figure.span)] for figure in figures] == ["12次", "80余件"]
    assert {figure.sentence for figure in figures} == {"这一年开展协商12次,提案80余件。"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("收到提案 244 件　立案 209 件", [("收到提案", 244, "件"), ("立案", 209, "件")]),
        ("请你来协商\n34 场", [("请你来协商", 34, "场")]),
        (
            "前文\n\n233件\n立案的提案数。其中集体提案58件。",
            [("立案的提案", 233, "件"), ("集体提案", 58, "件")],
        ),
        ("📍29 名青年创客", [("青年创客", 29, "名")]),
        ("走访群众 9400 余人次", [("走访群众", 9400, "人次")]),
        ("1 件件有回音\n亮点8 对俄交流", []),
        ("共 1468 条　1/98 页", []),
        ("界别：26个", [("界别", 26, "个")]),
        (
            "小程序访问量突破120万，粉丝36.2万",
            [("小程序访问量", 1200000, "次"), ("粉丝", 362000, "人")],
        ),
        ("应到委员341名，实到328名，收到提案305件。", [("收到提案", 305, "件")]),
        ("热线24小时开通，录音160小时。", [("录音", 160, "小时")]),
    ],
)
def test_figures_as_posters_print_them(text: str, found: list[tuple[str, float, str]]) -> None:
    read = [(figure.metric, figure.value, figure.unit) for figure in figures_of(fold(text))]
    assert read == found

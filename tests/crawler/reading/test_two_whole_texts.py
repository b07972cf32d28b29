"""What the two seed documents hold, gated by texts of our own: ten events, and a review.

The seeds are pages of papers and stay outside the project; these have their shapes (a number
and a space before each long heading, mottos over paragraphs) and their kinds of figure.
"""

from datetime import datetime

from crawler.reading import read_publication
from storage.records import SHANGHAI, Article, Genre

HEADS = (
    "高位推动,贯彻落实全区政协工作会议部署",
    "接续用力,联名提案成为重点督办件",
    "凝心铸魂,建立委员学习基地",
    "同心抗灾,各界委员捐资出力",
    "“请企入园 委员牵线”,助推园区招商",
    "守正创新,首次安排界别联组发言",
    "服务全局,为规划编制建言",
    "书香润心,委员读书活动走进基层",
    "争创一流,机关建设走在前列",
    "有话好说,荧屏协商贴近群众",
)
BODIES = (
    "2022年5月,自治区政协组织督查组到各地检查贯彻情况,并召开推进会。",
    "全国政协会议期间,住区委员共提交提案64件,立案58件,立案率为90.6%,比上年提高4.1个百分点,"
    "有3件提案入选全国政协重点提案。其中一件由住8省(区、市)委员联名提交。",
    "9月,学习基地在大学揭牌,为理论研究搭建平台。",
    "汛情发生后,向党委、政府报送社情民意信息70多篇。",
    "倡议发出后,企业家委员赴各地联谊招商。",
    "自治区政协十三届一次会议期间首次作出安排,激发界别履职热情。",
    "与12个设区市政协联合调研,意见被规划采纳。",
    "向委员推荐的四本好书送到书屋,推出9期荐书栏目。",
    "现场会上,86家单位参加经验交流。",
    "协商节目每月一期,从演播室走进田间。",
)


def test_ten_events_with_long_headings_and_their_figures() -> None:
    title = "宁夏回族自治区政协2022年十件履职大事"
    lead = "2022年,自治区政协认真履职。现将经委员投票产生的“2022年十件履职大事”予以刊发。"
    items = [
        f"{n} {head}\n{body}" for n, (head, body) in enumerate(zip(HEADS, BODIES, strict=True), 1)
    ]
    text = "\n\n".join((title, title, lead, *items, "编辑:某某\n最新推荐\n新闻\n体育"))
    day = datetime(2023, 1, 12, tzinfo=SHANGHAI)
    reading = read_publication(Article(url="u", title=title, text=text, published_at=day))
    assert (reading.genre, reading.years, reading.issues) == (Genre.TEN_EVENTS, (2022,), ())
    assert [(e.ordinal, e.heading) for e in reading.events] == list(enumerate(HEADS, 1))
    assert reading.committee is not None
    assert reading.committee.region == "宁夏"
    assert [(f.value, f.unit, f.qualifier, f.event) for f in reading.figures] == [
        (64, "件", None, 2),
        (58, "件", None, 2),
        (90.6, "%", None, 2),
        (4.1, "个百分点", None, 2),
        (3, "件", None, 2),
        (8, "省(区、市)", None, 2),
        (70, "篇", "多", 4),
        (12, "个", None, 7),
        (4, "本", None, 8),
        (9, "期", None, 8),
        (86, "家", None, 9),
    ]


def test_a_review_under_mottos_and_its_figures() -> None:
    title = "同心向未来 实干谱新篇——十三届省政协2023年亮点工作综述"
    text = "\n\n".join(
        (
            title,
            "2023年是全面贯彻部署的开局之年。这一年,省政协常委会团结带领广大委员书写履职答卷。",
            "强化思想引领 筑牢共同基础",
            "一年来,省委常委会7次听取省政协工作汇报,领导对履职成果作出批示98次。"
            "党组理论学习中心组学习10次,开展学习研讨28次,组建9个读书群,举办20余场次交流会。",
            "聚焦主责主业 提升建言质量",
            "一年来,开展远程协商等活动18场次,网络议政26次,有312名委员发言1850次,"
            "实现8个年度重点议题全覆盖。",
            "强化自身建设 夯实履职根基",
            "把500多名委员编入专委会。全年开展对口协商5次、界别协商4次、界别活动21次。"
            "全年修订制度36项,新建5项,废止11项。",
        )
    )
    day = datetime(2024, 1, 22, tzinfo=SHANGHAI)
    article = Article(url="u", title=title, text=text, published_at=day, outlet="贵州日报")
    reading = read_publication(article)
    assert (reading.genre, reading.years, reading.term) == (Genre.ANNUAL_REVIEW, (2023,), 13)
    assert reading.committee is not None
    assert reading.committee.region == "贵州"
    assert [(f.value, f.unit, f.qualifier) for f in reading.figures] == [
        (7, "次", None), (98, "次", None), (10, "次", None), (28, "次", None), (9, "个", None),
        (20, "场次", "余"), (18, "场次", None), (26, "次", None), (312, "名", None),
        (1850, "次", None), (8, "个", None), (500, "名", "多"), (5, "次", None), (4, "次", None),
        (21, "次", None), (36, "项", None), (5, "项", None), (11, "项", None),
    ]  # fmt: skip

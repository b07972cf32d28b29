"""What a text does: whom it speaks of, when, of how much of the work, and in which form."""

import re
from collections.abc import Iterator

from crawler.reading.genre import wording as w
from crawler.reading.genre.claims import OPENING
from crawler.reading.genre.signs import Sign, of_meta, of_text, of_words
from crawler.reading.genre.subject import COMMITTEE_SITE, CPPCC, HEAD, Subject, in_season, sums_up

LEAD = 160
BODY = 3000
WHOLE_TEXT = 250
"""From so many characters on a text is taken to be whole, not its first words."""

# The committee's functions: a review tells of most of them, news of one or two.
_FUNCTIONS = (
    ("学习", "思想引领", "思想政治", "主题教育", "政治引领", "宣讲", "党组"),
    ("协商", "议政", "商量", "建言"),
    ("民主监督", "监督", "评议"),
    ("提案",),
    ("社情民意", "信息"),
    ("调研", "视察", "考察"),
    ("界别", "履职考核", "委员履职", "委员工作室", "委员之家", "请假", "述职"),
    ("联谊", "港澳", "台胞", "台商", "民族", "宗教", "侨", "凝聚共识", "友好"),
    ("文史", "史料", "读书", "口述", "书画"),
    ("扶贫", "脱贫", "助学", "捐", "乡村振兴", "民生", "帮扶", "助农", "义诊"),
    ("自身建设", "机关", "作风", "制度", "换届"),
)
# Words that many texts of one kind share; the number says how many of them make a whole sign.
_WORDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    (
        "looks_back",
        2,
        BODY,
        (
            "一年来",
            "过去一年",
            "过去的一年",
            "这一年",
            "全年",
            "年终",
            "岁末",
            "年末",
            "一年间",
            "回望",
            "回首",
            "盘点",
            "年底",
            "一年将尽",
            "回眸",
            "去年",
            "年内",
        ),
    ),
    (
        "five_years",
        2,
        BODY,
        (
            "五年来",
            "五年间",
            "过去五年",
            "这五年",
            "五年前",
            "五年里",
            "五年,",
            "届委员会",
            "换届",
            "本届",
        ),
    ),
    (
        "ahead",
        3,
        BODY,
        (
            "今年要",
            "力争",
            "拟于",
            "争取",
            "责任单位",
            "领办",
            "年底前",
            "研究决定",
            "时限",
            "将重点",
            "着力办",
            "牵头单位",
            "承诺",
            "今年办",
            "年底交账",
            "责任委室",
            "要办",
            "确定了",
            "年终向",
            "上半年完成",
            "打算",
        ),
    ),
    (
        "sitting",
        3,
        800,
        (
            "开幕",
            "闭幕",
            "应到",
            "实到",
            "出席",
            "列席",
            "人民会堂",
            "大会",
            "分组讨论",
            "听取",
            "审议",
            "议程",
            "上午",
            "主持",
            "会场",
        ),
    ),
    ("briefing", 1, 300, ("新闻发布会", "发布会", "吹风会", "通气会", "记者会")),
    (
        "speech",
        2,
        BODY,
        ("各位委员", "请予审议", "请审议", "我受", "我代表", "向大会报告", "以上报告", "委托,向"),
    ),
    (
        "of_report",
        2,
        BODY,
        (
            "工作报告",
            "报告摘要",
            "报告全文",
            "摘登",
            "节选",
            "摘编",
            "报告如下",
            "报告指出",
            "报告提出",
            "向大会报告",
            "报告分",
            "作报告",
        ),
    ),
    (
        "tasks_follow",
        2,
        BODY,
        (
            "工作安排",
            "主要任务",
            "工作任务",
            "工作建议",
            "今后工作",
            "下一步",
            "今年工作",
            "年工作部署",
            "今后五年",
            "工作打算",
            "存在的不足",
            "不足",
            "重点工作",
        ),
    ),
    (
        "proposals",
        3,
        BODY,
        (
            "提案工作",
            "审查立案",
            "并案",
            "承办单位",
            "办复率",
            "提案提出",
            "立案",
            "办结",
            "答复",
            "提案情况",
        ),
    ),
    (
        "ballot",
        3,
        BODY,
        (
            "投票时间",
            "投票方式",
            "每人",
            "候选",
            "截止",
            "刷票",
            "征集",
            "推荐表",
            "自荐",
            "咨询电话",
            "投票通道",
            "邮箱",
            "投票入口",
            "选票",
            "备选",
            "入选者",
            "投票",
            "报名",
        ),
    ),
    (
        "result",
        1,
        900,
        (
            "揭晓",
            "出炉",
            "评出",
            "选出",
            "投票产生",
            "揭榜",
            "择定",
            "挑出",
            "选定",
            "审定",
            "票选产生",
            "最终产生",
            "脱颖而出",
            "如下",
        ),
    ),
    (
        "person",
        3,
        BODY,
        (
            "他说",
            "她说",
            "我的",
            "我说",
            "委员证",
            "当委员",
            "这位",
            "履职手账",
            "他的",
            "她的",
            "我是",
            "先生",
            "我在",
        ),
    ),
    (
        "award",
        2,
        BODY,
        ("表彰", "颁奖", "获奖", "证书", "提案人", "优秀提案", "先进", "十佳", "奖牌", "好提案"),
    ),
    (
        "half_year",
        1,
        400,
        (
            "上半年",
            "一季度",
            "二季度",
            "前三季度",
            "时间过半",
            "年过半",
            "截至六月",
            "截至6月",
            "半程",
        ),
    ),
    (
        "template",
        2,
        BODY,
        (
            "××",
            "xx",
            "XX",
            "范文",
            "模板",
            "积分",
            "文库",
            "小标题",
            "精选",
            "如侵权",
            "会员",
            "下载",
            "小编整理",
            "XXX",
            "篇一",
        ),
    ),
    (
        "theory",
        2,
        BODY,
        (
            "关键词",
            "参考文献",
            "本文",
            "作者系",
            "基金",
            "学界",
            "摘要",
            "作者简介",
            "实证",
            "研究表明",
        ),
    ),
    (
        "book",
        2,
        BODY,
        ("书名", "定价", "出版社", "书评", "第一章", "购书", "推荐理由", "序言", "馆员", "作者:"),
    ),
    ("yearbook", 1, 300, ("年鉴", "【概况】", "〔概况〕", "概况】")),
    (
        "commission",
        2,
        500,
        (
            "委员会主任",
            "专委会主任",
            "提案委",
            "经济委",
            "文史委",
            "社法委",
            "农业和农村委",
            "教科卫体",
            "人口资源",
            "民宗委",
            "本委",
            "我委",
            "港澳台侨",
        ),
    ),
    ("wishes", 1, 500, ("愿望", "心愿", "希望清单", "期待", "祝福", "寄语")),
    (
        "activity",
        2,
        400,
        (
            "今天上午",
            "昨日",
            "昨天",
            "今日",
            "日上午",
            "日下午",
            "日,",
            "日讯",
            "近日",
            "日前",
            "现场",
            "活动",
        ),
    ),
    (
        "party",
        2,
        BODY,
        (
            "盟员",
            "会员",
            "社员",
            "民盟",
            "民进",
            "民建",
            "民革",
            "农工党",
            "致公党",
            "九三学社",
            "主委",
            "我会",
            "支部",
        ),
    ),
    (
        "government",
        2,
        700,
        (
            "市政府",
            "县政府",
            "区政府",
            "省政府",
            "人民政府",
            "人大常委会",
            "人大代表",
            "民生实事",
            "财政投入",
            "总投资",
            "法院",
            "检察",
        ),
    ),
    (
        "own_voice",
        1,
        600,
        (
            "县政协",
            "市政协",
            "省政协",
            "区政协",
            "州政协",
            "旗政协",
            "盟政协",
            "全国政协",
            "政协常委会",
            "市政协",
        ),
    ),
)
_TOTAL = re.compile(
    r"[\d一二三四五六七八九十百千两][\d.一二三四五六七八九十百千零]*[余多]?万?[余多]?"
    r"(?:人次|件次|场次|[件次场篇条项期份个])"
)
_MONTH = re.compile(
    r"(?<![\d一二三四五六七八九十])(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九]|元)月"
)
_OPENING = re.compile(
    r"(?:会议|大会|全会)[^。]{0,20}(?:开幕|闭幕|启幕)|(?:今日|昨日|今天|昨天|\d日)[^。]{0,12}"
    r"(?:上午|下午)?[^。]{0,40}(?:召开|开幕|举行|启幕|闭幕)|开幕(?:会|式)侧记|落下帷幕|闭幕第"
)
_YEAR_OF_WORK = re.compile(
    r"(?:^|[\n。,,—])[^。\n]{0,12}?((?:20|19)\d\d|二[〇零○][〇零○一二三四五六七八九]{2}|这一|过去的?一|一|全|五|去)年"
    r"(?:来|间|里|度)?[^。\n]{0,40}?政协"
)
_PAST_LIST = re.compile(
    r"(?:去年|上年|上一?年度?|20\d\d年?度?)[^。\n]{0,14}[“\"]?(?:十大|十件)[^。\n]{0,10}"
)
_PROPOSAL_ITEM = re.compile(r"《?关于[^\n]{4,40}的?(?:提案|建议|议案)》?")
_SPEECH = re.compile(
    r"各位委员[,:、!]|(?:请予?|予以)审议|现将.{0,30}工作(?:情况)?报告如下|向大会报告|(?:受|"
    r"代表).{0,40}(?:常务委员会|常委会).{0,12}报告.{0,6}工作"
)
_PROPOSAL_SPEECH = re.compile(r"报告[^。\n]{0,24}提案工作(?:的?情况)?|提案工作(?:情况)?的?报告")
_PROPOSALS_OPEN = 500


def text_signs(subject: Subject) -> Iterator[Sign]:
    """What the text shows."""
    text = subject.text.text[: subject.end_of_body]
    head = text[:HEAD]
    if len(text) < WHOLE_TEXT:
        yield Sign("text.short", 1.0, "text")
    for name, full, end, words in _WORDS:
        yield from of_words(f"text.{name}", words, text, end, full)
    yield from _functions(text)
    totals = list(_TOTAL.finditer(text, 0, BODY))
    if totals:
        yield Sign("text.totals", min(1.0, len(totals) / 12), "text", *totals[0].span())
    months = {match.group(1) for match in _MONTH.finditer(text, 0, BODY)}
    if len(months) >= 4:
        yield Sign("text.months", min(1.0, len(months) / 9), "text")
    yield from of_text("text.opening_of_sitting", _OPENING.search(text, 0, 300))
    yield from of_text("text.year_of_work", _YEAR_OF_WORK.search(text, 0, 300))
    yield from of_text("text.sums_up", sums_up(subject))
    yield from of_text("text.past_list", _PAST_LIST.search(text, 0, BODY))
    items = len(_PROPOSAL_ITEM.findall(text[:BODY]))
    if items >= 3:
        yield Sign("text.lists_proposals", min(1.0, items / 6), "text")
    yield from of_text("text.speaks_to_members", _SPEECH.search(head))
    yield from of_text("text.reports_proposals", _PROPOSAL_SPEECH.search(head, 0, _PROPOSALS_OPEN))
    yield from of_text("text.scholarly", w.SCHOLARLY.search(head))
    yield from of_text("text.spam", w.SPAM.search(head))
    yield from _selection(subject, text)
    yield from _owner(subject, text)


def _functions(text: str) -> Iterator[Sign]:
    told = sum(any(word in text for word in words) for words in _FUNCTIONS)
    if told >= 3:
        yield Sign("text.functions", told / len(_FUNCTIONS), "text")


def _selection(subject: Subject, text: str) -> Iterator[Sign]:
    """Whether deeds were chosen, by whom, and whether as many stand there."""
    found, claims, named = subject.parallel, subject.claims, subject.named
    if named is not None:
        if subject.listed == named or found.fits(named):
            yield Sign("text.lists_as_titled", 1.0, "text")
        elif len(text) >= WHOLE_TEXT:
            yield Sign("text.lists_not_as_titled", 1.0, "text")
    fitting = next((c for c in claims if subject.listed == c.number or found.fits(c.number)), None)
    if fitting:
        yield Sign("text.chosen_and_listed", 1.0, "text", fitting.start, fitting.end)
        around = (max(0, fitting.start - 90), fitting.end + 20)
        ours, other = CPPCC.search(text, *around), w.OTHER_BODY.search(text, *around)
        other = other or _OTHER_VOICE.search(text, *around)
        if ours and not other:
            yield from of_text("text.chosen_by_committee", ours)
        elif other and not ours:
            yield from of_text("text.chosen_by_others", other)
    elif claims:
        yield Sign("text.chosen", 1.0, "text", claims[0].start, claims[0].end)
    yield from of_text("text.chosen_works", _CHOSEN_WORKS.search(text, 0, OPENING))
    if found.longest >= 5:
        yield Sign("text.parallel", 1.0, "text")
    if found.headings >= 3:
        yield Sign("text.headings", min(1.0, found.headings / 8), "text")


_OTHER_VOICE = re.compile(r"我[会校院局们部司]|全体员工|师生|社员|盟员|融媒|港府|特区")
_CHOSEN_WORKS = re.compile(
    r"(?:十|[三-九]|\d{1,2})[件个名位篇条大佳][^,。\n\d]{0,8}(?:提案|建议|案例|委员(?!会)|单位|个人|论文|调研报告|信息)"
)


def _owner(subject: Subject, text: str) -> Iterator[Sign]:
    ours = len(CPPCC.findall(text[:HEAD]))
    if ours == 0 and len(text) >= WHOLE_TEXT:
        yield Sign("text.names_no_committee", 1.0, "text")
    others = len(w.SPEAKS_FIRST.findall(text[:HEAD]))
    if others > ours:
        yield from of_text("text.names_others_more", w.SPEAKS_FIRST.search(text))
    yield from of_meta("outlet.committee", COMMITTEE_SITE.search(subject.outlet))
    yield from of_meta("outlet.other_body", w.OTHER_BODY.search(subject.outlet))
    if in_season(subject.published):
        yield Sign("season", 1.0, "meta")

"""What first words say together: whose they are, which year is over, and that it is accounted for.

Of a publication that is condensed to a title and a line, each sign alone is weak: the committee
may stand in one, the year in the other, and the rubric be a figure of speech (请批阅2024年的作业).
So title and line are asked as one statement.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from crawler.reading.facts.period import TERM_ENDS, closed_year, year_number
from crawler.reading.genre import wording as w
from crawler.reading.genre.actors import MEMBERS_YEAR
from crawler.reading.genre.signs import OF_ANOTHER_KIND, Sign
from crawler.reading.genre.subject import COMMITTEE_SITE, WHOLE_TEXT, Subject, in_season

_BODY = re.compile(
    r"政协(?!委员(?!会)|提案|协会|全会|界|报|网|副?主席|常委(?!会)|秘书长|机关|"
    r"第?[一二三四五六七八九十]{1,3}届[一二三四五六七八九十]{1,3}次(?!(?:全体)?会议以来|全会以来))|"
    r"^@[^,。\n]{0,12}政协"
)
_ITS_WORK = re.compile(r"履职|协商|提案|建言|委员|议政|议事|政协|全会|调研|视察")
_YEAR = re.compile(
    r"(?<!\d)(20\d\d|二[〇零○][〇零○一二三四五六七八九]{2})(?!\d)"
    r"(?!年?(?:第|前|以来|[上下]半年|\d{1,2}月|[一二三四五六七八九十]{1,2}月|优秀|新春|春节|元旦|计划))"
)
_PAST = re.compile(
    r"过去的?一年|年头到年尾|一年到头|^[^\n]*(?:[量记过走]一年(?!级|一度|以)|一年[:|])|(?<!\d)(?:1|一)月.*(?:12|十二)月|一年来|这一年|这年|全年|一年间|一年里|年终|岁末|年末|岁尾|走过一年|一年耕耘|一年(?=履职|工作|协商|“?账)|"
    r"(?:串起|凑成|拼成|走完|装下|写满|晒出)[^,。;]{0,4}一年|(?:五十二|52)周|36[56]天|三百六十五|"
    r"会议以来|五年来|这五年|年账|年度(?!计划|目标|任务|优秀|好|工作(?:要点|计划)|协商计划)|"
    r"去年(?:“|”|的?(?:履职|大事|协商|亮点|这些|那些)|[^,。;\n]{0,10}(?:政协|账|答卷|足迹|[件桩]|事))|"
    r"^[^\n]*去年(?![底初末\d])"
)
# A committee's work rounded up, which in the season needs no year: 某市政协履职综述.
_ROUNDED_UP = re.compile(
    r"政协(?:[^,。:|—]{0,8}(?:委员会|以来))?(?:全年|年度|一年)?(?:工作|履职)(?:成效|情况|亮点)?"
    r"(?:综述|纪实|回[眸顾望]|总结|盘点|巡礼|掠影|扫描|述评|答卷|成绩单)"
)
_FIVE_YEARS = re.compile(r"五年(?!规划|计划|行动|前)|五载|任期|首年|届委员会")
# A rubric, or what it may be called: 作业, 画像, 收成, 请查收.
_ACCOUNT = re.compile(
    rf"{w.REVIEW.pattern}|侧记|成绩|概览|纵览|总览|讲述|画像|大数据|作业|本账|收成|回放|重温|印象|足音|年轮|手账|日历|月历|"
    r"(?:一起|这样|一同|并肩)走过|一封信|家底|家书|试卷|考卷|交卷|相册|影集|胶片|拼图|清单|台账|年表|图谱|日记|笔记|札记|大事|要事|亮点|看点|"
    r"请[^,。;]{0,4}(?:查收|批阅|检阅|过目|签收|审阅)|(?:晒|交|亮)出|答[卷案]|步履|足迹|记账|缩影|剪辑|回音|"
    r"瞬间|镜头|定格|片段|成果|成效|丰收|硕果|印迹|留痕|踪迹|故事集|记忆|收获"
)
_ENUMERATES = re.compile(
    rf"(?<![第届\d])(?:{w.MANY}|\d{{1,2}})(?:大(?!会|学|街|道)|{w.PIECE}|[只枚本盏棵首束块味节瞬]|个(?!月|人|多|百|专)){w.OF_DEEDS}[“\"]?[\u4e00-\u9fff]"
)
_SEVERAL = re.compile(r"(?:[^;。\n]{4,40};){2}|(?:[\u4e00-\u9fff“”\d]{2,14}、){3}|①[^②]{2,60}②")
_SEVERAL_DAYS = re.compile(
    r"\d月\d{1,2}日[^月]{3,60}\d月\d{1,2}日|(?:\d{1,2}月[^\d月。]{1,24}?[,;、。]?){2}\d{1,2}月"
)
_TOTAL = re.compile(
    r"[\d一二三四五六七八九十百千两][\d.一二三四五六七八九十百千零]*[余多]?万?[余多]?"
    r"(?:人次|件次|场次|[件次场篇条期项份个])"
)
_LARGE_TOTAL = re.compile(r"\d{2,}[余多]?(?:人次|件次|场次|[件次场篇条期项份])")
_ACTS = (
    r"召开|举行|举办|开展|组织|启动|部署|印发|下发|通报|表彰|慰问|传达|走访|赴|视察|调研|督办|考察|培训|座谈|"
    r"揭牌|签约|来访|回访|走进|探访|督导|检查|调度|参加|出席|主持|审议|讨论|研究|开幕|闭幕|开班|报到|发言|协商会|约谈|捐赠|义诊|宣讲"
)
_TITLE_ACTS = re.compile(
    r"(?:听取|审议|研究|审阅|批复)[^,。:|—]{0,10}政协|政协[^,。:|—]{0,12}(?:汇报|述职)|"
    rf"政协(?!会议以来)[^,。:|—]{{0,8}}?(?:{_ACTS})(?![^,。:|—]{{0,8}}(?:综述|纪实|回眸|回顾|盘点))"
)
_OF_A_DAY = re.compile(
    r"(?:近日|日前|连日来|今天|昨天|今日|昨日|今晨|昨夜|\d日[上下]午|\d{1,2}月\d{1,2}日|夜里|当天|本周|"
    rf"本月|上周)[^。;]{{0,40}}?(?:{_ACTS})"
)
_AHEAD = re.compile(
    r"今年要|明年要|新的一年(?:将|要)|将于|拟于|征集(?![到了]|提案\d)|投票|候选|推荐|报名|上半年|半年|季度|本月|即日起|开栏|征稿|启事|拟收录|答谢|感谢您|积分|年终奖|尚未完成|待办"
)
_SEVERAL_YEARS = 3
_LONG_AGO = 3
"""So many years before the last that is over a year is history: 二十年前的今天."""

_TITLED = frozenset(
    {
        "title.selection",
        "title.rubric",
        "title.rubric_dated",
        "text.calls_itself_review",
        "text.its_deeds",
    }
)
"""What says by itself that this is a review or a selection, whatever day it is told on."""
_SPEAK_AGAINST = OF_ANOTHER_KIND | {
    "title.model_text",
    "title.sitting_opens",
    "title.year_to_come",
    "owner.other",
    "owner.nobody",
    "text.yearbook",
    "text.part_speaks",
    "text.many_committees",
    "text.half_is_over",
    "text.members_act",
    "text.names_committee_in_passing",
    "text.sitting_opens",
    "text.voting_open",
    "text.past_list",
}
_OF_A_YEAR_OVER = frozenset({"title.rubric", "title.year_over"})
_OUTWEIGHED = frozenset(
    {
        "text.sitting_opens",
        "text.many_committees",
        "text.members_act",
        "text.names_committee_in_passing",
        "text.past_list",
    }
)
"""What an item of a list or a line below a rubric may show."""


def years_told(statement: str, published: datetime | None) -> tuple[bool, bool]:
    """Whether the year that is just over is told of, and whether one long ago is."""
    if published is None:
        return bool(_YEAR.search(statement)), False
    last = closed_year(published)
    years = {year_number(match.group(1)) for match in _YEAR.finditer(statement)}
    told = [year for year in years if year is not None]
    if len(told) >= _SEVERAL_YEARS:
        return False, False
    return last in told, bool(told) and max(told) <= last - _LONG_AGO


_OF_MEMBERS = frozenset({"title.member"})
_OF_A_YEAR = frozenset({"text.calls_itself_review", "text.its_deeds"})


def _term_is_over(statement: str, subject: Subject, titled: bool) -> bool:
    """Whether five years are told of when terms end, or under a review's title."""
    day = subject.published
    ends = titled or day is None or day.month >= TERM_ENDS or in_season(day)
    return ends and _FIVE_YEARS.search(statement) is not None


_SO_FAR = re.compile(r"今年以来|截至(?:目前|1[12]月|年底|岁末)")


def _so_far(statement: str, subject: Subject) -> bool:
    """Whether a year is told of that has but days to go."""
    day = subject.published
    return day is not None and day.month == 12 and _SO_FAR.search(statement) is not None


def first_words(signs: Sequence[Sign], subject: Subject) -> Iterator[Sign]:
    """The signs that title and first words make together; none for a whole text."""
    text = subject.text.text[: subject.end_of_body]
    named = {sign.name for sign in signs}
    titled = not _TITLED.isdisjoint(named)
    against = named & _SPEAK_AGAINST
    if "title.names_committee" in named:
        against -= {"text.many_committees"}  # the column that it stands in: 地方政协全会扫描
    if titled:
        against -= _OUTWEIGHED
        if _OF_MEMBERS & named and not _OF_A_YEAR.isdisjoint(named):
            against -= {"title.narrow"}
    if len(text) >= WHOLE_TEXT or against:
        return
    title = w.AS_MEANS.sub("", subject.title.text)
    statement = f"{title}\n{subject.beside}\n{text}"
    body = _BODY.search(statement) or MEMBERS_YEAR.search(text)
    own_site = COMMITTEE_SITE.search(subject.outlet) and (
        _ITS_WORK.search(statement) or (named >= _OF_A_YEAR_OVER and not text)
    )
    if body is None and not own_site:
        return
    several = _SEVERAL_DAYS.search(statement)
    if not titled and (_TITLE_ACTS.search(title) or _AHEAD.search(statement)):
        return
    if not titled and several is None and _OF_A_DAY.search(text):
        return
    over, long_ago = years_told(statement, subject.published)
    if long_ago and not over and not _FIVE_YEARS.search(title):
        return
    if not over:
        season = in_season(subject.published) or subject.published is None
        past = (
            _PAST.search(statement) is not None
            or not _OF_A_YEAR.isdisjoint(named)
            or _so_far(statement, subject)
            or _ROUNDED_UP.search(f"{title}\n{subject.beside}") is not None
            or (_ACCOUNT.search(title) and len(_LARGE_TOTAL.findall(text)) >= _MANY_TOTALS)
        )
        if not (past and (season or titled)) and not _term_is_over(statement, subject, titled):
            return
    yield Sign("first.own_year", 1.0, "title")
    accounts = _ACCOUNT.search(statement)
    enumerates = several or _ENUMERATES.search(statement) or _SEVERAL.search(text)
    totals = len(_TOTAL.findall(text))
    if accounts:
        yield Sign("first.accounts", 1.0, "title")
    if enumerates:
        yield Sign("first.enumerates", 1.0, "title")
    if totals:
        yield Sign("first.adds_up", min(1.0, totals / _MANY_TOTALS), "title")
    if over and years_told(title, subject.published)[0] and _BODY.search(title):
        yield Sign("first.titled_year", 1.0, "title")
    if accounts or enumerates or totals >= (1 if over else _MANY_TOTALS):
        yield Sign("first.year_accounted", 1.0, "title")


_MANY_TOTALS = 2

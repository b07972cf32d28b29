"""Whose work a figure counts: the committee's own, its members' at the national session, ..."""

import re
from dataclasses import dataclass

from storage.records import FigureScope

# A special committee, a sector's group: parts of a committee that count for themselves.
_PART = (
    r"(?:提案|经济|农业(?:和|与)?农村|农业|人口资源环境|人资环|资源环境|教科卫体|教科文卫|教育科技|教科|科技|"
    r"卫生体育|文化文史(?:和|与)?学习|文化文史|文史(?:和|与)?学习|文史资料|文史|学习|社会(?:和|与)?法制|社法|法制|"
    r"民族(?:和|与)?宗教|民宗|港澳台侨(?:和|与)?(?:外事)?|外事|委员工作|委员联络|联络|城乡建设|城建)"
    r"(?:工作)?委(?!员(?!会))(?:员会)?"
)
PART_OF_COMMITTEE = re.compile(
    rf"{_PART}|界别?(?:活动|委员)小?组|(?<![委成])活动组|委员(?:小|联络)组|委员工作室"
)
# The part as the one who acts, at the beginning of its clause.
_PART_ACTS = re.compile(
    rf"(?:^|[,。;:、中]|去年|一年来?|政协)(?:{_PART}|活动组|(?:本|该)?委员会(?!员))[^,。;]{{0,12}}"
)
_RESIDENT = re.compile(r"[住驻在][\u4e00-\u9fff]{1,3}(?:的)?全国政协委员|住[\u4e00-\u9fff]委员")
_NATIONAL = re.compile(r"全国政协[^,。;]{0,12}(?:次会议|大会|全会)|全国两会|进京参会")
_SIBLINGS = re.compile(
    r"(?:全国)?各[地省市区县州盟]+政协|各级政协(?!委员)|(?:全[省市州区国]|[省市])政协系统|"
    r"(?:\d+|[二三四五六七八九十百]+)个?[区县市旗](?:政协)|市县层面|省市县三级政协|兄弟[省市县区]"
)
_BEFORE = re.compile(
    r"(?:(?:比|较|而)(?:上一?[届年]|去年|前一?年)(?:度|末年|同期)?|上一?届(?:末年)?(?:同[期口]径?)?|去年同期|"
    r"同期|换届之初|[一二三四五六]年前)[^,。;]{0,10},?[^,。;]{0,8}$"
)
_GOVERNMENT = re.compile(
    r"据[^,。;政协]{1,12}(?:局|办|部门)[^,。;政协]{0,6}[,:]|"
    r"(?:市|县|省|区|州|国务院)(?:人民)?政府(?:办公[厅室])?(?!采纳|部门|领导|文件|主要|专题|批)[^,。;]{0,10}"
    r"(?:投入|新建|完成|通报|安排)|人大常委会(?!.*政协)|(?:是|为)[^,。;]{2,10}之乡"
)
# What others build or spend when a proposal has been taken up.
_OUTCOME = re.compile(
    r"(?:(?:全[县市区州省旗乡镇]|年内|新装|新建|改造|取缔|接通|修通|达标|种植|减少贫困人口|减贫|缺)"
    r"[^,。;政协委员提案协商]{0,12})$"
)
_CITY_UNITS = frozenset(("部", "座", "处", "亩", "平方米", "平方公里", "万亩", "盏", "人", "户"))
_OURS = re.compile(r"政协|委员")
_MORE = re.compile(r"(?:[多少增减]|增加|减少|上升|提高|下降)了?$")
_QUOTED = re.compile(r"“[^“”\n]*”|《[^《》\n]*》")
# The office of proposals counts the proposals of the whole committee.
_ALL_PROPOSALS = re.compile(r"提案|立案|[办答]复|办结|满意率")
_OF_THEM = re.compile(r"其中[^。;]{0,40}$")
_KINDS_OF_PROPOSALS = re.compile(
    r"(?:委员(?:个人)?|党派|集体|团体|界别|联名|[汉藏维蒙]文)[^,。;]{0,6}提案"
)
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦昌马"
    "苗凤方俞任袁柳鲍史唐费岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅卞齐康伍余元卜顾孟黄穆萧尹姚邵汪祁毛禹狄米贝"
    "明臧成戴宋庞熊纪舒屈项祝董梁杜阮蓝闵席季麻贾路娄江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍虞万柯卢莫房解丁"
    "邓单洪包左石崔吉龚程邢裴陆荣翁甄曲封储靳段侯宁甘祖武符刘景詹龙叶黎白蒲卓蔺乔翟谭姬申冉桑尚温庄晏柴阎"
    "向古易廖终耿满匡文寇关师聂曾游阳佟岳哈覃"
)
_MEMBER = re.compile(
    rf"(?:委员|常委)[、,:“]?(?P<name>[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}?)(?=[的,。、:”说是在从和把一有]|$)"
)
_COMMITTEE_ACTS = re.compile(
    r"(?:[省市县区州旗盟]|自治区|全国)政协(?:常委会|党组)?(?!委员|[^,。;]{0,4}委)[^,。;]{0,10}"
    r"(?:共|组织|收[到了]|征集|接收|开展|举办|召开|编报|报送)"
)
_OFTEN = 3
_OPENING = 240
_PRICE = re.compile(r"每[斤公吨亩瓶袋盒]|定价|售价|单价|收购价|票价")


@dataclass(frozen=True, slots=True)
class Whose:
    """What a whole text says of the figures in it.

    ``default`` holds where a sentence says nothing; ``national`` texts are the national
    committee's own: its session is no other body's.
    """

    default: FigureScope = FigureScope.OWN
    national: bool = False


def whose_figures(
    title: str, text: str, *, other: bool, national: bool, news: bool = True
) -> Whose:
    """Whose the figures of a folded text are where no sentence says otherwise.

    ``other``: the text is another body's.  ``news``: no review, list or report of a whole
    committee, so that a special committee's or a member's own year may be its subject.
    """
    if other:
        return Whose(FigureScope.OTHER, national)
    if not news:
        return Whose(FigureScope.OWN, national)
    opening = text[:_OPENING]
    if PART_OF_COMMITTEE.search(title):
        return Whose(FigureScope.PART, national)
    part = PART_OF_COMMITTEE.search(opening)
    if part and text.count(part.group()) + text.count("委员会主任") >= 2:
        return Whose(FigureScope.PART, national)
    people = {match.group("name") for match in _MEMBER.finditer(title + "\n" + opening)}
    if len(people) == 1 and text.count(people.pop()) >= _OFTEN:
        return Whose(FigureScope.PART, national)
    return Whose(FigureScope.OWN, national)


def scope_of(
    whose: Whose, text: str, sentence: tuple[int, int], start: int, metric: str, unit: str
) -> FigureScope:
    """Whose the figure is that begins at ``start`` of the folded ``text``."""
    if whose.default is FigureScope.OTHER:
        return FigureScope.OTHER
    before = text[sentence[0] : start]
    clause = before[max(before.rfind(mark) for mark in ",;。(") + 1 :]
    if _RESIDENT.search(before) or (not whose.national and _NATIONAL.search(before)):
        return FigureScope.NATIONAL_SESSION
    if (
        (_BEFORE.search(before) and not _MORE.search(before))
        or _SIBLINGS.search(clause)
        or _GOVERNMENT.search(before)
        or _PRICE.search(clause)
        or (
            unit in _CITY_UNITS
            and _OUTCOME.search(clause)
            and not _OURS.search(text, start, sentence[1])
        )
    ):
        return FigureScope.OTHER
    acts = _PART_ACTS.search(_QUOTED.sub("", before))
    if acts and not (acts.group().find("提案委") >= 0 and _ALL_PROPOSALS.search(metric)):
        return FigureScope.PART
    if _OF_THEM.search(before) and _KINDS_OF_PROPOSALS.search(metric):
        return FigureScope.PART
    if whose.default is FigureScope.PART and (
        _COMMITTEE_ACTS.search(before)
        or ("提案委" in text[:_OPENING] and _ALL_PROPOSALS.search(metric))
    ):
        return FigureScope.OWN
    return whose.default

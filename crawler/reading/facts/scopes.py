"""Whose work a figure counts: the committee's own, its members' at the national session, ..."""

import re
from collections.abc import Set
from dataclasses import dataclass

from storage.records import FigureScope

# A special committee, a sector's group: parts of a committee that count for themselves.
_FIELD = (
    r"提案|经济|农业农村|农村|农业|人口资源环境|人资环|资源环境|教科卫体|教科文卫|教育科技|教科|科技|"
    r"卫生体育|文化文史|文史资料|文史|学习|社会|法制|社法|民族|宗教|民宗|港澳台侨|外事|委员工作|委员联络|"
    r"联络|城乡建设|城建"
)
_PART = rf"(?:(?:{_FIELD})[和与]?){{1,3}}(?:工作|专门|专)?委(?!员(?!会))(?:员会)?"
PART_OF_COMMITTEE = re.compile(
    rf"{_PART}|界别?(?:活动|委员)小?组|(?<![委成])活动组|委员(?:小|联络)组|委员工作室"
)
_SPEAKS = (
    r"(?:有关)?(?:负责人|负责同志|主任|副主任|办公室|工作人员|的?同志)[^,。;]{0,8}[说讲称介表透告]"
)
# The part as the one who acts, at the beginning of its clause.
_PART_ACTS = re.compile(
    rf"(?:^|[,。;:、中]|去年|一年来?|政协)(?:{_PART}|活动组|(?:本|该)?委员会(?![员客]))(?!{_SPEAKS})"
    r"[^,。;]{0,12}"
)
# Residents of the national committee who travel at home do the committee's work.
_AT_HOME = re.compile(r"组织[^,。;]{0,6}[住驻在][^,。;]{0,12}(?:视察|调研|考察|走访|赴)")
_OF_SESSION = re.compile(r"提案|大会发言|次会议|全会|两会|大会")
_RESIDENT = re.compile(r"[住驻在][\u4e00-\u9fff]{1,3}(?:的)?全国政协委员|住[\u4e00-\u9fff]委员")
_NATIONAL = re.compile(r"全国政协[^,。;]{0,12}(?:次会议|大会|全会)|全国两会|进京参会")
_SIBLINGS = re.compile(
    r"(?:全国)?各[地省市区县州盟]+政协|各级政协(?!委员)|(?:全[省市州区]|所辖|辖区|基层)[市州盟县区旗]{0,3}(?<!全[省市州区])政协(?!委员|系统)|"
    r"(?:全[省市州区国]|[省市])政协系统|"
    r"(?:\d+|[二三四五六七八九十百]+)个?[区县市旗州]{1,2}政协|市县层面|省市县三级政协|兄弟[省市县区]"
)
_WITH_SIBLINGS = re.compile(r"[^,。;()\n]{0,6}\(含[^()]{0,8}(?:市县|县区|各级)政协")
# Guests are received, partners worked with: the committee acts, though they are named.
_NOT_ACTING = re.compile(r"(?:接待|邀请|会同|联合|与|同|和|向|对|专委会|委员)[^,。;]{0,4}$")
_BEFORE = re.compile(
    r"(?:(?:比|较|而)(?:上一?[届年]|去年|前一?年)(?:度|末年|同期)?|上一?届(?:末年)?(?:同[期口]径?)?|去年同期|"
    r"同期|换届之初|[一二三四五六]年前)[^,。;]{0,10},?[^,。;]{0,8}$"
)
_GOVERNMENT = re.compile(
    r"(?:局|厅|扶贫办|文旅部门|工作报告)(?:统计|通报|介绍|披露|透露|公布|显示|数据)[^;政协委员]{0,40}$|"
    r"据[^,。;政协]{1,12}(?:局|办|部门)[^,。;政协]{0,6}[,:]|"
    r"(?:市|县|省|区|州|国务院)(?:人民)?政府(?:办公[厅室])?(?!采纳|部门|领导|文件|主要|专题|批)[^,。;]{0,10}"
    r"(?:投入|新建|完成|通报|安排)|"
    r"(?:[省市县州镇乡村]里|财政|(?:住建|交通|水利|水务|环保|教育|农业农村|城管|民政)局|[省市县区州]直部门)"
    r"[^,。;政协]{0,10}(?:安排|投入|拨付?|拨出|追加|新增|新建|增设|配建|补助|补贴|改造)|"
    r"(?:随后|后来|会后|事后):?[^,。;政协委员]{0,12}(?:安排|投入|拨付?|兑付|追加|新增|新建|新布|增设|招录|多了)|人大常委会(?!.*政协)|(?:是|为)[^,。;]{2,10}之乡"
)
# What others build or spend when a proposal has been taken up.
_OUTCOME = re.compile(
    r"(?:(?:全[县市区州省旗乡镇]|年内|新装|装成|换掉|换下|追加|新建|改造|取缔|接通|修通|达标|种植|减少贫困人口|减贫|缺)"
    r"[^,。;政协委员提案协商]{0,12})$"
)
_CITY_UNITS = frozenset(
    (
        "部",
        "座",
        "处",
        "亩",
        "平方米",
        "平方公里",
        "万亩",
        "盏",
        "人",
        "户",
        "立方米",
        "台",
        "眼",
        "栋",
        "公里",
    )
)
_OURS = re.compile(r"政协|委员")
_OUR_PLACES = re.compile(r"协商|议事|委员(?:工作室|之家|会客厅|驿站)")
_MORE = re.compile(
    r"(?:[多少增减]|增加|减少|上升|提高|下降)了?$|[比较][^,。;]{2,6}(?:多|少|增加?|减少?|新增)[\u4e00-\u9fff]{1,6}$"
)
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
_DOES = r"(?:提交|提出|反映|撰写|报送|走访|领衔|参加)"
_ONE_MEMBER = re.compile(
    rf"委员[、,:“]?[{_SURNAMES}][\u4e00-\u9fff·]{{1,3}}"
    rf"(?:一人|一年来?|全年|连续|先后|共|累计|五年来?|今年)*{_DOES}"
    rf"(?:[^,。;《]{{0,12}}[,、]{_DOES}?){{0,3}}[^,。;《]{{0,8}}$"
)
_COMMITTEE_ACTS = re.compile(
    r"(?<![全各向给被获经对由到])(?:[省市县区州旗盟]|自治区|全国)政协(?:常委会|党组)?"
    r"(?!委员|系统|[^,。;]{0,4}委)[^,。;]{0,10}"
    r"(?:共|组织|收[到了]|征集|接收|开展|举办|召开|编报|报送|立案|审查|推出|形成)"
)
_OFTEN = 3
_OPENING = 240
_PRICE_OF = re.compile(r"一?[/每]?(?:公斤|斤|亩|瓶|袋|盒)")
_PRICE = re.compile(r"公斤|每[斤公吨亩瓶袋盒]|定价|售价|单价|收购价|票价")


@dataclass(frozen=True, slots=True)
class Whose:
    """What a whole text says of the figures in it.

    ``default`` holds where a sentence says nothing; ``national`` texts are the national
    committee's own: its session is no other body's.  ``theme``: of one theme alone, so that what
    the committee does there is a part of its work too.
    """

    default: FigureScope = FigureScope.OWN
    national: bool = False
    theme: bool = False


# What the signs of genre say of a text that is no review, list or report of a committee.
_OF_A_PART = frozenset(
    {"title.part_of_committee", "title.member", "title.members_selection", "text.part_speaks"}
)
_OF_A_THEME = frozenset({"title.one_theme", "title.one_undertaking", "text.calls_itself_partial"})
_AWARD = "title.award"
_THEME = re.compile(
    r"(?:监督|协商|调研|视察|文史|宣讲|帮扶|扶贫|脱贫攻坚|乡村振兴|党建|读书|联谊|营商环境|环保|保护|界别)"
    r"[\u4e00-\u9fff]{0,2}(?:工作)?(?:纪实|综述|回眸|回顾|侧记|扫描|巡礼|掠影|小记)"
)
_OF_THE_WHOLE = frozenset({"title.meeting", "title.sitting_opens", "text.briefing"})


def whose_figures(
    title: str,
    text: str,
    *,
    other: bool,
    national: bool,
    news: bool = True,
    signs: Set[str] = frozenset(),
) -> Whose:
    """Whose the figures of a folded text are where no sentence says otherwise.

    ``other``: the text is another body's.  ``news``: no review, list or report of a whole
    committee, so that a special committee's, a member's or one theme's year may be its
    subject.  ``signs``: the names of the signs by which its genre was told: what is awarded, or
    told to a meeting or the press, is the whole committee's.
    """
    if other:
        return Whose(FigureScope.OTHER, national)
    if not news:
        return Whose(FigureScope.OWN, national)
    if _RESIDENT.search(title):
        return Whose(FigureScope.NATIONAL_SESSION, national)
    if _of_a_part(title, signs) and not signs & _OF_THE_WHOLE:
        return Whose(FigureScope.PART, national)
    theme = signs & _OF_A_THEME and "提案" not in title and _AWARD not in signs
    if (theme or _THEME.search(title)) and not signs & _OF_THE_WHOLE:
        return Whose(FigureScope.PART, national, theme=True)
    opening = text[:_OPENING]
    if PART_OF_COMMITTEE.search(title):
        return Whose(FigureScope.PART, national)
    if signs & _OF_THE_WHOLE or _AWARD in signs:
        return Whose(FigureScope.OWN, national)
    part = PART_OF_COMMITTEE.search(opening)
    if part and _often(part.group(), text):
        return Whose(FigureScope.PART, national)
    people = {match.group("name") for match in _MEMBER.finditer(title + "\n" + opening)}
    if len(people) == 1 and text.count(people.pop()) >= _OFTEN:
        return Whose(FigureScope.PART, national)
    return Whose(FigureScope.OWN, national)


def _of_a_part(title: str, signs: Set[str]) -> bool:
    """Whether the signs of genre say that a special committee or a member is the subject."""
    shown = signs & _OF_A_PART
    return bool(shown - {_MEMBER_SIGN} or (shown and not _ALL_MEMBERS.search(title)))


_MEMBER_SIGN = "title.member"
_ALL_MEMBERS = re.compile(r"我们|委员们|全体委员|分组|审议|讨论")


def _often(part: str, text: str) -> bool:
    """Whether a text that opens with a part of a committee goes on speaking of it.

    A name is printed whole once and short afterwards: 社会和法制委员会, 社法委.
    """
    if text.count(part) + text.count("委员会主任") + text.count("委里") >= _TWICE:
        return True
    if part.startswith("提案"):
        return False  # it is named wherever proposals are told of
    named = [found.group() for found in PART_OF_COMMITTEE.finditer(text)]
    return len(named) >= _TWICE and all(name[0] == part[0] for name in named)


_TWICE = 2


@dataclass(frozen=True, slots=True)
class Telling:
    """A sentence, [start, end) of a folded text, and which questions of scope it may answer.

    A sentence holds several figures: whether its words can say that they are another's is
    looked up once.
    """

    start: int
    end: int
    national: bool
    before: bool
    siblings: bool
    others: bool
    part: bool


_NATIONAL_WORDS = ("全国", "进京", "委员")
_BEFORE_WORDS = ("上年", "上届", "上一", "去年", "前年", "前一年", "同期", "换届之初", "年前")
_SIBLING_WORDS = ("政协", "层面", "兄弟")
_OTHERS_WORDS = (
    "局", "厅", "扶贫办", "部门", "工作报告", "据", "政府", "里", "财政", "随后", "后来", "会后",
    "事后", "人大常委会", "之乡",
)  # fmt: skip
_PART_WORDS = ("委", "活动组")
_PARTY_WORDS = (
    "党派", "民革", "民盟", "民建", "民进", "农工党", "致公党", "九三学社", "台盟", "工商联",
    "人民团体",
)  # fmt: skip


def telling_of(text: str, start: int, end: int) -> Telling:
    """The sentence at [start, end) of the folded ``text``."""
    words = text[start:end]

    def has(any_of: tuple[str, ...]) -> bool:
        return any(word in words for word in any_of)

    return Telling(
        start,
        end,
        national=has(_NATIONAL_WORDS),
        before=has(_BEFORE_WORDS),
        siblings=has(_SIBLING_WORDS),
        others=has(_OTHERS_WORDS),
        part=has(_PART_WORDS) or has(_PARTY_WORDS),
    )


def scope_of(
    whose: Whose, text: str, sentence: Telling, figure: tuple[int, int], metric: str, unit: str
) -> FigureScope:
    """Whose the figure is that stands at ``figure`` of the folded ``text``."""
    start, end = figure
    if whose.default is FigureScope.OTHER:
        return FigureScope.OTHER
    told = text[sentence.start : start]
    before = text[_last_subject(text, sentence.start, start) : start]
    clause = told[max(told.rfind(","), told.rfind(";"), told.rfind("。"), told.rfind("(")) + 1 :]
    if sentence.national and _at_the_session(whose, before, metric):
        return FigureScope.NATIONAL_SESSION
    if (
        (sentence.before and _BEFORE.search(told) and not _MORE.search(told))
        or (sentence.siblings and _siblings_act(clause) and not _of_the_system(whose, clause))
        or (sentence.others and _GOVERNMENT.search(before))
        or ("含" in text[end : end + _BEHIND] and _WITH_SIBLINGS.match(text, end))
        or (unit == "元" and (_PRICE.search(clause) or _PRICE_OF.match(text, end)))
        or (unit in _CITY_UNITS and _OUTCOME.search(clause) and not _is_ours(text, sentence, start))
    ):
        return FigureScope.OTHER
    if sentence.part and _part_acts(before[before.rfind(";") + 1 :], clause, metric):
        return FigureScope.PART
    if "其中" in before and _OF_THEM.search(before) and _KINDS_OF_PROPOSALS.search(metric):
        return FigureScope.PART
    if whose.default is FigureScope.OWN or whose.theme:
        return whose.default
    acts_itself = _COMMITTEE_ACTS.search(before) or (
        whose.default is FigureScope.PART
        and "提案委" in text[:_OPENING]
        and _ALL_PROPOSALS.search(metric)
    )
    return FigureScope.OWN if acts_itself else whose.default


_BEHIND = 10


def _at_the_session(whose: Whose, before: str, metric: str) -> bool:
    """Whether members who sit in the national committee act, and not on a trip at home."""
    if _RESIDENT.search(before):
        at_home = _AT_HOME.search(before) and not _OF_SESSION.search(before + metric)
        if not at_home:
            return True
    return not whose.national and _NATIONAL.search(before) is not None


def _of_the_system(whose: Whose, clause: str) -> bool:
    """Whether a text of one theme counts what all committees of its region did for it."""
    return whose.theme and "系统" in clause


def goes_on(text: str, sentence: Telling) -> bool:
    """Whether a sentence tells more of what was counted before it: 其中5件获评优秀."""
    return _GOES_ON.match(text, sentence.start, sentence.end) is not None


_GOES_ON = re.compile(
    r"[\s”]*(?:其中|这些|上述|当中|所提|它们|[有被]?\d+[件篇份条](?:被|获|列|入选|得))"
)


def _last_subject(text: str, start: int, end: int) -> int:
    """Where the committee is the last to act in a sentence before ``end``; else its ``start``.

    住滇全国政协委员提交提案82件,省政协立案提案612件: whoever acts last is counted.
    """
    if text.find("政协", start, end) < 0:
        return start  # hardly any sentence names it again
    for found in _COMMITTEE_ACTS.finditer(text, start, end):
        if not found.group().startswith("全国"):
            start = found.start()
    return start


def _part_acts(before: str, clause: str, metric: str) -> bool:
    """Whether a special committee, one member or the parties alone do what is counted."""
    if "会" in metric and _SITTINGS.search(metric):
        return False
    quotes = "“" in before or "《" in before
    acts = _PART_ACTS.search(_QUOTED.sub("", before) if quotes else before)
    if acts and not (acts.group().find("提案委") >= 0 and _ALL_PROPOSALS.search(metric)):
        return True
    if "委员" in before and _ONE_MEMBER.search(before):
        return True
    return _PARTIES.match(clause) is not None and not _OURS.search(clause)


_SITTINGS = re.compile(r"全体会议|常委会会议|主席会议")
_PARTIES = re.compile(
    r"(?:[一二三四五六七八九十\d]{1,3}[、.])?(?:各)?(?:民主党派|民革|民盟|民建|民进|农工党|致公党|九三学社|台盟|工商联|人民团体)[^,。;]{0,16}(?:提交|提出|报送|撰写)"
)


def _siblings_act(clause: str) -> bool:
    """Whether other committees do what is counted: 各级政协开展, but not 接待兄弟省市政协来访."""
    found = _SIBLINGS.search(clause)
    return found is not None and not _NOT_ACTING.search(clause, 0, found.start())


def _is_ours(text: str, sentence: Telling, start: int) -> bool:
    """Whether what was built is the committee's own: its halls, or what its members made."""
    line = text.rfind("\n", 0, start)
    above = text[text.rfind("\n", 0, line) + 1 : line] if line >= 0 else ""
    return bool(
        _OURS.search(text, start, sentence.end)
        or _OUR_PLACES.search(text, sentence.start, start)
        or (len(above) <= _LONGEST_HEADING and _OUR_PLACES.search(above))
    )


_LONGEST_HEADING = 30

"""The numbers of a text that count something, with their unit: by their form alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.reading.words.numerals import chinese_number

MAX_DIGITS = 12

_UNITS = (
    r"省\(区、市\)|县\(市、区\)|市\(州\)|个百分点|百分点|%|[件场篇期]\(次\)|"
    r"[件篇条场期]\([件篇条场期]\)|人次|件次|场次|篇次|"
    r"期次|"
    r"条次|户次|家次|批次|人\(次\)|"
    r"方面(?!军)|平方米|平方公里|公里|公顷|万?元|美元|港元|亩|吨|"
    r"人(?![大民均事才力生文心类社口])|名(?![称录单义优])|位(?!于|置|数|一体)|件(?!套)|篇|条(?!腿|红线|线|例|件|款|约|文)|份(?!额|量)|期(?!间|待|望|货|末|刊)|"
    r"次(?!产业|创业|元|要|序|日|数)|场(?!所|景|馆|地)|个|项(?!目)|家(?!庭|乡|万户|争鸣|灯火|园)|户(?!籍|外|千家)|"
    r"字(?!号|体)|册|本(?![次届着级土身]|市|省|区|县)|部(?![分门署委队])|所|处(?!级|理|长|室)|座(?!谈)|"
    r"批(?!示|准|评)|组(?!织|建|成)|支(?!持|部|撑)|轮|"
    r"类|张(?![家])|幅|封|面(?![对积向上])|枚|例|起(?!到|来|步|草)|宗|门|堂|节|辑|集(?![中团体])|"
    r"立方米|公斤|斤|(?<!24)小时(?![不内前后开值制热在])|种(?![植业子粮养养地田下])|对(?![口接于此外话标照应象策比方手联调岸])|栋(?!梁)|眼(?![科前界睛神])|"
    r"席(?![位卷地间])|通(?![过道报知车水电信用行常讯告航])|块(?![状钱\d多])|"
    r"首|版|套|台(?!湾)|辆|间|盏|趟|遍(?!布|及)|口(?![述径岸子碑号头服罩])|只|头|棵|株|票|倍|项目|道(?![路德])|则|档|课|员(?!工)|讲(?![话座解述台坛])|"
    r"分(?=[,。;、)]|$)"
)
_NUMBER = re.compile(
    r"(?P<num>\d[\d,]*(?:\.\d+)?|(?:一(?=[百千万十])|"
    r"[两二三四五六七八九十百千万])[一二三四五六七八九十百千万亿零]*)"
    rf"(?P<gap>(?<=\d) (?=[万亿]?[余多]?(?:{_UNITS})))?"
    r"(?P<q1>余|多|来|几)?(?P<mult>千亿|百万|千万|十万|[十百千万亿])?(?P<q2>余|多|来)?"
    rf"(?P<unit>{_UNITS})?(?P<q3>左右|以上|上下|以内)?"
)
_MULTIPLIERS = {
    "": 1,
    "十": 10,
    "百": 100,
    "千": 1000,
    "万": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "千亿": 10**11,
}
_QUALIFIER = re.compile(
    r"(约|近|超过|超|逾|突破|将近|接近|大约|不少于|不低于|至少|最多|高达|达到?|"
    r"上)(?:为|了|达到?)?\s*$"
)
_QUALIFIES = frozenset("约近超过逾破于少多达到上为了")
"""What the words of a qualifier end with: hardly any number has one before it."""
_QUALIFIER_AS = {"超过": "超", "将近": "近", "接近": "近", "大约": "约"}
_EXACT = frozenset({"高达", "达", "达到"})
_PEOPLE = re.compile(
    r"(?:政协|各级|优秀|新任|全国|住|驻|港澳)*(?:委员|常委|干部|群众|党员|侨领|港商|师生|职工)"
)
_CHINESE_UNITS = frozenset(
    ("次", "场", "场次", "人次", "件", "件次", "篇", "期", "份", "名", "位", "条", "本", "部")
) | {"册", "家", "户", "人", "批次", "轮", "元", "盏", "趟"}
_BROAD_UNITS = frozenset(
    (
        "个",
        "项",
        "类",
        "组",
        "批",
        "支",
        "处",
        "座",
        "幅",
        "公里",
        "亩",
        "张",
        "只",
        "所",
        "字",
        "棵",
    )
)
# 十件履职大事 names the selection; it counts nothing.
_SELECTION = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}|\d{1,2})[件大个项][^,。\d\s]{0,8}?(?:大事|要事|实事|好事|[暖民]心事)"
)
_SELECTION_WITHIN = 14  # its number, measure, eight characters at most, and its noun
_RANKED = re.compile(r"(?:居|列|排名?|位居|位列|名列)[^,。;]{0,6}第$")
_MONEY = re.compile(
    r"(?:额|资金|投资|总值|产值|收入|引资|贷款|金额|资)(?:共|达|约|近|超|为|逾|计|总计|合计){0,2}$"
)
_FILLED = (
    r"(?:总量|总数|人数|量|数)?(?:共|已?突?破|已|达到?|约|近|超过?|为|逾|有|计|总计|合计|累计)*$"
)
_UNDERSTOOD = (
    ("元", _MONEY),
    ("元", re.compile(rf"[捐善募]款{_FILLED}")),
    ("次", re.compile(rf"(?:访问|阅读|点击|播放|浏览|观看|点赞|转发|传播){_FILLED}")),
    ("人", re.compile(rf"(?:粉丝|用户|受众|人口|人数){_FILLED}")),
)
_NOT_AFTER = re.compile(
    r"^(?:大事|要事|实事好事|年(?!度)|月(?!度)|日(?!常)|届|周年|以上学历|维护|自信|意识|层面|"
    r"维度| *\d+ */ *\d+ ?页)"
)
_RANGE_AFTER = re.compile(r"^\s*(?:[—–~～\-]{1,2}\s*[\d一二三四五六七八九十]|[至到]\s*\d)")
_RANGE_BEFORE = re.compile(
    r"[\d一二三四五六七八九十](?:[件次篇条名人个项%场])?\s*(?:[—–~～\-至])\s*$"
)


@dataclass(frozen=True, slots=True)
class Found:
    """One number with its unit in the folded text."""

    start: int
    end: int
    value: float
    unit: str
    qualifier: str | None


# What a number begins with, sought by itself: in a tenth of the time that the whole pattern takes
# to fail at each character of a text.
_BEGINS = re.compile(r"[\d一两二三四五六七八九十百千万]")


def _written(text: str) -> Iterator[re.Match[str]]:
    """Every number in ``text``, none within another."""
    begins = _BEGINS.search(text)
    while begins is not None:
        match = _NUMBER.match(text, begins.start())
        if match is not None:
            yield match
        begins = _BEGINS.search(text, match.end() if match else begins.end())


def numbers_in(text: str) -> Iterator[Found]:
    """Every number that counts something, by its form alone."""
    quotations = _QUOTED.finditer(text)
    quoted = next(quotations, None)
    for match in _written(text):
        unit = match.group("unit")
        while quoted is not None and quoted.end() <= match.start():
            quoted = next(quotations, None)
        if quoted is not None and quoted.start() <= match.start():
            continue
        begins = match.start()
        if "事" in text[begins : begins + _SELECTION_WITHIN] and _SELECTION.match(text, begins):
            continue
        if match.group("gap") and (unit is None or _of_an_item(text, match)):
            continue
        if unit is None:
            unit = _unit_understood(text, match)
            if unit is None:
                continue
        found = _read(text, match, unit)
        if found is not None:
            yield found


_QUOTED = re.compile(r"“[^“”\n]{1,24}”|《[^《》\n]{1,40}》|‘[^‘’\n]{1,24}’")


def _of_an_item(text: str, match: re.Match[str]) -> bool:
    """Whether a number that a blank parts from its unit heads an item: 3 件件有回音, 亮点8 对俄.

    Posters print 立案 189 件, and 34 场 on a line of its own.
    """
    start, end = match.span()
    line = text[text.rfind("\n", 0, start) + 1 : start].lstrip()
    if line and not "\u4e00" <= line[-1] <= "\u9fff":
        return False
    closed = end == len(text) or text[end] in "\n ,。;、"
    return not closed and len(match.group("num")) < _LONGEST_ITEM


_LONGEST_ITEM = 3


def _unit_understood(text: str, match: re.Match[str]) -> str | None:
    """The unit of a number that prints none: people before their noun, money behind its own."""
    if _people_after(text, match):
        return "名"
    large = match.group("mult") in ("万", "亿", "千万", "百万", "千亿")
    lead = text[max(0, match.start() - 8) : match.start()]
    if not (large and match.group("num")[0].isdigit()):
        return None
    return next((unit for unit, noun in _UNDERSTOOD if noun.search(lead)), None)


def _people_after(text: str, match: re.Match[str]) -> bool:
    """三万政协委员: people counted without a measure word."""
    number = match.group("num")
    large = number[0].isdigit() or any(c in "百千万" for c in number) or match.group("mult")
    return bool(large and _PEOPLE.match(text, match.end()))


def _read(text: str, match: re.Match[str], unit: str) -> Found | None:
    written, mult = match.group("num"), match.group("mult") or ""
    start, end = match.span()
    before = text[max(0, start - 14) : start]
    after = text[end : end + 8]
    if _no_count(written, unit, before, after):
        return None
    value = _value(written)
    if value is None:
        return None
    if unit == "万元":
        value, unit = value * 10**4, "元"
    value *= _MULTIPLIERS[mult]
    if not written[0].isdigit() and not _chinese_counts(written + mult, value, unit):
        return None
    lead = _QUALIFIER.search(before) if before.rstrip()[-1:] in _QUALIFIES else None
    qualifier = match.group("q1") or match.group("q2") or match.group("q3")
    if lead and lead.group(1) == "上" and written[0] not in "百千万":
        lead = None
    if qualifier is None and lead and lead.group(1) not in _EXACT:
        qualifier = _QUALIFIER_AS.get(lead.group(1), lead.group(1))
        start -= len(before) - lead.start()
    if before.endswith("第"):
        if unit not in ("位", "名") or not _RANKED.search(before):
            return None
        qualifier, start = "第", start - 1
    return Found(start, end, value, unit, qualifier)


def _value(written: str) -> float | None:
    if written[0].isdigit():
        digits = written.replace(",", "")
        return round(float(digits), 6) if len(digits) <= MAX_DIGITS else None
    value = chinese_number(written) if len(written) <= MAX_DIGITS else None
    return None if value is None else float(value)


def _no_count(written: str, unit: str, before: str, after: str) -> bool:
    """Ordinals, ranges, sessions, dates and the like."""
    if before.endswith(("几", "数", "千家")) and not written[0].isdigit():
        return True  # 几十次, 数百名, 千家万户: no number is stated
    if before.endswith(" "):
        before = _PARTED.sub("", before)
    if before.endswith("届") and not (_TERM_BEFORE.search(before) and unit != "次"):
        return True
    if before.endswith("第") and unit not in ("位", "名"):
        return True
    if before and (before[-1].isascii() and (before[-1].isalnum() or before[-1] in "./-×")):
        return True
    if unit == "次" and after.startswith(("会议", "全会", "常委", "主席会", "全体会议", "党代会")):
        return not written[0].isdigit() or before.endswith(("届", "第"))
    return bool(
        (after[:1] in _FOLLOWS and _NOT_AFTER.match(after))
        or (after.lstrip()[:1] in _TO and _RANGE_AFTER.match(after))
        or (before.rstrip()[-1:] in _FROM and _RANGE_BEFORE.search(before))
    )


_FOLLOWS = frozenset("大要实年月日届周以维自意层 0123456789")
_TO = frozenset("—–~～-至到")
_FROM = frozenset("—–~～-至")


_PARTED = re.compile(r"(?<=[第届]) $")
_TERM_BEFORE = re.compile(r"[上本]一?届$")


def _chinese_counts(written: str, value: float, unit: str) -> bool:
    """Whether a Chinese numeral counts: 两次 and 三万 do, 一个 and 五大 do not."""
    if value < 2:
        return False
    if unit in _CHINESE_UNITS:
        return True
    return unit in _BROAD_UNITS and value >= 10

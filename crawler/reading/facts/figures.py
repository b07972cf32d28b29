"""The figures of a publication: what was counted, how much, how exactly, and where it says so."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.reading.facts.metrics import counts_all, metric_key
from crawler.reading.facts.scopes import Whose, scope_of
from crawler.reading.words.folding import Folded
from crawler.reading.words.markers import SYMBOL
from crawler.reading.words.numerals import CIRCLED, chinese_number
from storage.records import Event, Figure

MAX_FIGURES = 600
MAX_DIGITS = 12
MAX_METRIC = 24
MAX_SENTENCE = 400

_UNITS = (
    r"省\(区、市\)|县\(市、区\)|市\(州\)|个百分点|百分点|%|[件场篇期]\(次\)|"
    r"[件篇条场期]\([件篇条场期]\)|人次|件次|场次|篇次|"
    r"期次|"
    r"条次|户次|家次|批次|人\(次\)|"
    r"方面(?!军)|平方米|平方公里|公里|公顷|万?元|美元|港元|亩|吨|"
    r"人(?![大民均事才力生文心类社口])|名(?![称录单义优])|位(?!于|置|数|一体)|件(?!套)|篇|条(?!腿|红线|线|例|件|款|约|文)|份(?!额|量)|期(?!间|待|望|货|末|刊)|"
    r"次(?!产业|创业|元|要|序|日|数)|场(?!所|景|馆|地)|个|项(?!目)|家(?!庭|乡|万户|争鸣|灯火|园)|户(?!籍|外|千家)|"
    r"字|册|本(?![次届着级土身]|市|省|区|县)|部(?![分门署委队])|所|处(?!级|理|长|室)|座(?!谈)|"
    r"批(?!示|准|评)|组(?!织|建|成)|支(?!持|部|撑)|轮|"
    r"类|张(?![家])|幅|封|面(?![对积向上])|枚|例|起(?!到|来|步|草)|宗|门|堂|节|辑|集(?![中团体])|"
    r"首|版|套|台(?!湾)|辆|间|盏|趟|遍(?!布|及)|口(?![述径岸子碑号头服罩])|只|头|棵|株|票|倍|项目|道(?![路德])|则|档|课|员(?!工)|讲(?![话座解述台坛])|"
    r"分(?=[,。;、)]|$)"
)
_NUMBER = re.compile(
    r"(?P<num>\d[\d,]*(?:\.\d+)?|(?:一(?=[百千万十])|"
    r"[两二三四五六七八九十百千万])[一二三四五六七八九十百千万亿零]*)"
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
_RANKED = re.compile(r"(?:居|列|排名?|位居|位列|名列)[^,。;]{0,6}第$")
_BOUNDARY = ",。;!?\n:…"
_SENTENCE_ENDS = "。!?\n"
_ATTENDANCE = re.compile(
    r"参加(?:会议|大会|全会)的(?:政协)?委员|应出席|应到|实到|实出席|出席(?:会议|大会|开幕会)的?(?:政协)?委员|符合(?:法定|规定)|会期(?!间)|"
    r"列席人员|缺席"
)
_PLANNED = re.compile(
    r"(?:计划|拟|力争|预计|打算|争取|将(?:要|会|继续|重点)?)"
    r"(?:召开|组织|开展|举办|安排|完成|实现|围绕|提交|建成|新增|形成)"
)
# A norm for each member, and what a proposal asks for, are no work done.
_ASKED = re.compile(
    r"每[名位个]委员[^,。;]{0,10}$|建议[省市县区]?(?:政府|委|财政|[^,。;]{2,6}(?:局|部门))[^,。;]{0,12}$"
)
_MONEY = re.compile(
    r"(?:额|资金|投资|总值|产值|收入|引资|贷款|金额|资)(?:共|达|约|近|超|为|逾|计|总计|合计){0,2}$"
)
_NOT_AFTER = re.compile(
    r"^(?:大事|要事|实事好事|年(?!度)|月(?!度)|日(?!常)|届|周年|以上学历|维护|自信|意识|层面|维度)"
)
_RANGE_AFTER = re.compile(r"^\s*(?:[—–~～\-]{1,2}\s*[\d一二三四五六七八九十]|[至到]\s*\d)")
_RANGE_BEFORE = re.compile(
    r"[\d一二三四五六七八九十](?:[件次篇条名人个项%场])?\s*(?:[—–~～\-至])\s*$"
)

# The number or mark of the item in which a figure stands is no part of its name.
_ITEM = re.compile(
    rf"^(?:第?[一二三四五六七八九十]{{1,3}}[、,]|[{CIRCLED}]|\d{{1,2}}[、.)]|[Oo]\d[ \t]|>+|"
    rf"[{SYMBOL}\ufe0f\u200d]+)[ \t]*"
)
_COMMITTEE = re.compile(
    r"^(?:(?:19|20)\d\d年)?(?:[省市县区州旗盟]|自治区|自治州|自治县)?政协(?!委员|系统|机关|组织)(?:常委会)?(?:一共|共|已|累计)?"
)
_LEADING = re.compile(
    r"^(?:[、,:;\s”)』」》]*(?:一年来|五年来|过去一年|这一年|全年|五年间?|年内|去年|今年|其间|"
    r"期间|同时|其中|此外|并且|并(?!案)|且|又|还|也|已|已经|均|都|共|总共|共计|累计|合计|总计|先后|"
    r"分别|截至目前|目前|至今|和|与|及|以及|或|有|为|达到?|约|近|超过?|逾|的|把|将|从|在(?!线)|"
    r"对|被|"
    r"由|其))+"
)
_TRAILING = re.compile(
    r"(?:共|共计|累计|合计|总计|总|达到?|为|约|近|超过?|逾|突破|至|到|了|有|各|均|分别|已|计|等|"
    r"仅|先后|再|又|就|数|"
    r"[比较](?:上年|去年|上届|前一年|上一年)(?:同期)?|同比|环比|(?:增加?|升|提高|减少?|降)[至到]|全[省市县区州]|[是由从的、,:;\s“‘《(]|不少于|不低于|至少|高达|将近|接近|大约)+$"
)
_FILLERS = 14
_VERB_END = re.compile(
    r"(?:提交|提出|形成|举办|举行|召开|组织|开展|报送|推出|组建|建立|建成|制定|出台|邀请|安排|"
    r"完成|撰写|编印|编报|编发|"
    r"收到|征集|收集|获得?|得到|围绕|聚焦|解决|推动|促成|引进|落实|争取|募集|筹集|捐赠|捐款|表彰|"
    r"评选|评出|选派|选出|"
    r"遴选|培训|培育|打造|设立|成立|新建|新增|创建|覆盖|惠及|涉及|参与|联系|走访|慰问|帮扶|服务|"
    r"整合|梳理|归纳|查出|"
    r"发放|出版|发表|刊发|播出|制作|拍摄|吸引|带动|集中|动员|发动|凝聚|转化|采纳|采用|转发|印发|"
    r"修订|承办|督办|办理|办|作|作出|"
    r"发出|接待|协调|化解|处理|回应|反映|汇聚|入选|联合|联合住|由|把|对|有|共有|向|为|在|从|与|"
    r"和|及|经|赴|到|近|每|含|包括|发布|签约|签订|落地|实施|推进|转|交办的|召集|列出|确定|确立|"
    r"选取|选择|编撰|编纂|赠送|赠阅|推荐的?|推荐|来自|分赴|深入|帮助|资助|救助|援建|修建|建设|"
    r"种植|改造|举荐|聘请|特聘|吸纳|安置|提供|上报|呈报|转送)$"
)
_VERB = 6
_UNIT_REST = re.compile(r"^(?:市\(州\)|县\(市、区\)|省\(区、市\)|\([^()]{1,6}\))")
_GENERIC = frozenset({"会议", "活动"})
_CHANGE = re.compile(r"(提高|提升|增长|增加|上升|下降|减少|降低|高出)$")
_SHARE = re.compile(r"占(?:比|[^,。;占]{0,8}的)?$")
_RATES = frozenset({"%", "百分点", "个百分点"})
_AT_TAIL = re.compile(r"[约近超达为到\s]+$")
_LINKS = re.compile(r"(?:和|(?<!参)与|及|以及|,|共|近|约|有|并|为|达|的)+$")
_RIGHT_STOP = re.compile(
    r"[,。;!?、\n:()…\d]|[两三四五六七八九十百近约超](?=[余多]?[次场件篇名份百千万])"
)


_OWN = Whose()


@dataclass(frozen=True, slots=True)
class _Found:
    """One number with its unit in the folded text."""

    start: int
    end: int
    value: float
    unit: str
    qualifier: str | None


def figures_of(
    text: Folded, events: tuple[Event, ...] = (), whose: Whose = _OWN
) -> tuple[Figure, ...]:
    """The figures that a text states, in its order; plans, dates and head counts are none.

    ``whose`` says what the whole text says of their scope.
    """
    figures: list[Figure] = []
    starts = [event.span[0] for event in events if event.span]
    previous_end, previous_metric, previous_noun = 0, "", ""
    sentence_at = (0, 0)
    planned: re.Match[str] | None = None
    for found in _numbers(text.text):
        if not sentence_at[0] <= found.start < found.end <= sentence_at[1]:
            sentence_at = _sentence(text.text, found.start, found.end)
            planned = _PLANNED.search(text.text, *sentence_at)
        if (planned and planned.end() <= found.start) or not _is_performance(
            text.text, found, sentence_at
        ):
            previous_end = found.end
            continue
        left = _left(text.text, max(previous_end, sentence_at[0]), found.start)
        follows = previous_end > sentence_at[0] and text.text.startswith(left, previous_end)
        if follows and "、" in left:
            left = left.rpartition("、")[2]  # what stands before belongs to the figure before
        metric, noun = _metric(text.text, found, left, previous_metric, previous_noun)
        previous_end, previous_metric, previous_noun = found.end, metric, noun
        span = text.span(found.start, found.end)
        key = metric_key(metric, found.unit)
        figures.append(
            Figure(
                metric=metric,
                value=found.value,
                unit=found.unit,
                sentence=text.quote(*sentence_at).strip(),
                span=span,
                key=key,
                qualifier=found.qualifier,
                event=_event_at(events, starts, span[0]),
                scope=scope_of(whose, text.text, sentence_at, found.start, metric, found.unit),
                whole=counts_all(key, metric),
            )
        )
        if len(figures) >= MAX_FIGURES:
            break
    return tuple(figures)


def _event_at(events: tuple[Event, ...], starts: list[int], at: int) -> int | None:
    index = bisect_right(starts, at) - 1
    if index < 0 or len(starts) != len(events):
        return None
    event = events[index]
    return event.ordinal if event.span and at < event.span[1] else None


def _numbers(text: str) -> Iterator[_Found]:
    """Every number that counts something, by its form alone."""
    quotations = _QUOTED.finditer(text)
    quoted = next(quotations, None)
    for match in _NUMBER.finditer(text):
        unit = match.group("unit")
        while quoted is not None and quoted.end() <= match.start():
            quoted = next(quotations, None)
        if quoted is not None and quoted.start() <= match.start():
            continue
        if _SELECTION.match(text, match.start()):
            continue
        if unit is None:
            unit = _unit_understood(text, match)
            if unit is None:
                continue
        found = _read(text, match, unit)
        if found is not None:
            yield found


_QUOTED = re.compile(r"“[^“”\n]{1,24}”|《[^《》\n]{1,40}》|‘[^‘’\n]{1,24}’")


def _unit_understood(text: str, match: re.Match[str]) -> str | None:
    """The unit of a number that prints none: people before their noun, money behind its own."""
    if _people_after(text, match):
        return "名"
    large = match.group("mult") in ("万", "亿", "千万", "百万", "千亿")
    lead = text[max(0, match.start() - 8) : match.start()]
    return "元" if large and _MONEY.search(lead) and match.group("num")[0].isdigit() else None


def _people_after(text: str, match: re.Match[str]) -> bool:
    """三万政协委员: people counted without a measure word."""
    number = match.group("num")
    large = number[0].isdigit() or any(c in "百千万" for c in number) or match.group("mult")
    return bool(large and _PEOPLE.match(text, match.end()))


def _read(text: str, match: re.Match[str], unit: str) -> _Found | None:
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
    lead = _QUALIFIER.search(before)
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
    return _Found(start, end, value, unit, qualifier)


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
    if before.endswith("届") and not (_TERM_BEFORE.search(before) and unit != "次"):
        return True
    if before.endswith("第") and unit not in ("位", "名"):
        return True
    if before and (before[-1].isascii() and (before[-1].isalnum() or before[-1] in "./-×")):
        return True
    if unit == "次" and after.startswith(("会议", "全会", "常委", "主席会", "全体会议", "党代会")):
        return not written[0].isdigit() or before.endswith(("届", "第"))
    return bool(
        _NOT_AFTER.match(after) or _RANGE_AFTER.match(after) or _RANGE_BEFORE.search(before)
    )


_TERM_BEFORE = re.compile(r"[上本]一?届$")


def _chinese_counts(written: str, value: float, unit: str) -> bool:
    """Whether a Chinese numeral counts: 两次 and 三万 do, 一个 and 五大 do not."""
    if value < 2:
        return False
    if unit in _CHINESE_UNITS:
        return True
    return unit in _BROAD_UNITS and value >= 10


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    low, high = max(0, start - MAX_SENTENCE // 2), min(len(text), end + MAX_SENTENCE // 2)
    first = max(text.rfind(mark, low, start) for mark in _SENTENCE_ENDS) + 1
    lasts = [at for mark in _SENTENCE_ENDS if (at := text.find(mark, end, high)) >= 0]
    last = min(lasts, default=high)
    if last < high and text[last] != "\n":
        last += 1
    return (first or low), last


def _is_performance(text: str, found: _Found, sentence: tuple[int, int]) -> bool:
    """Head counts of a sitting are no performance."""
    clause_start = text.rfind(";", sentence[0], found.start) + 1 or sentence[0]
    clause = text[clause_start : min(len(text), found.end + 14)]
    if _ATTENDANCE.search(clause):
        return False
    lead = text[max(sentence[0], found.start - 30) : found.start]
    if ("每" in lead or "建议" in lead) and _ASKED.search(lead):
        return False
    return not (found.unit == "方面" and text[max(0, found.start - 1) : found.start] in "从个")


def _left(text: str, low: int, start: int) -> str:
    """The words of the clause before a number, back to the figure before it."""
    low, at = max(low, start - 60), start
    while at > low and text[at - 1] not in _BOUNDARY:
        at -= 1
    return text[at:start]


def _metric(
    text: str, found: _Found, left: str, previous: str, previous_noun: str
) -> tuple[str, str]:
    """What a number counts, in the words around it, and the noun that shares refer to."""
    if found.unit in _RATES:
        change = _CHANGE.search(_bare(left)) or _CHANGE.search(left)
        if change:
            own = _own(left[: change.start()])
            return (own or previous) + change.group(1), previous_noun
        stated = _AT_TAIL.sub("", left)
        share = _SHARE.search(stated)
        if share:
            own = _own(stated[: share.start()])
            return (own or previous_noun or previous) + "占比", own or previous_noun
    own = _own(left)
    right = _right(text, found.end)
    if not right and _ONLY_ACT.fullmatch(told := _LEADING.sub("", _COMMITTEE.sub("", own))):
        before = _clause_before(text, found.start - len(left)) if found.start > len(left) else ""
        own = before + told if before else own
    if not own:
        metric = right or ("字数" if found.unit == "字" else previous)
        metric = metric or _clause_before(text, found.start - len(left))
    elif not right or found.unit == "%":
        metric = own
    elif verb := _VERB_END.search(own, max(0, len(own) - _VERB)):
        metric = _bare(own[: verb.start()]) + right if right in _GENERIC else right
    else:
        metric = own + right
    metric = metric[:MAX_METRIC] if metric is right else metric[-MAX_METRIC:]
    return metric, metric


_ONLY_ACT = re.compile(
    r"(?:一年|全年|五年|年内)?(?:[组举召]?[织办行开]|开展|发生|收到?|收集|接收|报送|编报|提出|提交|形成|共|有|达|写|解决|完成|接待|"
    r"征集|办|办理|募|募集|印|出)[了过]?"
)


def _clause_before(text: str, end: int) -> str:
    """What the clause before speaks of: 重点提案由主席会议成员督办,共24件."""
    clause = _left(text, 0, end - 1)
    return _tidied(_BEFORE_ACT.split(_LEADING.sub("", clause), maxsplit=1)[0])[:_LONGEST_TOPIC]


_BEFORE_ACT = re.compile(r"[由经被均已按]|全部")
_LONGEST_TOPIC = 12


def _bare(left: str) -> str:
    """``left`` without the fillers that lead up to a number."""
    tail = _TRAILING.search(left, max(0, len(left) - _FILLERS))
    return left[: tail.start()] if tail else left


def _own(left: str) -> str:
    """The words before a number without adverbs in front and fillers behind."""
    words = _bare(_UNIT_REST.sub("", _ITEM.sub("", left)))
    words = _LEADING.sub("", words)
    return _tidied(words)


_ENDORSED = re.compile(r"(?:获|得到|受到)[^,。;\d]{1,16}?(?:批示|肯定|采纳|采用)")
_DIVISIONS = re.compile(r"[省市县区州]\([省市县区旗州、]{1,5}\)")


def _right(text: str, end: int) -> str:
    follows = text[end : end + 1]
    if follows in "获得受" and (endorsed := _ENDORSED.match(text, end)):
        return endorsed.group()
    if follows in "省市县区州" and (kind := _DIVISIONS.match(text, end)):
        return kind.group()
    stop = _RIGHT_STOP.search(text, end, end + 28)
    words = text[end : stop.start() if stop else min(len(text), end + 16)]
    words = words.lstrip("的”)")
    return _tidied(_LINKS.sub("", words))


def _tidied(words: str) -> str:
    """``words`` without marks at its ends, and without half a pair of quotation marks."""
    words = words.strip("()、, ")
    for pair in ("“”", "‘’", "《》"):
        if words.count(pair[0]) != words.count(pair[1]):
            words = words.replace(pair[0], "").replace(pair[1], "")
    return words

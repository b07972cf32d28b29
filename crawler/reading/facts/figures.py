"""The figures of a publication: what was counted, how much, how exactly, and where it says so."""

import re
from bisect import bisect_right
from dataclasses import dataclass

from crawler.reading.facts.metrics import counts_all, is_limited, metric_key
from crawler.reading.facts.numbers import Found, numbers_in
from crawler.reading.facts.scopes import Telling, Whose, goes_on, scope_of, telling_of
from crawler.reading.words.folding import Folded
from crawler.reading.words.markers import SYMBOL
from crawler.reading.words.numerals import CIRCLED
from storage.records import Event, Figure

MAX_FIGURES = 600
MAX_METRIC = 24
MAX_SENTENCE = 400
_BOUNDARY = ",。;!?\n:…"
_SENTENCE_ENDS = "。!?\n"
_ATTENDANCE = re.compile(
    r"参加(?:会议|大会|全会)的(?:政协)?委员|应出席|应到|实到|实出席|出席(?:会议|大会|开幕会)的?(?:政协)?委员|符合(?:法定|规定)|会期(?![间内])|"
    r"列席人员"
)
_HEADS = frozenset({"名", "人", "位", "员", "个", "%", "天"})
_PLANNED = re.compile(
    r"(?:计划|拟|力争|预计|打算|争取|将(?:要|会|继续|重点)?)"
    r"(?:召开|组织|开展|举办|安排|完成|实现|围绕|提交|建成|新增|形成)"
)
# A norm for each member, and what a proposal asks for, are no work done.
_ASKED = re.compile(
    r"每[名位个]委员[^,。;]{0,10}$|建议[省市县区]?(?:政府|委|财政|[^,。;]{2,6}(?:局|部门))[^,。;]{0,12}$"
)

# The number or mark of the item in which a figure stands is no part of its name.
_ITEM = re.compile(
    rf"^(?:第?[一二三四五六七八九十]{{1,3}}[、,]|[{CIRCLED}]|\d{{1,2}}[、.)]|[Oo]\d[ \t]|>+|"
    rf"[{SYMBOL}\ufe0f\u200d]+)[ \t]*"
)
_COMMITTEE = re.compile(
    r"^(?:(?:19|20)\d\d年)?(?:[省市县区州旗盟]|自治区|自治州|自治县)?政协(?!委员|系统|机关|组织)(?:常委会)?(?:一共|共|已|累计)?"
)
# Words that begin with a sign which alone is a particle: 对口协商 is no 口协商 to whom something is
# done, 有效提案 no 效提案 that there are, 与会委员 no 会委员 beside others.
_WORDS = re.compile(
    r"对(?:[口外台接港澳侨标照比策话应象手]|下一)|共(?:[识商建享同管治性存赢进]|产党|青团|和国|促)|和(?:[谐平睦解美气善])|与会|"
    r"及[时早格]|有(?:[效关奖偿感力利序形益声]|机(?![关构])|事好商量|识之士|限公司)|为(?:[民侨企农期老]|政(?!协)|群众|人民|基层|委员)|"
    r"约(?:[见谈请稿定束])|近(?:[郊代海亲邻])|超(?:[市高声大标])|达(?:[标成到]?共识|标|成|人)|都(?:市(?!政协|委|场)|江)|还[款债贷原田]|"
    r"均[衡等]|从(?:[业军严事]|政(?!协))|将[军士领]|其[他它余]|把[脉关控握]|由[头来]|又好又快|被[征拆]|总(?:提案|人数|数|量|额|结|工会|商会)|"
    r"同时代|目前期|已[婚故]|且末"
)
_LEADING = re.compile(
    r"^(?:[、,:;\s”)』」》]*(?!" + _WORDS.pattern + r")"
    r"(?:一年来|五年来|过去一年|这一年|全年|五年间?|年内|去年|今年|其间|"
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
    r"[,。;!?、\n:()…\d两三四五六七八九十百近约超]"
    r"(?:(?<=[,。;!?、\n:()…\d])|(?=[余多]?[次场件篇名份百千万]))"
)


_OWN = Whose()


def figures_of(
    text: Folded, events: tuple[Event, ...] = (), whose: Whose = _OWN
) -> tuple[Figure, ...]:
    """The figures that a text states, in its order; plans, dates and head counts are none.

    ``whose`` says what the whole text says of their scope.
    """
    figures: list[Figure] = []
    starts = [event.span[0] for event in events if event.span]
    previous_end, previous_metric, previous_noun = 0, "", ""
    sentence = last = _Sentence(telling_of("", 0, 0), "", 0)
    for found in numbers_in(text.text):
        if not sentence.told.start <= found.start < found.end <= sentence.told.end:
            sentence = _sentence_of(text, found)
        begin = sentence.told.start
        if sentence.plans_from <= found.start or not _is_performance(text.text, found, begin):
            previous_end = found.end
            continue
        left = _left(text.text, max(previous_end, begin), found.start)
        follows = previous_end > begin and text.text.startswith(left, previous_end)
        if follows and "、" in left:
            left = left.rpartition("、")[2]  # what stands before belongs to the figure before
        metric, noun = _metric(text.text, found, left, previous_metric, previous_noun)
        before = text.text[max(previous_end, begin) : found.start]
        rose = "由" in before or "从" in before
        past = rose and _PAST.search(before) and _TO_NOW.match(text.text, found.end)
        previous_end, previous_metric, previous_noun = found.end, metric, noun
        span = text.span(found.start, found.end)
        counted = (found.start, found.end)
        scope = scope_of(whose, text.text, sentence.told, counted, metric, found.unit)
        told_before = figures[-1].scope if figures else scope
        if scope is whose.default and scope is not told_before:
            scope = told_before if _goes_on(text.text, sentence.told, last.told) else scope
        last = sentence
        key = None if past else metric_key(metric, found.unit)
        figures.append(
            Figure(
                metric=metric,
                value=found.value,
                unit=found.unit,
                sentence=sentence.quoted,
                span=span,
                key=key,
                qualifier=found.qualifier,
                event=_event_at(events, starts, span[0]),
                scope=scope,
                whole=counts_all(key, metric) and not is_limited(before),
            )
        )
        if len(figures) >= MAX_FIGURES:
            break
    return tuple(figures)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence: what it may say of scope, as it is printed, and where plans begin in it."""

    told: Telling
    quoted: str
    plans_from: int


def _sentence_of(text: Folded, found: Found) -> _Sentence:
    """The sentence of a number; where it plans nothing, plans begin at its end."""
    start, end = _sentence(text.text, found.start, found.end)
    planned = _PLANNED.search(text.text, start, end)
    told = telling_of(text.text, start, end)
    return _Sentence(told, text.quote(start, end).strip(), planned.end() if planned else end)


def _goes_on(text: str, sentence: Telling, last: Telling) -> bool:
    """Whether a sentence goes on with the figures of the one before it, in one paragraph."""
    follows = sentence == last or "\n" not in text[last.end - 1 : sentence.start]
    return follows and goes_on(text, sentence)


def _event_at(events: tuple[Event, ...], starts: list[int], at: int) -> int | None:
    index = bisect_right(starts, at) - 1
    if index < 0 or len(starts) != len(events):
        return None
    event = events[index]
    return event.ordinal if event.span and at < event.span[1] else None


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    low, high = max(0, start - MAX_SENTENCE // 2), min(len(text), end + MAX_SENTENCE // 2)
    first = max(text.rfind(mark, low, start) for mark in _SENTENCE_ENDS) + 1
    lasts = [at for mark in _SENTENCE_ENDS if (at := text.find(mark, end, high)) >= 0]
    last = min(lasts, default=high)
    if last < high and text[last] != "\n":
        last += 1
    return (first or low), last


def _is_performance(text: str, found: Found, begin: int) -> bool:
    """Whether a number tells of work done, in its sentence from ``begin``; head counts do not."""
    clause_start = text.rfind(";", begin, found.start) + 1 or begin
    clause = text[clause_start : min(len(text), found.end + 14)]
    if "缺席" in clause or (found.unit in _HEADS and _ATTENDANCE.search(clause)):
        return False
    lead = text[max(begin, found.start - 30) : found.start]
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
    text: str, found: Found, left: str, previous: str, previous_noun: str
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
    label = "" if left.strip() else _before_colon(text, found.start - len(left))
    right = _right(text, found.end, told=bool(own or label))
    if label and not right:
        own = label
    only = not right and own[-1:] in _ACT_ENDS
    if only and _ONLY_ACT.fullmatch(told := _led(_without_committee(own))):
        before = _clause_before(text, found.start - len(left)) if found.start > len(left) else ""
        own = before + told if before else own
    if not own:
        metric = right or ("字数" if found.unit == "字" else "")
        metric = metric or _line_above(text, found.start) or _line_below(text, found) or previous
        metric = metric or _clause_before(text, found.start - len(left))
    elif not right or found.unit == "%":
        metric = own
    elif verb := _VERB_END.search(own, max(0, len(own) - _VERB)):
        metric = _bare(own[: verb.start()]) + right if right in _GENERIC else right
    else:
        metric = own + right
    if "由" in metric or "从" in metric:
        metric = _FROM_PAST.sub("", metric) or metric
    if metric.endswith("中"):
        metric = _AMONG.sub("", metric)
    metric = metric[:MAX_METRIC] if metric is right else metric[-MAX_METRIC:]
    return metric.lstrip("、") or metric, metric


# 满意率由上一年的71%升至86%: the first number is another year's, and no part of the name.
_PAST = re.compile(r"[由从](?:上一?年|去年|前一年|上届)[^,。;]{0,6}$")
_FROM_PAST = re.compile(r"[由从](?:上一?年|去年|前一年|上届)(?:同期)?的?$")
_TO_NOW = re.compile(r"(?:升|提高|提升|增加?|上升|增长|下降|降低?|减少?)[至到]")
_AMONG = re.compile(r"(?<=提案|建议|意见|信息|报告|议题|课题)中$")  # 198件提案中有46件...


_ACT_ENDS = frozenset("织办理行开展生到收集送报出交成共有达写决待募印了过")
_ONLY_ACT = re.compile(
    r"(?:一年|全年|五年|年内)?(?:[组举召]?[织办行开]|开展|发生|收到?|收集|接收|报送|编报|提出|提交|形成|共|有|达|写|解决|完成|接待|"
    r"征集|办|办理|募|募集|印|出)[了过]?"
)


def _clause_before(text: str, end: int) -> str:
    """What the clause before speaks of: 重点提案由主席会议成员督办,共24件."""
    clause = _IN_BRACKETS.sub("", _left(text, 0, end - 1))
    return _tidied(_BEFORE_ACT.split(_LEADING.sub("", clause), maxsplit=1)[0])[:_LONGEST_TOPIC]


def _before_colon(text: str, at: int) -> str:
    """The label of a figure: 界别:26个, 定价:42元."""
    if at == 0 or text[at - 1] != ":":
        return ""
    label = _LABEL.search(text, max(0, at - _LONGEST_TOPIC), at)
    return _tidied(_ITEM.sub("", label.group(1))) if label else ""


_LABEL = re.compile(r"(?:^|(?<=[\n ,。;、】]))([^\s,。;:!?、】\d]{2,8}):$")


def _line_above(text: str, start: int) -> str:
    """The label over a figure that opens its line: 请你来协商 and below it 34 场."""
    line = text.rfind("\n", 0, start)
    if line < 0 or text[line:start].strip():
        return ""
    above = text[text.rfind("\n", 0, line) + 1 : line].strip()
    label = _tidied(_IN_BRACKETS.sub("", above))
    return label if len(label) <= _LONGEST_TOPIC and not _NO_LABEL.search(label) else ""


def _line_below(text: str, found: Found) -> str:
    """What a figure that stands alone as a heading counts: 233件 and below it 立案的提案数。"""
    line = text.rfind("\n", 0, found.start) + 1
    end = text.find("\n", found.end)
    if end < 0 or text[line : found.start].strip() or text[found.end : end].strip():
        return ""
    told = _FIRST_CLAUSE.match(text, end + 1)
    words = _NUMBER_OF.sub("", _tidied(told.group(1))) if told else ""
    return "" if _NO_LABEL.search(words) else words


_FIRST_CLAUSE = re.compile(r"[ \t]*([^\n,。;:!?…]{2,24})(?=[\n,。;:!?…]|$)")
_NUMBER_OF = re.compile(r"的?(?:数量?|总数|场次|次数|件数|篇数)$|(?<=[员家业])人?数$")
_IN_BRACKETS = re.compile(r"^【\s*\d*\s*|】$")
_NO_LABEL = re.compile(r"[\d,。;:!?]")
_BEFORE_ACT = re.compile(r"[由经被均已按]|全部")
_LONGEST_TOPIC = 12


def _bare(left: str) -> str:
    """``left`` without the fillers that lead up to a number."""
    if left[-1:] not in _TRAILS and not left[-1:].isspace():
        return left
    tail = _TRAILING.search(left, max(0, len(left) - _FILLERS))
    return left[: tail.start()] if tail else left


# What _TRAILING may end with.
_TRAILS = frozenset(
    "共计总达到为约近超过逾突破至了有各均分别已等仅先后再又就数年届期度比加升高少低省市县区州是由从的、,:;“‘《(于近"
)


def _own(left: str) -> str:
    """The words before a number without adverbs in front and fillers behind."""
    if left[:1] in _NUMERALS or not "\u4e00" <= left[:1] <= "\u9fff":
        left = _ITEM.sub("", left)
    if left[:1] in _DIVIDED:
        left = _UNIT_REST.sub("", left)
    return _tidied(_led(_bare(left)))


_NUMERALS = frozenset("第一二三四五六七八九十")
_DIVIDED = frozenset("市县省(")


def _without_committee(words: str) -> str:
    return _COMMITTEE.sub("", words) if "政协" in words else words


def _led(words: str) -> str:
    """``words`` without the particles and adverbs in front."""
    first = words[:1]
    return _LEADING.sub("", words) if first in _LEADS or first.isspace() else words


# What _LEADING may begin with.
_LEADS = frozenset(
    "、,:;”)』」》一五过这全年去今其期同此并且又还也已均都共总累合先分截目至和与及以或有为达约近超逾的把将从在对被由"
)


_ENDORSED = re.compile(r"(?:获|得到|受到)[^,。;\d]{1,16}?(?:批示|肯定|采纳|采用)")
_DIVISIONS = re.compile(r"[省市县区州]\([省市县区旗州、]{1,5}\)")


def _right(text: str, end: int, *, told: bool) -> str:
    """The noun behind a number; where one is ``told`` before it a blank parts the next figure's."""
    follows = text[end : end + 1]
    if follows in "获得受" and (endorsed := _ENDORSED.match(text, end)):
        return endorsed.group()
    if follows in "省市县区州" and (kind := _DIVISIONS.match(text, end)):
        return kind.group()
    if follows == " " and told:
        return ""  # 收到提案 244 件 立案 209 件
    stop = _RIGHT_STOP.search(text, end, end + 28)
    words = text[end : stop.start() if stop else min(len(text), end + 16)]
    words = words.lstrip("的”)")
    return _tidied(_LINKS.sub("", words) if words[-1:] in _LINKING else words)


_LINKING = frozenset("和与及,共近约有并为达的")


def _tidied(words: str) -> str:
    """``words`` without marks at its ends, and without half a pair of quotation marks."""
    if words.isalnum():
        return words
    words = words.strip("()、, ")
    for pair in ("“”", "‘’", "《》"):
        if words.count(pair[0]) != words.count(pair[1]):
            words = words.replace(pair[0], "").replace(pair[1], "")
    return words

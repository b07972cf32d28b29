"""How many items a publication says that it selects: the numbers beside a measure word."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from crawler.reading.words.numerals import ordinal

MIN_ITEMS = 3
MAX_ITEMS = 60
MAX_COUNTED = 20_000  # characters that are searched for counts

# 九件要事, 十个“最”, 七句, 六项, 十二个节气, 十则; 第三件 and 十三届 count nothing.
_COUNT = re.compile(
    r"(?<![\d第.一二三四五六七八九十百千万亿])(?<!\d,)"
    r"(?P<n>[二三四五六七八九十]{1,3}|\d{1,2})"
    r"(?:大|件|个|项|则|桩|条|句|幅|张|组|段|样|宗|篇|枚|行|页|响|帧|笔|名(?=[^委职])|最(?=[”\"|:,。]|$))(?![月])"
)
# In a title any measure counts what the text lists: 十二本台历页, 十处落笔, 八枚印章.
_COUNT_IN_TITLE = re.compile(
    r"(?<![\d第.一二三四五六七八九十百千万亿])(?<!\d,)"
    r"(?P<n>[一二三四五六七八九十]{1,3}|\d{1,2})"
    r"(?:本|处|朵|枚|封|方|盏|棵|首|卷|幕|站|课|步|道|声|面|把|颗|粒|束|块|朵|味|节|扇|串|扎|页|格|味|度|瞬|问|题|变|景|联)"
    r"(?![\d年月日届])"
)
# What makes a count the count of a selection: the act of selecting, or what is selected.
_SELECTS = re.compile(
    r"[评选推理]出|评选|选定|遴选|揭[晓榜]|出炉|选[取录编]|择[定取要]|梳理|盘点|入选|整理[发公]?布?|圈定|"
    r"挑[出选]|拣选|公布|确认|列出|精选|推选|撷取|摘[录编要]|清单|年度|大事|要事|实事|好事|新鲜事|"
    r"亮点|看点|成果|镜头|瞬间|印象|印记|足迹|关键词|热词|新闻|故事|名场面|第一次|头一回|之最|“最”|"
    r"事[儿项件]?(?=[,。:!?“”、\s]|$)|收下|留下|[留挑选](?:出|了)"
)
_ABOVE = ("以上", "上述")
# What points at the list: 以上八件, 下面这七张.
_POINTS = re.compile(r"(?:以上|上述|下面|以下|下列)[这的共]?$")
# What says that the choice has been made, not that it is to come.
_CHOSEN = re.compile(
    r"评[选]?(?:出|定|产生)|理出|投出|选(?:出|定|取|编|录|了)|推选|揭[晓榜]|出炉|入选|遴选|择[定取]|圈定|敲定|"
    r"挑(?:出|选|了)|拣(?:选|出|了)|筛(?:出|选|到)|[撷采摘截]取|采撷|精选|梳理|盘点|公布|发布|归纳|提炼|[议审核]定|确认|列为|票选|"
    r"产生|晒出|名单|照录|实录|留(?:下|了|几个)"
)
# What is to come, or is no event: proposals, people, a quarter, a government's works.
_TO_COME = re.compile(
    r"候选(?![^。\n]{0,6}[里中][^。\n]{0,16}[投选评][出定])|拟|计划|明年|来年|新一年|今年[要将]|将[要在]|"
    r"征集|投票通道|参评|推荐表|任务|力争|办好|[愿心]望|心愿|期盼|"
    r"[件佳]提案|案例|人物|(?<!\d)[名位]委员|季度|上半年|半年|颁奖|政府|民生实事|(?:今|新)年要"
)
_NUMBER = re.compile(r"[一二三四五六七八九十]{1,3}|\d{1,2}")
_CLAUSE = 48
_OPENING = 700
TITLE, SELECTED, PLAIN = 3, 2, 1


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers that may be the selection's, each with what speaks for it.

    ``weights`` maps a number to TITLE, SELECTED or PLAIN; ``at`` to where the text first
    says it so (-1: the title does); ``chosen`` are those of which the text says, beside them,
    that the choice has been made; ``until`` is where one is told of as standing above: 以上八件.
    """

    weights: Mapping[int, int]
    at: Mapping[int, int]
    chosen: frozenset[int] = frozenset()
    until: Mapping[int, int] = field(default_factory=dict)

    def weight(self, number: int) -> int:
        """What speaks for ``number``; 0 where nothing does."""
        return self.weights.get(number, 0)

    @property
    def ranked(self) -> tuple[int, ...]:
        """The numbers, best first; at equal weight the one that is said first."""
        return tuple(sorted(self.weights, key=lambda n: (-self.weights[n], self.at[n])))


def counts_of(
    title: str, beside: str, text: str, stated: int | None = None, *, firmly: bool = True
) -> Counts:
    """The counts in folded title, kicker and text; ``stated`` is one that is known already,
    ``firmly`` as a title states it.
    """
    weights: dict[int, int] = {}
    at: dict[int, int] = {}
    chosen: set[int] = set()
    titled = {ordinal(match.group()) for match in _NUMBER.finditer(f"{title}\n{beside}")}
    until: dict[int, int] = {}

    def count(number: int | None, weight: int, place: int) -> None:
        if number is None or not MIN_ITEMS <= number <= MAX_ITEMS:
            return
        if weight > weights.get(number, 0):
            weights[number], at[number] = weight, place
        elif number == stated and at[number] < 0 and number not in titled and place >= 0:
            at[number] = place  # a claim of the text is where it says it

    count(stated, TITLE if firmly else SELECTED, -1)
    for words in (title, beside):
        for match in _COUNT.finditer(words):
            count(ordinal(match.group("n")), TITLE, -1)
        for match in _COUNT_IN_TITLE.finditer(words):
            count(ordinal(match.group("n")), SELECTED, -1)
    for match in _counts_in(text[:MAX_COUNTED]):
        number = ordinal(match.group("n"))
        around = _clause(text, match.start(), match.end())
        if number and _CHOSEN.search(around) and not _TO_COME.search(f"{title}\n{around}"):
            chosen.add(number)
        above = number is not None and text.startswith(_ABOVE, match.start() - 2)
        if above and number is not None:
            until[number] = match.start() - 2
            if not _TO_COME.search(f"{title}\n{around}"):
                chosen.add(number)
        told = _SELECTS.search(around) or _POINTS.search(
            text, max(0, match.start() - 3), match.start()
        )
        count(number, SELECTED if told else PLAIN, match.start())
    for match in _COUNT_IN_TITLE.finditer(text, 0, _OPENING):
        number, around = ordinal(match.group("n")), _clause(text, match.start(), match.end())
        if number and _CHOSEN.search(around) and not _TO_COME.search(f"{title}\n{around}"):
            chosen.add(number)
            count(number, SELECTED, match.start())
    return Counts(weights, at, frozenset(chosen), until)


# Where a count may begin: its look back at every character of a text would cost more.
_NUMERALS = re.compile(r"[二三四五六七八九十\d][二三四五六七八九十\d]*")


def _counts_in(text: str) -> Iterator[re.Match[str]]:
    for run in _NUMERALS.finditer(text):
        match = _COUNT.match(text, run.start())
        if match is not None:
            yield match


def _clause(text: str, start: int, end: int) -> str:
    low = max(text.rfind(mark, max(0, start - _CLAUSE), start) for mark in "。\n!?")
    low = max(low + 1, start - _CLAUSE)
    highs = [at for mark in "。\n!?" if (at := text.find(mark, end, end + _CLAUSE)) >= 0]
    return text[low : min(highs, default=end + _CLAUSE) + 1]

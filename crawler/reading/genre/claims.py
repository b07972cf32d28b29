"""What an opening says of a selection: that so many deeds were chosen, and how many."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise

from crawler.reading.genre.wording import TEN
from crawler.reading.words.numerals import CIRCLED, ordinal

OPENING = 700
CLOSING = 400
_N = r"(?:[三四五六七八九]|十[一二三四五六七八九]?|二?十[一二三四五六七八九]?|[3-9]|[12]\d)"
_MEASURE = (
    r"(?:大(?!会|学|街|道|队|事记)|[件桩则条个项宗幅张枚份句帧样页封方朵](?!月|人|多|工作日|面)|"
    r"组(?!长|织|员|成|别))"
)
_CHOSEN = (
    "评选|评出|选出|选定|选取|选录|选编|推选|推出|挑出|挑选|挑了|拣[出了]|留了|遴选|[撷采摘截]取|采撷|拣选|择定|择取|圈定|核定|审定|确认|入选|揭晓|"
    "出炉|揭榜|公布|发布|盘点|梳理|提炼|整理|归纳|汇成|合成|列出|列为|留下|记录|投票|票选|定为|记下|"
    "精选|择要|刊登|亮相|晒|回味|重温|取了?|选了?|评审|办结|办成(?<![没未不]办成)|干成|兑现|共同选"
)
_NOT_DEEDS = (
    r"(?!提案|建议|委员|人物|单位|案例|课题|议题|候选|民生实事|部门|问题|方面|意见|专题|界别|县|市|省|区|乡|镇|村|"
    r"名|部|门|州|故居|社区|街道|必须|坚持|关系|小组|专委|党派|调研|任务|代表|环节|阶段|工作组|工作日)"
)
_COUNTED = rf"(?P<n>{_N}){_MEASURE}[“”\"]?{_NOT_DEEDS}"
_CHOICE = re.compile(
    rf"(?:{_CHOSEN})[^。\n]{{0,40}}?(?<![第\d一二三四五六七八九十万千百届.]){_COUNTED}"
)
_CHOICE_BEHIND = re.compile(
    rf"(?<![第\d一二三四五六七八九十万千百届.]){_COUNTED}[^。\n]{{0,30}}?(?:{_CHOSEN})"
)
_RANK = re.compile(r"(?<=前)(?P<n>十|[3-9]|1\d)名(?=[^。\n]{0,12}(?:揭|公布|出炉|如下|依次))")


_COUNT_ALONE = re.compile(rf"(?<![第\d一二三四五六七八九十万千百届.]){_COUNTED}")
_BEGINS = re.compile(r"[\d二三四五六七八九十]")
"""What a number begins with: sought by itself, since a look back at each character costs more."""
_FEWEST_COUNTED = 5


def counted_in(text: str, end: int) -> frozenset[int]:
    """The numbers of five or more that the beginning of ``text`` counts, chosen or not: 八样."""
    found = (ordinal(match.group("n")) for match in _COUNT_ALONE.finditer(text, 0, end))
    return frozenset(n for n in found if n is not None and _FEWEST_COUNTED <= n <= 30)


# An earlier year's choice, told for comparison.
PAST_LIST = re.compile(
    r"(?:去年此时|曾公布|还记得|先看上一|去年(?:年?底)?(?:公布|评出)|"
    r"翻出去年|往届|往年|上一届[^。\n]{0,12}公布)[^。\n]{0,40}"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """The words that say so, [start, end) of the text, and the number of deeds."""

    number: int
    start: int
    end: int


def claims_in(text: str) -> tuple[Claim, ...]:
    """Each choice of 3 to 30 deeds that the opening or the end of ``text`` tells of, in order."""
    spans = [(0, OPENING)]
    if len(text) > OPENING:
        spans.append((max(OPENING, len(text) - CLOSING), len(text)))
    found = []
    past = [match.span() for match in PAST_LIST.finditer(text)]
    for start, end in spans:
        counted = any(
            _COUNT_ALONE.match(text, first.start(), end)
            for first in _BEGINS.finditer(text, start, end)
        )
        for pattern in (*((_CHOICE, _CHOICE_BEHIND) if counted else ()), _RANK, TEN):
            for match in pattern.finditer(text, start, end):
                number = ordinal(match.group("n" if pattern is not TEN else 1))
                if number is None or not 3 <= number <= 30:
                    continue
                if not any(begin <= match.end() and match.start() < stop for begin, stop in past):
                    found.append(Claim(number, *match.span()))
    return tuple(found)


_NUMERAL = "一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾"
_DIGITS = re.compile(r"第?(?:\d{1,2}|O\d)(?=[^\d%年.,:]|[.:,](?!\d)|$)|\d{1,2}(?=月\d)")
_CN_NUMBER = re.compile(rf"[【(\[]?(?:其|第|图|之|愿望)?[{_NUMERAL}]{{1,3}}(?=[^{_NUMERAL}]|$)")
_BEFORE_NUMERALS = frozenset(f"【([其第图之愿{_NUMERAL}")
_INLINE_CIRCLED = re.compile(f"[{CIRCLED}]")
_INLINE_ORDINAL = re.compile(rf"第([{_NUMERAL}]{{1,3}}|\d{{1,2}})[件个条项桩]")
_LABEL_END = re.compile(r"[·:|丨\s]")
_LINES_READ = 240
_LONGEST_HEADING = 28
_LONGEST_LABEL = 8
_FEWEST_LOST = 6
_SENTENCE_ENDS = tuple("。!?;”:,、")


NUMBERED = frozenset({"number", "chinese", "circled"})


def kind_of(line: str) -> str:
    """What a line begins with: ``number``, ``circled``, a symbol, a label, or two characters."""
    first = line[0]
    if first in CIRCLED:
        return "circled"
    if first.isdigit() or first == "O":
        return "number" if _DIGITS.match(line) else "figure"
    if first in _BEFORE_NUMERALS and _CN_NUMBER.match(line):
        return "chinese"
    if "\u4e00" <= first <= "\u9fff" or first.isalpha():
        return line[:2]
    return "symbol" if ord(first) > 0x2600 and not 0x3000 <= ord(first) <= 0xFFEF else first


@dataclass(frozen=True, slots=True)
class Parallel:
    """How the lines of a text run in parallel.

    ``alike`` counts lines that begin alike, ``headings`` short lines over longer ones,
    ``inline`` the items within one paragraph or numbered 第一件 throughout; ``abridged`` says
    that a short text breaks its list off: ①……②……③……; ``filling`` counts the short items of one
    form of which most of the text consists, 0 for none: a review's sections are fewer and longer.
    ``marks`` are the numbers, symbols and brackets that at least five lines begin with.
    """

    alike: tuple[int, ...] = ()
    headings: int = 0
    inline: int = 0
    abridged: bool = False
    filling: int = 0
    marks: frozenset[str] = frozenset()

    def fits(self, number: int) -> bool:
        """Whether as many items stand there as ``number`` says: one odd line is forgiven.

        A list that breaks off is as long as it is said to be.
        """
        if self.abridged:
            return True
        counts = (*self.alike, self.headings)
        near = (number, number + 1, number - 1 if number >= _FEWEST_LOST else number)
        return self.inline == number or any(count in near for count in counts)

    @property
    def longest(self) -> int:
        """The most lines that begin alike."""
        return max(self.alike, default=0)


def parallel_in(text: str) -> Parallel:
    """Count the lines of ``text`` that begin alike, its short lines, and items within one."""
    kinds: Counter[str] = Counter()
    places: defaultdict[str, list[int]] = defaultdict(list)
    headings = inline = at = 0
    lines = [line for raw in text.split("\n", _LINES_READ)[:_LINES_READ] if (line := raw.strip())]
    for place, line in enumerate(lines):
        kind = kind_of(line)
        kinds[kind] += 1
        places[kind].append(at)
        if len(kind) == 2 and _LABEL_END.search(line, 2, _LONGEST_LABEL):
            kinds["labelled"] += 1
            places["labelled"].append(at)
        if len(line) <= _LONGEST_HEADING and not line.endswith(_SENTENCE_ENDS):
            follows = lines[place + 1] if place + 1 < len(lines) else ""
            if len(follows) > len(line) or follows.endswith("。"):
                headings += 1
                places[_HEADED].append(at)
        elif len(line) > 60:
            inline = max(inline, _items_within(line))
        if len(line) > _LONGEST_HEADING and SENTENCE_HEAD.match(line):
            places[_SENTENCE].append(at)
        at += len(line)
    inline = max(inline, len(set(_INLINE_ORDINAL.findall(text[:_READ_FOR_ORDINALS]))))
    alike = tuple(count for count in kinds.values() if count >= 3)
    filling = max((_filling(kind, begins, at) for kind, begins in places.items()), default=0)
    marks = frozenset(k for k, n in kinds.items() if n >= _A_LIST and not _WORD.match(k))
    return Parallel(alike, headings, inline, is_abridged(text), filling, marks | NUMBERED)


_HEADED = "headed"
_A_LIST = 5
_WORD = re.compile(r"[\u4e00-\u9fff]{2}")
_FEWEST_ITEMS, _MOST_ITEMS = 6, 31
_SHORTEST_ITEM, _LONGEST_ITEM = 16, 90
_SENTENCE, _SENTENCE_HEADS, _LONGEST_PARAGRAPH = "sentence", 8, 130
SENTENCE_HEAD = re.compile(r"[^。!?;:,\n]{5,26}[。!](?=[^\n]{10})")
"""A paragraph's first sentence that is worded as a heading is: short, without a comma."""
_FILLS = 0.6


def _filling(kind: str, begins: list[int], whole: int) -> int:
    """How many items begin there, if they are short and make up most of ``whole`` characters.

    Paragraphs that a sentence heads are more, and may be longer.
    """
    sentences = kind == _SENTENCE
    if not (_SENTENCE_HEADS if sentences else _FEWEST_ITEMS) <= len(begins) <= _MOST_ITEMS:
        return 0
    lengths = sorted(b - a for a, b in pairwise(begins))
    middle = lengths[len(lengths) // 2]
    longest = _LONGEST_PARAGRAPH if sentences else _LONGEST_ITEM
    if not _SHORTEST_ITEM <= middle <= longest or begins[-1] - begins[0] < _FILLS * whole:
        return 0
    return len(begins)


_ABRIDGED_WITHIN = 250
_BREAKS_OFF = re.compile(r"…|\.{3,}|等等|共\d{1,2}[图条件项则]|点击看|[请往]下[翻看]|下转|全文")
# Its first two numbers, in one style: ① ②, 1. 2., No.01 No.02, 第一件 第二件, 镜头一 镜头二.
_FIRST_TWO = re.compile(
    r"①[^①②]{2,90}②|"
    r"(?<!\d)(?:1|一|元)月[^\n]{2,90}?(?<!\d)(?:[23]|二|三)月|"
    r"(?<![\d.])0?1[.、:)](?!\d)[^\n]{2,90}?(?<![\d.])0?2[.、:)](?!\d)|"
    r"(?P<label>[\u4e00-\u9fff]{1,3}|No\.?|NO\.?|【)0?1(?![\d月年])[^\n]{2,90}?"
    r"(?P=label)0?2(?![\d月年])|"
    r"(?<![\u4e00-\u9fff])一、[^\n]{2,90}?二、|"
    r"(?P<word>[\u4e00-\u9fff]{1,3})一[:、][^\n]{2,90}?(?P=word)二[:、]|"
    r"第一[件个次条][^\n]{2,90}?第二[件个次条]|第一次[^\n]{2,40}?第一次|首次[^\n]{2,40}?首次"
)


def is_abridged(text: str) -> bool:
    """Whether a text of few words begins a numbered list and breaks it off."""
    if len(text) >= _ABRIDGED_WITHIN or not _BREAKS_OFF.search(text):
        return False
    return _FIRST_TWO.search(text) is not None


_READ_FOR_ORDINALS = 4000


def _items_within(line: str) -> int:
    circled = len(_INLINE_CIRCLED.findall(line))
    return max(circled, line.count(";") + 1 if line.count(";") >= 3 else 0)

"""The ways in which a text may fall into items without numbers: by its lines, or inside one."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from crawler.reading.genre.claims import SENTENCE_HEAD
from crawler.reading.selection.counts import MAX_ITEMS, SELECTED, Counts
from crawler.reading.words.markers import SYMBOL
from crawler.reading.words.numerals import ordinal

MAX_LINES = 2000


@dataclass(frozen=True, slots=True)
class Parts:
    """Items side by side: where each begins, where its words do, and where the last one ends.

    ``regular`` is how much the form itself says that these are items of one list; ``end`` is
    None where the last item ends as the others do.  ``labelled`` items begin with a label of
    their own (a date, a mark) that is no part of their words.
    """

    kind: str
    starts: tuple[tuple[int, int], ...]
    regular: float
    end: int | None = None
    inline: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    words: int
    end: int
    text: str


_LINE = re.compile(r"[^\n]+")
_SPEAKER = re.compile(r"(?:男|女|甲|乙|丙|旁白|主持人|主播|解说|画外音)\d?:")
_SPEAKERS = frozenset("男女甲乙丙旁主解画")
_SYMBOL = re.compile(rf"([{SYMBOL}]|——|>{{1,3}})\ufe0f?[ \t]*(?=\S)")
_PICTOGRAPH = re.compile(
    "(?:[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]\ufe0f?\u200d?)+[ \t]*(?=\\S)"
)
_BRACKET = re.compile(r"([【\[〔〖])([^】\]〕〗\n]{1,16})[】\]〕〗][ \t]*")
_DATELINE = re.compile(r"[讯电]$|编[者后]|字幕|片[头尾]|责任?编|转[载自]|手记|提示")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?[ \t]+(?=\S)")
_LEAD = re.compile(r"([^\s:|丨·、,。;“”—/]{1,8}?)[ \t]*(:|[|丨]|·|——|/)[ \t]*(?=\S)")
# A heading before a mark: lines are alike where its first two characters are (落笔一双鞋——).
_OPENING = re.compile(r"[\u4e00-\u9fff][^\s:|丨·。;—]{2,24}?(——|[|丨:])(?=\S)")
_SPACED = re.compile(r"([\u4e00-\u9fff\d]{1,6})[ \t]+(?=\S)")
_MONTH = (
    r"(?:(?:19|20)\d\d年)?(?:\d{1,2}|[一二三四五六七八九十]{1,2}|元|壹|贰|叁|肆|伍|陆|柒|捌|玖|拾[壹贰]?)月"
    r"(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})日|[上中下]旬|[初末底])?"
)
DATED = re.compile(rf"{_MONTH}(?:[至到—~-]{{1,2}}(?:{_MONTH}|\d{{1,2}}日))?")
_NOISE = re.compile(
    r"(?:.{0,12}(?:记者|通讯员|摄影|摄制|责编|编辑|来源|主编|总编|审核|审校|终审|初审|校对|版面|策划|统筹|"
    r"出品|图文|供稿|撰文|监制|浏览|阅读|点击|扫码|发布时间|打印|字号|转载自?)"
    r"(?:[员者]|次数|量)?(?:[ \t:|丨/>]|$)"
    r"|——|[^\w\s]{0,3}(?:点亮|点个|点赞|转发|分享|评论区)"
    r"|(?:点击|首页|上一[版篇]|下一[版篇]|当前位置|长按|扫一扫|关注|备案)"
    r"|.{0,24}第\d+版|.{0,12}(?:https?|www)|[(].*[)]$|图[:为丨|]|END"
    r"|.{0,30}(?:19|20)\d\d年\d+月\d+日[ \t])"
)
_LABELLED = re.compile(rf"[{SYMBOL}][ \t]*[^\s:]{{1,6}}:")
_STOPS = "。;,、:…"
_SHORT = 40
_CJK = re.compile(r"[\u4e00-\u9fff]")


def lines_of(text: str) -> list[_Line]:
    """The printed lines, without their indent and the name of a speaker."""
    lines = []
    for match in _LINE.finditer(text):
        start = match.start()
        while start < match.end() and text[start] in " \t\r":
            start += 1
        if start == match.end():
            continue
        speaker = _SPEAKER.match(text, start) if text[start] in _SPEAKERS else None
        words = speaker.end() if speaker else start
        lines.append(_Line(start, words, match.end(), text[words : match.end()].rstrip()))
        if len(lines) >= MAX_LINES:
            break
    return lines


def is_head(words: str) -> bool:
    """Whether a line may be a heading: short, no sentence, no credit."""
    return (
        1 < len(words) <= _SHORT
        and words[-1] not in _STOPS
        and "。" not in words[:-1]
        and len(_CJK.findall(words)) >= 2
        and not _NOISE.match(words)
    )


def headed_above(text: str, starts: Sequence[int]) -> Parts | None:
    """The items whose headings stand on the line above each of ``starts``, where all have one."""
    heads: list[tuple[int, int]] = []
    for start in starts:
        end = text.rfind("\n", 0, start)
        while end > 0 and not text[text.rfind("\n", 0, end) + 1 : end].strip():
            end = text.rfind("\n", 0, end)
        begins = text.rfind("\n", 0, max(end, 0)) + 1
        if end <= 0 or (heads and begins <= heads[-1][0]) or not is_head(text[begins:end].strip()):
            return None
        heads.append((begins, begins))
    if any(head[0] <= start for head, start in zip(heads[1:], starts, strict=False)):
        return None
    return Parts("heads", tuple(heads), REGULAR["heads"])


def parts_of(text: str, counts: Counts) -> Iterator[Parts]:
    """Every way to cut the folded ``text`` into as many items as it counts somewhere."""
    lines = lines_of(text)
    for kind, regular, found in _classes(lines):
        whole = counts.weight(len(found)) >= SELECTED
        for number in counts.ranked:
            if len(found) < number or (whole and len(found) != number):
                continue
            if kind == "months" and len(found) != number:
                yield from _windows("dated", REGULAR["dated"], found, number, counts.at[number])
            elif number in counts.until:
                above = [line for line in found if line[1] < counts.until[number]]
                yield from _windows(kind, regular, above[-number:], number, -1)
            else:
                yield from _windows(kind, regular, found, number, counts.at[number])
        if FEWEST_UNCOUNTED <= len(found) <= MAX_ITEMS and not counts.weight(len(found)):
            yield Parts(kind, tuple((start, words) for _, start, words in found), regular)
    yield from _running(text, counts)


def _classes(lines: Sequence[_Line]) -> Iterator[tuple[str, float, list[tuple[int, int, int]]]]:
    """Lines that begin alike: (line's place, where it begins, where its words begin)."""
    groups: defaultdict[tuple[str, ...], list[tuple[int, int, int]]] = defaultdict(list)
    strict, loose, sentences = [], [], []
    heads = [is_head(line.text) for line in lines]
    for place, line in enumerate(lines):
        words = line.text
        at = (place, line.start)
        for key, skipped in _leads(words):
            groups[key].append((*at, line.words + skipped))
        if _FIRST_SENTENCE.match(words):
            sentences.append((*at, line.words))
        head = heads[place]
        if head:
            loose.append((*at, line.words))
        below = lines[place + 1].text if place + 1 < len(lines) else ""
        told = len(below) > len(words) or below[-1:] in _STOPS
        if (
            head
            and not _LABELLED.match(words)
            and (_LABELLED.match(below) or (told and not (below and heads[place + 1])))
        ):
            strict.append((*at, line.words))
    for key, found in groups.items():
        kind = "months" if key[0] == "dated" and _in_order(lines, found) else key[0]
        yield kind, REGULAR[kind], found
    if headed := _headed_by_sentences(lines):
        yield "sentence heads", REGULAR["sentence heads"], headed
    if sentences:
        yield "first sentences", REGULAR["first sentences"], sentences
    if strict:
        yield "heads", REGULAR["heads"], strict
    if loose and len(loose) > len(strict):
        yield "loose heads", REGULAR["loose heads"], loose


REGULAR = {
    "symbol": 4.0,
    "const": 4.5,
    "bracket": 3.5,
    "clock": 3.8,
    "pictograph bar": 4.0,
    "pictograph": 3.4,
    "ending": 3.6,
    "parallel": 3.4,
    "opening": 3.6,
    "sentence heads": 3.4,
    "first sentences": 2.0,
    "months": 4.2,
    "dated": 3.3,
    "figure": 3.6,
    "spaced": 2.5,
    "heads": 3.2,
    "loose heads": 2.2,
    "quoted": 3.6,
    "quotations": 1.0,
    "semicolons": 3.0,
    "commas": 1.5,
}
"""How much each form by itself says that its lines are items: a mark that every line repeats
more than a mark of one sort, that more than a short line."""


def _leads(words: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """The ways in which a line begins, and how many characters each takes."""
    if not "\u4e00" <= words[:1] <= "\u9fff":
        yield from _marks(words)
    if lead := _LEAD.match(words):
        prefix, mark = lead.groups()
        yield ("const", prefix, mark), lead.end()
        yield ("parallel", mark, str(len(prefix))), lead.end()
        if len(prefix) > 2:
            yield ("ending", mark, prefix[-2:]), lead.end()
    elif spaced := _SPACED.match(words):
        yield ("spaced", str(spaced.end(1))), spaced.end()
    if opening := _OPENING.match(words):
        yield ("opening", opening.group(1), words[:2]), 0
        if words[0] == "最":
            yield ("opening", opening.group(1), "最"), 0
    if DATED.match(words, words[:1] in _OPENS):
        yield ("dated",), 0
    elif _FIGURE.fullmatch(words):
        yield ("figure",), 0


def _marks(words: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """The signs that a line may begin with, none of them a Chinese character."""
    if symbol := _SYMBOL.match(words):
        yield ("symbol", symbol.group(1)), symbol.end()
    if (picture := _PICTOGRAPH.match(words)) and not _NOISE.match(words):
        kind = "pictograph bar" if "|" in words or "丨" in words else "pictograph"
        yield (kind,), picture.end()
    if (bracket := _BRACKET.match(words)) and not _DATELINE.search(bracket.group(2)):
        yield ("bracket", bracket.group(1)), 0
    if (clock := _CLOCK.match(words)) and is_head(words[clock.end() :]):
        yield ("clock",), clock.end()


_OPENS = frozenset("【[〔〖")
# A figure alone heads what it counts: 52期, 1条河, 4700米.
_FIGURE = re.compile(r"\d[\d.,]*[百千万亿余多]{0,2}[\u4e00-\u9fff%]{1,4}")
# A paragraph under a short sentence that heads it: 《长城文献总汇》交了稿。近600万字，……
_FIRST_SENTENCE = re.compile(r"[^。!?;:\n]{4,32}[。!?](?=[^\n]{10})")
_SENTENCE_HEADS = 8
"""No review of the corpora has so many such paragraphs on end; of lists that nobody counts all."""
_MOSTLY = 0.85


def _headed_by_sentences(lines: Sequence[_Line]) -> list[tuple[int, int, int]]:
    """The paragraphs of a run of which nearly each begins with a sentence that heads it."""
    places = [place for place, line in enumerate(lines) if SENTENCE_HEAD.match(line.text)]
    if len(places) < _SENTENCE_HEADS:
        return []
    run = range(places[0], places[-1] + 1)
    if len(places) < _MOSTLY * len(run):
        return []
    return [(place, lines[place].start, lines[place].words) for place in run]


_MONTH_OF = re.compile(r"(\d{1,2}|[一二三四五六七八九十]{1,2}|元|[壹贰叁肆伍陆柒捌玖拾]{1,2})月")
_CAPITALS = str.maketrans("壹贰叁肆伍陆柒捌玖拾元", "一二三四五六七八九十一")


def _in_order(lines: Sequence[_Line], found: Sequence[tuple[int, int, int]]) -> bool:
    """Whether dated lines run through a year from its beginning to its end."""
    months = []
    for place, _, _ in found:
        named = _MONTH_OF.search(lines[place].text, 0, 20)
        month = ordinal(named.group(1).translate(_CAPITALS)) if named else None
        months.append(month or 0)
    return len(months) >= FEWEST_UNCOUNTED and months == sorted(months) and len(set(months)) > 3


FEWEST_UNCOUNTED = 5
"""So many items of one form are a list though nothing says how many there are."""


def _windows(
    kind: str, regular: float, found: Sequence[tuple[int, int, int]], number: int, after: int
) -> Iterator[Parts]:
    """``number`` of the lines found: all, or the run of them that lies closest together."""
    if len(found) < number:
        return
    if len(found) == number:
        yield Parts(kind, tuple((start, words) for _, start, words in found), regular)
        return
    best: tuple[tuple[float, ...], int] | None = None
    for first in range(len(found) - number + 1):
        run = found[first : first + number]
        if run[0][1] < after:
            continue
        gaps = [b[0] - a[0] for a, b in pairwise(run)]
        rank = (float(max(gaps) - min(gaps)), float(sum(gaps)), float(first))
        if best is None or rank < best[0]:
            best = rank, first
    if best is not None:
        run = found[best[1] : best[1] + number]
        yield Parts(kind, tuple((start, words) for _, start, words in run), regular - 0.8)


_QUOTE = re.compile(r"“([^“”\n]{2,80})”|《([^《》\n]{2,60})》")
_BETWEEN = re.compile(r"[、,;和及与\s]{0,2}")
_INTRODUCED = re.compile(r"[:—]\n?(?=[^\n])")
_SENTENCE = re.compile(r"[^。\n]*")
_QUOTED_PART = re.compile(r"“[^“”\n]*”|《[^《》\n]*》|\([^()\n]*\)")


def _running(text: str, counts: Counts) -> Iterator[Parts]:
    """Items inside a paragraph: a run of quotations, or the parts of one long sentence."""
    quotes = list(islice(_QUOTE.finditer(text), 40 * MAX_ITEMS))
    run: list[re.Match[str]] = []
    for quote in quotes:
        if run and not _BETWEEN.fullmatch(text, run[-1].end(), quote.start()):
            yield from _quoted(run, counts)
            run = []
        run.append(quote)
    yield from _quoted(run, counts)
    if counts.weight(len(quotes)) > 1:
        yield _quotations("quotations", quotes)
    for colon in _INTRODUCED.finditer(text):
        sentence = _SENTENCE.match(text, colon.end())
        if sentence is None or len(sentence.group()) < 12:
            continue
        plain = _QUOTED_PART.sub(lambda m: "“" * len(m.group()), sentence.group())
        for kind, mark in (("semicolons", ";"), ("commas", "、")):
            number = plain.rstrip(mark).count(mark) + 1
            if not counts.weight(number):
                continue
            starts, at = [], 0
            while at < len(plain):
                starts.append((sentence.start() + at, sentence.start() + at))
                stop = plain.find(mark, at)
                at = len(plain) if stop < 0 else stop + 1
            if len(starts) == number:
                yield Parts(kind, tuple(starts), REGULAR[kind], sentence.end(), inline=True)


def _quoted(run: list[re.Match[str]], counts: Counts) -> Iterator[Parts]:
    if len(run) > 1 and counts.weight(len(run)):
        yield _quotations("quoted", run)


def _quotations(kind: str, run: list[re.Match[str]]) -> Parts:
    starts = tuple((m.start(), m.start()) for m in run)
    return Parts(kind, starts, REGULAR[kind], run[-1].end(), inline=True)

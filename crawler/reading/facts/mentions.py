"""The committees that a text names: where, of which level and place, of which term."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.reading.facts.places import Place, place_ending_at, places_starting_at
from crawler.reading.words.numerals import chinese_number, ordinal
from storage.records import Level

MAX_MENTIONS = 120
NUMBER = r"[一二三四五六七八九十]{1,3}|\d{1,2}"
# 人民政协 means the institution as a whole, 政协 alone any committee.
WHOLE = "人民"
_CPPCC = re.compile(r"人民政治协商会议|政治协商会议|人民政协|政协")
_TERM_BEFORE = re.compile(rf"第?({NUMBER})届$")
_TERM_AFTER = re.compile(rf"第?({NUMBER})届")
_SESSION = re.compile(rf"(?:第?({NUMBER})届)?(?:委员会)?第?({NUMBER})次(?:全体)?会议")
_ENGLISH_NATIONAL = re.compile(
    r"CPPCC National Committee|National Committee of the (?:CPPCC|Chinese People)"
    r"|China's top political advis|national (?:political )?advisory body"
    r"|REPORT ON THE WORK OF THE STANDING COMMITTEE(?! of the National People)",
    re.IGNORECASE,
)
# Model texts leave the place out: 政协XX市第XX届委员会.
_PLACEHOLDER = re.compile(r"[xX×*某○]{1,3}([省市县区州旗])")
_LONGEST_TAIL = 32
_COMMITTEE_TAIL = re.compile(rf"(?:第?(?:{NUMBER})届)?(?:第(?:{NUMBER})次)?委员会")
_LEVEL_WORDS = (
    ("自治区", Level.PROVINCIAL),
    ("地区", Level.PREFECTURE),
    ("省", Level.PROVINCIAL),
    ("市", Level.PREFECTURE),
    ("州", Level.PREFECTURE),
    ("盟", Level.PREFECTURE),
    ("县", Level.COUNTY),
    ("旗", Level.COUNTY),
    ("区", Level.COUNTY),
)
# 全市政协, 各级政协: the committees of a place together, not one of them.
_COLLECTIVE = re.compile(r"(?:全[省市县区州盟旗]|各[级地省市县]|[省市]市县|市县区?|[省市]县|地方)$")
# No committees sit here; their people sit in others': 香港政协委员.
_WITHOUT_COMMITTEE = ("香港", "澳门", "港澳", "台湾", "特别行政区")


@dataclass(frozen=True, slots=True)
class Mention:
    """One naming of a committee in a folded text; ``places`` is empty for a bare 省政协."""

    start: int
    end: int
    level: Level | None
    word: str
    places: tuple[Place, ...] = ()
    term: int | None = None


def mentions(text: str, limit: int = MAX_MENTIONS) -> Iterator[Mention]:
    """The committees named in ``text``, in order; a bare 政协 has no level."""
    english = _ENGLISH_NATIONAL.search(text[:2000]) if text[:1].isascii() else None
    if english:
        yield Mention(english.start(), english.end(), Level.NATIONAL, "全国")
    for count, match in enumerate(_CPPCC.finditer(text)):
        if count >= limit:
            return
        yield _named_after(text, match) or _named_before(text, match)


def _named_after(text: str, match: re.Match[str]) -> Mention | None:
    """政协第十届杭州市委员会, 中国人民政治协商会议江西省第十二届委员会, 政协全国委员会."""
    at = match.end()
    if "委员会" not in text[at : at + _LONGEST_TAIL] and not _PLACEHOLDER.match(text, at):
        return None
    term = _TERM_AFTER.match(text, at)
    at = term.end() if term else at
    if text.startswith("全国委员会", at) or text.startswith("全国第", at):
        return Mention(match.start(), at + 5, Level.NATIONAL, "全国", (), _term(term))
    if text.startswith("全国", at) or not text[at : at + 2].strip():
        return None
    blank = _PLACEHOLDER.match(text, at)
    if blank:
        level = dict(_LEVEL_WORDS)[blank.group(1)]
        return Mention(match.start(), blank.end(), level, blank.group(1), (), _term(term))
    found: list[tuple[int, tuple[Place, ...]]] = []
    while len(found) < 3:
        end, places = places_starting_at(text, at)
        if not places:
            break
        found.append((end, places))
        at = end
    if not found:
        return None
    tail = _COMMITTEE_TAIL.match(text, at)
    if not tail:
        return None
    narrowed = _within(found[-1][1], [p for _, places in found[:-1] for p in places])
    term = term or _TERM_AFTER.search(text, at, tail.end())
    return Mention(match.start(), tail.end(), narrowed[0].level, "", narrowed, _term(term))


def _named_before(text: str, match: re.Match[str]) -> Mention:
    """云南省政协, 十二届省政协, 上海政协, 省政协, 全国政协, 政协."""
    start = match.start()
    window = text[max(0, start - 8) : start]
    term = _TERM_BEFORE.search(window)
    end = start - (len(term.group()) if term else 0)
    if text.endswith(("全国", "中国"), 0, end):
        return Mention(end - 2, match.end(), Level.NATIONAL, "全国", (), _term(term))
    if text.endswith(_WITHOUT_COMMITTEE, 0, end):
        return Mention(start, match.end(), None, "")
    begin, places = place_ending_at(text, end)
    if not places and _COLLECTIVE.search(text, max(0, end - 3), end):
        return Mention(start, match.end(), None, "")
    if places:
        begin, places = _with_parents(text, begin, places)
        term = term or _TERM_BEFORE.search(text, max(0, begin - 8), begin)
        return Mention(begin, match.end(), places[0].level, "", places, _term(term))
    for word, level in _LEVEL_WORDS:
        if text.endswith(word, 0, end):
            begin = end - len(word)
            term = term or _TERM_BEFORE.search(text, max(0, begin - 8), begin)
            if term and term.end() == begin:
                begin = term.start()
                named, places = place_ending_at(text, begin)
                fitting = tuple(p for p in places if p.name.endswith(word))
                if fitting:
                    return Mention(named, match.end(), fitting[0].level, word, fitting, _term(term))
            return Mention(begin, match.end(), level, word, (), _term(term))
    word = "" if match.group() == "政协" else WHOLE
    return Mention(start, match.end(), None, word, (), _term(term))


def _term(match: re.Match[str] | None) -> int | None:
    return ordinal(match.group(1)) if match else None


def _with_parents(
    text: str, begin: int, places: tuple[Place, ...]
) -> tuple[int, tuple[Place, ...]]:
    """Narrow 鼓楼区 by the 南京市 printed before it."""
    parents: list[Place] = []
    at = begin
    while len(parents) < 20:
        start, before = place_ending_at(text, at)
        if not before:
            break
        parents.extend(before)
        at = start
    narrowed = _within(places, parents)
    return (at if parents else begin), narrowed


def _within(places: tuple[Place, ...], parents: list[Place]) -> tuple[Place, ...]:
    """Those of ``places`` that lie in one of ``parents``; all of them where none does."""
    names = {p.name for p in parents if p.level is Level.PREFECTURE}
    regions = {p.region for p in parents}
    inside = [p for p in places if p.prefecture in names] if names else []
    inside = inside or [p for p in places if p.region in regions]
    return tuple(inside) or places


def term_and_session(*texts: str) -> tuple[int | None, int | None]:
    """The 届 and 次 that the first text with one states: 十三届二次会议 is (13, 2)."""
    for text in texts:
        for mention in mentions(text, 5):
            if mention.term:
                session = _session_in(text, mention.start)
                return mention.term, _session_of(session)
        session = _session_in(text, 0)
        if session and session.group(1):
            return ordinal(session.group(1)), _session_of(session)
    return None, None


_LONGEST_SESSION = 24


def _session_in(text: str, start: int) -> re.Match[str] | None:
    """The first session named from ``start`` on; its last words are sought first."""
    ends = [at for words in ("次会议", "次全体会议") if (at := text.find(words, start)) >= 0]
    if not ends:
        return None
    return _SESSION.search(text, max(start, min(ends) - _LONGEST_SESSION))


def _session_of(match: re.Match[str] | None) -> int | None:
    return chinese_number(match.group(2)) or ordinal(match.group(2)) if match else None

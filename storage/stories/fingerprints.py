"""What makes two texts the same: the normalised form, its hash, its shingles and signature.

Pure.  Three questions are answered here: is this the same text as last time (content hash),
is it the same text elsewhere (exact key), and is it nearly so (MinHash signature to find it,
exact shingles to prove it).
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
import xxhash
from numpy.typing import NDArray

from storage.stories.characters import simplified

SLOTS = 128
BAND_ROWS = 3
BANDS = SLOTS // BAND_ROWS  # 42: the last two slots serve the estimate only
SHINGLE = 4  # characters
STAMP_LINE = 100
"""Characters in the longest line in which a counter or a stamp is looked for."""


_DATE = r"\d{4}(?:年\d{1,2}月\d{1,2}日|[-/.]\d{1,2}[-/.]\d{1,2}日?)"
_CLOCK = r"\d{1,2}[:时]\d{2}(?:[:分]\d{2}秒?)?"
_LABEL = r"(?:发布|更新|发表|刊发|上传|编辑|修改|录入|当前|系统)?(?:时间|日期)|今天是|发布于|更新于"
_COUNTER = re.compile(
    r"(?:阅读|浏览|点击|访问|观看|播放|点赞|评论|转发|分享|人气)"
    r"(?:次数|总数|人数|量|数|率)?\s*:\s*(?:\d[\d,.]*\s*万?\+?|正在加载|加载中)?\s*[次人]?"
)
_STAMP = re.compile(
    rf"(?:{_LABEL})\s*:?\s*{_DATE}(?:\s*(?:{_CLOCK}|星期.))*"
    rf"|{_DATE}\s*(?:星期.\s*)?{_CLOCK}"
    rf"|{_DATE}\s*星期."
    r"|^\s*\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\s*$",
    re.MULTILINE,
)
_TOP_DATE = re.compile(rf"\A\s*{_DATE}\s*(?=\n)")
_BUTTONS = re.compile(
    r"[\[【(]?(?:打印本?页?|关闭(?:窗口|本页)?|字号|字体)[\]】)]?:?|[\[(【]?[大中小][\]】)]?"
)
_BARE = re.compile(r"[\W_]*\Z")
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]+")


_NUMBER = re.compile(r"\d+|[〇零一二三四五六七八九十百千万亿]{2,}")
_NUMERAL = re.compile(r"[\d〇零一二三四五六七八九十百千万]")
_LETTERS = re.compile(r"[^\W_]+|\n")
_DIGIT = re.compile(r"\d|加载")
_WIDE = tuple(
    (sign, unicodedata.normalize("NFKC", sign)) for sign in "，：；！？（）％～…\u3000\xa0"
)
_LINE_FEED = np.uint64(0x0A)
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)
_BAND_NUMBERS = np.arange(1, BANDS + 1, dtype=np.uint64)

# Below SHORT letters a text is a notice, above LONG an article; in between, in between.
SHORT, LONG = 300, 800
CONTAINED_SHORT, CONTAINED_LONG = 1.0, 0.72
NUMBERS_LOST = 0.4  # of a long text's numbers, or two of them
# A short text that falls just short of that is aligned letter by letter with the other one.
CONTAINED_SPOILT = 0.78
SPOILT_LEAST = 200  # letters
SPOILT_PLACES = 5  # a form is filled in at fewer, and with more than one letter at each
SPOILT_SINGLE = 0.75
SPOILT_RUN = 3
SPOILT_SHARE = 0.06
SPOILT_NUMBERS = 2  # numbers that one of its changes may have hit
SPOILT_NUMERALS = 0.25  # the share of its changes: more of them are another day, another sum
WHOLE_SHARE = 0.97
WHOLE_BLOCK = 8  # letters: what is left of a cut text are clauses, no scattered words
SHORT_BLOCK = 5  # the shortest clause, where the blocks are long on the whole
MEAN_BLOCK = 25


def normalised(text: str) -> str:
    """The words without width, spacing, read counters and date stamps.

    A counter or a stamp changes from one visit to the next while the article stays what it
    is.  A date in 年月日 on a line of its own is a signature, and stays, unless it is the
    first line, where pages print the day of the visit.
    """
    return "".join(_lines(text))


def content_sha256(title: str, text: str) -> str:
    """The identity of a version: changes when the words do, and only then."""
    return _content_hash(normalised(title), normalised(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """All that a text is compared by.

    ``letters`` is the text without signs, for matching; ``shingles`` are the sorted distinct
    hashes of its 4-grams of letters, none across a paragraph's end, so that shuffled
    paragraphs change nothing; ``slots`` its MinHash signature, ``keys`` what an index files
    it under: any two copies share one of them.
    """

    content_sha256: str
    letters: str
    shingles: NDArray[np.uint64]
    slots: NDArray[np.uint16]
    keys: tuple[int, ...]

    def numbers(self) -> frozenset[str]:
        """The distinct numbers that the text states."""
        return frozenset(_NUMBER.findall(self.letters))


def fingerprint(title: str, text: str) -> Fingerprint:
    """Everything at once: the costly part of saving an article, done before any lock."""
    lines = _lines(text)
    heading = normalised(title)
    matching = _letters(simplified("\n".join(lines)))
    shingles = _shingles(matching)
    exact = _exact_key(_letters(simplified(heading)), matching.replace("\n", ""))
    slots = _signature(shingles)
    keys = () if slots is None else _band_keys(slots)
    return Fingerprint(
        content_sha256=_content_hash(heading, "".join(lines)),
        letters=matching,
        shingles=shingles,
        slots=np.zeros(SLOTS, np.uint16) if slots is None else slots.astype(np.uint16),
        keys=keys if exact is None else (exact, *keys),
    )


def similarity(one: NDArray[np.uint16], other: NDArray[np.uint16]) -> float:
    """The estimated share of shingles that two texts have in common (Jaccard)."""
    return float(np.count_nonzero(one == other)) / SLOTS


def is_copy(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether the shorter text stands in the longer one, so far that they are one text.

    A long text may differ here and there.  A short one must be contained as good as whole,
    number for number: notices are printed from a form, and a different name, date or place
    in the same form is another notice.
    """
    small, large = sorted((one, other), key=lambda text: len(text.shingles))
    if len(small.shingles) == 0:
        return False
    short = min(1.0, max(0.0, (LONG - len(small.letters)) / (LONG - SHORT)))
    share = containment(small, large)
    if share < CONTAINED_LONG + (CONTAINED_SHORT - CONTAINED_LONG) * short:
        return share >= CONTAINED_SPOILT and _spoilt(small, large)
    return _numbers_stand(small, large, short) or _spoilt(small, large)


def _numbers_stand(small: Fingerprint, large: Fingerprint, short: float) -> bool:
    numbers = small.numbers()
    missing = len(numbers - large.numbers())
    return missing <= (1 - short) * max(2.0, NUMBERS_LOST * len(numbers))


def _spoilt(small: Fingerprint, large: Fingerprint) -> bool:
    """Whether the shorter text is the longer one badly copied: cut, or with letters changed.

    A form is filled in with other names and places: a few runs of letters, each a word.  A
    bad copy differs in single letters here and there, or in nothing but what is left out.
    """
    if len(small.letters) < SPOILT_LEAST:
        return False
    if len(small.numbers() - large.numbers()) > SPOILT_NUMBERS:
        return False
    matcher = SequenceMatcher(None, small.letters, large.letters, autojunk=False)
    own = [
        small.letters[start:end]
        for tag, start, end, *_ in matcher.get_opcodes()
        if tag in ("replace", "delete")
    ]
    if not any(own):
        blocks = [block.size for block in matcher.get_matching_blocks() if block.size]
        least = SHORT_BLOCK if len(small.letters) >= MEAN_BLOCK * len(blocks) else WHOLE_BLOCK
        clauses = sum(size for size in blocks if size >= least)
        return clauses >= WHOLE_SHARE * len(small.letters)
    return (
        len(own) >= SPOILT_PLACES
        and sum(len(run) == 1 for run in own) >= SPOILT_SINGLE * len(own)
        and sum(_NUMERAL.search(run) is not None for run in own) <= SPOILT_NUMERALS * len(own)
        and max(map(len, own)) <= SPOILT_RUN
        and sum(map(len, own)) <= SPOILT_SHARE * len(small.letters)
    )


def containment(small: Fingerprint, large: Fingerprint) -> float:
    """The share of the first text's shingles that the second one has."""
    if len(small.shingles) == 0:
        return 0.0
    at = np.searchsorted(large.shingles, small.shingles)
    at[at == len(large.shingles)] = 0
    found = np.count_nonzero(large.shingles[at] == small.shingles) if len(large.shingles) else 0
    return float(found) / len(small.shingles)


def _lines(text: str) -> list[str]:
    """The paragraphs in normalised form, without empty ones, counters and stamps."""
    text = _compatible(text)
    unseen = _UNSEEN.search(text) is not None
    kept = []
    for line in _TOP_DATE.sub("", text).split("\n"):
        squeezed = "".join(_without_stamps(line).split())
        if unseen:
            squeezed = _UNSEEN.sub("", squeezed)
        if squeezed:
            kept.append(squeezed)
    return kept


def _compatible(text: str) -> str:
    """NFKC; the signs that nearly every page has are replaced first, since that is 40 times
    as fast as the normalisation that they would make necessary."""
    for wide, narrow in _WIDE:
        text = text.replace(wide, narrow)
    if unicodedata.is_normalized("NFKC", text):
        return text
    return unicodedata.normalize("NFKC", text)


def _without_stamps(line: str) -> str:
    """A short line without what pages print round an article; a paragraph of prose as it is."""
    if len(line) > STAMP_LINE or not _DIGIT.search(line):
        return line
    rest = _STAMP.sub("", _COUNTER.sub("", line))
    return "" if rest != line and _BARE.match(_BUTTONS.sub("", rest)) else rest


def _letters(text: str) -> str:
    """Letters, digits and line ends."""
    return "".join(_LETTERS.findall(text))


def _content_hash(title: str, text: str) -> str:
    return hashlib.sha256(f"{title}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()


def _signed64(value: int) -> int:
    """An unsigned 64-bit number as the signed one that databases keep."""
    return value - (1 << 64) if value >= 1 << 63 else value


def _exact_key(title: str, letters: str) -> int | None:
    """The key that exact copies share; None where it would prove nothing.

    Below 100 letters ("详见附件") identical words at two addresses are no evidence that they
    are copies unless the titles agree too.
    """
    if len(letters) < 20:
        return None
    whole = letters if len(letters) >= 100 else f"{title}\n{letters}"
    return _signed64(xxhash.xxh64_intdigest(whole.encode("utf-8", "surrogatepass")))


def _shingles(matching: str) -> NDArray[np.uint64]:
    signs = np.frombuffer(matching.encode("utf-32-le", "surrogatepass"), np.uint32)
    if len(signs) < SHINGLE:
        return np.zeros(0, np.uint64)
    wide = signs.astype(np.uint64)
    count = len(wide) - SHINGLE + 1
    hashes = np.zeros(count, np.uint64)
    ended = np.zeros(count, np.bool_)
    for place in range(SHINGLE):
        part = wide[place : place + count]
        hashes = hashes * _FACTOR + part
        ended |= part == _LINE_FEED
    ordered = np.sort(_mixed(hashes[~ended]))
    fresh = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    distinct: NDArray[np.uint64] = ordered[fresh]
    return distinct


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64: each input bit moves half of the output bits."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _signature(shingles: NDArray[np.uint64]) -> NDArray[np.uint64] | None:
    """One-permutation MinHash: the least hash of each slot; None without any shingle.

    An empty slot borrows from the next filled one to the right, changed by the distance
    (densification by rotation), so that two texts that share it borrow alike.
    """
    if len(shingles) == 0:
        return None
    slots = np.full(SLOTS, _EMPTY, np.uint64)
    # Sorted and then written backwards, the least one of a slot comes last and stays.
    backwards = shingles[::-1]
    slots[(backwards & np.uint64(SLOTS - 1)).astype(np.intp)] = backwards >> np.uint64(7)
    empty = np.flatnonzero(slots == _EMPTY)
    if len(empty):
        numbers = np.flatnonzero(slots != _EMPTY)
        after = np.searchsorted(numbers, empty) % len(numbers)
        distance = ((numbers[after] - empty) % SLOTS).astype(np.uint64)
        slots[empty] = _mixed(slots[numbers[after]] + distance * _FACTOR)
    return slots


def _band_keys(slots: NDArray[np.uint64]) -> tuple[int, ...]:
    rows = slots[: BANDS * BAND_ROWS].reshape(BANDS, BAND_ROWS)
    keys = _BAND_NUMBERS
    for place in range(BAND_ROWS):
        keys = _mixed(keys * _FACTOR + rows[:, place])
    return tuple(keys.view(np.int64).tolist())

"""How days and clocks are written: words to a time of publication.

In figures, in Chinese numerals, full width, with English months, as mail and Java write them, as
an epoch.  A date without a year is no date; one that may be read two ways (5/4/2021) is none
either, unless its clock (PM) says that an English program wrote it.  A clock of exactly midnight
is what a CMS fills in where only the day is known: it states a day.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from storage.records import SHANGHAI, Evidence, Precision

_MONTH = r"(?P<mo>1[0-2]|0?[1-9])"
_DAY = r"(?P<d>3[01]|[12]\d|0?[1-9])"
_HALF = r"上午|下午|凌晨|早上|早晨|清晨|中午|傍晚|晚间|晚上|夜间|晚|[AaPp]\.?[Mm]\.?"
_CLOCK = (
    rf"(?:[\s日T号·,，|()（）-]{{0,6}}(?:at\s+)?(?P<half>{_HALF})?\s*(?P<h>[01]?\d|2[0-3])\s*[:：时點点]\s*(?P<mi>[0-5]\d)"
    r"(?:\s*[:：分]\s*(?P<s>[0-5]\d))?(?:\.\d{1,6})?分?秒?(?:\s*(?P<pm>[AaPp]\.?[Mm]\b))?)?"
)
_ZONE = re.compile(
    r"(?:\.\d+)?\s*(?:(?:UTC|GMT|Z)?(?P<sign>[+-])(?P<h>\d\d?):?(?P<m>\d\d)?(?![\d:])|(?P<utc>Z|UTC|GMT)\b)"
)
_WEEKDAY = r"(?:\s*[(（]?(?:星期|周)[一二三四五六日天][)）]?)?"
# A day may be glued to the hour behind it (2019年06月15日08:18, 2024-05-2003:15).
_PRINTED = re.compile(
    rf"(?<![\d.])(?P<y>(?:19|20)\d\d)\s*(?:[-/.年]|\s)\s*{_MONTH}\s*[-/.月]\s*{_DAY}"
    rf"(?!\d{{2,}}(?![:：时]))日?{_WEEKDAY}{_CLOCK}"
)
_DAY_FIRST = re.compile(rf"(?<![\d:：.-]){_DAY}\s+(?P<y>20\d\d)\s*[-/.年]\s*{_MONTH}月?(?![\d-])")
_SHORT_YEAR = re.compile(
    rf"(?<![\d./-])(?<!\d[:：])(?P<y>[0-3]\d)[-/.年]{_MONTH}[-/.月]{_DAY}日?(?![\d/-]){_CLOCK}"
)
_DOTTED = re.compile(rf"(?<![\d.]){_DAY}\.{_MONTH}\.(?P<y>20\d\d)(?![\d.])")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED = (
    r"(?P<name>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_ENGLISH = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"\b{_NAMED}\.?\s+{_DAY}(?:st|nd|rd|th)?\s*,?\s+(?P<y>(?:19|20)\d\d)\b{_CLOCK}",
        rf"(?<![\d:]){_DAY}(?:st|nd|rd|th)?[\s-]+{_NAMED}\.?,?[\s-]+(?P<y>(?:19|20)\d\d)\b{_CLOCK}",
        # Java's Date.toString: Sun Jan 24 07:50:00 CST 2021
        rf"\b{_NAMED}\s+{_DAY}\s+(?P<h>[01]?\d|2[0-3]):(?P<mi>[0-5]\d):(?P<s>[0-5]\d)\s+\S{{2,9}}\s+(?P<y>20\d\d)\b",
    )
)
_SLASHED = re.compile(
    rf"(?<![\d/.-])(?P<a>[0-3]?\d)(?P<mark>[/-])(?P<b>[0-3]?\d)(?P=mark)(?P<y>20\d\d)(?![\d/])(?:\s*-)?{_CLOCK}"
)
_COMPACT = re.compile(
    r"(?<!\d)(?P<y>20\d\d)(?P<mo>1[0-2]|0[1-9])(?P<d>3[01]|[12]\d|0[1-9])"
    r"(?:(?P<h>[01]\d|2[0-3])(?P<mi>[0-5]\d)(?P<s>[0-5]\d)?)?(?!\d)"
)
_EPOCH = re.compile(r"\s*(1\d{9})(?:\d{3})?\s*")
_NARROW = str.maketrans({chr(0xFF01 + at): chr(0x21 + at) for at in range(94)})
"""Full-width forms of ASCII (U+FF01 to U+FF5E) and their narrow ones."""
_DASHES = str.maketrans(dict.fromkeys("–—‐‑‒―−─﹣", "-") | dict.fromkeys("∶︰﹕ː꞉", ":"))
_ZEROS = str.maketrans(dict.fromkeys("○ＯO零", "〇"))
_HAN_DATE = re.compile(
    r"(?P<y>[12一二][0-9〇一二三四五六七八九]{3})\s*年\s*(?P<mo>正|元|[一二三四五六七八九十]{1,2}|1[0-2]|0?[1-9])\s*月"
    r"\s*(?P<d>[一二三四五六七八九十廿卅]{1,3}|3[01]|[12]\d|0?[1-9])\s*日"
)
_HAN_DIGITS = {digit: str(at) for at, digit in enumerate("〇一二三四五六七八九")}
_EARLIEST = datetime(1994, 1, 1, tzinfo=SHANGHAI)
"""Before the first Chinese site nothing was published on one (CERNET, 1994)."""
DRIFT = timedelta(days=2)
"""How far ahead of ``now`` a stated day may lie: clocks and zones err."""
_AFTERNOON = frozenset("下傍晚夜Pp")
_MORNING = frozenset("上凌早清Aa")


@dataclass(frozen=True, slots=True)
class Dated:
    """A time of publication, how exactly it is stated, and the words that state it."""

    at: datetime
    precision: Precision
    evidence: Evidence


def dates_in(text: str, rule: str, where: str, now: datetime | None) -> Iterator[Dated]:
    """The plausible dates of a short text, in order of how they are written out."""
    text = narrow(text)
    for pattern in (_PRINTED, _DAY_FIRST, _SHORT_YEAR, _DOTTED):
        for found in pattern.finditer(text):
            dated = _dated(found.groupdict(), found, text, rule, where, now)
            if dated:
                yield dated
    for pattern in _ENGLISH:
        for found in pattern.finditer(text):
            values = found.groupdict()
            month = _MONTHS.index(str(values["name"])[:3].lower()) + 1
            dated = _dated(values | {"mo": str(month)}, found, text, rule, where, now)
            if dated:
                yield dated
    for found in _SLASHED.finditer(text):
        ordered = _ordered(found)
        dated = _dated(ordered, found, text, rule, where, now) if ordered else None
        if dated:
            yield dated


def compact_dates_in(text: str, rule: str, where: str, now: datetime | None) -> Iterator[Dated]:
    """The plausible dates among runs of eight, twelve or fourteen digits (20210124)."""
    for found in _COMPACT.finditer(narrow(text)):
        dated = _dated(found.groupdict(), found, text, rule, where, now)
        if dated:
            yield dated


def date_of_value(value: str, rule: str, where: str, now: datetime | None) -> Dated | None:
    """What a value that holds nothing but a time states: written out, compact, or an epoch."""
    dated = next(dates_in(value, rule, where, now), None)
    dated = dated or next(compact_dates_in(value, rule, where, now), None)
    if dated is None and (epoch := _EPOCH.fullmatch(value)):
        return date_of_epoch(int(epoch[1]), value, rule, now)
    return dated


def date_of_epoch(seconds: int, quote: str, rule: str, now: datetime | None) -> Dated | None:
    """The time of an epoch in seconds; None for one before any site, or after ``now``."""
    at = datetime.fromtimestamp(seconds, SHANGHAI)
    if at <= _EARLIEST or (now is not None and at > now + DRIFT):
        return None
    return Dated(at, precision_of(at), evidence_of(rule, "html", quote))


def narrow(text: str) -> str:
    """A text with its dates in narrow digits: ２０２１－０１－２４, 二〇二一年元月廿四日."""
    if text.isascii():
        return text
    text = text.translate(_NARROW).translate(_DASHES)
    if "年" in text:
        bare = text.translate(_ZEROS)
        if _HAN_DATE.search(bare):
            return _HAN_DATE.sub(_in_digits, bare)
    return text


def _in_digits(found: re.Match[str]) -> str:
    year = "".join(_HAN_DIGITS.get(char, char) for char in found["y"])
    return f"{year}年{_number(found['mo'])}月{_number(found['d'])}日"


def _number(han: str) -> int:
    """A day or a month in Chinese numerals: 十一, 二十四, 廿四, 元, 正."""
    if han.isdecimal() and han.isascii():
        return int(han)
    if han in ("元", "正"):
        return 1
    han = han.replace("廿", "二十").replace("卅", "三十")
    tens, ten, units = han.rpartition("十")
    value = int(_HAN_DIGITS.get(units, "0")) if units else 0
    if ten:
        value += 10 * (int(_HAN_DIGITS.get(tens, "1")) if tens else 1)
    return value


def _ordered(found: re.Match[str]) -> dict[str, str | None] | None:
    """Month and day of 1/24/2021 and 24/1/2021; None where either may be the month."""
    one, other = int(found["a"]), int(found["b"])
    english = found["pm"] is not None
    if one == other or (one <= 12 < other) or (english and one <= 12):
        month, day = one, other
    elif other <= 12 < one:
        month, day = other, one
    else:
        return None
    return found.groupdict() | {"mo": str(month), "d": str(day)}


def _dated(
    values: dict[str, str | None],
    found: re.Match[str],
    text: str,
    rule: str,
    where: str,
    now: datetime | None,
) -> Dated | None:
    year = int(values["y"] or 0)
    if year < 100:
        year += 2000
    hour = _hour(int(values.get("h") or 0), values.get("half") or values.get("pm") or "")
    try:
        at = datetime(
            year,
            int(values["mo"] or 0),
            int(values["d"] or 0),
            hour,
            int(values.get("mi") or 0),
            int(values.get("s") or 0),
            tzinfo=SHANGHAI,
        )
    except ValueError:
        return None
    # Midnight states a day as it is written, in whatever zone.
    zone = _ZONE.match(text, found.end()) if precision_of(at) is Precision.SECOND else None
    if zone:
        offset = timedelta(hours=int(zone["h"] or 0), minutes=int(zone["m"] or 0))
        if offset > timedelta(hours=14):
            return None
        at = at.replace(tzinfo=timezone(-offset if zone["sign"] == "-" else offset))
        at = at.astimezone(SHANGHAI)
    if at < _EARLIEST or (now is not None and at > now + DRIFT):
        return None
    quote = text[found.start() : found.end()].strip()
    return Dated(at, precision_of(at), evidence_of(rule, where, quote))


def _hour(hour: int, half: str) -> int:
    """The hour of a day whose half is named: 下午3 and 3 PM are 15, 凌晨12 and 12 AM are 0."""
    if not half:
        return hour
    if half[0] in _AFTERNOON and hour < 12:
        return hour + 12
    if half[0] in _MORNING and hour == 12:
        return 0
    if half == "中午" and hour < 4:
        return hour + 12
    return hour


def evidence_of(rule: str, where: str, quote: str) -> Evidence:
    """Evidence for a date: the rule, where its words stand, the words."""
    return Evidence(about="published_at", rule=rule, field=where, span=(0, len(quote)), quote=quote)


def precision_of(at: datetime) -> Precision:
    """A second, unless the clock stands at midnight or none was stated."""
    return Precision.SECOND if (at.hour, at.minute, at.second) != (0, 0, 0) else Precision.DAY

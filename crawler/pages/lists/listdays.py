"""Days as list pages print them: beside a link, often without a year."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from storage.records import SHANGHAI

_LONGEST_NOTE = 60  # "来源：… 2024-12-05 浏览：120": longer text is an abstract with a day in it
_LONGEST_BARE = 24

_SEP = r"\s*[-/.年–－]\s*"
_FULL = re.compile(rf"(?<!\d)((?:19|20)\d\d){_SEP}(\d{{1,2}})\s*[-/.月–－]\s*(\d{{1,2}})(?!\d)")
_DAY_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}})日?\s*[/|]?\s+(20\d\d){_SEP}(\d{{1,2}})月?(?![-/.月]?\d)"
)
_DAY_LAST = re.compile(r"^\D?(\d{1,2})[-/.](\d{1,2})\s+(20\d\d)\D?$")
_SHORT_YEAR = re.compile(r"(?<![\d./-])(\d\d)([-/.])(\d\d)\2(\d\d)(?![\d./-])")
_COMPACT = re.compile(r"^\D?(20\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])\D?$")
_MONTH_DAY = re.compile(r"(?<![\d./-])(\d{1,2})\s*[-/月]\s*(\d{1,2})(?![\d/-])")
_AGO = re.compile(r"(\d{1,3})\s*(分钟|小时|天)前")
_NAMED_DAYS = {"今天": 0, "今日": 0, "刚刚": 0, "昨天": 1, "昨日": 1, "前天": 2}
_FILLER = re.compile(
    r"[\s\[\]()（）【】<>〈〉|·:：,，-]|\d{1,2}[:：]\d{2}([:：]\d{2})?|日|发布|时间|日期|更新|星期.|周."
)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
        start=1,
    )
}
_MONTH_NAME = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_MONTH_FIRST = re.compile(
    rf"\b{_MONTH_NAME}\s*(\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s+((?:19|20)\d\d)\b", re.IGNORECASE
)
_DAY_MONTH = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th)?[\s-]+{_MONTH_NAME},?[\s-]+((?:19|20)\d\d)\b", re.IGNORECASE
)
_HAN_DAY = re.compile(
    r"([一二][〇○零0Ｏ九][〇○零0Ｏ一二三四五六七八九]{2})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_HAN = {"〇": 0, "○": 0, "零": 0, "0": 0, "Ｏ": 0} | {
    c: n for n, c in enumerate("一二三四五六七八九", 1)
}
_WIDE = str.maketrans("０１２３４５６７８９．－／～—―‐‑‒–−：［］（）", "0123456789.-/~-------:[]()")
_IS_WIDE = re.compile(r"[０-９．－／—―‐‑‒–−］]")
_MAY_BE = re.compile(r"[\d前今昨刚年]")
_LATIN = re.compile(r"[a-zA-Zſ]{3}")


@dataclass(frozen=True, slots=True)
class PrintedDay:
    """A day as printed: ``year`` None where none is printed, ``ago`` for "3小时前"."""

    year: int | None
    month: int
    day: int
    ago: timedelta | None = None


def may_be_day(text: str) -> bool:
    """Whether a sign of a day stands in a text: in none without one is a day found."""
    return _MAY_BE.search(text) is not None


def printed_day(text: str) -> PrintedDay | None:
    """The day in a short text beside a link; None for any other text, abstracts included."""
    if len(text) > 4 * _LONGEST_NOTE or not _MAY_BE.search(text):
        return None
    text = text.strip()
    if len(text) > _LONGEST_NOTE:
        return None
    if _IS_WIDE.search(text):
        text = text.translate(_WIDE)
    if "20" in text or "19" in text:
        if found := _FULL.search(text):
            return _valid(int(found[1]), int(found[2]), int(found[3]))
        if found := _DAY_FIRST.search(text):
            return _valid(int(found[2]), int(found[3]), int(found[1]))
        if found := _DAY_LAST.match(text):
            return _valid(int(found[3]), int(found[1]), int(found[2]))
        if _LATIN.search(text) and (day := _english_day(text)) is not None:
            return day
    if "年" in text and (day := _han_day(text)) is not None:
        return day
    return _short_day(text) if len(text) <= _LONGEST_BARE else None


def _english_day(text: str) -> PrintedDay | None:
    """``Jan 24, 2021`` and ``24 January 2021``."""
    found = _MONTH_FIRST.search(text)
    if found:
        return _valid(int(found[3]), _MONTHS[found[1].lower()], int(found[2]))
    found = _DAY_MONTH.search(text)
    if found:
        return _valid(int(found[3]), _MONTHS[found[2].lower()], int(found[1]))
    return None


def _han_day(text: str) -> PrintedDay | None:
    """二〇二一年一月二十四日."""
    found = _HAN_DAY.search(text)
    if found:
        year = int("".join(str(_HAN[sign]) for sign in found[1]))
        return _valid(year, _han_number(found[2]), _han_number(found[3]))
    return None


def _han_number(text: str) -> int:
    """1 to 99 in Chinese numerals; 0 for what is none."""
    tens, ten, ones = text.partition("十")
    if not ten:
        return _HAN.get(text, 0)
    return 10 * (_HAN.get(tens, 0) if tens else 1) + (_HAN.get(ones, 0) if ones else 0)


def _short_day(text: str) -> PrintedDay | None:
    compact = _COMPACT.match(text)
    if compact:
        return _valid(int(compact[1]), int(compact[2]), int(compact[3]))
    short = _SHORT_YEAR.search(text)
    if short:
        return _valid(2000 + int(short[1]), int(short[3]), int(short[4]))
    ago = _time_ago(text)
    if ago is not None:
        return PrintedDay(None, 0, 0, ago)
    bare = _MONTH_DAY.search(text)
    if bare and not _FILLER.sub("", text.replace(bare[0], "", 1)):
        return _valid(None, int(bare[1]), int(bare[2]))
    return None


_YEAR = re.compile(
    r"^\W*((?:19|20)\d\d)\s*(?:年度?|[-/.](?=\d))?\s*(?:(?:0?[1-9]|1[0-2])\s*月?(?:份)?)?\W*$"
)


def stated_year(text: str) -> int | None:
    """The year of a heading over rows: ``2021年``, ``2021``, ``2021年1月``; None for any other."""
    may_be = 4 <= len(text) <= 14 and ("20" in text or "19" in text)
    found = _YEAR.match(text) if may_be else None
    return int(found[1]) if found else None


_YEARS = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*年(?!来|间)")


def only_year(text: str) -> int | None:
    """The one year that a page's title names; None where it names none or several."""
    years = {int(year) for year in _YEARS.findall(text)}
    return years.pop() if len(years) == 1 else None


_ONLY_A_DAY = re.compile(  # piece by piece from the left, as a reader strikes them out
    r"(?>[\d０-９\s年月日/.:：\[\]()（）【】\-－／．—–|·,，［］]|发[布表]|时间|日期|更新|前|天|小时|分钟|昨|今|刚|星期.|周[一-日]"
    r"|[一二三四五六七八九十〇○零]|[A-Za-z]{3,9})*+"
)


def is_only_a_day(text: str) -> bool:
    """Whether a text in which a day was found holds nothing else."""
    return _ONLY_A_DAY.fullmatch(text) is not None


_BRACKETS = r"[\[(（【〔<〈［]"
_CLOSING = r"[\])）】〕>〉］]"
_CLOCK = r"(?:\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?"
_YMD = r"(?:19|20)\d\d\s*[-/.－／]\s*\d{1,2}\s*[-/.－／]\s*\d{1,2}(?!\d)"
_YMD_HAN = r"(?:19|20)\d\d年\d{1,2}月\d{1,2}日"
_LEADING = re.compile(
    rf"^\s*(?:{_BRACKETS}\s*(?P<one>{_YMD}|{_YMD_HAN}|\d{{1,2}}[-/月]\d{{1,2}}日?){_CLOCK}\s*{_CLOSING}"
    rf"|(?P<two>{_YMD}){_CLOCK}(?=\D)|(?P<three>{_YMD_HAN}){_CLOCK}(?=[\s|:：]))[\s|:：]*(?=\S{{3}})"
)
_TRAILING = re.compile(
    rf"(?<=\S{{4}})[\s|]*(?:{_BRACKETS}\s*(?P<one>{_YMD}|{_YMD_HAN}|\d{{1,2}}[-/月]\d{{1,2}}日?){_CLOCK}\s*{_CLOSING}"
    rf"|(?<!\d)(?P<two>{_YMD}){_CLOCK}|(?<=\s)(?P<three>{_YMD_HAN}){_CLOCK})\s*$"
)


_DAY_ENDS = frozenset("])）】〕>〉］日")


def without_day(title: str) -> tuple[str, PrintedDay | None]:
    """A title without the day that is printed before or after it in the same text.

    A day inside a sentence (``2021年1月20日，省政协…``) is the title's own: only a day in
    numbers, in brackets, or set off by a blank is one beside it.
    """
    found = _LEADING.match(title)
    if found and (parted := _parted(title[found.end() :], found)):
        return parted
    if ends_like_a_day(title):
        found = _TRAILING.search(title)
        if found and (parted := _parted(title[: found.start()], found)):
            return parted
    return title, None


def ends_like_a_day(text: str) -> bool:
    """Whether the last sign of a text may be that of a day or of a bracket round it."""
    last = text.rstrip()[-1:]
    return last in _DAY_ENDS or last.isdecimal()


def _parted(rest: str, found: re.Match[str]) -> tuple[str, PrintedDay] | None:
    day = printed_day(found["one"] or found["two"] or found["three"])
    rest = rest.strip()
    return (rest, day) if day is not None and len(rest) >= 4 else None


def _valid(year: int | None, month: int, day: int) -> PrintedDay | None:
    try:
        date(2000 if year is None else year, month, day)  # 2000 has a 29 February
    except ValueError:
        return None
    return PrintedDay(year, month, day)


def _time_ago(text: str) -> timedelta | None:
    found = _AGO.search(text) if "前" in text else None
    if found:
        count = int(found[1])
        return {"分钟": timedelta(minutes=1), "小时": timedelta(hours=1)}.get(
            found[2], timedelta(days=1)
        ) * count
    days = _NAMED_DAYS.get(text[:2])
    return None if days is None else timedelta(days=days)


_PINNED_DAYS = 31  # a row may stand this much too high in a list that is newest first
_WRAP_DAYS = 183  # a jump forward beyond this is a new year's eve between two rows
_NEAR_DAYS = 3


@dataclass(frozen=True, slots=True)
class DayRow:
    """What one row says of its day: printed, in its address, and a year stated elsewhere.

    ``years`` are years without days, the nearest first: of the heading above, of the address's
    folder, of the page's title.
    """

    printed: PrintedDay | None
    hidden: date | None = None
    years: tuple[int, ...] = ()


def resolve_days(rows: Iterable[DayRow], now: datetime | None) -> list[date | None]:
    """The dates of a list's rows in page order.

    A missing year comes from the address's day where that agrees with the printed one, else
    from a stated year, else from ``now`` and the order of the rows, newest first.  A row that
    fits no reading stays None.  ``now`` is aware.
    """
    today = now.astimezone(SHANGHAI).date() if now else None
    above: date | None = None
    resolved: list[date | None] = []
    for row in rows:
        day = _resolve(row, above, today, now)
        resolved.append(day)
        above = day or above
    return resolved


def _resolve(
    row: DayRow, above: date | None, today: date | None, now: datetime | None
) -> date | None:
    printed, hidden = row.printed, row.hidden
    if printed is None:
        return None
    if printed.ago is not None:
        day = (now - printed.ago).astimezone(SHANGHAI).date() if now else None
        # 1天前 is cut to whole days; the day in the address is not.
        near = day is not None and hidden is not None and abs((day - hidden).days) <= 1
        return hidden if near else day
    if printed.year is not None:
        return date(printed.year, printed.month, printed.day)
    if hidden is not None:
        near_day = _in_year(printed, hidden.year)
        if near_day is not None and abs((near_day - hidden).days) <= _NEAR_DAYS:
            return near_day
    for year in row.years:
        day = _in_year(printed, year)
        if day is not None and (today is None or day <= today + timedelta(days=1)):
            return day
    if today is None:
        return None
    return _by_order(printed, above, today)


def _by_order(printed: PrintedDay, above: date | None, today: date) -> date | None:
    latest = today + timedelta(days=1)
    year = above.year if above else latest.year
    day = _in_year(printed, year)
    if day is None or day > latest:
        return _in_year(printed, year - 1)
    if above is None or day <= above + timedelta(days=_PINNED_DAYS):
        return day
    if day > above + timedelta(days=_WRAP_DAYS):
        return _in_year(printed, year - 1)
    return None


def _in_year(printed: PrintedDay, year: int) -> date | None:
    try:
        return date(year, printed.month, printed.day)
    except ValueError:
        return None  # 29 February of a common year

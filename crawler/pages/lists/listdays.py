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
_SHORT_YEAR = re.compile(r"(?<![\d-])(\d\d)-(\d\d)-(\d\d)(?![\d-])")
_COMPACT = re.compile(r"^\D?(20\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])\D?$")
_MONTH_DAY = re.compile(r"(?<![\d./-])(\d{1,2})\s*[-/月]\s*(\d{1,2})(?![\d/-])")
_AGO = re.compile(r"(\d{1,3})\s*(分钟|小时|天)前")
_NAMED_DAYS = {"今天": 0, "今日": 0, "刚刚": 0, "昨天": 1, "昨日": 1, "前天": 2}
_FILLER = re.compile(
    r"[\s\[\]()（）【】<>〈〉|·:：,，-]|\d{1,2}[:：]\d{2}([:：]\d{2})?|日|发布|时间|日期|更新|星期.|周."
)


@dataclass(frozen=True, slots=True)
class PrintedDay:
    """A day as printed: ``year`` None where none is printed, ``ago`` for "3小时前"."""

    year: int | None
    month: int
    day: int
    ago: timedelta | None = None


def printed_day(text: str) -> PrintedDay | None:
    """The day in a short text beside a link; None for any other text, abstracts included."""
    text = text.strip()
    if not text or len(text) > _LONGEST_NOTE:
        return None
    for pattern, order in ((_FULL, (1, 2, 3)), (_DAY_FIRST, (2, 3, 1)), (_DAY_LAST, (3, 1, 2))):
        found = pattern.search(text)
        if found:
            return _valid(*(int(found[group]) for group in order))
    if len(text) > _LONGEST_BARE:
        return None
    compact = _COMPACT.search(text)
    if compact:
        return _valid(int(compact[1]), int(compact[2]), int(compact[3]))
    short = _SHORT_YEAR.search(text)
    if short:
        return _valid(2000 + int(short[1]), int(short[2]), int(short[3]))
    ago = _time_ago(text)
    if ago is not None:
        return PrintedDay(None, 0, 0, ago)
    bare = _MONTH_DAY.search(text)
    if bare and not _FILLER.sub("", text.replace(bare[0], "", 1)):
        return _valid(None, int(bare[1]), int(bare[2]))
    return None


def _valid(year: int | None, month: int, day: int) -> PrintedDay | None:
    try:
        date(2000 if year is None else year, month, day)  # 2000 has a 29 February
    except ValueError:
        return None
    return PrintedDay(year, month, day)


def _time_ago(text: str) -> timedelta | None:
    found = _AGO.search(text)
    if found:
        count = int(found[1])
        return {"分钟": timedelta(minutes=1), "小时": timedelta(hours=1)}.get(
            found[2], timedelta(days=1)
        ) * count
    days = _NAMED_DAYS.get(text[:2])
    return None if days is None else timedelta(days=days)


_PINNED_DAYS = 31  # a row may stand this much too high in a list that is newest first
_WRAP_DAYS = 183  # a jump forward beyond this is a new year's eve between two rows


def resolve_days(
    rows: Iterable[tuple[PrintedDay | None, date | None]], now: datetime | None
) -> list[date | None]:
    """The dates of a list's rows in page order, each given as (printed day, day in its URL).

    A missing year comes from the URL's day where that agrees with the printed one; else
    from ``now`` and the order of the rows, newest first.  A row that fits neither reading
    stays None.  ``now`` is aware.
    """
    today = now.astimezone(SHANGHAI).date() if now else None
    above: date | None = None
    resolved: list[date | None] = []
    for printed, hidden in rows:
        day = _resolve(printed, hidden, above, today, now)
        resolved.append(day)
        above = day or above
    return resolved


def _resolve(
    printed: PrintedDay | None,
    hidden: date | None,
    above: date | None,
    today: date | None,
    now: datetime | None,
) -> date | None:
    if printed is None:
        return None
    if printed.ago is not None:
        return (now - printed.ago).astimezone(SHANGHAI).date() if now else None
    if printed.year is not None:
        return date(printed.year, printed.month, printed.day)
    if hidden is not None:
        near = _in_year(printed, hidden.year)
        if near is not None and abs((near - hidden).days) <= 3:
            return near
    if today is None:
        return None
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

"""When an article was published, as the page states it.

The words near the title decide; metas, the Founder comment and inline scripts fill in; a date
in the page's address is the last resort.  The clock of this machine only bounds what is
plausible.  A date without a year is no date.  A clock of exactly midnight is what a CMS fills in
where only the day is known: it states a day.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from crawler.pages.layout.header import DATE_LABEL
from crawler.pages.layout.text import Text
from crawler.pages.layout.tree import Page
from crawler.pages.raw.urls import url_date
from crawler.pages.values.head import Head
from storage.records import SHANGHAI, Evidence, Precision

_MONTH = r"(?P<mo>1[0-2]|0?[1-9])"
_DAY = r"(?P<d>3[01]|[12]\d|0?[1-9])"
_CLOCK = (
    r"(?:[\s日T号·,，|()（）-]{0,6}(?P<h>[01]?\d|2[0-3])\s*[:：时]\s*(?P<mi>[0-5]\d)"
    r"(?:\s*[:：分]\s*(?P<s>[0-5]\d))?)?"
)
_ZONE = re.compile(r"(?:\.\d+)?\s*(?:Z|(?P<sign>[+-])(?P<h>\d\d):?(?P<m>\d\d))(?![\d:])")
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
_COMPACT = re.compile(
    r"(?<!\d)(?P<y>20\d\d)(?P<mo>1[0-2]|0[1-9])(?P<d>3[01]|[12]\d|0[1-9])"
    r"(?:(?P<h>[01]\d|2[0-3])(?P<mi>[0-5]\d)(?P<s>[0-5]\d)?)?(?!\d)"
)
_NOT_PUBLISHED = re.compile(
    r"今天是|现在是|当前时间|版权|Copyright|©|截至|截止|活动时间|会议时间|开始时间|结束时间|播出时间|有效期|成文日期"
)
_META_NAMES = (
    "article:published_time",
    "pubdate",
    "publishdate",
    "publish_date",
    "pub_date",
    "publishtime",
    "publish_time",
    "og:time",
    "og:release_date",
    "datepublished",
    "published_time",
    "article:published",
    "weibo: article:create_at",
    "weibo:article:create_at",
    "dc.date",
    "dc.date.issued",
    "date",
    "createdate",
    "firstpublishedtime",
    "apub:time",
    "og:published_time",
    "bytedance:published_time",
    "release_date",
    "pubtime",
    "_pubtime",
    "contentdate",
    "others",
)
_SCRIPT = re.compile(
    r"[:=]\s*[\"']?(1\d{9}(?:\d{3})?(?!\d)|(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}[^\"'<>]{0,16})"
)
_SCRIPT_NAME = re.compile(
    r"(?:pub(?:lish)?_?(?:ed)?_?(?:time|date|at|timestamp)|datePublished|ptime|news_?time"
    r"|create_?time|oriCreateTime|displayTime|docreltime|\bct)[\"']?\s*$",
    re.I,
)
_NAME_CHARS = 28
_TIME_TAG = re.compile(r"<time\b[^>]*?\bdatetime\s*=\s*[\"']([^\"']{8,40})")
# ——2021年1月25日在政协…会议上: when the speech was made, not when it was published.
_OF_THE_EVENT = re.compile(r"^\W*——|日\s*(?:在|于|至|召开|举行|通过|由)")
_EARLIEST = datetime(1994, 1, 1, tzinfo=SHANGHAI)
_DRIFT = timedelta(days=2)
_APART = timedelta(days=7)
_DIGIT = re.compile(r"\d")
_BARE_LABEL = re.compile(r"\W*(?:发[布表]|更新)?(?:时间|日期)\s+\d")
_SHORT = 12
_ONLY_CLOCK = re.compile(r"\d{1,2}[:：]\d\d(?:[:：]\d\d)?$")


@dataclass(frozen=True, slots=True)
class Dated:
    """A time of publication, how exactly it is stated, and the words that state it."""

    at: datetime
    precision: Precision
    evidence: Evidence


def _dated(
    found: re.Match[str], text: str, rule: str, where: str, now: datetime | None
) -> Dated | None:
    groups = found.groupdict()
    year = int(groups["y"])
    if year < 100:
        year += 2000
    try:
        at = datetime(
            year,
            int(groups["mo"]),
            int(groups["d"]),
            int(groups.get("h") or 0),
            int(groups.get("mi") or 0),
            int(groups.get("s") or 0),
            tzinfo=SHANGHAI,
        )
    except ValueError:
        return None
    # Midnight states a day as it is written, in whatever zone.
    zone = _ZONE.match(text, found.end()) if _precision(at) is Precision.SECOND else None
    if zone:
        offset = timedelta(hours=int(zone["h"] or 0), minutes=int(zone["m"] or 0))
        at = at.replace(tzinfo=timezone(-offset if zone["sign"] == "-" else offset))
        at = at.astimezone(SHANGHAI)
    if at < _EARLIEST or (now is not None and at > now + _DRIFT):
        return None
    quote = text[found.start() : found.end()].strip()
    evidence = Evidence(
        about="published_at", rule=rule, field=where, span=(0, len(quote)), quote=quote
    )
    return Dated(at, _precision(at), evidence)


def _precision(at: datetime) -> Precision:
    """A second, unless the clock stands at midnight or none was stated."""
    return Precision.SECOND if (at.hour, at.minute, at.second) != (0, 0, 0) else Precision.DAY


def dates_in(text: str, rule: str, where: str, now: datetime | None) -> Iterator[Dated]:
    """The plausible dates of a short text, in order of how they are written out."""
    for pattern in (_PRINTED, _DAY_FIRST, _SHORT_YEAR, _DOTTED):
        for found in pattern.finditer(text):
            dated = _dated(found, text, rule, where, now)
            if dated:
                yield dated


def _printed(
    page: Page, lines: range, now: datetime | None, limit: int = 160
) -> Iterator[tuple[int, bool, Dated]]:
    """Dates printed on lines that are not sentences, with whether a label names them."""
    for index in lines:
        line = page.lines[index]
        text = line.text
        if len(text) > limit or not _DIGIT.search(text):
            continue
        joined = " ".join(line.pieces) if len(line.pieces) > 1 else text
        if index and len(text) <= _SHORT and len(page.lines[index - 1].text) <= _SHORT:
            joined = f"{page.lines[index - 1].text} {joined}"  # a day set above its month
        if index + 1 < len(page.lines) and _ONLY_CLOCK.match(page.lines[index + 1].text):
            joined = f"{joined} {page.lines[index + 1].text}"
        if _NOT_PUBLISHED.search(joined):
            joined = _labelled_part(joined)
        if not joined or _OF_THE_EVENT.search(text):
            continue
        label = DATE_LABEL.search(joined) is not None or _BARE_LABEL.match(joined) is not None
        rule = "printed with a label" if label else "printed by the title"
        dated = next(dates_in(joined, rule, "html", now), None)
        if dated:
            yield index, label, dated


def _labelled_part(joined: str) -> str:
    """Of a line that dates other things too (成文日期), what its own label dates."""
    label = DATE_LABEL.search(joined)
    if label is None:
        return ""
    part = joined[label.start() :]
    other = _NOT_PUBLISHED.search(part)
    return part[: other.start()] if other else part


def find_date(
    page: Page,
    head: Head,
    text: str,
    url: str,
    *,
    title: int | None,
    start: int,
    lines: Text,
    now: datetime | None,
) -> Dated | None:
    """The time of publication; None when the page states none.

    ``title`` is the title's line, ``start`` the first line of the text.
    """
    found = _near_title(page, title, start, now) or _in_header(page, lines, now)
    if found is None:
        found = _of_metas(head, now) or _in_script(text, now) or _of_time(text, now)
        found = found or _updated(head, now)
        found = found or _after_body(page, lines, now)
    elif found.precision is Precision.DAY:
        hidden = _of_metas(head, now)
        if hidden and hidden.precision is Precision.SECOND and hidden.at.date() == found.at.date():
            found = hidden
    return found or _of_address(url or head.canonical, now)


def _near_title(page: Page, title: int | None, start: int, now: datetime | None) -> Dated | None:
    """Between title and text first, then the lines just above the title."""
    first = title if title is not None and title <= start else max(0, start - 12)
    fallback: Dated | None = None
    for index, label, dated in _printed(page, range(first, start), now):
        if label or dated.precision is Precision.SECOND:
            return dated
        if page.lines[index].linked * 2 < len(page.lines[index].text):
            fallback = fallback or dated
    if fallback:
        return fallback
    for index, _label, dated in _printed(page, range(first - 1, max(-1, first - 8), -1), now, 60):
        if page.lines[index].linked * 2 <= len(page.lines[index].text):
            return dated
    return None


def _in_header(page: Page, text: Text, now: datetime | None) -> Dated | None:
    """A date behind the abstract, on a header's line that was left out of the text."""
    for index, rule in text.dropped:
        if rule == "header" and index > text.first:
            for _index, _label, dated in _printed(page, range(index, index + 1), now):
                return dated
    return None


def _after_body(page: Page, text: Text, now: datetime | None) -> Dated | None:
    """A labelled date behind the text, on a line that was left out of it or follows it."""
    last = text.lines[-1] if text.lines else 0
    for _index, label, dated in _printed(
        page, range(last + 1, min(last + 16, len(page.lines))), now
    ):
        if label:
            return dated
    return None


def _of_metas(head: Head, now: datetime | None) -> Dated | None:
    """The first meta that states a day, the clock of a later one of the same day; Founder's."""
    best: Dated | None = None
    for name in _META_NAMES:
        content = head.metas.get(name)
        if not content:
            continue
        rule = f"meta {name}"
        dated = next(dates_in(content, rule, "meta", now), None)
        dated = dated or next(_compact(content, rule, "meta", now), None)
        if dated is None:
            continue
        if best is None or (best.precision is Precision.DAY and dated.at.date() == best.at.date()):
            best = dated
    if best is None and "date" in head.enp:
        best = next(dates_in(head.enp["date"], "enpproperty", "html", now), None)
    return best


def _of_time(text: str, now: datetime | None) -> Dated | None:
    """The first ``<time datetime>``; several of different days belong to a list."""
    days = [
        dated
        for value in _TIME_TAG.findall(text)
        if (dated := next(dates_in(value, "time element", "html", now), None))
    ]
    return days[0] if len({dated.at.date() for dated in days}) == 1 else None


def _updated(head: Head, now: datetime | None) -> Dated | None:
    """What a page without any other date states as its last change."""
    content = head.metas.get("dateupdate", "")
    return next(dates_in(content, "meta dateUpdate", "meta", now), None)


def _compact(text: str, rule: str, where: str, now: datetime | None) -> Iterator[Dated]:
    for found in _COMPACT.finditer(text):
        dated = _dated(found, text, rule, where, now)
        if dated:
            yield dated


def _in_script(text: str, now: datetime | None) -> Dated | None:
    for found in _SCRIPT.finditer(text):
        name = _SCRIPT_NAME.search(text, max(0, found.start() - _NAME_CHARS), found.start())
        if name is None:
            continue
        value = found[1]
        if value.isdigit():
            seconds = int(value[:10])
            at = datetime.fromtimestamp(seconds, SHANGHAI)
            if at > _EARLIEST and (now is None or at <= now + _DRIFT):
                quote = text[name.start() : found.end()]
                return Dated(
                    at,
                    _precision(at),
                    Evidence(
                        about="published_at",
                        rule="inline script",
                        field="html",
                        span=(0, len(quote)),
                        quote=quote,
                    ),
                )
        else:
            dated = next(dates_in(value, "inline script", "html", now), None)
            if dated:
                return dated
    return None


def _of_address(url: str, now: datetime | None) -> Dated | None:
    """The day that the address prints; times hidden in an id are creation times, no statement."""
    day = url_date(url)
    if day is None or str(day.year) not in url:
        return None
    at = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    if now is not None and at > now + _DRIFT:
        return None
    return Dated(at, Precision.DAY, _address_evidence("date in the address", url))


def address_doubt(dated: Dated | None, url: str) -> Evidence | None:
    """Evidence that the address, printed or by its id, is days away from the date read."""
    day = url_date(url) if dated else None
    if dated is None or day is None or abs(dated.at.date() - day) <= _APART:
        return None
    return _address_evidence(f"the address says {day}", url, about="doubt")


def _address_evidence(rule: str, url: str, about: str = "published_at") -> Evidence:
    return Evidence(about=about, rule=rule, field="url", span=(0, len(url)), quote=url)

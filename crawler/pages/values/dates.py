"""When an article was published, as the page states it.

The words near the title decide; metas, the Founder comment and the page's own data fill in; a
date in the page's address is the last resort.  The day of a change, of today, of a comment or of
another story is none.  How days are written is in ``written``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from selectolax.lexbor import LexborNode

from crawler.pages.layout.comparable import comparable
from crawler.pages.layout.header import DATE_LABEL
from crawler.pages.layout.headings import heads_comments
from crawler.pages.layout.page import Page
from crawler.pages.layout.text import Text
from crawler.pages.raw.urls import url_date
from crawler.pages.rules.limits import (
    LONGEST_DATE_ABOVE,
    NAME_BEFORE_DATE,
    OF_REPLIES,
    ROUND_TIME,
    SHORT_DATE,
)
from crawler.pages.values.head import Head
from crawler.pages.values.linked import linked_values, name_of
from crawler.pages.values.lookalikes import NOT_PUBLISHED, OF_THE_EVENT
from crawler.pages.values.seen import Seen
from crawler.pages.values.written import (
    DRIFT,
    Dated,
    compact_dates_in,
    date_of_epoch,
    date_of_value,
    dates_in,
)
from storage.records import SHANGHAI, Evidence, Precision

_OF_A_CHANGE = re.compile(r"更新|修改|编辑|[Uu]pdated|[Mm]odified|[Ee]dited")
_AIRED = re.compile(r"(?:播出|首播|开播|直播)(?:时间|日期)")
_META_RANKS = (
    re.compile(r"pub(?:lish(?:ed)?)?(?:date|time|at|on)|date(?:time)?pub|published$|publication"),
    re.compile(r"releas|issued?$|issuedate"),
    re.compile(
        r"creat(?:e|ed|ion)(?:date|time|at|on)?$|createat$|^(?:og)?time$|^(?:dc(?:terms)?)?date$"
        r"|contentdate|postdate|dateposted|displaydate|^others$"
    ),
)
"""Names of metas without marks, in the order in which they are believed."""
_NO_META = re.compile(
    r"generat|cache|build|expir|modif|updat|lastmod|valid|start|end(?:date|time)|event"
)
_META_OF_A_CHANGE = re.compile(r"modif|updat|lastmod")
_SCRIPT = re.compile(
    r"[:=]\s*(?:(?:JsDecode|new\s+Date|Date\.parse)\(\s*|[\"']{2}\s*\|\|\s*)?[\"']?"
    r"(1\d{9}(?:\d{3})?(?!\d)|(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}[^\"'<>]{0,16})"
)
_SCRIPT_NAME = re.compile(
    r"(?:pub(?:lish)?_?(?:ed)?_?(?:time|date|at|timestamp)|datePublished|ptime|news_?time"
    r"|create_?time|oriCreateTime|displayTime|docreltime|\bct)[\"']?\s*$",
    re.I,
)
_AGO = re.compile(r"刚刚|\d{1,3}\s*(?:分钟|小时|天|周|个?月|年)前|[昨前]天(?:\s*\d{1,2}:\d\d)?")
_EXACT = ("title", "data-time", "data-date", "data-pubtime")
_ELSEWHERE = re.compile(
    r"comment|pinglun|reply|gentie|related|recommend|\brec\b|side|(?<!entry-)(?<!post-)(?<!article-)footer"
    r"|\bfoot\b|rank|\bhot|list"
)
_TODAY = re.compile(r"(?:星期|周)[一二三四五六日天]|农历|公元|阴历")
_OF_A_PAPER = re.compile(
    r"版(?!权)|第\s*\d+\s*期|放大|朗读|目录|上一篇|下一篇|[日晚早时]报[^:：]*$"
)
_OF_AN_ISSUE = re.compile(r"[上下]一?[期版]|第\s*\d+\s*[期版]|总第\s*\d+|\d\s*版\s*[:：]")
_FRESH = timedelta(days=31)
"""A bar with today's day is as old as the page's copy: at most so old."""
_APART = timedelta(days=7)
_DIGIT = re.compile(r"\d|[〇○一二三四五六七八九十]年")
_BARE_LABEL = re.compile(r"\W*(?:发[布表]|更新)?(?:时间|日期)\s+\d")
_LONGEST = 160
_WITHOUT_YEAR = re.compile(
    r"(?<![\d/.-])(?P<mo>1[0-2]|0?[1-9])[-/月](?P<d>3[01]|[12]\d|0?[1-9])日?\s+(?P<h>[01]?\d|2[0-3])[:：](?P<mi>[0-5]\d)"
)
_TOP = 30
"""Lines of a page among which its headline and clock stand."""
_ONLY_CLOCK = re.compile(r"\d{1,2}[:：]\d\d(?:[:：]\d\d)?$")


@dataclass(frozen=True, slots=True)
class _Printed:
    """A date printed on line ``index``; ``label`` names it, ``change``: of a change or show."""

    index: int
    label: bool
    change: bool
    dated: Dated


def find_date(seen: Seen, *, title: int | None, text: Text) -> Dated | None:
    """The time of publication; None when the page states none.

    ``title`` is the title's line, or None where none is printed.
    """
    found, changed = _near_title(seen, title, text.first)
    found = found or _in_header(seen, text)
    if found is None:
        found = _of_metas(seen.head, seen.now) or changed or _in_data(seen)
        found = found or _of_change(seen.head, seen.now) or _after_body(seen, text)
    elif found.precision is Precision.DAY:
        hidden = _of_metas(seen.head, seen.now)
        if hidden and hidden.precision is Precision.SECOND and hidden.at.date() == found.at.date():
            found = hidden
    found = _clocked(seen, found) if found else None
    found = found or _of_address(seen.url or seen.head.canonical, seen.now)
    return found or _of_masthead(seen, text.first if title is None else title)


def _clocked(seen: Seen, found: Dated) -> Dated:
    """A day with the clock beside the title, where that is printed without a year (03-02 18:30).

    Seconds that only a meta or a script keeps are not added to a printed minute.
    """
    if found.precision is not Precision.DAY:
        return found
    for line in seen.page.lines[:_TOP]:
        clock = _WITHOUT_YEAR.search(line.text) if len(line.text) < _LONGEST else None
        if clock and (int(clock["mo"]), int(clock["d"])) == (found.at.month, found.at.day):
            at = found.at.replace(hour=int(clock["h"]), minute=int(clock["mi"]))
            return replace(found, at=at, precision=Precision.SECOND) if at != found.at else found
    return found


def _near_title(seen: Seen, title: int | None, start: int) -> tuple[Dated | None, Dated | None]:
    """What is printed between title and text, else above the title; and the day of a change."""
    page, lines = seen.page, seen.page.lines
    first = title if title is not None and title <= start else max(0, start - 12)
    fallback: Dated | None = None
    changed: Dated | None = None
    for printed in _printed(page, range(first, start), seen.now):
        if printed.change:
            changed = changed or printed.dated
        elif printed.label or printed.dated.precision is Precision.SECOND:
            return printed.dated, changed
        elif lines[printed.index].linked * 2 < len(lines[printed.index].text):
            fallback = fallback or printed.dated
    if fallback:
        return fallback, changed
    above = range(first - 1, max(-1, first - 8), -1)
    for printed in _printed(page, above, seen.now, LONGEST_DATE_ABOVE.value):
        line = lines[printed.index]
        if line.linked * 2 > len(line.text):
            continue
        if printed.change:
            changed = changed or printed.dated
        elif printed.label or not _is_today(page, printed, seen.now):
            return printed.dated, changed
    return None, changed


def _is_today(page: Page, printed: _Printed, now: datetime | None) -> bool:
    """Whether a day above a title is the day on which the page was asked for.

    A bare day with its weekday, about as old as the copy of the page; the masthead of a paper
    looks the same and is told by the words round it.
    """
    if printed.dated.precision is not Precision.DAY:
        return False
    text = page.lines[printed.index].text
    if not _TODAY.search(text):
        return now is not None and printed.dated.at.date() == now.astimezone(SHANGHAI).date()
    near = page.lines[max(0, printed.index - 2) : printed.index + 3]
    if any(_OF_A_PAPER.search(line.text) for line in near if "来源" not in line.text):
        return False
    return now is None or printed.dated.at > now - _FRESH


def _printed(
    page: Page, lines: range, now: datetime | None, limit: int = _LONGEST
) -> Iterator[_Printed]:
    """Dates printed on lines that are not sentences, a line's own label told from a change's."""
    for index in lines:
        line = page.lines[index]
        text = line.text
        if len(text) > limit or not _DIGIT.search(text):
            continue
        joined = " ".join(line.pieces) if len(line.pieces) > 1 else text
        if (
            index
            and len(text) <= SHORT_DATE.value
            and len(page.lines[index - 1].text) <= SHORT_DATE.value
        ):
            joined = f"{page.lines[index - 1].text} {joined}"  # a day set above its month
        if index + 1 < len(page.lines) and _ONLY_CLOCK.match(page.lines[index + 1].text):
            joined = f"{joined} {page.lines[index + 1].text}"
        if NOT_PUBLISHED.find(joined):
            joined = _labelled_part(joined)
        if not joined or OF_THE_EVENT.holds(text):
            continue
        for words, change in _parts(joined):
            label = DATE_LABEL.search(words) is not None or _BARE_LABEL.match(words) is not None
            rule = "printed with a label" if label else "printed by the title"
            dated = next(dates_in(words, rule, "html", now), None)
            if dated is None and label:
                dated = next(compact_dates_in(words, rule, "html", now), None)
            if dated:
                yield _Printed(index, label, change, dated)


def _parts(joined: str) -> list[tuple[str, bool]]:
    """A header's line by what its labels date: words, and whether they date a change.

    What dates the publication comes first; a line without a change's label is one part.
    """
    if not _OF_A_CHANGE.search(joined) and not _AIRED.search(joined):
        return [(joined, False)]
    starts = [label.start() for label in DATE_LABEL.finditer(joined)]
    bounds = sorted({0, *starts, len(joined)})
    parts = [joined[begin:end] for begin, end in pairwise(bounds)]
    # When a programme goes on the air says less than a day of publication does.
    told = [(words, _dates_change(words) or _AIRED.search(words) is not None) for words in parts]
    return sorted(told, key=lambda part: part[1])


def _dates_change(words: str) -> bool:
    """Whether words begin with the label of a change; 责任编辑 behind a day is none."""
    found = DATE_LABEL.search(words)
    return found is not None and found.start() <= 4 and bool(_OF_A_CHANGE.search(found[0]))


def _labelled_part(joined: str) -> str:
    """Of a line that dates other things too (成文日期), what its own label dates."""
    label = DATE_LABEL.search(joined)
    if label is None:
        return ""
    part = joined[label.start() :]
    other = NOT_PUBLISHED.find(part)
    return part[: other.start()] if other else part


def _in_header(seen: Seen, text: Text) -> Dated | None:
    """A date behind the abstract, on a header's line that was left out of the text."""
    for index, rule in text.dropped:
        if rule == "header" and index > text.first:
            for printed in _printed(seen.page, range(index, index + 1), seen.now):
                return printed.dated
    return None


def _of_masthead(seen: Seen, below: int) -> Dated | None:
    """The day of a paper's issue, far above the title, beside its number or its pages."""
    page = seen.page
    for printed in _printed(page, range(below), seen.now, LONGEST_DATE_ABOVE.value):
        near = page.lines[printed.index : printed.index + 2]
        if not printed.change and any(_OF_AN_ISSUE.search(line.text) for line in near):
            return printed.dated
    return None


def _after_body(seen: Seen, text: Text) -> Dated | None:
    """A labelled date behind the text, on a line that was left out of it or follows it."""
    page = seen.page
    last = text.lines[-1] if text.lines else 0
    for index in range(last + 1, min(last + 16, len(page.lines))):
        if heads_comments(page.lines[index].text):
            return None
        if seen.weights.share(page.lines[index].box) <= OF_REPLIES.value:
            continue
        for printed in _printed(page, range(index, index + 1), seen.now):
            if printed.label:
                return printed.dated
    return None


@lru_cache(maxsize=2048)
def _meta_rank(name: str) -> int | None:
    """How far a meta of this name is believed to date the publication; None for not at all."""
    bare = "".join(filter(str.isalpha, name))
    if _NO_META.search(bare):
        return None
    return next((rank for rank, names in enumerate(_META_RANKS) if names.search(bare)), None)


def _of_metas(head: Head, now: datetime | None) -> Dated | None:
    """The best named meta that states a day, the clock of a later one of that day; Founder's."""
    ranked = [(rank, name) for name in head.metas if (rank := _meta_rank(name)) is not None]
    best: Dated | None = None
    for _rank, name in sorted(ranked, key=lambda item: item[0]):
        content = head.metas[name]
        if NOT_PUBLISHED.find(content):
            continue
        dated = date_of_value(content, f"meta {name}", "meta", now)
        if dated is None:
            continue
        if best is None or (best.precision is Precision.DAY and dated.at.date() == best.at.date()):
            best = dated
    if best is None and "date" in head.enp:
        best = next(dates_in(head.enp["date"], "enpproperty", "html", now), None)
    return best


def _of_change(head: Head, now: datetime | None) -> Dated | None:
    """What a page without any other date states as its last change."""
    for name, content in head.metas.items():
        if _META_OF_A_CHANGE.search(name):
            dated = date_of_value(content, f"meta {name}", "meta", now)
            if dated:
                return dated
    return None


def _in_data(seen: Seen) -> Dated | None:
    """What the page's own data state: linked data, scripts, microdata, ``time`` elements."""
    found = _in_linked_data(seen) if "ld+json" in seen.source else None
    found = found or _in_script(seen.source, seen.now)
    if found is None and "itemprop" in seen.source:
        found = _marked(seen, "[itemprop=datePublished]", "microdata datePublished")
    if found is None and "<time" in seen.source:
        found = _marked(seen, "time", "time element")
    if found is None and '"hidden"' in seen.source:
        found = _in_hidden_field(seen)
    if found is None and "前" in seen.source:
        found = _beside_ago(seen)
    return found


def _in_hidden_field(seen: Seen) -> Dated | None:
    """What a field that no reader sees keeps for the page's scripts: ``id="pubtime"``."""
    for node in seen.tree.css("input[type=hidden]"):
        name = f"{node.attributes.get('id') or ''} {node.attributes.get('name') or ''}"
        if any(_meta_rank(one.lower()) == 0 for one in name.split()):
            value = node.attributes.get("value") or ""
            dated = date_of_value(value, "a hidden field", "html", seen.now)
            if dated is not None:
                return dated
    return None


def _beside_ago(seen: Seen) -> Dated | None:
    """The exact day in an attribute of an element that prints how long ago it was (3天前).

    None where several such elements differ: those are the days of other stories.
    """
    days: list[Dated] = []
    for node in seen.tree.css("[title], [data-time], [data-date], [data-pubtime]"):
        if not _AGO.fullmatch((node.text() or "").strip()) or _stands_elsewhere(node):
            continue
        given = (node.attributes.get(name) or "" for name in _EXACT)
        exact = (date_of_value(value, "beside how long ago", "html", seen.now) for value in given)
        days.extend(dated for dated in exact if dated is not None)
    return days[0] if len({dated.at.date() for dated in days}) == 1 else None


def _in_linked_data(seen: Seen) -> Dated | None:
    """The day of the linked data's article of this title; of its only article else."""
    dated = [
        (comparable(name_of(value)), value["datePublished"])
        for value in linked_values(seen.source)
        if isinstance(value.get("datePublished"), str)
    ]
    own = comparable(seen.head.title)
    of_title = [day for named, day in dated if len(named) >= SHORT_DATE.value // 2 and named in own]
    days = of_title or ([dated[0][1]] if len(dated) == 1 else [])
    return date_of_value(days[0], "linked data", "html", seen.now) if days else None


def _in_script(text: str, now: datetime | None) -> Dated | None:
    for found in _SCRIPT.finditer(text):
        name = _SCRIPT_NAME.search(
            text, max(0, found.start() - NAME_BEFORE_DATE.value), found.start()
        )
        if name is None or _in_block_of_linked_data(text, found.start()):
            continue
        value = found[1]
        if value.isdigit():
            quote = text[name.start() : found.end()]
            dated = date_of_epoch(int(value[:10]), quote, "inline script", now)
        else:
            dated = next(dates_in(value, "inline script", "html", now), None)
        if dated:
            return dated
    return None


def _in_block_of_linked_data(text: str, at: int) -> bool:
    """Whether a place stands in linked data, which are read by their titles."""
    opened = text.rfind("<script", 0, at)
    return opened >= 0 and "ld+json" in text[opened : text.find(">", opened) + 1]


def _marked(seen: Seen, css: str, rule: str) -> Dated | None:
    """The day that an element marked for it states; None where several differ.

    One marked as the publication's goes before the others; a change's, a comment's or a list's
    is none.
    """
    days: list[Dated] = []
    for node in seen.tree.css(css):
        attributes = node.attributes
        mark = f"{attributes.get('itemprop') or ''} {attributes.get('class') or ''}".lower()
        if "modif" in mark or "updat" in mark or _stands_elsewhere(node):
            continue
        value = attributes.get("content") or attributes.get("datetime") or node.text()
        dated = date_of_value(value, rule, "html", seen.now)
        if dated is None:
            continue
        if "pub" in mark or "pubdate" in attributes:
            return dated
        days.append(dated)
    return days[0] if len({dated.at.date() for dated in days}) == 1 else None


def _stands_elsewhere(node: LexborNode) -> bool:
    """Whether a box round an element is named for comments, other stories or the footer."""
    above = node.parent
    for _ in range(ROUND_TIME.value):
        if above is None or above.tag in ("body", "html"):
            return False
        attributes = above.attributes
        name = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()
        if name.strip() and _ELSEWHERE.search(name):
            return True
        above = above.parent
    return False


def _of_address(url: str, now: datetime | None) -> Dated | None:
    """The day that the address prints; times hidden in an id are creation times, no statement."""
    day = url_date(url)
    if day is None or str(day.year) not in url:
        return None
    at = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    if now is not None and at > now + DRIFT:
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

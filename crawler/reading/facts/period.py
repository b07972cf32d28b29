"""Which years a publication covers, and which part of a series it is."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from crawler.reading.words.folding import Folded
from crawler.reading.words.numerals import CIRCLED, chinese_number, ordinal
from storage.records import Committee, Evidence, Level

HEAD = 1500
EARLIEST = 1949
_CN_YEAR = r"[一二〇○零]{1}[〇○零九一二三四五六七八]{3}"
_Y = rf"(?:19\d\d|20\d\d|{_CN_YEAR})"
_RANGE = re.compile(
    rf"(?<!\d)({_Y})年?(?:\d{{1,2}}月)?\s*(?:[—–~～\-]{{1,2}}|至|到)\s*({_Y})(?!\d)(?=年|度|"
    rf"[^\d月]|$)"
)
_YEAR = re.compile(rf"(?<!\d)({_Y})(?!\d)\s*(年度|年)?")
# A year that dates a meeting or a column, not the work reviewed.
_NOT_COVERED = re.compile(
    r"\s*(?:年?(?:全国|省|市|区|县|地方|自治区)*(?:两会|政协全会|政协会议)|年?新年|年?新春|"
    r"年?元旦|年?春节|年?开年|年?展望|年?工作要点|年?工作部署|年\d{1,2}月)"
)
_FIVE_YEARS = re.compile(r"(?:这|过去的?|近)?(?:[五伍]|(?<!\d)5)[年载]")
_PLAN = re.compile(r"[“\"]?十([二三四五六])五[”\"]?(?!规划)")
_SINCE = re.compile(
    r"([一二三四五六七八九十]{1,3})届([一二三四五六七八九十]{1,3})次(?:全体)?会议以来"
)
_AT_SESSION = re.compile(
    r"([一二三四五六七八九十]{1,3})届([一二三四五六七八九十]{1,3})次(?:全体)?会议"
)
_TERM = re.compile(r"第?([一二三四五六七八九十]{1,3})届(?![一二三四五六七八九十])")
_PAST_YEAR = re.compile(
    r"一年来|过去的?一年|这一年|去年|年度|全年|回[望眸首顾]|盘点|年终|岁末|岁首|"
    r"一年(?=[三四五六七八九十]{1,3}[件段个张幅桩步站页])"  # 一年十段路
)
_PART = re.compile(
    r"(?:之|系列报道之?|综述之?|篇之?)([一二三四五六七八九十]{1,3})(?=[)】\]—:,\s]|$)"
    r"|[(【\[]\s*(?:之)?([一二三四五六七八九十]{1,2}|\d{1,2})\s*[)】\]](?=\s*(?:$|[:|丨—]))"
    rf"|([{CIRCLED}])(?=\s*(?:$|[:|丨—]))"
    r"|[(【](上|中|下)(?:篇)?[)】]\s*$"
    r"|系列(?:报道|综述|回眸|盘点)?\s*(\d{1,2})\s*$"
)
_WORK_OF = re.compile(
    rf"(?<!\d)({_Y})年(?:度)?(?:的)?(?:主要工作|工作(?:总结|回顾|情况|概述)?|履职|重点工作|是|"
    rf"全年|,|以来|[\u4e00-\u9fff]{{2,8}}政协)|(?:回[顾望眸首]|过去的?|刚刚过去的|盘点|"
    rf"翻开)\s*({_Y})"
)
_UPPER_PARTS = {"上": 1, "中": 2, "下": 3}


@dataclass(frozen=True, slots=True)
class Period:
    """The years covered, () for none found, and the words that say so."""

    years: tuple[int, ...] = ()
    evidence: Evidence | None = None


def year_number(text: str) -> int | None:
    """``2024`` or ``二〇二四`` as a year; None outside the years of the committees."""
    value = int(text) if text.isdigit() else chinese_number(text)
    return value if value is not None and EARLIEST <= value <= 2100 else None


def period_of(
    title: Folded,
    beside: str,
    text: Folded,
    published: datetime | None,
    committee: Committee | None = None,
    *,
    report: bool = False,
) -> Period:
    """The years that a review covers; the title decides, then its head, then its date.

    A ``report`` is given once a year, so its date alone says which year it covers.
    """
    said = _Said(
        title=title,
        head=Folded(text.original, text.text[:HEAD], text.positions),
        published=published,
        committee=committee,
        report=report,
    )
    for candidate in _candidates(said, beside):
        years = candidate.years
        if years and (published is None or years[-1] <= published.year):
            return candidate
    return Period()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What the years are read from; ``report`` where it is one that is given once a year."""

    title: Folded
    head: Folded
    published: datetime | None
    committee: Committee | None
    report: bool


def _candidates(said: _Said, beside: str) -> Iterator[Period]:
    """The periods that may be meant, in the order in which they are believed."""
    title, head, published = said.title, said.head, said.published
    yield _stated_range(title, "title")
    if said.report and published:
        yield _reported_year(title, head, published)
    named = _title_year(title, published)
    yield _year_reported(named, published) if said.report else named
    yield _plan(title, published)
    five = _FIVE_YEARS.search(title.text)
    if five:
        yield _five_years(title, five, head, published)
        yield _term_reviewed(title, said.committee)
    yield _since(said)
    yield _whole_term(said)
    if beside:
        yield _beside_year(beside, published)
    yield _past_five(head, published)
    yield _term_told(said)
    yield _chosen_year(head, published)
    yield _text_year(head, published)
    yield _year_before(title, head, published)
    yield _commonest_year(head, published)
    if said.report and published:
        yield _given_on(title, published, said.committee)


def _evidence(source: Folded, field: str, rule: str, span: tuple[int, int]) -> Evidence:
    return Evidence(
        about="years",
        rule=f"period.{rule}",
        field=field,
        span=source.span(*span),
        quote=source.quote(*span),
    )


def _stated_range(source: Folded, field: str) -> Period:
    for match in _RANGE.finditer(source.text):
        first, last = year_number(match.group(1)), year_number(match.group(2))
        if first and last and first < last <= first + 80:
            return Period((first, last), _evidence(source, field, "range", match.span()))
    return Period()


def _title_year(title: Folded, published: datetime | None) -> Period:
    for match in _YEAR.finditer(title.text):
        year = year_number(match.group(1))
        if year is None or _NOT_COVERED.match(title.text, match.end(1)):
            continue
        if published is not None and year > published.year:
            continue
        if published is not None and not match.group(2) and _dates_the_issue(year, published):
            continue
        return Period((year,), _evidence(title, "title", "title_year", match.span()))
    return Period()


def _year_reported(named: Period, published: datetime | None) -> Period:
    """The year that a report named for a year is on: that of 2025, given early in 2025, on 2024."""
    if not named.years or published is None or not _dates_the_issue(named.years[0], published):
        return named
    return Period((named.years[0] - 1,), named.evidence)


def _dates_the_issue(year: int, published: datetime) -> bool:
    """A year printed in its own first months dates the issue; its work is still to come."""
    return year == published.year and published.month <= 3


def _beside_year(beside: str, published: datetime | None) -> Period:
    folded = Folded(beside, beside)
    for found in (_stated_range(folded, "meta"), _title_year(folded, published)):
        if found.years and found.evidence:
            quote = found.evidence.quote
            return Period(
                found.years,
                Evidence(
                    about="years",
                    rule=found.evidence.rule,
                    field="meta",
                    span=(0, len(quote)),
                    quote=quote,
                ),
            )
    return Period()


def _reported_year(title: Folded, head: Folded, published: datetime) -> Period:
    """The year before, where a report named for its year says that it looks back on that one."""
    named = _YEAR.search(title.text)
    year = year_number(named.group(1)) if named else None
    if year is None or year != published.year:
        return Period()
    match = re.search(rf"{year - 1}年(?:度)?(?:的)?(?:主要)?工作(?:回顾|总结|情况)?", head.text)
    if match is None:
        return Period()
    return Period((year - 1,), _evidence(head, "text", "reported_year", match.span()))


def _plan(title: Folded, published: datetime | None) -> Period:
    """十四五 is 2021 to 2025; each plan runs for five years.  One that is not over is no period."""
    match = _PLAN.search(title.text)
    number = chinese_number(match.group(1)) if match else None
    if match is None or number is None:
        return Period()
    last = 1955 + number * 5 + 50
    if published is not None and last > closed_year(published):
        return Period()
    return Period((last - 4, last), _evidence(title, "title", "five_year_plan", match.span()))


def _five_years(
    source: Folded,
    match: re.Match[str],
    head: Folded,
    published: datetime | None,
    field: str = "title",
) -> Period:
    stated = _stated_range(head, "text")
    if stated.years and stated.years[1] - stated.years[0] in (4, 5):
        return stated
    if published is None:
        return Period()
    last = published.year if published.month >= TERM_ENDS else published.year - 1
    return Period((last - 4, last), _evidence(source, field, "five_years", match.span()))


TERM_ENDS = 8
"""Terms end from August on in counties, by the new year in prefectures and provinces."""


def closed_year(published: datetime) -> int:
    """The last year that counts as over on that day: reviews of a year appear from November on."""
    return published.year if published.month >= 11 else published.year - 1


_TEXT_FIVE = re.compile(
    r"(?:past|previous|last) five years|(?:过去|这|届)(?:的)?(?:五|5)年|(?:五|5)年(?:来|"
    r"工作(?:的)?回顾|间)"
)


def _past_five(head: Folded, published: datetime | None) -> Period:
    match = _TEXT_FIVE.search(head.text[:600])
    year = _WORK_OF.search(head.text[:600])
    if match is None or (year and year.start() < match.start()):
        return Period()
    day = published or _stated_day(head)
    return _five_years(head, match, head, day, "text")


_FIVE = re.compile(r"五年|五载")
_ONE_YEAR = re.compile(r"过去的?一年|一年来|这一年|全年")
_TERM_WORDS = re.compile(r"换届|任期|卸任|届满|届委员会|新一届|一届")
_TERM_HEAD = 600
_OFTEN = 3


def _term_told(said: _Said) -> Period:
    """The five years of a term that is ending: told of as such in the opening."""
    opening = said.head.text[:_TERM_HEAD]
    found = list(_FIVE.finditer(opening))
    if not found or said.published is None or _ONE_YEAR.search(said.title.text):
        return Period()
    one = len(_ONE_YEAR.findall(opening))
    told = said.title.text + "\n" + opening
    ending = _TERM_WORDS.search(told) and not said.report and not one
    if not ending and not (len(found) >= _OFTEN > one):
        return Period()
    return _five_years(said.head, found[0], said.head, said.published, "text")


_CHOSEN_OF = re.compile(
    rf"(?<!\d)({_Y})年度?(?:的)?[“\"]?(?:[三四五六七八九十]{{1,3}}|\d{{1,2}})[大件](?!会|学|街)"
)


def _chosen_year(head: Folded, published: datetime | None) -> Period:
    """The year that is just over, where the opening names it with a choice: 2009年十件大事."""
    for match in _CHOSEN_OF.finditer(head.text) if published else ():
        year = year_number(match.group(1))
        if published and year == closed_year(published):
            return Period((year,), _evidence(head, "text", "chosen_year", match.span(1)))
    return Period()


_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)年(\d{1,2})月(\d{1,2})日")


def _stated_day(head: Folded) -> datetime | None:
    match = _DAY.search(head.text[:300])
    if match is None:
        return None
    year, month, day = (int(g) for g in match.groups())
    try:
        return datetime(year, month, day)  # noqa: DTZ001 - only its year and month are asked
    except ValueError:
        return None


_YEAR_IN_TEXT = re.compile(r"(?<!\d)(20\d\d)(?:年|,?再[见会])")


def _commonest_year(head: Folded, published: datetime | None) -> Period:
    """The year that the opening names most, where it is the one to be looked back on."""
    found = list(_YEAR_IN_TEXT.finditer(head.text))
    if not found:
        return Period()
    (written, count), *_ = Counter(match.group(1) for match in found).most_common(1)
    year = int(written)
    if published is None and count < 2:
        return Period()
    if published is not None and year != closed_year(published):
        return Period()
    first = next(match for match in found if match.group(1) == written)
    return Period((year,), _evidence(head, "text", "commonest_year", first.span()))


_LONGEST_TERM = 6
# The term that began in 2023 (nationally and in most provinces; the others have their own count).
_TERM_OF_2023 = {
    "全国": 14, "北京": 14, "天津": 15, "上海": 14, "重庆": 6, "海南": 8, "西藏": 12, "宁夏": 12,
}  # fmt: skip
_USUAL_TERM_OF_2023 = 13


def _term_start(term: int, committee: Committee | None) -> int | None:
    """The first year of a national or provincial term; the others' terms differ by place."""
    if committee is None or committee.level not in (Level.NATIONAL, Level.PROVINCIAL):
        return None
    current = _TERM_OF_2023.get(committee.region, _USUAL_TERM_OF_2023)
    return 2023 - 5 * (current - term)


def _since(said: _Said) -> Period:
    """十三届二次会议以来 reaches from that session's year to the last full year."""
    title = said.title
    match = _SINCE.search(title.text) or (_AT_SESSION.search(title.text) if said.report else None)
    if match is None:
        return Period()
    term, session = chinese_number(match.group(1)) or 0, chinese_number(match.group(2)) or 1
    start = _term_start(term, said.committee)
    evidence = _evidence(title, "title", "since_session", match.span())
    if match.re is _AT_SESSION:
        if start is None:
            return Period()
        # A first session hears the report on the whole term before it.
        years = (start - 5, start - 1) if session == 1 else (start + session - 2,)
        return Period(years, evidence)
    last = closed_year(said.published) if said.published else None
    first = start + session - 1 if start else last
    if first is not None and last is not None and last - first > _LONGEST_TERM:
        first = last  # another place's count of terms
    if first is None:
        return Period()
    last = last if last is not None and first < last <= first + 4 else first
    return Period((first,) if first == last else (first, last), evidence)


def _whole_term(said: _Said) -> Period:
    """A report on 十一届 as such, given when the next term begins, covers the five years."""
    match = _TERM.search(said.title.text)
    if match is None or said.published is None or not said.report:
        return Period()
    start = _term_start(chinese_number(match.group(1)) or 0, said.committee)
    if start is None or said.published.year != start + 5:
        return Period()
    return Period((start, start + 4), _evidence(said.title, "title", "whole_term", match.span()))


def _term_reviewed(title: Folded, committee: Committee | None) -> Period:
    """The five years of 十二届省政协 are its term, where no date says them."""
    match = _TERM.search(title.text)
    start = _term_start(chinese_number(match.group(1)) or 0, committee) if match else None
    if match is None or start is None:
        return Period()
    return Period((start, start + 4), _evidence(title, "title", "term_reviewed", match.span()))


def of_season(title: Folded, published: datetime) -> Period:
    """The year just over, for a review that says no year and appears when reviews of it do."""
    evidence = _evidence(title, "title", "season", (0, len(title.text)))
    return Period((closed_year(published),), evidence)


def _given_on(title: Folded, published: datetime, committee: Committee | None) -> Period:
    """A report covers the year before it; at a term's first session, the term before."""
    last = closed_year(published)
    evidence = _evidence(title, "title", "report_date", (0, len(title.text)))
    national = committee is not None and committee.level in (Level.NATIONAL, Level.PROVINCIAL)
    if national and (last - 2022) % 5 == 0 and published.month <= 3:
        return Period((last - 4, last), evidence)
    return Period((last,), evidence)


def _text_year(head: Folded, published: datetime | None) -> Period:
    """The year that the head reviews: 2023年主要工作, 回顾2023年, 2023年是…的一年."""
    for match in _WORK_OF.finditer(head.text):
        group = 1 if match.group(1) else 2
        year = year_number(match.group(group))
        if year is None or (published is not None and year > published.year):
            continue
        if published is not None and _dates_the_issue(year, published):
            continue
        return Period((year,), _evidence(head, "text", "text_year", match.span(group)))
    return Period()


def _year_before(title: Folded, head: Folded, published: datetime | None) -> Period:
    """The year before publication, where title or head look back on one."""
    if published is None:
        return Period()
    for field, source in (("title", title), ("text", head)):
        match = _PAST_YEAR.search(source.text)
        if match:
            year = closed_year(published)
            return Period((year,), _evidence(source, field, "year_before", match.span()))
    return Period()


def part_of(*titles: str) -> int | None:
    """The number of a series part that a title carries: 之三, ④, (三), 上/中/下."""
    for title in titles:
        match = _PART.search(title)
        if match is None:
            continue
        if match.group(4):
            return _UPPER_PARTS[match.group(4)]
        written = next(group for group in match.groups() if group)
        number = ordinal(written)
        if number is not None and 1 <= number <= 60:
            return number
    return None

"""What a title, with its kicker and subtitle, says: it sharpens what the text does."""

import re
from collections.abc import Iterator

from crawler.reading.facts.period import closed_year, year_number
from crawler.reading.genre import wording as w
from crawler.reading.genre.lookalikes import blanked, deeds_of_government, look_alikes
from crawler.reading.genre.owner import owner_of
from crawler.reading.genre.signs import Sign, of_meta, of_title
from crawler.reading.genre.subject import (
    CPPCC,
    ENGLISH_CPPCC,
    LOOKS_BACK,
    STANDING_COMMITTEE,
    Subject,
    told_in_season,
)
from crawler.reading.words.numerals import ordinal

_THINGS = re.compile(
    r"(?<![第\d一二三四五六七八九十届])([三四五六七八九]|十[一二三四五六七八九]?|[3-9]|1\d)"
    r"(?:[件桩则条]|个(?:“?(?:最|第一次|头一回|瞬间|镜头|画面|词|关键)))"
    r"(?!提案|建议|议案|民生|课题)"
)
_YEAR = re.compile(r"(?<!\d)((?:19[5-9]|20\d)\d|二[〇零○][〇零○一二三四五六七八九]{2})(?!\d)")
_ENGLISH_REPORT = re.compile(r"work report|report on the work", re.IGNORECASE)


def selection_in(subject: Subject) -> re.Match[str] | None:
    """十件大事 in the title or the line beside it."""
    title = subject.title.text
    return w.TEN.search(title) or w.TEN_BARE.search(title) or w.TEN.search(subject.beside)


def named_number(subject: Subject) -> int | None:
    """N of 十件大事 in the title or the line beside it; None where neither states one."""
    title = subject.title.text
    for match in (selection_in(subject), w.TEN_OPEN.search(title), _THINGS.search(title)):
        number = ordinal(match.group(1)) if match else None
        if number is not None:
            return number if 3 <= number <= 60 else None
    return None


def title_signs(subject: Subject) -> Iterator[Sign]:
    """What title, kicker and subtitle show."""
    title, beside = subject.title.text, subject.beside
    owner = owner_of(subject)
    if owner != "cppcc":
        yield Sign(f"owner.{owner or 'nobody'}", 1.0, "title")
    match = w.TEN.search(title) or w.TEN_BARE.search(title)
    if match and deeds_of_government(title, match):
        yield from of_title("title.government_deeds", match)
    elif match:
        if (ordinal(match.group(1)) or 0) >= 3:
            yield from of_title("title.selection", match)
            yield from of_title(
                "title.review_of_selection", w.REVIEW_STRONG.search(title, match.end())
            )
    elif inside := w.TEN.search(beside):
        yield from of_meta("title.selection", inside)
    elif (loose := w.TEN_OPEN.search(title)) and not w.NO_EVENTS.search(loose.group()):
        yield from of_title("title.loose_selection", loose)
    elif things := _THINGS.search(title):
        yield from of_title("title.things", things)
    yield from _rubrics(subject)
    yield from _reports(title)
    yield from of_title("title.vote", w.VOTE.search(title))
    yield from of_title("title.voted", w.VOTED.search(title))
    yield from of_title("title.announces", w.ANNOUNCE.search(title))
    if ours := CPPCC.search(title):
        yield from of_title("title.names_committee", ours)
    else:
        yield from of_meta("title.names_committee", CPPCC.search(beside))
    yield from of_title("title.many_committees", w.MANY_COMMITTEES.search(title))
    if match is None:
        yield from of_title("title.sitting_opens", w.OPENS.search(title))
    yield from of_title("title.kin", w.KIN.search(title))
    yield from of_title("title.not_news", w.NOT_NEWS.search(title))
    yield from of_title("title.commentary", w.COMMENTARY.search(title))
    yield from of_meta("title.commentary", w.COMMENTS.search(subject.outlet))
    yield from of_title("title.offered", w.OFFERED.search(title))
    yield from of_title("title.template", w.TEMPLATE.search(title))
    yield from of_title("title.model_text", w.MODEL_TEXT.search(title))
    english = ENGLISH_CPPCC.search(title) or STANDING_COMMITTEE.search(title)
    yield from of_title("title.english", english)
    yield from of_title("title.english_report", _ENGLISH_REPORT.search(title))
    yield from look_alikes(subject)


def _rubrics(subject: Subject) -> Iterator[Sign]:
    title, beside = w.AS_MEANS.sub(blanked, subject.title.text), subject.beside
    if strong := w.REVIEW_STRONG.search(title):
        yield from of_title("title.rubric", strong)
    elif inside := w.REVIEW_STRONG.search(beside):
        yield from of_meta("title.rubric", inside)
    elif wide := w.REVIEW.search(title):
        yield from of_title("title.wide_rubric", wide)
    elif inside := w.REVIEW.search(beside):
        yield from of_meta("title.wide_rubric", inside)
    if period := w.PERIOD.search(title):
        yield from of_title("title.period", period)
    else:
        yield from of_meta("title.period", w.PERIOD.search(beside))
    if years := list(_YEAR.finditer(title + "\n" + beside)):
        # 你好2026，再见2025: the year that is over is told of, wherever it stands.
        closed = (year for year in years if _is_closed(year_number(year.group(1)) or 0, subject))
        yield from _dated(next(closed, years[0]), subject)
    if (its := w.ITS_YEAR.search(title)) and _is_closed(int(its.group("year")), subject):
        yield from of_title("title.its_year", its)
    back = LOOKS_BACK.search(subject.head)
    for field in (title, beside):
        rubric = w.REVIEW_STRONG.search(field) or w.REVIEW.search(field)
        if rubric and (back or w.PERIOD.search(title) or w.PERIOD.search(beside)):
            of = of_title if field is title else of_meta
            yield from of("title.rubric_dated", rubric)
            break
    main = w.MAIN_WORK.search(title)
    yield from of_title("title.main_work", main)
    told = back or _year_before(subject)
    # 举办……汇演 回顾一年履职: what a committee held that day is no achievement of its year.
    plain = not (w.FIGURE_HEADLINE.search(title) or w.MEETING.search(title))
    if main and told and plain and told_in_season(subject):
        yield from of_title("title.achievement", main)
    yield from of_title("title.committee_says", w.COMMITTEE_SAYS.match(title))


def _is_closed(year: int, subject: Subject) -> bool:
    """Whether ``year`` is the last that is over on the day of publication."""
    day = subject.published
    return day is not None and year == closed_year(day)


def _year_before(subject: Subject) -> bool:
    """Whether title or opening name a committee in the year that is just over."""
    if subject.published is None:
        return False
    named = rf"{closed_year(subject.published)}年?[\u4e00-\u9fff]{{0,8}}政协"
    return re.search(named, subject.title.text + "\n" + subject.head) is not None


def _dated(match: re.Match[str], subject: Subject) -> Iterator[Sign]:
    """Whether the year named is over, or has only begun."""
    day = subject.published
    if day is None:
        return
    year = year_number(match.group(1)) or 0
    over = year < day.year or (year == day.year and day.month >= 11)
    if over:
        yield Sign("title.year_over", 1.0, "meta", quote=match.group())
        if year <= closed_year(day) - _HISTORY:
            yield Sign("title.year_long_over", 1.0, "meta", quote=match.group())
    elif (year > day.year or day.month <= 4) and not _REVIEWED.match(match.string, match.end()):
        yield Sign("title.year_to_come", 1.0, "meta", quote=match.group())
        if subject.named is not None:
            yield Sign("title.deeds_to_come", 1.0, "meta", quote=match.group())


_HISTORY = 3
# No review is written ahead of its year: where its page is dated wrongly, it is none to come.
_REVIEWED = re.compile(r"年?(?:度)?(?:工作|履职)?(?:综述|回[眸顾望]|总结|盘点|纪实|巡礼)")


def is_headed_as_report(title: str) -> bool:
    """Whether a title names a report and is not about one: given once a year, it has a year."""
    names = {sign.name for sign in _reports(title)}
    return "title.about_report" not in names and not names.isdisjoint(_REPORTS)


_REPORTS = frozenset({"title.work_report", "title.proposal_report"})


def _reports(title: str) -> Iterator[Sign]:
    proposal, report = w.PROPOSAL_REPORT.search(title), w.WORK_REPORT.search(title)
    about, meeting = w.ABOUT_REPORT.search(title), w.GATHERING.search(title)
    digest = "报告" in title and w.PICTURE.search(title) is not None
    if report and (proposal is None or report.start() < proposal.start()):
        yield from of_title("title.work_report", report)
    elif proposal:
        yield from of_title("title.proposal_report", proposal)
    elif digest:
        yield from of_title("title.report_digest", w.PICTURE.search(title))
    if about and (proposal or report or digest):
        if meeting or w.DISCUSSED.search(title) or not w.WHOLE.search(title):
            yield from of_title("title.about_report", about)
    elif meeting and (proposal or report):
        yield from of_title("title.about_report", meeting)

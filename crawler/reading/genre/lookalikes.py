"""What resembles a review or a selection and is news: half-years, awards, meetings, members."""

import re
from collections.abc import Iterator

from crawler.reading.facts.period import part_of
from crawler.reading.genre import wording as w
from crawler.reading.genre.signs import Sign, of_meta, of_text, of_title
from crawler.reading.genre.subject import CPPCC, LOOKS_BACK, Subject, sums_up, told_in_season

_GOVERNMENT_DEEDS = re.compile(r"民生实事|为民(?:办)?实事|民生工程|民生大事")
_DEEDS_VERB = re.compile(
    r"监督|督办|视察|协商|助推|助力|调研|评议|票决|推进|征集|走访|聚焦|见证|察看|建言|打分|测评|眼中"
)
_TITLE_LOOK_ALIKES = (
    ("half_year", w.HALF_YEAR),
    ("meeting", w.MEETING),
    ("meeting_review", w.MEETING_REVIEW),
    ("discussion", w.DISCUSSION),
    ("part_of_committee", w.PART_OF_COMMITTEE),
    ("one_theme", w.ONE_THEME),
    ("member", w.MEMBER),
    ("plan", w.PLAN),
    ("listing", w.LISTING),
    ("of_a_sitting", w.OF_A_SITTING),
    ("accounts", w.ACCOUNTS),
    ("explainer", w.EXPLAINER),
    ("anniversary", w.ANNIVERSARY),
    ("one_undertaking", w.ONE_UNDERTAKING),
    ("figure_headline", w.FIGURE_HEADLINE),
)
_LEADING_MOTTO = re.compile(r"[^—\n]{4,60}—{1,2}(?=.*政协)|[^\d\n]{4,60} (?=[^ —]*政协)")
_PART_OF_TITLE = re.compile(r"[^—|丨:()【】\s]+")
_CORE = re.compile(r"政协|(?:19|20)\d\d|届")
_ACTS = re.compile(r"出席|参加|主持|讲话|致辞|调研")
_THEME_LABEL = re.compile(r"(?:工作|篇|平台|活动|品牌|办理|建设|专题|行动)$")
_MEMBER_SPEAKS = re.compile(r"委员(?!会|履职)[\u4e00-\u9fff·]{2,3}$")
_WITH_A_MOTTO = 2
_SHORTEST_MOTTO = 5
_ANY_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


def look_alikes(subject: Subject) -> Iterator[Sign]:
    """What speaks against a flag in a title."""
    title = subject.title.text
    selected = w.TEN.search(title) or w.TEN_BARE.search(title)
    award, judged = w.AWARDS.search(title), w.JUDGED.search(title)
    if selected and judged:
        yield from of_title("title.award", judged)
    elif award and not (
        selected and selected.start() <= award.start() and selected.end() >= award.end()
    ):
        yield from of_title("title.award", award)
    yield from _others_wording(title)
    if selected or _NUMBERED.search(title):
        yield from _to_come(subject)
    core = _GIVEN_AT.sub(blanked, _without_mottos(title))
    narrow: Sign | None = None
    for name, pattern in _TITLE_LOOK_ALIKES:
        match = pattern.search(core)
        if match is None and (inside := pattern.search(subject.beside)):
            yield from of_meta(f"title.{name}", inside)
            if name in _NARROW:
                narrow = Sign(NARROW, 1.0, "meta", quote=inside.group())
            continue
        if match is None or _excused(name, subject):
            continue
        if name == "member" and selected:
            if selected.start() <= match.start() and match.end() <= selected.end():
                continue
            name = "members_selection"  # the members' own selection, not the committee's
        yield from of_title(f"title.{name}", match)
        if name in _NARROW:
            narrow = Sign(NARROW, 1.0, "title", *match.span())
    if narrow:
        yield narrow


# 提案工作报告(全国政协七届三次会议): where a report was given is no news of that sitting.
_GIVEN_AT = re.compile(r"\([^()]{0,24}[届次][^()]{0,10}会议[^()]{0,6}\)$")


def blanked(match: re.Match[str]) -> str:
    """As many marks as ``match`` has characters, so that places stay."""
    return "·" * len(match.group())


NARROW = "title.narrow"
"""Any of the signs that a title is of less than a committee's year."""
_NARROW = frozenset(
    {"half_year", "part_of_committee", "one_theme", "member", "members_selection", "of_a_sitting",
     "meeting_review", "anniversary", "one_undertaking"}
)  # fmt: skip


_NUMBERED = re.compile(r"[三四五六七八九十]件|\d件")


def deeds_of_government(title: str, match: re.Match[str]) -> bool:
    """十件民生实事 that a committee only watches over."""
    deeds = _GOVERNMENT_DEEDS.search(title)
    return bool(
        deeds and (_DEEDS_VERB.search(title) or w.OTHER_BODY.search(title, 0, match.start()))
    )


def _to_come(subject: Subject) -> Iterator[Sign]:
    """Deeds that are still to be done."""
    title = subject.title.text
    tasks = w.TASKS.search(title)
    to_come = w.TO_COME.search(title) if _year_to_come(subject) else None
    if deeds := to_come or tasks:
        yield from of_title("title.to_come", deeds)
    elif not _past_year(subject):
        yield from of_text("text.will_do", w.WILL_DO.search(subject.head[:200]))


def _year_to_come(subject: Subject) -> bool:
    """Whether the title's year has only begun or is still ahead."""
    match, day = _ANY_YEAR.search(subject.title.text), subject.published
    if match is None or day is None:
        return False
    year = int(match.group())
    return year > day.year or (year == day.year and day.month <= 3)


def _others_wording(title: str) -> Iterator[Sign]:
    """Another body stands between the committee and the wording: it is that body's."""
    wording = w.TEN.search(title) or w.REVIEW_STRONG.search(title)
    if wording is None:
        return
    ours = [m.end() for m in CPPCC.finditer(title, 0, wording.start())]
    between = (ours[-1], wording.start()) if ours else (0, 0)
    other = w.SPEAKS_FIRST.search(title, *between) or _SUPERVISED.search(title, *between)
    yield from of_title("title.others_wording", other)


_SUPERVISED = re.compile(r"部门|承办单位|办理单位|局长|职能单位")


def _past_year(subject: Subject) -> bool:
    """Whether the title's year is over: what is told of it is no plan."""
    match = _ANY_YEAR.search(subject.title.text)
    return bool(match and subject.published and int(match.group()) < subject.published.year)


def _acts(words: str) -> bool:
    """Whether a part of a title tells of an act, as no motto does."""
    return any(act.search(words) for act in (w.DISCUSSED, w.MEETING, _ACTS))


def _without_mottos(title: str) -> str:
    """A review's title with its mottos blanked: they name themes that the review is not about.

    书香润初心——某市政协2023年工作综述 is no review of reading; 文史工作|某市政协2023年回眸 has a
    label, not a motto.
    """
    leading = _LEADING_MOTTO.match(title)
    if leading and w.REVIEW_STRONG.search(title, leading.end()):
        end = 0 if w.DISCUSSED.search(leading.group()) else leading.end()
        title = "·" * end + title[end:]
    parts = list(_PART_OF_TITLE.finditer(title))
    headed = w.REVIEW.search(title) or w.COMMITTEE_SAYS.match(title) or w.ITS_YEAR.search(title)
    if len(parts) < _WITH_A_MOTTO or not headed:
        return title
    for part in parts:
        words = part.group()
        speaks = _MEMBER_SPEAKS.search(words) and title[part.end() : part.end() + 1] == ":"
        motto = not (_CORE.search(words) or w.REVIEW.search(words) or _acts(words) or speaks)
        if motto and len(words) >= _SHORTEST_MOTTO and not _THEME_LABEL.search(words):
            title = title[: part.start()] + "·" * len(words) + title[part.end() :]
    return title


def _speaks_to_members(subject: Subject) -> bool:
    """Whether a title calls members, who are told of their committee's year: @某县政协委员."""
    return subject.title.text.startswith(("@", "致", "写给"))


_OF_A_THEME = frozenset({"one_theme", "part_of_committee"})


def _says_its_kind(subject: Subject) -> bool:
    """Whether a title names a committee or a rubric: a motto alone is of no theme."""
    title = subject.title.text
    return any(said.search(title) for said in (CPPCC, w.KIN, w.TEN, w.REVIEW, w.PERIOD))


_MEMBERS_ALL = re.compile(r"政协委员们?的这?一年|^(?!.*委员).*履职故事")


_OFFICE = re.compile(r"机关|办公[厅室]")


def _committee_chose(subject: Subject) -> bool:
    """Whether its office heads a title over a choice that names the committee's deeds."""
    text = subject.text.text
    return _OFFICE.search(subject.title.text) is not None and any(
        CPPCC.search(text, claim.start, claim.end) for claim in subject.claims
    )


_LETTER = re.compile(r"^(?:致|写给).*一封信")
_TOLD_BACK = LOOKS_BACK.search
_OF_ONE_KIND = frozenset({"one_theme", "meeting"})
# One of the parts that a committee's year is told in: 回眸2021·提案篇, 盘点2022·常委会篇丨六次会议.
_CHAPTER = re.compile(r"[·|丨:(【 ][\u4e00-\u9fff]{2,5}篇(?=[)】|丨:· ]|$)")


def _excused(rule: str, subject: Subject) -> bool:
    """A plan for a year that is over is none; a theme with a number is a part of a series;
    members who stand for a committee whose year is added up are the committee.
    """
    if rule == "member":
        if _speaks_to_members(subject):
            return True
        return sums_up(subject) is not None and bool(_MEMBERS_ALL.search(subject.title.text))
    if rule == "accounts":
        letter = _LETTER.search(subject.title.text)
        return (
            letter is not None and told_in_season(subject) and _TOLD_BACK(subject.head) is not None
        )
    if rule in _OF_A_THEME and not _says_its_kind(subject):
        return True
    if rule == "part_of_committee" and _committee_chose(subject):
        return True
    if rule == "one_theme" and w.WORK_REPORT.search(subject.title.text):
        return True  # the part of a report that is printed is of that report
    if rule == "one_theme" and part_of(subject.title.text, subject.beside) is not None:
        return True
    if rule in _OF_ONE_KIND:
        return _CHAPTER.search(subject.title.text) is not None
    return rule == "plan" and _past_year(subject)

"""What a publication is: a sum of named evidence over title, surroundings and body."""

import math
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from crawler.reading import wording as w
from crawler.reading.folding import Folded
from crawler.reading.numerals import ordinal
from crawler.reading.period import part_of
from storage.records import Evidence, Genre

HEAD = 900
_CPPCC = re.compile(r"政协|人民政治协商会议")
_COMMITTEE_SITE = re.compile(r"[省市县区州盟旗]政协|全国政协|政协办公厅")
_ENGLISH_CPPCC = re.compile(
    r"CPPCC|political (?:advisory|consultative)|national advisory body", re.I
)
_SPEECH = re.compile(
    r"各位委员[,:、!]|(?:请予?|予以)审议|现将.{0,30}工作(?:情况)?报告如下|向大会报告|(?:受|"
    r"代表).{0,40}(?:常务委员会|常委会).{0,12}报告.{0,6}工作"
)
_PROPOSAL_SPEECH = re.compile(r"报告.{0,20}提案工作情况")
_VOTED = re.compile(r"投票(?:产生|评选|选出)|评选(?:产生|出)|票选产生|评选结果|揭晓|评出|推选产生")
_VOTING = re.compile(
    r"投票(?:时间|方式|规则|通道|入口|截止|链接|期)|每人(?:限|可|最多|每天)|候选(?:条目|事件|"
    r"项目|大事|名单)|扫码投票|参与投票|点击投票|请(?:您|你).{0,12}(?:投票|选出)"
)
_LOOKS_BACK = re.compile(
    r"过去的?一年|一年来|这一年|回望|回眸|回首|全年|过去五年|五年来|这五年|"
    r"盘点|履职答卷|一年间"
)
_OPENING = re.compile(
    r"(?:会议|大会|全会)[^。]{0,20}(?:开幕|闭幕)|(?:今日|昨日|今天|\d日)[^。]{0,12}(?:上午|"
    r"下午)?[^。]{0,40}(?:召开|开幕|举行)|开幕(?:会|式)侧记|新闻发布会"
)
_TEN_IN_TEXT = re.compile(
    rf"(?:评选|投票|产生|推出|选出|揭晓|现将|公布|盘点|入选|发布|"
    rf"梳理)[^。\n]{{0,60}}?{w.NUMBER}[大件个项条][^。,\n]{{0,10}}?(?:大事|要事|实事|亮点|成果|"
    rf"新闻|事件)"
)
_GOVERNMENT_DEEDS = re.compile(r"民生实事|为民(?:办)?实事|民生工程|民生大事")
_DEEDS_VERB = re.compile(
    r"监督|督办|视察|协商|助推|助力|调研|评议|票决|推进|征集|走访|聚焦|见证|察看|建言"
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What the rules look at: everything folded."""

    title: Folded
    beside: str
    text: Folded
    published: datetime | None = None
    outlet: str = ""
    listed: int = 0

    @property
    def head(self) -> str:
        """The beginning of the text."""
        return self.text.text[:HEAD]


@dataclass(slots=True)
class Ballot:
    """The evidence gathered, and what it adds up to for each genre."""

    subject: Subject
    scores: defaultdict[Genre, float] = field(default_factory=lambda: defaultdict(float))
    evidence: list[Evidence] = field(default_factory=list)

    def add(self, genre: Genre, rule: str, weight: float, match: re.Match[str], name: str) -> None:
        """Count ``match``, found in the field ``name``, for ``genre``."""
        source = {"title": self.subject.title, "text": self.subject.text}.get(name)
        start, end = match.span()
        if source is None:
            quote = match.group()
            span = (0, len(quote))
        else:
            span, quote = source.span(start, end), source.quote(start, end)
        self.scores[genre] += weight
        self.evidence.append(
            Evidence(
                about="genre",
                rule=f"{genre}.{rule}",
                field=name,
                span=span,
                quote=quote,
                weight=weight,
            )
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """The genre, how sure it is, the evidence, and the number of events that is stated."""

    genre: Genre
    score: float
    evidence: tuple[Evidence, ...] = ()


def stated_number(subject: Subject) -> int | None:
    """N of 十件大事, 八件实事; None where neither title nor opening states one."""
    title = subject.title.text
    match = w.TEN.search(title) or w.TEN_BARE.search(title) or w.TEN.search(subject.beside)
    if match is None:
        opening = _TEN_IN_TEXT.search(subject.head)
        match = w.TEN.search(opening.group()) if opening else None
    number = ordinal(match.group(1)) if match else None
    return number if number is not None and 3 <= number <= 60 else None


def concerns_cppcc(subject: Subject) -> bool:
    """Whether a committee is named at all; the many pages that name none end here."""
    title, text = subject.title.text, subject.text.text
    if _CPPCC.search(title) or "政协" in text or "政治协商会议" in text:
        return True
    if _CPPCC.search(subject.beside) or w.KIN.search(title):
        return True
    if _COMMITTEE_SITE.search(subject.outlet):
        return True
    english = title[:1].isascii() or text[:1].isascii()
    return english and bool(
        _ENGLISH_CPPCC.search(title)
        or _ENGLISH_CPPCC.search(text, 0, HEAD)
        or _STANDING_COMMITTEE.search(title)
    )


def genre_of(subject: Subject) -> Verdict:
    """Weigh the evidence; the genre with the most wins, ``other`` where there is none."""
    ballot = Ballot(subject)
    owner = _owner(subject)
    if owner == "other":
        _other_body(ballot)
    elif owner == "cppcc":
        _selection(ballot)
        _review(ballot)
        _reports(ballot)
        _vote(ballot)
        _look_alikes(ballot)
        _news(ballot)
    elif _ENGLISH_CPPCC.search(subject.title.text + subject.head) or _STANDING_COMMITTEE.search(
        subject.title.text
    ):
        _english(ballot)
    return _weigh(ballot)


def _weigh(ballot: Ballot) -> Verdict:
    ranked = sorted(ballot.scores.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] <= 0:
        return Verdict(Genre.OTHER, 0.9 if not ranked else 0.6, tuple(ballot.evidence))
    genre, best = ranked[0]
    second = max(0.0, ranked[1][1]) if len(ranked) > 1 else 0.0
    score = 1 / (1 + math.exp(-(best - second) / 1.5))
    return Verdict(genre, round(score, 3), tuple(ballot.evidence))


def _owner(subject: Subject) -> str | None:
    """Whose publication it is: ``cppcc``, ``other`` (another body), or None for nobody's."""
    title = subject.title.text
    ours, theirs = _CPPCC.search(title), w.OTHER_BODY.search(title)
    if ours and theirs:
        return "other" if _theirs_first(title, ours, theirs) else "cppcc"
    if ours:
        return "cppcc"
    kin = w.KIN.search(title)
    if kin and not (theirs and theirs.start() < kin.start() and w.OTHER_FORM.search(title)):
        return "cppcc"
    if w.DEEDS.search(title) and not _CPPCC.search(subject.beside):
        return "other"
    if theirs or w.TEN_ANYONE.search(title):
        return "cppcc" if not theirs and _speaks_as_cppcc(subject) else "other"
    if _CPPCC.search(subject.beside):
        return "cppcc"
    if _CPPCC.search(subject.head):
        return "other" if _others_speak_first(subject.head) else "cppcc"
    if _COMMITTEE_SITE.search(subject.outlet):
        return "cppcc"
    return "other" if len(w.OTHER_BODY.findall(subject.head)) >= 2 else None


def _speaks_as_cppcc(subject: Subject) -> bool:
    """Whether a title that names no body stands over a text of the committee's own."""
    head = subject.head
    return bool(_CPPCC.search(subject.beside)) or bool(
        _CPPCC.search(head[:150]) and len(_CPPCC.findall(head)) >= 2
    )


def _others_speak_first(head: str) -> bool:
    """Whether another body opens the text and is named more often than the committee."""
    first = w.SPEAKS_FIRST.search(head)
    ours = _CPPCC.search(head)
    if first is None or ours is None or first.start() > ours.start():
        return False
    return len(w.SPEAKS_FIRST.findall(head)) > len(_CPPCC.findall(head))


_ACTS_ON_US = re.compile(
    r"(?:[省市县区州旗盟]委|党委|政府|人大)[^,。]{0,8}(?:和|、|与|领导|书记|主要领导|(?:听取|"
    r"研究|支持|批示|肯定))"
)


def _theirs_first(title: str, ours: re.Match[str], theirs: re.Match[str]) -> bool:
    """Another body named first owns the title unless it only acts on the committee."""
    if theirs.start() >= ours.start() or _ACTS_ON_US.match(title, theirs.start()):
        return False
    after = title[ours.end() :]
    if w.TEN.search(after) or w.REVIEW_STRONG.search(after) or w.MEETING.search(after):
        return False
    return ours.start() - theirs.end() < 30


def _other_body(ballot: Ballot) -> None:
    title = ballot.subject.title.text
    body = w.OTHER_BODY.search(title)
    form = w.OTHER_FORM.search(title)
    if body and form:
        ballot.add(Genre.OTHER_BODY, "body", 3, body, "title")
        ballot.add(Genre.OTHER_BODY, "form", 3, form, "title")
    elif form:
        ballot.add(Genre.OTHER_BODY, "form", 3, form, "title")
    mention = _CPPCC.search(title) or _CPPCC.search(ballot.subject.head)
    if mention and not (body and form):
        name = "title" if _CPPCC.search(title) else "text"
        ballot.add(Genre.CPPCC_NEWS, "named", 2.5, mention, name)


def _selection(ballot: Ballot) -> None:
    """十件大事 and its kin, with or without its list."""
    subject = ballot.subject
    title = subject.title.text
    match = w.TEN.search(title) or w.TEN_BARE.search(title)
    name = "title"
    if match is None and subject.beside:
        match, name = w.TEN.search(subject.beside), "meta"
    if match is not None and not _deeds_of_government(title, match):
        number = ordinal(match.group(1)) or 0
        weight = 6.0 if number >= 3 else 0.5
        ballot.add(Genre.TEN_EVENTS, "wording", weight, match, name)
        if subject.listed and subject.listed == number:
            ballot.add(Genre.TEN_EVENTS, "listed", 2, match, name)
        elif after := w.REVIEW_STRONG.search(title, match.end() if name == "title" else 0):
            ballot.add(Genre.ANNUAL_REVIEW, "of_ten", 3, after, "title")
    elif match is None:
        inside = _TEN_IN_TEXT.search(subject.head)
        if inside and subject.listed >= 3:
            ballot.add(Genre.TEN_EVENTS, "introduced", 4.5, inside, "text")
    voted = _VOTED.search(subject.head)
    if voted and ballot.scores[Genre.TEN_EVENTS] > 0:
        ballot.add(Genre.TEN_EVENTS, "voted", 1, voted, "text")


def _deeds_of_government(title: str, match: re.Match[str]) -> bool:
    """十件民生实事 that a committee only watches over."""
    deeds = _GOVERNMENT_DEEDS.search(title)
    return bool(
        deeds and (_DEEDS_VERB.search(title) or w.OTHER_BODY.search(title, 0, match.start()))
    )


def _review(ballot: Ballot) -> None:
    subject = ballot.subject
    title = subject.title.text
    strong, wide = w.REVIEW_STRONG.search(title), w.REVIEW.search(title)
    period = w.PERIOD.search(title)
    back = _LOOKS_BACK.search(subject.head)
    if strong:
        dated = period or back or w.PERIOD.search(subject.beside)
        ballot.add(Genre.ANNUAL_REVIEW, "wording", 4 if dated else 2, strong, "title")
    elif wide:
        ballot.add(Genre.ANNUAL_REVIEW, "wording", 2.5, wide, "title")
    elif subject.beside and (inside := w.REVIEW_STRONG.search(subject.beside)):
        ballot.add(Genre.ANNUAL_REVIEW, "rubric", 3, inside, "meta")
    if period and ballot.scores[Genre.ANNUAL_REVIEW]:
        ballot.add(Genre.ANNUAL_REVIEW, "period", 1, period, "title")
    if back:
        ballot.add(Genre.ANNUAL_REVIEW, "looks_back", 1, back, "text")
    if not (strong or wide):
        _achievement(ballot)


def _achievement(ballot: Ballot) -> None:
    """A headline without a rubric: the committee's whole work, in season, looking back."""
    subject = ballot.subject
    title = subject.title.text
    main = w.MAIN_WORK.search(title)
    if main is None or w.FIGURE_HEADLINE.search(title) or not _in_season(subject.published):
        return
    back = _LOOKS_BACK.search(subject.head)
    year = subject.published.year - 1 if subject.published else 0
    dated = re.search(rf"{year}年?[\u4e00-\u9fff]{{0,8}}政协", title + "\n" + subject.head)
    if back or dated:
        ballot.add(Genre.ANNUAL_REVIEW, "achievement", 3.5, main, "title")


def _in_season(published: datetime | None) -> bool:
    return published is not None and (
        published.month in (12, 1, 2) or (published.month == 3 and published.day <= 15)
    )


def _reports(ballot: Ballot) -> None:
    subject = ballot.subject
    title = subject.title.text
    proposal = w.PROPOSAL_REPORT.search(title)
    report = w.WORK_REPORT.search(title)
    speech = _SPEECH.search(subject.head)
    about = w.ABOUT_REPORT.search(title)
    meeting = w.GATHERING.search(title)
    if proposal:
        ballot.add(Genre.PROPOSAL_REPORT, "wording", 14, proposal, "title")
    elif report:
        ballot.add(Genre.WORK_REPORT, "wording", 14, report, "title")
    picture = re.search(r"报告", title)
    if picture and w.PICTURE.search(title) and not report and not proposal:
        ballot.add(Genre.WORK_REPORT, "digest", 7, picture, "title")
    if speech:
        genre = (
            Genre.PROPOSAL_REPORT if _PROPOSAL_SPEECH.search(subject.head) else Genre.WORK_REPORT
        )
        ballot.add(genre, "speech", 5, speech, "text")
    if about and (proposal or report or picture):
        if meeting or w.DISCUSSED.search(title) or not w.WHOLE.search(title):
            ballot.add(Genre.CPPCC_NEWS, "about_report", 16, about, "title")
    elif meeting and (proposal or report):
        ballot.add(Genre.CPPCC_NEWS, "about_report", 16, meeting, "title")


def _vote(ballot: Ballot) -> None:
    subject = ballot.subject
    title = subject.title.text
    call, result = w.VOTE.search(title), w.VOTED.search(title)
    selection = ballot.scores[Genre.TEN_EVENTS] > 0 or w.TEN.search(subject.head)
    if call and not result and selection:
        ballot.add(Genre.VOTE_CALL, "wording", 8, call, "title")
    voting = _VOTING.search(subject.head)
    if voting and selection and not result and not _VOTED.search(subject.head):
        ballot.add(Genre.VOTE_CALL, "voting", 8.5, voting, "text")


_IS_REPORT = 14
_TITLE_LOOK_ALIKES = (
    ("half_year", w.HALF_YEAR, 8.0),
    ("meeting", w.MEETING, 4.5),
    ("meeting_review", w.MEETING_REVIEW, 6.0),
    ("discussion", w.DISCUSSION, 4.5),
    ("part_of_committee", w.PART_OF_COMMITTEE, 6.0),
    ("one_theme", w.ONE_THEME, 5.0),
    ("member", w.MEMBER, 5.0),
    ("plan", w.PLAN, 3.0),
    ("listing", w.LISTING, 6.0),
    ("of_a_sitting", w.OF_A_SITTING, 7.0),
    ("accounts", w.ACCOUNTS, 6.0),
    ("one_undertaking", w.ONE_UNDERTAKING, 5.0),
    ("figure_headline", w.FIGURE_HEADLINE, 2.0),
)


# A motto before the dash is nobody's: 委员履职有力量——某市政协2022年工作综述.
_MOTTO = re.compile(r"[^—\n]{4,60}—{1,2}(?=.*政协)|[^\d\n]{4,60} (?=[^ —]*政协)")
_ANY_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


def _year_to_come(subject: Subject) -> bool:
    """Whether the title's year has only begun or is still ahead."""
    match, day = _ANY_YEAR.search(subject.title.text), subject.published
    if match is None or day is None:
        return False
    year = int(match.group())
    return year > day.year or (year == day.year and day.month <= 3)


def _others_wording(ballot: Ballot) -> None:
    """Another body stands between the committee and the wording: it is that body's."""
    title = ballot.subject.title.text
    wording = w.TEN.search(title) or w.REVIEW_STRONG.search(title)
    if wording is None:
        return
    ours = [m.end() for m in _CPPCC.finditer(title, 0, wording.start())]
    other = w.SPEAKS_FIRST.search(title, ours[-1], wording.start()) if ours else None
    if other:
        ballot.add(Genre.CPPCC_NEWS, "others_wording", 6, other, "title")


def _past_year(subject: Subject) -> bool:
    """Whether the title's year is over: what is told of it is no plan."""
    match = _ANY_YEAR.search(subject.title.text)
    return bool(match and subject.published and int(match.group()) < subject.published.year)


def _look_alikes(ballot: Ballot) -> None:
    title = ballot.subject.title.text
    if max(ballot.scores[Genre.WORK_REPORT], ballot.scores[Genre.PROPOSAL_REPORT]) >= _IS_REPORT:
        return
    selected = w.TEN.search(title) or w.TEN_BARE.search(title)
    award = w.AWARDS.search(title)
    if award and not (
        selected and selected.start() <= award.start() and selected.end() >= award.end()
    ):
        ballot.add(Genre.CPPCC_NEWS, "award", 8, award, "title")
    if selected and _deeds_of_government(title, selected):
        ballot.add(Genre.CPPCC_NEWS, "government_deeds", 6, selected, "title")
    _others_wording(ballot)
    to_come = w.TO_COME.search(title)
    if selected and to_come and _year_to_come(ballot.subject):
        ballot.add(Genre.CPPCC_NEWS, "to_come", 8, to_come, "title")
    start = _motto_end(title)
    for rule, pattern, weight in _TITLE_LOOK_ALIKES:
        match = pattern.search(title, start)
        if match and not _excused(rule, ballot.subject):
            ballot.add(Genre.CPPCC_NEWS, rule, weight, match, "title")


def _motto_end(title: str) -> int:
    """Where a motto ends that a review's own title follows; 0 for none."""
    motto = _MOTTO.match(title)
    if motto is None or w.DISCUSSED.search(motto.group()):
        return 0
    return motto.end() if w.REVIEW_STRONG.search(title, motto.end()) else 0


def _excused(rule: str, subject: Subject) -> bool:
    """A plan for a year that is over is none; a theme with a number is a part of a series."""
    if rule == "one_theme":
        return part_of(subject.title.text, subject.beside) is not None
    return rule == "plan" and _past_year(subject)


def _news(ballot: Ballot) -> None:
    subject = ballot.subject
    match = _CPPCC.search(subject.title.text)
    if match:
        ballot.add(Genre.CPPCC_NEWS, "named", 2.5, match, "title")
    else:
        match = _CPPCC.search(subject.head)
        kin = w.KIN.search(subject.title.text)
        if kin:
            ballot.add(Genre.CPPCC_NEWS, "kin", 2.5, kin, "title")
        elif match:
            ballot.add(Genre.CPPCC_NEWS, "named", 1.5, match, "text")
        elif outlet := _COMMITTEE_SITE.search(subject.outlet):
            ballot.add(Genre.CPPCC_NEWS, "outlet", 1, outlet, "meta")
    opening = _OPENING.search(subject.head[:300])
    if opening:
        ballot.add(Genre.CPPCC_NEWS, "opening", 2, opening, "text")
    odd = w.NOT_NEWS.search(subject.title.text)
    if odd:
        ballot.add(Genre.OTHER, "not_news", 9, odd, "title")
    for rule, pattern in (("scholarly", w.SCHOLARLY), ("spam", w.SPAM)):
        match = pattern.search(subject.head)
        if match:
            ballot.add(Genre.OTHER, rule, 4.5, match, "text")


# The people's congress says whose standing committee it means; the CPPCC's own report does not.
_STANDING_COMMITTEE = re.compile(
    r"report on the work of the standing committee(?! of the National People)", re.IGNORECASE
)
_ENGLISH_REPORT = re.compile(r"work report|report on the work", re.IGNORECASE)


def _english(ballot: Ballot) -> None:
    report = _ENGLISH_REPORT.search(ballot.subject.title.text)
    named = _ENGLISH_CPPCC.search(ballot.subject.title.text)
    name = "title"
    if report:
        ballot.add(Genre.WORK_REPORT, "english", 5, report, "title")
    if named is None:
        named, name = _ENGLISH_CPPCC.search(ballot.subject.text.text[:HEAD]), "text"
    if named:
        ballot.add(Genre.CPPCC_NEWS, "english", 2, named, name)

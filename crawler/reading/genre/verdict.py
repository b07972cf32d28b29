"""What a publication is: a sum of named evidence over title, surroundings and body."""

import math
import re
from dataclasses import dataclass

from crawler.reading.genre import wording as w
from crawler.reading.genre.lookalikes import deeds_of_government, weigh_look_alikes
from crawler.reading.genre.owner import others_speak, owner_of
from crawler.reading.genre.subject import (
    COMMITTEE_SITE,
    CPPCC,
    ENGLISH_CPPCC,
    HEAD,
    STANDING_COMMITTEE,
    Ballot,
    Subject,
    in_season,
    sums_up,
)
from crawler.reading.words.numerals import ordinal
from storage.records import Evidence, Genre

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
TEN_IN_TEXT = re.compile(
    rf"(?:评选|投票|产生|推出|选出|揭晓|现将|公布|盘点|入选|发布|"
    rf"梳理)[^。\n]{{0,60}}?{w.NUMBER}[大件个项条][^。,\n]{{0,10}}?(?:大事|要事|实事|亮点|成果|"
    rf"新闻|事件)"
)
_ENGLISH_REPORT = re.compile(r"work report|report on the work", re.IGNORECASE)


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
        opening = TEN_IN_TEXT.search(subject.head)
        match = w.TEN.search(opening.group()) if opening else w.TEN_OPEN.search(title)
    number = ordinal(match.group(1)) if match else None
    return number if number is not None and 3 <= number <= 60 else None


def genre_of(subject: Subject) -> Verdict:
    """Weigh the evidence; the genre with the most wins, ``other`` where there is none."""
    ballot = Ballot(subject)
    owner = owner_of(subject)
    if owner == "other":
        _other_body(ballot)
    elif owner == "cppcc":
        _selection(ballot)
        _review(ballot)
        _reports(ballot)
        _vote(ballot)
        weigh_look_alikes(ballot)
        _news(ballot)
    else:
        _unowned(ballot)
    return _weigh(ballot)


def _weigh(ballot: Ballot) -> Verdict:
    ranked = sorted(ballot.scores.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] <= 0:
        return Verdict(Genre.OTHER, 0.9 if not ranked else 0.6, tuple(ballot.evidence))
    genre, best = ranked[0]
    second = max(0.0, ranked[1][1]) if len(ranked) > 1 else 0.0
    score = 1 / (1 + math.exp(-(best - second) / 1.5))
    return Verdict(genre, round(score, 3), tuple(ballot.evidence))


def _unowned(ballot: Ballot) -> None:
    """Another body's work without its name in the title, or English news of the committee."""
    subject = ballot.subject
    title = subject.title.text
    form = w.OTHER_FORM.search(title)
    english = ENGLISH_CPPCC.search(title + subject.head) or STANDING_COMMITTEE.search(title)
    if not form and not english:
        return
    if others_speak(subject):
        _other_body(ballot)
    elif english:
        _english(ballot)


def _other_body(ballot: Ballot) -> None:
    title = ballot.subject.title.text
    body = w.OTHER_BODY.search(title)
    form = w.OTHER_FORM.search(title)
    if body and form:
        ballot.add(Genre.OTHER_BODY, "body", 3, body, "title")
        ballot.add(Genre.OTHER_BODY, "form", 3, form, "title")
    elif form:
        ballot.add(Genre.OTHER_BODY, "form", 3, form, "title")
    mention = CPPCC.search(title) or CPPCC.search(ballot.subject.head)
    if mention and not (body and form):
        name = "title" if CPPCC.search(title) else "text"
        ballot.add(Genre.CPPCC_NEWS, "named", 2.5, mention, name)


def _selection(ballot: Ballot) -> None:
    """十件大事 and its kin, with or without its list."""
    subject = ballot.subject
    title = subject.title.text
    match = w.TEN.search(title) or w.TEN_BARE.search(title)
    name = "title"
    if match is None and subject.beside:
        match, name = w.TEN.search(subject.beside), "meta"
    if match is not None and not deeds_of_government(title, match):
        number = ordinal(match.group(1)) or 0
        weight = 6.0 if number >= 3 else 0.5
        ballot.add(Genre.TEN_EVENTS, "wording", weight, match, name)
        if subject.listed and subject.listed == number:
            ballot.add(Genre.TEN_EVENTS, "listed", 2, match, name)
        elif number >= 3 and (
            after := w.REVIEW_STRONG.search(title, match.end() if name == "title" else 0)
        ):
            ballot.add(Genre.ANNUAL_REVIEW, "of_ten", 3, after, "title")
    elif match is None and (loose := _open_selection(subject)):
        ballot.add(Genre.TEN_EVENTS, "listed_wording", 7, loose, "title")
    elif match is None:
        inside = TEN_IN_TEXT.search(subject.head)
        if inside and subject.listed >= 3:
            ballot.add(Genre.TEN_EVENTS, "introduced", 4.5, inside, "text")
    voted = _VOTED.search(subject.head)
    if voted and ballot.scores[Genre.TEN_EVENTS] > 0:
        ballot.add(Genre.TEN_EVENTS, "voted", 1, voted, "text")


def _open_selection(subject: Subject) -> re.Match[str] | None:
    """十大名场面 of a year, whatever its items are called, where the text lists ten."""
    title = subject.title.text
    match = w.TEN_OPEN.search(title)
    if match is None or not w.PERIOD.search(title) or w.NO_EVENTS.search(match.group()):
        return None
    return match if subject.listed and subject.listed == ordinal(match.group(1)) else None


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
    told = period or strong or wide or w.MAIN_WORK.search(title) or w.COMMITTEE_SAYS.match(title)
    if told and (sums := sums_up(subject)):
        ballot.add(Genre.ANNUAL_REVIEW, "sums_up", 1.5 if strong or wide else 3, sums, "text")
    elif not (strong or wide):
        _achievement(ballot)


def _achievement(ballot: Ballot) -> None:
    """A headline without a rubric: the committee's whole work, in season, looking back."""
    subject = ballot.subject
    title = subject.title.text
    main = w.MAIN_WORK.search(title)
    if main is None or w.FIGURE_HEADLINE.search(title) or not in_season(subject.published):
        return
    back = _LOOKS_BACK.search(subject.head)
    year = subject.published.year - 1 if subject.published else 0
    dated = re.search(rf"{year}年?[\u4e00-\u9fff]{{0,8}}政协", title + "\n" + subject.head)
    if back or dated:
        ballot.add(Genre.ANNUAL_REVIEW, "achievement", 3.5, main, "title")


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
    call, voting = w.VOTE.search(title), _VOTING.search(subject.head)
    if not (call or voting) or w.VOTED.search(title):
        return
    if ballot.scores[Genre.TEN_EVENTS] <= 0 and not w.TEN.search(subject.head):
        return
    if call:
        ballot.add(Genre.VOTE_CALL, "wording", 8, call, "title")
    if voting and not _VOTED.search(subject.head):
        ballot.add(Genre.VOTE_CALL, "voting", 8.5, voting, "text")


def _news(ballot: Ballot) -> None:
    subject = ballot.subject
    match = CPPCC.search(subject.title.text)
    if match:
        ballot.add(Genre.CPPCC_NEWS, "named", 2.5, match, "title")
    else:
        match = CPPCC.search(subject.head)
        kin = w.KIN.search(subject.title.text)
        if kin:
            ballot.add(Genre.CPPCC_NEWS, "kin", 2.5, kin, "title")
        elif match:
            ballot.add(Genre.CPPCC_NEWS, "named", 1.5, match, "text")
        elif outlet := COMMITTEE_SITE.search(subject.outlet):
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


def _english(ballot: Ballot) -> None:
    report = _ENGLISH_REPORT.search(ballot.subject.title.text)
    named = ENGLISH_CPPCC.search(ballot.subject.title.text)
    name = "title"
    if report:
        ballot.add(Genre.WORK_REPORT, "english", 5, report, "title")
    if named is None:
        named, name = ENGLISH_CPPCC.search(ballot.subject.text.text[:HEAD]), "text"
    if named:
        ballot.add(Genre.CPPCC_NEWS, "english", 2, named, name)

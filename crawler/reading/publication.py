"""One article read whole: its genre, committee, period, events and figures."""

import re
from dataclasses import replace

from crawler.reading.facts.committee import Surroundings, known_region, whose
from crawler.reading.facts.figures import figures_of
from crawler.reading.facts.mentions import term_and_session
from crawler.reading.facts.period import Period, of_season, part_of, period_of
from crawler.reading.facts.scopes import Whose, whose_figures
from crawler.reading.genre.claims import claims_in, parallel_in
from crawler.reading.genre.subject import (
    WHOLE_TEXT,
    Subject,
    concerns_cppcc,
    head_end,
    in_season,
)
from crawler.reading.genre.title_signs import is_headed_as_report, named_number
from crawler.reading.genre.verdict import Verdict, genre_of, of_another
from crawler.reading.selection.chains import list_found
from crawler.reading.selection.counts import counts_of
from crawler.reading.selection.events import FIRM_ITEMS, Selection, select
from crawler.reading.topics.topics import topics_of_events, topics_of_sections
from crawler.reading.words.folding import Folded, fold
from crawler.rules import RULES_VERSION
from storage.records import (
    FLAGGED_GENRES,
    Article,
    Committee,
    Figure,
    FigureScope,
    Genre,
    Image,
    Level,
    Reading,
    Topic,
)

MAX_TITLE = 400
_REPORTS = frozenset({Genre.WORK_REPORT, Genre.PROPOSAL_REPORT})
# Genres that a list of events is read in: in the last two only where the text says that it
# has chosen so many and so many stand there, since the verdict may be wrong.
_SELECTING = frozenset({Genre.TEN_EVENTS, Genre.ANNUAL_REVIEW, Genre.CPPCC_NEWS})
_UNREAD = frozenset({Genre.OTHER, Genre.OTHER_BODY})
# It ends with its line, or where the text begins behind a blank: ——某市政协2021年工作回眸 2021年,……
_SUBTITLE = re.compile(
    r"\s*(?:[—-]{1,2}|——)\s*([^\n。]{6,60}?)"
    r"(?:\n|$| (?=(?:20\d\d年|\d{1,2}月|一年来|过去|全年|本报)))"
)
_OPENING = 300


def _printed_subtitle(title: str, text: str) -> str:
    """The subtitle that opens a text with a dash, below the title printed again or not."""
    printed = text.find(title, 0, _OPENING + len(title)) if title else -1
    at = printed + len(title) if printed >= 0 else 0
    match = _SUBTITLE.match(text, at)
    return match.group(1).strip() if match else ""


def subject_of(article: Article) -> Subject:
    """What the rules of genre look at in ``article``, folded; its list is not sought yet."""
    title, text = fold(article.title[:MAX_TITLE]), fold(article.text)
    beside = "\n".join(
        fold(part[:MAX_TITLE]).text for part in (article.kicker, article.subtitle) if part
    )
    if not beside:
        beside = _printed_subtitle(title.text, text.text)
    outlet = fold(article.outlet or "").text
    end = head_end(text.text)
    return Subject(title, beside, text, article.published_at, outlet, end=end)


def with_list(subject: Subject) -> Subject:
    """``subject`` with what it says of a choice and of a list, and its numbered list's length."""
    body = subject.text.text[: subject.end_of_body]
    subject = replace(
        subject,
        named=named_number(subject),
        claims=claims_in(body),
        parallel=parallel_in(body),
    )
    listed = list_found(subject.text.text, subject.stated) if subject.stated else None
    return replace(subject, listed=listed.length if listed else 0)


def read_publication(article: Article, *, region: str | None = None) -> Reading:
    """Read ``article``.

    ``region`` is the short name of the province that its source reports on; it says which
    省政协 is meant where the publication itself does not.
    """
    subject = subject_of(article)
    if article.title and not concerns_cppcc(subject):
        return _without_facts(of_another(subject))
    subject = with_list(subject)
    verdict = genre_of(subject)
    text = subject.text
    if verdict.genre in _UNREAD and article.title:
        return _without_facts(verdict, figures_of(text, whose=Whose(FigureScope.OTHER)))
    around = Surroundings(text, subject.outlet, known_region(region), article.published_at)
    committee, owned = whose(subject.title, subject.beside, around) or (None, None)
    period = _period(subject, verdict.genre, committee)
    term, session = term_and_session(subject.title.text, subject.beside, text.text[:600])
    selection, verdict = _selection(subject, verdict, period.years, article.images)
    figures = figures_of(
        text,
        selection.events,
        whose_figures(
            subject.title.text,
            text.text,
            other=False,
            national=committee is not None and committee.level is Level.NATIONAL,
            news=verdict.genre is Genre.CPPCC_NEWS,
            signs=verdict.signs,
        ),
    )
    return Reading(
        genre=verdict.genre,
        score=verdict.score,
        rules_version=RULES_VERSION,
        evidence=(*verdict.evidence, *(one for one in (owned, period.evidence) if one)),
        committee=committee,
        years=period.years,
        term=term,
        session=session,
        part=part_of(subject.title.text, subject.beside),
        events=selection.events,
        figures=figures,
        issues=selection.issues,
        topics=_topics(verdict.genre, selection, text),
    )


def _without_facts(verdict: Verdict, figures: tuple[Figure, ...] = ()) -> Reading:
    """The reading of what tells of no committee's work."""
    return Reading(
        genre=verdict.genre,
        score=verdict.score,
        rules_version=RULES_VERSION,
        evidence=verdict.evidence,
        figures=figures,
    )


def _period(subject: Subject, genre: Genre, committee: Committee | None) -> Period:
    """The years that are told of; those of the season where a review names none."""
    title, published_at = subject.title, subject.published
    report = genre in _REPORTS or is_headed_as_report(title.text)
    period = period_of(title, subject.beside, subject.text, published_at, committee, report=report)
    if genre in FLAGGED_GENRES and not period.years and published_at and in_season(published_at):
        return of_season(title, published_at)
    return period


def _selection(
    subject: Subject, verdict: Verdict, years: tuple[int, ...], images: tuple[Image, ...]
) -> tuple[Selection, Verdict]:
    """The list of events, and the genre that it decides with the other signs."""
    if verdict.genre not in _SELECTING:
        return Selection(), verdict
    counts = counts_of(
        subject.title.text,
        subject.beside,
        subject.text.text,
        subject.stated,
        firmly=subject.stated_firmly,
    )
    sure = verdict.genre is Genre.TEN_EVENTS
    selection = select(
        subject.text,
        counts,
        years,
        images,
        sure=sure,
        flagged=verdict.genre in FLAGGED_GENRES,
        filled=subject.parallel.filling > 0,
    )
    # Genre and list are decided together.
    if verdict.genre is Genre.ANNUAL_REVIEW and selection.firm and selection.events:
        return selection, genre_of(subject, splits=True)
    if sure and len(selection.events) < FIRM_ITEMS and _titled_without_number(subject):
        return Selection(), genre_of(subject, splits=False)
    return selection, verdict


def _titled_without_number(subject: Subject) -> bool:
    """Whether a text is whole and its title states no number: its few parts are a review's."""
    return subject.named is None and subject.end_of_body >= WHOLE_TEXT


def _topics(genre: Genre, selection: Selection, text: Folded) -> tuple[Topic, ...]:
    if selection.events:
        return topics_of_events(selection.events)
    return topics_of_sections(text) if genre is Genre.ANNUAL_REVIEW else ()

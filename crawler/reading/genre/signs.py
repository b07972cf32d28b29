"""A sign: one named thing that a publication shows, and where it shows it."""

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from crawler.reading.genre.subject import Subject
from storage.records import Evidence


@dataclass(frozen=True, slots=True)
class Sign:
    """``name`` is a row of weights.tsv; ``value`` in 0..1 is how strongly it shows.

    ``field`` is ``title``, ``text`` or ``meta``; ``start`` and ``end`` are places in that field,
    folded; ``quote`` stands for them in ``meta``, which is folded only.
    """

    name: str
    value: float
    field: str
    start: int = 0
    end: int = 0
    quote: str = ""


OF_ANOTHER_KIND = frozenset(
    {
        "title.narrow",
        "title.meeting",
        "title.discussion",
        "title.vote",
        "title.to_come",
        "title.award",
        "title.plan",
        "title.many_committees",
        "title.others_wording",
        "title.government_deeds",
        "title.work_report",
        "title.proposal_report",
        "title.report_digest",
        "title.not_news",
        "title.explainer",
        "title.commentary",
        "title.offered",
        "title.accounts",
        "title.listing",
    }
)
"""Signs of a title that is of something else than a committee's year as a whole."""


def of_title(name: str, match: re.Match[str] | None, value: float = 1.0) -> Iterator[Sign]:
    """The sign that ``match`` is of a title; none for no match."""
    if match is not None:
        yield Sign(name, value, "title", *match.span())


def of_text(name: str, match: re.Match[str] | None, value: float = 1.0) -> Iterator[Sign]:
    """The sign that ``match`` is of a text; none for no match."""
    if match is not None:
        yield Sign(name, value, "text", *match.span())


def of_meta(name: str, match: re.Match[str] | None, value: float = 1.0) -> Iterator[Sign]:
    """The sign that ``match`` is of kicker, subtitle or outlet; none for no match."""
    if match is not None:
        yield Sign(name, value, "meta", quote=match.group())


def of_words(
    name: str, words: Iterable[str], text: str, end: int, full: int, characters: Set[str]
) -> Iterator[Sign]:
    """A sign that is the stronger the more different ``words`` stand before ``end`` of a text.

    ``full`` of them make it 1.  Words are looked up one by one: a hundredth of the time that a
    pattern of alternatives takes; one whose first or last ``characters`` the text has not is none.
    """
    first, length, count = -1, 0, 0
    for word in words:
        if word[0] not in characters or word[-1] not in characters:
            continue
        at = text.find(word, 0, end)
        if at >= 0:
            if count == 0:
                first, length = at, len(word)
            count += 1
            if count == full:
                break
    if count:
        yield Sign(name, count / full, "text", first, first + length)


def evidence_of(sign: Sign, subject: Subject, rule: str, weight: float) -> Evidence:
    """What a sign contributed, with its words as they were printed."""
    source = {"title": subject.title, "text": subject.text}.get(sign.field)
    if source is None:
        span, quote = (0, len(sign.quote)), sign.quote
    else:
        span, quote = source.span(sign.start, sign.end), source.quote(sign.start, sign.end)
    return Evidence(
        about="genre", rule=rule, field=sign.field, span=span, quote=quote, weight=weight
    )

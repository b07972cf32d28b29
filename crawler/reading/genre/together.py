"""What single signs say only together: a season, totals and a look back are no review each."""

import re
from collections.abc import Iterator, Sequence

from crawler.reading.facts.period import TERM_ENDS
from crawler.reading.genre.signs import OF_ANOTHER_KIND, Sign
from crawler.reading.genre.subject import Subject, told_in_season

_OF_A_YEAR = frozenset(
    {
        "title.selection",
        "title.rubric",
        "title.wide_rubric",
        "title.period",
        "title.achievement",
        "text.chosen_and_listed",
        "text.year_of_work",
        "text.sums_up",
        "text.five_years",
        "text.calls_itself_review",
        "text.committees_year",
        "text.its_deeds",
        "title.its_year",
        "first.own_year",
    }
)
_WHOLE_LOOK = 1.0
_MANY_FUNCTIONS = 0.4
_MANY_TOTALS = 0.33


_OWN_YEAR = frozenset({"title.names_committee", "title.year_over"})
_SAYS_MORE = OF_ANOTHER_KIND | {"title.template"}


_FIVE_YEARS = re.compile(r"五年|五载|5年")


def _term_ends(subject: Subject) -> bool:
    """Whether five years are told of when terms end."""
    told = _FIVE_YEARS.search(subject.title.text) or _FIVE_YEARS.search(subject.beside)
    return bool(told and subject.published and subject.published.month >= TERM_ENDS)


def together(signs: Sequence[Sign], subject: Subject) -> Iterator[Sign]:
    """The signs that two or three of ``signs`` make together."""
    value = {sign.name: sign.value for sign in signs}
    back = value.get("text.looks_back", 0) >= _WHOLE_LOOK or any(
        name in value for name in ("text.year_of_work", "text.sums_up", "text.five_years")
    )
    wide = value.get("text.functions", 0) >= _MANY_FUNCTIONS
    counted = value.get("text.totals", 0) >= _MANY_TOTALS
    of_a_year = back or not _OF_A_YEAR.isdisjoint(value)
    if value.keys() >= _OWN_YEAR and _SAYS_MORE.isdisjoint(value):
        loose = "title.loose_selection" in value and "text.lists_as_titled" in value
        if "title.selection" in value or loose:
            yield Sign("title.own_years_selection", 1.0, "title")
        elif "title.rubric" in value:
            yield Sign("title.own_years_review", 1.0, "title")
    if of_a_year and (told_in_season(subject) or _term_ends(subject)):
        yield Sign("season", 1.0, "meta")
    if back and wide:
        yield Sign("text.year_and_functions", 1.0, "text")
        if counted:
            yield Sign("text.year_functions_totals", 1.0, "text")
    if not of_a_year and "title.names_committee" in value:
        yield Sign("text.of_no_year", 1.0, "text")

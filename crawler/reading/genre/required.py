"""What no weight outvotes: a flag is for one committee's own year, told when it is over.

Weights are learnt from texts of which half are flagged; in a crawl one in hundreds is.  What a
flag *means* is therefore asked for by name, whatever else a text shows.
"""

from collections.abc import Iterable

from crawler.reading.genre.model import SHORT
from crawler.reading.genre.signs import Sign

# Of the texts that the weights are learnt from and that are surely to be flagged one shows one:
# a title of members (title.member) that training leaves without its text.
_BARS = frozenset(
    {
        "owner.other",
        "owner.nobody",
        "text.names_committee_in_passing",  # not of a committee
        "text.members_act",  # of members
        "text.part_speaks",
        "title.many_committees",  # of many
        "text.of_no_year",  # of no year
        "text.half_is_over",  # of half a year
        "text.deeds_planned",  # of a year to come
        "title.to_come",
        "text.scholarly",  # about such texts
        "text.shop",
        "text.list_of_links",
        "title.model_text",
        "title.commentary",
        "title.offered",
        "title.sitting_opens",  # of a day
        "title.of_a_sitting",
        "title.meeting_review",
        "title.part_of_committee",  # of a part of one
        "title.member",
        "title.members_selection",
        "title.one_undertaking",
        "title.report_digest",  # of a report
    }
)
_SITTING_OPENS = "text.sitting_opens"
_TITLED = frozenset({"title.selection", "title.rubric", "title.rubric_dated", "title.wide_rubric"})
"""A title that says so stands over a review even on the day that a sitting opens."""
_OF_THAT_DAY = frozenset({_SITTING_OPENS, "text.briefing"})
_CHOOSES = frozenset({"title.selection", "text.its_deeds", "text.calls_itself_review"})
"""First words of a sitting or a press conference are of that day, whatever their title promises."""
_TEMPLATE, _SHARED = "title.template", "text.template"
"""Named as a file or a collection, and handed out by a site that shares such texts."""
_FIGURES = "title.figure_headline"
"""First words under a headline of figures (开展履职活动90余项) are of the day it was told."""
_MEMBER = "title.member"
_ITS_DEEDS = "text.its_deeds"
"""Members in a title may stand for the committee whose year's deeds the line below counts."""
_CANDIDATES = "text.candidates_listed"
_CHOSEN = frozenset({"title.voted", "text.voting_closed"})


def barred(signs: Iterable[Sign]) -> Sign | None:
    """The first of ``signs`` that no flag goes with; None where a flag may be."""
    shown = {sign.name: sign for sign in signs}
    for name, sign in shown.items():
        if (
            (name in _BARS and not (name == _MEMBER and _ITS_DEEDS in shown))
            or (name == _CANDIDATES and _CHOSEN.isdisjoint(shown))
            or (name == _SITTING_OPENS and _TITLED.isdisjoint(shown))
            or (name == _TEMPLATE and _SHARED in shown)
            or (name in _OF_THAT_DAY and SHORT in shown and _CHOOSES.isdisjoint(shown))
            or (name == _FIGURES and SHORT in shown and _TITLED.isdisjoint(shown))
        ):
            return sign
    return None

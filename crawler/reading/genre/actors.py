"""Who acts in a text that a committee's name stands in: the committee, its members, or others."""

import re
from itertools import islice

from crawler.reading.genre import wording as w
from crawler.reading.genre.subject import BODY, CPPCC, WHOLE_TEXT, Subject

_BODY_ITSELF = re.compile(
    r"(?<!人大、[省市县区州旗盟])(?<!人大、)政协(?!委员(?!会)|提案|协会|全会|界|等|报|网|、)"
)
_ACTS_WITH_TOTALS = re.compile(
    r"政协(?!委员|提案)[^,。\n]{0,8}\d+余?(?:场|次|件|项|篇|条)[^。\n]{0,12}\d+余?(?:场|次|件|项|篇|条)"
)
# All of its members, whose year is added up three times over, are the committee.
MEMBERS_YEAR = re.compile(
    r"(?:20\d\d年|一年来|这一年|全年),?[^,。\n]{0,6}政协委员(?!会)[^。\n]{0,16}\d+余?[\u4e00-\u9fff]"
    r"(?:[^。\n]{0,12}?\d+余?(?:场|次|件|项|篇|条|人次|户)){2}"
)
_OPENS = 300
_FIRST_WORDS = 60
# What a committee did before somebody else's news: 此前，某县政协曾就此组织委员视察.
_FOLLOWED = re.compile(r"(?:此前|早前|先前),?[^,。\n]{0,12}$")
_OWN_SITE = re.compile(r"政协(?!报)")
_ONCE = 1
_TWICE = 2


def names_in_passing(subject: Subject, text: str) -> bool:
    """Whether no committee acts in title or opening, and hardly anywhere else."""
    title = subject.title.text
    if CPPCC.search(title) or CPPCC.search(subject.beside) or not text:
        return False
    if w.KIN.search(title):
        return False
    of_it = (_ACTS_WITH_TOTALS, MEMBERS_YEAR, w.OF_ITSELF, w.ITS_DEEDS)
    if any(told.search(text, 0, BODY) for told in of_it):
        return False
    named = [match.start() for match in islice(_BODY_ITSELF.finditer(text, 0, BODY), 3)]
    if named and _OWN_SITE.search(subject.outlet):
        return _FOLLOWED.search(text, 0, named[0]) is not None
    if not named or named[0] > _FIRST_WORDS:
        few = _ONCE if len(text) >= WHOLE_TEXT else _TWICE
        return len(named) <= few or (len(named) == _TWICE and named[0] > _OPENS)
    first_sentence = text.find("。") % len(text)
    return len(named) == _ONCE and named[0] > first_sentence and len(text) >= WHOLE_TEXT


_COMMITTEES_MEMBERS = re.compile(
    r"(?<!代表、)(?<!代表、[省市县区州旗盟])(?<!代表和)(?<!代表及)(?<!邀请)政协[^,。、\n]{0,10}?委员(?![会长])"
)
_MEMBERS = re.compile(
    r"(?<![组居村])(?<!党委)(?<!纪委)(?<!常委)(?<!支部)(?<!常务)(?<!代表)(?<!代表、政协)委员(?![会长、])"
)
_BEGINS = re.compile(r"[^,。、;\d\n的有向]{0,8}政协[^,。、\n]{0,10}?委员(?![会长、])")
_OFTEN = 3


def members_who_act(subject: Subject, text: str) -> re.Match[str] | None:
    """Where a text in which no committee acts names its members, and tells of what they do.

    The title is of members, or first words begin with them, or the text comes back to them: a
    member whose trade or opinion is the news is named once.
    """
    ours = _COMMITTEES_MEMBERS.search(text, 0, BODY)
    if ours is None:
        return None
    if _MEMBERS.search(subject.title.text) or (len(text) < WHOLE_TEXT and _BEGINS.match(text)):
        return ours
    told = list(islice(_MEMBERS.finditer(text, 0, BODY), _OFTEN))
    return ours if len(told) == _OFTEN else None

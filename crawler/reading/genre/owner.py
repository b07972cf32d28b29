"""Whose publication it is: the committee's, another body's, or nobody's."""

import re
from itertools import islice

from crawler.reading.genre import wording as w
from crawler.reading.genre.subject import COMMITTEE_SITE, CPPCC, Subject
from crawler.reading.words.markers import inline_markers, line_markers


def owner_of(subject: Subject) -> str | None:
    """Whose publication it is: ``cppcc``, ``other`` (another body), or None for nobody's."""
    title = subject.title.text
    ours, theirs = CPPCC.search(title), w.OTHER_BODY.search(title)
    if ours and theirs and theirs.group() != "年度报告":
        return "other" if _theirs_first(title, ours, theirs) else "cppcc"
    if ours:
        return "cppcc"
    kin = w.KIN.search(title)
    if kin and not (theirs and theirs.start() < kin.start() and w.OTHER_FORM.search(title)):
        return "cppcc"
    if w.DEEDS.search(title) and not CPPCC.search(subject.beside):
        return "other"
    if _nobodys_selection(subject):
        anyone = theirs or w.TEN_ANYONE.search(title) or w.SPEAKS_FIRST.search(subject.head)
        return "other" if anyone else None
    if theirs or w.TEN_ANYONE.search(title):
        return "cppcc" if not theirs and _speaks_as_cppcc(subject) else "other"
    if CPPCC.search(subject.beside):
        return "cppcc"
    if CPPCC.search(subject.head):
        if _others_speak_first(subject.head) or _others_review(subject):
            return "other"
        return "cppcc"
    if COMMITTEE_SITE.search(subject.outlet):
        return "cppcc"
    return None


def others_speak(subject: Subject) -> bool:
    """Whether the text of nobody's publication speaks of other bodies: the dearest question."""
    return len(list(islice(w.OTHER_BODY.finditer(subject.head), 2))) == 2


_CLAIM = re.compile(
    r"政协(?!要闻|新闻|动态|报|杂志|网|委员(?!会)|提案|副?主席|秘书长|领导|全会|会议|民主(?:监督|党派)|建言|界|各)|人民政治协商会议"
)
_INTRODUCTION = 300


def _nobodys_selection(subject: Subject) -> bool:
    """Ten events that no committee claims: neither beside the title nor before the list.

    Those of a country or of a newspaper only mention committees in their items.
    """
    if not w.TEN.search(subject.title.text) or COMMITTEE_SITE.search(subject.outlet):
        return False
    if CPPCC.search(subject.beside):
        return False
    opening = subject.head[:_INTRODUCTION]
    first = next(line_markers(opening), None) or next(inline_markers(opening), None)
    claim = _CLAIM.search(opening, 0, first.start if first else _INTRODUCTION)
    if claim and (
        _ONE_OF_ITS_ITEMS.search(opening, 0, claim.start())
        or _IS_AN_ITEM.match(opening, claim.end())
    ):
        claim = None
    return claim is None and len(_CLAIM.findall(subject.head)) < _CLAIMED_BY_ITEMS


_CLAIMED_BY_ITEMS = 3
# A deed of a committee that somebody's ten news count: 其中，市政协“商量”栏目开播列第九.
_ONE_OF_ITS_ITEMS = re.compile(r"(?:其中|[位并]列|在列|列第|入列|包括)[^。\n]{0,12}$")


_IS_AN_ITEM = re.compile(r"[^。\n]{0,20}(?:入选|在列|上榜|列第)(?!的|委员)")


def _others_review(subject: Subject) -> bool:
    """A review whose text knows a committee only as its members, proposals and oversight."""
    title = subject.title.text
    if not w.REVIEW_STRONG.search(title) or COMMITTEE_SITE.search(subject.outlet):
        return False
    return _CLAIM.search(subject.head) is None


def _speaks_as_cppcc(subject: Subject) -> bool:
    """Whether a title that names no body stands over a text of the committee's own."""
    head = subject.head
    return bool(CPPCC.search(subject.beside)) or bool(
        CPPCC.search(head[:150]) and len(CPPCC.findall(head)) >= 2
    )


def _others_speak_first(head: str) -> bool:
    """Whether another body opens the text and is named more often than the committee."""
    first = w.SPEAKS_FIRST.search(head)
    ours = CPPCC.search(head)
    if first is None or ours is None or first.start() > ours.start():
        return False
    return len(w.SPEAKS_FIRST.findall(head)) > len(CPPCC.findall(head))


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

"""Outlet, author and editor as the page prints them.

The outlet is whom the page credits (来源), which for a repost is not the site; an editor is
never an author; reporters named in the text are authors.
"""

import re
from dataclasses import dataclass

from crawler.pages.layout.comparable import comparable
from crawler.pages.layout.page import Page
from crawler.pages.layout.text import Text
from crawler.pages.rules.limits import LONGEST_NAMES, SHORT_CREDITS, SHORTEST_TITLE
from crawler.pages.values.head import Head, author_places, named_outlet, outlet_places
from crawler.pages.values.linked import linked_values, name_of
from crawler.pages.values.lookalikes import NOBODY
from crawler.pages.values.masthead import find_masthead
from crawler.pages.values.outlets import (
    DATE,
    DATE_AND_CLOCK,
    EDGE,
    NEXT_LABEL,
    Credit,
    credit_of,
    find_outlet,
    joined_pieces,
    labelled_outlet,
    names_beside,
    names_outlet,
    outlet_in_script,
    placed_outlet,
    states_no_outlet,
    states_when,
)
from crawler.pages.values.people import is_person, named_by_role, reporters, signed_by
from crawler.pages.values.seen import Seen

_AUTHOR_LABEL = re.compile(
    r"(?:作\s*者|撰\s*文|撰\s*稿|记\s*者|文字|采写|通讯员|供稿人?|文)\s*[:：/丨|／]\s*"
)
_EDITOR_LABEL = re.compile(
    r"(?:责任编辑|责\s*编|编\s*辑|编\s*审|責任編輯|責編|編輯)"
    r"(?:\s*[:：/丨|／]\s*|\s+(?=[\u4e00-\u9fff]{2,4}(?:\W*$|\s\s)))"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_BYLINES = frozenset({"staff", "source_line"})
_ENDING = re.compile(
    r"[（(【]\s*作者\s*[:：]\s*([\u4e00-\u9fff·]{2,12})\s+(?:责任)?编辑\s*[:：][^（()）]{2,12}[)）】]\W*$"
)
_INDEX_NUMBER = re.compile(r"\W*索\s*引\s*号")
_ACCOUNT = (3, 20)
_TABLE = 30
"""Lines of such a table, and from it to the text."""
_STAFF_NUMBER = re.compile(r"(?<=[\u4e00-\u9fff])_[A-Z]{1,3}\d{2,6}$")
"""王一舟_NN7710: a portal's number of its editor."""
_OF_ROLES = frozenset("者员員生人采撰文图")
"""Characters of the words for who writes: 记者, 通讯员, 实习生, 撰稿人, 采写."""


@dataclass(frozen=True, slots=True)
class Credits:
    """Who is credited; None where the page credits nobody."""

    outlet: Credit | None = None
    author: Credit | None = None
    editor: Credit | None = None


def find_credits(seen: Seen, *, title: int | None, end: int, text: Text) -> Credits:
    """Read the header round the title, then the tail of the body, then the metas.

    ``title`` is the title's line, ``end`` the line behind the body.
    """
    page, start = seen.page, text.first
    first = title if title is not None and title <= start else max(0, start - 8)
    header = [*range(first, start), *range(first - 1, max(-1, first - 6), -1)]
    last = text.lines[-1] if text.lines else start
    bylines = [index for index, rule in text.dropped if rule in _BYLINES]
    tail = list(range(last + 1, min(max(end, last) + 8, len(page.lines))))
    return Credits(
        outlet=_outlet(seen, header, tail, text, title),
        author=_labelled(page, "author", _AUTHOR_LABEL, header)
        or _author(page, seen.head, header, text)
        or _in_its_place(seen)
        or _labelled(page, "author", _AUTHOR_LABEL, bylines)
        or _in_linked_data(seen),
        editor=_labelled(page, "editor", _EDITOR_LABEL, [*tail, *header]),
    )


def _outlet(
    seen: Seen, header: list[int], tail: list[int], text: Text, title: int | None
) -> Credit | None:
    """The outlet: as printed, else at a place that means nothing else, in data, the site itself."""
    page = seen.page
    found = find_outlet(page, seen.head, header, tail, text, title)
    if found is None or not found.labelled:
        found = labelled_outlet(page, list(_of_openness(page, text))) or found
    if found is not None and found.labelled:
        return found
    found = placed_outlet(outlet_places(seen.tree, seen.source)) or found
    if found is None or not names_outlet(found.name):
        near = "\n".join([line.text for line in page.lines[max(0, text.first - 12) : text.first]])
        found = placed_outlet(named_outlet(seen.tree, near)) or found
    found = found or outlet_in_script(seen.source) or _account_in_data(seen, header)
    if found is None and not states_no_outlet(page, header):
        found = find_masthead(seen.head, page)
    return found


def _account_in_data(seen: Seen, header: list[int]) -> Credit | None:
    """The account right beside the date that the page's own data name as who published it."""
    lines = seen.page.lines
    dated = {index for index in header if states_when(lines[index].text)}
    for index in header:
        name = lines[index].text
        if _ACCOUNT[0] <= len(name) <= _ACCOUNT[1] and {index - 1, index, index + 1} & dated:
            quote = f'"author":{{"name":"{name}"'
            if quote in seen.source and not NOBODY.holds(name):
                return credit_of("outlet", "inline script", "html", name, quote)
    return None


def _of_openness(page: Page, text: Text) -> range:
    """The lines of the table (索引号, 发布机构) that government sites print round the title."""
    for index in range(max(0, text.first - _TABLE), text.first):
        if _INDEX_NUMBER.match(page.lines[index].text):
            return range(index, min(index + _TABLE, text.first))
    return range(0)


def _author(page: Page, head: Head, header: list[int], text: Text) -> Credit | None:
    """A reporter named in the header, in the text, or by the Founder comment."""
    for index in header:
        if name := signed_by(page.lines[index].text):
            return credit_of("author", "signed", "html", name, page.lines[index].text)
        for piece in page.lines[index].pieces:
            if _OF_ROLES.isdisjoint(piece):
                continue
            words = DATE_AND_CLOCK.sub("", piece)
            found = reporters([words])
            if found:
                return Credit(*found)
            if (names := named_by_role(words)) is not None:
                return credit_of("author", "printed with a role", "html", names, piece)
    found = reporters(text.paragraphs)
    if found:
        return Credit(*found)
    if text.paragraphs and (ending := _ENDING.search(text.paragraphs[-1])):
        return credit_of("author", "printed at the end", "text", ending[1], ending[0])
    name = clean_name(head.enp.get("author", ""))
    if name is None:
        return _beside_date(page, header)
    return credit_of("author", "enpproperty", "html", name, name)


def _in_its_place(seen: Seen) -> Credit | None:
    """A person's name where WeChat prints the author's; any name that a blog marks as one."""
    blog = "rich_media" not in seen.source
    for words in author_places(seen.tree, seen.source):
        name = clean_name(words) if blog else words
        if name and (is_person(name) or (blog and not names_outlet(name))):
            return credit_of("author", "at the author's place", "html", name, name)
    return None


def _in_linked_data(seen: Seen) -> Credit | None:
    """The person whom the linked data of the article of this title name as its author."""
    if "ld+json" not in seen.source:
        return None
    own = comparable(seen.head.title)
    for value in linked_values(seen.source):
        author, named = value.get("author"), comparable(name_of(value))
        if not isinstance(author, dict) or author.get("@type") != "Person":
            continue
        name = clean_name(str(author.get("name") or ""))
        if name is None or names_outlet(name) or not _HAN.search(name):
            continue
        if len(named) >= SHORTEST_TITLE.value and named in own:
            return credit_of("author", "linked data", "html", name, name)
    return None


def _beside_date(page: Page, header: list[int]) -> Credit | None:
    """A person's name without a label on the date's line."""
    for index in header:
        line = page.lines[index]
        if (
            len(line.text) <= SHORT_CREDITS.value
            and len(line.pieces) > 1
            and DATE.search(line.text)
        ):
            for name in names_beside(line):
                if is_person(name) and not names_outlet(name):
                    return credit_of("author", "printed beside the date", "html", name, line.text)
    return None


def _labelled(page: Page, about: str, label: re.Pattern[str], lines: list[int]) -> Credit | None:
    for index in lines:
        joined = joined_pieces(page, index)
        if len(joined) > 200:
            continue
        found = label.search(joined)
        if not found:
            continue
        rest = joined[found.end() :]
        if about == "author" and (names := named_by_role(rest[: LONGEST_NAMES.value])) is not None:
            return credit_of(about, "printed with a label", "html", names, joined)
        stops = [stop.start() for stop in (NEXT_LABEL.search(rest), DATE.search(rest)) if stop]
        name = clean_name(rest[: min(stops)] if stops else rest)
        if name:
            return credit_of(about, "printed with a label", "html", name, joined)
    return None


def clean_name(text: str) -> str | None:
    """One or more persons' names, blanks and brackets round them gone; None when empty."""
    name = re.split(r"\s{2,}|[|｜】）)\]]", text.strip(EDGE))[0].strip(EDGE)
    name = _STAFF_NUMBER.sub("", name)
    return name if 2 <= len(name) <= LONGEST_NAMES.value and not NOBODY.holds(name) else None

"""The pager of TRS, which a script writes: ``createPageHTML(…)``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from crawler.pages.lists.scriptcounts import COMMENT

# createPageHTML(55,0,"index","shtml"), also with the id of its box first and the number of
# items last.  TRS counts from 0: page 2 is index_1.
_TRS = re.compile(
    r"""(?<!function\s)\bcreatePage(?:HTML|Html)?\w*\(\s*(?P<box>['"][\w#.-]+['"]\s*,\s*)?(?P<count>\d+)\s*,\s*(?P<current>\d+)\s*,"""
    r"""\s*['"](?P<name>[\w/-]+)['"]\s*,\s*['"](?P<ending>\w+)['"]\s*(?:,\s*['"]?(?P<items>\d+)['"]?)?""",
)


@dataclass(frozen=True, slots=True)
class Called:
    """What the call says: the address of the next page, this page's number, pages, articles."""

    next_page: str | None
    page_number: int
    page_count: int
    item_count: int | None

    @property
    def is_last(self) -> bool:
        """Whether no page follows this one."""
        return self.page_number >= self.page_count


def read_call(
    scripts: Sequence[str], url: str, base: str, page_number: int | None
) -> Called | None:
    """``createPageHTML(count, current, name, extension[, items])``, counted from zero.

    None where no script calls it.  ``page_number`` is as ``pager.read_pager`` has it.
    """
    called = [text for text in scripts if "createPage" in text]
    calls = [found for text in called for found in _TRS.finditer(COMMENT.sub(" ", text))]
    if not calls:
        return None
    own = [
        one for one in calls if page_number is not None and int(one["current"]) + 1 == page_number
    ]
    here = [one for one in calls if _is_of(url, one["name"], int(one["current"]))]
    call = [*here, *own, *calls][0]
    count, current, name, extension = (
        *(int(call["count"]), int(call["current"])),
        *(call["name"], call["ending"]),
    )
    items = int(call["items"]) if call["items"] else None
    one_based = _counts_from_one(current, name, url, "\n".join(scripts), page_number)
    if page_number is None and call["box"] and items is not None:
        one_based = current > 0  # UCAP's, which names its box first and the articles last
    number = current if one_based else current + 1
    next_page = None
    if number < count:
        suffix = number + 1 if one_based else number
        next_page = urljoin(base, f"{name}_{suffix}.{extension}")
    return Called(next_page, number, count, items)


def _is_of(url: str, name: str, current: int) -> bool:
    """Whether an address carries the number that a call names as the page's own."""
    file = urlsplit(url).path.rsplit("/", 1)[-1]
    return current > 0 and re.match(rf"{re.escape(name)}_{current}\.", file) is not None


_TRS_FUNCTION = re.compile(
    r"\bfunction\s+createPage(?:HTML|Html)?\w*\s*\(([^)]*)\)\s*\{(.{0,4000})", re.DOTALL
)


def _counts_from_one(
    current: int, name: str, url: str, scripts: str, page_number: int | None
) -> bool:
    """Some sites call the same function with the page's own number, from 1.

    Page 3 counted from zero and page 2 counted from one are called alike, with the same
    address.  What tells them apart: the function, if it stands in the page, the number that
    the page was asked for as, or page 1, whose address has no number.
    """
    if current == 0:
        return False
    function = _TRS_FUNCTION.search(scripts)
    if function:
        if re.search(r"\w\s*=\s*1\s*;|==\s*1\s*\?", function[2]):
            return True
        if re.search(r"\w\s*=\s*0\s*;|==\s*0\b", function[2]):
            return False
    if page_number is not None and page_number > 1:
        return current == page_number
    file = urlsplit(url).path.rsplit("/", 1)[-1]
    return not re.match(rf"{re.escape(name)}_\d+\.", file)

"""What a button shows: the rest of an article that a page hides until 展开全文 is pressed."""

import re

from selectolax.lexbor import LexborNode

from crawler.pages.layout.body import Body
from crawler.pages.layout.headings import unfolds
from crawler.pages.layout.page import Fold, Page
from crawler.pages.rules.limits import BUTTON, NEAR_FOLD, ROUND_FOLD

_NUMBERED = re.compile(
    r"((?:text|art(?:icle)?|con(?:tent)?|news)?[-_]?(?:page|part|fenye|content)[-_]?)(\d{1,2})$"
)


def folded_rest(page: Page, body: Body) -> frozenset[int]:
    """The hidden elements (``mem_id``) inside the body that a button beside them shows."""
    behind = page.behind(body.box)
    return frozenset(
        fold.node.mem_id
        for fold in page.folds
        if body.start < fold.line <= body.end + 1
        and (body.box <= fold.box < behind or page.boxes[body.box].parent == fold.box)
        and (_has_button(fold) or _is_part(fold))
    )


def _is_part(fold: Fold) -> bool:
    """Whether a hidden element is a page of the text, as the one before it is: Page1, Page2."""
    own, before = _NUMBERED.match(_name(fold.node)), fold.node.prev
    while before is not None and before.tag == "-text":
        before = before.prev
    other = _NUMBERED.match(_name(before)) if before is not None else None
    if own is None or other is None:
        return False
    return own[1] == other[1] and int(own[2]) == int(other[2]) + 1


def _name(node: LexborNode) -> str:
    return (node.attributes.get("id") or node.attributes.get("class") or "").strip().lower()


def _has_button(fold: Fold) -> bool:
    holder: LexborNode | None = fold.node
    for _ in range(ROUND_FOLD.value):
        if holder is None:
            return False
        near = holder.next
        for _ in range(NEAR_FOLD.value):
            if near is None:
                break
            words = near.text().strip() if near.tag != "script" else ""
            if 0 < len(words) <= BUTTON.value and unfolds(words):
                return True
            near = near.next
        before = holder.prev
        words = before.text().strip() if before is not None and before.tag != "script" else ""
        if 0 < len(words) <= BUTTON.value and unfolds(words):
            return True
        holder = holder.parent
    return False

"""The signs that a list goes on, each with what stands on the page as its evidence.

A sign is a control that is alive, a flag of the page's own, a script that loads more at the
lower edge, or a pager that a script draws from totals that are not here.
"""

import re
from collections.abc import Iterator, Sequence

from selectolax.lexbor import LexborNode

from crawler.pages.lists.anchors import AnchorWalk
from crawler.pages.lists.controls import (
    BARE_MORE,
    END,
    LOAD_MORE,
    LOADING,
    NEXT,
    NUMBER,
    Choice,
    Control,
    is_shown,
    turns_pages,
)
from crawler.pages.lists.scriptcounts import Counts
from storage.records import MoreKind, MoreSign

_MOST_DAYS = 28
_OF_COMMENTS = re.compile(r"留言|评论|跟帖|回复|点评")


def _page_controls(living: Sequence[Control]) -> list[Control]:
    """The bare numbers among the controls that are pages; a calendar's days are none."""
    steps = [control for control in living if NEXT.match(control.text)]
    numbers = [control for control in living if NUMBER.match(control.text)]
    kept = [control for control in numbers if turns_pages(control, steps)]
    shown = [int(found[1]) for control in kept if (found := NUMBER.match(control.text))]
    is_month = len(shown) >= _MOST_DAYS and shown == list(range(shown[0], shown[0] + len(shown)))
    return [] if is_month and shown[-1] <= 31 else kept


def more_signs(
    living: Sequence[Control],
    walk: AnchorWalk,
    counts: Counts,
    choice: Choice | None,
    scripts: Sequence[str],
    number: int,
    items: int | None,
) -> Iterator[MoreSign]:
    """Every sign that the list goes on after page ``number``, each with its evidence."""
    for control in living:
        if NEXT.match(control.text):
            # The last page's 下一页 leads to the page itself; turn(1) is a step, not a number.
            if control.page is None or control.page > number or control.page == 1:
                yield MoreSign(MoreKind.STEP, control.evidence)
        elif LOAD_MORE.match(control.text) and not _OF_COMMENTS.search(control.text):
            if counts.no_more is None or counts.more is not None:
                yield MoreSign(MoreKind.LOAD_MORE, control.evidence)
        elif BARE_MORE.match(control.text) and re.search(
            r"load|getmore|next|append", control.action, re.IGNORECASE
        ):
            yield MoreSign(MoreKind.LOAD_MORE, control.evidence)
    for control in _page_controls(living):
        found = NUMBER.match(control.text)
        if found and int(found[1]) > number:
            yield MoreSign(MoreKind.STEP, control.evidence)
            break
    if choice is not None and (choice.chosen or number) < choice.count:
        yield MoreSign(MoreKind.SELECT, f"<select> of {choice.count} pages")
    if counts.more is not None:
        yield MoreSign(MoreKind.FLAG, counts.more)
    elif counts.no_more is None:
        loading = next((s.text for s in walk.short_texts if LOADING.match(s.text)), None)
        scrolls = next((found[0] for text in scripts if (found := _scrolls(text))), None)
        if scrolls is not None:
            yield MoreSign(MoreKind.SCROLL, " ".join(scrolls.split())[:80])
        elif (
            loading
            and is_shown(next(s.node for s in walk.short_texts if s.text == loading))
            and _mentions_scroll(walk, loading)
        ):
            yield MoreSign(MoreKind.SCROLL, loading)
    if counts.call is not None and counts.pages is None and items is None:
        yield MoreSign(MoreKind.SCRIPT_PAGER, f"{counts.call}(…)")


_SCROLLS = re.compile(
    r"(?:\.scroll\s*\(|\bonscroll\s*=|addEventListener\(\s*['\"]scroll['\"]|IntersectionObserver\(|onReachBottom)"
    r"[^<]{0,400}?(?:load_?(?:more|data|list|next|page)|get_?(?:more|list|next|data|page)|next_?page|add_?more"
    r"|(?:\+\+\s*page|page\w*\s*\+\+|page\w*\s*\+=\s*1)|\$\.(?:get|post|ajax)|fetch\()",
    re.IGNORECASE,
)


def _scrolls(script: str) -> re.Match[str] | None:
    """What loads more at the lower edge; no search where no word of it stands."""
    words = script.lower()
    asked = any(word in words for word in ("scroll", "intersectionobserver", "onreachbottom"))
    return _SCROLLS.search(script) if asked else None


def _mentions_scroll(walk: AnchorWalk, loading: str) -> bool:
    """Whether the words 正在加载 stand in a box that is named for loading at the lower edge."""
    for short in walk.short_texts:
        element: LexborNode | None = short.node
        for _ in range(3):
            if short.text != loading or element is None:
                break
            name = f"{element.attributes.get('class') or ''} {element.attributes.get('id') or ''}"
            if re.search(r"infinite|scroll|pull-?up|load-?more|dropload", name, re.IGNORECASE):
                return True
            element = element.parent
    return False


def end_words(walk: AnchorWalk) -> str | None:
    """没有更多了 after the last link of the list, where a reader sees it."""
    for short in walk.short_texts:
        if len(short.text) > 2 and END.match(short.text) and short.before and is_shown(short.node):
            return short.text
    return None

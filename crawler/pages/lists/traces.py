"""Traces of a pager that cannot be followed, for pages whose links, words and counts say nothing.

Asked last, and only of a page that would be called the end because nothing on it goes on: its
silence is believed only where no component, loader or box of a pager stands on it either.  A
trace proves nothing but that the end is not proved.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.pages.lists.anchors import AnchorWalk
from crawler.pages.lists.boxes import MOST_NAMED
from crawler.pages.lists.controls import (
    BARE_MORE,
    DAY_BEFORE,
    END,
    LOADING,
    NEXT,
    NEXT_SET,
    NUMBER,
    Control,
    holds,
    is_dead,
    is_shown,
    is_slide,
)
from storage.records import MoreKind, MoreSign

# Libraries that load at the lower edge, by how they are called.
_LOADERS = re.compile(
    r"\b(?:new\s+)?MeScroll\s*\(|\bmescroll\s*\(|\.dropload\s*\(|\bloadDownFn\b|\.ias\s*\(|\bInfiniteAjaxScroll\s*\("
    r"|\.infinite_?scroll\s*\(|\bInfiniteScroll\s*\(|\.jscroll\s*\(|\bMiniRefresh\w*\s*\(|\bpullUp(?:Load|Refresh)?\s*[:(]"
    r"|\bpullingUp\b|\bonReachBottom\b|\bflow\.load\s*\(|\bscrollPagination\s*\(|\.endless\w*\s*\(|\bwaterfall\s*\(",
    re.IGNORECASE,
)
_LOADER_CALLS = (
    *(b"mescroll", b"dropload", b"loaddownfn", b".ias", b"infinite", b"jscroll", b"minirefresh"),
    *(b"pullup", b"pullingup", b"onreachbottom", b"flow.load", b"scrollpagination", b".endless"),
    b"waterfall",
)
"""One of these stands in each page that calls one."""
# Components and attributes of the same, by what they are called in markup.
_COMPONENT = re.compile(
    r"<(?P<tag>(?:[a-z][a-z0-9]*-)*(?:paginat(?:ion|or)|pager|infinite(?:-[a-z]+)*|load-?more|van-list|cube-scroll"
    r"|mescroll(?:-[a-z]+)*))(?=[\s/>])[^<>]{0,600}",
    re.IGNORECASE,
)
_LOADING_ATTRIBUTES = (
    "[v-infinite-scroll], [infinite-scroll], [data-infinite-scroll], [hx-trigger*=revealed],"
    " [hx-trigger*=intersect], turbo-frame[src][loading=lazy], [bindscrolltolower],"
    " [scrolltolower], [data-next-page], [data-next-url], [data-next*='/']"
)
_COMPONENT_WORDS = (
    *(b"paginat", b"pager", b"infinite", b"loadmore", b"load-more"),
    *(b"van-list", b"cube-scroll", b"mescroll"),
)
_LOADING_WORDS = (
    *(
        b"infinite-scroll",
        b"revealed",
        b"intersect",
        b"turbo-frame",
        b"scrolltolower",
        b"data-next",
    ),
)
"""One of these stands in a page with a component, or with such an attribute."""
_LOADER_BOX = re.compile(
    r"(?:^|[\s_-])(?:(?:load|get|show|click|ajax|view|list|btn|button)[-_]?more|more[-_]?(?:btn|button|load|list)"
    r"|loadmore\w*|jiazai\w*|jzgd|gengduo)(?:$|[\s_-])",
    re.IGNORECASE,
)
_LOADER_WORDS = re.compile(r"更多|加载|展开|more", re.IGNORECASE)
_PAGER_BOX = re.compile(
    r"(?:^|[\s_-])(?:pag(?:es?|er|ing|ings|ination|inator|ebar|ebox|elist|enav|enum|etion|enation|eturn|eturner|ecode)"
    r"|fenye\w*|turn[-_]?page|page[-_]?turn)(?:$|[\s_\d-])",
    re.IGNORECASE,
)
_NEXT_NAME = re.compile(
    r"(?:^|[\s_-])(?:\w*next\w*|(?:icon|arrow|page)[-_]?right|right[-_]?(?:arrow|page)|xiayiye|xyy)(?:$|[\s_-])"
    r"|(?:^|[^\w])\w*next\w*\s*\(|page\s*\+\s*1|\+\+\s*page|page\s*\+\+",
    re.IGNORECASE,
)
_OF = re.compile(
    r"(?<![\d/.-])(?P<here>\d{1,5})\s*/\s*(?P<all>\d{1,5})(?![\d/.-])"
    r"|page\s*(?P<page>\d{1,5})\s*of\s*(?P<pages>\d{1,5})",
    re.IGNORECASE,
)
_JUMP = re.compile(r"^\W*(?:go|跳转|跳至|转到|转至|前往|确定|到第)", re.IGNORECASE)
_CALLS_MORE = re.compile(
    r"^\s*(?:javascript:)?\s*(?:return\s+)?\w*(?:more|ajax|append|jiazai|gengduo)\w*\s*\(", re.I
)
_SHARES = re.compile(r"share|fenxiang|bds|jiathis|menu|nav", re.IGNORECASE)
_NAMED = "[alt], [title], [aria-label]"
_ACTIVE_TAGS = frozenset(("a", "button", "area", "img", "input", "li", "i", "span", "em"))
_LONGEST_BOX = 400
_MOST_BOXES = 40
_LONGEST_WORDS = 24


def traces(
    tree: LexborHTMLParser,
    walk: AnchorWalk,
    living: Sequence[Control],
    scripts: Sequence[str],
    number: int,
    url: str,
) -> Iterator[MoreSign]:
    """What hints at pages after page ``number``, each with what stands on the page."""
    for text in scripts if holds(tree, *_LOADER_CALLS) else ():
        if found := _LOADERS.search(text):
            yield MoreSign(MoreKind.SCROLL, found[0].strip()[:80])
            break
    yield from _loading(walk)
    yield from said_part(walk.loose_texts)
    yield from _of_a_month(tree, walk, url)
    for anchor in walk.anchors:
        leads_on = DAY_BEFORE.match(anchor.text) or (
            NEXT_SET.match(anchor.text) and anchor.url != walk.base
        )
        if leads_on and is_shown(anchor.node):
            yield MoreSign(MoreKind.STEP, anchor.text)
            break
    for control in living:
        calls = control.address is None and _CALLS_MORE.match(control.action)
        if calls and BARE_MORE.match(control.text) and not _SHARES.search(control.action):
            yield MoreSign(MoreKind.LOAD_MORE, control.evidence)
    may_draw = holds(tree, *_COMPONENT_WORDS)
    if may_draw and (component := _COMPONENT.search(tree.html or "")):
        yield MoreSign(MoreKind.SCRIPT_PAGER, component[0][:80])
    for node in tree.css(_LOADING_ATTRIBUTES) if holds(tree, *_LOADING_WORDS) else ():
        if is_shown(node):
            yield MoreSign(MoreKind.SCROLL, f"<{node.tag} {' '.join(node.attributes)}>"[:80])
            break
    yield from _named_steps(tree)
    yield from _of_boxes(tree, number)


def _loading(walk: AnchorWalk) -> Iterator[MoreSign]:
    """加载中 behind the list where a reader sees it: what it would load never came.

    Where it is hidden, and the words of the end are too, a script will show one of the two.
    """
    behind = [short for short in walk.short_texts if short.before and len(short.text) > 1]
    loading = next((short for short in behind if LOADING.match(short.text)), None)
    if loading is None:
        return
    ends = [short for short in behind if END.match(short.text)]
    if is_shown(loading.node) or (ends and not any(is_shown(short.node) for short in ends)):
        yield MoreSign(MoreKind.SCROLL, loading.text)


_ONLY_NEWEST = re.compile(
    r"(?:[仅只](?:显示|展示|列出|保留|提供|收录)|(?:显示|展示|列出)的?是)[^。;；\n]{0,8}?(?:最新|最近|近期|前|部分|近?(?:一|三|半|\d+)个?[年月周])"
    r"|(?:更早|以前|之前|往年|历史|过往|早期|其余|其他)的?(?:内容|新闻|信息|文章|消息|数据|稿件|记录)[^。;；\n]{0,4}"
    r"(?:请|可[到在以通]|见|需|移步|由)"
)
_REST = re.compile(r"(?:剩余|余下|还有|尚有)\s*[1-9]\d{0,5}\s*[条篇则]")
_LONGEST_NOTE = 80
_LONGEST_REST = 16


def said_part(loose_texts: Sequence[str]) -> Iterator[MoreSign]:
    """The words in which a page says that its list is a part: its newest, its first pages."""
    for text in loose_texts:
        if len(text) <= _LONGEST_NOTE and (found := _ONLY_NEWEST.search(text)):
            yield MoreSign(MoreKind.PART, found[0])
            return
        if len(text) <= _LONGEST_REST and (found := _REST.search(text)):
            yield MoreSign(MoreKind.PART, found[0])
            return


def _of_a_month(tree: LexborHTMLParser, walk: AnchorWalk, url: str) -> Iterator[MoreSign]:
    """The months round the page's own, which the page does not lead to as its next page."""
    months = [
        (int(found["year"]), int(found["month"]))
        for anchor in walk.anchors
        if (found := _MONTH.match(anchor.text)) and is_shown(anchor.node)
    ]
    own: tuple[int, int] | None = None
    for option in tree.css("option"):
        if found := _MONTH.match((option.text() or "").strip()):
            months.append((int(found["year"]), int(found["month"])))
            if "selected" in option.attributes:
                own = months[-1]
    if own is None and len(months) > 1 and (found := _MONTH_IN.search(url)):
        own = int(found["year"]), int(found["month"])
    if found := _MONTH_IN.search(url):  # a row of months, by where they lead
        own = own or (int(found["year"]), int(found["month"]))
        folder = url[: found.start()]
        beside = [one.url for one in walk.anchors if one.url.startswith(folder)]
        at = [month for one in beside if (month := _MONTH_IN.match(one, found.start()))]
        months += [(int(month["year"]), int(month["month"])) for month in at]
    # A month's archive goes on with the months before it.
    if own is not None and (before := [month for month in months if month < own]):
        yield MoreSign(MoreKind.STEP, "{}年{}月".format(*max(before)))
        return
    # Two months that stand round a third: this page's own lies between them.
    for earlier in months:
        if _after(earlier, 2) in months and _after(earlier, 1) not in months:
            yield MoreSign(MoreKind.STEP, f"{earlier[0]}年{earlier[1]}月")
            return


_MONTH_IN = re.compile(
    r"[/=](?P<year>(?:19|20)\d\d)[-/]?(?P<month>0[1-9]|1[0-2])(?:/|\.\w+)?(?:$|[?&#])"
)
"""The month in the address of its archive."""
_MONTH = re.compile(
    r"^\W*(?P<year>(?:19|20)\d\d)\s*[年./-]\s*(?P<month>\d{1,2})\s*月?\W*"
    r"(?:[(（]\d{1,5}\s*篇?[)）])?\s*$"
)


def _after(month: tuple[int, int], count: int) -> tuple[int, int]:
    """The month so many after ``month``, both as year and number from 1."""
    years, number = divmod(month[1] - 1 + count, 12)
    return month[0] + years, number + 1


def _named_steps(tree: LexborHTMLParser) -> Iterator[MoreSign]:
    """A picture or a button that is named 下一页, and links that call themselves the next."""
    for node in tree.css(_NAMED):
        attributes = node.attributes
        names = (attributes.get(key) for key in ("alt", "title", "aria-label"))
        name = next((one for one in names if one and NEXT.match(one)), None)
        if name is None or node.tag not in _ACTIVE_TAGS or (node.text() or "").strip():
            continue
        if _is_alive(node) and not _leads_by_address(node):
            yield MoreSign(MoreKind.STEP, name)
            return
    for node in tree.css('a[rel~="next"]'):
        href = node.attributes.get("href") or ""
        if _is_alive(node) and href.startswith(("#", "javascript:")):
            yield MoreSign(MoreKind.STEP, 'rel="next"')
            return


def _leads_by_address(node: LexborNode) -> bool:
    """Whether a link around or at the node has an address: the walk has read it as a link."""
    element: LexborNode | None = node
    for _ in range(3):
        if element is None:
            return False
        href = (element.attributes.get("href") or "").strip()
        if element.tag in ("a", "area") and href:
            return not href.lower().startswith(("#", "javascript:"))
        element = element.parent
    return False


def _is_alive(node: LexborNode) -> bool:
    """Whether neither the node nor a tag around it is disabled, hidden or part of a slide show."""
    if not is_shown(node):
        return False
    element: LexborNode | None = node
    for level in range(5):
        if element is None or element.tag in ("body", "html", "-undef"):
            return True
        name = f"{element.attributes.get('class') or ''} {element.attributes.get('id') or ''}"
        if is_slide(name) or (level < 3 and is_dead(element.attributes, name)):
            return False
        element = element.parent
    return True


def _of_boxes(tree: LexborHTMLParser, number: int) -> Iterator[MoreSign]:
    """What stands in boxes that are named for a pager or for loading more."""
    seen = 0
    for node in tree.css("[class], [id]"):
        attributes = node.attributes
        loader, pager = _says(attributes.get("class") or "", attributes.get("id") or "")
        if not (loader or pager) or node.tag in ("body", "html", "script", "style"):
            continue
        text = " ".join((node.text() or "").split())
        if len(text) > _LONGEST_BOX or not _is_alive(node):
            continue
        loads = loader and len(text) <= _LONGEST_WORDS and _LOADER_WORDS.search(text)
        if loads and not END.match(text) and not _holds_an_address(node):
            yield MoreSign(MoreKind.LOAD_MORE, text)
            return
        if pager:
            yield from _of_pager(node, text, number)
            seen += 1
            if seen >= _MOST_BOXES:
                return


@lru_cache(maxsize=MOST_NAMED)  # a page repeats a few names thousands of times
def _says(name: str, identity: str) -> tuple[bool, bool]:
    """Whether a box by its class and id is named for loading more, and for a pager."""
    names = f"{name} {identity}"
    return bool(_LOADER_BOX.search(names)), bool(_PAGER_BOX.search(names))


def _holds_an_address(node: LexborNode) -> bool:
    links = [node] if node.tag == "a" else node.css("a")
    hrefs = [(link.attributes.get("href") or "").strip().lower() for link in links]
    return any(href and not href.startswith(("#", "javascript:")) for href in hrefs)


def _of_pager(box: LexborNode, text: str, number: int) -> Iterator[MoreSign]:
    of = _OF.search(text)
    if of is not None:
        here, last = int(of["here"] or of["page"]), int(of["all"] or of["pages"])
        if here < last:
            yield MoreSign(MoreKind.STEP, of[0])
        return
    shown = {
        int(found[1])
        for node in box.css("a, li, span, b, em, strong, button, i, td")[:80]
        if (found := NUMBER.match((node.text() or "").strip()))
    }
    if {number, number + 1} <= shown:
        yield MoreSign(MoreKind.STEP, text[:80])
        return
    if number > 1 and number not in shown:
        return  # a box of a later page whose numbers cannot be placed
    for node in box.css("a, button, i, span, img, li, em")[:80]:
        attributes = node.attributes
        if (node.text() or "").strip():
            continue
        if _leads_by_address(node) and node.tag != "a":
            continue  # the link round it is asked itself
        acts = node.tag in ("a", "button") or "onclick" in attributes
        words = f"{attributes.get('class') or ''} {attributes.get('onclick') or ''}"
        if acts and _NEXT_NAME.search(words) and _is_alive(node):
            yield MoreSign(MoreKind.STEP, f"<{node.tag} {words.strip()}>"[:80])
            return
    if number == 1 and len(shown) < 2:
        fields = box.css("input[type=text], input[type=number], input:not([type])")
        buttons = box.css("a, button, span, input[type=button], input[type=submit]")
        jumps = any(
            _JUMP.match((one.text() or "").strip() or one.attributes.get("value") or "")
            for one in buttons
        )
        if fields and jumps:
            yield MoreSign(MoreKind.SELECT, text[:80])

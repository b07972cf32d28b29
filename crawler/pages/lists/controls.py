"""Controls of a pager that no address stands behind: 下一页 by script, 加载更多, <select>, forms.

The walk hands over short texts outside links; what they do is read from the tags around them.
A control that is disabled, hidden or only says that this is the last page is dead.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

NEXT = re.compile(
    r"^[\s\[(（【<>›»→]*(?:下\s*一?\s*[页頁张屏组]|后一?[页頁]|[后下]\s*\d{1,3}\s*[条篇则项]|下[1１]?[页頁]|next(?:\s*page)?|older(?:\s*(?:posts?|entries|news))?"
    r"|(?:查看|浏览)?[更较][早旧](?:以前|之前)?(?:的?(?:动态|内容|文章|新闻|消息|信息|记录|帖子|推送|资讯|日志))?"
    r"|>{1,2}|[›»→])[\s\])）】<>›»→]*$",
    re.IGNORECASE,
)
NEXT_SET = re.compile(r"^\W*[下后]\s*(?:\d{1,2}|[二三五十]|二十)\s*[页頁]\W*$")
"""下10页: to the first page behind those whose numbers are shown."""
DAY_BEFORE = re.compile(r"^\W*(?:前|上)一?[天日]\W*$")
"""A list of one day's articles goes on with the day before it."""
LAST = re.compile(
    r"^[\s\[(（【<>›»]*(?:尾\s?[页頁]|末\s?[页頁]|最后一?[页頁]|last)[\s\])）】<>›»]*$", re.I
)
NUMBER = re.compile(r"^[\s\[(（【第]*(\d{1,4})[\s\])）】页]*$")
FRACTION = re.compile(r"^\W*(\d{1,4})\s*/\s*(\d{1,4})\W*$")
"""1 / 15 between the pictures of a pager."""
LOAD_MORE = re.compile(
    r"^\W*(?:(?:点击|点我|上拉|下拉|向[上下]滑动?|滑动|继续|轻触)?(?:加载|载入|显示|展开|获取)(?:更多|下一页|下一批)"
    r"|(?:点击|点我|上拉|下拉|滑动|继续)(?:查看|浏览|阅读|获取)?更多|查看更多|浏览更多|更多(?:历史|往期|旧闻)"
    r"|(?:查看|加载|显示)(?:剩余|其余|全部|历史|往期)|换一[批页]|load(?:ing)?\s*more|show\s*more|view\s*more)"
    r"[\w\u4e00-\u9fff]{0,4}\W*$",
    re.IGNORECASE,
)
BARE_MORE = re.compile(r"^\W*(?:更多|more)\W*$", re.IGNORECASE)
LOADING = re.compile(
    r"^\W*(?:正在|努力|拼命|玩命)?(?:加载|载入)中?\W*(?:请稍[候后等]|稍[候等])?\W*$"
)
END = re.compile(
    r"^\W*(?:(?:暂时|已经?|亲，?)?(?:没有|无)更多(?:了|的?(?:数据|内容|新闻|信息|文章|记录))?了?"
    r"|(?:已经?)?(?:全部|都)?(?:加载|显示|看)(?:完(?:毕|成|了)?|全部)了?|已(?:经是|是|到)?最后一[页条]了?"
    r"|(?:我|已经?)?(?:是有|到|到达|见)?(?:底线?|最?底部|尽头)了?|我(?:也)?是有底线的|no\s*more(?:\s*data)?)\W*$",
    re.IGNORECASE,
)
_NEAR = 3
"""Elements from a text outwards whose names say that it is a pager's."""

_DEAD = re.compile(
    r"(?:^|[\s_-])(?<!not[_-])(?:dis(?:able[d]?)?|gray(?:ed)?|grey|unable|invalid|forbid|no(?:ne|link|-?click)?|layui-disabled)"
    r"(?:$|[\s_-])|(?<!not[_-])(?<!not)[Dd]isabled",
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HIDING = re.compile(r"(?:^|\s)(?:hide|hidden|d-none|none|invisible|dn|layui-hide)(?:$|\s)", re.I)
_PAGING = re.compile(
    r"pag(?!eview)|fenye|(?:^|[\s_-])(?:fy|pg|pp|next|flip|turn|num(?:ber)?s?)(?:$|[\s_\d-])", re.I
)
_SLIDES = re.compile(
    r"swip|slid|slick|carousel|focus|banner|flash|lunbo|calendar|\btab|(?:^|[\s_-])bx-|jcarousel",
    re.I,
)
_SHOWN_NOW = re.compile(
    r"active|current|(?:^|[\s_-])(?:cur|on|now|this|selected)(?:$|[\s_-])", re.I
)
_SAYS_ONLY = re.compile(
    r"^(?:\s*(?:javascript:)?\s*(?:alert|layer\.msg)\s*\([^)]*\)|\s*return\s+false)\s*;?", re.I
)
_TURNS = re.compile(
    r"pag|goto|jump|turn|postback|\bfy|query|load|list|more|next|submit|search", re.I
)
_ARGUMENT = re.compile(r"(?:\(|,|=|\$)\s*['\"]?(?:Page\$)?(\d{1,6})['\"]?\s*(?:[,)&;]|$)")
_FUNCTION = re.compile(r"^(?:javascript:)?\s*(?:return\s+)?(\w+)\s*\(\s*['\"]?\d", re.I)
_PATH = re.compile(
    r"['\"]((?:https?:/|\.{0,2}/|[\w-]+\.\w*html?|\?)[^'\"\s<>]*|[\w./-]+\.(?:s?html?|jspx?|php|aspx?|do)(?:\?[^'\"\s]*)?)['\"]"
)
_ADDRESS = re.compile(
    r"^(?:https?://|\.{0,2}/|\?)[^\s'\"()<>]*$|^[\w./-]+\.(?:s?html?|jhtml|jspx?|php|aspx?|do)(?:\?\S*)?$",
    re.I,
)
_ADDRESSES = ("tagname", "data-href", "data-url", "data-link", "data-src", "url", "data-next")
_NUMBERS = (
    "data-page",
    "page",
    "data-page-num",
    "data-num",
    "data-pn",
    "data-index",
    "data-p",
    "data-pageno",
    "jp-data",
)
_ACTIONS = (
    "onclick",
    "@click",
    "v-on:click",
    "ng-click",
    "data-ng-click",
    "wire:click",
    "hx-get",
    "data-click",
    "ontouchend",
    "onmousedown",
)


@dataclass(slots=True)
class ShortText:
    """A short text outside links: where it stands, and how many links came before it."""

    text: str
    node: LexborNode
    before: int


@dataclass(frozen=True, slots=True)
class Control:
    """A living control: what it prints, where it leads if it says so, and what it would do.

    ``page`` is the number that it names, ``address`` a target as written, ``function`` the
    script's function that it calls with that number; ``paging`` whether a pager is around it.
    """

    text: str
    action: str
    page: int | None
    address: str | None
    function: str | None
    paging: bool

    @property
    def evidence(self) -> str:
        """Text and action, as a person would look for them in the source."""
        return f"{self.text} ({self.action})"[:80] if self.action else self.text


_SIGN = re.compile(r"[页頁张屏组更载查示批底全完部尽条史期余早»›→]")
_FIRST_SIGN = re.compile(r"\W*[\d>]")
_LATIN = re.compile(r"[a-zA-Zſ]{4}")
_WORD = re.compile(r"next|older|last|more", re.IGNORECASE)


def _may_control(text: str) -> bool:
    """A cheap look for what each of the controls' texts holds."""
    if _SIGN.search(text) or _FIRST_SIGN.match(text):
        return True
    return _LATIN.search(text) is not None and _WORD.search(text) is not None


def is_control(text: str) -> bool:
    """Whether a short text may be a control of a pager or the words of a list's end."""
    return _may_control(text) and bool(
        NUMBER.match(text)
        or FRACTION.match(text)
        or NEXT.match(text)
        or LAST.match(text)
        or LOAD_MORE.match(text)
        or BARE_MORE.match(text)
        or LOADING.match(text)
        or END.match(text)
    )


def control_of(text: str, node: LexborNode) -> Control | None:
    """What the control around ``node`` does; None where it is dead or does nothing."""
    action = ""
    page: int | None = None
    address: str | None = None
    alive = False
    names: list[str] = []
    element: LexborNode | None = node
    for level in range(5):
        if element is None or element.tag in ("body", "html", "-undef"):
            break
        attributes = element.attributes
        name = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        names.append(name)
        if _is_hidden(attributes) or (level < 3 and is_dead(attributes, name)):
            return None
        if level < 3 and (level == 0 or len(element.text() or "") <= len(text) + 8):
            act = _action(element, attributes)
            if act is not None:
                if _SAYS_ONLY.match(act):
                    return None
                alive = True
                action = action or act
                address = address or _address_of(attributes, act)
                page = page if page is not None else _page_of(attributes, act)
            elif not alive and level == 0 and re.search(r"next|more|load", name, re.I):
                alive = not element.attributes.get("href")
        element = element.parent
    around = " ".join(names)
    if not alive and NUMBER.match(text) and node.tag == "a":
        # A number that a script answers without any address, not the one that is shown.
        alive = bool(_PAGING.search(around)) and not _SHOWN_NOW.search(" ".join(names[:2]))
    if not alive and not LOAD_MORE.match(text):
        return None
    if _SLIDES.search(around):
        return None
    called = _FUNCTION.match(action)
    return Control(
        text,
        action if action != "javascript:" else "",
        page,
        address,
        called[1] if called and page is not None else None,
        bool(_PAGING.search(around)),
    )


def is_slide(name: str) -> bool:
    """Whether a class or id is that of a slide show, a calendar or tabs, whose steps are others."""
    return bool(_SLIDES.search(name))


def fraction_of(texts: Iterable[ShortText]) -> tuple[int, int] | None:
    """The page and the number of pages that a pager prints as 1 / 15; None for none."""
    for short in texts:
        found = FRACTION.match(short.text)
        if found is None or not 1 <= int(found[1]) <= int(found[2]):
            continue
        if is_in_pager(short.node):
            return int(found[1]), int(found[2])
    return None


def is_in_pager(node: LexborNode) -> bool:
    """Whether the tags round a text are named for a pager, and none for slides or a calendar."""
    names: list[str] = []
    element: LexborNode | None = node
    while element is not None and len(names) < _NEAR:
        attributes = element.attributes
        names.append(f"{attributes.get('class') or ''} {attributes.get('id') or ''}")
        element = element.parent
    around = " ".join(names)
    return bool(_PAGING.search(around)) and not _SLIDES.search(around)


def is_shown(node: LexborNode) -> bool:
    """Whether no tag around ``node`` hides it."""
    element: LexborNode | None = node
    for _ in range(4):
        if element is None or element.tag in ("body", "html", "-undef"):
            return True
        if _is_hidden(element.attributes):
            return False
        element = element.parent
    return True


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    return (
        "hidden" in attributes
        or bool(_HIDDEN.search(attributes.get("style") or ""))
        or bool(_HIDING.search(attributes.get("class") or ""))
        or "v-if" in attributes
    )


def is_dead(attributes: dict[str, str | None], name: str) -> bool:
    """Whether a tag with this class and id is disabled."""
    return (
        "disabled" in attributes
        or attributes.get("aria-disabled") == "true"
        or bool(_DEAD.search(name))
    )


def _action(element: LexborNode, attributes: dict[str, str | None]) -> str | None:
    """The script or address that a click on ``element`` starts; None where nothing starts."""
    for key in _ACTIONS:
        if attributes.get(key):
            return attributes[key]
    href = (attributes.get("href") or "").strip()
    if element.tag == "a" and href:
        return href
    for key in (*_ADDRESSES, *_NUMBERS):
        if attributes.get(key):
            return f"{key}={attributes[key]}"
    return "" if element.tag in ("button", "input") else None


def _address_of(attributes: dict[str, str | None], action: str) -> str | None:
    for key in _ADDRESSES:
        value = (attributes.get(key) or "").strip()
        if value and _ADDRESS.match(value):
            return value
    found = _PATH.search(action)
    return found[1] if found and "postback" not in action.lower() else None


def _page_of(attributes: dict[str, str | None], action: str) -> int | None:
    for key in _NUMBERS:
        value = attributes.get(key) or ""
        if value.isdecimal() and len(value) < 7:
            return int(value)
    found = [] if "void(" in action else _ARGUMENT.findall(action)
    return int(found[-1]) if found else None


_ACTING = frozenset((*_ACTIONS, *_ADDRESSES, *_NUMBERS))


def is_scripted(attributes: Mapping[str, str | None]) -> bool:
    """Whether a tag says what a script does at a click: its ``href`` alone tells nothing then."""
    return not _ACTING.isdisjoint(attributes)


def _may_act(node: LexborNode) -> bool:
    """Whether a tag, or one of the two around it, is a link or a button or has an action."""
    element: LexborNode | None = node
    for _ in range(3):
        if element is None:
            return False
        if element.tag in ("a", "button") or is_scripted(element.attributes):
            return True
        element = element.parent
    return False


def controls(texts: Sequence[ShortText], tree: LexborHTMLParser) -> Iterator[Control]:
    """The living controls of a page: among ``texts``, and buttons that print no text."""
    for short in texts:
        if NUMBER.match(short.text) and not _may_act(short.node):
            continue  # the ranks of a hot list
        control = control_of(short.text, short.node)
        if control is not None:
            yield control
    if not holds(tree, b"<input"):
        return
    for field in tree.css("input[type=submit], input[type=button], input[type=image]"):
        text = (field.attributes.get("value") or field.attributes.get("alt") or "").strip()
        if text and (NEXT.match(text) or LOAD_MORE.match(text)):
            control = control_of(text, field)
            if control is not None:
                yield control


def holds(tree: LexborHTMLParser, *words: bytes) -> bool:
    """Whether a page's source holds one of some words, in ASCII and small letters.

    A question of a selector walks the whole tree; most pages hold nothing that it could find.
    """
    source = _in_small_letters(tree.raw_html or b"")
    return any(word in source for word in words)


@lru_cache(maxsize=1)  # asked several times of one page
def _in_small_letters(source: bytes) -> bytes:
    return source.lower()


def turns_pages(control: Control, others: Iterable[Control]) -> bool:
    """Whether a bare number is a page's: in a pager, by its script, or beside a step."""
    return (
        control.paging
        or bool(_TURNS.search(control.action))
        or any(NEXT.match(other.text) for other in others)
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """A ``<select>`` of page numbers: the chosen one, how many, and each value as written."""

    chosen: int | None
    count: int
    values: tuple[str, ...]


_NO_PAGES = re.compile(r"year|month|day|date|hour|size|limit|年|月|日", re.IGNORECASE)
_OPTION = re.compile(r"^\s*第?\s*(\d{1,5})\s*[页頁]?\s*(?:/\s*\d+\s*[页頁]?)?\s*$")


def page_choice(tree: LexborHTMLParser) -> Choice | None:
    """The choice of pages 1 to N of a list page, if it has one."""
    for box in tree.css("select") if holds(tree, b"<select") else ():
        name = f"{box.attributes.get('name') or ''} {box.attributes.get('id') or ''}"
        if _NO_PAGES.search(name):
            continue
        numbers: list[int] = []
        values: list[str] = []
        chosen = None
        for option in box.css("option")[:5_000]:
            found = _OPTION.match(option.text() or "")
            if found is None or int(found[1]) != len(numbers) + 1:
                numbers = []
                break
            numbers.append(int(found[1]))
            values.append((option.attributes.get("value") or "").strip())
            if "selected" in option.attributes:
                chosen = numbers[-1]
        turns = (
            "onchange" in box.attributes or _PAGING.search(name) or any(map(_ADDRESS.match, values))
        )
        if len(numbers) > 1 and turns:
            return Choice(chosen, len(numbers), tuple(values))
    return None


def leads_somewhere(value: str) -> bool:
    """Whether a value of an option is an address, not a number."""
    return bool(_ADDRESS.match(value)) and not value.isdecimal()

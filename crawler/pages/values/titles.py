"""The title of an article, told from the site's name, the logo and the headline lists.

``<title>`` nearly always begins with the title and goes on with the site; the printed line
that agrees with it best is the title as the outlet set it.
"""

import itertools
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from crawler.pages.layout.comparable import comparable
from crawler.pages.layout.header import is_header
from crawler.pages.layout.tree import Box, Line, Page
from crawler.pages.values.head import Head
from crawler.pages.values.people import is_person, named_by_role
from storage.records import Evidence

_SITE = re.compile(
    r"\s*(?:[_|｜»]|\s[-–—]+\s?|[-–—]+\s|--+|——|(?<=[\u4e00-\u9fff”》）！？])[-–—](?=[\u4e00-\u9fff]))\s*"
)
_CRUMBS = re.compile(r"\s*(?:>{1,2}|＞|›)\s*")
"""海风体育 >> 足球 >> the title: what stands last is the page's own name."""
_NAMED = re.compile(r"title|biaoti|headline|\bbt\b|h1|tit\b|subject|artical-t|art-t")
_LISTED = re.compile(r"list|nav|menu|logo|crumb|related|recommend|side|hot|rank|comment|more")
_KICKER = re.compile(
    r"pretitle|\bpre\b|yinti|kicker|introtitle|jianti|eyebrow|shoulder|intro-title|leadtitle"
)
_SUBTITLE = re.compile(
    r"subtitle|\bsub\b|sub-title|sub_title|futi|fubiaoti|subhead|title2|f-title|second-title"
)
_NOT_TITLE = re.compile(
    r"当前位置|首页|您的位置|所在位置|[>»›]\s*\S|来源\s*[:：]|发布时间|字号|责任编辑|^\W*$|^\d[\d\s:/.年月日-]*$"
)
_SITE_WORDS = re.compile(
    r"(?:网|频道|门户|首页|官网|官方网站|网站|中心|日报|晚报|早报|时报|客户端|新闻|融媒|在线|热线|政协)$"
)
_CHANNELS = re.compile(
    r"(?:工作|综合|政协|时政|本地|图片|最新|部门|基层|委员|通知)?(?:动态|要闻|资讯|公告|信息|之窗|风采|天地)|正文"
)
"""What a list of articles is called: as the last word of a short title it names no article."""
_OWN_MARKS = frozenset(("｜", "丨", "|", "——", "—"))
"""Marks that part a title's own halves (年终盘点｜, 履职为民——) as well as the site from it."""
_SITE_AND_COLON = re.compile(r"^\S{1,8}(?:网|日报|晚报|客户端|在线|频道)\s*[:：]\s*(?=.{8})")
_SITE_IN_BRACKETS = re.compile(r"^【[^】]{1,8}(?:网|日报|晚报|客户端|在线)】(?=.{6})")
_SITE_BEHIND_DOT = re.compile(
    r"(?<=.{6})\s*[·•]\s*\S{1,8}(?:网|新闻|日报|晚报|频道|客户端|门户|在线)$"
)
_META = ("articletitle", "og:title", "twitter:title", "title", "dc.title", "contenttitle")
_HEADINGS = {
    **dict.fromkeys(("h1", "founder-title"), 2.0),
    **dict.fromkeys(("h2", "h3"), 1.2),
    **dict.fromkeys(("h4", "h5", "h6"), 0.8),
}
_MAX = 160
_ANCHOR = 8
_SHORTEST = 4
_HALF = 20
_CLOSE = 4
_SIGNED = re.compile(r"[\u4e00-\u9fff]{2,4}\s*[\s/／|｜]\s*(?:摄影?|文|图|文/图|图/文)")
"""向东 摄: who took the picture above the text, or wrote it."""
_BADGE = re.compile(r"[\[【(（|]?\s*[\u4e00-\u9fff]{1,4}\s*[\]】)）|]?")
"""A badge in a heading: 独家, 原创, 视频, 图."""
_CUT_OFF = ("…", "...", "．．．")
_TITLE_LINES = 3
_NEAR = 12
_GUESSED = 1.2
_WHOLE = 3.0
"""Agreement of a line that begins what the page calls itself."""
_ABOVE = 80
_WITHIN = 40
"""Lines above the text, and into it, among which the title is looked for."""


@dataclass(frozen=True, slots=True)
class Title:
    """The title, the lines round it that belong to it, and the line it was printed on."""

    text: str
    line: int | None
    evidence: Evidence
    sure: float
    kicker: str | None = None
    subtitle: str | None = None


@lru_cache(maxsize=256)
def without_site(title: str) -> str:
    """``<title>`` without the site's name and the channels round it."""
    crumbs = _CRUMBS.split(title)
    title = crumbs[0] if _SITE_WORDS.search(crumbs[-1]) else crumbs[-1] or title
    title = _SITE_BEHIND_DOT.sub("", _SITE_IN_BRACKETS.sub("", title)) or title
    title = _SITE_AND_COLON.sub("", title)
    found = [part for part in _SITE.split(title) if part and part.strip()]
    if not found:
        return title.strip()
    parts = [part.strip() for part in found]
    if len(parts) > 1 and _is_site(parts[0]) and not _is_site(parts[-1]):
        behind = [part for part in parts[1:] if not _is_site(part)]
        return max(behind, key=len)
    first = parts[0]
    if len(parts) == 1 or _SITE_WORDS.search(parts[1]):
        return first
    between = _between(title, first, parts[1])
    if len(first) < 6 or (between.strip() in _OWN_MARKS and len(parts[1]) >= _ANCHOR):
        return f"{first}{between}{parts[1]}" if len(parts[1]) > len(first) // 2 else first
    return first


def _between(title: str, first: str, second: str) -> str:
    """What stands between the first two parts of a title; a blank where it is a site's mark."""
    begin = title.find(first) + len(first)
    between = title[begin : title.find(second, begin)]
    return between if between.strip() in _OWN_MARKS else " "


def _is_site(name: str) -> bool:
    return len(name) <= _ANCHOR + 2 and _SITE_WORDS.search(name) is not None


@lru_cache(maxsize=4096)
def _is_named(name: str) -> bool:
    """Whether the class or id of a box says that it holds a title."""
    return _NAMED.search(name) is not None


def _keys(head: Head, names: list[str]) -> list[str]:
    """What a printed line is compared with: the page's names for itself, its title alone."""
    keys = list(dict.fromkeys(filter(None, map(comparable, names))))
    own = comparable(without_site(head.title))
    if own and not any(key.startswith(own) for key in keys):
        keys.append(own)
    return keys


def find_anchor(page: Page, head: Head) -> int | None:
    """The first heading that is what the page calls itself: the text cannot begin before it.

    None where no heading agrees with ``<title>`` beyond doubt.
    """
    own = without_site(head.title)
    wanted = [key for key in map(comparable, [*_named(head), own]) if len(key) >= _ANCHOR]
    short = comparable(own) if len(own) < _ANCHOR and not _is_site(own) else ""
    if not wanted and len(short) < _SHORTEST:
        return None
    for index, line in enumerate(page.lines):
        if len(line.text) < _ANCHOR:
            if short and line.text[:1] == own[:1] and _is_short_anchor(page, index, short):
                return index
        elif _is_anchor(page, index, wanted):
            return index
    return None


def is_heading(page: Page, index: int) -> bool:
    """Whether a line stands in a heading, or in a box that is named for a title."""
    box = page.lines[index].box
    return _heading(page, box) > 0 or _is_named(page.boxes[box].name)


def _is_short_anchor(page: Page, index: int, short: str) -> bool:
    """Whether a line is a whole short title, printed as a heading."""
    line = page.lines[index]
    if len(short) < _SHORTEST or line.linked or not _heading(page, line.box):
        return False
    return comparable(line.text) == short


def _is_anchor(page: Page, index: int, wanted: list[str]) -> bool:
    """Whether a heading begins what the page calls itself, a badge beside it left out."""
    line = page.lines[index]
    if len(line.text) > _MAX or line.linked * 2 > len(line.text):
        return False
    key = comparable(line.text)
    if len(key) < _ANCHOR:
        return False
    named = any(name.startswith(key) or _ends(name, key) for name in wanted)
    named = named or (len(line.pieces) > 1 and comparable(without_badges(line, wanted)) != key)
    # What names the page is asked first: a header below is dear to look for at each line.
    return named and (
        is_heading(page, index)
        or any(is_header(near.text) for near in page.lines[index + 1 : index + 3])
    )


def without_badges(line: Line, wanted: list[str]) -> str:
    """A heading's words without the badges beside them (独家, 原创, 图).

    The whole words where the page's names for itself hold them, or hold no part of them.
    """
    pieces = [piece for piece in line.pieces if piece]
    whole = comparable(line.text)
    if len(pieces) < 2 or any(name.startswith(whole) for name in wanted):
        return line.text
    for first, last in ((1, 0), (0, 1), (1, 1), (0, 2), (2, 0), (2, 1), (1, 2)):
        left = pieces[first : len(pieces) - last]
        cut = [*pieces[:first], *pieces[len(pieces) - last :]]
        if not left or not all(map(_BADGE.fullmatch, cut)):
            continue
        key = comparable("".join(left))
        if len(key) >= _SHORTEST and any(
            name == key or (len(key) >= _ANCHOR and name.startswith(key)) for name in wanted
        ):
            return "".join(left).strip()
    return line.text


def find_title(page: Page, head: Head, *, start: int, end: int) -> Title | None:
    """The title; ``[start, end)`` are the lines of the body, None when nothing names the page."""
    names = _named(head)
    wanted = _keys(head, names)
    named = "\n".join(names)
    best: tuple[float, int] | None = None
    for index in range(max(0, start - _ABOVE), min(end, start + _WITHIN, len(page.lines))):
        score = _score(page, index, wanted, named, start)
        if score is not None and (best is None or score >= best[0]):
            best = (score, index)
    for index in range(end, min(end + 6, len(page.lines))):
        score = _score(page, index, wanted, named, start)
        if score is not None and score - 3 > (best[0] if best else 1.0):
            best = (score - 3, index)
    if best is not None and best[0] >= 1.2:
        return _printed(page, head, best[1], best[0], start)
    stated = _unprinted(head)
    if stated is None or _names_site(stated.text):
        drawn = _drawn(page, start)
        if drawn is not None:
            return drawn
        above = _above_header(page, start, end)
        if above is None:
            above = _right_above(page, start)
        if above is not None:
            return _printed(page, head, above, _GUESSED, start)
    if stated is None:
        above = _above_text(page, start)
        return None if above is None else _printed(page, head, above, _GUESSED, start)
    return stated


def _names_site(text: str) -> bool:
    if len(text) < _ANCHOR:
        return True
    last = text.split()[-1]
    return len(text) <= 16 and (
        _SITE_WORDS.search(text) is not None or _CHANNELS.fullmatch(last) is not None
    )


def _above_header(page: Page, start: int, end: int) -> int | None:
    """The unlinked line right above date and source, where nothing else names the article."""
    for index in range(max(0, start - _NEAR), min(end, start + _NEAR, len(page.lines) - 1)):
        line = page.lines[index]
        if not 6 <= len(line.text) <= 80 or line.linked or _NOT_TITLE.search(line.text):
            continue
        if line.text.startswith("——") or is_header(line.text):
            continue
        below = index + 2 if page.lines[index + 1].text.startswith("——") else index + 1
        if is_header(page.lines[min(below, len(page.lines) - 1)].text):
            return index
    return None


def _right_above(page: Page, start: int) -> int | None:
    """The headline among the lines right above the text, where only the site is named.

    The one in a box named for a headline; else the lowest that is set as no other line is, for
    kicker, subtitle and reporter are mostly set alike; else the lowest.
    """
    block: list[int] = []
    for index in range(start - 1, max(-1, start - 1 - _CLOSE), -1):
        line = page.lines[index]
        if line.linked or len(line.text) > 80 or _NOT_TITLE.search(line.text):
            break
        block.append(index)
    names = {index: page.boxes[page.lines[index].box].name for index in block}
    met = Counter(names.values())
    fit = [index for index in block if _may_be_headline(page.lines[index].text)]
    named = (index for index in fit if _is_named(names[index]))
    alone = (index for index in fit if met[names[index]] == 1)
    return next(itertools.chain(named, alone, fit), None)


def _may_be_headline(text: str) -> bool:
    """Whether a line above a text is neither a header nor a signature nor a subtitle."""
    if len(text) < _SHORTEST or text.startswith("——") or is_header(text):
        return False
    return not named_by_role(text) and not _SIGNED.fullmatch(text)


def _above_text(page: Page, start: int) -> int | None:
    """The nearest unlinked line above the text of a page that nothing else names."""
    for index in range(start - 1, max(-1, start - _NEAR), -1):
        line = page.lines[index]
        if 4 <= len(line.text) <= 80 and not line.linked and not _NOT_TITLE.search(line.text):
            return index
    return None


def _named(head: Head) -> list[str]:
    """The page's own names for itself, as far as they may hold the title."""
    names = [head.title] if head.title else []
    if head.title and len(crumbs := _CRUMBS.split(head.title)) > 1:
        names.append(crumbs[-1])
    names.extend(head.metas[name] for name in _META if name in head.metas)
    if "title" in head.enp:
        names.append(head.enp["title"])
    return names


def _score(page: Page, index: int, wanted: list[str], named: str, start: int) -> float | None:
    """How well a line stands for the title; None for one that cannot be it."""
    line = page.lines[index]
    text = line.text
    if not 2 <= len(text) <= _MAX:
        return None
    box = page.boxes[line.box]
    heading = _heading(page, line.box)
    is_named = _is_named(box.name)
    unlike = not heading and text[:2] not in named and text[2:4] not in named
    if unlike and not is_named:
        return None
    key = comparable(text)
    if len(key) < 2 or _NOT_TITLE.search(text):
        return None
    if text.startswith("——") and index and _heading(page, page.lines[index - 1].box):
        return None
    if _KICKER.search(box.name) or _SUBTITLE.search(box.name):
        return None
    agreement = _agreement(key, wanted)
    if agreement < _WHOLE and len(line.pieces) > 1:
        key = comparable(without_badges(line, wanted))
        agreement = _agreement(key, wanted)
    if agreement == 0.0 and not heading and not is_named:
        return None
    mostly_linked = line.linked * 2 > len(text)
    if mostly_linked and len(key) < _ANCHOR:  # the site's name over its home link
        return None
    score = agreement + heading + _by_place(page, index, start)
    if is_named:
        score += 0.7
    if mostly_linked:
        score -= 1.5
    if len(key) < 5:
        score -= 1.0
    if not agreement and _names_site(text):
        score -= 1.5
    return score


def _by_place(page: Page, index: int, start: int) -> float:
    """What a line's place says for it: named boxes, a header below, how near the text is."""
    box = page.boxes[page.lines[index].box]
    score = 0.0
    if box.parent >= 0 and _is_named(page.boxes[box.parent].name):
        score += 0.3
    if any(is_header(near.text) for near in page.lines[index + 1 : index + 3]):
        score += 1.2
    if _LISTED.search(box.name):
        score -= 1.0
    if index > start:
        score -= 0.5
    return score - 0.02 * min(abs(start - index), 40)


def _heading(page: Page, box: int) -> float:
    """What the heading element that holds a line adds."""
    for _ in range(3):
        if box < 0:
            break
        holder = page.boxes[box]
        if holder.tag in _HEADINGS:
            return _HEADINGS[holder.tag]
        box = holder.parent
    return 0.0


def _agreement(key: str, wanted: list[str]) -> float:
    """How far a printed line is what the page calls itself; 0 when not at all."""
    best = 0.0
    for name in wanted:
        if not name:
            continue
        if name.startswith(key):
            value = 3.0 + 2.0 * min(1.0, len(key) / max(10, len(name)))
        elif key.startswith(name) and len(name) >= 6:
            value = 3.0 + 1.5 * len(name) / len(key)
        elif _ends(name, key):
            value = 3.0 + len(key) / len(name)  # the site stands first, set off by a blank
        elif len(key) >= 6 and key in name:
            value = 2.0 + 2.0 * len(key) / len(name)
        else:
            shared = _shared_prefix(key, name)
            value = 3.0 * shared / len(key) if shared >= 6 and shared * 2 > len(key) else 0.0
        best = max(best, value)
    return best


def _ends(name: str, key: str) -> bool:
    """Whether a title makes up the end of what a page calls itself, behind site and channel."""
    return 2 * len(key) >= max(len(name), 2 * _ANCHOR) and name.endswith(key)


def _shared_prefix(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _printed(page: Page, head: Head, index: int, score: float, start: int) -> Title:
    whole = _whole_heading(page, head, index)
    wanted = _keys(head, _named(head))
    words = " ".join(without_badges(page.lines[near], wanted) for near in whole)
    if words.endswith(_CUT_OFF):
        words = _uncut(words, head) or words
    kicker, subtitle = _beside(page, whole, index, start)
    evidence = Evidence(
        about="title",
        rule="printed line",
        field="html",
        span=(0, len(words)),
        quote=words,
        weight=round(score, 2),
    )
    return Title(
        words,
        whole[-1],
        evidence,
        min(1.0, score / 5),
        kicker or head.enp.get("introtitle"),
        subtitle or head.enp.get("subtitle"),
    )


def _whole_heading(page: Page, head: Head, index: int) -> list[int]:
    """The lines of the heading of which ``index`` is one: a headline may be set on two."""
    box = page.lines[index].box
    whole = [index]
    if _heading(page, box) or _goes_on(page, head, index):
        for step in (-1, 1):
            near = index + step
            while 0 <= near < len(page.lines) and page.lines[near].box == box:
                if is_header(page.lines[near].text) or len(whole) >= _TITLE_LINES:
                    break
                whole.append(near)
                near += step
    if len(whole) == 1:
        whole = _halves(page, head, index)
    return sorted(whole)


def _halves(page: Page, head: Head, index: int) -> list[int]:
    """A headline whose two halves stand in headings of one kind: both, if the page says so."""
    for one, other in ((index, index + 1), (index - 1, index)):
        if one < 0 or other >= len(page.lines):
            continue
        first, second = page.boxes[page.lines[one].box], page.boxes[page.lines[other].box]
        if (first.tag, first.name) != (second.tag, second.name) or first.index == second.index:
            continue
        both = comparable(page.lines[one].text + page.lines[other].text)
        if any(comparable(name).startswith(both) for name in _named(head)):
            return [one, other]
        set_apart = first.tag in _HEADINGS or first.name.strip()
        alone = set_apart and first.parent == second.parent and _alike(page, first) == 2
        if alone and _are_halves(page.lines[one], page.lines[other], head):
            return [one, other]
    return [index]


def _alike(page: Page, box: Box) -> int:
    """How many boxes beside ``box`` are of its kind, itself with them: a third is a sub-heading."""
    kind = (box.parent, box.tag, box.name)
    return sum(1 for other in page.boxes if (other.parent, other.tag, other.name) == kind)


def _are_halves(one: Line, other: Line, head: Head) -> bool:
    """Whether two lines of one kind are one headline although the page names neither."""
    if one.linked or other.linked or max(len(one.text), len(other.text)) > _HALF:
        return False
    if is_header(one.text) or other.text.startswith("——"):
        return False
    if is_header(other.text) or named_by_role(other.text) or is_person(other.text):
        return False
    keys = [comparable(name) for name in _named(head)]
    return not any(comparable(line.text) in key for line in (one, other) for key in keys)


def _beside(page: Page, whole: list[int], index: int, start: int) -> tuple[str | None, str | None]:
    """Kicker and subtitle printed round a heading."""
    kicker = subtitle = None
    for near in range(max(0, whole[0] - 3), min(len(page.lines), whole[-1] + 4)):
        if near in whole:
            continue
        name = page.boxes[page.lines[near].box].name
        text = page.lines[near].text
        if near < index and _KICKER.search(name) and len(text) <= 80:
            kicker = text
        elif (
            whole[-1] < near <= start + 1
            and len(text) <= _MAX
            and (_SUBTITLE.search(name) or text.startswith("——"))
        ):
            subtitle = text
    return kicker, subtitle


def _uncut(words: str, head: Head) -> str | None:
    """The whole of a heading that breaks off (省政协晒出2020年履…), as the page names itself."""
    stem = comparable(words)
    for name in (*(head.metas[name] for name in _META if name in head.metas), head.title):
        whole = without_site(name)
        key = comparable(whole)
        if len(stem) >= _SHORTEST and key.startswith(stem) and len(key) > len(stem):
            return whole
    return None


def _drawn(page: Page, start: int) -> Title | None:
    """A title that stands on the page only as the words of a picture in a heading."""
    for picture in page.pictures:
        box = page.boxes[picture.box]
        if picture.line > start or len(comparable(picture.alt)) < _ANCHOR:
            continue
        if _heading(page, picture.box) or _is_named(box.name):
            words = picture.alt
            evidence = Evidence(
                about="title",
                rule="words of a picture",
                field="html",
                span=(0, len(words)),
                quote=words,
            )
            return Title(words, None, evidence, 0.5)
    return None


def _goes_on(page: Page, head: Head, index: int) -> bool:
    """Whether the next line of the same box goes on with what the page calls itself."""
    if index + 1 >= len(page.lines) or page.lines[index + 1].box != page.lines[index].box:
        return False
    both = comparable(page.lines[index].text + page.lines[index + 1].text)
    return any(comparable(name).startswith(both) for name in _named(head))


def _unprinted(head: Head) -> Title | None:
    for rule, text in (
        ("enpproperty", head.enp.get("title")),
        ("meta ArticleTitle", head.metas.get("articletitle")),
        ("<title>", without_site(head.title)),
        ("meta og:title", head.metas.get("og:title")),
    ):
        if text and len(comparable(text)) >= 2:
            evidence = Evidence(
                about="title", rule=rule, field="meta", span=(0, len(text)), quote=text
            )
            return Title(text, None, evidence, 0.5)
    return None

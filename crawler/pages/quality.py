"""Whether a reading is one: what only an article can be or fail to be, and how sure it is.

The signs that articles and lists share are in ``gate``.
"""

import re
from typing import NoReturn

from crawler.errors import (
    HijackedPageError,
    MojibakeError,
    NotArticleError,
    SoftNotFoundError,
    TooShortError,
    TruncatedPageError,
)
from crawler.pages.layout.body import Body
from crawler.pages.layout.header import OUTLET_LABEL, is_header
from crawler.pages.layout.headings import heads_links
from crawler.pages.layout.notes import asks_reader
from crawler.pages.layout.page import Page
from crawler.pages.layout.text import Text
from crawler.pages.raw.charset import Decoded
from crawler.pages.raw.gate import (
    is_cut_short,
    refuse_challenge,
    refuse_cut_short,
    refuse_mojibake,
    refuse_not_found,
    refuse_other_files,
    refuse_script_shell,
)
from crawler.pages.raw.others import GATES, KINDS
from crawler.pages.raw.walls import GONE, WALLS
from crawler.pages.values.names import without_site
from crawler.pages.values.titles import Title
from crawler.pages.values.written import Dated

_REFRESH = re.compile(
    r"<meta\b(?=[^>]*http-equiv\s*=\s*[\"']?refresh)(?=[^>]*content\s*=\s*[\"']?[\d.\s]*[;,]\s*(?:url\s*=)?)[^>]*>"
)
_LEADS_ON = re.compile(
    r"(?<![\w.])(?:(?:window|document|self|top|parent|this)\.){0,2}location(?:\.href)?\s*=\s*[\"'`]"
    r"|location\.(?:replace|assign|href)\s*[=(]"
)
_ADDRESS_WORD = "location"
_AROUND = 40
"""Characters round that word in which a script says where to go."""
_PINYIN = re.compile(r"[\u4e00-\u9fff][(（][a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜ]{1,7}\s*[)）]")
_LOST_NUMBERS = re.compile(
    r"(?<![\d一二三四五六七八九十〇零两几某每当本前后上下半末初底年月日])(?:年月日?|月日)(?![光记报])"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SENTENCE_END = tuple("。！？”…）)」』》.!?】")
_LITTLE = 400
_JUDGED = 3_000
"""Characters of a text that are looked at: what spoils a page spoils its beginning."""
_INJECTED = 5
_UNSURE = 0.45
_SURE = 0.75
_WALL_NAME = 12
"""Characters of a title that is a wall's (安全验证), whatever day stands under it."""
_SHORT = 100
_OF_DAY = 0.15
"""What a day on the page adds to how sure a reading is."""
_NEAR = 100
"""Lines round a text among which a credit may stand."""
_COLUMN = re.compile(r".{0,12}(?:更多|MORE|more|More)[>»＞+\s]*")
_STOP = re.compile(r"[。！？…]")
_ABSTRACT = re.compile(
    r"[\[［【(（]\s*(?:查看|阅读|点击)?(?:详细|详情|全文|更多|原文)\S{0,3}?[\]］】)）]\W*$"
)
_AHEAD = 20
_OPENING = 3
_LONGEST_GATE = 120
"""Lines between headline and text, paragraphs of a text, characters of what may be a gate's."""
_COLUMNS = 2
"""Heads of columns with a link to the whole, on the page of a topic or a home page."""
_SEEN = 80
"""Lines of a page that are looked at for what it says instead of an article."""
_MIN_HAN = 0.15


def check_bytes(body: bytes, url: str | None) -> None:
    """Refuse what is no page at all, before anything is spent on it."""
    if not body or body.isspace():
        raise TooShortError("the body is empty", url=url)
    refuse_other_files(body, url)


def refuse_without_text(source: str, title: str, page: Page, url: str | None) -> NoReturn:
    """Say what a page is on which no text was found."""
    words = _seen(page)
    refuse_challenge(title, words, source, url)
    refuse_not_found(title, _said(page), url)
    if len(words) < _LITTLE and _sends_on(source.lower()):
        raise NotArticleError("the page only sends its reader on", url=url)
    refuse_script_shell(words, source, url)
    linked = sum(line.linked for line in page.lines)
    if len(page.lines) > 15 and linked * 2 > sum(len(line.text) for line in page.lines):
        raise NotArticleError("links, but no text", url=url)
    refuse_cut_short(source, url)
    raise TooShortError("no text on the page", url=url)


def _sends_on(source: str) -> bool:
    """Whether a page, in lower case, sends its reader to another address by itself."""
    if "refresh" in source and _REFRESH.search(source):
        return True
    at = source.find(_ADDRESS_WORD)
    while at >= 0:  # an alternation tried at each character costs more than all other checks
        if _LEADS_ON.search(source, max(0, at - _AROUND), at + _AROUND):
            return True
        at = source.find(_ADDRESS_WORD, at + 1)
    return False


def _seen(page: Page) -> str:
    return " ".join([line.text for line in page.lines[:_SEEN]])


def _said(page: Page) -> str:
    """What a page says before it recommends anything, where a missing page says that it is."""
    lines = page.lines[:_SEEN]
    end = next((at for at, line in enumerate(lines) if heads_links(line.text)), len(lines))
    return " ".join([line.text for line in lines[: end or len(lines)]])


def check_text(decoded: Decoded, paragraphs: tuple[str, ...], url: str | None) -> None:
    """Refuse a text that cannot be what its outlet published."""
    text = "\n".join(paragraphs)[:_JUDGED]
    size = len(text)
    refuse_mojibake(text, url, lost=text.count("\ufffd"), of=size)
    if decoded.replaced and not _HAN.search(text):
        raise MojibakeError(f"{decoded.replaced} bytes make no character", url=url)
    if len(text.encode("utf-8", "replace")) < (1 + 2 * _MIN_HAN) * size:  # three bytes a character
        raise NotArticleError("the text is not Chinese", url=url)
    pinyin = len(_PINYIN.findall(text)) if text.count("(") + text.count("（") >= _INJECTED else 0
    if pinyin >= _INJECTED and pinyin * 150 > size:
        raise HijackedPageError(f"pinyin in brackets {pinyin} times", url=url)
    lost = len(_LOST_NUMBERS.findall(text)) if "月日" in text or "年月" in text else 0
    if lost >= 3 and not re.search(r"\d{2}", text):
        raise HijackedPageError(f"numbers taken out {lost} times", url=url)


def sureness(page: Page, body: Body, text: Text, title: Title | None, dated: Dated | None) -> float:
    """How sure a reading is, in 0..1: length, sentences, title, date, and no rival text."""
    size = sum(len(paragraph) for paragraph in text.paragraphs)
    stops = sum(paragraph.count("。") + paragraph.count("，") for paragraph in text.paragraphs)
    score = 0.3 * min(1.0, size / 200) + 0.15 * min(1.0, stops / 4)
    if title is not None:
        score += 0.25 if title.line is not None and title.sure >= 0.5 else 0.1
    if dated is not None:
        score += 0.05 if dated.evidence.field == "url" else _OF_DAY
    score += 0.15 * (1.0 - min(1.0, body.rival / max(1.0, body.worth)))
    return round(score, 3)


def is_hopeless(page: Page, body: Body, text: Text, title: Title | None) -> bool:
    """Whether no day and no credit could make an article of what was read.

    Asked before they are looked for, which costs most of a refused page.  A little text among
    many links is one only where title, day and 来源 stand together.
    """
    at_best = sureness(page, body, text, title, None) + _OF_DAY
    if at_best < _UNSURE:
        return True
    if at_best >= _SURE or not _is_outweighed(page, text):
        return False
    last = text.lines[-1]
    near = page.lines[max(0, text.first - _NEAR) : last + _NEAR]
    return not any(OUTLET_LABEL.search(line.text) or "来源" in line.text for line in near)


def _refuse_others(
    page_title: str, page: Page, text: Text, title: Title | None, url: str | None
) -> None:
    """NotArticleError for a page without a day that says what else it is, or leads elsewhere."""
    for name in (without_site(page_title), title.text if title else ""):
        if name and KINDS.holds(name):
            raise NotArticleError(f"the page calls itself {name[:40]!r}", url=url)
    line = title.line if title is not None and title.line is not None else -1
    ahead = page.lines[line + 1 : text.first] if line < text.first else []
    said = [one.text for one in ahead[-_AHEAD:] if not one.linked]
    for words in (*said, *text.paragraphs[:_OPENING]):
        if len(words) <= _LONGEST_GATE and (found := GATES.find(words)):
            raise NotArticleError(f"the page says {found[0][:40]!r}", url=url)
    if line >= 0 and any(heads_links(one.text) for one in ahead):
        raise NotArticleError("only other stories stand under the headline", url=url)
    told = [one for one in text.paragraphs if _STOP.search(one)]
    if told and all(_ABSTRACT.search(one) for one in told):
        raise NotArticleError("each sentence leads to the whole story", url=url)


def _is_of_others(page: Page, text: Text, title: Title | None) -> bool:
    """Whether most of a text stands under a heading of other stories, and no header above that."""
    line = title.line if title is not None and title.line is not None else -1
    begin = max(line + 1, text.first - _AHEAD, 0)
    heading = next(
        (at for at in range(begin, text.lines[-1]) if heads_links(page.lines[at].text)), None
    )
    if heading is None or any(is_header(one.text) for one in page.lines[begin:heading]):
        return False
    sizes = [(at, len(page.lines[at].text)) for at in text.lines]
    own = sum(size for at, size in sizes if at < heading)
    return own < _SHORT and own < sum(size for at, size in sizes if at > heading)


def _stops_at_gate(page: Page, text: Text) -> bool:
    """Whether a text breaks off (……) right before what the rest of it costs."""
    last = text.lines[-1]
    return text.paragraphs[-1].endswith(("…", "...")) and any(
        asks_reader(line.text) for line in page.lines[last + 1 : last + 1 + _OPENING]
    )


def _leads_to_columns(page: Page) -> bool:
    """Whether a page is columns with their newest, each of which leads on (更多): a topic's own."""
    return sum(1 for line in page.lines if _COLUMN.fullmatch(line.text)) >= _COLUMNS


def _is_outweighed(page: Page, text: Text) -> bool:
    """Whether a little text stands among many links."""
    size = sum(len(paragraph) for paragraph in text.paragraphs)
    return size < _SHORT and sum(line.linked for line in page.lines) > 8 * size


def check_article(
    source: str,
    page_title: str,
    page: Page,
    text: Text,
    title: Title | None,
    sure: float,
    url: str | None,
    *,
    credited: bool = False,
    told: bool = True,
    stated: bool = True,
) -> None:
    """Refuse a page whose little text is no article.

    ``credited``: title, day and 来源 stand together on it, as they do on no list.  ``told``: its
    title is printed, or it states a day, not only in its address (``stated``).
    """
    size = sum(len(paragraph) for paragraph in text.paragraphs)
    if title is not None and GONE.fullmatch(title.text):
        raise SoftNotFoundError(f"the page says {title.text[:40]!r}", url=url)
    if not told and _leads_to_columns(page):
        raise NotArticleError("columns that lead on, and neither headline nor day", url=url)
    if not credited and _is_of_others(page, text, title):
        raise NotArticleError("hardly a word of its own beside other stories", url=url)
    if not stated:
        _refuse_others(page_title, page, text, title, url)
    elif size < _SHORT and _stops_at_gate(page, text):
        raise TruncatedPageError("the text breaks off at a gate", url=url)
    walled = title is not None and len(title.text) <= _WALL_NAME and WALLS.holds(title.text)
    if size < _LITTLE and (sure < _SURE or walled):
        words = _seen(page)
        refuse_challenge(page_title, words, source, url)
        refuse_not_found(page_title, _said(page), url)
    if (
        text.lines[-1] >= len(page.lines) - 2
        and not text.paragraphs[-1].endswith(_SENTENCE_END)
        and is_cut_short(source)
    ):
        raise TruncatedPageError("the text breaks off with the page", url=url)
    outweighed = sure < _SURE and not credited and _is_outweighed(page, text)
    if sure < _UNSURE or outweighed:
        refuse_without_text(source, page_title, page, url)

"""Titles of links: the longest form that a list gives, without what is printed around it."""

import html
import re

from crawler.pages.lists.listdays import ends_like_a_day

SPACE = re.compile(r"[\s\u00a0]+")
# Joiners, marks of direction, soft hyphens: they print nothing, or a break that is not there.
INVISIBLE = re.compile(r"[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufe00-\ufe0f]+")
_ESCAPED = re.compile(r"&(?:#\d{2,6}|#x[0-9a-f]{2,6}|[a-z]{2,8}\d?);", re.IGNORECASE)
LEAST_TITLE = 5
_LONGEST_TITLE = 60


def printed(text: str) -> str:
    """One line without invisible characters and doubled spaces: as a reader sees it."""
    text = text.strip()
    if text.isprintable() and "  " not in text:
        return text
    # Line ends and joiners are not printable.
    return SPACE.sub(" ", INVISIBLE.sub("", text)).strip()


def clean_text(text: str) -> str:
    """A printed line, with entities that were escaped twice as the characters they name."""
    text = printed(text)
    if "&" in text and _ESCAPED.search(text):
        text = printed(html.unescape(text))
    return text


def offered_title(text: str) -> str:
    """Some lists put 标题, 作者 and 时间 into one ``title=``: only the first is the title."""
    found = _OFFERED.search(text) if ":" in text or "：" in text else None
    return found[1] if found else text


_OFFERED = re.compile(
    r"(?:标\s*题|题\s*目)\s*[:：]\s*(.+?)\s*(?:(?:作\s*者|来\s*源|发\s*布|更\s*新|时\s*间|日\s*期|点\s*击"
    r"|浏\s*览)[^:：]{0,4}[:：]|$)"
)
_ELLIPSIS = re.compile(r"(?:\.{2,}|…+)$")
_BULLETS = re.compile(r"^[\W_]+")


def is_whole_of(cut: str, whole: str) -> bool:
    """Whether ``cut`` is ``whole`` cut short, with or without an ellipsis or a bullet."""
    if len(whole) < len(cut) // 2:
        return False
    if cut == whole:
        return False
    stem = _ELLIPSIS.sub("", cut).rstrip()
    bare = _BULLETS.sub("", stem)
    if len(whole) <= len(bare):
        return False
    return whole.startswith(stem) or (len(bare) >= 4 and bare in whole)


SAYS_NOTHING = re.compile(
    r"^\W*(?:(?:继续|点击)阅读(?:更多|全文|原文)?\W*[“\"《].*|continue reading.*"
    r"|详细|详情|更多|查看(?:更多|详[细情]|全文)?|阅读(?:全文|更多)?|全文"
    r"|点击(?:查看|阅读|进入)\S{0,4}|进入|more|read more"
    r"|(?:阅读|浏览|点赞|评论)\s*[(（:：]?\s*\d*\s*[)）]?"
    r"|\d*\s*(?:条|个|篇)?(?:评论|点赞|回复|留言)|comments?|\d+\s*comments?|leave a comment)"
    r"\W*$",
    re.IGNORECASE,
)


CAPTION = re.compile(
    r"^图为|^[(（](?:资料|新华社)?(?:图片|照片)|(?:记者|通讯员|本报)\S{0,4}[\s:：]*\S{2,8}\s*(?:摄|供图)[)）]?$"
)
"""The words under a picture, which link to the article as well."""


def is_better_title(new: str, known: str) -> bool:
    """Whether another link to the same document has the better title.

    The whole of a cut one is better, any title is better than none or than [详细]; a longer
    text is not better by itself, for abstracts are links too.
    """
    if not new or SAYS_NOTHING.match(new) or (CAPTION.search(new) and known):
        return False
    if CAPTION.search(known):
        return len(new) >= LEAST_TITLE
    if len(known) < LEAST_TITLE or SAYS_NOTHING.match(known):
        return len(new) > len(known) or bool(SAYS_NOTHING.match(known))
    if len(known) > _LONGEST_TITLE >= len(new):
        return len(new) >= LEAST_TITLE
    return is_whole_of(known, new) and len(new) <= 2 * _LONGEST_TITLE


_BULLET = re.compile(r"[\s·•●■◆◇▪▶►★☆※\-–—>»|]+")
_BARS = re.compile(r"[\s|]+$")
_TAIL_DAY = re.compile(
    r"\s*[\[(（【]?\s*(?:(?:20\d\d[-/.年])?\d{1,2}[-/.月]\d{1,2}日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?)\s*[\])）】]?$"
)
_LABEL = re.compile(r"^(?:\[[^\[\]]{1,8}\]|\(\d{1,3}\)|\d{1,3}[、.]\s*(?=\D))\s*(?=\S{4,})")


def clean_title(title: str) -> str:
    """A title without bullets, row numbers, [column] labels and the day printed after it."""
    if bullet := _BULLET.match(title):
        title = title[bullet.end() :]
    if title[-1:].isspace() or title[-1:] == "|":
        title = _BARS.sub("", title)
    if label := _LABEL.match(title):
        title = title[label.end() :]
    shorter = _TAIL_DAY.sub("", title) if ends_like_a_day(title) else title
    # "两会 12-05" is a title; only a day after a real title is a day beside it.
    return shorter if len(shorter) >= 6 else title

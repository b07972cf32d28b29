"""Titles of links: the longest form that a list gives, without what is printed around it."""

import re

SPACE = re.compile(r"[\s\u00a0\u200b\ufeff]+")
LEAST_TITLE = 5
_LONGEST_TITLE = 60


def clean_text(text: str) -> str:
    """One line without zero-width and doubled spaces."""
    return SPACE.sub(" ", text).strip()


def offered_title(text: str) -> str:
    """Some lists put 标题, 作者 and 时间 into one ``title=``: only the first is the title."""
    found = re.search(
        r"(?:标题|题目)[:：]\s*(.+?)\s*(?:作者|来源|发布|时间|日期|点击)[^:：]{0,4}[:：]|标题[:：]\s*(.+)",
        text,
    )
    return (found[1] or found[2]) if found else text


def is_whole_of(cut: str, whole: str) -> bool:
    """Whether ``cut`` is ``whole`` cut short, with or without an ellipsis or a bullet."""
    stem = re.sub(r"(?:\.{2,}|…+|\.\.\.)$", "", cut).rstrip()
    bare = re.sub(r"^[\W_]+", "", stem)
    if len(whole) <= len(bare):
        return False
    return whole.startswith(stem) or (len(bare) >= 4 and bare in whole)


SAYS_NOTHING = re.compile(
    r"^\W*(?:详细|详情|更多|查看(?:更多|详[细情]|全文)?|阅读(?:全文|更多)?|全文"
    r"|点击(?:查看|阅读|进入)\S{0,4}|进入|more|read more)"
    r"\W*$",
    re.IGNORECASE,
)


def is_better_title(new: str, known: str) -> bool:
    """Whether another link to the same document has the better title.

    The whole of a cut one is better, any title is better than none or than [详细]; a longer
    text is not better by itself, for abstracts are links too.
    """
    if not new or SAYS_NOTHING.match(new):
        return False
    if len(known) < LEAST_TITLE or SAYS_NOTHING.match(known):
        return len(new) > len(known) or bool(SAYS_NOTHING.match(known))
    if len(known) > _LONGEST_TITLE >= len(new):
        return len(new) >= LEAST_TITLE
    return is_whole_of(known, new) and len(new) <= 2 * _LONGEST_TITLE


_BULLET = re.compile(r"^[\s·•●■◆◇▪▶►★☆※\-–—>»|]+|[\s|]+$")
_TAIL_DAY = re.compile(
    r"\s*[\[(（【]?\s*(?:(?:20\d\d[-/.年])?\d{1,2}[-/.月]\d{1,2}日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?)\s*[\])）】]?$"
)
_LABEL = re.compile(r"^(?:\[[^\[\]]{1,8}\]|\(\d{1,3}\)|\d{1,3}[、.]\s*(?=\D))\s*(?=\S{4,})")


def clean_title(title: str) -> str:
    """A title without bullets, row numbers, [column] labels and the day printed after it."""
    title = _BULLET.sub("", title)
    title = _LABEL.sub("", title)
    shorter = _TAIL_DAY.sub("", title)
    # "两会 12-05" is a title; only a day after a real title is a day beside it.
    return shorter if len(shorter) >= 6 else title

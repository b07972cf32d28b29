"""Boxes of a list page by their names: what is a side block, a heading, a row like another."""

import re
from collections.abc import Mapping

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BOXES = frozenset(("div", "ul", "ol", "dl", "table", "tbody", "section", "map", "nav", "aside"))
_VARYING = frozenset(
    [
        "first",
        "last",
        "odd",
        "even",
        "cur",
        "current",
        "active",
        "on",
        "hover",
        "clearfix",
        "cf",
        "clear",
        "fl",
        "fr",
        "left",
        "right",
    ]
)
_SIDE_NAME = re.compile(
    r"(?:^|[\s_-])(?:side(?:bar)?|aside|hot|rank\w*|ranking|top10|recommend\w*|tuijian|tj|relate\w*"
    r"|links?|yqlj|friend\w*|flink|footer|foot|bottom|nav\w*|menu\w*|crumbs?|bread\w*|header|topbar"
    r"|copyright|banner|ads?|advert\w*|hotnews|paihang)(?=$|[\s_-])",
    re.IGNORECASE,
)


SIDES = frozenset(("nav", "aside", "footer"))


def heads(tokens: list[str]) -> bool:
    """Whether the innermost boxes, by their tokens, are a heading's."""
    return not HEADINGS.isdisjoint(tokens[-3:])


_NAMED: dict[tuple[str, str | None, str | None], tuple[str, bool]] = {}
MOST_NAMED = 20_000


def named(tag: str, attributes: Mapping[str, str | None]) -> tuple[str, bool]:
    """An element's structure token and whether it is a side block by its name.

    Pages repeat a few names thousands of times, so both are kept, up to a bound.
    """
    key = (tag, attributes.get("class"), attributes.get("id"))
    known = _NAMED.get(key)
    if known is None:
        is_side = tag in SIDES or bool(
            tag in _BOXES
            and (key[1] or key[2])
            and _SIDE_NAME.search(f"{key[1] or ''} {key[2] or ''}")
        )
        known = (_token(tag, key[1]), is_side)
        if len(_NAMED) >= MOST_NAMED:
            _NAMED.clear()
        _NAMED[key] = known
    return known


_TAIL_NUMBER = re.compile(r"[\d_-]+$")


def _token(tag: str, name: str | None) -> str:
    """A box with its first steady class; rows and inline elements by their tag alone."""
    if name and tag in _BOXES:
        for word in name.lower().split():
            word = _TAIL_NUMBER.sub("", word)
            if word and word not in _VARYING:
                return f"{tag}.{word}"
    return tag


_HEADLIKE = HEADINGS | {"p", "span", "em", "b", "strong", "i", "dt", "font", "a"}
_HEAD_NAME = re.compile(r"tit|hd|head|top|bt|bar|caption", re.IGNORECASE)


def box_depth(tokens: list[str]) -> int:
    """The depth of the box around a heading in which the walk stands."""
    depth = len(tokens)
    while depth > 1 and (tokens[depth - 1] in _HEADLIKE or _HEAD_NAME.search(tokens[depth - 1])):
        depth -= 1
    return depth

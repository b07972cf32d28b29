"""Title, day, outlet and author that a script's data give with a text: its header as printed.

A page that a script fills keeps the article in an object (``{title, source, pubTime, content}``);
objects beside it, a hot list's, have titles of their own.
"""

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime

from storage.records import SHANGHAI

_OBJECT_CHARS = 6_000
"""Characters before and behind a string among which the rest of its object is looked for."""
_FIELDS = {
    **dict.fromkeys(("title", "headline", "doctitle", "newstitle", "articletitle"), "title"),
    **dict.fromkeys(("source", "sourcename", "medianame", "copyfrom", "docsource"), "outlet"),
    **dict.fromkeys(("author", "authors", "authorname", "writer", "reporter"), "author"),
    **dict.fromkeys(
        ("pubtime", "publishtime", "pubdate", "publishdate", "releasetime", "displaytime"), "day"
    ),
}
_FIELD = re.compile(
    rf"(?<![\w-])[\"']?({'|'.join(_FIELDS)})[\"']?\s*:\s*\[?\s*"
    r"(?:\{[^{}]{0,80}?[\"']?name[\"']?\s*:\s*)?"
    r"(?:([\"'])((?:[^\"'\\\n]|\\.){1,120})\2|(\d{10}(?:\d{3})?)\b)",
    re.I,
)
_LABELS = (("day", "发布时间"), ("outlet", "来源"), ("author", "作者"))


def header_beside(script: str, begin: int, end: int, unescaped: Callable[[str], str]) -> str:
    """The header of the object that holds the string ``script[begin:end]``, as markup.

    Empty where the object names no title.  ``unescaped`` resolves a string's escapes.
    """
    own = _object_round(script, begin, end)
    values: dict[str, str] = {}
    for found in _FIELD.finditer(own):
        if own.count("{", 0, found.start()) - own.count("}", 0, found.start()) != 1:
            continue  # of an object within it: a column's title, a hot list's
        words = unescaped(found[3]) if found[3] else _day_of(found[4])
        if words.strip():
            values.setdefault(_FIELDS[found[1].lower()], html.escape(words.strip()))
    if "title" not in values:
        return ""
    line = "  ".join(f"{label}：{values[key]}" for key, label in _LABELS if key in values)
    header = f'<div class="info">{line}</div>' if line else ""
    return f'<h1 class="title">{values["title"]}</h1>{header}'


def _object_round(script: str, begin: int, end: int) -> str:
    """What an object says beside one of its strings; empty where its borders are too far off."""
    depth = 0
    opened = begin
    while depth >= 0:
        opened -= 1
        if opened < max(0, begin - _OBJECT_CHARS):
            return ""
        depth += (script[opened] == "}") - (script[opened] == "{")
    depth = 0
    closed = end
    while depth >= 0 and closed < min(len(script), end + _OBJECT_CHARS):
        depth += (script[closed] == "{") - (script[closed] == "}")
        closed += 1
    return f"{script[opened:begin]}\n{script[end:closed]}" if depth < 0 else script[opened:begin]


def _day_of(seconds: str) -> str:
    """An epoch in seconds or milliseconds as the minute in Shanghai that it is."""
    at = datetime.fromtimestamp(int(seconds[:10]), UTC).astimezone(SHANGHAI)
    return f"{at:%Y-%m-%d %H:%M}"

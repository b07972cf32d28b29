"""Text that a page holds where no reader sees it, for a script to show: brought into the page.

Scripts keep it in strings under many names and in many spellings (escapes, percent signs,
base64, JSON in a string, one string a paragraph), templates and text areas as they are, hidden
inputs and attributes escaped.  Only where the page as it stands has no text is it looked for.
"""

import base64
import binascii
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from crawler.pages.heldheader import header_beside

_HAN = re.compile(r"[\u4e00-\u9fff]")
_ENOUGH_HAN = 60
"""Characters of a text: what holds fewer is a caption or a description."""
_LONGEST = 400_000
_LITERAL = re.compile(
    r'"((?:[^"\\\n]|\\[\s\S])*)"'
    r"|'((?:[^'\\\n]|\\[\s\S])*)'"
    r"|`((?:[^`\\]|\\[\s\S])*)`"
)
_SCRIPT = re.compile(r"<script\b([^>]*)>([\s\S]*?)</script", re.I)
_AS_MARKUP = re.compile(r"type\s*=\s*[\"']?text/(?:html|template|plain|x-)", re.I)
_NO_SCRIPT = re.compile(r"src\s*=|ld\+json", re.I)
_HOLDER = re.compile(r"<(textarea|noscript|template|xmp)\b[^>]*>([\s\S]*?)</\1", re.I)
_LONG_VALUE = re.compile(r"=(?=\s*(?:\"([^\"]{120,})\"|'([^']{120,})'))")
_HOLDING = re.compile(r"\s(?:value|srcdoc|v-html|:?content|data-[\w-]+)\s*$")
"""What stands before such a value: asked of a page's hundred long values, not of each blank."""
_NAME_CHARS = 80
_MAY_HOLD = re.compile(r"[\u4e00-\u9fff]|\\u[4-9]|\\x|%u[4-9]|%E[4-9]|atob|ase64|&#x?\d", re.I)
_SPELT = re.compile(r"\\u[4-9]|\\x|%u[4-9]|%E[4-9]|atob|ase64|&#x?\d", re.I)
_KEYED = re.compile(
    r"(?:content|body|html|detail|text|article|news|zw|para\w*|data|innerHTML|write(?:ln)?|desc)\w*[\"']?\s*"
    r"(?:[:=]|\()[\s\w.(\[{]*$",
    re.I,
)
_NO_KEY = re.compile(
    r"(?:agreement|privacy|copyright|recommend|related|comment|share)\w*[\"']?\s*[:=]\s*$", re.I
)
_KEY_CHARS = 40
_IS_KEY = re.compile(r"\s*:")
_TOGETHER = re.compile(
    r"\s*\]?\s*,\s*\[?\s*$|\s*\+\s*$"
    r"|\s*\}\s*,\s*\{(?:\s*[\"']?\w+[\"']?\s*:\s*(?:[\"'][\w-]{0,16}[\"']|-?\d+|null|true|false)\s*,)*"
    r"\s*[\"']?\w+[\"']?\s*:\s*$"
)
_PERCENT = re.compile(r"%u[0-9a-fA-F]{4}|(?:%[0-9a-fA-F]{2}){3}")
_PERCENT_U = re.compile(r"%u([0-9a-fA-F]{4})")
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{200,}={0,2}")
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]))")
_CODED_WHOLE = re.compile(r"\s*%(?:7B|5B)", re.I)
"""Data in percent signs as a whole, their quotes too."""
_HALF = re.compile("[\ud800-\udfff]")
_PLAIN_ESCAPES = {"n": "\n", "r": "", "t": "\t", "b": "", "f": "", "v": "", "0": "", "\n": ""}
_STOPS = re.compile(r"[，。！？；]")
_EMPTY = re.compile(r"<(div|section|article|span|td)\b[^>]*>\s*</\1>", re.I)
_TAGS = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a string stands: ``script[begin:end]``."""

    script: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Held:
    """A text that a page holds: as markup, and where in the source its holder stands.

    ``place``: where it stands in its script; None outside of one.
    """

    markup: str
    at: int
    han: int
    keyed: bool
    place: _Place | None = None


@dataclass(frozen=True, slots=True)
class _Words:
    """A string of a script: ``keyed`` as a text is."""

    words: str
    keyed: bool
    place: _Place


def with_held_text(source: str, title: str) -> str | None:
    """The page's source with the text that it holds printed on it; None where it holds none.

    ``title`` as the page prints it, or ``""``: the text goes into the first empty element behind
    it, else where its holder stands.
    """
    best = max(_held(source), key=lambda held: (held.keyed, held.han), default=None)
    if best is None:
        return None
    begin = max(0, source.find(title, source.find("<body") + 1)) if title else 0
    empty = _EMPTY.search(source, begin) if begin else None
    if empty is not None and empty.start() - begin < 4_000:
        at = source.find(">", empty.start()) + 1
    elif best.at > begin:
        at = best.at
    else:
        at = source.rfind("</body")
        at = len(source) if at < 0 else at
    header = ""
    if not title and best.keyed and (place := best.place) is not None:
        header = header_beside(place.script, place.begin, place.end, _unescaped)
    shown = f'{header}<div style="white-space:pre-wrap">{best.markup}</div>'
    return f"{source[:at]}{shown}{source[at:]}"


def _held(source: str) -> Iterator[Held]:
    for found in _HOLDER.finditer(source):
        words = (
            found[2] if found[1].lower() in ("noscript", "template") else html.unescape(found[2])
        )
        yield from _as_held(words, found.start(), keyed=True)
    behind = 0
    for found in _LONG_VALUE.finditer(source):
        at = found.start()
        named = _HOLDING.search(source, max(behind, at - _NAME_CHARS), at)
        if named is None:
            continue
        behind = max(found.end(1), found.end(2)) + 1
        opened = max(0, source.rfind("<", 0, named.start()))
        if source[opened : opened + 5].lower() != "<meta":
            yield from _as_held(html.unescape(found[1] or found[2]), opened, keyed=True)
    for found in _SCRIPT.finditer(source):
        if _NO_SCRIPT.search(found[1]) or not _MAY_HOLD.search(found[2]):
            continue
        if _AS_MARKUP.search(found[1]):
            yield from _as_held(found[2], found.start(), keyed=True)
        elif len(found[2]) <= _LONGEST and _may_hold(found[2]):
            script = unquote(found[2]) if _CODED_WHOLE.match(found[2]) else found[2]
            for held in _strings(script):
                yield from _as_held(held.words, found.start(), keyed=held.keyed, place=held.place)


def _may_hold(script: str) -> bool:
    """Whether a script's strings may hold a text: so many characters, or ways to spell them."""
    return _SPELT.search(script) is not None or (
        ("，" in script or "。" in script) and len(_HAN.findall(script)) >= _ENOUGH_HAN
    )


def _as_held(words: str, at: int, *, keyed: bool, place: _Place | None = None) -> Iterator[Held]:
    """What is enough of a text: sentences, not names or settings."""
    bare = _TAGS.sub("", words[:_LONGEST])
    han = len(_HAN.findall(bare))
    if han >= _ENOUGH_HAN and len(_STOPS.findall(bare)) >= 2:
        yield Held(_markup(words), at, han, keyed, place)


def _markup(words: str) -> str:
    if "&lt;" in words and "<" not in words:
        words = html.unescape(words)
    if "<" in words:
        return words
    return "".join(f"<p>{line}</p>" for line in words.splitlines() if line.strip())


def _strings(script: str) -> Iterator[_Words]:
    """The strings of a script with their escapes resolved, those of one list or sum together."""
    together: list[str] = []
    keyed = False
    last = begun = 0
    for found in _LITERAL.finditer(script):
        between = script[last : found.start()]
        if _IS_KEY.match(script, found.end()) and together:
            yield from _decoded("".join(together), _Place(script, begun, last), keyed=keyed)
            together = []
        literal = found[1] or found[2] or found[3] or ""
        if not (together and len(between) < 200 and _TOGETHER.fullmatch(between)):
            if together:
                yield from _decoded("".join(together), _Place(script, begun, last), keyed=keyed)
            together = []
            begun = found.start()
            before = script[max(0, begun - _KEY_CHARS) : begun]
            keyed = _KEYED.search(before) is not None and _NO_KEY.search(before) is None
        elif "+" not in between:
            together.append("\n")
        last = found.end()
        together.append(_unescaped(literal))
    if together:
        yield from _decoded("".join(together), _Place(script, begun, last), keyed=keyed)


def _unescaped(literal: str) -> str:
    if "\\" not in literal:
        return literal
    words = _ESCAPE.sub(_character, literal)
    if _HALF.search(words):  # beyond U+FFFF scripts spell a character as two
        words = words.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    return words


def _character(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    if code:
        point = int(code, 16)
        return chr(point) if point < 0x110000 else ""
    return _PLAIN_ESCAPES.get(found[4], found[4])


def _decoded(words: str, place: _Place, *, keyed: bool) -> Iterator[_Words]:
    """The string at ``place``, and what it spells: percent signs, base64, JSON."""
    if len(words) < _ENOUGH_HAN:
        return
    if _PERCENT.search(words):
        words = _PERCENT_U.sub(lambda code: chr(int(code[1], 16)), words)
        words = unquote(words, errors="replace")
    elif _BASE64.fullmatch(words):
        try:
            words = base64.b64decode(words, validate=False).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            return
        if _PERCENT.search(words):
            words = unquote(words, errors="replace")
    if words[:1] in "{[" and len(words) <= _LONGEST:
        try:
            value = json.loads(words)
        except (ValueError, RecursionError):
            value = None
        if value is not None:
            yield from _strings(json.dumps(value, ensure_ascii=False))
            return
    yield _Words(words, keyed, place)

"""Words as a reader sees them: without invisible characters, entities written out once.

A CMS that escapes what is escaped already prints ``&ldquo;``; a page against copying strews
characters of no width into its words.
"""

import html
import re

INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u202a\u202c\u202d\u202e\u180e"
"""Characters of no width: no word of a Chinese text needs one."""
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_ENTITY = re.compile(r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|[a-zA-Z]{2,8}\d{0,2});")
_TAG = re.compile(
    r"</?(?:p|br|div|span|strong|b|font|h\d|img|a|section|li|ul|ol|em)\b[^<>]{0,300}>", re.I
)
_MARKUP = ("</p>", "<p>", "<br", "<p ", "</div>", "</span>", "</P>", "</font>", "</strong>")


def needs_cleaning(text: str) -> bool:
    """Whether a text holds characters of no width, or entities that were escaped twice."""
    if "&" in text and _ENTITY.search(text):
        return True
    return any(char in text for char in INVISIBLE)


def plain(text: str) -> str:
    """The words without characters of no width, an entity written out replaced by its character."""
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    return _INVISIBLE.sub("", text)


def prints_markup(text: str) -> bool:
    """Whether tags stand among the words that a reader sees."""
    return "<" in text and any(mark in text for mark in _MARKUP)


def without_tags(text: str) -> str:
    """The words of a value in which a CMS has left markup (``<font color=red>`` in a title)."""
    return _TAG.sub("", text) if "<" in text else text


_RAW = re.compile(r"<(/?)(?:xmp|listing|plaintext)\b[^>]*>", re.I)
_ESCAPED_TAG = re.compile(
    r"&(?:amp;)?(?:lt|#60|#x3c);(/?(?:p|br|div|span|strong|b|font|h[1-6]|img|a|section|li|ul|ol|em|u|i)"
    r"\b(?:(?!&(?:amp;)?(?:gt|#62|#x3e);)[^<>]){0,400})&(?:amp;)?(?:gt|#62|#x3e);",
    re.I,
)


def with_markup(source: str) -> str:
    """A page's source in which markup that was escaped, and so printed, is markup again."""
    source = _RAW.sub(r"<\1pre>", source)
    return _ESCAPED_TAG.sub(lambda tag: f"<{html.unescape(html.unescape(tag[1]))}>", source)


_SECTION, _SECTION_END = "<![CDATA[", "]]>"
_OF_SCRIPTS = ("//", "/*")


def without_sections(source: str) -> str:
    """A page's source without the marks of CDATA sections, which HTML takes for comments.

    Those behind ``//`` or ``/*`` belong to scripts and stay.
    """
    parts: list[str] = []
    begin = 0
    at = source.find(_SECTION)
    while at >= 0:
        end = source.find(_SECTION_END, at)
        if not source[max(0, at - 8) : at].rstrip().endswith(_OF_SCRIPTS):
            parts.append(source[begin:at])
            begin = at + len(_SECTION)
            if end >= 0:
                parts.append(source[begin:end])
                begin = end + len(_SECTION_END)
        at = source.find(_SECTION, max(begin, at + 1))
    return " ".join([*parts, source[begin:]]) if parts else source

"""Markup that swallows the text behind it, opened."""

import re

_ANCHORS = re.compile(r"<(/?)a(?=[\s>])[^<>]*>", re.I)
_PARAGRAPHS = re.compile(r"<(?:p|h[1-6])\b", re.I)
_SWALLOWING = ("textarea", "noscript", "style", "script", "title", "xmp")


def repaired(source: str) -> str:
    """A page's source whose unclosed comments and raw-text elements are open to the reader.

    A comment or a ``textarea`` that is never closed hides all that follows; a link that is never
    closed makes one link of it.
    """
    for begin, end in reversed(_unclosed_links(source)):
        source = source[:begin] + source[end:]
    if source.rfind("<!--") > source.rfind("-->"):
        at = source.rfind("<!--")
        source = source[:at] + source[at + 4 :]
    lowered = source.lower()
    for tag in _SWALLOWING:
        opened, closed = lowered.rfind(f"<{tag}"), lowered.rfind(f"</{tag}")
        if opened > closed:
            end = source.find(">", opened)
            if end > 0:
                source = source[:opened] + source[end + 1 :]
                lowered = source.lower()
    return source


def _unclosed_links(source: str) -> list[tuple[int, int]]:
    """Where links begin, and their tags end, that hold headings or paragraphs and never close."""
    tags = list(_ANCHORS.finditer(source))
    found = []
    for at, tag in enumerate(tags):
        behind = tags[at + 1] if at + 1 < len(tags) else None
        if tag[1] or (behind is not None and behind[1]):
            continue
        end = behind.start() if behind is not None else len(source)
        if len(_PARAGRAPHS.findall(source, tag.end(), end)) > 1:
            found.append(tag.span())
    return found


def swallows(body: bytes) -> bool:
    """Whether a page's bytes hold such markup: only then can repairing it bring a text back."""
    if body.rfind(b"<!--") > body.rfind(b"-->"):
        return True
    lowered = body.lower()
    if lowered.count(b"<a ") > lowered.count(b"</a") and _unclosed_links(
        body.decode("latin-1")  # only tags are looked at
    ):
        return True
    return any(
        lowered.rfind(f"<{tag}".encode()) > lowered.rfind(f"</{tag}".encode())
        for tag in _SWALLOWING
    )

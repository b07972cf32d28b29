"""Markup that swallows the text behind it, opened."""

_SWALLOWING = ("textarea", "noscript", "style", "script", "title", "xmp")


def repaired(source: str) -> str:
    """A page's source whose unclosed comments and raw-text elements are open to the reader.

    A comment or a ``textarea`` that is never closed hides all that follows.
    """
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


def swallows(body: bytes) -> bool:
    """Whether a page's bytes hold such markup: only then can repairing it bring a text back."""
    if body.rfind(b"<!--") > body.rfind(b"-->"):
        return True
    lowered = body.lower()
    return any(
        lowered.rfind(f"<{tag}".encode()) > lowered.rfind(f"</{tag}".encode())
        for tag in _SWALLOWING
    )

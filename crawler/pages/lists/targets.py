"""Where links lead: the absolute address that a browser would ask for.

Browsers take a backslash for a slash, drop line ends and outer blanks, and send the characters
of a query in the page's own charset (of a path in UTF-8): WHATWG URL Standard, 4.4 and 5.2.
"""

import re
from urllib.parse import quote, urljoin, urlsplit

from crawler.pages.raw.urls import canonical_url

_SCRIPT_TARGET = re.compile(
    r"(?:location(?:\.href)?\s*=\s*|location\.(?:assign|replace)\(\s*|window\.open\(\s*"
    r"|^javascript:\s*\w+\(\s*|\w+\(\s*)['\"]"
    r"([^'\"\s]+?(?:\.\w{2,6}(?:\?[^'\"]*)?|/|\?[^'\"]+|/\w*\d{3,}))['\"]"
)
_DROPPED = re.compile(r"[\t\r\n]")
_PLAIN = re.compile(r"[\w~/?&=%;,+!$*@()'|\[\].:-]*", re.ASCII)
_ORDINARY = re.compile(
    r"(https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?=[/?]|$))?[\w~/?&=%;,+!$*@()'|\[\]._-]+",
    re.ASCII | re.IGNORECASE,
)
"""What most links are: nothing in it to be coded, dropped or resolved."""
_HTTP = re.compile(r"https?:/{2}(?=\w)", re.IGNORECASE)
_SOUND = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?=[/?]|$)", re.IGNORECASE)
_SCHEME = re.compile(r"[a-zA-Z][\w+.-]*:")
_WIDE = re.compile(r"[^\x00-\x7f]+")
_UNICODE = frozenset(("utf-8", "utf-16", "utf-16-le", "utf-16-be"))


def script_target(script: str) -> str | None:
    """The address that a script opens (``window.open('a.html')``); None where it names none."""
    if "postback" in script.lower():
        return None
    found = _SCRIPT_TARGET.search(script.strip())
    return found[1] if found else None


class Targets:
    """Makes the addresses of one page absolute; ``base`` is what they are relative to."""

    def __init__(self, url: str, base_href: str | None, encoding: str) -> None:
        self._encoding = encoding
        self._known: dict[str, str | None] = {}
        self._set_base(url)
        if base_href:
            self._set_base(self.absolute(base_href) or url)
            self._known.clear()

    def _set_base(self, base: str) -> None:
        self.base = base
        parts = urlsplit(base)
        self._scheme = parts.scheme
        self._root = f"{parts.scheme}://{parts.netloc}"
        self._page = f"{self._root}{parts.path}"
        self._folder = f"{self._root}{parts.path.rpartition('/')[0]}/"
        self._is_plain = bool(_SOUND.match(base)) and base.isascii() and " " not in base

    def absolute(self, target: str) -> str | None:
        """The http address without its fragment; None for any other scheme or a broken one."""
        try:
            return self._known[target]
        except KeyError:
            url = self._known[target] = self._ordinary(target) or self._absolute(target)
            return url

    def _ordinary(self, target: str) -> str | None:
        """The address behind an ordinary link; None where it takes a closer look."""
        found = _ORDINARY.fullmatch(target) if self._is_plain else None
        if found is None:
            return None
        if target.startswith("./"):
            target = target[2:]
        if "./" in target or target[-1:] == "." or ".?" in target or target[:1] in ("", "?"):
            return None
        if found[1]:
            return target
        if target[0] == "/":
            return None if target[:2] == "//" else f"{self._root}{target}"
        return f"{self._folder}{target}"

    def _absolute(self, target: str) -> str | None:
        target = _DROPPED.sub("", target).strip().partition("#")[0]
        address, question, query = target.partition("?")
        if "\\" in address:
            target = address.replace("\\", "/") + question + query
        try:
            url = self._join(target).replace(" ", "%20")
            if question and self._encoding not in _UNICODE and not url.isascii():
                url = self._in_charset(url)
            if not _SOUND.match(url):
                canonical_url(url)
        except ValueError:
            return None  # mailto:, a port of six digits, a host that no name server could know
        return url

    def _join(self, target: str) -> str:
        """``urljoin`` without its price for the ordinary forms."""
        path = target.partition("?")[0]
        if not _PLAIN.fullmatch(target):
            return urljoin(self.base, target)
        while path.startswith("./"):
            path, target = path[2:], target[2:]
        if "./" in path or path.endswith((".", "..")):
            return urljoin(self.base, target)
        if _HTTP.match(target):
            return target
        if path.startswith("//"):
            return f"{self._scheme}:{target}"
        if path.startswith("/"):
            return f"{self._root}{target}"
        if not path:
            return f"{self._page}{target}" if target else urljoin(self.base, target)
        if ":" in path or _SCHEME.match(path):
            return urljoin(self.base, target)
        return f"{self._folder}{target}"

    def _in_charset(self, url: str) -> str:
        """The query's own characters as bytes of the page's charset, as browsers send them."""
        address, question, query = url.partition("?")
        coded = _WIDE.sub(
            lambda found: quote(found[0].encode(self._encoding, "xmlcharrefreplace")), query
        )
        return address + question + coded

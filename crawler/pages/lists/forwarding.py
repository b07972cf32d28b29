"""Whether a page sends its reader to another one by itself, by a refresh in its head."""

import re
from urllib.parse import urldefrag

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.pages.raw.urls import canonical_url
from crawler.pages.values.parts import absolute

_CONTENT = re.compile(r"\s*(\d*)[\d.]*\s*[;,]\s*(?:url\s*=\s*)?[\"']?([^\"'\s>]+)", re.IGNORECASE)
"""HTML's shared declarative refresh: seconds, then an address with ``url=`` or without."""
SOON = 10
"""Seconds: a page that waits longer is to be read first; lists load themselves anew so."""


def forwarded_to(body: bytes, url: str) -> str | None:
    """The other address that a page in ASCII-compatible bytes sends its reader to; None for none.

    Not where it does so only without scripts (``noscript``), nor where it loads itself anew.
    """
    lowered = body.lower()
    if b"refresh" not in lowered or b"http-equiv" not in lowered:
        return None
    for meta in LexborHTMLParser(body).css("meta[http-equiv][content]"):
        said = meta.attributes
        found = _CONTENT.match(said["content"] or "")
        if (said["http-equiv"] or "").strip().lower() != "refresh" or found is None:
            continue
        target = absolute(url, found[2])
        if target is None or int(found[1] or 0) > SOON or _without_scripts(meta):
            continue
        if canonical_url(urldefrag(target)[0]) != canonical_url(url):
            return target
    return None


def _without_scripts(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag == "noscript":
            return True
        parent = parent.parent
    return False

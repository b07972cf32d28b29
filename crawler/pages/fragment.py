"""The text of an article whose place is known: a field of a document, as HTML or plain text.

Nothing is searched for here and no page stands round it, so no heuristic of a page may judge it:
title, outlet and day are what the document declares them to be.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from selectolax.lexbor import LexborHTMLParser

from crawler.errors import TooShortError
from crawler.pages.layout.body import Body
from crawler.pages.layout.text import select_text
from crawler.pages.layout.tree import lay_out
from crawler.pages.layout.weights import Weights
from crawler.pages.pictures import images_of
from crawler.pages.quality import check_text
from crawler.pages.raw.charset import Decoded
from crawler.pages.values.credits import Credits, find_credits
from crawler.pages.values.head import Head
from crawler.pages.values.seen import Seen
from storage.records import Image

_TAG = re.compile(r"<[a-zA-Z/!]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """The paragraphs of a text joined by line feeds, its pictures, and who signs inside it."""

    text: str
    images: tuple[Image, ...]
    credits: Credits


def read_fragment(source: str, *, title: str, beside: Sequence[str] = (), url: str) -> Fragment:
    """Read the text that a field holds.

    ``title`` and ``beside`` (kicker, subtitle) are declared apart, so they are left out where
    the text prints them again.  ``url`` is what pictures are relative to.

    :raises PageError: when no text is left (TooShortError), or it is spoilt.
    """
    decoded = Decoded(source if _TAG.search(source) else _as_markup(source), "utf-8", 0)
    tree = LexborHTMLParser(decoded.text)
    page = lay_out(tree, decoded.text)
    whole = Body(0, 0, len(page.lines), 1.0, 0.0)
    weights = Weights(page)
    content = select_text(page, weights, whole, None, title, beside=beside) if page.lines else None
    if content is None or not content.paragraphs:
        raise TooShortError("no text in its field", url=url)
    check_text(decoded, content.paragraphs, url)
    return Fragment(
        text="\n".join(content.paragraphs),
        images=images_of(page, whole, None, url),
        credits=find_credits(
            Seen(tree, decoded.text, page, Head(), weights, url, None),
            title=None,
            end=len(page.lines),
            text=content,
        ),
    )


def _as_markup(text: str) -> str:
    """Plain text, whose line feeds part its paragraphs."""
    return "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())

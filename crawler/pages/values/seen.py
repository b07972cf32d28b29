"""What is known of a page before its values are read: handed along as one value."""

from dataclasses import dataclass
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser

from crawler.pages.layout.page import Page
from crawler.pages.layout.weights import Weights
from crawler.pages.values.head import Head


@dataclass(frozen=True, slots=True)
class Seen:
    """One page: parsed, laid out, weighed.

    ``source`` is its text as decoded, ``url`` its address or ``""``; ``now`` bounds what days are
    plausible, None does not bound them.
    """

    tree: LexborHTMLParser
    source: str
    page: Page
    head: Head
    weights: Weights
    url: str
    now: datetime | None

    @property
    def at(self) -> str | None:
        """The address for an error; None where none is known."""
        return self.url or None

"""What a page is laid out as: lines in boxes, pictures, and what is hidden.

A *line* is what a browser would set as one run of text between two block boundaries; a *box*
is a block element.  A box covers a contiguous range of lines, so that what a box holds is
always a slice.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from selectolax.lexbor import LexborNode

Attributes = dict[str, str | None]


class Box(NamedTuple):
    """One block element: its place in the tree and its lines ``[start, end)``."""

    index: int  # type: ignore[assignment]  # hides a tuple's own method, which nobody calls
    parent: int
    tag: str
    depth: int
    start: int
    end: int
    attributes: Attributes

    @property
    def name(self) -> str:
        """Class and id, lower case, separated by a space; few boxes of a page are ever asked."""
        given = self.attributes
        return _name_of(given.get("class"), given.get("id")) if given else ""


@lru_cache(maxsize=4096)
def _name_of(classes: str | None, own: str | None) -> str:
    return f"{classes or ''} {own or ''}".lower()


class Line(NamedTuple):
    """One run of text; ``pieces`` keeps the boundaries of inline elements inside it."""

    text: str
    pieces: tuple[str, ...]
    linked: int  # characters of ``text`` inside links
    box: int


class Picture(NamedTuple):
    """One ``img``: before or on line ``line``, its attributes, what it links to.

    ``offered`` is the address of a ``source`` before it.
    """

    line: int
    box: int
    attributes: Attributes
    offered: str
    href: str

    @property
    def source(self) -> str:
        """Its address: lazy loaders keep the real one beside a placeholder in ``src``."""
        return _address_of(self.attributes) or self.offered.strip()

    @property
    def alt(self) -> str:
        """Its words."""
        return " ".join((self.attributes.get("alt") or "").split())


@dataclass(frozen=True, slots=True)
class Fold:
    """A hidden element that holds text: it stands before line ``line``, in ``box``."""

    line: int
    box: int
    node: LexborNode
    stops: int  # full stops and commas in it


@dataclass(slots=True)
class Page:
    """The lines, boxes and pictures of one page in document order."""

    lines: list[Line] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    folds: list[Fold] = field(default_factory=list)
    starts: dict[int, int] = field(default_factory=dict)  # by box of an ol, its first number
    invisible_chars: int = 0  # of what is hidden, what a script may show when it has loaded
    invisible_stops: int = 0  # full stops and commas among those
    invisible_pictures: bool = False
    markup: bool = False  # tags are printed among the words

    def behind(self, box: int) -> int:
        """The index of the first box behind all that ``box`` holds."""
        if not box:  # the body, whose own boxes are no deeper than it is
            return len(self.boxes)
        depth = self.boxes[box].depth
        for index in range(box + 1, len(self.boxes)):
            if self.boxes[index].depth <= depth:
                return index
        return len(self.boxes)


_LAZY = frozenset(
    (
        *("data-original", "data-src", "data-lazy-src", "data-lazyload", "data-actualsrc"),
        *("data-echo", "data-url", "_src", "file", "original", "lay-src", "lazy-src"),
        *("data-lazy", "data-img", "data-imgsrc"),
    )
)
"""Where lazy loaders keep an address, each under its own name."""
_NO_ADDRESS = frozenset(
    (
        *("alt", "title", "class", "id", "style", "src", "srcset", "data-srcset", "sizes"),
        *("data-type", "width", "height", "border", "align", "onload", "onerror"),
    )
)
_IMAGE_FILE = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|bmp|avif)(?:[?!@]\S*)?", re.I)


def _address_of(attributes: Attributes) -> str:
    """The address of a picture under whatever name a lazy loader keeps it; else of ``src``."""
    source: str | None = None
    for key, value in attributes.items():
        if value and key not in _NO_ADDRESS:
            if key in _LAZY:
                source = value
                break
            if source is None and "." in value and _IMAGE_FILE.fullmatch(value):
                source = value
    if not source:
        of_set = attributes.get("srcset") or attributes.get("data-srcset") or ""
        source = first_of_set(of_set) or attributes.get("src") or ""
    return source.strip()


def first_of_set(srcset: str) -> str:
    """The first address of a ``srcset``; it is followed by a width or a density."""
    return srcset.split(",")[0].split()[0] if srcset.strip(", ") else ""

"""The links of a page in document order, and the days that stand beside them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from crawler.pages.lists.controls import ShortText
from crawler.pages.lists.linktitles import LEAST_TITLE, SAYS_NOTHING
from crawler.pages.lists.listdays import PrintedDay, may_be_day, printed_day


@dataclass(slots=True)
class Anchor:
    """One link: ``title`` is its best title, ``text`` what is printed, ``place`` its structure.

    ``year`` is that of the heading above; ``of_picture`` is a title that only a picture gives;
    ``under_more`` stands in a box that leads on to another column (更多>>).
    """

    url: str
    place: tuple[str, ...]
    in_side_block: bool
    node: LexborNode
    is_area: bool = False
    text: str = ""
    title: str = ""
    day: PrintedDay | None = None
    year: int | None = None
    of_picture: bool = False
    under_more: bool = False

    @property
    def is_titled(self) -> bool:
        """Whether a day beside it may be its own: no [column] label, no 详细, no comments."""
        title = self.title
        return (
            len(title) >= LEAST_TITLE
            and not _LABEL.match(self.text)
            and not SAYS_NOTHING.match(title)
        )


_LABEL = re.compile(r"^[\[【〔(（].{1,8}[\]】〕)）]$")


@dataclass(slots=True)
class Note:
    """A day printed outside all anchors; ``text`` is what it was read from."""

    day: PrintedDay
    text: str


@dataclass(slots=True)
class AnchorWalk:
    """Links and loose texts of a page in document order.

    ``events`` are the links and days as they stand; ``gaps`` the lowest depth of the tree that
    the walk touched before each of them, ``lowest`` that since the last one.
    """

    base: str
    anchors: list[Anchor] = field(default_factory=list)
    heading: str = ""
    year: int | None = None
    loose_texts: list[str] = field(default_factory=list)
    short_texts: list[ShortText] = field(default_factory=list)
    counted: list[tuple[str, Mapping[str, str | None]]] = field(default_factory=list)
    events: list[Anchor | Note] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)
    lowest: int = 0
    _pending: list[str] = field(default_factory=list)

    def meet(self, event: Anchor | Note, depth: int) -> None:
        """Note an event and the lowest depth touched since the one before."""
        self.gaps.append(min(self.lowest, depth))
        self.events.append(event)
        self.lowest = depth

    def note(self, day: PrintedDay, text: str, depth: int) -> None:
        """A day stands here, outside all anchors."""
        self.meet(Note(day, text), depth)
        self._pending = []

    def loose_text(self, text: str, depth: int) -> None:
        """Text outside all anchors: a day beside a link, or a page total."""
        self.loose_texts.append(text)
        # `<b>05</b><span>2024-12</span>` and `12<i>-</i>05` are one day in several nodes.
        self._pending = [*self._pending[-2:], text] if len(text) < 12 else [text]
        if len(self._pending) > 1 and not any(map(may_be_day, self._pending)):
            return
        for start in range(len(self._pending) - 1, -1, -1):
            joined = " ".join(self._pending[start:])
            day = printed_day(joined)
            if day:
                self.note(day, joined, depth)
                return

    def forget_pending(self) -> None:
        """An anchor ends a run of loose text."""
        self._pending = []

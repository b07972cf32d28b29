"""A question about words as a table: alternatives with an id, an example and a reason.

``tests/crawler/pages/test_tables.py`` takes each alternative away by its id: its example is then
decided otherwise, so an alternative that decides nothing cannot stay.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

from crawler.pages.rules.limits import Limit


@dataclass(frozen=True, slots=True)
class Rule:
    """One alternative: ``example`` is a text that it alone decides, ``why`` a word of why."""

    id: str
    pattern: str
    example: str
    why: str


class How(Enum):
    """Where in a text an alternative must stand."""

    ANYWHERE = "search"
    AT_THE_START = "match"
    WHOLE = "fullmatch"


class Table:
    """The alternatives of one question, asked as one pattern.

    ``frame`` holds what stands round each alternative, with ``{}`` in its place.  ``hint``: a
    cheap pattern for what every text of the kind holds; ``longest``: characters of such a text.
    """

    __slots__ = ("_ask", "_flags", "_frame", "_hint", "_how", "longest", "rules")

    def __init__(
        self,
        rules: Iterable[Rule],
        *,
        how: How,
        frame: str = "{}",
        hint: str = "",
        longest: Limit[int] | None = None,
        flags: re.RegexFlag = re.NOFLAG,
    ) -> None:
        self.rules = tuple(rules)
        self.longest = longest
        self._how, self._frame, self._flags = how, frame, flags
        self._hint = re.compile(hint).search if hint else None
        self._ask = self._asking(frozenset())

    def _asking(self, without: frozenset[str]) -> Callable[[str], re.Match[str] | None]:
        """The question asked of a text with all alternatives but those named."""
        left = "|".join(rule.pattern for rule in self.rules if rule.id not in without)
        pattern = re.compile(self._frame.replace("{}", f"(?:{left or '(?!)'})"), self._flags)
        ask: Callable[[str], re.Match[str] | None] = getattr(pattern, self._how.value)
        return ask

    def find(self, text: str) -> re.Match[str] | None:
        """The words that answer the question with yes; None for no."""
        if self.longest is not None and len(text) > self.longest.value:
            return None
        if self._hint is not None and self._hint(text) is None:
            return None
        return self._ask(text)

    def holds(self, text: str) -> bool:
        """Whether the answer is yes: ``find`` without a call, for it is asked of each line."""
        longest, hint = self.longest, self._hint
        if longest is not None and len(text) > longest.value:
            return False
        if hint is not None and hint(text) is None:
            return False
        return self._ask(text) is not None

    @contextmanager
    def without(self, *ids: str) -> Iterator[None]:
        """The table without some alternatives while a block runs, to see what they decide.

        For tests; of one thread.  ValueError for an id that the table does not hold.
        """
        unknown = set(ids) - {rule.id for rule in self.rules}
        if unknown:
            raise ValueError(f"no such rules: {sorted(unknown)}")
        asked = self._ask
        self._ask = self._asking(frozenset(ids))
        try:
            yield
        finally:
            self._ask = asked

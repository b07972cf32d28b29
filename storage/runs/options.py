"""What bounds a crawl: one value from the command line to the spider."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from storage.engine.tables import JsonValue
from storage.errors import OptionsError

BOUNDS = ("since", "until", "limit")
"""The options that leave something out on purpose."""
NAMES = frozenset({*BOUNDS, "full", "pages", "past"})
YES = frozenset({"1", "true", "yes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOptions:
    """The days of publication, the number of articles, and how far lists are followed.

    ``since`` and ``until`` are the first and last day of publication, in Asia/Shanghai;
    ``limit`` is the most articles that are fetched; ``full`` follows lists to their end
    although known articles are reached; ``pages`` is the most list pages of a list, where the
    declared number is not enough.  ``past`` says that what is old is expected: its flags are
    marked, and nobody is told of each.
    """

    since: date | None = None
    until: date | None = None
    limit: int | None = None
    full: bool = False
    pages: int | None = None
    past: bool = False

    @property
    def bounded(self) -> bool:
        """Whether they leave something out on purpose: such a run says nothing of its source."""
        return self.since is not None or self.until is not None or self.limit is not None

    def as_json(self) -> dict[str, JsonValue]:
        """What a run's row keeps: the options that are set, days as ISO 8601."""
        kept: dict[str, JsonValue] = {}
        if self.since is not None:
            kept["since"] = self.since.isoformat()
        if self.until is not None:
            kept["until"] = self.until.isoformat()
        if self.limit is not None:
            kept["limit"] = self.limit
        if self.full:
            kept["full"] = True
        if self.pages is not None:
            kept["pages"] = self.pages
        if self.past:
            kept["past"] = True
        return kept

    def as_words(self) -> list[str]:
        """The words of a command line: ``--since 2021-01-01 --full``."""
        words: list[str] = []
        for name, value in self.as_json().items():
            words += [f"--{name}"] if value is True else [f"--{name}", str(value)]
        return words

    @classmethod
    def from_json(cls, kept: Mapping[str, object]) -> Self:
        """The options of a run's row, or of ``scrapy crawl -a``, where numbers are words too.

        :raises OptionsError: for a name that is none, or a value that it cannot have.
        """
        if unknown := kept.keys() - NAMES:
            raise OptionsError(min(unknown), kept[min(unknown)], "is no option of a crawl")
        return cls(
            since=_day("since", kept.get("since")),
            until=_day("until", kept.get("until")),
            limit=_number("limit", kept.get("limit")),
            full=str(kept.get("full", False)).lower() in YES,
            pages=_number("pages", kept.get("pages")),
            past=str(kept.get("past", False)).lower() in YES,
        )


def _day(name: str, value: object) -> date | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise OptionsError(name, value, "is no day; write it as YYYY-MM-DD") from None


def _number(name: str, value: object) -> int | None:
    if value in (None, ""):
        return None
    if not str(value).isdecimal() or int(str(value)) < 1:
        raise OptionsError(name, value, "is no number from 1 up")
    return int(str(value))

"""A declaration as it was worked out: its values, what they rest on, what is not certain."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crawler.sources.declaration import Source


@dataclass(slots=True, kw_only=True)
class Draft:
    """A declaration while it is made.

    ``options`` is the table of ``family``; ``seen`` says in words what was found and tested,
    ``unsure`` what an operator should look at.
    """

    id: str
    name: str
    region: str
    kind: str
    family: str
    homepage: str
    hosts: tuple[str, ...]
    options: dict[str, object]
    article_pattern: str | None = None
    outlets: tuple[str, ...] = ()
    listing_words: tuple[str, ...] = ()
    min_articles: int = 1
    max_days_silent: int = 7
    seen: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)

    def note(self, words: str) -> None:
        """Say what was found."""
        if words not in self.seen:
            self.seen.append(words)

    def doubt(self, words: str) -> None:
        """Say what is not certain."""
        if words not in self.unsure:
            self.unsure.append(words)

    def table(self) -> dict[str, object]:
        """The declaration as a TOML file would hold it, without what is at its default."""
        table: dict[str, object] = {
            "name": self.name,
            "region": self.region,
            "kind": self.kind,
            "family": self.family,
        }
        if self.outlets:
            table["outlets"] = list(self.outlets)
        table |= {"homepage": self.homepage, "hosts": list(self.hosts)}
        if self.article_pattern:
            table["article_pattern"] = self.article_pattern
        table[self.family] = self.options
        expect: dict[str, object] = {
            "min_articles": self.min_articles,
            "max_days_silent": self.max_days_silent,
        }
        if self.listing_words:
            expect["listing_words"] = list(self.listing_words)
        table["expect"] = expect
        return table

    def source(self) -> Source:
        """The declaration, checked.

        :raises pydantic.ValidationError: when it is not one that would load.
        """
        return Source.model_validate({"id": self.id, **self.table()})

    def toml(self, heading: str) -> str:
        """The file to write: what was found and what is not certain stand above it."""
        lines = [f"# {heading}"]
        lines += [f"# {words}" for words in self.seen]
        lines += [f"# unsure: {words}" for words in self.unsure]
        return "\n".join([*lines, *_lines(self.table())]) + "\n"


def _lines(table: Mapping[str, object], name: str = "") -> list[str]:
    """A table's own values, then its tables."""
    lines = [f"{key} = {_value(v)}" for key, v in table.items() if not isinstance(v, dict)]
    if name:
        lines = ["", f"[{name}]", *lines]
    for key, value in table.items():
        if isinstance(value, dict):
            lines += _lines(value, f"{name}.{key}" if name else key)
    return lines


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(_value, value))}]"
    words = str(value)
    if "\\" in words and "'" not in words and words.isprintable():
        return f"'{words}'"
    return json.dumps(words, ensure_ascii=False)

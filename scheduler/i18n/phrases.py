"""Fixed wordings with holes, and what to say for them: tables beside this module.

A row is the wording, then one column a language.  ``{}`` in a wording stands for any words;
``{kind}`` for a code of that kind, which is named in the language asked for.  What is said takes
the values in order, or as ``{0}``, ``{1}``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from scheduler.i18n import LANGUAGES, Words

_HOLE = re.compile(r"\{([a-z]*)\}")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A row: ``kinds`` are what its holes hold, empty for plain words; ``said`` by language."""

    wording: str
    pattern: re.Pattern[str]
    kinds: tuple[str, ...]
    said: dict[str, str]


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """The rows of a table: those without holes by their wording, the others as they are tried."""

    plain: dict[str, Phrase]
    others: tuple[Phrase, ...]

    def say(self, words: Words, given: str) -> str | None:
        """What to say for ``given`` in the language of ``words``; None for what no row fits."""
        if given in self.plain:
            return self.plain[given].said.get(words.language)
        for phrase in self.others:
            if found := phrase.pattern.fullmatch(given):
                values = [
                    words.name(kind, value) if kind else value
                    for kind, value in zip(phrase.kinds, found.groups(), strict=True)
                ]
                said = phrase.said.get(words.language)
                return None if said is None else said.format(*values)
        return None


@cache
def phrasebook(table: str) -> Phrasebook:
    """A table beside this module, which has a column for the first languages that we speak."""
    lines = (files(__package__) / table).read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    known = [_phrase(wording, said) for wording, *said in rows]
    plain = {one.wording: one for one in known if not one.kinds}
    # Of two that fit, the one that says more itself goes first.
    others = sorted((one for one in known if one.kinds), key=_fixed, reverse=True)
    return Phrasebook(plain, tuple(others))


def _fixed(phrase: Phrase) -> int:
    """Characters of a wording outside of its holes."""
    return len(_HOLE.sub("", phrase.wording))


def _phrase(wording: str, said: Sequence[str]) -> Phrase:
    parts = _HOLE.split(wording)
    kinds = tuple(parts[1::2])
    pattern = re.escape(parts[0])
    for kind, after in zip(kinds, parts[2::2], strict=True):
        pattern += (r"(\w+)" if kind else "(.+?)") + re.escape(after)
    return Phrase(wording, re.compile(pattern), kinds, dict(zip(LANGUAGES, said, strict=False)))


def recorded(words: Words, sentence: str) -> str | None:
    """What was recorded in English, in the language of ``words``; None where it stays English.

    A sentence is joined of parts by semicolons: each that is known is put in that language, a
    command in backquotes stays as it is, and so does a part that nobody knows.
    """
    book = phrasebook("recorded.tsv")
    parts = sentence.split("; ")
    said = [part if _COMMAND.fullmatch(part) else book.say(words, part) for part in parts]
    if None in said and (whole := book.say(words, sentence)):
        return whole
    if not any(one and not _COMMAND.fullmatch(one) for one in said):
        return None
    return "；".join(one or part for one, part in zip(said, parts, strict=True))


_COMMAND = re.compile(r"`[^`]+`")

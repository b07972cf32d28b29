"""What the rules of reading are called: evidence in words, its code beside it.

``rules.tsv`` has a row a rule: the code as `Evidence.rule` has it, its name in Chinese and in
English.  ``{}`` in a code stands for what the page said there; ``{about}`` and ``{refusal}`` for
a code of that kind, which is named too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from scheduler.i18n import LANGUAGES, Words
from storage.records import Genre

REQUIRED = "required."
"""Before a sign that no flag goes with, whatever the others weigh: see crawler/reading/genre."""

_HOLE = re.compile(r"\{([a-z]*)\}")
_OF_A_GENRE = re.compile(rf"(?:{'|'.join(Genre)})\.(.+)")


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: ``kinds`` are what its holes hold, empty for plain words; ``names`` by language."""

    code: str
    pattern: re.Pattern[str] | None
    kinds: tuple[str, ...]
    names: dict[str, str]


@cache
def rules() -> tuple[dict[str, Rule], tuple[Rule, ...]]:
    """The rules by their code, and those whose code has holes, in the order of the file."""
    lines = (files(__package__) / "rules.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    known = [_rule(code, names) for code, *names in rows]
    plain = {rule.code: rule for rule in known if rule.pattern is None}
    return plain, tuple(rule for rule in known if rule.pattern is not None)


def _rule(code: str, names: Sequence[str]) -> Rule:
    kinds = tuple(_HOLE.findall(code))
    parts = [re.escape(part) for part in _HOLE.split(code)[::2]]
    pattern = re.compile("(.+)".join(parts)) if kinds else None
    return Rule(code, pattern, kinds, dict(zip(LANGUAGES, names, strict=True)))


def reason(words: Words, code: str) -> str | None:
    """The name of a rule in the language of ``words``; None for a rule that nobody named."""
    sign = _OF_A_GENRE.fullmatch(code)
    if sign is None:
        return _named(words, code)
    required = sign[1].startswith(REQUIRED)
    name = _named(words, sign[1].removeprefix(REQUIRED))
    return words.say("no flag goes with this: %(sign)s", sign=name) if required and name else name


def _named(words: Words, code: str) -> str | None:
    plain, others = rules()
    if code in plain:
        return plain[code].names[words.language]
    for rule in others:
        if rule.pattern is not None and (found := rule.pattern.fullmatch(code)):
            values = [
                words.name(kind, value) if kind else value
                for kind, value in zip(rule.kinds, found.groups(), strict=True)
            ]
            return rule.names[words.language].format(*values)
    return None

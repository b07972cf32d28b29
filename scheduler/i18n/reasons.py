"""What the rules of reading are called: evidence in words, its code beside it.

``rules.tsv`` has a row a rule: the code as `Evidence.rule` has it, its name in Chinese and in
English.
"""

import re

from scheduler.i18n import Words
from scheduler.i18n.phrases import phrasebook
from storage.records import Genre

RULES = "rules.tsv"
REQUIRED = "required."
"""Before a sign that no flag goes with, whatever the others weigh: see crawler/reading/genre."""

_OF_A_GENRE = re.compile(rf"(?:{'|'.join(Genre)})\.(.+)")


def reason(words: Words, code: str) -> str | None:
    """The name of a rule in the language of ``words``; None for a rule that nobody named."""
    rules = phrasebook(RULES)
    sign = _OF_A_GENRE.fullmatch(code)
    if sign is None:
        return rules.say(words, code)
    required = sign[1].startswith(REQUIRED)
    name = rules.say(words, sign[1].removeprefix(REQUIRED))
    return words.say("no flag goes with this: %(sign)s", sign=name) if required and name else name

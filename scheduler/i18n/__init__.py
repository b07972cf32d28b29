"""What the console and the messages say, in Chinese and in English, kept as gettext catalogues.

A message is its English sentence; the name of a code is asked for as ``kind.code``
(``genre.ten_events``), so that no page ever shows the code itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from babel.support import NullTranslations

HERE = Path(__file__).parent
LANGUAGES = ("zh", "en")
"""The first one is spoken to whoever asks for none of them."""


class Catalogue(NullTranslations):
    """One language's messages; what is missing comes back as it was asked for."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        super().__init__()
        self.messages = dict(messages)

    def gettext(self, message: str) -> str:
        """The message in this language."""
        return self.messages.get(message) or message

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Sentences are written so that they need no plural."""
        return self.gettext(singular if number == 1 else plural)


@dataclass(frozen=True, slots=True)
class Words:
    """One language."""

    language: str
    catalogue: Catalogue

    def say(self, message: str, **values: object) -> str:
        """A sentence with its values."""
        sentence = self.catalogue.gettext(message)
        return sentence % values if values else sentence

    def name(self, kind: str, code: object) -> str:
        """What people call a code; the code itself where nobody named it."""
        value = code.value if isinstance(code, Enum) else str(code)
        key = f"{kind}.{value}"
        found = self.catalogue.gettext(key)
        return value if found == key else found

    def knows(self, kind: str, code: object) -> bool:
        """Whether a code has a name."""
        value = code.value if isinstance(code, Enum) else str(code)
        return f"{kind}.{value}" in self.catalogue.messages


@cache
def words_in(language: str) -> Words:
    """The words of a language; Chinese for one that we do not speak."""
    chosen = language if language in LANGUAGES else LANGUAGES[0]
    with (HERE / f"{chosen}.po").open("rb") as file:
        messages = {str(message.id): str(message.string) for message in read_po(file) if message.id}
    return Words(chosen, Catalogue(messages))


def negotiated(accept: str) -> str:
    """The language of an Accept-Language header that we speak; Chinese when it names none."""
    weighed: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept.split(",")[:20]):
        name, _, weight = part.strip().partition(";q=")
        language = name.split("-")[0].strip().lower()
        if language in LANGUAGES:
            weighed.append((-_number(weight), place, language))
    return min(weighed)[2] if weighed else LANGUAGES[0]


def _number(weight: str) -> float:
    try:
        return float(weight or 1)
    except ValueError:
        return 0.0

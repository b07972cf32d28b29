"""The weights of the signs, as learnt, and how likely they make each genre.

``weights.tsv`` has a row a sign and a column a genre, for whole texts and for first words;
``python -m tests.crawler.reading.genre.training`` writes it from the corpora of our own wording.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from crawler.reading.genre.signs import Sign
from storage.records import FLAGGED_GENRES, Genre

BASE = "base"
"""The row of what every publication shows."""
SHORT = "text.short"
"""The sign of a text too short to be whole: its own weights count then."""

Table = Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Weights:
    """What each sign adds to the logit of each genre; ``genres`` names the columns."""

    genres: tuple[Genre, ...]
    whole: Table
    short: Table

    def table(self, signs: Sequence[Sign]) -> Table:
        """The weights for a text that shows ``signs``."""
        return self.short if any(sign.name == SHORT for sign in signs) else self.whole

    def probabilities(self, signs: Sequence[Sign]) -> dict[Genre, float]:
        """How likely each genre is by ``signs``; a sign without a row counts nothing."""
        table = self.table(signs)
        sums = list(table[BASE])
        for sign in signs:
            row = table.get(sign.name)
            if row is not None:
                sums = [total + sign.value * cell for total, cell in zip(sums, row, strict=True)]
        highest = max(sums)
        powers = [math.exp(total - highest) for total in sums]
        whole = sum(powers)
        return {genre: p / whole for genre, p in zip(self.genres, powers, strict=True)}

    def contributions(
        self, signs: Sequence[Sign], genre: Genre, against: Genre
    ) -> list[tuple[Sign, float]]:
        """What each sign adds to the log-odds of ``genre`` over ``against``; nothing left out."""
        table = self.table(signs)
        first, second = self.genres.index(genre), self.genres.index(against)
        added = []
        for sign in signs:
            row = table.get(sign.name)
            if row is not None:
                added.append((sign, sign.value * (row[first] - row[second])))
        base = table[BASE]
        return [*added, (Sign(BASE, 1.0, "meta"), base[first] - base[second])]


def decide(odds: Mapping[Genre, float], *, may_flag: bool = True) -> Genre:
    """The genre that ``odds`` say.  A flag needs more than half of them: a tie never flags."""
    flag = may_flag and sum(odds[genre] for genre in FLAGGED_GENRES) > 0.5
    pool = [genre for genre in odds if (genre in FLAGGED_GENRES) == flag]
    return max(pool, key=lambda genre: odds[genre])


def read_weights(text: str) -> Weights:
    """The weights in a table as ``weights.tsv`` has it."""
    lines = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    header, *rows = lines
    tables: dict[str, dict[str, tuple[float, ...]]] = {"whole": {}, "short": {}}
    for kind, name, *cells in rows:
        tables[kind][name] = tuple(map(float, cells))
    return Weights(tuple(Genre(name) for name in header[2:]), tables["whole"], tables["short"])


@cache
def learnt() -> Weights:
    """The table kept beside this module."""
    return read_weights((files(__package__) / "weights.tsv").read_text("utf-8"))

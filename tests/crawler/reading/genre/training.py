"""Learn the weights of the signs of genre from the corpora of our own wording.

``python -m tests.crawler.reading.genre.training`` writes ``crawler/reading/genre/weights.tsv``
and prints what the same learning reads of each writer whom it did not see.  Multinomial
logistic regression with an L2 penalty.  Whole texts and first words (a title with a condensed
text, or none) have each their own weights, held together by shared ones: what a title says
means the same in both, how much it decides does not.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from crawler.reading.genre import model
from crawler.reading.genre.model import BASE, SHORT, Weights
from crawler.reading.genre.required import barred
from storage.records import FLAGGED_GENRES, Genre
from tests.crawler.reading.genre.corpora import Labelled, everything

Matrix = NDArray[np.float64]
PENALTIES = (1.0, 0.5, 2.0)
"""Of the shared weights, of what whole texts and what first words add: by held-out log-loss.

First words have few signs each and do better held closer to what all texts say.
"""
FEWEST = 3
"""A sign that fewer texts show is not learnt."""
GENRES = tuple(Genre)
TABLE = Path(model.__file__).with_name("weights.tsv")


@dataclass(frozen=True)
class Shown:
    """Texts as rows of signs, the last column the base; ``short`` marks first words."""

    names: tuple[str, ...]
    rows: Matrix
    genres: NDArray[np.int64]
    weights: Matrix
    short: NDArray[np.bool_]
    texts: tuple[Labelled, ...]

    def only(self, chosen: NDArray[np.bool_]) -> "Shown":
        """The texts that ``chosen`` marks."""
        texts = tuple(text for text, kept in zip(self.texts, chosen, strict=True) if kept)
        return Shown(
            self.names,
            self.rows[chosen],
            self.genres[chosen],
            self.weights[chosen],
            self.short[chosen],
            texts,
        )


def shown(texts: Sequence[Labelled]) -> Shown:
    """The signs of ``texts``; those that name no committee are left out."""
    found = [(text, signs) for text in texts if (signs := text.signs()) is not None]
    counts: dict[str, int] = {}
    for _, signs in found:
        for name in {sign.name for sign in signs}:
            counts[name] = counts.get(name, 0) + 1
    names = tuple(sorted(n for n, count in counts.items() if count >= FEWEST and n != SHORT))
    place = {name: index for index, name in enumerate(names)}
    rows = np.zeros((len(found), len(names) + 1))
    rows[:, -1] = 1.0
    for row, (_, signs) in enumerate(found):
        for sign in signs:
            if sign.name in place:
                rows[row, place[sign.name]] = sign.value
    return Shown(
        names,
        rows,
        np.array([GENRES.index(text.genre) for text, _ in found]),
        np.array([text.weight for text, _ in found]),
        np.array([any(sign.name == SHORT for sign in signs) for _, signs in found]),
        tuple(text for text, _ in found),
    )


def learn(data: Shown) -> Weights:
    """The weights that make the labels of ``data`` likeliest under the penalty."""
    rows = csr_matrix(
        np.hstack([data.rows, data.rows * ~data.short[:, None], data.rows * data.short[:, None]])
    )
    turned = csr_matrix(rows.T)  # a dozen signs of some 120 show: products of the rest are zero
    count, width = rows.shape
    wanted = np.eye(len(GENRES))[data.genres]
    penalty = np.repeat(PENALTIES, width // 3)[:, None]
    penalty[width // 3 - 1 :: width // 3] /= 100  # the bases

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        table = flat.reshape(width, len(GENRES))
        logits = rows @ table
        logits -= logits.max(axis=1, keepdims=True)
        odds = np.exp(logits)
        odds /= odds.sum(axis=1, keepdims=True)
        hits = np.log(odds[np.arange(count), data.genres] + 1e-12)
        slope = turned @ ((odds - wanted) * data.weights[:, None]) + penalty * table
        value = -(data.weights * hits).sum() + 0.5 * (penalty * table * table).sum()
        return float(value), slope.ravel()

    start = np.zeros(width * len(GENRES))
    done = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 400})
    shared, whole, short = done.x.reshape(3, width // 3, len(GENRES))
    names = (*data.names, BASE)
    return Weights(GENRES, _table(names, shared + whole), _table(names, shared + short))


def _table(names: Sequence[str], table: Matrix) -> dict[str, tuple[float, ...]]:
    return {
        name: tuple(round(float(cell), 3) for cell in row)
        for name, row in zip(names, table, strict=True)
    }


@dataclass(frozen=True)
class Score:
    """How labels were met: of the flags that were raised, and of those that were due."""

    texts: int
    precision: float
    recall: float
    accuracy: float


def score(pairs: Sequence[tuple[Genre, Genre]]) -> Score:
    """The score of (label, reading) pairs; 1.0 where nothing was due or raised."""
    due = [label in FLAGGED_GENRES for label, _ in pairs]
    raised = [read in FLAGGED_GENRES for _, read in pairs]
    both = sum(a and b for a, b in zip(due, raised, strict=True))
    return Score(
        len(pairs),
        both / sum(raised) if any(raised) else 1.0,
        both / sum(due) if any(due) else 1.0,
        sum(label is read for label, read in pairs) / len(pairs),
    )


def unseen(data: Shown, writer: str) -> list[tuple[Labelled, Genre, float]]:
    """What is read of ``writer`` by weights learnt from all others: genre and odds of a flag."""
    held = np.array([text.writer == writer for text in data.texts])
    weights = learn(data.only(~held))
    read = []
    for text in data.only(held).texts:
        signs = text.signs() or []
        odds = weights.probabilities(signs)
        genre = model.decide(odds, may_flag=barred(signs) is None)
        read.append((text, genre, sum(odds[genre] for genre in FLAGGED_GENRES)))
    return read


def write(weights: Weights, path: Path = TABLE) -> None:
    """The table of ``weights`` as data of the package."""
    lines = [
        "# What each sign adds to the logit of each genre: learnt, never set by hand.",
        "# Written by python -m tests.crawler.reading.genre.training; see docs/reading.md.",
        "\t".join(("text", "sign", *(genre.value for genre in weights.genres))),
    ]
    for kind, table in (("whole", weights.whole), ("short", weights.short)):
        for name, row in sorted(table.items()):
            lines.append("\t".join((kind, name, *(f"{cell:g}" for cell in row))))
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")


_BANDS = ((0.0, 0.2), (0.2, 0.5), (0.5, 0.65), (0.65, 0.8), (0.8, 0.9), (0.9, 0.97), (0.97, 1.01))


def calibration(read: Sequence[tuple[Labelled, Genre, float]]) -> list[str]:
    """How many of the unseen texts in each band of odds were to be flagged."""
    lines = []
    for low, high in _BANDS:
        due = [text.flagged for text, _, odds in read if low <= odds < high]
        if due:
            lines.append(f"    {low:.2f} to {min(high, 1):.2f}: {sum(due):>4} of {len(due):>4}")
    return lines


def main(asked: Sequence[str]) -> None:
    """Learn from everything; then hold out each writer named in ``asked``, or all of them."""
    started = datetime.now()  # noqa: DTZ005 - only a duration is printed
    data = shown(everything())
    write(learn(data))
    _say(f"{len(data.texts)} texts, {len(data.names)} signs")
    together: list[tuple[Labelled, Genre, float]] = []
    for writer in asked or dict.fromkeys(text.writer for text in data.texts):
        read = unseen(data, writer)
        together += read
        found = score([(text.genre, genre) for text, genre, _ in read])
        _say(
            f"{writer:<12}{found.texts:>5} texts unseen: flags {found.precision:.3f} / "
            f"{found.recall:.3f}, genre {found.accuracy:.3f}"
        )
        for text, genre, odds in read:
            if text.flagged != (genre in FLAGGED_GENRES):
                mark = " (unsure)" if text.unsure else ""
                _say(f"    {text.identity} {text.genre} read as {genre}, {odds:.2f}{mark}")
    _say("odds of a flag, and how many of them were due:")
    for line in calibration(together):
        _say(line)
    _say(f"{datetime.now() - started}")  # noqa: DTZ005 - the same


if __name__ == "__main__":
    main(sys.argv[1:])

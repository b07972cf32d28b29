"""The weights of topics, learnt from the labelled events of fixtures/corpus/topics.jsonl.

``python -m tests.crawler.reading.train_topics [--write]`` prints F1 in five-fold
cross-validation, and with ``--write`` learns from all and writes weights.json.

One logistic regression a topic; what pulls the weights is not zero but a prior: a topic's own
words speak for it.  The same data give the same weights.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: threads only wait

import numpy as np
from numpy.typing import NDArray

from crawler.reading.topics.topics import MAX_TOPICS, THRESHOLD, features
from crawler.reading.topics.words import TOPIC_KEYS
from crawler.reading.words.folding import fold

ROOT = Path(__file__).parents[3]
CORPUS = ROOT / "fixtures/corpus/topics.jsonl"
WEIGHTS = ROOT / "crawler/reading/topics/weights.json"
PULL = 0.003
ROUNDS = 500
STEP = 3.0
FOLDS = 5
OWN = (2.5, 2.0, 0.7, 0.7)  # the prior of a topic's own four features
NOTHING = -2.2  # and of the feature that is always one
LEAST = 0.03  # a smaller weight decides nothing

Matrix = NDArray[np.float64]


def corpus() -> tuple[Matrix, Matrix]:
    """Features and labels of every labelled event."""
    rows = [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines()]
    xs = [features(fold(row["heading"]).text, fold(row["body"]).text) for row in rows]
    ys = [[float(key in row["topics"]) for key in TOPIC_KEYS] for row in rows]
    return np.array(xs), np.array(ys)


def learn(xs: Matrix, ys: Matrix) -> Matrix:
    """The weights of each topic, a column each."""
    prior = np.zeros((xs.shape[1], ys.shape[1]))
    for place in range(ys.shape[1]):
        prior[4 * place : 4 * place + 4, place] = OWN
    prior[-1] = NOTHING
    weights = prior.copy()
    for _ in range(ROUNDS):
        wrong = 1 / (1 + np.exp(-xs @ weights)) - ys
        weights -= STEP * (xs.T @ wrong / len(xs) + PULL * (weights - prior))
    return weights


def chosen(scores: Matrix) -> NDArray[np.bool_]:
    """The topics that are given at these scores."""
    given = np.zeros(scores.shape, np.bool_)
    for row, line in enumerate(scores):
        best = [place for place in np.argsort(-line) if line[place] > THRESHOLD]
        given[row, best[:MAX_TOPICS]] = True
    return given


def f1(given: NDArray[np.bool_], ys: Matrix) -> float:
    """F1 over all topics together."""
    right = float((given & (ys > 0)).sum())
    return 2 * right / float(given.sum() + ys.sum())


def main(arguments: list[str]) -> None:
    """Cross-validate; write the weights where that is asked for."""
    xs, ys = corpus()
    order = np.random.RandomState(1).permutation(len(xs))
    scores = np.zeros(ys.shape)
    for part in range(FOLDS):
        left = order[part::FOLDS]
        scores[left] = xs[left] @ learn(np.delete(xs, left, 0), np.delete(ys, left, 0))
    given = chosen(scores)
    sys.stdout.write(f"{len(xs)} events, cross-validated F1 {f1(given, ys):.3f}\n")
    for place, key in enumerate(TOPIC_KEYS):
        one = f1(given[:, [place]], ys[:, [place]])
        sys.stdout.write(f"{key:28} {int(ys[:, place].sum()):4} {one:.2f}\n")
    if "--write" in arguments:
        weights = learn(xs, ys)
        table = {
            key: {
                str(row): round(float(weight), 2)
                for row, weight in enumerate(weights[:, place])
                if abs(weight) >= LEAST
            }
            for place, key in enumerate(TOPIC_KEYS)
        }
        text = ",\n".join(f"{json.dumps(key)}: {json.dumps(row)}" for key, row in table.items())
        WEIGHTS.write_text(f"{{\n{text}\n}}\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

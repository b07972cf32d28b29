"""How whole labelled texts are split into events and figures.

``python -m tests.crawler.reading.score_whole [--wrong] FILE.jsonl...`` prints one line a file.

Events: a text labelled ten_events is split exactly where the number of events and every
heading are those of the label, width, white space and marks at the ends left aside.  ``exact``
is the program's own way (its genre decides whether there are events at all), ``given`` splits
with the genre given, ``split`` counts the other texts that were given events.

Figures: a labelled figure is found where one of the program's has its value and unit, 万 and 亿
multiplied out and 百分点 and measure words told alike by their characters.  The labels name three
to eight figures a text, not all: so recall is over the labels, and precision over the figures
of the clauses in which a labelled one stands (``extra`` are the others there; many of them are
right and merely not labelled, so precision is a lower bound).  Scope, metric and qualifier are
over the labelled figures that were found.
"""

import json
import re
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crawler.reading import read_publication
from crawler.reading.publication import subject_of, with_list
from crawler.reading.selection.counts import counts_of
from crawler.reading.selection.events import select
from crawler.reading.words.folding import fold
from storage.records import Event, Figure, Reading
from tests.crawler.reading.batch import article_of

_ENDS = "。;,、:.!?…—-·| \t"
_MULTIPLIERS = {"万": 10**4, "亿": 10**8, "千万": 10**7, "百万": 10**6, "千": 10**3, "百": 10**2}


@dataclass
class Score:
    """Counts over the texts of one file."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def rate(self, part: str, whole: str) -> float | None:
        """A share rounded to three places; None of nothing."""
        of = self.counts[whole]
        return round(self.counts[part] / of, 3) if of else None


def same(words: str) -> str:
    """``words`` as they are compared."""
    words = re.sub(r"\s+", "", fold(unicodedata.normalize("NFKC", words)).text)
    return words.strip(_ENDS).replace("——", "—")


def exactly(events: tuple[Event, ...], headings: list[str]) -> bool:
    """Whether number and headings are those of the label."""
    return [same(event.heading) for event in events] == [same(words) for words in headings]


def label_of(figure: dict[str, Any]) -> tuple[float, str]:
    """Value and unit of a labelled figure, its multiplier taken out of the unit."""
    value, unit = float(figure["value"]), fold(figure["unit"] or "").text
    found = re.match(r"(千万|百万|[万亿千百])(?=\S)|[万亿]$", unit)
    if found:
        value *= _MULTIPLIERS[found.group()]
        unit = unit[found.end() :]
    return round(value, 4), unit


def read_of(figure: Figure) -> tuple[float, str]:
    """Value and unit of a figure that was read."""
    return round(figure.value, 4), fold(figure.unit).text


def _agree(read: tuple[float, str], label: tuple[float, str]) -> bool:
    units = {read[1], label[1]}
    alike = len(units) == 1 or units <= {"个百分点", "百分点"} or "" in units
    return alike and abs(read[0] - label[0]) < 1e-3


def score_events(
    score: Score, row: dict[str, Any], reading: Reading, given: tuple[Event, ...]
) -> None:
    """Count one text's events."""
    if row["label"] != "ten_events":
        score.counts["others"] += 1
        if reading.events:
            score.counts["split"] += 1
            heads = " / ".join(event.heading[:14] for event in reading.events)
            score.wrong.append(f"SPLIT {row['id']} {row['label']} {heads}")
        return
    score.counts["lists"] += 1
    score.counts["exact"] += exactly(reading.events, row["headings"])
    score.counts["headings"] += len(row["headings"])
    wanted = Counter(same(words) for words in row["headings"])
    found = Counter(same(event.heading) for event in given)
    score.counts["headings_right"] += (wanted & found).total()
    if exactly(given, row["headings"]):
        score.counts["given"] += 1
        return
    score.wrong.append(f"LIST {row['id']} {row['title']} n={row['n_events']}")
    score.wrong += [f"   - {w}" for w in row["headings"] if same(w) not in found]
    score.wrong += [f"   + {e.heading[:60]}" for e in given if same(e.heading) not in wanted]


def score_figures(score: Score, row: dict[str, Any], figures: tuple[Figure, ...]) -> None:
    """Count one text's figures."""
    left = list(figures)
    sentences = set()
    for label in row.get("figures") or []:
        score.counts["labels"] += 1
        value = label_of(label)
        matches = [f for f in left if _agree(read_of(f), value)]
        if not matches:
            score.wrong.append(f"MISSED {row['id']} {label}")
            continue
        words = set(label["metric"])
        match = max(
            matches,
            key=lambda f: (
                len(words & set(f.metric)),
                f.scope == label["scope"],
            ),
        )
        left.remove(match)
        sentences.add((match.sentence, match.event))
        score.counts["found"] += 1
        told = 2 * len(words & set(match.metric)) >= len(words)
        score.counts["metric"] += told
        qualified = (label["qualifier"] or None) == match.qualifier
        score.counts["qualifier"] += qualified
        scoped = match.scope == label["scope"]
        score.counts["scope"] += scoped
        if not scoped:
            score.counts[f"{label['scope']} as {match.scope}"] += 1
        if not (told and qualified and scoped):
            parts = [
                w for w, ok in (("metric", told), ("qual", qualified), ("scope", scoped)) if not ok
            ]
            score.wrong.append(
                f"FIGURE {row['id']} {'+'.join(parts)} {label} read {match.metric} "
                f"{match.value:g}{match.unit} {match.qualifier} {match.scope} | "
                f"{match.sentence}"
            )
    for figure in left:
        if (figure.sentence, figure.event) in sentences:
            score.counts["extra"] += 1
            score.wrong.append(
                f"EXTRA {row['id']} {figure.metric} {figure.value:g}{figure.unit} | "
                f"{figure.sentence}"
            )


def given_of(row: dict[str, Any]) -> tuple[Event, ...]:
    """The events of a text that is known to be a selection."""
    subject = with_list(subject_of(article_of(row)))
    title, text = subject.title.text, subject.text
    return select(
        text, counts_of(title, "", text.text, subject.stated, firmly=subject.stated_firmly), ()
    ).events


def score_file(path: Path) -> Score:
    """Read and score every text of ``path``."""
    score = Score()
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        reading = read_publication(article_of(row))
        score_events(score, row, reading, given_of(row) if row["label"] == "ten_events" else ())
        score_figures(score, row, reading.figures)
    return score


def summary(score: Score) -> dict[str, object]:
    """The rates of one file."""
    return {
        "lists": score.counts["lists"],
        "exact": score.rate("exact", "lists"),
        "given": score.rate("given", "lists"),
        "headings": score.rate("headings_right", "headings"),
        "split": f"{score.counts['split']} of {score.counts['others']}",
        "labels": score.counts["labels"],
        "recall": score.rate("found", "labels"),
        "extra": score.counts["extra"],
        "metric": score.rate("metric", "found"),
        "qualifier": score.rate("qualifier", "found"),
        "scope": score.rate("scope", "found"),
        "scopes": {name: n for name, n in sorted(score.counts.items()) if " as " in name},
    }


def main(arguments: list[str]) -> None:
    """Print the rates of each file, and what is wrong where that is asked for."""
    wrong = "--wrong" in arguments
    for name in arguments:
        if name.startswith("--"):
            continue
        score = score_file(Path(name))
        sys.stdout.write(f"{Path(name).stem} {json.dumps(summary(score), ensure_ascii=False)}\n")
        if wrong:
            sys.stdout.write("".join(f"{line}\n" for line in score.wrong))


if __name__ == "__main__":
    main(sys.argv[1:])

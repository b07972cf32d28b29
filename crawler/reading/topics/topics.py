"""Which topics an event or a section of a review is about, and the words that decided.

A topic's score is a sum: whether words that name it, or words that often go with it, stand in
heading and body, and whether those of other topics do, each with its learnt weight
(``weights.json``, made by ``python -m tests.crawler.reading.train_topics``).
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from crawler.reading.selection.parts import is_head, lines_of
from crawler.reading.topics.words import BESIDE, NAMED, NOT_MEANT, TOPIC_KEYS
from crawler.reading.words.folding import Folded, fold
from storage.records import Event, Topic

MAX_TOPICS = 3
MAX_BODY = 600
MAX_SECTIONS = 40
MIN_SECTIONS = 2
_MOST = 3  # more places of one kind say no more
_QUOTED_WORDS = 4

THRESHOLD = -0.9
"""The score from which a topic is given: chosen by cross-validation (docs/reading.md)."""


_ASKED = tuple(
    (NAMED[key].search, NAMED[key].findall, BESIDE[key].search, BESIDE[key].findall)
    for key in TOPIC_KEYS
)


def _shown(heading: str, body: str) -> dict[int, float]:
    """The features that are not nothing, by their number."""
    heading = NOT_MEANT.sub("#", heading)
    body = NOT_MEANT.sub("#", body[:MAX_BODY])
    shown: dict[int, float] = {}
    at = 0
    for named_in, named_all, beside_in, beside_all in _ASKED:
        if named_in(heading):
            shown[at] = 1.0
        if found := named_all(body):
            shown[at + 1] = min(_MOST, len(found)) / 2
        if beside_in(heading):
            shown[at + 2] = 1.0
        if found := beside_all(body):
            shown[at + 3] = min(_MOST, len(set(found))) / _MOST
        at += 4
    shown[at] = 1.0
    return shown


def features(heading: str, body: str) -> list[float]:
    """Four numbers a topic, in the order of TOPIC_KEYS, and a one: what ``weights`` weigh."""
    shown = _shown(heading, body)
    return [shown.get(number, 0.0) for number in range(4 * len(TOPIC_KEYS) + 1)]


@cache
def _weights() -> tuple[tuple[str, ...], dict[int, tuple[tuple[int, float], ...]]]:
    """The topics, and by the number of a feature what it weighs for the topic at each place;
    what weighs nothing is left out.
    """
    kept = json.loads(files("crawler.reading.topics").joinpath("weights.json").read_text("utf-8"))
    by_feature: dict[int, list[tuple[int, float]]] = {}
    for place, found in enumerate(kept.values()):
        for feature, weight in found.items():
            by_feature.setdefault(int(feature), []).append((place, weight))
    return tuple(kept), {feature: tuple(found) for feature, found in by_feature.items()}


@dataclass(frozen=True, slots=True)
class Given:
    """A topic that was given, with its score and the words that name it there."""

    key: str
    score: float
    words: tuple[str, ...]


def topics_of(heading: str, body: str) -> tuple[Given, ...]:
    """Zero to three topics of one folded text, most certain first."""
    keys, by_feature = _weights()
    sums = [0.0] * len(keys)
    for feature, value in _shown(heading, body).items():
        for place, weight in by_feature.get(feature, ()):
            sums[place] += weight * value
    scores = zip(sums, keys, strict=True)
    chosen = sorted((pair for pair in scores if pair[0] > THRESHOLD), reverse=True)[:MAX_TOPICS]
    found = (
        Given(key, round(score, 2), _words(key, f"{heading}\n{body[:MAX_BODY]}"))
        for score, key in chosen
    )
    return tuple(given for given in found if given.words)


def _words(key: str, text: str) -> tuple[str, ...]:
    text = NOT_MEANT.sub("#", text)
    words = [match.group() for match in NAMED[key].finditer(text) if match.group()]
    words = words or [match.group() for match in BESIDE[key].finditer(text)]
    return tuple(dict.fromkeys(words))[:_QUOTED_WORDS]


def topics_of_events(events: Sequence[Event]) -> tuple[Topic, ...]:
    """The topics of each event."""
    return tuple(
        Topic(key=given.key, event=event.ordinal, words=given.words)
        for event in events
        for given in topics_of(fold(event.heading).text, fold(event.body).text)
    )


def topics_of_sections(text: Folded) -> tuple[Topic, ...]:
    """The topics of each section of a prose review: what stands below one of its headings."""
    return tuple(
        Topic(key=given.key, section=heading.strip(), words=given.words)
        for heading, body in sections_of(text)
        for given in topics_of(heading, body)
    )


_NUMBER = re.compile(r"^(?:[(]?[一二三四五六七八九十\d]{1,3}[)、.,:\s]+|[■●◆▲★◎※—]+\s*)")


def sections_of(text: Folded) -> list[tuple[str, str]]:
    """The sections of a review, (heading, body) of the folded text; none where it has none."""
    sections: list[tuple[str, list[str]]] = []
    lines = lines_of(text.text)
    if not lines:  # a publication of pictures alone
        return []
    for line, below in zip(lines, [*lines[1:], None], strict=True):
        longer = below is not None and len(below.text) > len(line.text)
        headed = longer and is_head(line.text) and below is not None and not is_head(below.text)
        if headed and len(sections) < MAX_SECTIONS:
            sections.append((_NUMBER.sub("", line.text), []))
        elif sections:
            sections[-1][1].append(line.text)
    found = [(heading, "\n".join(body)) for heading, body in sections if body]
    return found if len(found) >= MIN_SECTIONS else []

"""Publications and sentences that were written before the rules were run on them.

What the rules misread at first was mended by general rules; docs/reading.md has the first scores.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from crawler.reading import read_publication
from crawler.reading.figures import figures_of
from crawler.reading.folding import fold
from storage.records import SHANGHAI, Article

HERE = Path(__file__).parent
LEVELS = {"n": "national", "p": "provincial", "c": "prefecture", "x": "county"}
OWNED = {"ten_events", "annual_review", "work_report", "proposal_report"}


def lines(name: str) -> list[str]:
    """The rows of a table beside this module."""
    text = (HERE / name).read_text("utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


PUBLICATIONS = [line.split("|") for line in lines("publications.txt")]
SENTENCES = [line.split("=>") for line in lines("sentences.txt")]


@pytest.mark.parametrize("row", PUBLICATIONS, ids=[row[7] for row in PUBLICATIONS])
def test_publication(row: list[str]) -> None:
    genre, level, region, years, published, events, outlet, title, text = row
    year, month, day = (int(part) for part in published.split("-"))
    reading = read_publication(
        Article(
            url="u",
            title=title,
            text=text.replace("\\n", "\n"),
            published_at=datetime(year, month, day, tzinfo=SHANGHAI),
            outlet=None if outlet == "-" else outlet,
        )
    )
    assert reading.genre == genre
    if genre in OWNED:
        assert reading.committee is not None
        assert reading.committee.level == LEVELS[level]
        assert reading.committee.region == region
        assert "-".join(map(str, reading.years)) == years
    if events != "-":
        assert len(reading.events) == int(events)


def without_brackets(unit: str) -> str:
    """场(次) and 场次 are one unit."""
    return re.sub(r"[()（）]", "", unit)


def told(figures: str) -> Iterator[tuple[str, float, str, str | None]]:
    """The metric, value, unit and qualifier of each figure that a row states."""
    for part in filter(None, figures.split(";")):
        metric, value, unit, *qualifier = part.strip().split(" ")
        yield metric, float(value), without_brackets(unit), (qualifier[0] if qualifier else None)


@pytest.mark.parametrize(("sentence", "figures"), SENTENCES, ids=[row[0] for row in SENTENCES])
def test_sentence(sentence: str, figures: str) -> None:
    expected = list(told(figures))
    found = figures_of(fold(sentence))
    assert [(f.value, without_brackets(f.unit), f.qualifier) for f in found] == [
        row[1:] for row in expected
    ]
    for (metric, *_), figure in zip(expected, found, strict=True):
        assert 2 * len(set(metric) & set(figure.metric)) >= len(set(metric))

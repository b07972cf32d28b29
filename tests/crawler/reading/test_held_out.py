"""Publications and sentences that were written before the rules were run on them.

What the rules misread at first was mended by general rules; docs/reading.md has the first scores.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from crawler.reading import read_publication
from crawler.reading.facts.figures import figures_of
from crawler.reading.words.folding import fold
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


AROUND = (
    "当前位置：首页 > 要闻 > 正文\n{}\n浏览次数：1286　字号：大 中 小\n{}\n责任编辑：王某某\n"
    "上一篇：市政协召开主席会议\n下一篇：市人大常委会2024年十件大事\n相关新闻\n1.省政协召开专题协商会\n"
    "2.市政府十件民生实事进展\n3.政协委员热议\n1 2 3 4 5 下一页"
)


@pytest.mark.parametrize("row", PUBLICATIONS[::3], ids=[row[7] for row in PUBLICATIONS[::3]])
def test_what_stands_around_a_text_does_not_speak_for_it(row: list[str]) -> None:
    *_, events, outlet, title, text = row
    plain = text.replace("\\n", "\n")
    year, month, day = (int(part) for part in row[4].split("-"))
    published = datetime(year, month, day, tzinfo=SHANGHAI)
    inside = read_publication(
        Article(
            url="u",
            title=title,
            text=AROUND.format(title, plain),
            published_at=published,
            outlet=None if outlet == "-" else outlet,
        )
    )
    assert inside.flagged == (row[0] in {"ten_events", "annual_review"})
    if inside.flagged and inside.committee:
        assert inside.committee.region == row[2]
    if events != "-":
        assert len(inside.events) == int(events)

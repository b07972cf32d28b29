"""The corpus of our own wording, read as a whole: what a change of the rules must not lose.

The weights are learnt from these texts, so the figures here guard against loss; docs/reading.md
has what was read of each batch by weights that had not seen it.
"""

import json

import pytest

from crawler.reading import read_publication
from storage.records import FLAGGED_GENRES, Genre, Reading
from tests.crawler.reading.batch import article_of
from tests.crawler.reading.genre.corpora import CORPUS, Labelled, titles, written
from tests.crawler.reading.genre.training import score

WHOLE = ("whole", "writer1", "writer2", "writer3", "writer4", "writer5", "writer6")
HARDEST = ("writer5", "writer6")
"""Most of their texts are marked open to dispute by their own writers."""
OWNED = {*FLAGGED_GENRES, Genre.WORK_REPORT, Genre.PROPOSAL_REPORT}


@pytest.fixture(scope="module")
def readings() -> list[tuple[Labelled, Reading]]:
    return [(text, read_publication(text.article)) for text in written()]


@pytest.mark.parametrize("writer", WHOLE)
def test_flags_of_whole_texts(writer: str, readings: list[tuple[Labelled, Reading]]) -> None:
    """What no flag goes with (required) outvotes a few texts that are open to dispute."""
    found = score([(t.genre, r.genre) for t, r in readings if t.writer == writer])
    assert found.texts >= 30
    assert found.precision >= (0.85 if writer in HARDEST else 0.95)
    assert found.recall >= 0.92
    assert found.accuracy >= 0.83


def test_sure_flags_of_whole_texts(readings: list[tuple[Labelled, Reading]]) -> None:
    sure = [(t.genre, r.genre) for t, r in readings if t.writer in WHOLE and not t.unsure]
    found = score(sure)
    assert found.precision >= 0.96
    assert found.recall >= 0.97


def test_flags_of_first_words(readings: list[tuple[Labelled, Reading]]) -> None:
    short = [(t, r) for t, r in readings if t.writer not in WHOLE and not t.unsure]
    found = score([(t.genre, r.genre) for t, r in short])
    assert found.texts >= 150
    assert found.precision >= 0.96
    assert found.recall >= 0.96


def test_a_title_alone_is_enough_where_it_says_what_the_text_is() -> None:
    found = score([(text.genre, read_publication(text.article).genre) for text in titles()])
    assert found.precision >= 0.99
    assert found.recall >= 0.99


def test_places_and_years() -> None:
    region: list[bool] = []
    year: list[bool] = []
    for writer in WHOLE:
        for line in (CORPUS / f"{writer}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            if Genre(row["label"]) not in OWNED:
                continue
            reading = read_publication(article_of(row))
            committee, stated = reading.committee, row["year_covered"]
            if row["province"]:
                region.append(committee is not None and committee.region == row["province"])
            if stated:
                wanted = stated if isinstance(stated, list) else [stated]
                years = reading.years
                ends = years and [years[0], years[-1]]
                year.append(bool(ends) and ends == [wanted[0], wanted[-1]])
    assert sum(region) / len(region) >= 0.97
    assert sum(year) / len(year) >= 0.95


def test_evidence_adds_up_and_names_its_signs(readings: list[tuple[Labelled, Reading]]) -> None:
    for text, reading in readings:
        if reading.flagged:
            signs = [item for item in reading.evidence if item.about == "genre"]
            assert signs, text.identity
            assert sum(item.weight for item in signs) > -1.5, text.identity
            assert all(item.rule.startswith(f"{reading.genre}.") for item in signs)

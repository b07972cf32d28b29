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
from tests.crawler.reading.genre.training import Score, score
from tests.crawler.reading.score_whole import exactly

FIRST_WRITERS = ("whole", "writer1", "writer2", "writer3", "writer4")
LATER_WRITERS = ("writer5", "writer6", "writer9")
"""The first two were asked for traps: 40 of their 60 texts are marked open to dispute."""
PLAIN_WRITERS = (
    "writer7",
    "writer8",
    "writer14",
    "writer15",
    "writer16",
    "writer17",
    "writer18",
    "writer19",
    "writer20",
)
"""Asked for what a crawler meets; 12 to 16 texts each."""
LATEST_WRITERS = ("writer10", "writer11", "writer12", "writer13")
WHOLE = (*FIRST_WRITERS, *LATER_WRITERS, *PLAIN_WRITERS, *LATEST_WRITERS)
OWNED = {*FLAGGED_GENRES, Genre.WORK_REPORT, Genre.PROPOSAL_REPORT}


@pytest.fixture(scope="module")
def readings() -> list[tuple[Labelled, Reading]]:
    return [(text, read_publication(text.article)) for text in written()]


@pytest.mark.parametrize("writer", FIRST_WRITERS)
def test_flags_of_whole_texts(writer: str, readings: list[tuple[Labelled, Reading]]) -> None:
    found = score([(t.genre, r.genre) for t, r in readings if t.writer == writer])
    assert found.texts >= 50
    assert found.precision >= 0.96
    assert found.recall >= 0.96
    assert found.accuracy >= 0.91


@pytest.mark.parametrize("writer", LATER_WRITERS)
def test_flags_of_texts_written_as_traps(
    writer: str, readings: list[tuple[Labelled, Reading]]
) -> None:
    """Fifteen flags are due of each: one that is false, and one that is missed, may be."""
    found = score([(t.genre, r.genre) for t, r in readings if t.writer == writer])
    assert found.texts >= 30
    assert found.precision >= 0.93
    assert found.recall >= 0.93
    assert found.accuracy >= 0.86


@pytest.mark.parametrize("writer", PLAIN_WRITERS)
def test_flags_of_texts_as_they_are_met(
    writer: str, readings: list[tuple[Labelled, Reading]]
) -> None:
    found = score([(t.genre, r.genre) for t, r in readings if t.writer == writer])
    assert found.texts >= 12
    assert (found.precision, found.recall) == (1.0, 1.0)
    assert found.accuracy >= 0.9


@pytest.mark.parametrize("writer", LATEST_WRITERS)
def test_flags_of_the_latest_whole_texts(
    writer: str, readings: list[tuple[Labelled, Reading]]
) -> None:
    """Some twelve flags are due of each, of 20 and 24 texts."""
    found = score([(t.genre, r.genre) for t, r in readings if t.writer == writer])
    assert found.texts >= 20
    assert found.precision >= 0.92
    assert found.recall >= 0.92
    assert found.accuracy >= 0.85


def test_sure_flags_of_whole_texts(readings: list[tuple[Labelled, Reading]]) -> None:
    sure = [(t.genre, r.genre) for t, r in readings if t.writer in WHOLE and not t.unsure]
    found = score(sure)
    assert found.precision >= 0.96
    assert found.recall >= 0.97


FIRST_WORDS = ("firstwords", "condensed")
LATER_FIRST_WORDS = (
    "condensed5",
    "ordinary5",
    "condensed7",
    "condensed8",
    "condensed9",
    "ordinary9",
    "condensed10",
    "ordinary10",
    "condensed11",
    "ordinary11",
    "condensed12",
    "ordinary12",
    "condensed13",
    "ordinary13",
    "condensed14",
    "condensed15",
    "ordinary15",
    "condensed16",
    "ordinary16",
    "condensed17",
    "ordinary17",
    "condensed18",
    "ordinary18",
    "condensed19",
    "ordinary19",
    "condensedq1",
    "condensed20",
    "ordinary20",
    "condensedq2",
    "december",
    "january",
    "february",
)


def _of_first_words(readings: list[tuple[Labelled, Reading]], writers: tuple[str, ...]) -> Score:
    return score([(t.genre, r.genre) for t, r in readings if t.writer in writers and not t.unsure])


def test_flags_of_first_words(readings: list[tuple[Labelled, Reading]]) -> None:
    found = _of_first_words(readings, FIRST_WORDS)
    assert found.texts >= 150
    assert found.precision >= 0.96
    assert found.recall >= 0.97


def test_flags_of_the_later_first_words(readings: list[tuple[Labelled, Reading]]) -> None:
    """Some sixty flags are due, in texts of about 20 to 50 characters."""
    found = _of_first_words(readings, LATER_FIRST_WORDS)
    assert found.texts >= 300
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


def test_lists_are_split_as_they_are_printed(readings: list[tuple[Labelled, Reading]]) -> None:
    """By the program's own genre: number and every heading right."""
    printed: dict[str, list[str]] = {}
    for writer in (*WHOLE, "lists", "forms1", "forms2"):
        for line in (CORPUS / f"{writer}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            if row["label"] == Genre.TEN_EVENTS:
                printed[str(row["id"])] = row["headings"]
    exact = {
        text.identity: exactly(reading.events, printed[text.identity])
        for text, reading in readings
        if text.writer in (*WHOLE, "lists", "forms1", "forms2") and text.identity in printed
    }
    assert all(right for identity, right in exact.items() if identity.startswith("list-"))
    assert len(exact) >= 150
    forms = [right for identity, right in exact.items() if identity.startswith(_FORMS)]
    others = [right for identity, right in exact.items() if not identity.startswith(_FORMS)]
    assert sum(others) / len(others) >= 0.92
    assert sum(forms) / len(forms) >= 0.8  # what is left is open to dispute


_FORMS = ("l1-", "l2-")
"""Twenty lists each, every one of another form."""


def test_evidence_adds_up_and_names_its_signs(readings: list[tuple[Labelled, Reading]]) -> None:
    for text, reading in readings:
        if reading.flagged:
            signs = [item for item in reading.evidence if item.about == "genre"]
            assert signs, text.identity
            assert sum(item.weight for item in signs) > -1.5, text.identity
            assert all(item.rule.startswith(f"{reading.genre}.") for item in signs)

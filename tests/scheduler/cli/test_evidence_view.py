"""Evidence as a command prints it for people."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from scheduler.cli import presentation
from scheduler.cli.evidence_view import reading_view
from storage.records import Evidence, Genre
from tests.storage.samples import article


def test_a_place_stands_beside_the_field_only_where_words_have_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(presentation.console, "width", 200)  # narrower ones leave columns out
    read = article(1, genre=Genre.TEN_EVENTS)
    assert read.reading is not None
    told = Evidence(
        about="genre", rule="ten_events.title.selection", field="title", span=(0, 6),
        quote="十件履职大事", weight=0.2,
    )  # fmt: skip
    season = replace(
        told, rule="ten_events.season", field="meta", span=(0, 0), quote="", weight=1.9
    )
    reasons = (season, told)
    shown = StringIO()
    view = reading_view(replace(read, reading=replace(read.reading, evidence=reasons)))
    Console(file=shown, width=200).print(view)
    rows = [line.split() for line in shown.getvalue().splitlines() if "ten_events." in line]
    assert rows == [
        ["genre", "ten_events.season", "meta", "+1.90"],
        ["genre", "ten_events.title.selection", "title", "0-6", "+0.20", "十件履职大事"],
    ]

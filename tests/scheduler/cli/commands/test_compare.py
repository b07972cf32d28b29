"""`cppcc compare`: values with sentences, gaps as gaps, contradictions as conflicts."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from scheduler.cli.app import app
from storage.articles.saving import save_articles
from storage.engine.database import open_database
from storage.records import Article, Figure, Genre
from tests.storage.samples import NOW, article, reading


def told(number: int, year: int, value: float) -> Article:
    figure = Figure(
        metric="立案提案", value=value, unit="件", sentence=f"全年立案{value:g}件。",
        span=(0, 4), key="proposals_filed", whole=True,
    )  # fmt: skip
    read = replace(reading(Genre.ANNUAL_REVIEW), years=(year,), figures=(figure,))
    return replace(article(number), reading=read)


@pytest.fixture(autouse=True)
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'cppcc.db'}"
    monkeypatch.setenv("CPPCC_DATABASE_URL", url)
    monkeypatch.setenv("COLUMNS", "160")
    database = open_database(url)
    articles = [told(1, 2023, 600), told(2, 2025, 612), told(3, 2025, 598)]
    with database.begin() as session:
        save_articles(session, articles, now=NOW, run_id=None)
    database.close()


def cppcc(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["compare", *arguments])


def test_a_gap_is_a_gap_and_a_contradiction_a_conflict() -> None:
    found = json.loads(cppcc("proposals_filed", "--years", "2023-2025", "--json").stdout)
    assert (found["metric"], found["name"], found["years"]) == (
        "proposals_filed", "立案提案", [2023, 2024, 2025],
    )  # fmt: skip
    one, gap, conflict = found["rows"][0]["cells"]
    assert (one["value"], one["rule"], one["sentence"]) == (600, "total", "全年立案600件。")
    assert gap == {"year": 2024, "rule": "gap"}
    assert (conflict["value"], conflict["rule"]) == (None, "conflict")
    assert (conflict["lowest"], conflict["highest"]) == (598, 612)
    assert [(one["publication"], one["sentence"]) for one in conflict["stated"]] == [
        (2, "全年立案612件。"), (3, "全年立案598件。"),
    ]  # fmt: skip


def test_the_table_shows_the_sentence() -> None:
    shown = cppcc("立案提案", "--regions", "云南省").stdout
    assert "全年立案600件。" in shown
    assert "conflict 598..612" in shown
    assert "全年立案598件。" in shown


def test_another_region_has_nothing() -> None:
    assert "nothing is stated" in cppcc("立案提案", "--regions", "广西").stdout


@pytest.mark.parametrize(
    "wrong", [["好事"], ["立案提案", "--regions", "火星"], ["立案提案", "--years", "2025-2018"]]
)
def test_a_wrong_word_is_wrong_usage(wrong: list[str]) -> None:
    assert cppcc(*wrong).exit_code == 2

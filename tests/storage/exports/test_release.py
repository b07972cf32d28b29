"""A release: whole, explained, and the same bytes from the same database."""

import csv
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from storage.articles.saving import save_articles
from storage.engine.database import Database
from storage.errors import ExportError
from storage.exports.release import RESOURCES, write_release
from storage.exports.release_pages import wilson
from storage.records import Genre
from tests.storage.samples import DAY, NOW, TEXT, article


@pytest.fixture
def filled(database: Database) -> Database:
    with database.begin() as session:
        held = [article(1, text=TEXT, genre=Genre.TEN_EVENTS), article(2)]
        save_articles(session, held, now=NOW, run_id=None)
    return database


def release(database: Database, folder: Path, previous: Path | None = None) -> dict[str, int]:
    with database.reading() as session:
        return write_release(session, folder, "2026.1", previous=previous)


def test_the_same_database_gives_the_same_bytes(filled: Database, tmp_path: Path) -> None:
    counts = release(filled, tmp_path / "a")
    release(filled, tmp_path / "b")
    assert counts["publications"] == 1
    names = sorted(one.name for one in (tmp_path / "a").iterdir())
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name
    sums = dict(
        line.split("  ")[::-1] for line in (tmp_path / "a/SHA256SUMS").read_text().splitlines()
    )
    assert sorted([*sums, "SHA256SUMS"]) == names
    for name, said in sums.items():
        assert hashlib.sha256((tmp_path / "a" / name).read_bytes()).hexdigest() == said


def test_the_package_describes_every_column(filled: Database, tmp_path: Path) -> None:
    release(filled, tmp_path / "a")
    package = json.loads((tmp_path / "a/datapackage.json").read_text("utf-8"))
    assert [one["name"] for one in package["resources"]] == list(RESOURCES)
    for one in package["resources"]:
        with (tmp_path / "a" / one["path"]).open(encoding="utf-8", newline="") as lines:
            header = next(csv.reader(lines))
        assert [field["name"] for field in one["schema"]["fields"]] == header


def test_a_change_has_its_reason(filled: Database, tmp_path: Path) -> None:
    release(filled, tmp_path / "a")
    revised = article(1, text=TEXT + "\n更正：原文有一处数字有误。", genre=Genre.TEN_EVENTS)
    with filled.begin() as session:
        new = replace(article(3, text=TEXT * 2 + "全然不同的另一篇。"), reading=revised.reading)
        save_articles(session, [revised, new], now=NOW + DAY, run_id=None)
    release(filled, tmp_path / "b", previous=tmp_path / "a")
    said = (tmp_path / "b/CHANGES.md").read_text("utf-8")
    assert "corrected by the source (revision 1 to 2)" in said


def test_a_release_overwrites_nothing(filled: Database, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/kept").touch()
    with pytest.raises(ExportError):
        release(filled, tmp_path / "a")


def test_an_interval_is_wider_with_less_evidence() -> None:
    low, high = wilson(9, 10)
    assert low == pytest.approx(0.596, abs=0.001)
    assert high == pytest.approx(0.982, abs=0.001)

"""search, export, import, reread and show --diff as typed on the command line."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from scheduler.cli.app import app
from scheduler.cli.commands import reread
from storage.articles.saving import save_articles
from storage.engine.database import open_database
from storage.records import Article, Genre
from tests.storage.samples import DAY, NOW, TEXT, article


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a database of two publications, one of them revised."""
    url = f"sqlite:///{tmp_path / 'cppcc.db'}"
    monkeypatch.setenv("CPPCC_DATABASE_URL", url)
    monkeypatch.setenv("COLUMNS", "200")
    database = open_database(url)
    one = article(1, text=TEXT, genre=Genre.TEN_EVENTS)
    later: list[Article] = [replace(one, text=TEXT.replace("六百一十二", "六百二十一"))]
    with database.begin() as session:
        save_articles(session, [one, article(2)], now=NOW, run_id=None)
        save_articles(session, later, now=NOW + DAY, run_id=None)
    database.close()
    return tmp_path


def cppcc(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_search(folder: Path) -> None:
    found = json.loads(cppcc("search", "提案", "--json").stdout)
    assert [(one["id"], one["url"]) for one in found] == [(1, article(1).url)]
    assert [found[0]["snippet"][a:b] for a, b in found[0]["highlights"]] == ["提案", "提案"]
    assert {"id", "url", "title", "snippet"} <= set(found[0])
    assert len(json.loads(cppcc("search", "省政协", "--json", "--limit", "1").stdout)) == 1
    assert json.loads(cppcc("search", "提案", "--region", "广西", "--json").stdout) == []
    assert "六百二十一件" in cppcc("search", "提案", "常委会").stdout
    assert cppcc("search", "六百一十二").stdout == "nothing is found\n"
    assert cppcc("search", "").exit_code == 2


def test_export_and_follow(folder: Path) -> None:
    out = folder / "out.jsonl"
    said = json.loads(cppcc("export", "--format", "jsonl", "--out", str(out), "--json").stdout)
    assert (said["count"], said["cursor"]) == (2, 3)
    assert Path(said["schema"]).exists()
    done = cppcc("export", "--format", "csv", "--out", str(folder / "o.csv"), "--since", "3")
    assert done.stdout.splitlines()[-1] == "next cursor: 3"
    assert done.stdout.startswith("0 publications written")
    assert cppcc("export", "--format", "atom", "--out", str(out), "--since", "1").exit_code == 1
    assert cppcc("export", "--format", "doc", "--out", str(out)).exit_code == 2


def test_an_export_tells_copies_apart(folder: Path) -> None:
    database = open_database(f"sqlite:///{folder / 'cppcc.db'}")
    revised = TEXT.replace("六百一十二", "六百二十一")
    copy = article(3, text=revised, genre=Genre.TEN_EVENTS, source_id="other")
    with database.begin() as session:
        save_articles(session, [copy], now=NOW + DAY, run_id=None)
    database.close()
    asked = ["export", "--format", "csv", "--out", str(folder / "o.csv"), "--flagged"]
    assert cppcc(*asked).stdout.startswith("1 publication and 1 copy written")
    assert cppcc(*asked, "--originals").stdout.startswith("1 publication written")
    said = json.loads(cppcc(*asked, "--since", "0", "--json").stdout)
    assert (said["count"], said["copies"]) == (2, 1)


def test_import_says_what_it_did_by_its_exit_code(folder: Path) -> None:
    rows = folder / "in.jsonl"
    line = {"url": "https://a.example/1.html", "title": "题", "text": TEXT}
    rows.write_text(json.dumps(line), "utf-8")
    assert cppcc("import", str(rows)).exit_code == 0
    rows.write_text("{}\n" + json.dumps(line), "utf-8")
    partial = cppcc("import", str(rows), "--json")
    assert partial.exit_code == 3
    assert json.loads(partial.stdout)["counts"]["articles_unchanged"] == 1
    rows.write_text("", "utf-8")
    assert cppcc("import", str(rows)).exit_code == 4
    assert cppcc("import", str(folder / "cppcc.db")).exit_code == 2


def test_show_diff(folder: Path) -> None:
    shown = cppcc("show", "1", "--diff").stdout
    assert "[-六百一十二-]{+六百二十一+}" in shown
    assert "revision 2, seen 2026-01-21 09:30:00" in shown
    assert "have not changed" in cppcc("show", "2", "--diff").stdout
    (change,) = json.loads(cppcc("show", "1", "--diff", "--json").stdout)
    kinds = [one["kind"] for one in change["text"]]
    assert kinds == ["kept", "removed", "added", "kept"]
    assert (NOW + timedelta(days=1)).astimezone().isoformat()[:10] in change["seen_at"]


def test_reread_shows_first_and_applies_when_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dry = cppcc("reread")
    assert "nothing is stored yet" in dry.stdout
    said = json.loads(cppcc("reread", "--json").stdout)
    assert (said["read"], said["applied"]) == (2, 0)
    genres = sum(one["what"] == "genre" for row in said["changes"] for one in row["differences"])
    assert f"{len(said['changes'])} differ, {genres} of them in genre" in dry.stdout
    assert genres >= 1
    monkeypatch.setattr(reread, "MOST_ROWS", 1)
    assert f"and {len(said['changes']) - 1} more" in cppcc("reread").stdout
    applied = json.loads(cppcc("reread", "--apply", "--json").stdout)
    assert applied["applied"] == 2
    assert json.loads(cppcc("reread", "--json").stdout)["read"] == 0

"""The command line as a whole: what it imports, its options, ids as people write them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scheduler.cli import presentation
from scheduler.cli.app import Commands, app
from scheduler.cli.commands.flags import flag_id_of
from storage import __version__
from storage.articles.saving import save_articles
from storage.engine.database import open_database
from storage.records import Genre
from storage.vocabulary import region_of
from tests.storage.samples import NOW, article

HEAVY = ("sqlalchemy", "pydantic", "scrapy", "rich", "httpx", "apscheduler", "crawler.sources")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with one flag, elsewhere than the environment says."""
    monkeypatch.setenv("CPPCC_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")
    monkeypatch.setenv("CPPCC_VAR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")
    path = tmp_path / "kept.db"
    database = open_database(f"sqlite:///{path}")
    with database.begin() as session:
        save_articles(session, [article(genre=Genre.TEN_EVENTS)], now=NOW, run_id=None)
    database.close()
    return path


def test_help_imports_no_command() -> None:
    script = (
        "import sys\nfrom scheduler.cli.app import app\n"
        "try:\n    app(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(*sys.modules, sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120
    )
    assert "flags" in done.stdout
    imported = set(done.stdout.split())
    assert not imported & set(HEAVY)


NEEDLESS = ("sqlalchemy.dialects.postgresql", "psycopg", "alembic", "scrapy", "httpx")


def test_a_reading_command_imports_only_what_it_needs(kept: Path) -> None:
    script = (
        "import sys\nfrom scheduler.cli.app import main\n"
        f"sys.argv[1:] = ['flags', 'list', '--json', '--db', {str(kept)!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(*sys.modules, sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120
    )
    assert '"genre": "ten_events"' in done.stdout
    assert not set(done.stdout.split()) & set(NEEDLESS)


@pytest.mark.parametrize("name", Commands.table)
def test_each_command_has_help_and_takes_a_database(name: str) -> None:
    said = CliRunner().invoke(app, [name, "-h"])
    assert said.exit_code == 0
    assert "--db" in said.output


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(app, ["--version"]).output == f"cppcc {__version__}\n"


@pytest.mark.parametrize("before", [True, False])
def test_a_database_is_named_before_or_after_the_command(kept: Path, before: bool) -> None:
    option, command = ["--db", str(kept)], ["flags", "list"]
    said = CliRunner().invoke(app, [*option, *command] if before else [*command, *option])
    assert "f1" in said.output
    assert "nothing" in CliRunner().invoke(app, command).output  # the environment's again


def test_an_empty_answer_names_what_was_read(kept: Path) -> None:
    said = CliRunner().invoke(app, ["flags", "list"])
    assert said.stdout.strip() == "nothing is flagged"
    assert "empty.db" in said.stderr


def test_the_note_of_no_database_names_the_file_below_the_sources(kept: Path) -> None:
    said = CliRunner().invoke(app, ["sources", "list", "--region", "云南"]).stdout.splitlines()
    assert "empty.db" in said[-1]
    assert said[0].split() == ["id", "region", "kind", "state", "verdict", "runs", "next", "look"]
    assert not [line for line in said if line != line.rstrip()]
    found = CliRunner().invoke(app, ["sources", "list", "--region", "云南", "--db", str(kept)])
    assert "no database" not in found.output


@pytest.mark.parametrize(
    ("asked", "flags"),
    [
        (["--region", "云南省", "--year", "2025"], 1),
        (["--region", "广西"], 0),
        (["--year", "2019"], 0),
    ],
)
def test_flags_are_asked_for_by_region_and_year(kept: Path, asked: list[str], flags: int) -> None:
    said = CliRunner().invoke(app, ["flags", "list", *asked, "--json", "--db", str(kept)])
    assert len(json.loads(said.output)) == flags


def test_times_of_a_publication_are_of_one_zone_which_is_named(kept: Path) -> None:
    said = CliRunner().invoke(app, ["show", "f1", "--db", str(kept)]).output.splitlines()
    times = [line for line in said if line.startswith(("published ", "seen "))]
    assert len(times) == 2
    assert all("Asia/Shanghai" in line and "+08:00" not in line for line in times)


def test_decisions_of_several_are_taken_together_or_not_at_all(kept: Path) -> None:
    at = ["--db", str(kept)]
    assert CliRunner().invoke(app, ["flags", "accept", "f1", "99", *at]).exit_code == 1
    assert "open" in CliRunner().invoke(app, ["flags", "list", *at]).output
    assert CliRunner().invoke(app, ["flags", "accept", "f1", "--by", "李", *at]).exit_code == 0
    assert "accepted by 李" in CliRunner().invoke(app, ["flags", "show", "1", *at]).output


def test_explain_takes_a_flags_id(kept: Path) -> None:
    said = CliRunner().invoke(app, ["explain", "f1", "--db", str(kept)])
    assert said.exit_code == 0, said.output


@pytest.mark.parametrize(("words", "number"), [("12", 12), ("f12", 12), ("F12", 12)])
def test_a_flags_id_is_read_as_people_write_it(words: str, number: int) -> None:
    assert flag_id_of(words) == number


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("云南", "云南"),
        ("云南省", "云南"),
        ("广西壮族自治区", "广西"),
        ("新疆维吾尔自治区", "新疆"),
        ("北京市", "北京"),
        ("530000", "云南"),
        ("全国", "全国"),
        ("昆明市", None),
        ("", None),
    ],
)
def test_a_region_is_read_as_people_write_it(words: str, name: str | None) -> None:
    assert region_of(words) == name


def test_a_ruled_line_outside_a_terminal_is_80_columns_wide(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presentation.console, "width", presentation.PIPED_WIDTH)
    presentation.rule("day 1")
    presentation.rule("words " * 20)
    ruled, words, line = capsys.readouterr().out.splitlines()
    assert (len(ruled), len(line), words) == (80, 80, "words " * 20)
    assert "day 1" in ruled


def test_a_search_is_saved_listed_and_removed(kept: Path) -> None:
    at = ["--db", str(kept)]
    said = CliRunner().invoke(app, ["watch", "add", "提案 数字经济", "--region", "云南省", *at])
    assert said.output.startswith("saved search 1: 提案 数字经济 (云南)")
    assert "数字经济" in CliRunner().invoke(app, ["watch", "list", *at]).output
    assert CliRunner().invoke(app, ["watch", "remove", "1", *at]).exit_code == 0
    assert "no search" in CliRunner().invoke(app, ["watch", "list", *at]).output
    assert CliRunner().invoke(app, ["watch", "add", " ", *at]).exit_code == 2

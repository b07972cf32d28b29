"""`cppcc demo` before it begins: whose folder it may empty."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from scheduler.cli.app import app
from scheduler.cli.commands.demo import is_of_a_demo


@pytest.mark.parametrize("file", ["cppcc.db", "notes.txt"])
def test_what_no_demo_left_is_not_emptied(tmp_path: Path, file: str) -> None:
    (tmp_path / file).touch()
    done = CliRunner().invoke(app, ["demo", "--folder", str(tmp_path)])
    assert (done.exit_code, "other files than a demo's" in done.output) == (2, True)
    assert (tmp_path / file).exists()


def test_a_demos_own_folder_may_be_emptied(tmp_path: Path) -> None:
    assert is_of_a_demo(tmp_path), "an empty one"
    (tmp_path / "cppcc.db").touch()
    (tmp_path / "cppcc.db.day").touch()
    assert is_of_a_demo(tmp_path)

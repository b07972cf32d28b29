"""`cppcc sources new`: where a declaration is written."""

from pathlib import Path

import pytest
import typer

from scheduler.cli.commands.sources.trying import written


def test_a_declaration_that_is_there_is_not_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert written(tmp_path / "mine", "some", "name = 1\n") == tmp_path / "mine/some.toml"
    assert written(tmp_path / "other.toml", "some", "name = 2\n") == tmp_path / "other.toml"
    with pytest.raises(typer.Exit):
        written(tmp_path / "mine", "some", "name = 3\n")
    assert (tmp_path / "mine/some.toml").read_text("utf-8") == "name = 1\n"
    assert "name = 3\n" in capsys.readouterr().out

"""Log lines name their moment with its offset, as JSON and as text."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

from scheduler.logs import set_up_logging


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for one in root.handlers:
        if one not in handlers:
            one.close()
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(form: Literal["json", "text"], capsys: pytest.CaptureFixture[str]) -> str:
    set_up_logging(form)
    logging.getLogger("scheduler.x").info("源=%s", "云南网")
    logging.getLogger("httpx").info("GET https://hook.example/secret")
    return capsys.readouterr().err


def test_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = lines("json", capsys).splitlines()
    row = json.loads(line)
    assert datetime.fromisoformat(row.pop("timestamp")).utcoffset() == timedelta(hours=8)
    assert row == {"event": "源=云南网", "level": "info", "logger": "scheduler.x"}


def test_text_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = lines("text", capsys).splitlines()
    assert "源=云南网" in line
    assert "+08:00" in line


def test_the_end_is_kept_in_a_bounded_file_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "logs/service.log"
    set_up_logging("text", file=file)
    logging.getLogger("scheduler.x").info("源=%s", "云南网")
    assert "云南网" in file.read_text("utf-8")
    assert "云南网" in capsys.readouterr().err
    (tmp_path / "taken").write_text("")
    set_up_logging("text", file=tmp_path / "taken/service.log")
    assert "not kept in a file" in capsys.readouterr().err

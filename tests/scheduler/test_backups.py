"""What doctor and console know of the last backup."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.backups import NAME, last_backup, note_backup
from scheduler.config import Config
from scheduler.examination import examine
from storage.engine.database import open_database
from storage.records import RunTrigger
from storage.runs.door import create_run


@pytest.fixture
def config(sqlite_template: Path, tmp_path: Path) -> Config:
    shutil.copyfile(sqlite_template, tmp_path / "cppcc.db")
    return Config(database_url=f"sqlite:///{tmp_path / 'cppcc.db'}", var=tmp_path / "var")


def said(config: Config) -> tuple[str, str]:
    (check,) = [one for one in examine(config) if one.subject == "backup"]
    return check.state, check.words


def test_a_backup_is_known_by_its_age_and_its_file(config: Config, tmp_path: Path) -> None:
    assert last_backup(config) is None
    assert said(config)[0] == "ok"  # of a database in which nothing has happened yet
    file = tmp_path / "backup.db"
    file.write_bytes(b"x")
    note_backup(config, file, 1)
    assert said(config)[0] == "ok"
    found = last_backup(config)
    assert found is not None
    assert (found.path, found.size, found.there) == (str(file), 1, True)
    later = config.model_copy(update={"today": (config.now() + timedelta(days=9)).date()})
    state, words = said(later)
    assert (state, "days old" in words) == ("warning", True)
    file.write_bytes(b"")  # cut by whoever copied it, or by a full disk
    assert said(config)[0] == "warning"
    file.unlink()
    assert "not there any more" in said(config)[1]


def test_a_backup_of_another_database_is_none_of_this_one(config: Config, tmp_path: Path) -> None:
    note_backup(config, tmp_path / "a", 1)
    other = config.model_copy(update={"database_url": "sqlite:///other.db"})
    assert last_backup(other) is None
    (config.var / NAME).write_text("[]", "utf-8")
    assert last_backup(config) is None


def test_a_database_in_use_without_a_backup_is_warned_of(config: Config) -> None:
    database = open_database(config.database_url, migrate=False)
    past = config.now() - timedelta(days=8)
    with database.begin() as session:
        create_run(session, "a", trigger=RunTrigger.CLOCK, due_at=past, now=past)
    database.close()
    assert said(config)[0] == "warning"

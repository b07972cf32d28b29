"""A reader changes nothing, gives up what takes too long, and knows when its file was replaced."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.engine.database import Database, sqlite_file
from storage.engine.reader import open_reader
from storage.errors import DatabaseUnavailableError, QueryTooSlowError, StorageError

ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 1 FROM n",
    "postgresql": "SELECT pg_sleep(600)",
}  # fmt: skip


def test_a_reader_cannot_write(database: Database) -> None:
    reader = open_reader(database.url, seconds=5)
    with pytest.raises((StorageError, DBAPIError)), reader.reading() as session:
        session.execute(text("DELETE FROM flags"))
    reader.close()


def test_an_endless_question_is_given_up(database: Database) -> None:
    reader = open_reader(database.url, seconds=0.2)
    name = database.engine.dialect.name
    with pytest.raises(QueryTooSlowError), reader.reading() as session:
        session.execute(text(ENDLESS[name])).all()
    with reader.reading() as session:
        assert session.execute(text("SELECT 1")).scalar() == 1
    reader.close()


def test_a_reader_makes_no_database(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailableError):
        open_reader(f"sqlite:///{tmp_path / 'none.db'}", seconds=1)
    assert not (tmp_path / "none.db").exists()


def test_a_replaced_file_is_noticed(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    shutil.copyfile(sqlite_template, path)
    reader = open_reader(f"sqlite:///{path}", seconds=1)
    assert reader.is_current
    shutil.copyfile(sqlite_template, tmp_path / "b.db")
    (tmp_path / "b.db").rename(path)
    assert not reader.is_current
    reader.close()
    assert sqlite_file(reader.url) == path

"""Fixtures for all tests: an empty database on each engine; benchmarks only when asked for."""

import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL, make_url

from storage.engine.database import Database, open_database

POSTGRESQL = "CPPCC_TEST_POSTGRESQL_URL"

# No example has a deadline: a loaded machine would fail it, and cost is measured by `make bench`.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave benchmarks out unless the command line names the marker or their folder."""
    if "bench" in config.getoption("markexpr"):
        return
    wanted = [item for item in items if item.get_closest_marker("bench") is None]
    if len(wanted) < len(items):
        config.hook.pytest_deselected(items=[i for i in items if i not in set(wanted)])
        items[:] = wanted


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server for tests, and a database on it with this program's tables."""

    url: URL
    template: str
    admin: Engine

    def create(self, template: str) -> URL:
        """The URL of a fresh copy of a database on this server."""
        name = f"cppcc_test_{uuid.uuid4().hex[:12]}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
        return self.url.set(database=name)

    def drop(self, url: URL) -> None:
        """Delete a database, whoever is connected to it."""
        self._run(f"DROP DATABASE {url.database} WITH (FORCE)")

    def _run(self, words: str) -> None:
        with self.admin.connect() as connection:
            connection.execute(text(words))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with this program's tables: a copy is 20 times as fast as migrating."""
    path = tmp_path_factory.mktemp("template") / "cppcc.db"
    open_database(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server | None]:
    """The server that the environment names; None when it names none."""
    given = os.environ.get(POSTGRESQL)
    if not given:
        yield None
        return
    url = make_url(given).set(drivername="postgresql+psycopg")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    empty = Server(url=url, template="template0", admin=admin)
    template = empty.create("template0")
    open_database(shown(template), migrate=True).close()
    yield Server(url=url, template=template.database or "", admin=admin)
    empty.drop(template)
    admin.dispose()


def shown(url: URL) -> str:
    """A URL with its password, as a program takes it."""
    return url.render_as_string(hide_password=False)


def _urls(request: pytest.FixtureRequest, tmp_path: Path, *, migrated: bool) -> Iterator[str]:
    if request.param == "sqlite":
        path = tmp_path / "cppcc.db"
        if migrated:
            shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: Server | None = request.getfixturevalue("postgresql")
    if server is None:
        # Runs where a server is given (.ci/postgresql.sh starts one, so in CI): pip brings none.
        pytest.skip(f"no PostgreSQL server given: set {POSTGRESQL} (see .ci/postgresql.sh)")
    url = server.create(server.template if migrated else "template0")
    yield shown(url)
    server.drop(url)


ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of our own, without tables; dropped afterwards."""
    yield from _urls(request, tmp_path, migrated=False)


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with this program's tables and no rows, once on each engine."""
    for url in _urls(request, tmp_path, migrated=True):
        opened = open_database(url, migrate=False)
        yield opened
        opened.close()

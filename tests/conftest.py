"""Fixtures for all tests: an empty database on each engine; benchmarks only when asked for."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from storage.database import Database, open_database

POSTGRESQL = "CPPCC_TEST_POSTGRESQL_URL"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave benchmarks out unless the command line names the marker or their folder."""
    if "bench" in config.getoption("markexpr"):
        return
    wanted = [item for item in items if item.get_closest_marker("bench") is None]
    if len(wanted) < len(items):
        config.hook.pytest_deselected(items=[i for i in items if i not in set(wanted)])
        items[:] = wanted


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of our own, without tables; dropped afterwards."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'cppcc.db'}"
        return
    server = os.environ.get(POSTGRESQL)
    if not server:
        pytest.skip(f"no PostgreSQL server given: set {POSTGRESQL} (see .ci/postgresql.sh)")
    name = f"cppcc_test_{uuid.uuid4().hex[:12]}"
    url = make_url(server).set(drivername="postgresql+psycopg")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
    yield url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database with this program's tables, once on each engine."""
    opened = open_database(database_url, migrate=True)
    yield opened
    opened.close()

"""What benchmarks of several machines share."""

import pytest

from storage.engine.database import Database


@pytest.fixture
def server(database: Database) -> Database:
    """A database of many machines."""
    if database.engine.dialect.name != "postgresql":
        # Runs on PostgreSQL alone (CPPCC_TEST_POSTGRESQL_URL): SQLite is for one machine.
        pytest.skip("several machines share a PostgreSQL: with SQLite there is one")
    return database

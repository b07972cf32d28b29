"""Run Alembic on an engine, without an ini file."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from storage.migrations import HEAD

MIGRATION_LOCK = 7_232_018
"""PostgreSQL's advisory lock that lets one process migrate at a time."""


def alembic_config() -> Config:
    """Where the revisions are."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def upgrade_engine(engine: Engine, revision: str = HEAD) -> None:
    """Go up to ``revision`` in one transaction; others that try at once wait and find it done."""
    config = alembic_config()
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

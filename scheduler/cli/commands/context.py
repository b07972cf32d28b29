"""What most commands begin with: settings, declarations and the open database."""

import getpass
from dataclasses import dataclass

from crawler.errors import DeclarationError
from crawler.sources.declaration import Source, load_sources
from scheduler.cli.presentation import fail
from scheduler.config import Config, ConfigError, load_config
from storage.engine.database import Database, open_database
from storage.errors import SchemaOutdatedError, StorageError


@dataclass(frozen=True, slots=True)
class Context:
    """Settings, declared sources by id, and the database."""

    config: Config
    sources: dict[str, Source]
    database: Database


def settings() -> Config:
    """The settings, or the end of the command with what is wrong with them."""
    try:
        return load_config()
    except ConfigError as error:
        fail(str(error), code=2)


def declared_sources(config: Config) -> dict[str, Source]:
    """All declarations, or the end of the command with what is wrong with one."""
    try:
        return load_sources(config.sources)
    except DeclarationError as error:
        fail(str(error), hint="docs/add-a-source.md explains every key", code=2)


def connected(config: Config) -> Database:
    """The open database, or the end of the command with what is wrong with it."""
    try:
        return open_database(config.database_url)
    except SchemaOutdatedError as error:
        fail(str(error))
    except StorageError as error:
        fail(str(error), hint="CPPCC_DATABASE_URL names the database; `cppcc doctor` looks closer")


def login() -> str | None:
    """Who is at work here: the login name; None where the system knows none, as in containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no entry in the passwd file; 3.13 says OSError
        return None


def open_context() -> Context:
    """Everything that a command on the database needs."""
    config = settings()
    return Context(config=config, sources=declared_sources(config), database=connected(config))

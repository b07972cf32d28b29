"""What most commands begin with: settings, declarations and the open database."""

import getpass
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.cli.presentation import fail, print_note, say
from scheduler.config import Config, ConfigError, load_config
from storage.engine.database import Database, open_database, open_reading, shown_url, sqlite_file
from storage.errors import DatabaseMissingError, SchemaInUseError, SchemaOutdatedError, StorageError
from storage.vocabulary import REGION_CODES, region_of

if TYPE_CHECKING:
    from crawler.sources.declaration import Source


IN_MEMORY = "sqlite://"


@dataclass(frozen=True, slots=True)
class Context:
    """Settings, declared sources by id, and the database."""

    config: Config
    sources: "dict[str, Source]"
    database: Database


def settings() -> Config:
    """The settings, or the end of the command with what is wrong with them."""
    try:
        return load_config()
    except ConfigError as error:
        fail(str(error), code=2)


DAY = ".day"
"""Ends the name of the file beside a SQLite database that says which day it is there."""


def on_its_day(config: Config) -> Config:
    """The settings on the day that the database lives in: a demo's ends in 2021, for good.

    `cppcc demo` leaves the day in a file beside its database, which a copy elsewhere lacks.
    CPPCC_TODAY counts more.  Commands that read take it, and what keeps coverage; a crawl's own
    processes live in the real present.
    """
    try:
        file = sqlite_file(config.database_url)
        if config.today is not None or file is None:
            return config
        today = date.fromisoformat(day_file(file).read_text("ascii").strip())
    except FileNotFoundError:
        return config  # no demo's
    except StorageError:
        return config  # no URL at all, which is said where it is opened
    except (OSError, ValueError) as error:
        fail(f"{day_file(Path(str(file)))}: {error}", hint="remove it, or set CPPCC_TODAY", code=2)
    return config.model_copy(update={"today": today})


def day_file(database: Path) -> Path:
    """Where the day of a demo's database stands."""
    return database.with_name(database.name + DAY)


def declared_sources(config: Config) -> "dict[str, Source]":
    """The declarations; what is wrong with some is said, and takes no other with it."""
    # half a second that only commands with sources pay for
    from crawler.errors import DeclarationError
    from crawler.sources.declaration import load_sound_sources

    try:
        sources, broken = load_sound_sources(config.sources)
    except DeclarationError as error:
        fail(str(error), hint="docs/add-a-source.md explains every key", code=2)
    for wrong in broken:
        print_note(f"left out: {wrong}")
    return sources


def connected(config: Config) -> Database:
    """The database open for writing, or the end of the command with what is wrong with it.

    SQLite: made where it is not there, and brought up to this program's schema.
    """
    return _opened(open_database, config)


def readable(config: Config) -> Database:
    """The database open for reading alone, or the end of the command as above.

    Nothing is migrated and nothing written: a copy on a read-only medium stays as it is.  Where
    there is none yet, that is said, and the answer is that of an empty one.
    """
    return _opened(_open_or_empty, config)


def _open_or_empty(url: str) -> Database:
    try:
        return open_reading(url)
    except DatabaseMissingError as error:
        near = near_by(url)
        print_note(f"{error}; {near}" if near else str(error))
        return open_database(IN_MEMORY)


def no_database(config: Config) -> str | None:
    """That the SQLite file of the settings is not there, in words; None where one was read."""
    file = sqlite_file(config.database_url)
    return None if file is None or file.exists() else f"there is no database at {file}"


def _opened(opening: Callable[[str], Database], config: Config) -> Database:
    try:
        return opening(config.database_url)
    except (SchemaOutdatedError, SchemaInUseError) as error:
        fail(str(error))
    except StorageError as error:
        hint = "CPPCC_DATABASE_URL names the database; `cppcc doctor` looks closer"
        fail(str(error), hint=near_by(config.database_url) or hint)


def login() -> str:
    """Who is at work here: the login name, or "uid N" where the system knows none (containers).

    A person always has a name in the history: what has none is what the program did by itself.
    """
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no entry in the passwd file; 3.13 says OSError
        return f"uid {os.getuid()}"


def open_context() -> Context:
    """Everything that a command needs which writes to the database."""
    config = settings()
    return Context(config=config, sources=declared_sources(config), database=connected(config))


def reading_context() -> Context:
    """The same for a command that only reads."""
    config = on_its_day(settings())
    return Context(config=config, sources=declared_sources(config), database=readable(config))


def refresh_coverage(context: Context) -> None:
    """Bring the kept coverage cells up to what was just stored; a wrong calendar is only said."""
    from scheduler.health import cells
    from scheduler.rhythm.almanac import AlmanacError, load_almanac

    try:
        almanac = load_almanac(context.config.calendar)
    except AlmanacError as error:
        print_note(f"coverage is left as it was: {error}")
        return
    with context.database.begin() as session:
        cells.refresh(session, almanac, context.sources, now=on_its_day(context.config).now())


NEAR = (Path("var/cppcc.db"), Path("var/demo/cppcc.db"), Path("cppcc.db"))
"""Where databases of ours lie beside the working folder: the service's, the demo's, a moved one."""


def say_nothing(words: str, config: Config) -> None:
    """Say that an answer is empty, which database was read, and which other one lies near.

    The latter two go to standard error: they are no part of the answer.
    """
    say(words)
    near = near_by(config.database_url)
    print_note(f"read: {shown_url(config.database_url)}" + (f"; {near}" if near else ""))


def near_by(url: str) -> str | None:
    """Which other database lies near and how to read it, in words; None where there is none."""
    try:
        read = sqlite_file(url)
    except StorageError:  # no URL at all, which is said elsewhere
        return None
    for other in NEAR:
        if other.exists() and (read is None or not read.exists() or not other.samefile(read)):
            return f"another database lies at {other}: add --db {other}"
    return None


def region_named(words: str | None) -> str | None:
    """The short name of a region given as 云南, 云南省 or 530000, or the end of the command."""
    if words is None:
        return None
    if (found := region_of(words)) is None:
        fail(f"{words!r} is no region", hint=" ".join(REGION_CODES), code=2)
    return found

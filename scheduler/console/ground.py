"""What every page stands on: settings, declarations, the database to read, the one to write.

A page reads through a connection that cannot write and is given up after some seconds; what a
person decides is written by the functions that the commands call.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast

from sqlalchemy.orm import Session

from crawler.errors import DeclarationError
from crawler.sources.declaration import Source, load_sound_sources
from scheduler.config import Config
from scheduler.rhythm.almanac import Almanac, AlmanacError, load_almanac
from scheduler.service.declared import kept_in
from storage.engine.database import Database, open_database, shown_url
from storage.engine.reader import Reader, open_reader
from storage.errors import StorageError

QUERY_SECONDS = 5.0
"""A page's database time; it is given up then, and the person is told."""

WRITE_WAIT_MS = 5_000
"""How long a decision waits for another writer before its person is told to try again."""

MEMORY_SECONDS = 5.0
LONGEST_MEMORY_SECONDS = 60.0

logger = logging.getLogger(__name__)

T = TypeVar("T")

DECLARATIONS_SECONDS = 60.0
"""How old the declarations may be: reading all of them takes a good part of a second."""


@dataclass(frozen=True, slots=True)
class Declared:
    """The declarations that are right, and the calendar, as the service has them.

    ``broken`` says what is wrong with each of the other declarations, or with their folder;
    ``no_almanac`` why there is no calendar: None where there is one.
    """

    sources: dict[str, Source]
    almanac: Almanac | None
    broken: tuple[str, ...] = ()
    no_almanac: str | None = None


class Ground:
    """One console's state; safe to use from several threads."""

    def __init__(self, config: Config, *, query_seconds: float = QUERY_SECONDS) -> None:
        self.config = config
        self.secret = secrets.token_bytes(32)  # signs the tokens in forms; forgotten at the end
        self._seconds = query_seconds
        self._lock = threading.Lock()
        self._reader: Reader | None = None
        self._writer: Database | None = None
        self._declared: Declared | None = None
        self._declared_at = 0.0
        self._memory: dict[str, tuple[float, object]] = {}
        self._remaking = threading.Lock()

    def now(self) -> datetime:
        """The present in Asia/Shanghai."""
        return self.config.now()

    @property
    def database_name(self) -> str:
        """A SQLite database's file, another's URL without its password."""
        return shown_url(self.config.database_url).removeprefix("sqlite:///")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that reads one state; StorageError when the database cannot be read."""
        with self._current_reader().reading() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session in one write transaction, as a command has it."""
        with self._current_writer().begin() as session:
            yield session

    def declared(self) -> Declared:
        """The declarations, at most a minute old; one that is wrong takes no other with it."""
        with self._lock:
            old = time.monotonic() - self._declared_at > DECLARATIONS_SECONDS
            if self._declared is None or old:
                self._declared = _load(self.config)
                self._declared_at = time.monotonic()
            return self._declared

    def remembered(self, name: str, make: Callable[["Ground"], T]) -> T:
        """What ``make`` makes, for what reads much and changes little.

        It is some seconds old; or up to a minute, while another thread makes it anew for the
        next who asks: nobody waits for it but the first.
        """
        known = self._memory.get(name)
        age = None if known is None else time.monotonic() - known[0]
        if known is None or age is None or age > LONGEST_MEMORY_SECONDS:
            return self._make(name, make)
        if age > MEMORY_SECONDS and self._remaking.acquire(blocking=False):
            threading.Thread(target=self._remake, args=(name, make), daemon=True).start()
        return cast(T, known[1])

    def _make(self, name: str, make: Callable[["Ground"], T]) -> T:
        """Make it, and remember it unless something was written meanwhile that it rests on."""
        memory = self._memory
        made = make(self)
        memory[name] = (time.monotonic(), made)  # one that was forgotten meanwhile is read no more
        return made

    def _remake(self, name: str, make: Callable[["Ground"], object]) -> None:
        """Make it anew for the next who asks."""
        try:
            self._make(name, make)
        except StorageError as error:
            logger.warning("not made anew: name=%s error=%s", name, error)
        finally:
            self._remaking.release()

    def forget(self) -> None:
        """Something was written that what is remembered rests on."""
        self._memory = {}

    def close(self) -> None:
        """Give all connections back."""
        with self._lock:
            if self._reader is not None:
                self._reader.close()
            if self._writer is not None:
                self._writer.close()
            self._reader = self._writer = None

    def _current_reader(self) -> Reader:
        """The open reader; opened anew when the file was replaced by another one."""
        with self._lock:
            if self._reader is not None and not self._reader.is_current:
                self._reader.close()
                if self._writer is not None:
                    self._writer.close()
                self._reader = self._writer = None
                self._memory = {}
            if self._reader is None:
                self._reader = open_reader(self.config.database_url, seconds=self._seconds)
            return self._reader

    def _current_writer(self) -> Database:
        self._current_reader()  # sees that the file is there: a write never makes a database
        with self._lock:
            if self._writer is None:
                self._writer = open_database(
                    self.config.database_url, migrate=False, busy_timeout_ms=WRITE_WAIT_MS
                )
            return self._writer


def _load(config: Config) -> Declared:
    sources: dict[str, Source] = {}
    try:
        sources, wrong = load_sound_sources(config.sources, kept=kept_in(config))
    except DeclarationError as error:  # the folder is not there
        wrong = [error]
    almanac, no_almanac = None, None
    try:
        almanac = load_almanac(config.calendar)
    except AlmanacError as error:
        no_almanac = str(error)
    return Declared(
        sources=sources,
        almanac=almanac,
        broken=tuple(str(one) for one in wrong),
        no_almanac=no_almanac,
    )

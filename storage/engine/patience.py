"""Waiting for a database that passes by itself: restarted, locked, its disk full for a while."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from storage.errors import DatabaseLockedError, DatabaseUnavailableError, DiskFullError

logger = logging.getLogger(__name__)

PASSING = (DatabaseUnavailableError, DatabaseLockedError, DiskFullError)
"""The errors that are worth another try: nothing was written, and the cause may go away."""

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Patience:
    """Overlooks passing errors of the database until they have lasted ``seconds`` on end."""

    seconds: float
    _since: float | None = None

    @contextmanager
    def overlooking(self) -> Iterator[None]:
        """Let a passing error by, so that the caller comes again; raise it when it lasts."""
        try:
            yield
        except PASSING as error:
            moment = time.monotonic()
            self._since = moment if self._since is None else self._since
            if moment - self._since >= self.seconds:
                raise
            logger.warning("the database is tried again: %s", error)
        else:
            self._since = None


def patiently(work: Callable[[], T], *, seconds: float, pause: float = 0.5) -> T:
    """Do ``work``, again and again while the database refuses it for reasons that pass.

    ``work`` is one transaction, or more that may be repeated.

    :raises StorageError: the passing error that has lasted ``seconds``, any other at once.
    """
    patience = Patience(seconds=seconds)
    while True:
        with patience.overlooking():
            return work()
        time.sleep(pause)

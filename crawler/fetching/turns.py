"""Waits until a host may be asked, whoever asked it last: any crawl or probe of any machine.

The ledger is the database's (``storage.runs.turns``).  Where no delay is asked for nothing is
waited for and nothing written.
"""

import asyncio
import logging
import time
from urllib.parse import urlsplit

from storage.engine.database import Database
from storage.errors import StorageError
from storage.runs.turns import take_turn

logger = logging.getLogger(__name__)

MARGIN_SECONDS = 0.1
"""Added to every delay: so late a request may be, and the next is still not too close to it."""
TRIES = 4
"""How often a turn that was slept through is asked for anew, on a machine that cannot keep up."""


class HostTurns:
    """The turns of one process on all hosts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def wait(self, url: str, delay_seconds: float) -> None:
        """Return when the host of ``url`` may be asked, with ``delay_seconds`` between requests.

        While the ledger cannot be had, only this process's own delays are kept, which is logged.
        """
        if delay_seconds <= 0:
            return
        host = urlsplit(url).hostname or ""
        for _ in range(TRIES):
            asked = time.monotonic()
            try:
                wait = await asyncio.to_thread(self._take, host, delay_seconds + MARGIN_SECONDS)
            except StorageError as error:
                logger.warning("host=%s is asked without its turn: %s", host, error)
                return
            if wait > 0:
                await asyncio.sleep(wait)
            # The turn was given between question and answer; counted from its earliest.
            if time.monotonic() - asked - wait < MARGIN_SECONDS:
                return

    def _take(self, host: str, delay_seconds: float) -> float:
        with self._database.begin() as session:
            return take_turn(session, host, delay_seconds)

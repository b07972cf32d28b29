"""Wishes of hosts (Retry-After) that outlive this process, for crawls and probes alike.

A wish is kept in the database on the wall clock and held in a process on its monotonic one.
Only long ones are kept: a short one is over before another run begins.  Where the database
refuses, this process goes by what it knows itself.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.fetching.waiting import LONGEST_WAIT_SECONDS
from storage.engine.database import Database
from storage.errors import StorageError
from storage.links.rests import Rest, note_rest, rests
from storage.records import RefusalClass

logger = logging.getLogger(__name__)

LONG_SECONDS = 30.0
"""A wait that a run does not sit out itself."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Until when (on the monotonic clock) a host is left alone, and what its answer was called."""

    until: float
    refusal_class: RefusalClass


class HostRests:
    """The wishes that all processes of one database know of."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        """``now`` is the wall clock, aware: the pretended one of a rehearsal too."""
        self._database = database
        self._now = now

    def known(self) -> Mapping[str, Wish]:
        """What hosts have asked for and has not passed, by host and port as in their URLs."""
        now, moment = self._now(), time.monotonic()
        try:
            with self._database.reading() as session:
                found = rests(session, now=now, longest=timedelta(seconds=LONGEST_WAIT_SECONDS))
        except StorageError as error:
            logger.warning("what hosts asked for is not known: %s", error)
            return {}
        return {
            one.host: Wish(moment + (one.until - now).total_seconds(), one.refusal_class)
            for one in found
        }

    def note(self, host: str, seconds: float, refusal_class: RefusalClass) -> None:
        """Keep a wish of so many seconds from now, if it is a long one."""
        if seconds <= LONG_SECONDS:
            return
        now = self._now()
        rest = Rest(host=host, until=now + timedelta(seconds=seconds), refusal_class=refusal_class)
        try:
            with self._database.begin() as session:
                note_rest(session, rest, now=now)
        except StorageError as error:
            logger.warning("host=%s asks to be left alone, which is not kept: %s", host, error)

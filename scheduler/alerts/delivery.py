"""Takes messages from the outbox to every channel, at least once, and counts on nobody."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from scheduler.alerts.channels import Channel, ChannelError
from scheduler.alerts.messages import DELIVERED_KINDS, Notice, flag_notice
from storage.engine.database import Database
from storage.notices import outbox
from storage.notices.flags import get_flag
from storage.notices.outbox import Message
from storage.publications.reading import get_publication

logger = logging.getLogger(__name__)


class Courier:
    """Delivers what is due; one at a time, so that order holds where nothing fails."""

    def __init__(
        self, database: Database, channels: Sequence[Channel], *, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._channels = list(channels)
        self._now = now
        self.sent = 0
        self.failed = 0

    def deliver(self) -> int:
        """Send what is due; how many messages every channel has now."""
        settled = 0
        while True:
            with self._database.reading() as session:
                if not outbox.is_due(session, kinds=DELIVERED_KINDS, now=self._now()):
                    return settled
            with self._database.begin() as session:
                taken = outbox.take(session, kinds=DELIVERED_KINDS, now=self._now(), limit=1)
            if not taken:
                return settled
            settled += self._send(taken[0])

    def _send(self, message: Message) -> bool:
        notice = self._notice(message)
        problems = []
        for channel in self._channels:
            if channel.name in message.delivered:
                continue
            try:
                channel.send(notice)
            except ChannelError as error:
                self.failed += 1
                problems.append(f"{channel.name}: {error}")
                logger.warning("channel=%s message=%s not taken: %s", channel.name,
                               message.key, error)  # fmt: skip
                continue
            self.sent += 1
            logger.info("channel=%s message=%s taken", channel.name, message.key)
            with self._database.begin() as session:
                outbox.delivered(session, message.id, channel.name, now=self._now())
        with self._database.begin() as session:
            if problems:
                outbox.put_off(
                    session,
                    message.id,
                    attempts=message.attempts,
                    error="; ".join(problems),
                    now=self._now(),
                )
            else:
                outbox.settle(session, message.id, now=self._now())
        return not problems

    def _notice(self, message: Message) -> Notice:
        """Flags are put in words as they stand now; all others were when they were posted."""
        if message.kind != "flag":
            return Notice(
                key=message.key,
                kind=message.kind,
                title=str(message.payload["title"]),
                body=str(message.payload["body"]),
            )
        with self._database.reading() as session:
            flag = get_flag(session, int(str(message.payload["flag_id"])))
            publication = get_publication(session, flag.publication_id)
        return flag_notice(message.key, flag, publication)

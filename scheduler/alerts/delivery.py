"""Takes messages from the outbox to every channel, at least once, and counts on nobody."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock, Thread

from scheduler.alerts.channels import Channel
from scheduler.alerts.messages import DELIVERED_KINDS, Notice, flag_notice
from scheduler.alerts.posting import ChannelError
from scheduler.i18n import words_in
from storage.engine.database import Database
from storage.notices import outbox
from storage.notices.flags import get_flag
from storage.notices.outbox import Message
from storage.publications.reading import get_publication

logger = logging.getLogger(__name__)


BATCH = 20
"""Messages taken at once; each channel goes through them at its own pace."""

CHANNEL_SECONDS = 30.0
"""After this a channel that says nothing is left to itself; those of ours end after 15 s.  A
service of Apprise's may hang longer: its thread goes on, and it is asked no more until then."""


class Courier:
    """Delivers what is due: in order within a channel, and no channel waits for another."""

    def __init__(
        self,
        database: Database,
        channels: Sequence[Channel],
        *,
        now: Callable[[], datetime],
        channel_seconds: float = CHANNEL_SECONDS,
        language: str = "zh",
    ) -> None:
        self._database = database
        self._channels = list(channels)
        self._now = now
        self._channel_seconds = channel_seconds
        self._words = words_in(language)
        self._hanging: dict[str, Thread] = {}
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
                taken = outbox.take(session, kinds=DELIVERED_KINDS, now=self._now(), limit=BATCH)
            if not taken:
                return settled
            settled += self._send(taken)

    def _send(self, messages: list[Message]) -> int:
        """Every channel in a thread of its own; how many of the messages all of them have."""
        notices = [(message, self._notice(message)) for message in messages]
        rounds = [_Round(channel, notices) for channel in self._channels]
        begun = []
        for one in rounds:
            if one.channel.name in self._hanging:
                if self._hanging[one.channel.name].is_alive():
                    one.give_up("it still hangs at an earlier message")
                    continue
                del self._hanging[one.channel.name]
            thread = Thread(target=one.run, name=one.channel.name, daemon=True)
            thread.start()
            begun.append((one, thread))
        end = time.monotonic() + self._channel_seconds
        problems: dict[int, list[str]] = {message.id: [] for message in messages}
        for one, thread in begun:
            thread.join(max(0.0, end - time.monotonic()))
            if thread.is_alive():
                self._hanging[one.channel.name] = thread
                one.give_up(f"nothing heard of it for {self._channel_seconds:g} s")
        for one in rounds:
            self._enter(one, problems)
        settled = 0
        with self._database.begin() as session:
            for message in messages:
                if problems[message.id]:
                    outbox.put_off(
                        session,
                        message.id,
                        attempts=message.attempts,
                        error="; ".join(problems[message.id]),
                        now=self._now(),
                    )
                else:
                    outbox.settle(session, message.id, now=self._now())
                    settled += 1
        return settled

    def _enter(self, one: "_Round", problems: dict[int, list[str]]) -> None:
        """What a channel took is on the disk before the message counts as settled."""
        name = one.channel.name
        outcomes = one.outcomes()
        for message, problem in outcomes:
            if problem is None:
                self.sent += 1
                logger.info("channel=%s message=%s taken", name, message.key)
            else:
                self.failed += 1
                problems[message.id].append(f"{name}: {problem}")
                logger.warning("channel=%s message=%s not taken: %s", name, message.key, problem)
        with self._database.begin() as session:
            for message, problem in outcomes:
                if problem is None:
                    outbox.delivered(session, message.id, name, now=self._now())

    def _notice(self, message: Message) -> Notice:
        """Flags are put in words as they stand now; all others were when they were posted."""
        if message.kind != "flag":
            data = message.payload.get("data")
            return Notice(
                key=message.key,
                kind=message.kind,
                title=str(message.payload["title"]),
                body=str(message.payload["body"]),
                data=data if isinstance(data, dict) else {},  # none before 0.2
            )
        with self._database.reading() as session:
            flag = get_flag(session, int(str(message.payload["flag_id"])))
            publication = get_publication(session, flag.publication_id)
        return flag_notice(message.key, flag, publication, self._words)


class _Round:
    """One channel's way through a batch; written by its thread, read by the courier."""

    def __init__(self, channel: Channel, notices: Sequence[tuple[Message, Notice]]) -> None:
        self.channel = channel
        self._wanted = [one for one in notices if channel.name not in one[0].delivered]
        self._outcomes: dict[int, str | None] = {}
        self._lock = Lock()
        self._given_up: str | None = None

    def run(self) -> None:
        """Send in order; a channel that failed twice in a row is spared the rest of the batch."""
        failures = 0
        for message, notice in self._wanted:
            problem: str | None = None
            if failures >= 2:
                problem = "not tried: it refused the messages before"
            else:
                try:
                    self.channel.send(notice)
                except ChannelError as error:
                    problem = str(error)
            failures = 0 if problem is None else failures + 1
            with self._lock:
                if self._given_up is not None:
                    return
                self._outcomes[message.id] = problem

    def give_up(self, why: str) -> None:
        """Whatever has no outcome yet has failed for this reason."""
        with self._lock:
            self._given_up = why

    def outcomes(self) -> list[tuple[Message, str | None]]:
        """Each wanted message with its problem; None where the channel has taken it."""
        with self._lock:
            missing = self._given_up or "not tried"
            return [(one, self._outcomes.get(one.id, missing)) for one, _ in self._wanted]

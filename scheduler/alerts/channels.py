"""Where messages go: a file, a plain webhook, a messenger's robot, or what Apprise knows.

A channel's URL is a secret: its name here is the scheme and a short hash, which is all that
logs, rows and errors ever show.
"""

import hashlib
import json
import logging
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

import httpx

from scheduler.alerts.messages import Notice
from scheduler.alerts.posting import ChannelError, post
from scheduler.alerts.robots import ROBOTS, RobotChannel, robot_of_address
from storage.records import SHANGHAI

WEBHOOK_SCHEMES = {"webhook+http": "http", "webhook+https": "https"}


class Channel(Protocol):
    """Takes messages."""

    @property
    def name(self) -> str:
        """Safe to show."""

    def send(self, notice: Notice) -> None:
        """Hand over one message.

        :raises ChannelError: when it was not taken.
        """


class FileChannel:
    """Appends each message to a text file."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path = path
        self._now = now
        self.name = safe_name("file", str(path))

    def send(self, notice: Notice) -> None:
        """One line of head, the body, an empty line; on the disk before it counts as sent."""
        moment = self._now().astimezone(SHANGHAI)
        head = f"[{moment:%Y-%m-%d %H:%M:%S}] {notice.title}  <{notice.key}>"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{head}\n{notice.body}\n\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ChannelError(f"the file could not be written: {error.strerror}") from error


class WebhookChannel:
    """Posts each message as JSON, with its key in the header Idempotency-Key."""

    def __init__(self, url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._url = url
        self._transport = transport
        self.name = safe_name("webhook", url)
        try:
            sound = bool(httpx.URL(url).host)
        except httpx.InvalidURL:
            sound = False
        if not sound:
            raise ChannelError(f"{self.name}: not a URL with a host")

    def send(self, notice: Notice) -> None:
        """POST; a status of 2xx counts as taken, unless the answer itself says no.

        :raises ChannelError: when it was not taken.
        """
        document = {
            "key": notice.key,
            "kind": notice.kind,
            "title": notice.title,
            "body": notice.body,
            "link": notice.link,
            "data": dict(notice.data),
        }
        reply = post(
            self._url,
            json.dumps(document, ensure_ascii=False),
            {"Idempotency-Key": notice.key},
            transport=self._transport,
        )
        if not 200 <= reply.status < 300:
            raise ChannelError(f"status {reply.status}")
        if (no := denial(reply.body)) is not None:
            raise ChannelError(f"status {reply.status}, but its answer says {no}")


def denial(body: bytes) -> str | None:
    """What in an answer says that a message was not taken: ``"ok": false`` and the like.

    Only what means nothing else; None for any other answer, which need not be JSON.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict):
        return None
    for name in ("ok", "success"):
        if answer.get(name) is False:
            return f"{name}: false"
    code = answer.get("errcode")
    return f"errcode: {code}" if isinstance(code, int) and code != 0 else None


class AppriseChannel:
    """Mail and whatever else Apprise knows the URL of; it says of an answer only its status."""

    def __init__(self, url: str) -> None:
        import apprise  # 0.16 s and some MB, only where one is configured

        # Its own log lines name hosts and tokens at some levels.
        logging.getLogger("apprise").setLevel(logging.CRITICAL)
        self.name = safe_name(url.partition(":")[0], url)
        self._apprise = apprise.Apprise()
        try:
            known = self._apprise.add(url)
        except ValueError:  # "dingtalk://[TOKEN" is no address to urllib
            known = False
        if not known:
            raise ChannelError(f"{self.name}: Apprise does not know such a URL")

    def send(self, notice: Notice) -> None:
        """Hand over; Apprise says only whether it was taken."""
        body = f"{notice.body}\n<{notice.key}>"
        if not self._apprise.notify(title=notice.title, body=body):
            raise ChannelError("the service did not take it")


def safe_name(scheme: str, url: str) -> str:
    """The scheme with a hash of the whole URL: the same for the same URL, and no secret."""
    return f"{scheme}-{hashlib.sha256(url.encode()).hexdigest()[:8]}"


def open_channels(urls: str, *, var: Path, now: Callable[[], datetime]) -> list[Channel]:
    """The channels of ``CPPCC_CHANNELS``; the file ``alerts.txt`` when it names none.

    :raises ChannelError: for a URL that is none of a channel, named by its hash.
    """
    channels: list[Channel] = [_open(url, now) for url in urls.split()]
    return channels or [FileChannel(var / "alerts.txt", now)]


def _open(url: str, now: Callable[[], datetime]) -> Channel:
    url = robot_of_address(url) or url
    scheme, separator, rest = url.partition(":")
    if not separator:
        raise ChannelError(f"{safe_name('channel', url)}: not a URL")
    if scheme == "file":
        return FileChannel(Path(rest.removeprefix("//")), now)
    if scheme in WEBHOOK_SCHEMES:
        return WebhookChannel(f"{WEBHOOK_SCHEMES[scheme]}:{rest}")
    if scheme in ROBOTS:
        return RobotChannel(url, safe_name(scheme, url))
    return AppriseChannel(url)

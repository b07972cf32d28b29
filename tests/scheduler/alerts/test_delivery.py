"""Channels and the courier: at least once, recognisable as one, no secret shown."""

import json
import logging
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import httpx
import pytest

from scheduler.alerts.channels import (
    AppriseChannel,
    Channel,
    FileChannel,
    WebhookChannel,
    open_channels,
)
from scheduler.alerts.delivery import Courier
from scheduler.alerts.messages import DELIVERED_KINDS, Notice
from scheduler.alerts.posting import ChannelError
from scheduler.alerts.robots import RobotChannel
from storage.articles import saving as articles
from storage.engine.database import Database
from storage.notices import outbox
from storage.records import SHANGHAI, Genre
from tests.storage.samples import article

NOON = datetime(2026, 9, 1, 12, tzinfo=SHANGHAI)
NOTICE = Notice(
    key="flag:1",
    kind="flag",
    title="New",
    body="words",
    link="http://x.example/1",
    data={"flag": 1},
)


class Moving:
    """A clock under our control."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


class Scripted:
    """A channel that fails as often as it was told to."""

    def __init__(self, name: str, failures: int = 0) -> None:
        self.name = name
        self.failures = failures
        self.taken: list[Notice] = []

    def send(self, notice: Notice) -> None:
        if self.failures:
            self.failures -= 1
            raise ChannelError("status 503")
        self.taken.append(notice)


def post(database: Database, *keys: str) -> None:
    with database.begin() as session:
        for key in keys:
            outbox.post(session, "incident", key, {"title": key, "body": "words"}, now=NOON)


def test_each_channel_gets_each_message_once(database: Database) -> None:
    first, second = Scripted("first"), Scripted("second")
    post(database, "incident:1", "incident:2")
    courier = Courier(database, [first, second], now=lambda: NOON)
    assert courier.deliver() == 2
    assert courier.deliver() == 0
    for channel in (first, second):
        assert [notice.key for notice in channel.taken] == ["incident:1", "incident:2"]


def test_a_failing_channel_is_tried_again_and_the_others_are_not(database: Database) -> None:
    clock, sound, broken = Moving(), Scripted("sound"), Scripted("broken", failures=2)
    courier = Courier(database, [sound, broken], now=clock)
    post(database, "incident:1")
    for seconds in (0, 29, 30, 60, 89, 90):
        clock.at = NOON + timedelta(seconds=seconds)
        courier.deliver()
    assert len(sound.taken) == len(broken.taken) == 1
    with database.reading() as session:
        assert outbox.backlog(session, DELIVERED_KINDS).messages == 0


def test_a_channel_that_hangs_holds_up_no_other(database: Database) -> None:
    released = Event()

    class Hanging(Scripted):
        def send(self, notice: Notice) -> None:
            released.wait()
            super().send(notice)

    hanging, sound = Hanging("hanging"), Scripted("sound")
    post(database, "incident:1", "incident:2", "incident:3")
    courier = Courier(database, [hanging, sound], now=lambda: NOON, channel_seconds=0.2)
    try:
        assert courier.deliver() == 0
        assert [notice.key for notice in sound.taken] == ["incident:1", "incident:2", "incident:3"]
        with database.reading() as session:
            assert "nothing heard" in str(outbox.backlog(session, DELIVERED_KINDS).last_error)
    finally:
        released.set()


def test_a_channel_that_refuses_is_spared_the_rest_of_a_batch(database: Database) -> None:
    broken, clock = Scripted("broken", failures=2), Moving()
    post(database, *(f"incident:{number}" for number in range(5)))
    courier = Courier(database, [broken], now=clock)
    assert courier.deliver() == 0
    assert broken.taken == []
    clock.at += timedelta(minutes=1)
    assert courier.deliver() == 5
    assert len(broken.taken) == 5


def test_a_sender_that_died_leaves_the_message_to_the_next(database: Database) -> None:
    post(database, "incident:1")
    with database.begin() as session:  # taken, and then the process was killed
        assert len(outbox.take(session, kinds=DELIVERED_KINDS, now=NOON)) == 1
    channel, clock = Scripted("one"), Moving()
    courier = Courier(database, [channel], now=clock)
    assert courier.deliver() == 0
    clock.at = NOON + outbox.TAKEN_FOR
    assert courier.deliver() == 1
    assert [notice.key for notice in channel.taken] == ["incident:1"]


def test_a_clock_that_ran_ahead_puts_no_message_off_for_ever(database: Database) -> None:
    clock, channel = Moving(), Scripted("one", failures=1)
    post(database, "incident:1")
    clock.at = NOON + timedelta(days=300)
    courier = Courier(database, [channel], now=clock)
    assert courier.deliver() == 0
    clock.at = NOON + timedelta(minutes=5)
    assert courier.deliver() == 1


def test_a_flag_is_told_with_what_a_person_needs(database: Database) -> None:
    with database.begin() as session:
        articles.save_articles(session, [article(genre=Genre.TEN_EVENTS)], now=NOON, run_id=None)
    channel = Scripted("one")
    Courier(database, [channel], now=lambda: NOON).deliver()
    (notice,) = channel.taken
    assert notice.kind == "flag"
    assert notice.link == article().url
    assert notice.title == "云南 2025 十件大事：省政协工作动态第1期"
    assert (notice.data["flag"], notice.data["publication"]) == (1, 1)
    assert notice.data["events"][0] == {  # type: ignore[index]
        "ordinal": 1, "heading": "提案办理提质增效", "date": "2025-11",
    }  # fmt: skip
    for words in (
        "提示 f1，稿件 1",
        article().title,
        "云南",
        "2025",
        article().url,
        "十件大事",
        "1. 提案办理提质增效",
    ):
        assert words in notice.body


def test_a_webhook_gets_json_and_the_key_as_a_header() -> None:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(204)

    transport = httpx.MockTransport(answer)
    WebhookChannel("https://hook.example/t/secret", transport).send(NOTICE)
    (request,) = requests
    assert request.headers["Idempotency-Key"] == "flag:1"
    assert json.loads(request.content) == {
        "key": "flag:1", "kind": "flag", "title": "New", "body": "words",
        "link": "http://x.example/1", "data": {"flag": 1},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "taken"),
    [
        (b"", True), (b"ok", True), (b"[1]", True), (b'{"code": 200}', True),
        (b'{"errcode": 0, "errmsg": "ok"}', True), (b'{"ok": true}', True),
        (b'{"errcode": 310000, "errmsg": "keywords not in content"}', False),
        (b'{"ok": false, "description": "chat not found"}', False),
        (b'{"success": false}', False),
    ],
)  # fmt: skip
def test_a_webhook_that_says_no_with_status_200_has_not_taken_it(body: bytes, taken: bool) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    channel = WebhookChannel("https://hook.example/t/secret", transport)
    if taken:
        channel.send(NOTICE)
        return
    with pytest.raises(ChannelError, match="status 200, but its answer says"):
        channel.send(NOTICE)


@pytest.mark.parametrize(
    "url",
    [
        "https://oapi.dingtalk.com/robot/send?access_token=secret",
        "webhook+https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=secret",
        "https://open.feishu.cn/open-apis/bot/v2/hook/secret",
        "https://open.larksuite.com/open-apis/bot/v2/hook/secret",
        "webhook+https://sctapi.ftqq.com/secret.send",
        "https://www.pushplus.plus/send?token=secret",
    ],
)
def test_a_robot_is_known_by_the_address_that_its_messenger_shows(tmp_path: Path, url: str) -> None:
    (channel,) = open_channels(url, var=tmp_path, now=lambda: NOON)
    assert isinstance(channel, RobotChannel)
    assert "secret" not in channel.name


@pytest.mark.parametrize("broken", [httpx.Response(500), httpx.ConnectError("secret host")])
def test_no_secret_of_a_webhook_is_shown(
    database: Database,
    caplog: pytest.LogCaptureFixture,
    broken: httpx.Response | httpx.ConnectError,
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if isinstance(broken, httpx.Response):
            return broken
        raise broken

    caplog.set_level(logging.DEBUG)
    transport = httpx.MockTransport(answer)
    channel = WebhookChannel("https://hook.example/t/secret", transport)
    post(database, "incident:1")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # as the service sets it
    Courier(database, [channel], now=lambda: NOON).deliver()
    with database.reading() as session:
        error = outbox.backlog(session, DELIVERED_KINDS).last_error
    assert error is not None
    assert "secret" not in error + caplog.text
    assert "hook.example" not in error + caplog.text


def test_the_file_keeps_every_message(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "alerts.txt"
    channel = FileChannel(path, lambda: NOON)
    channel.send(NOTICE)
    channel.send(NOTICE)
    assert path.read_text("utf-8").count("New  <flag:1>\nwords\n") == 2
    with pytest.raises(ChannelError, match="could not be written"):
        FileChannel(tmp_path, lambda: NOON).send(NOTICE)


# Apprise looks into pictures with a module that Python 3.13 drops; it does without it there.
apprise = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


def kinds_of(channels: list[Channel]) -> list[type]:
    return [type(channel) for channel in channels]


@apprise
def test_channels_are_read_from_their_urls(tmp_path: Path) -> None:
    urls = f"file:{tmp_path}/a.txt\n webhook+https://hook.example/t/secret  json://localhost/x"
    channels = open_channels(urls, var=tmp_path, now=lambda: NOON)
    assert kinds_of(channels) == [FileChannel, WebhookChannel, AppriseChannel]
    assert all("secret" not in channel.name for channel in channels)
    assert kinds_of(open_channels("", var=tmp_path, now=lambda: NOON)) == [FileChannel]


@apprise
@pytest.mark.parametrize(
    "url",
    [
        "secret",
        "nosuchservice://secret",
        "webhook+https:///secret",
        "webhook+https://hook.example:secret/",
        "dingtalk://[secret",
        "wecombot://",
        "json://[secret",
    ],
)
def test_what_is_no_channel_is_refused_without_showing_it(tmp_path: Path, url: str) -> None:
    with pytest.raises(ChannelError) as raised:
        open_channels(url, var=tmp_path, now=lambda: NOON)
    assert "secret" not in str(raised.value)

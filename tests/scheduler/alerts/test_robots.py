"""A robot that answers 200 with a code has not taken the message: the code decides."""

import json
from collections.abc import Callable

import httpx
import pytest

from scheduler.alerts.messages import Notice
from scheduler.alerts.posting import ChannelError
from scheduler.alerts.robots import ROBOTS, WECOM_BYTES, RobotChannel

NOTICE = Notice(key="flag:1", kind="flag", title="云南省政协", body="一行\n二行")
URLS = {
    "dingtalk": "dingtalk://topsecret",
    "wecombot": "wecombot://topsecret",
    "feishu": "feishu://topsecret",
    "lark": "lark://topsecret",
    "schan": "schan://topsecret",
    "pushplus": "pushplus://topsecret",
}


def answering(
    url: str, answer: Callable[[httpx.Request], httpx.Response]
) -> tuple[RobotChannel, list[httpx.Request]]:
    """A channel whose robot answers so, and the requests that it got."""
    got: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        got.append(request)
        return answer(request)

    return RobotChannel(url, "robot-1", httpx.MockTransport(handle)), got


def saying(document: object, status: int = 200) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _request: httpx.Response(status, json=document)


def test_every_robot_has_a_case() -> None:
    assert URLS.keys() == ROBOTS.keys()


@pytest.mark.parametrize(
    ("scheme", "document"),
    [
        ("dingtalk", {"errcode": 0, "errmsg": "ok"}),
        ("wecombot", {"errcode": 0, "errmsg": "ok"}),
        ("feishu", {"code": 0, "msg": "success", "data": {}}),
        ("feishu", {"StatusCode": 0, "StatusMessage": "success"}),
        ("lark", {"code": 0, "msg": "success"}),
        ("schan", {"code": 0, "message": "", "data": {"pushid": "1"}}),
        ("pushplus", {"code": 200, "msg": "请求成功", "data": "x"}),
    ],
)
def test_the_code_of_taken_is_taken(scheme: str, document: object) -> None:
    channel, got = answering(URLS[scheme], saying(document))
    channel.send(NOTICE)
    (request,) = got
    assert "云南省政协" in request.content.decode()
    assert "<flag:1>" in request.content.decode()
    assert request.url.scheme == "https"


@pytest.mark.parametrize(
    ("scheme", "document", "words"),
    [
        ("dingtalk", {"errcode": 310000, "errmsg": "keywords not in content"}, "310000: keywords"),
        ("dingtalk", {"errcode": 130101, "errmsg": "send too fast"}, "too fast"),
        ("wecombot", {"errcode": 93000, "errmsg": "invalid webhook url"}, "93000"),
        ("wecombot", {"errcode": "45009", "errmsg": "api freq out of limit"}, "45009"),
        ("feishu", {"code": 19024, "msg": "Key Words Not Found", "data": {}}, "19024"),
        ("schan", {"code": 40001, "message": "[AUTH]错误的Key"}, "40001"),
        ("pushplus", {"code": 903, "msg": "无效的用户令牌"}, "903"),
        ("pushplus", {"code": 0, "msg": ""}, "code 0"),
        ("dingtalk", {"result": "ok"}, "states no code"),
        ("dingtalk", [0], "no JSON object"),
    ],
)
def test_another_code_or_none_is_a_refusal_in_the_robots_words(
    scheme: str, document: object, words: str
) -> None:
    channel, _ = answering(URLS[scheme], saying(document))
    with pytest.raises(ChannelError, match=words):
        channel.send(NOTICE)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>Please log in to this network</html>"),
        httpx.Response(200, content=b""),
        httpx.Response(200, content=b"[" * 60_000),
        httpx.Response(302, headers={"Location": "http://portal.example/"}),
        httpx.Response(502, text="bad gateway"),
    ],
    ids=["captive portal", "empty", "nested", "redirect", "502"],
)
def test_an_answer_that_is_none_of_the_robots_is_a_refusal(answer: httpx.Response) -> None:
    channel, _ = answering(URLS["wecombot"], lambda _request: answer)
    with pytest.raises(ChannelError):
        channel.send(NOTICE)


def test_a_robot_that_echoes_its_address_shows_no_secret() -> None:
    words = {"errcode": 300001, "errmsg": "token topsecret is not exist; sign hidden"}
    channel, _ = answering("dingtalk://hidden@topsecret", saying(words))
    with pytest.raises(ChannelError) as raised:
        channel.send(NOTICE)
    assert "topsecret" not in str(raised.value)
    assert "hidden" not in str(raised.value)


def test_a_signed_robot_is_given_a_time_and_a_signature() -> None:
    channel, got = answering("dingtalk://hidden@topsecret", saying({"errcode": 0}))
    channel.send(NOTICE)
    (request,) = got
    assert request.url.params["access_token"] == "topsecret"
    assert request.url.params["timestamp"].isdigit()
    assert request.url.params["sign"]


def test_dingtalk_calls_the_people_of_its_address() -> None:
    channel, got = answering("dingtalk://topsecret/13800000000", saying({"errcode": 0}))
    channel.send(NOTICE)
    assert json.loads(got[0].content)["at"] == {"atMobiles": ["13800000000"]}


def test_a_long_message_is_cut_between_characters_and_keeps_its_key() -> None:
    channel, got = answering(URLS["wecombot"], saying({"errcode": 0}))
    channel.send(Notice(key="digest:1", kind="digest", title="日报", body="政协" * 2_000))
    text = json.loads(got[0].content)["text"]["content"]
    assert len(text.encode("utf-8")) <= WECOM_BYTES
    assert text.endswith("…\n<digest:1>")
    assert set(text.removeprefix("日报\n").removesuffix("\n…\n<digest:1>")) == {"政", "协"}

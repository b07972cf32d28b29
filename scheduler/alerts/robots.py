"""The messengers' robots, which refuse a message with HTTP 200 and a code in the body.

钉钉, 企业微信, 飞书 (Lark abroad), Server酱 and PushPlus answer 200 to a message that nobody will
see: a wrong keyword, a revoked key, too many messages in a minute.  Taken is only what the
answer's own code says is taken; an answer without a code is a refusal too.  Apprise knows the
same addresses and looks at the status alone (2.2, seen 2026-11), so they are sent from here.
"""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

import httpx

from scheduler.alerts.messages import Notice
from scheduler.alerts.posting import ChannelError, post

WORDS_LENGTH = 200
WECOM_BYTES = 2048
"""企业微信 refuses a text of more bytes (developer.work.weixin.qq.com/document/path/91770)."""
DINGTALK_BYTES = 18_000  # 钉钉: the whole message at most 20,000 bytes
FEISHU_BYTES = 18_000  # 飞书: the whole request at most 20 KB
PLUS_BYTES = 18_000  # PushPlus: 20,000 characters for paying users; Server酱: 32 KB


@dataclass(frozen=True, slots=True, kw_only=True)
class Robot:
    """One service: its address from a channel's URL, its message, the code that means taken."""

    address: Callable[[str, str], str]  # token, secret -> URL
    # token, title, body, whom to call -> JSON
    document: Callable[[str, str, str, tuple[str, ...]], Mapping[str, object]]
    code_keys: tuple[str, ...]
    taken: int
    word_keys: tuple[str, ...]
    most_bytes: int


def _signed_dingtalk(token: str, secret: str) -> str:
    url = f"https://oapi.dingtalk.com/robot/send?access_token={quote(token, safe='')}"
    if not secret:
        return url
    stamp = str(round(time.time() * 1000))
    code = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return f"{url}&timestamp={stamp}&sign={quote(base64.b64encode(code), safe='')}"


def _feishu(host: str) -> Callable[[str, str], str]:
    return lambda token, _secret: f"https://{host}/open-apis/bot/v2/hook/{quote(token, safe='')}"


def _text(_token: str, title: str, body: str, called: tuple[str, ...]) -> Mapping[str, object]:
    said = {"msgtype": "text", "text": {"content": f"{title}\n{body}"}}
    return {**said, "at": {"atMobiles": list(called)}} if called else said


def _feishu_text(
    _token: str, title: str, body: str, _called: tuple[str, ...]
) -> Mapping[str, object]:
    return {"msg_type": "text", "content": {"text": f"{title}\n{body}"}}


_FEISHU = Robot(
    address=_feishu("open.feishu.cn"),
    document=_feishu_text,
    code_keys=("code", "StatusCode"),
    taken=0,
    word_keys=("msg", "StatusMessage"),
    most_bytes=FEISHU_BYTES,
)
ROBOTS: Mapping[str, Robot] = {
    "dingtalk": Robot(
        address=_signed_dingtalk,
        document=_text,
        code_keys=("errcode",),
        taken=0,
        word_keys=("errmsg",),
        most_bytes=DINGTALK_BYTES,
    ),
    "wecombot": Robot(
        address=lambda token, _secret: (
            f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={quote(token, safe='')}"
        ),
        document=_text,
        code_keys=("errcode",),
        taken=0,
        word_keys=("errmsg",),
        most_bytes=WECOM_BYTES,
    ),
    "feishu": _FEISHU,
    "lark": Robot(
        address=_feishu("open.larksuite.com"),
        document=_FEISHU.document,
        code_keys=_FEISHU.code_keys,
        taken=0,
        word_keys=_FEISHU.word_keys,
        most_bytes=FEISHU_BYTES,
    ),
    "schan": Robot(
        address=lambda token, _secret: f"https://sctapi.ftqq.com/{quote(token, safe='')}.send",
        document=lambda _token, title, body, _called: {"title": title, "desp": body},
        code_keys=("code",),
        taken=0,
        word_keys=("message",),
        most_bytes=PLUS_BYTES,
    ),
    "pushplus": Robot(
        address=lambda _token, _secret: "https://www.pushplus.plus/send",
        document=lambda token, title, body, _called: {
            "token": token,
            "title": title,
            "content": body,
            "template": "txt",
        },
        code_keys=("code",),
        taken=200,
        word_keys=("msg",),
        most_bytes=PLUS_BYTES,
    ),
}


_PASTED = re.compile(
    r"(?:webhook\+)?https?://(?:"
    r"oapi\.dingtalk\.com/robot/send\?(?:.*&)?access_token=(?P<dingtalk>[^&#]+)"
    r"|qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?(?:.*&)?key=(?P<wecombot>[^&#]+)"
    r"|open\.feishu\.cn/open-apis/bot/v2/hook/(?P<feishu>[^/?#]+)"
    r"|open\.larksuite\.com/open-apis/bot/v2/hook/(?P<lark>[^/?#]+)"
    r"|sctapi\.ftqq\.com/(?P<schan>[^/?#]+)\.send"
    r"|www\.pushplus\.plus/send\?(?:.*&)?token=(?P<pushplus>[^&#]+)"
    r")",
    re.IGNORECASE,
)


def robot_of_address(url: str) -> str | None:
    """The channel's URL of a robot whose own address was given, as messengers show it to copy.

    Posted to as any other receiver, it would answer 200 to a form that it does not know, and
    each message would count as taken.  None where ``url`` is no robot's.
    """
    found = _PASTED.match(url)
    if found is None or found.lastgroup is None:
        return None
    return f"{found.lastgroup}://{found[found.lastgroup]}"


class RobotChannel:
    """Posts to one robot and believes the code in its answer, not the status."""

    def __init__(
        self, url: str, name: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """``url`` is Apprise's: ``dingtalk://[SECRET@]TOKEN[/PHONE...]``, ``wecombot://KEY``, ...

        :raises ChannelError: when it names no token.
        """
        self.name = name
        try:
            parts = urlsplit(url)
        except ValueError:
            raise ChannelError(f"{name}: not a URL") from None
        secret, _, token = parts.netloc.rpartition("@")
        self._robot = ROBOTS[parts.scheme]
        self._token, self._secret = unquote(token), unquote(secret)
        self._called = tuple(unquote(one) for one in parts.path.split("/") if one)
        self._transport = transport
        if not self._token:
            raise ChannelError(f"{name}: no token of the robot")

    def send(self, notice: Notice) -> None:
        """One text message.

        :raises ChannelError: when there is no answer, or one whose code is not the one of taken.
        """
        robot = self._robot
        body = cut(f"{notice.body}\n<{notice.key}>", robot.most_bytes, beside=notice.title)
        reply = post(
            robot.address(self._token, self._secret),
            json.dumps(
                robot.document(self._token, notice.title, body, self._called), ensure_ascii=False
            ),
            {},
            transport=self._transport,
        )
        if not 200 <= reply.status < 300:
            raise ChannelError(f"status {reply.status}")
        self._believe(reply.body)

    def _believe(self, body: bytes) -> None:
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise ChannelError("status 200, but its answer is no JSON object")
        code = next((answer[key] for key in self._robot.code_keys if key in answer), None)
        if code is None:
            raise ChannelError("status 200, but its answer states no code")
        if str(code) != str(self._robot.taken):
            words = next((answer[key] for key in self._robot.word_keys if key in answer), "")
            raise ChannelError(f"refused with code {code}: {self._shown(str(words))}")

    def _shown(self, words: str) -> str:
        """The robot's words on one line, without what it may have echoed of our secrets."""
        for secret in (self._token, self._secret):
            if secret:
                words = words.replace(secret, "***")
        return " ".join(words.split())[:WORDS_LENGTH]


def cut(body: str, most_bytes: int, *, beside: str) -> str:
    """``body`` so short that it fits with the title in ``most_bytes`` of UTF-8, cut between
    characters and marked; the last line, which is the message's key, stays."""
    room = most_bytes - len(beside.encode("utf-8")) - 2
    if len(body.encode("utf-8")) <= room:
        return body
    text, _, key = body.rpartition("\n")
    tail = f"\n…\n{key}"
    kept = text.encode("utf-8")[: max(0, room - len(tail.encode("utf-8")))]
    return kept.decode("utf-8", "ignore") + tail

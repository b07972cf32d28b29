"""An address that a person types leads to the public internet, or nowhere."""

import socket
from typing import Any

import httpcore
import pytest

from crawler.config import MAX_BYTES, MAX_REDIRECTS
from scheduler.console import fetching
from scheduler.console.errors import InputError
from scheduler.console.fetching import checked_url, fetch_public, is_public


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "::1",
     "::", "fc00::1", "fe80::1%eth0", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
     "224.0.0.1", "240.0.0.1", "100.64.0.1", "198.18.0.1", "255.255.255.255", "x"],
)  # fmt: skip
def test_what_is_not_public_is_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "223.5.5.5", "2400:3200::1"])
def test_what_is_public_is_known(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example/", "file:///etc/passwd", "http://a.example:8080/", "https://a.example:80/",
     "http://u:p@a.example/", "http://u@a.example/", "//a.example/", "", "http://", "http:///x",
     "http://a.example/\r\nX: y", "http://a b/", "gopher://a/", "http://a.example/" + "x" * 2000],
)  # fmt: skip
def test_only_plain_addresses_are_asked(url: str) -> None:
    with pytest.raises(InputError) as refused:
        checked_url(url)
    assert refused.value.code == "bad_address"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://2130706433/",
     "http://0x7f.1/", "http://127.1/", "http://169.254.169.254/latest/meta-data/"],
)  # fmt: skip
def test_this_machine_and_its_network_are_never_asked(url: str) -> None:
    with pytest.raises(InputError) as refused:
        fetch_public(url, user_agent="test")
    assert refused.value.code in ("private_address", "no_answer", "bad_address")


class Names:
    """A resolver whose answers change: what a rebinding name server does."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answer.split()]


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names("8.8.8.8 127.0.0.1"))
    with pytest.raises(InputError) as refused:
        fetch_public("http://a.example/", user_agent="test")
    assert refused.value.code == "private_address"


def test_a_name_is_resolved_once_and_that_address_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = Names("203.0.113.9 8.8.8.8", "127.0.0.1")
    monkeypatch.setattr(socket, "getaddrinfo", names)
    with pytest.raises(InputError):  # TEST-NET-3 is not public
        fetching.public_address_of("a.example", 80)
    names = Names("8.8.8.8", "127.0.0.1")
    monkeypatch.setattr(socket, "getaddrinfo", names)
    assert fetching.public_address_of("a.example", 80) == "8.8.8.8"
    assert names.asked == 1


class Scripted:
    """Public servers that answer one connection each, as written."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: list[bytes]) -> None:
        self.answers = list(answers)
        self.connected: list[str] = []
        real = socket.getaddrinfo

        def names(host: str, port: int, **given: Any) -> Any:
            return real("8.8.8.8" if host.endswith(".example") else host, port, **given)

        def connect(_: object, host: str, *rest: object) -> httpcore.NetworkStream:
            self.connected.append(host)
            return httpcore.MockStream(self.answers.pop(0))

        monkeypatch.setattr(socket, "getaddrinfo", names)
        monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)


def moved(where: str) -> list[bytes]:
    return [f"HTTP/1.1 302 Found\r\nLocation: {where}\r\nContent-Length: 0\r\n"
            "Connection: close\r\n\r\n".encode()]  # fmt: skip


@pytest.mark.parametrize(
    ("where", "code"),
    [("http://169.254.169.254/latest/", "private_address"), ("//127.0.0.1/", "private_address"),
     ("http://localhost/", "private_address"), ("http://b.example:8080/", "bad_address"),
     ("file:///etc/passwd", "bad_address"), ("http://u:p@b.example/", "bad_address")],
)  # fmt: skip
def test_each_redirect_is_an_address_that_is_checked(
    monkeypatch: pytest.MonkeyPatch, where: str, code: str
) -> None:
    servers = Scripted(monkeypatch, moved("http://b.example/"), moved(where))
    with pytest.raises(InputError) as refused:
        fetch_public("http://a.example/", user_agent="test")
    assert refused.value.code == code
    assert servers.connected == ["8.8.8.8", "8.8.8.8"]  # and nowhere else


def test_redirects_end(monkeypatch: pytest.MonkeyPatch) -> None:
    Scripted(monkeypatch, *[moved(f"http://a.example/{n}") for n in range(MAX_REDIRECTS + 1)])
    with pytest.raises(InputError) as refused:
        fetch_public("http://a.example/", user_agent="test")
    assert refused.value.code == "too_many_redirects"


def test_a_page_has_a_largest_size_whatever_it_says_of_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    piece = b"x" * 2**20
    many = [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", *[piece] * (MAX_BYTES // 2**20 + 1)]
    Scripted(monkeypatch, many)
    with pytest.raises(InputError) as refused:
        fetch_public("http://a.example/", user_agent="test")
    assert refused.value.code == "too_large"


def test_a_page_has_its_time_however_it_drips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "WHOLE_SECONDS", 0.0)
    Scripted(monkeypatch, [b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"])
    with pytest.raises(InputError) as refused:
        fetch_public("http://a.example/", user_agent="test")
    assert refused.value.code == "no_answer"

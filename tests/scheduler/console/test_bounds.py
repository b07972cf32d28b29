"""What one peer, one proxy or one question can hold: no more than the design says."""

import asyncio
import contextlib
import socket
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import Message

from scheduler.config import Config
from scheduler.console import ground, security, serving
from scheduler.console.app import make_app
from scheduler.console.auth import SESSION_COOKIE
from scheduler.console.serving import server
from storage.access.people import MOST_OF_PAIR, Role
from storage.engine.database import Database
from tests.scheduler.console.conftest import PASSWORD, post, token_of

OURS = "https://monitor.example"
SENT_ON = {"X-Forwarded-For": "198.51.100.9", "X-Forwarded-Proto": "https"}


def through(config: Config, app: FastAPI, *, peer: str, proxies: str) -> TestClient:
    """A browser behind a proxy that ends TLS, as uvicorn hands its requests on to us."""
    named = config.model_copy(
        update={"console_hosts": "monitor.example", "console_proxies": proxies}
    )
    listening = server(named, host="127.0.0.1", port=8765, app=make_app(named))
    listening.config.load()
    return TestClient(
        listening.config.loaded_app, base_url="http://monitor.example", client=(peer, 50000),
        headers=SENT_ON,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("peer", "proxies", "believed"),
    [("127.0.0.1", "127.0.0.1", True), ("127.0.0.1", "", False),
     ("198.51.100.7", "127.0.0.1", False), ("198.51.100.7", "198.51.100.7", True)],
)  # fmt: skip
def test_what_was_sent_on_is_believed_of_named_proxies_only(
    config: Config, app: FastAPI, users: dict[Role, str], peer: str, proxies: str, believed: bool
) -> None:
    client = through(config, app, peer=peer, proxies=proxies)
    fields = {"name": "read", "password": PASSWORD, "token": token_of(client)}
    # Its cookie may be Secure, which this client would not send back over http.
    form = "; ".join(f"{one.name}={one.value}" for one in client.cookies.jar)
    answer = client.post(
        "/login", data=fields, headers={"Origin": OURS, "Cookie": form}, follow_redirects=False
    )
    if believed:
        assert answer.status_code == 303
        cookie = next(
            one for one in answer.headers.get_list("set-cookie") if one.startswith(SESSION_COOKIE)
        )
        assert "secure" in cookie.lower()
    else:
        assert answer.status_code == 403  # to us it came over http, from another page


def test_what_a_named_proxy_sends_on_is_counted_by_its_own_address(
    config: Config, app: FastAPI, users: dict[Role, str]
) -> None:
    client = through(config, app, peer="127.0.0.1", proxies="127.0.0.1")
    codes = []
    for number in range(MOST_OF_PAIR + 2):
        forwarded = {"X-Forwarded-For": "198.51.100.9", "X-Forwarded-Proto": "http"}
        fields = {"name": "read", "password": f"guess {number}"}
        codes.append(post(client, "/login", fields, **forwarded).status_code)
    assert codes[-1] == 429
    elsewhere = {"X-Forwarded-For": "198.51.100.10", "X-Forwarded-Proto": "http"}
    fields = {"name": "read", "password": PASSWORD}
    assert post(client, "/login", fields, **elsewhere).status_code == 303


def scope_of(method: str, path: str) -> dict[str, object]:
    """A request of this machine as a server hands it on."""
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"",
        "root_path": "", "client": ("127.0.0.1", 5), "server": ("127.0.0.1", 8765),
        "headers": [(b"host", b"127.0.0.1:8765"), (b"origin", b"http://127.0.0.1:8765"),
                    (b"content-type", b"application/x-www-form-urlencoded")],
    }  # fmt: skip


async def never() -> Message:
    """A peer that sends nothing more."""
    await asyncio.Event().wait()
    raise AssertionError


def test_a_body_that_does_not_come_is_given_up(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security, "BODY_SECONDS", 0.0)
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app(scope_of("POST", "/flags/accept"), never, send))
    assert sent[0]["status"] == 408


def test_an_answer_that_nobody_takes_is_given_up(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security, "SEND_SECONDS", 0.0)

    async def send(message: Message) -> None:
        await never()

    with pytest.raises(TimeoutError):
        asyncio.run(app(scope_of("GET", "/static/icon.svg"), never, send))


def test_a_head_that_does_not_end_is_given_up(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.05)
    monkeypatch.setattr(serving, "KEEP_ALIVE_SECONDS", 0.0)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        running = server(config, host="127.0.0.1", port=port)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            listening.listen()
            with socket.create_connection(("127.0.0.1", port), timeout=60) as slow:
                slow.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Sl")
                with contextlib.suppress(ConnectionResetError):
                    assert slow.recv(100) == b""  # closed, and nothing said
        finally:
            running.should_exit = True
            thread.join(60)


def test_a_database_that_goes_and_comes_back_is_said_on_the_page(
    local: TestClient, flags: list[int], config: Config
) -> None:
    assert local.get("/").status_code == 200
    path = Path(config.database_url.removeprefix("sqlite:///"))
    away = path.with_suffix(".away")
    path.rename(away)
    gone = local.get("/")
    assert gone.status_code == 503
    assert "<h1" in gone.text
    assert gone.headers["retry-after"] == "5"
    assert local.get("/flags.json").json()["error"]["code"] == "no_database"
    assert not path.exists()  # asking makes none
    away.rename(path)
    assert local.get("/").status_code == 200


HOLDER = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("PRAGMA locking_mode = EXCLUSIVE")
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""
"""Another process that has the whole file for itself, as a restore or a repair has."""


def test_a_locked_database_is_said_on_the_page_until_it_is_free(
    config: Config, local: TestClient
) -> None:
    path = config.database_url.removeprefix("sqlite:///")
    words = [sys.executable, "-c", HOLDER, path]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        locked = local.get("/")
        assert locked.status_code == 503
        assert "<h1" in locked.text
        assert local.get("/flags.json").json()["error"]["code"] == "locked"
        holder.kill()
    assert local.get("/").status_code == 200


def test_a_decision_that_the_database_has_no_time_for_is_said(
    config: Config,
    local: TestClient,
    flags: list[int],
    database_of: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ground, "WRITE_WAIT_MS", 50)
    with sqlite3.connect(
        config.database_url.removeprefix("sqlite:///"), isolation_level=None
    ) as busy:
        busy.execute("BEGIN IMMEDIATE")
        refused = post(local, "/flags/accept", {"flag": str(flags[0])}, Accept="application/json")
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "locked")
        assert local.get("/").status_code == 200  # reading goes on meanwhile
        busy.execute("ROLLBACK")
    assert post(local, "/flags/accept", {"flag": str(flags[0])}).status_code == 303


@pytest.mark.parametrize("kind", ["another", "older", "no database"])
def test_a_database_that_was_replaced_is_said_or_shown(
    config: Config, local: TestClient, flags: list[int], sqlite_template: Path, kind: str
) -> None:
    assert len(local.get("/flags.json").json()["rows"]) == len(flags)
    path = Path(config.database_url.removeprefix("sqlite:///"))
    other = path.with_suffix(".other")
    if kind == "no database":
        other.write_bytes(b"no database at all, " * 300)
    else:
        other.write_bytes(sqlite_template.read_bytes())
    if kind == "older":
        with sqlite3.connect(other) as changing:
            changing.execute("UPDATE alembic_version SET version_num = '0001'")
        changing.close()
    for rest in ("-wal", "-shm"):
        Path(f"{path}{rest}").unlink(missing_ok=True)
    other.rename(path)
    answer = local.get("/")
    if kind == "another":
        assert answer.status_code == 200
        assert local.get("/flags.json").json()["rows"] == []  # nothing of the former one is shown
        return
    assert answer.status_code == 503
    code = local.get("/flags.json").json()["error"]["code"]
    assert code == ("other_schema" if kind == "older" else "no_database")

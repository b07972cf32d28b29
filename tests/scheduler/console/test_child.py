"""The console beside the service: it answers, ends with it, and is ended when it is killed."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from scheduler.config import Config
from scheduler.console.child import ConsoleChild

PATIENCE = 120.0


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def answers(port: int) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/flags.json", timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def until(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.2)
    return False


def test_it_answers_while_the_service_runs_and_ends_with_it(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPPCC_DATABASE_URL", config.database_url)
    port = free_port()
    with ConsoleChild(host="127.0.0.1", port=port):
        assert until(lambda: answers(port))
    assert not answers(port)


def test_it_ends_when_its_service_was_killed(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPPCC_DATABASE_URL", config.database_url)
    port = free_port()
    words = (
        f"import time\nfrom scheduler.console.child import ConsoleChild\n"
        f"with ConsoleChild(host='127.0.0.1', port={port}): time.sleep(600)"
    )
    root = Path(__file__).parents[3]
    service = subprocess.Popen([sys.executable, "-c", words], cwd=root, env=os.environ.copy())
    assert until(lambda: answers(port))
    service.kill()
    service.wait()
    assert until(lambda: not answers(port))

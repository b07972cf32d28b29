"""What the command line imports: every command pays for it, and most need little of it."""

import subprocess
import sys

import pytest

NOT_AT_ONCE = {
    "alembic",
    "apprise",
    "apscheduler",
    "bs4",
    "crawler.reading.publication",
    "httpx",
    "numpy",
    "prometheus_client",
    "pyarrow",
    "scrapy",
    "trustme",
    "twisted",
    "warcio",
    "xlsxwriter",
}
SHOW_MODULES = "import sys, scheduler.cli.app; print(*sys.modules)"


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", SHOW_MODULES], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_command_line_imports_nothing_that_only_some_commands_need(loaded: set[str]) -> None:
    assert "scheduler.cli.app" in loaded
    assert not loaded & NOT_AT_ONCE

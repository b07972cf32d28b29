"""The files of docs/deploy: they parse, and every command and option in them exists."""

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml
from typer.main import get_command

from scheduler.cli.app import app
from scheduler.cli.lazy import LazyGroup
from scheduler.config import Config

FOLDER = Path(__file__).parent.parent / "docs" / "deploy"
FILES = sorted(FOLDER.glob("*.yaml"))


def services(path: Path) -> dict[str, dict[str, object]]:
    loaded = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(loaded, dict)
    found = loaded["services"]
    assert isinstance(found, dict)
    return found


def options_of(command: object) -> set[str]:
    params = command.params  # type: ignore[attr-defined]
    return {name for one in params for name in (*one.opts, *one.secondary_opts)}


def dask(name: str) -> click.Command:
    # Runs where Dask is installed (extras dev, cluster; so in CI): one machine alone needs none.
    cli = pytest.importorskip(
        "distributed.cli",
        reason="Dask is not installed: it runs with the extras dev and cluster, so in CI",
    )
    module = __import__(f"{cli.__name__}.dask_{name}", fromlist=["main"])
    found = module.main
    assert isinstance(found, click.Command)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_command_and_option_exists(path: Path) -> None:
    tried = 0
    for name, service in services(path).items():
        command = service.get("command")
        if command is None:
            assert "postgres" in str(service["image"]), name
            continue
        assert isinstance(command, list)
        program, subcommand, *words = command
        if program == "dask":
            known = options_of(dask(subcommand))
        else:
            group = get_command(app)
            assert program == "cppcc"
            assert isinstance(group, LazyGroup)
            known = options_of(group.load(subcommand))
        for word in words:
            assert not word.startswith("--") or word in known, f"{name}: {word}"
        tried += 1
    assert tried


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_setting_exists(path: Path) -> None:
    settings = {f"CPPCC_{name.upper()}" for name in Config.model_fields}
    for name, service in services(path).items():
        environment = service.get("environment", {})
        assert isinstance(environment, dict)
        given = {one for one in environment if one.startswith("CPPCC_")}
        assert given <= settings, name


def test_the_page_names_only_profiles_and_files_that_exist() -> None:
    page = (FOLDER / "README.md").read_text("utf-8")
    files = {path.name: path for path in FILES}
    profiles = {
        str(one)
        for service in services(files["compose-cluster.yaml"]).values()
        for one in (service.get("profiles") or [])  # type: ignore[attr-defined]
    }
    named = set(re.findall(r"--profile (\S+)", page))
    assert named == profiles
    lines = [line for line in page.splitlines() if line.startswith("    docker compose -f")]
    assert len(lines) >= 6
    for line in lines:
        words = shlex.split(line, comments=True)
        assert Path(words[3]).name in files, line

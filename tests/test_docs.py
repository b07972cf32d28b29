"""Documents name every command and every setting, and no link leads nowhere."""

import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from crawler.reading.genre.model import learnt
from crawler.reading.genre.required import _BARS
from scheduler.cli.app import app
from scheduler.cli.lazy import LazyGroup
from scheduler.config import Config
from scheduler.i18n import words_in
from scheduler.i18n.reasons import reason

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs").rglob("*.md"))]
CALL = re.compile(r"(?:\.venv/bin/)?cppcc [a-z]")
ALL = "\n".join(path.read_text("utf-8") for path in DOCUMENTS)


def commands() -> list[str]:
    """Every command as it is typed, groups resolved."""
    found: list[str] = []

    def walk(command: object, words: str) -> None:
        inner = getattr(command, "commands", None)
        if inner is None:
            found.append(words)
            return
        for name, child in inner.items():
            real = command.load(name) if isinstance(command, LazyGroup) else child
            walk(real, f"{words} {name}")

    walk(get_command(app), "cppcc")
    return found


@pytest.mark.parametrize("command", commands())
def test_each_command_is_documented(command: str) -> None:
    assert command in ALL


@pytest.mark.parametrize("name", sorted(Config.model_fields))
def test_each_setting_is_documented(name: str) -> None:
    assert f"CPPCC_{name.upper()}" in (ROOT / "docs/operations.md").read_text("utf-8")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text("utf-8")):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), target


def test_readme_shows_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for target in ("demo", "test"):
        assert f"make {target}" in readme
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def printed() -> list[str]:
    """Every command line in a block of code of any page."""
    blocks = re.findall(
        r"^```(?:sh|bash)?\n(.*?)^```|((?:^    \S.*\n)+)", ALL, re.DOTALL | re.MULTILINE
    )
    lines = [line.strip() for block in blocks for line in "".join(block).splitlines()]
    return sorted({line.removeprefix(".venv/bin/") for line in lines if CALL.match(line)})


@pytest.mark.parametrize("line", printed())
def test_each_printed_command_is_understood(line: str) -> None:
    """Group, command, options and arguments are such as the program takes; nothing is run."""
    _, *words = shlex.split(line, comments=True)
    words = [word for word in words if word not in ("...", "&")]
    command = get_command(app)
    names = []
    while inner := getattr(command, "commands", None):
        if words[0].startswith("-"):
            break
        name = words.pop(0)
        names.append(name)
        assert name in inner, line
        command = command.load(name) if isinstance(command, LazyGroup) else inner[name]
    context = typer.Context(command)
    parsed, rest, _ = command.make_parser(context).parse_args(list(words))
    assert not [word for word in rest if word.startswith("-")], line
    assert isinstance(parsed, dict)


def rooms() -> dict[str, str]:
    """Every room of the three packages and the first line of what it says of itself."""
    found = {}
    for package in ("storage", "crawler", "scheduler"):
        for path in sorted((ROOT / package).rglob("__init__.py")):
            folder = path.parent.relative_to(ROOT)
            if len(folder.parts) > 1 and "versions" not in folder.parts:
                words = path.read_text("utf-8").split('"""')[1].strip().split("\n")[0]
                found[f"`{folder}/`"] = words
    return found


def test_the_architecture_page_shows_every_room_as_it_says_of_itself() -> None:
    page = (ROOT / "docs/architecture.md").read_text("utf-8")
    printed = dict(re.findall(r"^\| (`[a-z0-9_/]+/`) \| (.*) \|$", page, re.MULTILINE))
    assert printed == rooms()


def test_every_learnt_sign_has_a_name_for_readers() -> None:
    words = words_in("zh")
    signs = {*learnt().whole, *learnt().short, *_BARS}
    nameless = [sign for sign in sorted(signs) if reason(words, f"cppcc_news.{sign}") is None]
    assert not nameless, "add a row to scheduler/i18n/rules.tsv: code, Chinese, English"

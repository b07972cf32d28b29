"""What commands of the command line take: processor seconds of a process, the least of several.

The floor is a process that imports what the command cannot do without, Typer and (for one that
asks the database) SQLAlchemy's ORM; command and floor by turns in one run.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from storage.engine.database import open_database
from tests.benchmarks.table import Table

ROUNDS = 5
TYPER = "import typer.main"
ORM = "import sqlalchemy.orm, typer.main, pydantic"
COMMANDS = {
    "--help": (0.4, TYPER),
    "flags list": (0.7, ORM),
    "runs list": (0.7, ORM),
    "incidents list": (0.7, ORM),
    "search 政协": (0.7, ORM),
}
"""Each with its goal in seconds, on a quiet machine, and its floor."""


@pytest.mark.bench
def test_commands(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cppcc.db'}"
    open_database(url).close()
    environment = {**os.environ, "CPPCC_DATABASE_URL": url}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
    table = Table()
    for command, (goal, imported) in COMMANDS.items():
        own, floor = [], []
        for _ in range(ROUNDS):
            own.append(seconds(["-m", "scheduler", *command.split()], environment))
            floor.append(seconds(["-c", imported], environment))
        table.add(f"cppcc {command}", min(own), goal, unit="CPU s", floor=min(floor))
    table.show()


def seconds(words: Sequence[str], environment: Mapping[str, str]) -> float:
    """Processor seconds of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

"""`cppcc demo`: the whole path on a small internet of our own, three days of it."""

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from scheduler.cli.commands.console import serve_console
from scheduler.cli.commands.context import day_file, open_context, refresh_coverage, settings
from scheduler.cli.commands.crawl import crawl_now
from scheduler.cli.presentation import console, fail, rule, say, table, verdict_text
from scheduler.config import Config
from storage.engine.database import Database, open_database
from storage.notices import flags
from storage.runs.history import RunRecord

SOURCES = [
    "yunnan_net",
    "yunnan_daily",
    "guangxi_daily",
    "guangxi_news",
    "guangxi_cppcc_news",
    "people_yunnan",
    "people_guangxi",
]
FOLDER = Path("var/demo")
DAYS = {
    1: "everything is new",
    2: "only what changed is stored, nothing is flagged again",
    3: "a new publication has come, exactly that one is flagged",
}


def demo(
    folder: Annotated[
        Path, typer.Option(help="Where the demo's database goes; emptied first")
    ] = FOLDER,
    jobs: Annotated[int, typer.Option(min=1, help="Sources crawled at the same time")] = 2,
    show: Annotated[
        bool, typer.Option("--console", help="Then serve the web console over its database")
    ] = False,
) -> None:
    """Crawl a small internet on loopback through the real path, on three days in a row."""
    from fixtures.server import SmallInternet  # its certificates cost every command 0.4 s

    if folder.exists():
        if not is_of_a_demo(folder):
            fail(f"{folder} holds other files than a demo's; name another --folder", code=2)
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    url = f"sqlite:///{folder / 'cppcc.db'}"
    sound = True
    with SmallInternet(day=1) as internet:
        for day, words in DAYS.items():
            internet.day = day
            # First of all: one that is broken off is a demo's too.
            day_file(folder / "cppcc.db").write_text(f"{date_of(day)}\n", "ascii")
            rule(f"day {day}, {date_of(day)}: {words}")
            with environment({**internet.environment(), **_settings(url, day)}):
                config = Config(database_url=url, var=folder)
                database = open_database(url)
                known = _flag_ids(database)
                records = crawl_now(database, config, SOURCES, jobs=jobs)
                refresh_coverage(open_context())
                _print_runs(records)
                _print_flags(database, known)
            sound &= all(record.verdict is not None for record in records)
    rule()
    program, database_path = _program(), folder / "cppcc.db"
    say(
        f"The database is {database_path}. Look at it with\n"
        f"  {program} flags list --db {database_path}\n"
        f"  {program} show f2 --db {database_path}\n"
        f"  {program} compare 立案提案 --db {database_path}"
    )
    if not sound:
        fail("a run ended without a verdict")
    if show:
        serve_demo(folder)
        return
    config = settings()
    elsewhere = "" if folder == FOLDER else f" --folder {shlex.quote(str(folder))}"
    say(
        f"and in a browser at http://{config.console_host}:{config.console_port}/ , served by\n"
        f"  {program} console --demo{elsewhere}"
    )


def is_of_a_demo(folder: Path) -> bool:
    """Whether a folder may be emptied: it is empty, the demo's own, or a demo left its day there.

    A database alone is no sign of one: ``var`` holds that of the unattended service.
    """
    if folder == FOLDER or not any(folder.iterdir()):
        return True
    return day_file(folder / "cppcc.db").exists()


def serve_demo(folder: Path, host: str | None = None, port: int | None = None) -> None:
    """Serve the console over the database that a demo left in ``folder``, on its last day."""
    if not (folder / "cppcc.db").exists():
        fail(f"{folder} holds no demo's database", hint="`cppcc demo` makes it", code=2)
    values = _settings(f"sqlite:///{folder / 'cppcc.db'}", max(DAYS))
    with environment({**values, "CPPCC_VAR": str(folder)}):
        serve_console(host, port)


def _program() -> str:
    """How this program is called from here: `make demo` leaves it in a .venv that no PATH has."""
    called = Path(sys.argv[0])
    if shutil.which("cppcc") or called.name != "cppcc":
        return "cppcc"
    return os.path.relpath(called)


def date_of(day: int) -> date:
    """The date of a day of the small internet."""
    from fixtures.site import DAY_ONE

    return DAY_ONE + timedelta(days=day - 1)


def _settings(url: str, day: int) -> dict[str, str]:
    return {
        "CPPCC_DATABASE_URL": url,
        "CPPCC_TODAY": date_of(day).isoformat(),
        "CPPCC_MAX_DELAY_SECONDS": "0",
    }


@contextmanager
def environment(values: dict[str, str]) -> Iterator[None]:
    """Set environment variables for child processes, and put the old ones back."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _flag_ids(database: Database) -> set[int]:
    with database.reading() as session:
        return {flag.id for flag in flags.list_flags(session, limit=1000)}


def _print_runs(records: list[RunRecord]) -> None:
    rows = table("source", "verdict", "requests", "new", "changed", "same", "reposts", "refused")
    for record in records:
        counts = record.counts
        rows.add_row(
            record.source_id,
            verdict_text(record.verdict.kind.value if record.verdict else None),
            *(
                str(number)
                for number in (
                    counts.requested,
                    counts.articles_new,
                    counts.articles_changed,
                    counts.articles_unchanged,
                    counts.reposts,
                    counts.refused,
                )
            ),
        )
    console.print(rows)


def _print_flags(database: Database, known: set[int]) -> None:
    with database.reading() as session:
        raised = [flag for flag in flags.list_flags(session, limit=1000) if flag.id not in known]
    if not raised:
        console.print("\nnothing new is flagged\n")
        return
    rows = table("flag", "genre", "score", "region", "title", "source", title="\nflagged")
    for flag in reversed(raised):
        rows.add_row(
            str(flag.id),
            f"[bold green]{flag.genre.value}[/]",
            f"{flag.score:.2f}",
            flag.region or "-",
            Text(flag.title),
            flag.source_id or "-",
        )
    console.print(rows)
    console.print()

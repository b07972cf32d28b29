"""`cppcc crawl`: manual runs, watched live."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from typing import Annotated

import typer
from rich.live import Live
from rich.table import Table
from rich.text import Text

from crawler.runs.account import exit_code
from scheduler.carrying.carrier import Carrier
from scheduler.carrying.template import TemplateLauncher, launcher_for
from scheduler.cli.commands.context import open_context, refresh_coverage
from scheduler.cli.presentation import (
    console,
    errors,
    fail,
    print_json,
    print_note,
    table,
    verdict_text,
)
from scheduler.config import Config
from scheduler.shapes.run import run_json
from storage.engine.database import Database
from storage.engine.patience import Patience, patiently
from storage.errors import StorageError, TransitionError
from storage.records import RunTrigger, VerdictKind
from storage.runs import door, history, lease
from storage.runs.claimers import this_process
from storage.runs.history import RunRecord
from storage.runs.options import CrawlOptions
from storage.runs.states import RunState

POLL_SECONDS = 0.25
FREE_SECONDS = 5.0
"""How often waiting runs see whether what they wait for is dead."""
PATIENCE_SECONDS = 60.0
"""How long a database that does not answer is tried again before the command gives up."""
FORKED_FROM = 3
"""From so many runs on, a process to fork them from costs less than it spares."""
TEMPLATE_SECONDS = 30.0
"""How long its imports are waited for; then the runs start plainly."""


def crawl(
    sources: Annotated[list[str], typer.Argument(help="Ids of declared sources")],
    since: Annotated[str | None, typer.Option(help="First day of publication, YYYY-MM-DD")] = None,
    until: Annotated[str | None, typer.Option(help="Last day of publication, YYYY-MM-DD")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Fetch at most N articles")] = None,
    full: Annotated[bool, typer.Option(help="Follow lists to their very end")] = False,
    jobs: Annotated[int, typer.Option(min=1, help="Sources crawled at the same time")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print the run records as JSON")] = False,
) -> None:
    """Crawl sources now and print what each run proved.

    Exit code 0 when every run is complete or empty_expected, 3 when one is partial, 4 on any
    other verdict.
    """
    first, last = _day("--since", since), _day("--until", until)
    if first and last and first > last:
        fail(f"--since {since} is after --until {until}", code=2)
    context = open_context()
    if first and first > context.config.now().date():
        fail(f"--since {since} has not come yet: nothing is of that day", code=2)
    if unknown := [source for source in sources if source not in context.sources]:
        fail(
            f"no source is declared as {', '.join(unknown)}",
            hint="`cppcc sources list` shows all ids; docs/add-a-source.md says how to add one",
            code=2,
        )
    records = crawl_now(
        context.database,
        context.config,
        list(dict.fromkeys(sources)),
        options=CrawlOptions(since=first, until=last, limit=limit, full=full),
        jobs=jobs,
        quiet=as_json,
    )
    refresh_coverage(context)
    if as_json:
        shapes = [run_json(record) for record in records]
        print_json(shapes if len(shapes) > 1 else shapes[0])
    else:
        for record in records:
            _print_verdict(record)
    raise typer.Exit(max(_exit_code(record) for record in records))


def crawl_now(
    database: Database,
    config: Config,
    sources: list[str],
    *,
    options: CrawlOptions | None = None,
    jobs: int = 2,
    quiet: bool = False,
) -> list[RunRecord]:
    """Make a manual run for each source, carry them out, and return their records.

    :raises StorageError: when the database refuses for longer than ``PATIENCE_SECONDS``.
    """
    ids = patiently(
        lambda: _make_runs(database, config, sources, options or CrawlOptions()),
        seconds=PATIENCE_SECONDS,
    )
    patience = Patience(seconds=PATIENCE_SECONDS)
    freed = float("-inf")
    told: frozenset[int] = frozenset()
    records: list[RunRecord] = []
    with (
        giving_up(database, ids, config.now),
        carrying(database, config, len(sources)) as carrier,
        Live(console=console, transient=True, refresh_per_second=4) as live,
    ):
        while not records or carrier.active or any(_is_open(record) for record in records):
            with patience.overlooking():
                if time.monotonic() - freed > FREE_SECONDS:
                    carrier.free_dead()  # no service may be there to do it
                    freed = time.monotonic()
                carrier.tick()
                _take_what_is_free(carrier, _records(database, ids), jobs)
                records = _records(database, ids)
                if not quiet:
                    live.update(_progress(records))
                    told = _tell_ended(records, told)
            time.sleep(POLL_SECONDS)
    return records


def _tell_ended(records: list[RunRecord], told: frozenset[int]) -> frozenset[int]:
    """Where no terminal shows the table, a line a source as its run ends; who was told of."""
    ended = [one for one in records if not _is_open(one) and one.id not in told]
    if not console.is_terminal:
        for number, one in enumerate(ended, start=len(told) + 1):
            word = one.verdict.kind.value if one.verdict else one.state.value
            print_note(f"{number} of {len(records)}: {one.source_id} {word}")
    return told | {one.id for one in ended}


def _make_runs(
    database: Database, config: Config, sources: list[str], options: CrawlOptions
) -> list[int]:
    """A due run for each source, which nobody wants once this process has ended."""
    now = config.now()
    with database.begin() as session:
        return [
            door.create_run(
                session,
                source,
                trigger=RunTrigger.MANUAL,
                due_at=now,
                now=now,
                options=options.as_json(),
                wanted_by=this_process(),
            )
            for source in sources
        ]


@contextmanager
def carrying(database: Database, config: Config, runs: int) -> Iterator[Carrier]:
    """A carrier for so many runs; ends its children in good order when the command is ended."""
    launcher = launcher_for(config.logs, template=config.template and runs >= FORKED_FROM)
    carrier = Carrier(database, launcher, now=config.now, deadline_seconds=config.deadline_seconds)
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        if isinstance(launcher, TemplateLauncher):
            launcher.warm(TEMPLATE_SECONDS)
        yield carrier
    finally:
        carrier.close()
        if isinstance(launcher, TemplateLauncher):
            launcher.close()
        signal.signal(signal.SIGTERM, before)


@contextmanager
def giving_up(database: Database, ids: list[int], now: Callable[[], datetime]) -> Iterator[None]:
    """Cancel the runs that still wait when this command ends: nobody would want them later.

    Where the database refuses even that, the next command or service does it.
    """
    try:
        yield
    finally:
        with suppress(StorageError):
            for record in _records(database, ids):
                if record.state is RunState.DUE:
                    with database.begin() as session, suppress(TransitionError):
                        lease.request_cancel(session, record.id, now=now())


def _take_what_is_free(carrier: Carrier, records: list[RunRecord], jobs: int) -> None:
    """Claim waiting runs; one whose source is being crawled by a service waits for its turn."""
    for record in records:
        if len(carrier.active) >= jobs:
            return
        if record.state is RunState.DUE:
            carrier.take(record)


def _is_open(record: RunRecord) -> bool:
    """Whether a run is waiting, or at work here or under a service."""
    return record.state in (RunState.DUE, RunState.RUNNING)


def _records(database: Database, ids: list[int]) -> list[RunRecord]:
    with database.reading() as session:
        return [history.get_run(session, run_id) for run_id in ids]


def _progress(records: list[RunRecord]) -> Table:
    rows = table("source", "state", "requests", "pages", "new", "changed", "reposts", "refused")
    for record in records:
        counts = record.counts
        state = record.state.value
        if record.verdict:
            state = verdict_text(record.verdict.kind.value)
        elif record.state is RunState.DUE:
            state = "due, waits its turn"
        rows.add_row(
            record.source_id,
            state,
            str(counts.requested),
            str(counts.pages),
            str(counts.articles_new),
            str(counts.articles_changed),
            str(counts.reposts),
            str(counts.refused),
        )
    return rows


def _print_verdict(record: RunRecord) -> None:
    counts = record.counts
    kind = record.verdict.kind.value if record.verdict else None
    console.print(
        Text.from_markup(
            f"[bold]{record.source_id}[/]  {verdict_text(kind or record.state.value)}  "
            f"run {record.id}: {counts.pages} pages, {counts.articles_new} new, "
            f"{counts.articles_changed} changed, {counts.articles_unchanged} unchanged, "
            f"{counts.reposts} reposts, {counts.refused} refused, {counts.flags} flags"
        )
    )
    if record.reason:
        console.print(Text(f"  {record.reason}", style="dim"))
    if kind not in ("complete", "empty_expected"):
        errors.print(f"  [dim]`cppcc runs show {record.id}` lists each refused page[/]")


def _exit_code(record: RunRecord) -> int:
    return exit_code(record.verdict.kind if record.verdict else VerdictKind.FAILED)


def _day(name: str, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        fail(f"{name} {value!r} is no day; write it as YYYY-MM-DD", code=2)

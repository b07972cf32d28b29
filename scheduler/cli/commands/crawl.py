"""`cppcc crawl`: manual runs, watched live."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.live import Live
from rich.table import Table
from rich.text import Text

from crawler.runs.account import exit_code
from scheduler.carrying.carrier import Carrier
from scheduler.carrying.launcher import LocalLauncher
from scheduler.cli.commands.context import open_context
from scheduler.cli.presentation import console, errors, fail, print_json, table, verdict_text
from scheduler.config import Config
from scheduler.shapes.run import run_json
from storage.engine.database import Database
from storage.errors import TransitionError
from storage.records import VerdictKind
from storage.runs import lease as runs
from storage.runs.lease import RunRecord, RunState

POLL_SECONDS = 0.25
FREE_SECONDS = 5.0
"""How often waiting runs see whether what they wait for is dead."""
EXIT_NO_VERDICT = 4


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
    for name, value in (("--since", since), ("--until", until)):
        _check_day(name, value)
    if since and until and since > until:
        fail(f"--since {since} is after --until {until}", code=2)
    context = open_context()
    if unknown := [source for source in sources if source not in context.sources]:
        fail(
            f"no source is declared as {', '.join(unknown)}",
            hint="`cppcc sources list` shows all ids; docs/add-a-source.md says how to add one",
            code=2,
        )
    options: dict[str, object] = {"since": since, "until": until, "limit": limit, "full": full}
    records = crawl_now(
        context.database,
        context.config,
        list(dict.fromkeys(sources)),
        options={name: value for name, value in options.items() if value},
        jobs=jobs,
        quiet=as_json,
    )
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
    options: dict[str, object] | None = None,
    jobs: int = 2,
    quiet: bool = False,
) -> list[RunRecord]:
    """Make a manual run for each source, carry them out, and return their records."""
    now = config.now()
    with database.begin() as session:
        ids = [
            runs.create_run(
                session,
                source,
                trigger="manual",
                due_at=now,
                now=now,
                options=options or {},  # type: ignore[arg-type]  # plain JSON values
            )
            for source in sources
        ]
    carrier = Carrier(
        database,
        LocalLauncher(config.var / "logs"),
        now=config.now,
        deadline_seconds=config.deadline_seconds,
    )
    waiting = list(ids)
    freed = float("-inf")
    with (
        giving_up(database, waiting, config.now),
        ending_children(carrier),
        Live(console=console, transient=True, refresh_per_second=4) as live,
    ):
        while waiting or carrier.active or _unfinished(database, ids):
            _take_what_is_free(carrier, database, waiting, jobs)
            carrier.tick()
            if waiting and len(carrier.active) < jobs and time.monotonic() - freed > FREE_SECONDS:
                carrier.free_dead()  # no service may be there to do it
                freed = time.monotonic()
            if not quiet:
                live.update(_progress(database, ids))
            time.sleep(POLL_SECONDS)
    return [_record(database, run_id) for run_id in ids]


@contextmanager
def ending_children(carrier: Carrier) -> Iterator[None]:
    """End the children in good order when this command is interrupted or terminated."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        carrier.close()
        signal.signal(signal.SIGTERM, before)


@contextmanager
def giving_up(
    database: Database, waiting: list[int], now: Callable[[], datetime]
) -> Iterator[None]:
    """Cancel the runs that still wait when this command ends: nobody would want them later."""
    try:
        yield
    finally:
        for run_id in waiting:
            with database.begin() as session, suppress(TransitionError):
                runs.request_cancel(session, run_id, now=now())


def _take_what_is_free(carrier: Carrier, database: Database, waiting: list[int], jobs: int) -> None:
    """Claim waiting runs; one whose source is being crawled by a service waits for its turn."""
    for run_id in list(waiting):
        if len(carrier.active) >= jobs:
            return
        record = _record(database, run_id)
        if record.state is not RunState.DUE or carrier.take(record):
            waiting.remove(run_id)


def _unfinished(database: Database, ids: list[int]) -> bool:
    """Whether somebody else (a running service) still carries one of our runs."""
    return any(
        _record(database, run_id).state in (RunState.DUE, RunState.RUNNING) for run_id in ids
    )


def _record(database: Database, run_id: int) -> RunRecord:
    with database.reading() as session:
        return runs.get_run(session, run_id)


def _progress(database: Database, ids: list[int]) -> Table:
    rows = table("source", "state", "requests", "pages", "new", "changed", "reposts", "refused")
    for run_id in ids:
        record = _record(database, run_id)
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
    if record.verdict:
        console.print(Text(f"  {record.verdict.reason}", style="dim"))
    if kind not in ("complete", "empty_expected"):
        errors.print(f"  [dim]`cppcc runs show {record.id}` lists each refused page[/]")


def _exit_code(record: RunRecord) -> int:
    if record.verdict is None:
        return EXIT_NO_VERDICT
    kind: VerdictKind = record.verdict.kind
    return exit_code(kind)


def _check_day(name: str, value: str | None) -> None:
    if value is None:
        return
    try:
        date.fromisoformat(value)
    except ValueError:
        fail(f"{name} {value!r} is no day; write it as YYYY-MM-DD", code=2)


def log_path(config: Config, run_id: int) -> Path:
    """Where the output of a run is kept."""
    return config.var / "logs" / f"run-{run_id}.log"

"""`cppcc backfill`: past years, out of web archives."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.live import Live
from rich.text import Text

from crawler.runs.account import exit_code
from scheduler.cli.commands.context import Context, open_context
from scheduler.cli.presentation import console, fail, print_json, say, table, verdict_text
from storage.errors import SourceBusyError

if TYPE_CHECKING:
    from crawler.backfill.parts.driver import Backfilled, Progress
    from crawler.backfill.parts.planning import Plan
    from crawler.backfill.parts.pool import Engine
    from crawler.backfill.parts.prefilter import Wanted


def backfill(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH-or-CDX...", help="Archives (.warc, .warc.gz, .warc.zst), folders, indexes"
        ),
    ],
    host: Annotated[list[str] | None, typer.Option(help="Only pages of this host")] = None,
    since: Annotated[str | None, typer.Option(help="First day of capture, YYYY-MM-DD")] = None,
    until: Annotated[str | None, typer.Option(help="Last day of capture, YYYY-MM-DD")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; one a core")] = None,
    cluster: Annotated[
        str | None, typer.Option(metavar="URL", help="Read on a Dask cluster, tls://HOST:PORT")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count what would be read; store nothing")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Store what archives hold of past years, through the crawl's own reading.

    What was read before is not read again: the same command goes on where one was ended.
    Exit code 0 when all of it was read, 3 when some of it is lost or left, 4 otherwise.
    """
    from crawler.backfill.parts.driver import backfill as run_backfill
    from crawler.backfill.parts.index import ArchiveIndexError
    from crawler.backfill.parts.planning import PlanError, plan_parts
    from crawler.backfill.parts.prefilter import Wanted
    from scheduler.alerts.backfilled import post_backfill_digest

    first, last = _day("--since", since), _day("--until", until)
    if first and last and first > last:
        fail(f"--since {since} is after --until {until}", code=2)
    wanted = Wanted(
        hosts=tuple(name.lower().strip(".") for name in host or ()), since=first, until=last
    )
    try:
        plan = plan_parts([Path(one) for one in what], wanted)
    except (PlanError, ArchiveIndexError) as error:
        fail(str(error), hint="docs/backfill.md says what can be read", code=2)
    context = open_context()
    engine = _engine(cluster, workers)
    if dry_run:
        _count(context, plan, wanted, engine, as_json=as_json)
        return
    with Live(console=console, transient=True, refresh_per_second=4) as live:

        def show(progress: "Progress") -> None:
            if not as_json:
                live.update(Text(_progress_words(progress)))

        try:
            came_to = run_backfill(
                context.database,
                plan,
                wanted=wanted,
                sources=context.sources,
                engine=engine,
                now=context.config.now,
                progress=show,
            )
        except SourceBusyError as error:
            fail(str(error), hint="`cppcc runs list --source backfill` shows it", code=2)
    with context.database.begin() as session:
        post_backfill_digest(session, came_to, now=context.config.now())
    if as_json:
        print_json(_as_json(came_to))
    else:
        _print(came_to, plan)
    raise typer.Exit(exit_code(came_to.verdict.kind))


def _engine(cluster: str | None, workers: int | None) -> "Engine":
    from crawler.backfill.parts.pool import LocalPool

    if cluster is None:
        return LocalPool(workers)
    from crawler.backfill.parts.dask_engine import DaskEngine
    from crawler.cluster import ClusterError, connect

    try:
        return DaskEngine(connect(cluster))
    except ClusterError as error:
        fail(str(error), hint="docs/backfill.md says how a cluster is started", code=2)


def _day(name: str, stated: str | None) -> date | None:
    if stated is None:
        return None
    try:
        return datetime.strptime(stated, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        fail(f"{name} {stated!r} is no day; write it as 2021-01-31", code=2)


def _count(
    context: Context, plan: "Plan", wanted: "Wanted", engine: "Engine", *, as_json: bool
) -> None:
    """What a back-fill would read, counted without reading or storing any of it."""
    from crawler.backfill.parts.tasks import Job, PartAccount, PartResult

    job = Job(
        wanted=wanted,
        sources=tuple(context.sources.values()),
        now=context.config.now(),
        count_only=True,
    )
    total = PartAccount()
    for outcome in engine.read(job, plan.parts):
        if isinstance(outcome, PartResult):
            total.members += outcome.account.members
            total.read += outcome.account.read
            total.unwanted += outcome.account.unwanted
            total.refused += outcome.account.refused
    refused = {kind.value: count for kind, count in sorted(total.refused.items())}
    if as_json:
        print_json(
            {
                "parts": len(plan.parts),
                "members": total.members,
                "read": total.read,
                "unwanted": total.unwanted.total(),
                "unwanted_by_kind": dict(total.unwanted.most_common()),
                "refused": refused,
                "missing": [file for file, _ in plan.missing],
                "dry_run": True,
            }
        )
        return
    say(
        f"{len(plan.parts)} parts, {total.members} records: {total.read} would be read, "
        f"{total.unwanted.total()} are not wanted, {total.refused.total()} are damaged or odd"
    )
    _print_missing(plan)


def _progress_words(progress: "Progress") -> str:
    done = progress.before + progress.parts
    left = progress.seconds_left
    soon = f", about {_span(left)} left" if left is not None else ""
    saved = progress.outcomes.total()
    return (
        f"{done} of {len(progress.plan.parts)} parts, {progress.members} records "
        f"({progress.rate:.0f}/s){soon}; {saved} publications, {progress.flags} flagged"
    )


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "a minute"
    return f"{minutes} min" if minutes < 120 else f"{round(minutes / 60)} h"


def _as_json(came_to: "Backfilled") -> dict[str, object]:
    return {
        "run": came_to.run.id if came_to.run else None,
        "parts": came_to.parts,
        "parts_done_before": came_to.done_before,
        "parts_failed": came_to.failed,
        "members": came_to.members,
        "read": came_to.read,
        "unwanted": sum(came_to.unwanted.values()),
        "unwanted_by_kind": came_to.unwanted,
        "refused": {kind.value: count for kind, count in came_to.refused.items()},
        "new": came_to.new,
        "changed": came_to.changed,
        "same": came_to.same,
        "reposts": came_to.reposts,
        "flags": came_to.flags,
        "verdict": came_to.verdict.kind.value,
        "reason": came_to.verdict.reason,
    }


def _print(came_to: "Backfilled", plan: "Plan") -> None:
    run = f"run {came_to.run.id}: " if came_to.run else ""
    console.print(
        Text.from_markup(
            f"{verdict_text(came_to.verdict.kind.value)}  {run}{came_to.new} new "
            f"({came_to.reposts} of them copies), {came_to.changed} changed, "
            f"{came_to.same} the same, {came_to.flags} flags of past years"
        )
    )
    console.print(Text(f"  {came_to.verdict.reason}", style="dim"))
    rows = table("records", "", "")
    rows.add_row(str(came_to.members), "in the archives", "")
    rows.add_row(str(came_to.read), "read", "")
    for kind, count in list(came_to.unwanted.items())[:8]:
        rows.add_row(str(count), "not wanted", kind)
    for refused, count in came_to.refused.items():
        rows.add_row(str(count), "refused", refused.value)
    console.print(rows)
    _print_missing(plan)


def _print_missing(plan: "Plan") -> None:
    for file, why in plan.missing[:10]:
        say(f"  {file}: {why}")

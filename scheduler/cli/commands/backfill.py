"""`cppcc backfill`: past years, out of web archives."""

import re
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.live import Live
from rich.text import Text

from crawler.runs.account import exit_code
from scheduler.cli.commands.context import (
    Context,
    connected,
    declared_sources,
    open_context,
    settings,
)
from scheduler.cli.presentation import AsJson, console, fail, print_json, say, table, verdict_text
from scheduler.config import Config
from storage.engine.database import Database
from storage.errors import SourceBusyError
from storage.records import Verdict, VerdictKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.backfill.parts.keeping import Progress
    from crawler.backfill.parts.outcome import Backfilled
    from crawler.backfill.parts.planning import Plan
    from crawler.backfill.parts.pool import Engine
    from crawler.backfill.parts.prefilter import Wanted
    from crawler.sources.declaration import Source
    from scheduler.cli.live_backfill import LiveBackfill
    from storage.runs.history import RunRecord
    from storage.runs.options import CrawlOptions


def backfill(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH-or-CDX-or-SOURCE...",
            help="Archives (.warc, .warc.gz, .warc.zst), folders, indexes; or ids of sources",
        ),
    ],
    host: Annotated[list[str] | None, typer.Option(help="Only pages of this host")] = None,
    pattern: Annotated[
        str | None,
        typer.Option("--url", metavar="REGEX", help="Only pages whose address matches"),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="First day, of capture or (SOURCE) publication, YYYY-MM-DD")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Last day, YYYY-MM-DD")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; one a core")] = None,
    cluster: Annotated[
        str | None, typer.Option(metavar="URL", help="Read on a Dask cluster, tls://HOST:PORT")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count what would be read; store nothing")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Store what archives hold of past years, through the crawl's own reading.

    With SOURCE its own archive is walked, list pages or issues, as runs with the source's
    delays; --since is needed then.
    What was read before is not read again: the same command goes on where one was ended.
    Exit code 0 when all of it was read, 3 when some of it is lost or left, 4 otherwise.
    """
    from crawler.backfill.parts.driver import backfill as run_backfill
    from crawler.backfill.parts.index import ArchiveIndexError
    from crawler.backfill.parts.planning import PlanError, plan_parts
    from crawler.backfill.parts.prefilter import Wanted

    first, last = _day("--since", since), _day("--until", until)
    if first and last and first > last:
        fail(f"--since {since} is after --until {until}", code=2)
    if names_sources(what):
        _walk_sources(what, first, last, dry_run=dry_run, as_json=as_json)
        return
    try:
        re.compile(pattern or "")
    except re.error as error:
        fail(f"--url {pattern!r} is no regular expression: {error}", code=2)
    wanted = Wanted(
        hosts=tuple(name.lower().strip(".") for name in host or ()),
        pattern=pattern,
        since=first,
        until=last,
    )
    try:
        plan = plan_parts([Path(one) for one in what], wanted)
    except (PlanError, ArchiveIndexError) as error:
        fail(str(error), hint="docs/backfill.md says what can be read", code=2)
    if dry_run:
        _count(open_context(), plan, wanted, _engine(cluster, workers), as_json=as_json)
        return
    config = settings()
    database = connected(config)
    with Live(console=console, transient=True, refresh_per_second=4) as live:

        def show(progress: "Progress") -> None:
            if not as_json:
                live.update(Text(_progress_words(progress)))

        try:
            came_to = run_backfill(
                database,
                plan,
                wanted=wanted,
                sources=lambda: declared_sources(config),
                engine=lambda: _engine(cluster, workers),
                now=config.now,
                progress=show,
            )
        except SourceBusyError as error:
            fail(str(error), hint="`cppcc runs list --source backfill` shows it", code=2)
    _tell(
        database,
        config,
        runs=[came_to.run.id] if came_to.run else [],
        stored=came_to.new + came_to.changed,
        verdict=came_to.verdict,
        what=f"{came_to.parts} parts of archives",
    )
    if as_json:
        print_json(_as_json(came_to))
    else:
        _print(came_to, plan)
    raise typer.Exit(exit_code(came_to.verdict.kind))


def names_sources(what: list[str]) -> bool:
    """Whether ids are meant: nothing of these names lies here, and none looks like a file."""
    return all(re.fullmatch(r"[a-z][a-z0-9_]*", one) and not Path(one).exists() for one in what)


def _walk_sources(
    what: list[str], since: date | None, until: date | None, *, dry_run: bool, as_json: bool
) -> None:
    """Walk the archives of declared sources, one after the other."""
    context = open_context()
    if unknown := [one for one in what if one not in context.sources]:
        fail(
            f"{', '.join(unknown)}: no such file, and no source is declared so",
            hint="`cppcc sources list` shows all ids",
            code=2,
        )
    if since is None:
        fail("a walk through a source's past needs --since", code=2)
    today = context.config.now().date()
    if since > today:
        fail(f"--since {since} has not come yet: nothing is of that day", code=2)
    if until is not None and until > today:
        fail(f"--until {until} has not come yet: nothing can cover it", code=2)
    walks = [
        _walk_source(context, context.sources[one], since, until or today, dry_run, as_json)
        for one in dict.fromkeys(what)
    ]
    if as_json:
        print_json(walks if len(walks) > 1 else walks[0])
    kinds = [VerdictKind(str(one["verdict"])) for one in walks if one["verdict"]]
    raise typer.Exit(max(map(exit_code, kinds), default=0))


def _walk_source(
    context: Context, source: "Source", since: date, until: date, dry_run: bool, as_json: bool
) -> dict[str, object]:
    from scheduler.cli.commands.crawl import crawl_now
    from scheduler.cli.live_backfill import LiveBackfill

    def crawl(options: "CrawlOptions") -> "RunRecord":
        (record,) = crawl_now(
            context.database, context.config, [source.id], options=options, jobs=1, quiet=as_json
        )
        return record

    walk = LiveBackfill(
        database=context.database,
        source=source,
        since=since,
        until=until,
        crawl=crawl,
        now=context.config.now,
    )
    walk.recall()
    left = [one for one in walk.slices if one not in walk.ends]
    if dry_run:
        say(f"{source.id}: {len(left)} of {len(walk.slices)} slices are left to be read")
        return {"source": source.id, "slices": len(walk.slices), "left": len(left), "verdict": ""}
    for one in walk.read():
        end = walk.ends[one]
        if not as_json:
            kind = end.kind.value if end.kind else None
            head = Text.from_markup(f"{source.id}  {one.since} … {one.until}  {verdict_text(kind)}")
            console.print(head + Text(f"  {end.articles} articles  {end.why}", style="dim"))
    verdict = walk.verdict()
    stored = sum(one.counts.articles_new + one.counts.reposts for one in walk.runs)
    _tell(
        context.database,
        context.config,
        runs=[one.id for one in walk.runs],
        stored=stored,
        verdict=verdict,
        what=f"{source.name}, {since} to {until}",
    )
    if not as_json:
        _print_years(source, walk, verdict)
    return {
        "source": source.id,
        "since": since,
        "until": until,
        "slices": len(walk.slices),
        "slices_done_before": len(walk.slices) - len(left),
        "runs": [one.id for one in walk.runs],
        "years": [
            {
                "year": one.year,
                "covered": one.covered,
                "days": one.days,
                "days_covered": one.days_covered,
                "articles": one.articles,
                "why": one.why or None,
            }
            for one in walk.years
        ],
        "new": stored,
        "verdict": verdict.kind.value,
        "reason": verdict.reason,
    }


def _tell(
    database: Database,
    config: Config,
    *,
    runs: "Sequence[int]",
    stored: int,
    verdict: Verdict,
    what: str,
) -> None:
    """One message of all that was stored; none where nothing was."""
    if not stored:
        return
    from scheduler.alerts.backfilled import Found, post_backfill_digest
    from scheduler.i18n import words_in

    found = Found(runs=runs, stored=stored, verdict=verdict, what=what)
    with database.begin() as session:
        post_backfill_digest(session, found, words_in(config.language), now=config.now())


def _print_years(source: "Source", walk: "LiveBackfill", verdict: Verdict) -> None:
    rows = table("year", "covered", "articles", "why not")
    for one in walk.years:
        days = "all days" if one.covered else f"{one.days_covered} of {one.days} days"
        rows.add_row(str(one.year), days, str(one.articles), Text(one.why))
    console.print(rows)
    console.print(
        Text.from_markup(f"[bold]{source.id}[/]  {verdict_text(verdict.kind.value)}")
        + Text(f"  {verdict.reason}", style="dim")
    )


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
    from crawler.backfill.parts.part import Job, PartAccount, PartResult

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
    word = "copy" if came_to.reposts == 1 else "copies"
    copies = f" ({came_to.reposts} {word})" if came_to.reposts else ""
    stored = [
        f"{came_to.new} new{copies}",
        *([f"{came_to.changed} changed"] if came_to.changed else []),
        *([f"{came_to.same} as before"] if came_to.same else []),
        f"{came_to.flags} flagged",
    ]
    console.print(
        Text.from_markup(f"{verdict_text(came_to.verdict.kind.value)}  {run}{', '.join(stored)}")
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
    for file, lost in list(came_to.by_file.items())[:10]:
        say(f"damaged: {Path(file).name}: {', '.join(lost)}")
    if len(came_to.by_file) > 10:
        say(f"damaged: {len(came_to.by_file) - 10} more files")
    _print_missing(plan)
    if came_to.flags:
        say("`cppcc flags list` shows what was flagged, `cppcc coverage` the years")


def _print_missing(plan: "Plan") -> None:
    for file, why in plan.missing[:10]:
        say(f"  {file}: {why}")

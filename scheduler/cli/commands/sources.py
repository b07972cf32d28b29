"""`cppcc sources`: declarations and their health."""

import getpass
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from crawler.sources.declaration import DECLARED, Source, declared_files
from scheduler.cli.commands.context import (
    Context,
    declared_sources,
    open_context,
    reading_context,
    region_named,
    settings,
)
from scheduler.cli.presentation import (
    console,
    fail,
    moment,
    print_json,
    say,
    short_moment,
    table,
    verdict_text,
)
from scheduler.shapes.run import run_json
from scheduler.shapes.source import source_json
from storage.links import standing
from storage.records import SHANGHAI, SourceState
from storage.runs import history
from storage.runs.overview import source_overviews

if TYPE_CHECKING:
    from scheduler.probing.verification import Verification

KIND_WORDS = {
    "portal": "portal",
    "daily_epaper": "daily",
    "committee_site": "site",
    "committee_paper": "paper",
}
"""Kinds as a narrow table prints them; JSON has the whole word."""

RECORDED = Path("fixtures/recorded")
"""Where recordings lie: in the project's folder, or below the working folder of an operator."""

app = typer.Typer(no_args_is_help=True, help="Declared sources and their health.")


STATE_STYLES = {
    SourceState.VERIFIED: ("✓", "green"),
    SourceState.UNVERIFIED: ("?", "yellow"),
    SourceState.PAUSED: ("‖", "dim"),
}


@app.command("list")
def list_(
    region: Annotated[str | None, typer.Option(help="Only this region, e.g. 云南")] = None,
    state: Annotated[SourceState | None, typer.Option(help="Only sources in this state")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """All declared sources: their state, last ended verdict, running run and next look."""
    context = reading_context()
    region = region_named(region)
    chosen = [
        source for source in context.sources.values() if region is None or source.region == region
    ]
    with context.database.reading() as session:
        overviews = source_overviews(session, [source.id for source in chosen])
    if state is not None:
        chosen = [one for one in chosen if overviews[one.id].standing.state is state]
    if as_json:
        print_json([source_json(source, overviews[source.id]) for source in chosen])
        return
    rows = table("id", "region", "kind", "", "verdict", "runs", "next look")
    for source in chosen:
        one = overviews[source.id]
        sign, style = STATE_STYLES[one.standing.state]
        rows.add_row(
            source.id,
            source.region,
            KIND_WORDS.get(source.kind, source.kind),
            Text(sign, style=style),
            verdict_text(one.last_verdict.value if one.last_verdict else None),
            str(one.running or "-"),
            short_moment(one.next_look_at),
        )
    console.print(rows)
    counts = Counter(overviews[one.id].standing.state for one in chosen)
    say(
        f"{len(chosen)} sources: "
        + ", ".join(
            f"{STATE_STYLES[state][0]} {counts[state]} {state.value}"
            for state in SourceState
            if counts[state]
        )
    )


@app.command()
def show(
    source_id: Annotated[str, typer.Argument(metavar="ID")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """One declaration, how it stands and why, and its last runs."""
    context = reading_context()
    source = _declared(context, source_id)
    with context.database.reading() as session:
        records = history.list_runs(session, source_id=source_id, limit=5)
        complete = history.last_complete_run(session, source_id)
        overview = source_overviews(session, [source_id])[source_id]
    if as_json:
        print_json(
            {**source_json(source, overview), "last_runs": [run_json(record) for record in records]}
        )
        return
    rows = table("", "")
    for name, value in _facts(source).items():
        rows.add_row(name, Text(value))
    how = overview.standing
    rows.add_row("state", Text(f"{how.state.value}: {how.why}"))
    rows.add_row("next look", moment(overview.next_look_at))
    rows.add_row("last complete", moment(complete.finished_at if complete else None))
    for record in records:
        kind = record.verdict.kind.value if record.verdict else None
        reason = record.verdict.reason if record.verdict else record.state.value
        rows.add_row(f"run {record.id}", Text.from_markup(verdict_text(kind)) + Text(f" {reason}"))
    console.print(rows)


@app.command()
def probe(
    source_ids: Annotated[list[str] | None, typer.Argument(metavar="ID...")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every declared source")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Try declarations politely: lists, second pages, two articles; nothing of them is stored.

    A sound one becomes verified; exit 0 only when each is sound.
    """
    import asyncio  # these, httpx and the readers are for this command alone

    from crawler.fetching.rests import HostRests
    from crawler.fetching.turns import HostTurns
    from scheduler.probing.verification import Verification, verify_all
    from scheduler.service.ticks import enter_standing
    from scheduler.shapes.verification import verification_json

    if bool(source_ids) == everything:
        fail("name sources, or give --all", code=2)
    context = open_context()
    chosen = [_declared(context, source_id) for source_id in source_ids or context.sources]
    results: list[Verification] = []

    def note(tried: Verification) -> None:
        results.append(tried)
        with context.database.begin() as session:
            enter_standing(session, tried, now=context.config.now())
        if not as_json:
            _print_verification(tried)

    turns = HostTurns(context.database)
    rests = HostRests(context.database, now=context.config.now)
    asyncio.run(verify_all(chosen, context.config, note, turns=turns, rests=rests))
    if as_json:
        shown = [verification_json(tried) for tried in results]
        print_json(shown if everything or len(chosen) > 1 else shown[0])
    elif len(results) > 1:
        sound = sum(tried.sound for tried in results)
        say(f"{sound} of {len(results)} are sound and verified")
    if not all(tried.sound for tried in results):
        raise typer.Exit(1)


@app.command()
def new(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="A list, a home page, an issue, a feed")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Write it here: a file, or a folder for ID.toml")
    ] = None,
    region: Annotated[str | None, typer.Option(help="Where no page says it, e.g. 云南")] = None,
    source_id: Annotated[str | None, typer.Option("--id", help="Its id, else the host's")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Write a declaration by looking at a site; what is not certain stands in its comments.

    Exit 0 only when it was tried and is sound.
    """
    import asyncio

    from scheduler.drafting.found import NothingFoundError
    from scheduler.drafting.proposing import propose

    if not url.startswith(("http://", "https://")):
        fail(f"{url!r} is no address", hint="begin it with http:// or https://", code=2)
    if out is not None and out.is_file():
        fail(f"{out} is there already", hint="name another file, or move it away", code=2)
    try:
        found = asyncio.run(propose(url, settings(), region=region_named(region), id_=source_id))
    except NothingFoundError as error:
        fail(str(error), hint="docs/add-a-source.md says how to write it by hand")
    draft, tried = found.draft, found.verification
    config = settings()
    for other in declared_sources(config).values():
        if set(other.entry_urls) & set(draft.source().entry_urls):
            draft.doubt(f"{other.id} is declared for this address already: two would not load")
        elif other.id == draft.id:
            draft.doubt(f"{draft.id} is the id of another: give --id")
    path = None
    if out is not None:
        path = out / f"{draft.id}.toml" if out.is_dir() or not out.suffix else out
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found.toml, "utf-8")
    if as_json:
        print_json(
            {
                "id": draft.id,
                "file": str(path) if path else None,
                "sound": tried.sound,
                "requests": found.requests,
                "declaration": draft.table(),
                "seen": draft.seen,
                "unsure": draft.unsure,
                "toml": found.toml,
            }
        )
    elif path is None:
        typer.echo(found.toml, nl=False)
    else:
        say(f"{path} written after {found.requests} requests")
        for words in draft.seen:
            say(f"  {words}")
        for words in draft.unsure:
            console.print(Text(f"  ? {words}", style="yellow"), soft_wrap=True)
        if draft.article_pattern is None and draft.family != "json":
            say("  no article_pattern: the generic judgement of links decides alone")
    if not tried.sound:
        raise typer.Exit(1)


@app.command()
def record(
    source_id: Annotated[str, typer.Argument(metavar="ID")],
    out: Annotated[Path, typer.Option(help="Below it, ID/DAY is made")] = RECORDED,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Keep a list and articles of a source as recorded pages, with their reading to review."""
    import asyncio

    from scheduler.probing.recording import record as record_pages
    from scheduler.probing.verification import with_prober
    from scheduler.shapes.verification import verification_json

    config = settings()
    sources = declared_sources(config)
    if source_id not in sources:
        fail(f"no source is declared as {source_id}", hint="`cppcc sources list` shows all ids")
    source = sources[source_id]
    path = next(
        path for path in declared_files((DECLARED, config.sources)) if path.stem == source_id
    )
    tried, place = asyncio.run(
        with_prober(
            config,
            lambda prober: record_pages(
                prober, source, path.read_text("utf-8"), out, now=config.now()
            ),
        )
    )
    written = (place / "answer.json").is_file() and any(page.links for page in tried.pages)
    if as_json:
        shown = verification_json(tried)
        print_json({**shown, "folder": str(place) if written else None})
    elif written:
        say(f'{place}: review answer.json, then set "reviewed": true')
    if not written:
        if not as_json:
            _print_verification(tried)
        raise typer.Exit(1)


@app.command()
def report(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Sources that want a hand: silent, moved, gone, walled, unproved for 30 days; what to do."""
    from scheduler.health.fleet import Ailment, fleet_report

    context = reading_context()
    with context.database.reading() as session:
        found = fleet_report(session, context.sources, now=context.config.now())
    if as_json:
        print_json(
            [
                {
                    "id": one.source_id,
                    "region": one.region,
                    "ailment": one.ailment.value,
                    "since": one.since.astimezone(SHANGHAI).isoformat(),
                    "why": one.why,
                    "suggestion": one.suggestion,
                }
                for one in found
            ]
        )
        return
    for ailment in Ailment:
        chosen = [one for one in found if one.ailment is ailment]
        if chosen:
            console.print(Text(f"{ailment.value} ({len(chosen)})", style="bold"))
        for one in chosen:
            head = f"  {one.source_id} ({one.region}) since {short_moment(one.since)}: {one.why}"
            console.print(Text(head), soft_wrap=True)
            console.print(Text(f"    > {one.suggestion}", style="yellow"), soft_wrap=True)
    say(f"{len(found)} of {len(context.sources)} sources want a hand")


@app.command()
def matrix(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Regions and kinds: how many sources are declared, proved and recorded; why there is none."""
    from crawler.sources.gaps import KINDS, by_region_and_kind, reasons

    context = reading_context()
    with context.database.reading() as session:
        known = standing.all_standings(session, context.sources)
    proved = {one for one, how in known.items() if how.state is SourceState.VERIFIED}
    recorded = {path.parent.parent.name for path in RECORDED.glob("*/*/answer.json")}
    held, why = by_region_and_kind(context.sources.values()), reasons()
    if as_json:
        print_json(
            [
                {
                    "region": region,
                    "kind": kind,
                    "declared": [one.id for one in sources],
                    "verified": [one.id for one in sources if one.id in proved],
                    "recorded": [one.id for one in sources if one.id in recorded],
                    "why_none": None if sources else why.get((region, kind), "nobody has looked"),
                }
                for (region, kind), sources in held.items()
            ]
        )
        return
    rows = table("region", *(KIND_WORDS[kind] for kind in KINDS), "why none")
    for region in dict.fromkeys(region for region, _ in held):
        cells = []
        gaps = []
        for kind in KINDS:
            ids = {one.id for one in held[region, kind]}
            if not ids:
                gaps.append(f"{KIND_WORDS[kind]}: {why.get((region, kind), 'nobody has looked')}")
            played = f"+{len(ids & recorded)}" if ids & recorded else ""
            cells.append(f"{len(ids & proved)}/{len(ids)}{played}" if ids else "-")
        rows.add_row(region, *cells, "; ".join(gaps))
    console.print(rows)
    say("proved/declared, +n of them read on recorded pages (the small internet plays those)")


@app.command()
def pause(
    source_id: Annotated[str, typer.Argument(metavar="ID")],
    why: Annotated[str, typer.Option(help="The reason, kept and shown")],
    by: Annotated[str | None, typer.Option(help="Who says so; the login name otherwise")] = None,
) -> None:
    """Leave a source alone until it is resumed; a crawl by hand still works."""
    context = open_context()
    _declared(context, source_id)
    if not why.strip():
        fail("--why needs a reason", code=2)
    with context.database.begin() as session:
        standing.pause(
            session, source_id, by=by or getpass.getuser(), why=why, now=context.config.now()
        )
    say(f"{source_id} is paused: {why}")


@app.command()
def resume(source_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Watch a paused source again; what proved it before still stands."""
    context = open_context()
    _declared(context, source_id)
    with context.database.begin() as session:
        before = standing.standing_of(session, source_id)
        if before.state is not SourceState.PAUSED:
            fail(f"{source_id} is not paused; it is {before.state.value}")
        standing.resume(session, source_id)
        after = standing.standing_of(session, source_id)
    say(f"{source_id} is {after.state.value} again")


@app.command()
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Only these files")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every file (as without any)")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Say every fault of every declaration; exit 0 only where there is none."""
    from crawler.errors import DeclarationError  # half a second that no other command pays for
    from crawler.sources.checking import check_all, check_files

    if files and everything:
        fail("name files, or give --all", code=2)
    try:
        checked = check_files(files) if files else check_all(settings().sources)
    except DeclarationError as error:
        fail(str(error), code=2)
    if as_json:
        print_json(
            {
                "files": checked.files,
                "sound": len(checked.sound),
                "faults": [
                    {"file": str(one.path), "key": one.key, "problem": one.problem}
                    for one in checked.faults
                ],
            }
        )
    else:
        for path in dict.fromkeys(one.path for one in checked.faults):
            console.print(Text(str(path), style="bold"), soft_wrap=True)
            for one in checked.faults:
                if one.path == path:
                    console.print(Text(f"  {one.key}: {one.problem}", style="red"), soft_wrap=True)
        wrong = len({one.path for one in checked.faults})
        say(
            f"{checked.files} declarations, all sound"
            if not wrong
            else f"{checked.files} declarations, {wrong} of them wrong"
        )
    if checked.faults:
        raise typer.Exit(1)


def _facts(source: Source) -> dict[str, str]:
    politeness, expect = source.politeness, source.expect
    return {
        "name": f"{source.name} ({source.region}, {source.kind}, family {source.family})",
        "entry": "\n".join(source.entry_urls),
        "hosts": ", ".join(source.hosts),
        "polite": f"{politeness.delay_seconds:g} s between requests, "
        f"{politeness.concurrency} at a time",
        "expected": f"at least {expect.min_articles} articles, silent for at most "
        f"{expect.max_days_silent} days",
    }


def _declared(context: Context, source_id: str) -> Source:
    if source_id not in context.sources:
        fail(f"no source is declared as {source_id}", hint="`cppcc sources list` shows all ids")
    return context.sources[source_id]


def _print_verification(tried: "Verification") -> None:
    head = (
        Text("sound, verified", style="green") if tried.sound else Text("not proved", style="red")
    )
    console.print(Text(tried.source_id, style="bold") + Text("  ") + head)
    for page in tried.pages:
        if page.refusal is not None:
            words = f"{page.refusal[0].value}: {page.refusal[1]}"
        else:
            words = f"{page.links} articles, {page.dated} with a day"
            words += f", {page.new} new" if page.number > 1 else ""
            words += f"; {page.end}" if page.end else ""
        say(f"  page {page.number} {page.url}\n    {words}")
    for article in tried.articles:
        if article.refusal is not None:
            say(f"  article {article.url}\n    {article.refusal[0].value}: {article.refusal[1]}")
            continue
        day = short_moment(article.published_at) if article.published_at else "no day"
        say(f"  article {article.url}\n    {article.title}; {day}; "
            f"{article.outlet or 'no outlet'}; {article.characters} characters")  # fmt: skip
    for finding in tried.findings:
        console.print(Text(f"  ! {finding}", style="red"), soft_wrap=True)
    for words in tried.advice:
        console.print(Text(f"  > {words}", style="yellow"), soft_wrap=True)

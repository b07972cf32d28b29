"""Looking at sources: all of them, one, those that want a hand, and where there is none."""

from collections import Counter
from typing import Annotated

import typer
from rich.text import Text

from crawler.sources.declaration import Source
from scheduler.cli.commands.context import no_database, reading_context, region_named
from scheduler.cli.commands.sources.declared import RECORDED, declared
from scheduler.cli.presentation import (
    AsJson,
    console,
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

KIND_WORDS = {
    "portal": "portal",
    "daily_epaper": "daily",
    "committee_site": "site",
    "committee_paper": "paper",
}
"""Kinds as a narrow table prints them; JSON has the whole word."""
STATE_STYLES = {
    SourceState.VERIFIED: ("✓", "green"),
    SourceState.UNVERIFIED: ("?", "yellow"),
    SourceState.PAUSED: ("‖", "dim"),
}


def list_(
    region: Annotated[str | None, typer.Option(help="Only this region, e.g. 云南")] = None,
    state: Annotated[SourceState | None, typer.Option(help="Only sources in this state")] = None,
    as_json: AsJson = False,
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
    rows = table("id", "region", "kind", "state", "verdict", "runs", "next look")
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
    signs = (
        f"{STATE_STYLES[state][0]} {state.value} ({counts[state]})"
        for state in SourceState
        if counts[state]
    )
    say(f"{len(chosen)} sources; state: {', '.join(signs)}" if chosen else "no such source")
    if missing := no_database(context.config):
        say(f"{missing}, so this is what is declared: nothing is known of proofs, runs and looks")


def show(
    source_id: Annotated[str, typer.Argument(metavar="ID")],
    as_json: AsJson = False,
) -> None:
    """One declaration, how it stands and why, and its last runs."""
    context = reading_context()
    source = declared(context, source_id)
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


def report(as_json: AsJson = False) -> None:
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
            head = f"  {one.source_id} ({one.region}) since {moment(one.since)}: {one.why}"
            console.print(Text(head), soft_wrap=True)
            console.print(Text(f"    > {one.suggestion}", style="yellow"), soft_wrap=True)
    say(f"{len(found)} of {len(context.sources)} sources want a hand")


def matrix(as_json: AsJson = False) -> None:
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

"""Asking sites: whether a declaration holds, what one would be, and pages kept as recordings."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from crawler.sources.declaration import DECLARED, declared_files
from scheduler.cli.commands.context import declared_sources, open_context, region_named, settings
from scheduler.cli.commands.sources.declared import RECORDED, declared
from scheduler.cli.presentation import AsJson, console, fail, moment, print_json, say

if TYPE_CHECKING:
    from scheduler.probing.verification import Verification


def probe(
    source_ids: Annotated[list[str] | None, typer.Argument(metavar="ID...")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every declared source")] = False,
    as_json: AsJson = False,
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
    chosen = [declared(context, source_id) for source_id in source_ids or context.sources]
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


def new(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="A list, a home page, an issue, a feed")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Write it here: a file, or a folder for ID.toml")
    ] = None,
    region: Annotated[str | None, typer.Option(help="Where no page says it, e.g. 云南")] = None,
    source_id: Annotated[str | None, typer.Option("--id", help="Its id, else the host's")] = None,
    as_json: AsJson = False,
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
    for other in declared_sources(settings()).values():
        if set(other.entry_urls) & set(draft.source().entry_urls):
            draft.doubt(f"{other.id} is declared for this address already: two would not load")
        elif other.id == draft.id:
            draft.doubt(f"{draft.id} is the id of another: give --id")
    path = None if out is None else written(out, draft.id, found.toml)
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


def written(out: Path, source_id: str, toml: str) -> Path:
    """Write a declaration to ``out``, a file or a folder for ID.toml, where none is yet."""
    path = out / f"{source_id}.toml" if out.is_dir() or not out.suffix else out
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(toml)
    except FileExistsError:
        typer.echo(toml, nl=False)
        fail(f"{path} is there already", hint="what was found is printed here; --id names another")
    return path


def record(
    source_id: Annotated[str, typer.Argument(metavar="ID")],
    out: Annotated[Path, typer.Option(help="Below it, ID/DAY is made")] = RECORDED,
    as_json: AsJson = False,
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
    if as_json:
        shown = verification_json(tried)
        print_json({**shown, "folder": str(place) if place else None})
    elif place is not None:
        say(f'{place}: review answer.json, then set "reviewed": true')
    if place is None:
        if not as_json:
            _print_verification(tried)
        raise typer.Exit(1)


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
        day = moment(article.published_at) if article.published_at else "no day"
        say(f"  article {article.url}\n    {article.title}; {day}; "
            f"{article.outlet or 'no outlet'}; {article.characters} characters")  # fmt: skip
    for finding in tried.findings:
        console.print(Text(f"  ! {finding}", style="red"), soft_wrap=True)
    for words in tried.advice:
        console.print(Text(f"  > {words}", style="yellow"), soft_wrap=True)

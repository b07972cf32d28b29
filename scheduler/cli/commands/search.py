"""`cppcc search`: Chinese full-text search."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.text import Text

from scheduler.cli.commands.context import readable, region_named, say_nothing, settings
from scheduler.cli.presentation import AsJson, console, fail, print_json
from scheduler.shapes.publication import hit_json
from storage.records import SHANGHAI, Genre
from storage.search import query as storage_search
from storage.search.query import SearchHit
from storage.search.snippets import Span

MARK = "bold yellow"


def search(
    query: Annotated[
        list[str], typer.Argument(metavar="QUERY...", help="Each one must be found, as it is")
    ],
    limit: Annotated[int, typer.Option(min=1, help="Print the best N")] = 20,
    region: Annotated[
        str | None, typer.Option(help="Of the committee, e.g. 云南 or 云南省")
    ] = None,
    year: Annotated[int | None, typer.Option(help="A year that it covers")] = None,
    genre: Annotated[Genre | None, typer.Option(help="What it is")] = None,
    as_json: AsJson = False,
) -> None:
    """Find publications by words in title and text, of one character or more.

    What is found is what a substring scan would find: titles first, originals before copies,
    then the newest.
    """
    if not all(query):
        fail("an empty word is in every text; name another", code=2)
    config = settings()
    region = region_named(region)
    with readable(config).reading() as session:
        hits = storage_search.search(
            session, *query, limit=limit, region=region, year=year, genre=genre
        )
    if as_json:
        print_json([hit_json(hit) for hit in hits])
        return
    for hit in hits:
        _print(hit)
    if not hits:
        say_nothing("nothing is found", config)


def _print(hit: SearchHit) -> None:
    found = hit.publication
    day = found.published_at.astimezone(SHANGHAI).date().isoformat() if found.published_at else "-"
    facts = [day, found.outlet or "-", found.genre.value if found.genre else "-"]
    if not found.is_original:
        facts.append("repost")
    head = Text(f"{found.id}  ", style="dim") + _marked(found.title, hit.title_highlights, "bold")
    console.print(head, soft_wrap=True)
    console.print(_marked(hit.snippet, hit.highlights, ""), soft_wrap=True)
    console.print(Text(f"{', '.join(facts)}  {found.url}", style="dim"), soft_wrap=True)
    console.print()


def _marked(words: str, spans: Sequence[Span], style: str) -> Text:
    text = Text(words, style=style)
    for start, end in spans:
        text.stylize(MARK, start, end)
    return text

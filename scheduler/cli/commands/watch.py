"""`cppcc watch`: saved searches that the service tells of as something new holds their words."""

from typing import Annotated

import typer
from rich.text import Text

from scheduler.cli.commands.context import (
    connected,
    login,
    readable,
    region_named,
    say_nothing,
    settings,
)
from scheduler.cli.presentation import AsJson, console, fail, print_json, say, short_moment, table
from storage.search import saved
from storage.search.saved import SavedSearch

app = typer.Typer(no_args_is_help=True, help="Saved searches, told as alerts.")


@app.command("add")
def add(
    query: Annotated[
        str, typer.Argument(help="Words separated by spaces; each must stand in title or text")
    ],
    region: Annotated[
        str | None, typer.Option(help="Of the committee, else the source, e.g. 云南 or 云南省")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Who waits; the login name otherwise")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell of publications stored from now on that hold all words; `cppcc search` finds older ones.

    `cppcc run` sends the first within a minute, further ones of the same search gathered, at most
    one message an hour; copies of a story that is known are not told.
    """
    config = settings()
    if not query.split():
        fail("an empty word is in every text; name another", code=2)
    region = region_named(region)
    with connected(config).begin() as session:
        made = saved.save_search(session, query, region=region, by=by or login(), now=config.now())
    if as_json:
        print_json(search_json(made))
    else:
        say(f"saved search {made.id}: {_words(made)}; told to the channels of CPPCC_CHANNELS")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Print the saved searches."""
    config = settings()
    with readable(config).reading() as session:
        searches = saved.list_searches(session)
    if as_json:
        print_json([search_json(one) for one in searches])
        return
    if not searches:
        say_nothing("no search is saved", config)
        return
    rows = table("id", "words", "region", "by", "saved", "last found")
    for one in searches:
        rows.add_row(
            str(one.id),
            Text(one.query),
            one.region or "-",
            Text(one.by or "-"),
            short_moment(one.created_at),
            short_moment(one.told_at),
        )
    console.print(rows)


@app.command("remove")
def remove(search_id: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """Wait no longer."""
    with connected(settings()).begin() as session:
        saved.remove_search(session, search_id)
    say(f"saved search {search_id} is removed")


def search_json(search: SavedSearch) -> dict[str, object]:
    """A saved search for outside; ``search`` is its id."""
    return {
        "search": search.id,
        "query": search.query,
        "words": list(search.terms),
        "region": search.region,
        "by": search.by,
        "created_at": search.created_at,
        "told_at": search.told_at,
    }


def _words(search: SavedSearch) -> str:
    return f"{search.query} ({search.region})" if search.region else search.query

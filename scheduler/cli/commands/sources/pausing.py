"""Leaving a source alone, and watching it again."""

from typing import Annotated

import typer

from scheduler.cli.commands.context import login, open_context
from scheduler.cli.commands.sources.declared import declared
from scheduler.cli.presentation import fail, say
from storage.links import standing
from storage.records import SourceState


def pause(
    source_id: Annotated[str, typer.Argument(metavar="ID")],
    why: Annotated[str, typer.Option(help="The reason, kept and shown")],
    by: Annotated[str | None, typer.Option(help="Who says so; the login name otherwise")] = None,
) -> None:
    """Leave a source alone until it is resumed; a crawl by hand still works."""
    context = open_context()
    declared(context, source_id)
    if not why.strip():
        fail("--why needs a reason", code=2)
    with context.database.begin() as session:
        standing.pause(session, source_id, by=by or login(), why=why, now=context.config.now())
    say(f"{source_id} is paused: {why}")


def resume(source_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Watch a paused source again; what proved it before still stands."""
    context = open_context()
    declared(context, source_id)
    with context.database.begin() as session:
        before = standing.standing_of(session, source_id)
        if before.state is not SourceState.PAUSED:
            fail(f"{source_id} is not paused; it is {before.state.value}")
        standing.resume(session, source_id)
        after = standing.standing_of(session, source_id)
    say(f"{source_id} is {after.state.value} again")

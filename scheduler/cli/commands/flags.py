"""`cppcc flags`: the inbox."""

from typing import Annotated

import typer
from rich.text import Text

from scheduler.cli.commands.context import connected, settings
from scheduler.cli.evidence_view import evidence_table
from scheduler.cli.presentation import console, fail, moment, print_json, say, table
from scheduler.shapes.flag import flag_json
from storage.errors import RecordNotFoundError, TransitionError
from storage.notices import flags
from storage.notices.flags import FlagStatus

app = typer.Typer(no_args_is_help=True, help="The inbox of flagged publications.")

Id = Annotated[int, typer.Argument(metavar="ID")]


@app.command("list")
def list_(
    status: Annotated[FlagStatus | None, typer.Option(help="Only flags of this status")] = None,
    limit: Annotated[int, typer.Option(min=1)] = 50,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """The newest flags first."""
    with connected(settings()).reading() as session:
        found = flags.list_flags(session, status=status, limit=limit)
    if as_json:
        print_json([flag_json(flag) for flag in found])
        return
    if not found:
        console.print("nothing is flagged")
        return
    rows = table("id", "status", "genre", "score", "region", "title", "source", "raised")
    for flag in found:
        rows.add_row(
            str(flag.id),
            flag.status.value,
            flag.genre.value,
            f"{flag.score:.2f}",
            flag.region or "-",
            Text(flag.title),
            flag.source_id or "-",
            moment(flag.raised_at),
        )
    console.print(rows)


@app.command()
def show(flag_id: Id, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """One flag: why it was raised, and what happened to its story since."""
    try:
        with connected(settings()).reading() as session:
            flag = flags.get_flag(session, flag_id)
    except RecordNotFoundError as error:
        fail(str(error), hint="`cppcc flags list` shows the ids")
    if as_json:
        print_json(flag_json(flag))
        return
    rows = table("", "")
    rows.add_row("title", Text(flag.title))
    rows.add_row("url", Text(flag.url))
    rows.add_row("genre", f"{flag.genre.value} (score {flag.score:.2f})")
    rows.add_row("status", flag.status.value)
    rows.add_row("raised", moment(flag.raised_at))
    for note in flag.notes:
        rows.add_row(moment(note.at), Text(note.words))
    if flag.note and not any(flag.note in note.words for note in flag.notes):
        rows.add_row("note", Text(flag.note))  # of a decision before reasons were notes
    console.print(rows)
    console.print(evidence_table(item for item in flag.evidence if item.about == "genre"))
    console.print(
        f"[dim]`cppcc show {flag.publication_id}` prints the text, "
        f"`cppcc flags accept {flag.id}` or `dismiss {flag.id} --why ...` decides[/]"
    )


@app.command()
def accept(flag_id: Id) -> None:
    """Say that the flag is right."""
    config = settings()
    try:
        with connected(config).begin() as session:
            flags.accept_flag(session, flag_id, now=config.now())
    except (RecordNotFoundError, TransitionError) as error:
        fail(str(error))
    say(f"flag {flag_id}: accepted")


@app.command()
def dismiss(
    flag_id: Id,
    why: Annotated[str, typer.Option(help="The reason, kept with the flag")],
) -> None:
    """Say that the flag is wrong, and why."""
    config = settings()
    if not why.strip():
        fail("--why needs words", code=2)
    try:
        with connected(config).begin() as session:
            flags.dismiss_flag(session, flag_id, why=why, now=config.now())
    except (RecordNotFoundError, TransitionError) as error:
        fail(str(error))
    say(f"flag {flag_id}: dismissed ({why})")


@app.command()
def reopen(
    flag_id: Id,
    why: Annotated[str | None, typer.Option(help="The reason, kept with the flag")] = None,
) -> None:
    """Undo a decision; the history of decisions stays."""
    config = settings()
    try:
        with connected(config).begin() as session:
            flags.reopen_flag(session, flag_id, now=config.now(), why=why)
    except (RecordNotFoundError, TransitionError) as error:
        fail(str(error))
    say(f"flag {flag_id}: open again")

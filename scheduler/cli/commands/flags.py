"""`cppcc flags`: the inbox.

What only one command needs, that command imports: decisions and evidence are half of what
`cppcc flags list` would import besides the command line itself.
"""

import re
from collections.abc import Callable
from functools import partial
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
from scheduler.cli.presentation import (
    AsJson,
    bare_moment,
    console,
    fail,
    moment,
    narrow,
    print_json,
    say,
    short_moment,
    table,
)
from scheduler.shapes.flag import flag_json
from scheduler.shapes.plain import plain
from storage.errors import RecordNotFoundError, TransitionError
from storage.notices import flags
from storage.notices.flags import FlagStatus

app = typer.Typer(no_args_is_help=True, help="The inbox of flagged publications.")

Id = Annotated[str, typer.Argument(metavar="ID", help="12 or f12")]
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="12 or f12, several at once")]
Why = Annotated[str | None, typer.Option(help="The reason, kept with the flag")]
By = Annotated[str | None, typer.Option(help="Who says so; the login name otherwise")]


def flag_id_of(wanted: str) -> int:
    """The number of a flag as people write it, or the end of the command."""
    found = re.fullmatch(r"f?(\d{1,18})", wanted.strip().lower(), re.ASCII)
    if found is None:
        fail(f"{wanted!r} is no flag's id; write 12 or f12", code=2)
    return int(found[1])


@app.command("list")
def list_(
    status: Annotated[FlagStatus | None, typer.Option(help="Only flags of this status")] = None,
    region: Annotated[str | None, typer.Option(help="Only this region: 云南 or 云南省")] = None,
    year: Annotated[int | None, typer.Option(help="Only what covers this year")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Print the newest N")] = 50,
    as_json: AsJson = False,
) -> None:
    """The newest flags first."""
    config = settings()
    region = region_named(region)
    with readable(config).reading() as session:
        found = flags.list_flags(session, status=status, region=region, year=year, limit=limit)
    if as_json:
        print_json([flag_json(flag) for flag in found])
        return
    if not found:
        asked = any(one is not None for one in (status, region, year))
        say_nothing("no flag is as asked for" if asked else "nothing is flagged", config)
        return
    columns = ["flag", "publication", "status", "genre", "sure", "region", "title", "raised"]
    if narrow():
        columns.pop()
        columns[1] = "pub."  # its ids are shorter than the word; the title gets the rest
    rows = table(*columns)
    for flag in found:
        values = [
            f"f{flag.id}",
            str(flag.publication_id),
            flag.status.value,
            flag.genre.value,
            flag.confidence.value,
            flag.region or "-",
            Text(flag.title),
            short_moment(flag.raised_at),
        ]
        rows.add_row(*values[: len(columns)])
    console.print(rows)


@app.command()
def show(flag_id: Id, as_json: AsJson = False) -> None:
    """One flag: why it was raised, and what happened to its story since."""
    from scheduler.cli.evidence_view import evidence_table
    from storage.notices.decisions import decisions_of

    try:
        with readable(settings()).reading() as session:
            flag = flags.get_flag(session, flag_id_of(flag_id))
            decisions = decisions_of(session, flag.id)
    except RecordNotFoundError as error:
        fail(str(error), hint="`cppcc flags list` shows the ids")
    if as_json:
        print_json(flag_json(flag) | {"decisions": plain(decisions)})
        return
    rows = table("", "")
    rows.add_row("flag", f"{flag.id}, publication {flag.publication_id}")
    rows.add_row("title", Text(flag.title))
    rows.add_row("url", Text(flag.url))
    rows.add_row("genre", f"{flag.genre.value} ({flag.confidence}, score {flag.score:.2f})")
    rows.add_row("status", flag.status.value)
    rows.add_row("raised", moment(flag.raised_at))
    for one in decisions:
        words = f"{one.status.value} by {one.by or 'nobody named'}, revision {one.revision}"
        rows.add_row(bare_moment(one.at), Text(f"{words}: {one.why}" if one.why else words))
    reasons = {f"{one.status.value}: {one.why}" for one in decisions}
    for note in (note for note in flag.notes if note.words not in reasons):
        rows.add_row(bare_moment(note.at), Text(note.words))
    if flag.note and not any(flag.note in note.words for note in flag.notes):
        rows.add_row("note", Text(flag.note))  # of a decision before reasons were notes
    console.print(rows)
    console.print(evidence_table(item for item in flag.evidence if item.about == "genre"))
    console.print(
        f"[dim]`cppcc show {flag.publication_id}` prints the text, "
        f"`cppcc flags accept {flag.id}` or `dismiss {flag.id} --why ...` decides[/]"
    )


@app.command()
def accept(flag_ids: Ids, why: Why = None, by: By = None) -> None:
    """Say that these flags are right: all of them, or none when one cannot be."""
    from storage.notices.decisions import accept_flag

    _decide(
        flag_ids,
        "accepted",
        by,
        partial(accept_flag, why=why),
    )


@app.command()
def dismiss(
    flag_ids: Ids,
    why: Annotated[str, typer.Option(help="The reason, kept with the flag")],
    by: By = None,
) -> None:
    """Say that these flags are wrong, and why: all of them, or none when one cannot be."""
    from storage.notices.decisions import dismiss_flag

    if not why.strip():
        fail("--why needs words", code=2)
    _decide(
        flag_ids,
        f"dismissed ({why})",
        by,
        partial(dismiss_flag, why=why),
    )


@app.command()
def reopen(flag_ids: Ids, why: Why = None, by: By = None) -> None:
    """Undo decisions; the history of decisions stays."""
    from storage.notices.decisions import reopen_flag

    _decide(
        flag_ids,
        "open again",
        by,
        partial(reopen_flag, why=why),
    )


def _decide(flag_ids: list[str], words: str, by: str | None, decide: Callable[..., None]) -> None:
    """One transaction for all: a slip in the fifth id leaves the first four as they were."""
    config = settings()
    now, who = config.now(), by or login()
    ids = [flag_id_of(one) for one in flag_ids]
    try:
        with connected(config).begin() as session:
            for one in ids:
                decide(session, one, now=now, by=who)
            about = [flags.get_flag(session, one) for one in ids]
    except (RecordNotFoundError, TransitionError) as error:
        fail(str(error), hint="nothing was decided" if len(ids) > 1 else None)
    for flag in about:
        say(f"flag {flag.id} (publication {flag.publication_id}): {words}")

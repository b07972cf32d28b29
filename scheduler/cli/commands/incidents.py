"""`cppcc incidents`: what is broken or missing, and who knows of it."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text

from scheduler.cli.commands.context import connected, login, readable, say_nothing, settings
from scheduler.cli.presentation import (
    AsJson,
    console,
    fail,
    moment,
    print_json,
    say,
    short_moment,
    table,
)
from storage.engine import services
from storage.errors import RecordNotFoundError, TransitionError
from storage.notices import incidents

app = typer.Typer(no_args_is_help=True, help="What is broken or missing.")


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Resolved ones too")] = False,
    limit: Annotated[int, typer.Option(min=1)] = 50,
    as_json: AsJson = False,
) -> None:
    """The newest incidents first."""
    config = settings()
    with readable(config).reading() as session:
        found = incidents.list_incidents(session, unresolved=not everything, limit=limit)
        watched = bool(found or services.at_work(session, now=datetime.now(UTC)))
    if as_json:
        print_json(found)
        return
    if not found:
        say_nothing(
            "nothing is broken or overdue"
            if watched
            else "no incident is open; no service is at work, and none is opened without one: "
            "`cppcc run`, or `cppcc doctor` for the last verdicts",
            config,
        )
        return
    rows = table("id", "about", "class", "state", "opened", "reason")
    for one in found:
        rows.add_row(
            str(one.id),
            one.source_id or " ".join(one.subject.split(":")[1::2]),  # region and year
            one.failure_class,
            one.state.value,
            short_moment(one.opened_at),
            Text(one.reason),
        )
    console.print(rows)


@app.command()
def show(
    incident_id: Annotated[int, typer.Argument(metavar="ID")],
    as_json: AsJson = False,
) -> None:
    """One incident, from its opening to its end."""
    try:
        with readable(settings()).reading() as session:
            one = incidents.get_incident(session, incident_id)
    except RecordNotFoundError as error:
        fail(str(error), hint="`cppcc incidents list --all` shows the ids")
    if as_json:
        print_json(one)
        return
    rows = table("", "")
    for name, value in (
        ("incident", f"{one.id}: {one.subject}"),
        ("class", one.failure_class),
        ("state", one.state.value),
        ("reason", one.reason),
        ("last run", f"cppcc runs show {one.run_id}" if one.run_id else "-"),
        ("opened", moment(one.opened_at)),
        ("last seen", moment(one.seen_at)),
        ("acknowledged", f"{moment(one.acknowledged_at)} {one.acknowledged_by or ''}".rstrip()),
        ("resolved", moment(one.resolved_at)),
        ("told", f"{moment(one.told_at)} ({one.told_key})" if one.told_key else "-"),
        ("note", one.note or "-"),
    ):
        rows.add_row(name, Text(value))
    console.print(rows)


@app.command()
def ack(
    incident_id: Annotated[int, typer.Argument(metavar="ID")],
    note: Annotated[str | None, typer.Option(help="What is done about it")] = None,
    by: Annotated[str | None, typer.Option(help="Who; the login name otherwise")] = None,
) -> None:
    """Say that somebody works on it; it still resolves by itself."""
    config = settings()
    try:
        with connected(config).begin() as session:
            incidents.acknowledge_incident(
                session, incident_id, now=config.now(), note=note, by=by or login()
            )
    except (RecordNotFoundError, TransitionError) as error:
        fail(str(error))
    say(f"incident {incident_id}: acknowledged by {by or login()}")


@app.command()
def resolve(
    incident_id: Annotated[int, typer.Argument(metavar="ID")],
    why: Annotated[str, typer.Option(help="Why it is no incident any more")],
) -> None:
    """End one by hand; it opens again when it is seen again."""
    config = settings()
    try:
        with connected(config).begin() as session:
            incidents.close_incident(session, incident_id, now=config.now(), note=why)
    except (RecordNotFoundError, TransitionError) as error:
        fail(str(error))
    say(f"incident {incident_id}: resolved")

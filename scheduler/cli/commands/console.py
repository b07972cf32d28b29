"""`cppcc console`: the web console, and who may use it from elsewhere."""

import getpass
import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer

from scheduler.cli.commands.context import connected, on_its_day, settings
from scheduler.cli.presentation import console as terminal
from scheduler.cli.presentation import fail, moment, say, table
from storage.access import people
from storage.access.people import Role
from storage.errors import RecordNotFoundError, RecordRefusedError

app = typer.Typer(help="The web console: pages, users, tokens.", invoke_without_command=True)
users = typer.Typer(no_args_is_help=True, help="People who may log in.")
tokens = typer.Typer(no_args_is_help=True, help="Tokens by which programs use the API.")
app.add_typer(users, name="user")
app.add_typer(tokens, name="token")

Name = Annotated[str, typer.Argument(metavar="NAME")]
MOST_NAME = 100


@app.callback()
def console(
    context: typer.Context,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; CPPCC_CONSOLE_HOST by default")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Port; CPPCC_CONSOLE_PORT by default"),
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Serve what `cppcc demo` left, on the demo's last day")
    ] = False,
    folder: Annotated[
        Path | None, typer.Option(help="The demo's folder, where it is not var/demo")
    ] = None,
    child_of: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Serve the console until it is interrupted.

    On loopback nobody has to log in; on another address nobody is let in before a user exists.
    """
    if context.invoked_subcommand is not None:
        return
    if demo:
        from scheduler.cli.commands.demo import FOLDER, serve_demo  # it imports this module

        serve_demo(folder or FOLDER, host, port)
        return
    if folder is not None:
        fail("--folder is a demo's: it goes with --demo", code=2)
    serve_console(host, port, child_of=child_of)


def serve_console(
    host: str | None = None, port: int | None = None, *, child_of: int | None = None
) -> None:
    """Serve over the database of the environment; the address is said first."""
    from scheduler.console.security import is_loopback_host, names_of
    from scheduler.console.serving import serve

    config = on_its_day(settings())
    where, number = host or config.console_host, port or config.console_port
    if not is_loopback_host(where) or names_of(config.console_proxies):
        with connected(config).reading() as session:
            if not people.any_user(session):
                say("nobody is let in from elsewhere yet: `cppcc console user add NAME`")
    shown = f"[{where}]" if ":" in where else where
    if child_of is None:
        say(f"the console is at http://{shown}:{number}/ (Ctrl-C ends it)")
    try:
        serve(config, host=where, port=number, child_of=child_of)
    except OSError as error:
        fail(
            f"nothing can listen on {where}:{number}: {error.strerror}", hint="--port names another"
        )


@users.command("add")
def add_user(
    name: Name,
    role: Annotated[Role, typer.Option(help="read, decide (flags, coverage) or operate")] = (
        Role.DECIDE
    ),
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input")
    ] = False,
) -> None:
    """Let a person log in; the password is asked for."""
    from scheduler.console.auth import LEAST_PASSWORD, hash_password

    if not name.strip() or len(name) > MOST_NAME:
        fail(f"a name has 1 to {MOST_NAME} characters", code=2)
    password = sys.stdin.readline().rstrip("\n") if password_stdin else _asked_twice()
    if len(password) < LEAST_PASSWORD:
        fail(f"a password has at least {LEAST_PASSWORD} characters", code=2)
    config = settings()
    try:
        with connected(config).begin() as session:
            people.add_user(
                session, name, password_hash=hash_password(password), role=role, now=config.now()
            )
    except RecordRefusedError as error:
        fail(str(error), hint="`cppcc console user remove NAME` first, to give another password")
    say(f"{name} may log in ({role.value})")


@users.command("list")
def list_users() -> None:
    """Everybody who may log in."""
    with connected(settings()).reading() as session:
        found = people.list_users(session)
    if not found:
        say("no user yet; `cppcc console user add NAME` makes the first")
        return
    rows = table("name", "role", "since")
    for one in found:
        rows.add_row(one.name, one.role.value, moment(one.created_at))
    terminal.print(rows)


@users.command("remove")
def remove_user(name: Name) -> None:
    """Let a person in no longer; their sessions end now."""
    try:
        with connected(settings()).begin() as session:
            people.remove_user(session, name)
    except RecordNotFoundError as error:
        fail(str(error))
    say(f"{name} may no longer log in")


@tokens.command("add")
def add_token(
    name: Name,
    role: Annotated[Role, typer.Option(help="read, decide or operate")] = Role.READ,
) -> None:
    """Make a token for the API and print it; it cannot be shown again."""
    if not name.strip() or len(name) > MOST_NAME:
        fail(f"a name has 1 to {MOST_NAME} characters", code=2)
    config, secret = settings(), secrets.token_urlsafe(32)
    try:
        with connected(config).begin() as session:
            people.add_token(session, name, secret=secret, role=role, now=config.now())
    except RecordRefusedError as error:
        fail(str(error))
    typer.echo(secret)


@tokens.command("list")
def list_tokens() -> None:
    """All tokens by name; the tokens themselves are not kept."""
    with connected(settings()).reading() as session:
        found = people.list_tokens(session)
    if not found:
        say("no token yet; `cppcc console token add NAME` makes the first")
        return
    rows = table("name", "role", "since")
    for one in found:
        rows.add_row(one.name, one.role.value, moment(one.created_at))
    terminal.print(rows)


@tokens.command("remove")
def remove_token(name: Name) -> None:
    """Let a program in no longer."""
    try:
        with connected(settings()).begin() as session:
            people.remove_token(session, name)
    except RecordNotFoundError as error:
        fail(str(error))
    say(f"the token {name} opens nothing any more")


def _asked_twice() -> str:
    password = getpass.getpass("password: ")
    if password != getpass.getpass("again: "):
        fail("the two differ", code=2)
    return password

"""A command line whose commands are imported when they are asked for.

`cppcc --help` imports none of them, any command only itself: what the help says of each stands
in the table that the group is given.
"""

import gc
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

DATABASE = "CPPCC_DATABASE_URL"


@dataclass(frozen=True, slots=True)
class Lazy:
    """Where a command is: ``module:name`` of a function or of a Typer group, and its help."""

    place: str
    help: str


class LazyGroup(TyperGroup):
    """The root group; subclasses say what is in ``table``."""

    table: Mapping[str, Lazy] = {}

    def __init__(self, **attributes: Any) -> None:
        attributes["commands"] = {
            name: TyperCommand(name=name, callback=None, help=lazy.help)
            for name, lazy in self.table.items()
        }
        super().__init__(**attributes)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The real command of that name, imported now."""
        if args and args[0] in self.table:
            self.commands[args[0]] = self.load(args[0])
        return super().resolve_command(ctx, args)

    def load(self, name: str) -> Any:
        """The command of that name, with all that is below it."""
        module, _, attribute = self.table[name].place.partition(":")
        found = getattr(import_module(module), attribute)
        command = command_of(found, name)
        _with_database(command)
        if not gc.isenabled():  # as ``main`` left it
            gc.freeze()  # never looked through again
            gc.enable()
        return command


def command_of(found: Any, name: str) -> Any:
    """A function or a Typer group as the command ``name``."""
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False)
        alone.command(name)(found)
        found = alone
        command = typer.main.get_command(found)
    else:
        command = typer.main.get_group(found)
    command.name = name
    return command


def use_database(context: typer.Context, value: str | None) -> None:
    """Read this database until the command ends; a path means a SQLite file."""
    if value is None:
        return
    before = os.environ.get(DATABASE)
    os.environ[DATABASE] = value if "://" in value else f"sqlite:///{value}"

    def put_back() -> None:
        if before is None:
            os.environ.pop(DATABASE, None)
        else:
            os.environ[DATABASE] = before

    context.call_on_close(put_back)


DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="URL",
        callback=use_database,
        is_eager=True,
        expose_value=False,
        help="The database: a URL, or the path of a SQLite file; CPPCC_DATABASE_URL otherwise",
    ),
]


def _with_database(command: Any) -> None:
    """Give ``--db`` to a command and all below it; children of a crawl get it by environment."""
    command.rich_markup_mode = None  # its import alone costs as much as all the rest of a help page
    inner = getattr(command, "commands", None)
    if inner:
        for one in inner.values():
            _with_database(one)
    command.params.append(_database_option())


def _database_option() -> Any:
    def carrier(db: DatabaseOption = None) -> None:
        """Only its option is used."""

    return _options(carrier)[0]


def _options(function: Callable[..., None]) -> Any:
    made = typer.Typer(add_completion=False)
    made.command()(function)
    return typer.main.get_command(made).params

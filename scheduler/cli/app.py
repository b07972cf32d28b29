"""The command line `cppcc`: which command is where."""

import logging
import sys

import typer

from scheduler.cli.commands import (
    alerts,
    backfill,
    backup,
    compare,
    console,
    coverage,
    crawl,
    db,
    demo,
    doctor,
    export,
    flags,
    import_,
    incidents,
    inspect,
    reread,
    run,
    runs,
    search,
    show,
    sources,
)
from scheduler.cli.presentation import print_error
from storage.errors import StorageError

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Monitors the annual reviews and ten-events publications of the CPPCC's committees.",
)
app.command("demo")(demo.demo)
app.add_typer(console.app, name="console")
app.command("crawl")(crawl.crawl)
app.command("run")(run.run)
app.add_typer(runs.app, name="runs")
app.add_typer(incidents.app, name="incidents")
app.add_typer(alerts.app, name="alerts")
app.command("coverage")(coverage.coverage)
app.add_typer(flags.app, name="flags")
app.add_typer(sources.app, name="sources")
app.command("show")(show.show)
app.command("explain")(show.explain)
app.command("inspect")(inspect.inspect)
app.command("import")(import_.import_)
app.command("backfill")(backfill.backfill)
app.command("export")(export.export)
app.command("search")(search.search)
app.command("compare")(compare.compare)
app.command("reread")(reread.reread)
db.app.command("backup")(backup.backup)
db.app.command("restore")(backup.restore)
app.add_typer(db.app, name="db")
app.command("doctor")(doctor.doctor)


def main() -> None:
    """Run the command line; what storage refuses is said in words, not as a traceback."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        app()
    except StorageError as error:
        print_error(str(error), "`cppcc doctor` looks closer")
        sys.exit(1)

"""`cppcc sources`: declarations and their health."""

import typer

from scheduler.cli.commands.sources import checking, pausing, seeing, trying

app = typer.Typer(no_args_is_help=True, help="Declared sources and their health.")
app.command("list")(seeing.list_)
app.command()(seeing.show)
app.command()(trying.probe)
app.command()(trying.new)
app.command()(trying.record)
app.command()(seeing.report)
app.command()(seeing.matrix)
app.command()(pausing.pause)
app.command()(pausing.resume)
app.command()(checking.check)

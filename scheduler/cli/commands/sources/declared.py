"""The declared sources that the commands name."""

from pathlib import Path

from crawler.sources.declaration import Source
from scheduler.cli.commands.context import Context
from scheduler.cli.presentation import fail

RECORDED = Path("fixtures/recorded")
"""Where recordings lie: in the project's folder, or below the working folder of an operator."""


def declared(context: Context, source_id: str) -> Source:
    """The source of an id; ends the command where none is declared."""
    if source_id not in context.sources:
        fail(f"no source is declared as {source_id}", hint="`cppcc sources list` shows all ids")
    return context.sources[source_id]

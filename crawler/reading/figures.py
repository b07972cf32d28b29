"""The figures of a publication."""

from crawler.reading.folding import Folded
from storage.records import Event, Figure


def figures_of(text: Folded, events: tuple[Event, ...] = ()) -> tuple[Figure, ...]:
    """The figures stated."""
    return ()

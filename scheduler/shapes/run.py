"""A run and its refusals for outside."""

from collections.abc import Sequence

from scheduler.shapes.plain import plain
from storage.records import Refusal
from storage.runs.history import RunRecord

Shape = dict[str, object]


def run_json(record: RunRecord) -> Shape:
    """A run: ``verdict`` (kind, reason) is null until it has ended; ``counts`` is its account."""
    shape = plain(record)
    assert isinstance(shape, dict)  # a record is an object
    return shape


def refusals_json(refusals: Sequence[Refusal]) -> list[object]:
    """The pages that a run refused, each with its class."""
    return [plain(refusal) for refusal in refusals]

"""What incidents are about: the subjects that open and resolve them, one form each."""

from storage.notices.coverage import Cell


def of_source(source_id: str) -> str:
    """The subject of what a source's runs show."""
    return f"source:{source_id}"


def of_outcome(source_id: str) -> str:
    """The subject of a source's outcome alarm."""
    return f"outcome:{source_id}"


def of_cell(cell: Cell) -> str:
    """The subject of a review that is overdue."""
    return f"coverage:{cell.region}:{cell.level.value}:{cell.year}"


def cell_of(subject: str) -> tuple[str, int] | None:
    """Region and year of a cell's subject; None for another subject."""
    match subject.split(":"):
        case ["coverage", region, _, year] if year.isdigit():
            return region, int(year)
    return None

"""The matrix of regions and years as a terminal shows it."""

from datetime import date
from io import StringIO

import pytest
from rich.console import Console

from scheduler.cli.commands.coverage import SIGNS, legend, matrix
from storage.notices.coverage import Cell, CellStatus
from storage.records import Level


@pytest.mark.parametrize(("first", "heading"), [(2022, "2024"), (2010, " 24 ")])
def test_every_year_can_be_read_in_80_columns(first: int, heading: str) -> None:
    cells = [
        Cell(
            region="云南", level=Level.PROVINCIAL, year=year, status=CellStatus.FOUND,
            publication_id=1, due_from=date(year, 1, 1), due_until=date(year, 3, 1), reason="",
        )
        for year in range(first, 2027)
    ]  # fmt: skip
    shown = Console(file=StringIO(), width=80)
    shown.print(matrix(cells, width=80))
    assert isinstance(shown.file, StringIO)
    drawn = shown.file.getvalue()
    assert heading in drawn
    assert "…" not in drawn
    assert drawn.count("●") == len(cells)


def test_the_legend_has_every_sign_and_breaks_no_pair_in_80_columns() -> None:
    shown = Console(file=StringIO(), width=80)
    shown.print(legend())
    assert isinstance(shown.file, StringIO)
    drawn = shown.file.getvalue()
    assert all(f"{sign} {status.value}" in drawn for status, (sign, _) in SIGNS.items())
    assert "no sign: " in drawn

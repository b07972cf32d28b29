"""One table of all benchmarks: number, goal, floor, peer and their ratio.

A benchmark adds its rows to a ``Table`` and shows it.  ``make bench`` gives ``CPPCC_BENCH_TABLE``,
a file that every row is also appended to, and prints all of them in the end
(``python -m tests.benchmarks.table FILE``).  A number that misses its goal is marked and fails
nothing: on a loaded machine only ratios of one run mean anything.  What fails is a wrong result.
"""

import json
import os
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

FILE = "CPPCC_BENCH_TABLE"


@dataclass(frozen=True, slots=True)
class Number:
    """One measured number; ``goal`` is the most that it should be, or with ``least`` the least.

    ``floor`` is what cannot be undercut (a bare parse, a bare fetch), ``peer`` what another
    program or the state before takes for the same in the same run; None where there is none.
    """

    name: str
    value: float
    goal: float | None
    unit: str
    floor: float | None = None
    peer: float | None = None
    least: bool = False

    @property
    def missed(self) -> bool:
        """Whether the goal is not reached."""
        if self.goal is None:
            return False
        return self.value < self.goal if self.least else self.value > self.goal


@dataclass(slots=True)
class Table:
    """The numbers of one benchmark, or of all."""

    numbers: list[Number] = field(default_factory=list)

    def add(
        self,
        name: str,
        value: float,
        goal: float | None,
        *,
        unit: str,
        floor: float | None = None,
        peer: float | None = None,
        least: bool = False,
    ) -> None:
        """Keep a number, in the file of all too where there is one."""
        number = Number(name, value, goal, unit, floor, peer, least)
        self.numbers.append(number)
        if path := os.environ.get(FILE):
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(number), ensure_ascii=False) + "\n")

    @property
    def over(self) -> list[str]:
        """The names of those that miss their goals."""
        return [one.name for one in self.numbers if one.missed]

    def show(self) -> None:
        """Print all rows."""
        heads = ("number", "unit", "value", "goal", "floor", "peer", "/floor", "/peer")
        print(f"\n{heads[0]:46}{heads[1]:>9}" + "".join(f"{head:>9}" for head in heads[2:]))
        for one in self.numbers:
            sign = ">=" if one.least else ""
            goal = "-" if one.goal is None else f"{sign}{shown(one.goal)}"
            ratios = [
                "-" if not other else f"{one.value / other:.2f}" for other in (one.floor, one.peer)
            ]
            cells = [shown(one.value), goal, shown(one.floor), shown(one.peer), *ratios]
            mark = "  missed" if one.missed else ""
            print(f"{one.name:46}{one.unit:>9}" + "".join(f"{cell:>9}" for cell in cells) + mark)


def shown(value: float | None) -> str:
    """Three digits that mean something."""
    if value is None:
        return "-"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def main() -> None:
    """Print the rows of a file."""
    lines = Path(sys.argv[1]).read_text("utf-8").splitlines()
    Table([Number(**json.loads(line)) for line in lines]).show()


if __name__ == "__main__":
    main()

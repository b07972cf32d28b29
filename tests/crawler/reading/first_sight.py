"""What is read of a batch of labelled publications that nobody has looked at yet.

``python -m tests.crawler.reading.first_sight [-v] FILE...`` reads files of the form that
``fixtures/corpus/README.md`` describes and prints a line for each; with ``-v`` also each row that
is misread: only once the batch has been learnt from, since after that it is blind no more.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from crawler.reading import RULES_VERSION, read_publication
from storage.records import FLAGGED_GENRES, Genre, Reading
from tests.crawler.reading.batch import article_of
from tests.crawler.reading.genre.corpora import genre_of_row
from tests.crawler.reading.genre.training import score

OWNED = {*FLAGGED_GENRES, Genre.WORK_REPORT, Genre.PROPOSAL_REPORT}
Row = dict[str, str | None]


def region_right(row: Row, reading: Reading) -> bool | None:
    """Whether the committee's province is the stated one; None where none is stated."""
    if not row.get("province"):
        return None
    return reading.committee is not None and reading.committee.region == row["province"]


def years_right(row: Row, reading: Reading) -> bool | None:
    """Whether first and last year covered are the stated ones; None where none is stated."""
    stated: object = row.get("year_covered")
    if not stated:
        return None
    wanted = stated if isinstance(stated, list) else [stated]
    ends = (wanted[0], wanted[-1])
    return bool(reading.years) and (reading.years[0], reading.years[-1]) == ends


def first_sight(path: Path, *, verbose: bool) -> Iterator[str]:
    """The lines to print of the batch in ``path``."""
    pairs: list[tuple[Genre, Genre]] = []
    sure_false = sure_missed = 0
    regions: list[bool] = []
    years: list[bool] = []
    wrong: list[str] = []
    for line in path.read_text("utf-8").splitlines():
        row: Row = json.loads(line)
        genre, reading = genre_of_row(row), read_publication(article_of(row))
        pairs.append((genre, reading.genre))
        faults = []
        due = genre in FLAGGED_GENRES
        if due != reading.flagged:
            sure = not row.get("unsure")
            sure_false += sure and not due
            sure_missed += sure and due
            faults.append(f"{genre} read as {reading.genre}, {reading.score}")
        if genre in OWNED:
            of_region, of_years = region_right(row, reading), years_right(row, reading)
            regions += [] if of_region is None else [of_region]
            years += [] if of_years is None else [of_years]
            faults += ["region"] if of_region is False else []
            faults += [f"years {reading.years}"] if of_years is False else []
        if faults:
            mark = " (unsure)" if row.get("unsure") else ""
            wrong.append(f"    {row['id']} {row['title']}: {'; '.join(faults)}{mark}")
    found = score(pairs)
    false = sum(a not in FLAGGED_GENRES and b in FLAGGED_GENRES for a, b in pairs)
    missed = sum(a in FLAGGED_GENRES and b not in FLAGGED_GENRES for a, b in pairs)
    yield (
        f"{path.name}, rules {RULES_VERSION}: {found.texts} texts, "
        f"flags {found.precision:.3f} / {found.recall:.3f} "
        f"({false} false, {sure_false} of them sure; {missed} missed, {sure_missed} sure), "
        f"genre {found.accuracy:.3f}, region {sum(regions)}/{len(regions)}, "
        f"year {sum(years)}/{len(years)}"
    )
    if verbose:
        yield from wrong


def main(asked: Sequence[str]) -> None:
    """Print the first sight of each file in ``asked``."""
    for name in asked:
        if name != "-v":
            for line in first_sight(Path(name), verbose="-v" in asked):
                sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])

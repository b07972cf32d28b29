"""`cppcc reread`: stored publications read again when the rules have changed."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from scheduler.cli.commands.context import connected, readable, settings
from scheduler.cli.presentation import AsJson, console, print_json, table
from storage.articles.rereading import Applied, apply_readings

if TYPE_CHECKING:
    from crawler.backfill.rereading import Reread

Differences = tuple[tuple[str, str, str], ...]
Change = tuple[int, str, Differences]
"""Id and title of a publication, and what differs: (what, stored, now)."""

SHOWN = 60
"""Characters of a value in the table."""
MOST_ROWS = 200
"""Publications in the table: new rules may read a million otherwise."""


@dataclass(slots=True)
class _Tally:
    """What was read and stored; of what differs as much as is shown, genres apart.

    ``every``: all of it is shown, as data.
    """

    every: bool
    read: int = 0
    differ: int = 0
    genres: list[Change] = field(default_factory=list)
    genres_differ: int = 0
    others: list[Change] = field(default_factory=list)
    applied: Applied = field(default_factory=Applied)

    def take(self, one: "Reread") -> None:
        """Count a publication, and keep what differs of it."""
        self.read += 1
        if not one.differences:
            return
        self.differ += 1
        self.genres_differ += one.genre_changes
        kept = self.genres if one.genre_changes and not self.every else self.others
        if self.every or len(kept) < MOST_ROWS:
            kept.append((one.id, one.title, one.differences))

    @property
    def shown(self) -> list[Change]:
        """The rows of the table, genres first."""
        return (self.genres + self.others)[:MOST_ROWS]


def reread(
    apply: Annotated[bool, typer.Option("--apply", help="Store the new readings")] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Also those that the present rules have read")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what the present rules read otherwise than is stored; store it only with --apply.

    Words are not changed and no page is fetched.  A genre that becomes flagged raises a flag,
    one that no longer is leaves a note on it.
    """
    from crawler.backfill.rereading import reread_all
    from crawler.reading import RULES_VERSION  # the readers cost other commands 0.1 s

    config = settings()
    database = connected(config) if apply else readable(config)
    tally = _Tally(every=as_json)
    for batch in reread_all(database, current_too=every):
        for one in batch:
            tally.take(one)
        if apply:
            with database.begin() as session:
                tally.applied += apply_readings(
                    session, [one.new for one in batch], now=config.now()
                )
    if as_json:
        print_json(
            {
                "rules_version": RULES_VERSION,
                "read": tally.read,
                "applied": tally.applied.replaced,
                "flags": tally.applied.flags,
                "stale": tally.applied.stale,
                "changes": [_as_json(*one) for one in tally.others],
            }
        )
    else:
        _print(tally, RULES_VERSION, applied=apply)


def _print(tally: _Tally, rules: str, *, applied: bool) -> None:
    if tally.differ:
        _print_table(tally)
    console.print(
        f"{tally.read} read again by rules {rules}: {tally.differ} differ, "
        f"{tally.genres_differ} of them in genre"
    )
    done = tally.applied
    if applied:
        late = f"; {done.stale} have other words by now and were left" if done.stale else ""
        console.print(f"{done.replaced} readings stored, {done.flags} flags raised{late}")
    elif tally.read:
        console.print("[dim]nothing is stored yet: `cppcc reread --apply` stores it[/]")


def _print_table(tally: _Tally) -> None:
    rows = table("id", "title", "what", "stored", "now")
    for id_, title, differences in tally.shown:
        for number, (what, before, now) in enumerate(differences):
            rows.add_row(
                str(id_) if number == 0 else "",
                Text(title if number == 0 else ""),
                what,
                Text(_short(before)),
                Text(_short(now)),
            )
    console.print(rows)
    if (more := tally.differ - len(tally.shown)) > 0:
        console.print(f"[dim]and {more} more: `cppcc reread --json` names all[/]")


def _short(words: str) -> str:
    return words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"


def _as_json(id_: int, title: str, differences: Differences) -> dict[str, object]:
    return {
        "id": id_,
        "title": title,
        "differences": [
            {"what": what, "stored": before, "now": now} for what, before, now in differences
        ],
    }

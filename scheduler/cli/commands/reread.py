"""`cppcc reread`: stored publications read again when the rules have changed."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from scheduler.cli.commands.context import connected, readable, settings
from scheduler.cli.presentation import AsJson, console, print_json, table
from storage.articles.rereading import apply_readings

if TYPE_CHECKING:
    from crawler.backfill.rereading import Reread

SHOWN = 60
"""Characters of a value in the table."""


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
    seen = replaced = flags = stale = 0
    changed: list[Reread] = []
    for batch in reread_all(database, current_too=every):
        seen += len(batch)
        changed += [one for one in batch if one.differences]
        if apply:
            with database.begin() as session:
                done = apply_readings(session, [one.new for one in batch], now=config.now())
            replaced += done.replaced
            flags += done.flags
            stale += done.stale
    if as_json:
        print_json(
            {
                "rules_version": RULES_VERSION,
                "read": seen,
                "applied": replaced,
                "flags": flags,
                "stale": stale,
                "changes": [_as_json(one) for one in changed],
            }
        )
        return
    if changed:
        _print(changed)
    genres = sum(one.genre_changes for one in changed)
    console.print(
        f"{seen} read again by rules {RULES_VERSION}: {len(changed)} differ, "
        f"{genres} of them in genre"
    )
    if apply:
        late = f"; {stale} have other words by now and were left" if stale else ""
        console.print(f"{replaced} readings stored, {flags} flags raised{late}")
    elif seen:
        console.print("[dim]nothing is stored yet: `cppcc reread --apply` stores it[/]")


def _print(changed: "list[Reread]") -> None:
    rows = table("id", "title", "what", "stored", "now")
    ordered = sorted(changed, key=lambda one: (not one.genre_changes, one.id))
    for one in ordered:
        for number, (what, before, now) in enumerate(one.differences):
            rows.add_row(
                str(one.id) if number == 0 else "",
                Text(one.title if number == 0 else ""),
                what,
                Text(_short(before)),
                Text(_short(now)),
            )
    console.print(rows)


def _short(words: str) -> str:
    return words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"


def _as_json(one: "Reread") -> dict[str, object]:
    return {
        "id": one.id,
        "title": one.title,
        "differences": [
            {"what": what, "stored": before, "now": now} for what, before, now in one.differences
        ],
    }

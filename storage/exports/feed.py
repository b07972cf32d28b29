"""The newest flags as entries of a feed: what Atom and JSON Feed both write."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.engine.tables import SourceRow
from storage.exports.moved import last_moved
from storage.exports.selection import Row, event_rows, figure_rows, publication_rows
from storage.notices.flags import Flag, FlagStatus, list_flags
from storage.records import SHANGHAI, FigureScope
from storage.vocabulary import METRIC_NAMES, amount

NEWEST = 200
"""Flags that the feed is made of: older ones are in the database."""

TAG = "tag:cppcc-monitor,2026:"
TITLE = "政协年度综述与十件大事"
EPOCH = datetime(2026, 1, 1, tzinfo=SHANGHAI)
NOBODY = "未注明媒体"
"""An entry needs an author; where page and source name none, it says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One flag; instants are in Shanghai, ``html`` holds its events and figures."""

    id: str
    flag: int
    publication: int
    title: str
    url: str
    author: str
    published: datetime
    updated: datetime
    categories: tuple[tuple[str, str], ...]
    summary: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Of the newest flags those that were not dismissed, the newest first."""

    id: str
    title: str
    updated: datetime
    entries: tuple[Entry, ...]


def read_feed(session: Session) -> Feed:
    """The feed as it stands; ``updated`` also moves on when a flag is dismissed and leaves it.

    What a back-fill finds of years gone by is left out: it would push out what is new.
    """
    flags = list_flags(session, past=False, limit=NEWEST)
    moved = last_moved(session, flags)
    shown = [flag for flag in flags if flag.status is not FlagStatus.DISMISSED]
    ids = [flag.publication_id for flag in shown]
    publications = {row["id"]: row for row in publication_rows(session, ids)}
    events = _owned(event_rows(session, ids))
    figures = _owned(figure_rows(session, ids))
    names: dict[str | None, str] = {
        row[0]: row[1] for row in session.execute(select(SourceRow.id, SourceRow.name))
    }
    entries = tuple(
        _entry(
            flag,
            publications[flag.publication_id],
            _html(events.get(flag.publication_id, []), figures.get(flag.publication_id, [])),
            moved[flag.id],
            names.get(flag.source_id),
        )
        for flag in shown
    )
    updated = max(moved.values(), default=EPOCH).astimezone(SHANGHAI)
    return Feed(id=f"{TAG}flags", title=TITLE, updated=updated, entries=entries)


def _entry(flag: Flag, row: Row, html: str, moved: datetime, source: str | None) -> Entry:
    region = row["committee_region"] or flag.region
    years = sorted({str(year) for year in (row["year_from"], row["year_to"]) if year})
    words = [f"{flag.genre.value} ({flag.score:.2f})"]
    words += [f"{note.at.astimezone(SHANGHAI):%Y-%m-%d}: {note.words}" for note in flag.notes]
    named = (
        ("genre", flag.genre.value),
        ("region", str(region or "")),
        ("year", "-".join(years)),
        ("status", flag.status.value),
    )
    return Entry(
        id=f"{TAG}flag:{flag.id}",
        flag=flag.id,
        publication=flag.publication_id,
        title=flag.title,
        url=flag.url,
        author=str(row["outlet"] or source or NOBODY),
        published=flag.raised_at.astimezone(SHANGHAI),
        updated=moved.astimezone(SHANGHAI),
        categories=tuple((scheme, term) for scheme, term in named if term),
        summary="\n".join(words),
        html=html,
    )


def _html(events: Sequence[Row], figures: Sequence[Row]) -> str:
    parts = []
    if events:
        items = "".join(
            f'<li value="{event["ordinal"]}">{escape(str(event["heading"]))}</li>'
            for event in events
        )
        parts.append(f"<ol>{items}</ol>")
    own = [one for one in figures if one["scope"] == FigureScope.OWN.value]
    if own:
        items = "".join(f"<li>{escape(_figure(one))}</li>" for one in own)
        parts.append(f"<ul>{items}</ul>")
    return "".join(parts)


def _figure(row: Row) -> str:
    name = METRIC_NAMES.get(str(row["metric_key"]), row["metric"])
    value = row["value"]
    assert isinstance(value, float | int)  # a number of the view
    qualifier = row["qualifier"]
    shown = amount(value, None if qualifier is None else str(qualifier), str(row["unit"]))
    return f"{name} {shown}: {row['sentence']}"


def _owned(rows: Sequence[Row]) -> dict[object, list[Row]]:
    owned: dict[object, list[Row]] = {}
    for row in rows:
        owned.setdefault(row["publication_id"], []).append(row)
    return owned

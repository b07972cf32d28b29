"""A publication: its events or text with the figures beside it, and all the evidence."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from scheduler.console.auth import Reader, ground_of
from scheduler.console.errors import MissingError
from scheduler.console.ground import Ground
from scheduler.console.marks import Mark, Piece, paragraphs, sentence_round
from scheduler.console.pages.coverage import has_cell
from scheduler.console.routes import MOST_ID, Ask, Pages, html_answer, words_of
from storage.articles.snapshots import get_snapshot
from storage.notices.decisions import CameBack, FlagDecision, came_back, decisions_of
from storage.notices.flags import Flag, FlagStatus, get_flag
from storage.notices.inbox import InboxFilter, flag_of, neighbours
from storage.publications.reading import (
    Publication,
    PublicationSummary,
    get_publication,
    list_publications,
)
from storage.publications.revisions import Stretch, diff_words
from storage.records import Evidence, Figure, Genre, Level

COPIES = 100
LONGEST_DIFF = 40_000
"""Characters of two texts that are compared sign by sign; longer ones are only shown."""
SOURCE_SHOWN = 200_000

Id = Annotated[int, Path(ge=1, le=MOST_ID)]
Sha256 = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a revision changed of the one before; None where both are too long to compare."""

    revision: int
    seen_at: datetime
    title: tuple[Stretch, ...] | None
    text: tuple[Stretch, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationPage:
    """One publication.  ``revision`` is the one whose words are shown, the newest by default.

    ``previous`` and ``next`` are (flag, publication) beside it in the inbox as it was narrowed;
    ``copies`` are the other publications of its story, the original first; ``cell`` is the region
    and year of its cell of coverage, None where there is none.
    """

    publication: Publication
    revision: int
    shown_title: str
    shown_text: str
    outlet: str | None
    flag: Flag | None
    decisions: tuple[FlagDecision, ...]
    previous: tuple[int, int] | None
    next: tuple[int, int] | None
    copies: tuple[PublicationSummary, ...]
    changes: tuple[Change, ...]
    cell: tuple[str, int] | None

    @property
    def came_back(self) -> CameBack | None:
        """Why a dismissed story is open again by itself."""
        return came_back(self.decisions)

    @property
    def is_current(self) -> bool:
        """Whether the newest words are shown: figures and events are of these."""
        return self.revision == self.publication.summary.revision

    @property
    def body(self) -> list[list[Piece]]:
        """The words, cut at the marks of figures and of the sentences that they stand in."""
        reading = self.publication.reading
        if reading is None or not self.is_current:
            return paragraphs(self.shown_text, ())
        return paragraphs(self.shown_text, _marks(self.shown_text, reading.figures))

    @property
    def reasons(self) -> list[Evidence]:
        """The evidence of the genre, for it first, the heaviest first."""
        reading = self.publication.reading
        found = [one for one in reading.evidence if one.about == "genre"] if reading else []
        return sorted(found, key=lambda one: -one.weight)

    @property
    def other_reasons(self) -> list[Evidence]:
        """The evidence of everything else."""
        reading = self.publication.reading
        of_reading = [one for one in reading.evidence if one.about != "genre"] if reading else []
        return [*of_reading, *self.publication.page_evidence]


def add(pages: Pages) -> None:
    """Declare the page, and the raw pages below it."""
    pages.page("/publications/{publication_id}", "publication.html")(publication)
    pages.web.include_router(raw)


def publication(
    asked: Ask,
    publication_id: Id,
    revision: Annotated[int | None, Query(ge=1, le=100_000)] = None,
    status: FlagStatus | None = None,
    region: Annotated[str | None, Query(max_length=20)] = None,
    genre: Genre | None = None,
    year: Annotated[int | None, Query(ge=1949, le=2100)] = None,
) -> PublicationPage:
    """One publication with its reading, evidence, copies, revisions and captures."""
    narrowed = InboxFilter(status=status, region=region or None, genre=genre, year=year)
    with asked.ground.reading() as session:
        found = get_publication(session, publication_id)
        flag_id = flag_of(session, publication_id)
        flag = None if flag_id is None else get_flag(session, flag_id)
        decisions = [] if flag is None else decisions_of(session, flag.id)
        beside = (None, None) if flag is None else neighbours(session, narrowed, flag.id)
        story = list_publications(session, story_id=found.summary.story_id, limit=COPIES)
    shown = next((one for one in found.revisions if one.revision == revision), None)
    if revision is not None and shown is None:
        raise MissingError("revision", revision)
    shown = shown or found.revisions[-1]
    source = asked.ground.declared().sources.get(found.summary.source_id or "")
    others = [one for one in story if one.id != publication_id]
    return PublicationPage(
        publication=found,
        revision=shown.revision,
        shown_title=shown.title,
        shown_text=shown.text,
        outlet=found.summary.outlet or (source.name if source else None),
        flag=flag,
        decisions=tuple(decisions),
        previous=beside[0],
        next=beside[1],
        copies=tuple(sorted(others, key=lambda one: not one.is_original)),
        changes=tuple(_changes(found)),
        cell=_cell(asked.ground, found),
    )


def _cell(ground: Ground, found: Publication) -> tuple[str, int] | None:
    reading = found.reading
    if reading is None or reading.committee is None or not reading.years:
        return None
    region, year = reading.committee.region, reading.years[-1]
    if reading.committee.level not in (Level.NATIONAL, Level.PROVINCIAL):
        return None
    return (region, year) if has_cell(ground, region, year) else None


def _changes(found: Publication) -> list[Change]:
    changes = []
    for old, new in pairwise(found.revisions):
        short = len(old.text) + len(new.text) <= LONGEST_DIFF
        text = diff_words(old.text, new.text) if short and old.text != new.text else None
        title = diff_words(old.title, new.title) if old.title != new.title else None
        changes.append(
            Change(
                revision=new.revision,
                seen_at=new.seen_at,
                title=None if title is None else tuple(title),
                text=None if text is None else tuple(text),
            )
        )
    return changes[::-1]


def _marks(text: str, figures: tuple[Figure, ...]) -> list[Mark]:
    marks = []
    for number, figure in enumerate(figures, start=1):
        start, end = figure.span
        if 0 <= start < end <= len(text):
            marks.append(Mark(start, end, "figure", number))
            marks.append(Mark(*sentence_round(text, start, end), "sentence", number))
    return marks


raw = APIRouter(include_in_schema=False)


@raw.get("/snapshots/{sha256}")
def snapshot(request: Request, person: Reader, sha256: Sha256, view: str = "") -> Response:
    """A raw page: a file to keep, or its source as text; never as a page of ours."""
    with ground_of(request).reading() as session:
        body = get_snapshot(session, sha256)
    if view == "source":
        text = body[:SOURCE_SHOWN].decode("utf-8", "replace")
        values = {"sha256": sha256, "text": text, "size": len(body), "limit": SOURCE_SHOWN}
        return html_answer(request, words_of(request), "snapshot.html", values, person=person)
    return Response(
        body,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{sha256}.page"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )

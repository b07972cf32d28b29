"""Copies of one text across outlets: which story a text belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from storage.tables import BandRow, PublicationRow, StoryRow, table_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A new publication's text, ready to be compared."""

    publication_id: int
    exact_key: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The story of a publication; ``joined`` says that the story was there before it."""

    story_id: int
    joined: bool


def place(session: Session, texts: Sequence[Text], *, now: datetime) -> dict[int, Placement]:
    """Find each text's story or begin one, keyed by publication id, and remember the texts."""
    keys = {text.exact_key for text in texts if text.exact_key is not None}
    found = session.execute(
        select(BandRow.key, PublicationRow.story_id)
        .join(PublicationRow, PublicationRow.id == BandRow.publication_id)
        .where(BandRow.key.in_(keys))
        .order_by(BandRow.publication_id.desc())
    )
    stories = dict(found.all())
    placed: dict[int, Placement] = {}
    begun = []
    for text in texts:
        story_id = stories.get(text.exact_key) if text.exact_key is not None else None
        joined = story_id is not None
        if story_id is None:
            story_id = text.publication_id
            begun.append({"id": story_id, "original_id": story_id, "created_at": now})
            if text.exact_key is not None:
                stories[text.exact_key] = story_id
        placed[text.publication_id] = Placement(story_id=story_id, joined=joined)
    bands = [
        {"key": text.exact_key, "publication_id": text.publication_id}
        for text in texts
        if text.exact_key is not None
    ]
    if begun:
        session.execute(insert(table_of(StoryRow)), begun)
    if bands:
        session.execute(insert(table_of(BandRow)), bands)
    return placed

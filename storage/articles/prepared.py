"""What is known of an article before it is saved: its fingerprint, what is stored of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.engine.tables import PublicationRow
from storage.links import discoveries
from storage.records import SHANGHAI, Article, Precision
from storage.stories.fingerprints import Fingerprint, fingerprint

PAST = timedelta(days=90)
"""A capture of so long ago is history: a review is news for a season, not longer."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a page prints round its words."""

    outlet: str | None = None
    author: str | None = None
    editor: str | None = None
    published_at: datetime | None = None
    published_precision: str | None = None

    def corrected(self, new: "Header") -> "Header":
        """This one with what ``new`` says; what it leaves out, or says less exactly, stays."""
        day, known = new.published_at, self.published_at
        same_day = (
            day and known and day.astimezone(SHANGHAI).date() == (known.astimezone(SHANGHAI).date())
        )
        keeps = day is None or (same_day and new.published_precision == Precision.DAY.value)
        return Header(
            new.outlet or self.outlet,
            new.author or self.author,
            new.editor or self.editor,
            known if keeps else day,
            self.published_precision if keeps else new.published_precision,
        )


Covers = tuple[str | None, str | None, int | None, int | None]
NOTHING: Covers = (None, None, None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An article with all that can be worked out before the database is locked."""

    article: Article
    fingerprint: Fingerprint

    @property
    def content_sha256(self) -> str:
        """What the words are known by."""
        return self.fingerprint.content_sha256

    @property
    def header(self) -> Header:
        """What its page prints round its words."""
        one, precision = self.article, self.article.published_precision
        return Header(
            one.outlet, one.author, one.editor, one.published_at, precision and precision.value
        )

    @property
    def covers(self) -> Covers:
        """The committee (level, province) and years (first, last) that it is about."""
        reading = self.article.reading
        if reading is None:
            return NOTHING
        committee, years = reading.committee, reading.years
        return (
            committee.level.value if committee else None,
            committee.region if committee else None,
            years[0] if years else None,
            years[-1] if years else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the database knows of an article's URL; ``covers`` as ``Prepared.covers``."""

    id: int
    content_sha256: str
    revision: int
    story_id: int
    is_original: bool
    removed: bool
    last_seen_at: datetime
    covers: Covers = NOTHING
    header: Header = Header()


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """One call: the present, its run, and whether its articles were captured on other days."""

    now: datetime
    run_id: int | None
    captured: bool = False
    past: bool = False

    def seen(self, article: Article) -> datetime:
        """When the article was as it is: now, or on the day on which somebody captured it."""
        return (article.fetched_at or self.now) if self.captured else self.now

    def is_past(self, article: Article) -> bool:
        """Whether it is so old that nobody is to be woken for it, where old ones are looked for."""
        if self.past and article.published_at is not None:
            return self.now - article.published_at > PAST
        return self.captured and self.now - self.seen(article) > PAST


def prepare(article: Article) -> Prepared:
    return Prepared(article=article, fingerprint=fingerprint(article.title, article.text))


def stored_under(session: Session, urls: Sequence[str]) -> dict[str, Stored]:
    found: dict[str, Stored] = {}
    for start in range(0, len(urls), discoveries.IN_BATCH):
        rows = session.execute(
            select(
                PublicationRow.url,
                PublicationRow.id,
                PublicationRow.content_sha256,
                PublicationRow.revision,
                PublicationRow.story_id,
                PublicationRow.is_original,
                PublicationRow.removed_at,
                PublicationRow.last_seen_at,
                PublicationRow.committee_level,
                PublicationRow.committee_region,
                PublicationRow.year_from,
                PublicationRow.year_to,
                PublicationRow.outlet,
                PublicationRow.author,
                PublicationRow.editor,
                PublicationRow.published_at,
                PublicationRow.published_precision,
            ).where(PublicationRow.url.in_(urls[start : start + discoveries.IN_BATCH]))
        )
        for row in rows:
            found[row.url] = Stored(
                id=row.id,
                content_sha256=row.content_sha256,
                revision=row.revision,
                story_id=row.story_id,
                is_original=row.is_original,
                removed=row.removed_at is not None,
                last_seen_at=row.last_seen_at,
                covers=(row.committee_level, row.committee_region, row.year_from, row.year_to),
                header=Header(
                    row.outlet,
                    row.author,
                    row.editor,
                    row.published_at,
                    row.published_precision,
                ),
            )
    return found

"""Save articles: everything that one article touches commits together, or not at all.

The article's row, revision, snapshots, reading, events, figures, story, flag, outbox message
and change are written in the caller's one transaction, and so is the mark that its link is
stored.  A crash can therefore only repeat an article, never lose or double it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, select, text, update
from sqlalchemy.orm import Session

from storage.articles.earlier import Earlier, place_earlier, stood_at
from storage.articles.snapshots import put_snapshots
from storage.engine.bulk import insert_rows
from storage.engine.changes import lock_writers, record_changes
from storage.engine.rows import event_rows, figure_rows, page_columns, reading_columns, topic_rows
from storage.engine.tables import (
    CaptureRow,
    EventRow,
    FigureRow,
    PublicationRow,
    RevisionRow,
    SourceRow,
    TopicRow,
    table_of,
)
from storage.links import discoveries
from storage.notices import flags
from storage.records import Article, Saved
from storage.search.index import index_words
from storage.stories import matching as stories
from storage.stories import originals
from storage.stories.fingerprints import Fingerprint, fingerprint

PAST = timedelta(days=90)
"""A capture of so long ago is history: a review is news for a season, not longer."""

_FOUND: dict[str, datetime | int | None] = {
    "first_missing_at": None,
    "missing_checks": 0,
    "removed_at": None,
}
"""What it means for a publication that a live look has found it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveOutcome:
    """What saving one article did; ``flag_id`` is the flag that it raised, if any."""

    saved: Saved
    publication_id: int
    story_id: int
    revision: int
    flag_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """An article with all that can be worked out before the database is locked."""

    article: Article
    fingerprint: Fingerprint

    @property
    def content_sha256(self) -> str:
        """What the words are known by."""
        return self.fingerprint.content_sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """What the database knows of an article's URL."""

    id: int
    content_sha256: str
    revision: int
    story_id: int
    is_original: bool
    removed: bool
    last_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Saving:
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


def save_articles(
    session: Session,
    articles: Sequence[Article],
    *,
    now: datetime,
    run_id: int | None,
    captured: bool = False,
    past: bool = False,
) -> list[SaveOutcome]:
    """Save articles in this transaction; the outcomes in the same order.

    The URL is the identity.  The same words again only move ``last_seen_at`` and the next
    check; other words are a new revision; words that another URL has already are a repost.

    With ``captured`` they come from an archive: each was seen at its ``fetched_at``, not now.
    One that is older than what is stored becomes an earlier revision and never the current
    words; what live crawls are to look at again stays as it is.  With ``past`` they are of a
    walk through past years: the flags of old ones are marked, and nobody is told of each.
    """
    prepared = [_prepare(article) for article in articles]
    saving = _Saving(now=now, run_id=run_id, captured=captured, past=past)
    lock_writers(session)
    outcomes: list[SaveOutcome] = []
    for batch in _without_repeats(prepared):
        outcomes += _save_batch(session, batch, saving)
    return outcomes


def _prepare(article: Article) -> _Prepared:
    return _Prepared(article=article, fingerprint=fingerprint(article.title, article.text))


def _without_repeats(prepared: Iterable[_Prepared]) -> Iterator[list[_Prepared]]:
    """Batches in which each URL stands once, in the order given."""
    batch: dict[str, _Prepared] = {}
    for one in prepared:
        if one.article.url in batch:
            yield list(batch.values())
            batch = {}
        batch[one.article.url] = one
    if batch:
        yield list(batch.values())


def _save_batch(session: Session, batch: list[_Prepared], saving: _Saving) -> list[SaveOutcome]:
    stored = _stored(session, [one.article.url for one in batch])
    new = [one for one in batch if one.article.url not in stored]
    changed: list[tuple[_Prepared, _Stored]] = []
    unchanged: list[tuple[_Prepared, _Stored]] = []
    for one in batch:
        before = stored.get(one.article.url)
        if before is not None:
            same = before.content_sha256 == one.content_sha256
            (unchanged if same else changed).append((one, before))

    outcomes = _save_new(session, new, saving)
    if saving.captured:
        older = [
            (one, before)
            for one, before in (*changed, *unchanged)
            if _is_older(session, one, before, saving)
        ]
        outcomes |= _save_older(session, older, saving)
        changed = [pair for pair in changed if pair[0].article.url not in outcomes]
        unchanged = [pair for pair in unchanged if pair[0].article.url not in outcomes]
    outcomes |= _save_changed(session, changed, saving)
    outcomes |= _touch_unchanged(session, unchanged, saving)
    if saving.captured:  # an archive says nothing of what stands today
        return [outcomes[one.article.url] for one in batch]
    now = saving.now
    back = [before.id for _, before in changed + unchanged if before.removed]
    record_changes(session, "add", back, now=now)
    discoveries.mark_stored(
        session,
        {url: outcome.publication_id for url, outcome in outcomes.items()},
        changed=frozenset(
            url for url, outcome in outcomes.items() if outcome.saved is not Saved.UNCHANGED
        ),
        now=now,
    )
    return [outcomes[one.article.url] for one in batch]


def _stored(session: Session, urls: Sequence[str]) -> dict[str, _Stored]:
    found: dict[str, _Stored] = {}
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
            ).where(PublicationRow.url.in_(urls[start : start + discoveries.IN_BATCH]))
        )
        for row in rows:
            found[row.url] = _Stored(
                id=row.id,
                content_sha256=row.content_sha256,
                revision=row.revision,
                story_id=row.story_id,
                is_original=row.is_original,
                removed=row.removed_at is not None,
                last_seen_at=row.last_seen_at,
            )
    return found


def _save_new(session: Session, new: list[_Prepared], saving: _Saving) -> dict[str, SaveOutcome]:
    if not new:
        return {}
    now = saving.now
    ids = dict(zip((one.article.url for one in new), _next_ids(session, len(new)), strict=True))
    index = stories.Index(session, _texts((one, ids[one.article.url]) for one in new))
    placed = index.place(now=now)
    regions = _regions(session, {one.article.source_id for one in new})
    captured = _keep_captures(session, new)
    rows = []
    for one in new:
        article, id_ = one.article, ids[one.article.url]
        rows.append(
            {
                "id": id_,
                "url": article.url,
                "source_id": article.source_id,
                "region": regions.get(article.source_id),
                "first_seen_at": saving.seen(article),
                "last_seen_at": saving.seen(article),
                "missing_checks": 0,
                "content_sha256": one.content_sha256,
                "story_id": placed[id_].story_id,
                "is_original": not placed[id_].joined,
                "revision": 1,
                "snapshot_sha256": next(iter(captured[article.url]), None),
                **page_columns(article),
                **reading_columns(article.reading),
            }
        )
    insert_rows(session, PublicationRow, rows)
    index.write()
    current = [(one, ids[one.article.url], 1) for one in new]
    _write_revisions(session, current, captured, saving)
    record_changes(session, "add", ids.values(), now=now)
    raised = flags.raise_flags(
        session,
        [
            _candidate(one, ids[one.article.url], placed[ids[one.article.url]].story_id, 1, saving)
            for one in new
        ],
        run_id=saving.run_id,
        now=now,
    )
    joined = {id_ for id_, placement in placed.items() if placement.joined}
    joined -= originals.settle(session, {placed[id_].story_id for id_ in joined}, now=now)
    return {
        url: SaveOutcome(
            saved=Saved.REPOST if id_ in joined else Saved.NEW,
            publication_id=id_,
            story_id=placed[id_].story_id,
            revision=1,
            flag_id=raised.get(id_),
        )
        for url, id_ in ids.items()
    }


def _save_changed(
    session: Session, changed: list[tuple[_Prepared, _Stored]], saving: _Saving
) -> dict[str, SaveOutcome]:
    if not changed:
        return {}
    now = saving.now
    captured = _keep_captures(session, [one for one, _ in changed])
    story_of = _move_stories(session, changed)
    for one, before in changed:
        moved = story_of[before.id] != before.story_id
        session.execute(
            update(PublicationRow)
            .where(PublicationRow.id == before.id)
            .values(
                last_seen_at=saving.seen(one.article),
                **({} if saving.captured else _FOUND),
                content_sha256=one.content_sha256,
                revision=before.revision + 1,
                snapshot_sha256=next(iter(captured[one.article.url]), None),
                story_id=story_of[before.id],
                is_original=before.is_original and not moved,  # settled below
                **page_columns(one.article),
                **reading_columns(one.article.reading),
            )
        )
    left = {before.story_id for _, before in changed} - set(story_of.values())
    stories.drop_stories(session, left)
    ids = [before.id for _, before in changed]
    session.execute(delete(EventRow).where(EventRow.publication_id.in_(ids)))
    session.execute(delete(FigureRow).where(FigureRow.publication_id.in_(ids)))
    session.execute(delete(TopicRow).where(TopicRow.publication_id.in_(ids)))
    current = [(one, before.id, before.revision + 1) for one, before in changed]
    _write_revisions(session, current, captured, saving)
    known = [before.id for _, before in changed if not before.removed]
    record_changes(session, "change", known, now=now)
    raised = flags.raise_flags(
        session,
        [
            _candidate(one, before.id, story_of[before.id], before.revision + 1, saving)
            for one, before in changed
        ],
        run_id=saving.run_id,
        now=now,
    )
    originals.settle(session, story_of.values(), now=now)
    return {
        one.article.url: SaveOutcome(
            saved=Saved.CHANGED,
            publication_id=before.id,
            story_id=story_of[before.id],
            revision=before.revision + 1,
            flag_id=raised.get(before.id),
        )
        for one, before in changed
    }


def _move_stories(session: Session, changed: list[tuple[_Prepared, _Stored]]) -> dict[int, int]:
    """Index the new words; the story of each publication, which may be another one now."""
    index = stories.Index(session, _texts((one, before.id) for one, before in changed))
    story_of = {before.id: before.story_id for _, before in changed}
    story_of = index.move(story_of, alone=stories.alone_in_story(session, story_of))
    index.write()
    return story_of


def _texts(batch: Iterable[tuple[_Prepared, int]]) -> list[stories.Text]:
    return [stories.Text(publication_id=id_, fingerprint=one.fingerprint) for one, id_ in batch]


def _is_older(session: Session, one: _Prepared, before: _Stored, saving: _Saving) -> bool:
    """Whether a capture is of before the last look; of two of one moment the later read wins."""
    seen_at = saving.seen(one.article)
    if seen_at != before.last_seen_at:
        return seen_at < before.last_seen_at
    return stood_at(session, before.id, seen_at, one.content_sha256)


def _save_older(
    session: Session, older: list[tuple[_Prepared, _Stored]], saving: _Saving
) -> dict[str, SaveOutcome]:
    """Put captures that are older than the last look at a publication into its history."""
    outcomes: dict[str, SaveOutcome] = {}
    for one, before in older:
        article = one.article
        placed = place_earlier(
            session,
            Earlier(
                publication_id=before.id,
                seen_at=saving.seen(article),
                title=article.title,
                text=article.text,
                content_sha256=one.content_sha256,
                captures=article.captures,
            ),
            run_id=saving.run_id,
        )
        outcomes[article.url] = SaveOutcome(
            saved=Saved.CHANGED if placed.inserted else Saved.UNCHANGED,
            publication_id=before.id,
            story_id=before.story_id,
            revision=placed.revision,
        )
    changed = [one.publication_id for one in outcomes.values() if one.saved is Saved.CHANGED]
    record_changes(session, "change", changed, now=saving.now)
    return outcomes


def _touch_unchanged(
    session: Session, unchanged: list[tuple[_Prepared, _Stored]], saving: _Saving
) -> dict[str, SaveOutcome]:
    table = table_of(PublicationRow)
    if unchanged:
        session.execute(
            update(table)
            .where(table.c.id == bindparam("b_id"))
            .values(
                last_seen_at=bindparam("b_seen_at"),
                **({} if saving.captured else _FOUND),
            ),
            [
                {"b_id": before.id, "b_seen_at": saving.seen(one.article)}
                for one, before in unchanged
            ],
        )
    return {
        one.article.url: SaveOutcome(
            saved=Saved.UNCHANGED,
            publication_id=before.id,
            story_id=before.story_id,
            revision=before.revision,
        )
        for one, before in unchanged
    }


def _candidate(
    one: _Prepared, id_: int, story_id: int, revision: int, saving: _Saving
) -> flags.Candidate:
    return flags.Candidate(
        publication_id=id_,
        story_id=story_id,
        url=one.article.url,
        title=one.article.title,
        source_id=one.article.source_id,
        revision=revision,
        reading=one.article.reading,
        revised=revision > 1,
        copied=revision == 1,
        past=saving.is_past(one.article),
    )


def _keep_captures(session: Session, batch: list[_Prepared]) -> dict[str, list[str]]:
    """The hashes of each article's raw pages, by its URL."""
    bodies = [capture.body for one in batch for capture in one.article.captures]
    hashes = iter(put_snapshots(session, bodies))
    return {one.article.url: [next(hashes) for _ in one.article.captures] for one in batch}


def _write_revisions(
    session: Session,
    current: list[tuple[_Prepared, int, int]],
    captured: Mapping[str, Sequence[str]],
    saving: _Saving,
) -> None:
    """The words, the captures, and what was read: (article, publication id, revision) each."""
    revisions: list[dict[str, object]] = []
    captures: list[dict[str, object]] = []
    events: list[dict[str, object]] = []
    figures: list[dict[str, object]] = []
    topics: list[dict[str, object]] = []
    for one, id_, revision in current:
        article = one.article
        revisions.append(
            {
                "publication_id": id_,
                "revision": revision,
                "seen_at": saving.seen(article),
                "run_id": saving.run_id,
                "title": article.title,
                "text": article.text,
                "content_sha256": one.content_sha256,
            }
        )
        for position, capture in enumerate(article.captures):
            captures.append(
                {
                    "publication_id": id_,
                    "revision": revision,
                    "position": position,
                    "url": capture.url,
                    "fetched_at": capture.fetched_at,
                    "status": capture.status,
                    "headers": [[name, value] for name, value in capture.headers],
                    "sha256": captured[article.url][position],
                }
            )
        if article.reading is not None:
            events += event_rows(id_, article.reading.events)
            figures += figure_rows(id_, article.reading.figures)
            topics += topic_rows(id_, article.reading.topics)
    insert_rows(session, RevisionRow, revisions)
    index_words(
        session, [(id_, rev, one.article.title, one.article.text) for one, id_, rev in current]
    )
    insert_rows(session, CaptureRow, captures)
    insert_rows(session, EventRow, events)
    insert_rows(session, FigureRow, figures)
    insert_rows(session, TopicRow, topics)


def _regions(session: Session, source_ids: set[str | None]) -> dict[str | None, str | None]:
    rows = session.execute(
        select(SourceRow.id, SourceRow.region).where(SourceRow.id.in_(source_ids - {None}))
    )
    return dict(rows.all())


def _next_ids(session: Session, count: int) -> list[int]:
    """Publication ids, known before the rows are written so that Core can write batches."""
    if session.get_bind().dialect.name == "postgresql":
        query = text("SELECT nextval('publications_id_seq') FROM generate_series(1, :count)")
        return list(session.scalars(query, {"count": count}))
    last = session.scalars(select(func.max(PublicationRow.id))).one() or 0
    return list(range(last + 1, last + 1 + count))

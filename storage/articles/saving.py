"""Save articles: everything that one article touches commits together, or not at all.

The article's row, revision, snapshots, reading, events, figures, story, flag, outbox message
and change are written in the caller's one transaction, and so is the mark that its link is
stored.  A crash can therefore only repeat an article, never lose or double it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, delete, update
from sqlalchemy.orm import Session

from storage.articles.earlier import Earlier, place_earlier, stood_at
from storage.articles.prepared import Prepared, Saving, Stored, prepare, stored_under
from storage.articles.writing import keep_captures, next_ids, regions_of, write_revisions
from storage.engine.bulk import insert_rows
from storage.engine.changes import lock_writers, record_changes
from storage.engine.rows import evidence_as_json, page_columns, reading_columns
from storage.engine.tables import EventRow, FigureRow, PublicationRow, TopicRow, table_of
from storage.links import discoveries
from storage.notices import raising
from storage.records import Article, Saved
from storage.stories import matching as stories
from storage.stories import originals

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
    prepared = [prepare(article) for article in articles]
    saving = Saving(now=now, run_id=run_id, captured=captured, past=past)
    lock_writers(session)
    outcomes: list[SaveOutcome] = []
    for batch in _without_repeats(prepared):
        outcomes += _save_batch(session, batch, saving)
    return outcomes


def _without_repeats(prepared: Iterable[Prepared]) -> Iterator[list[Prepared]]:
    """Batches in which each URL stands once, in the order given."""
    batch: dict[str, Prepared] = {}
    for one in prepared:
        if one.article.url in batch:
            yield list(batch.values())
            batch = {}
        batch[one.article.url] = one
    if batch:
        yield list(batch.values())


def _save_batch(session: Session, batch: list[Prepared], saving: Saving) -> list[SaveOutcome]:
    stored = stored_under(session, [one.article.url for one in batch])
    new = [one for one in batch if one.article.url not in stored]
    changed: list[tuple[Prepared, Stored]] = []
    unchanged: list[tuple[Prepared, Stored]] = []
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


def _save_new(session: Session, new: list[Prepared], saving: Saving) -> dict[str, SaveOutcome]:
    if not new:
        return {}
    now = saving.now
    ids = dict(zip((one.article.url for one in new), next_ids(session, len(new)), strict=True))
    index = stories.Index(session, _texts((one, ids[one.article.url]) for one in new))
    placed = index.place(now=now)
    regions = regions_of(session, {one.article.source_id for one in new})
    captured = keep_captures(session, new)
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
    write_revisions(session, current, captured, saving)
    record_changes(session, "add", ids.values(), now=now)
    raised = raising.raise_flags(
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
    session: Session, changed: list[tuple[Prepared, Stored]], saving: Saving
) -> dict[str, SaveOutcome]:
    if not changed:
        return {}
    now = saving.now
    captured = keep_captures(session, [one for one, _ in changed])
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
    write_revisions(session, current, captured, saving)
    known = [before.id for _, before in changed if not before.removed]
    record_changes(session, "change", known, now=now)
    raised = raising.raise_flags(
        session,
        [
            replace(
                _candidate(one, before.id, story_of[before.id], before.revision + 1, saving),
                another=one.covers != before.covers,
            )
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


def _move_stories(session: Session, changed: list[tuple[Prepared, Stored]]) -> dict[int, int]:
    """Index the new words; the story of each publication, which may be another one now."""
    index = stories.Index(session, _texts((one, before.id) for one, before in changed))
    story_of = {before.id: before.story_id for _, before in changed}
    story_of = index.move(story_of, alone=stories.alone_in_story(session, story_of))
    index.write()
    return story_of


def _texts(batch: Iterable[tuple[Prepared, int]]) -> list[stories.Text]:
    return [stories.Text(publication_id=id_, fingerprint=one.fingerprint) for one, id_ in batch]


def _is_older(session: Session, one: Prepared, before: Stored, saving: Saving) -> bool:
    """Whether a capture is of before the last look; of two of one moment the later read wins."""
    seen_at = saving.seen(one.article)
    if seen_at != before.last_seen_at:
        return seen_at < before.last_seen_at
    return stood_at(session, before.id, seen_at, one.content_sha256)


def _save_older(
    session: Session, older: list[tuple[Prepared, Stored]], saving: Saving
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
    session: Session, unchanged: list[tuple[Prepared, Stored]], saving: Saving
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
    if not saving.captured:
        _correct_headers(session, unchanged, saving)
    return {
        one.article.url: SaveOutcome(
            saved=Saved.UNCHANGED,
            publication_id=before.id,
            story_id=before.story_id,
            revision=before.revision,
        )
        for one, before in unchanged
    }


def _correct_headers(
    session: Session, unchanged: list[tuple[Prepared, Stored]], saving: Saving
) -> None:
    """Enter a source, names or a date that a page prints otherwise round the same words.

    That is no revision; who follows the changes is told, and the original may be another copy.
    """
    corrected = [
        (one, before, header)
        for one, before in unchanged
        if (header := before.header.corrected(one.header)) != before.header
    ]
    for one, before, header in corrected:
        session.execute(
            update(PublicationRow)
            .where(PublicationRow.id == before.id)
            .values(**asdict(header), page_evidence=evidence_as_json(one.article.evidence))
        )
    known = [before.id for _, before, _ in corrected if not before.removed]
    record_changes(session, "change", known, now=saving.now)
    originals.settle(session, {before.story_id for _, before, _ in corrected}, now=saving.now)


def _candidate(
    one: Prepared, id_: int, story_id: int, revision: int, saving: Saving
) -> raising.Candidate:
    return raising.Candidate(
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

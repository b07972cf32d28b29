"""Reading stored publications again by the present rules, and saying what would change."""

from collections.abc import Iterator
from dataclasses import dataclass

from crawler.reader import with_reading
from crawler.reading import RULES_VERSION
from storage.articles.rereading import NewReading, every, outdated, same_reading
from storage.engine.database import Database
from storage.publications.as_article import article_of
from storage.publications.reading import Publication, get_publication
from storage.records import Reading

BATCH = 50
"""Publications read between two transactions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """One publication read again; ``differences`` are (what, before, now), in words."""

    id: int
    title: str
    new: NewReading
    differences: tuple[tuple[str, str, str], ...]

    @property
    def genre_changes(self) -> bool:
        """Whether it would become another genre."""
        return any(what == "genre" for what, _, _ in self.differences)


def reread_all(database: Database, *, current_too: bool = False) -> Iterator[list[Reread]]:
    """Publications read by other rules (or all), read again, in batches; nothing is written."""
    last = 0
    while True:
        with database.reading() as session:
            if current_too:
                ids = every(session, after=last, limit=BATCH)
            else:
                ids = outdated(session, RULES_VERSION, after=last, limit=BATCH)
            stored = [get_publication(session, id_) for id_ in ids]
        if not ids:
            return
        yield [_reread(one) for one in stored]
        last = ids[-1]


def _reread(stored: Publication) -> Reread:
    reading = with_reading(article_of(stored), stored.summary.region).reading
    assert reading is not None  # that is what it adds
    return Reread(
        id=stored.summary.id,
        title=stored.summary.title,
        new=NewReading(
            publication_id=stored.summary.id,
            content_sha256=stored.content_sha256,
            reading=reading,
        ),
        differences=tuple(differences(stored.reading, reading)),
    )


def differences(old: Reading | None, new: Reading) -> Iterator[tuple[str, str, str]]:
    """(what, before, now) for each value that differs; evidence counts as one, and so do weights
    that change no value."""
    if same_reading(old, new):
        return
    before, now = _values(old) if old else {}, _values(new)
    pairs = [(what, before.get(what, "-"), said) for what, said in now.items()]
    changed = [(what, was, said) for what, was, said in pairs if was != said]
    yield from changed or [("evidence", "other words decided, or weigh otherwise", "")]


def _values(reading: Reading) -> dict[str, str]:
    committee = reading.committee
    return {
        "genre": reading.genre.value,
        "confidence": reading.confidence.value,
        "committee": f"{committee.region} {committee.name}" if committee else "-",
        "years": "-".join(str(year) for year in reading.years) or "-",
        "term": str(reading.term or "-"),
        "session": str(reading.session or "-"),
        "part": str(reading.part or "-"),
        "events": _counted([event.heading for event in reading.events]),
        "figures": _counted(
            [
                f"{one.metric} {one.qualifier or ''}{one.value:g}{one.unit} ({one.scope.value})"
                for one in reading.figures
            ]
        ),
        "topics": _counted([f"{one.key} {one.event or one.section}" for one in reading.topics]),
        "issues": "; ".join(reading.issues) or "-",
    }


def _counted(words: list[str]) -> str:
    return f"{len(words)}: " + ", ".join(words) if words else "-"

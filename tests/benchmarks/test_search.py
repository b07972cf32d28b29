"""Search at 60,000 texts: exactness, speed, and what the index weighs.

    make bench            or: pytest -m bench tests/benchmarks/test_search.py -s -q

``CPPCC_BENCH_TEXTS`` sets another number of texts.
"""

import bisect
import itertools
import os
import random
import time
from array import array
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from storage.engine.database import Database
from storage.engine.tables import PublicationRow, RevisionRow, StoryRow, table_of
from storage.search.grams import folded
from storage.search.index import index_words
from storage.search.query import matching, search
from tests.storage.samples import NOW

TEXTS = int(os.environ.get("CPPCC_BENCH_TEXTS", "60000"))
LENGTH = 1200
QUERIES = 300
BATCH = 1000
AGAIN = 0.3
"""How often a text repeats a word of its own: 1,200 characters of the pages that we read hold
850 to 900 different pairs, and so do these."""
COMMON = [
    "政协",
    "委员",
    "提案",
    "会议",
    "工作",
    "全省",
    "调研",
    "协商",
    "监督",
    "建言",
    "履职",
    "群众",
]


class Writer:
    """Texts of words whose frequencies fall as in a language (Zipf's law), from a seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        signs = [chr(0x4E00 + n) for n in self.chance.sample(range(20000), 4500)]
        by_rank = list(itertools.accumulate(1 / (rank + 4) for rank in range(len(signs))))
        words = dict.fromkeys(COMMON)
        while len(words) < 60_000:
            length = self.chance.choices((1, 2, 3, 4), (1, 12, 3, 2))[0]
            words["".join(self.chance.choices(signs, cum_weights=by_rank, k=length))] = None
        self.words = list(words)
        self.weights = list(itertools.accumulate(1 / (r + 3) for r in range(len(self.words))))

    def word(self) -> str:
        """One word, a frequent one more often."""
        at = self.chance.random() * self.weights[-1]
        return self.words[bisect.bisect(self.weights, at)]

    def text(self, length: int) -> str:
        """One text of about ``length`` characters."""
        parts: list[str] = []
        said: list[str] = []
        size = 0
        while size < length:
            word = self.word()
            if said and self.chance.random() < AGAIN:
                word = self.chance.choice(said)
            said.append(word)
            parts.append(word)
            size += len(word)
            if self.chance.random() < 0.12:
                parts.append(self.chance.choices("，。、；\n２", (8, 4, 4, 1, 1, 1))[0])
                size += 1
        return "".join(parts)


def texts() -> Iterator[tuple[str, str]]:
    """(title, text) of every publication, the same at each call."""
    writer = Writer(11)
    for _ in range(TEXTS):
        yield writer.text(18).replace("\n", ""), writer.text(LENGTH)


def fill(database: Database) -> int:
    """Store all texts without an article's other rows; how many bytes they are."""
    size = number = 0
    chance = random.Random(3)
    source = texts()
    while batch := list(itertools.islice(source, BATCH)):
        publications, revisions, stories = [], [], []
        for title, body in batch:
            number += 1
            size += len(title.encode()) + len(body.encode())
            stories.append({"id": number, "original_id": number, "created_at": NOW})
            publications.append(
                {
                    "id": number,
                    "url": f"https://www.example.cn/{number}.html",
                    "title": title,
                    "published_at": NOW - timedelta(minutes=chance.randrange(5_000_000)),
                    "images": [],
                    "page_score": 1.0,
                    "page_evidence": [],
                    "first_seen_at": NOW,
                    "last_seen_at": NOW,
                    "missing_checks": 0,
                    "evidence": [],
                    "issues": [],
                    "content_sha256": "",
                    "story_id": number,
                    "is_original": chance.random() < 0.7,
                    "revision": 1,
                }
            )
            revisions.append(
                {
                    "publication_id": number,
                    "revision": 1,
                    "seen_at": NOW,
                    "title": title,
                    "text": body,
                    "content_sha256": "",
                }
            )
        with database.begin() as session:
            session.execute(insert(table_of(StoryRow)), stories)
            session.execute(insert(table_of(PublicationRow)), publications)
            session.execute(insert(table_of(RevisionRow)), revisions)
            index_words(
                session,
                [(number - len(batch) + n, 1, *words) for n, words in enumerate(batch, start=1)],
            )
    return size


def queries() -> list[str]:
    """Pieces of 1 to 6 characters cut from random texts, and a few that stand nowhere."""
    chance = random.Random(17)
    words = [
        title + body for n, (title, body) in enumerate(texts()) if n % (TEXTS // 300 or 1) == 0
    ]
    found = []
    for number in range(QUERIES):
        body = chance.choice(words)
        start = chance.randrange(len(body) - 6)
        found.append(body[start : start + number % 6 + 1])
    return found[:-6] + COMMON[:6]


def scan(wanted: list[str]) -> "list[array[int]]":
    """For each query the ids of the texts that hold it, without any index."""
    plain = [folded(query) for query in wanted]
    found = [array("l") for _ in plain]
    for id_, (title, body) in enumerate(texts(), start=1):
        words = folded(f"{title}\n{body}")
        for query, ids in zip(plain, found, strict=True):
            if query in words:
                ids.append(id_)
    return found


def index_bytes(database: Database) -> int:
    """What the index occupies on disk."""
    with database.reading() as session:
        if database.engine.dialect.name == "postgresql":
            query = "SELECT pg_relation_size('ix_revisions_search')"
        else:
            query = "SELECT sum(length(block)) FROM search_grams_data"
        return int(session.execute(text(query)).scalar_one())


def on_cpu(backend: int | None) -> float:
    """Seconds of CPU of this process, and of the server's behind this connection."""
    seconds = time.process_time()
    if backend is not None:
        seconds += int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1e9
    return seconds


def backend_of(session: Session) -> int | None:
    """The server process on this machine that answers; None for SQLite."""
    if session.get_bind().dialect.name != "postgresql":
        return None
    backend = int(session.execute(text("SELECT pg_backend_pid()")).scalar_one())
    return backend if Path(f"/proc/{backend}/schedstat").exists() else None


def percentile(seconds: list[float], part: float) -> float:
    return sorted(seconds)[min(len(seconds) - 1, int(part * len(seconds)))] * 1000


@pytest.mark.bench
def test_search_is_exact_fast_and_small(database: Database) -> None:
    begun = time.perf_counter()
    size = fill(database)
    filled = time.perf_counter() - begun
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect() as connection:
            vacuum = connection.execution_options(isolation_level="AUTOCOMMIT")
            vacuum.execute(text("VACUUM ANALYZE"))
    wanted = queries()
    wall: list[float] = []
    cpu: list[float] = []
    with database.reading() as session:
        search(session, "热身")
        backend = backend_of(session)
        for query in wanted:
            begun, worked = time.perf_counter(), on_cpu(backend)
            search(session, query, limit=20)
            wall.append(time.perf_counter() - begun)
            cpu.append(on_cpu(backend) - worked)
    agree = 0
    scanned = scan(wanted)
    with database.reading() as session:
        for query, holding in zip(wanted, scanned, strict=True):
            ids = matching(session, query)
            agree += len(ids) == len(holding) and set(ids) == set(holding)
    ratio = index_bytes(database) / size
    p95 = percentile(cpu, 0.95)  # a machine that does other work too says nothing by the wall
    by_length = [
        percentile([s for q, s in zip(wanted, cpu, strict=True) if len(q) == n], 0.95)
        for n in range(1, 7)
    ]
    print(
        f"\nsearch, {database.engine.dialect.name}, {TEXTS} texts of {LENGTH} characters\n"
        f"  agrees with a substring scan  {agree} of {QUERIES}\n"
        f"  best 20, CPU ms p50/p95/max   {percentile(cpu, 0.5):.1f} / {p95:.1f} / "
        f"{percentile(cpu, 1):.1f}\n"
        f"  by the clock                  {percentile(wall, 0.5):.1f} / "
        f"{percentile(wall, 0.95):.1f} / {percentile(wall, 1):.1f}; load {os.getloadavg()[0]:.1f}\n"
        f"  p95 by query length    1..6   {' '.join(f'{ms:.1f}' for ms in by_length)}\n"
        f"  index, times the text         {ratio:.2f}\n"
        f"  filled                        {TEXTS / filled:.0f} texts a second"
    )
    assert agree == QUERIES
    assert p95 < 50
    assert ratio <= 1.6

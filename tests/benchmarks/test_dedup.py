"""Near-duplicates at scale: recall by kind of copy, false merges, rates against datasketch."""

import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from datasketch import MinHash, MinHashLSH
from sqlalchemy import text

from storage.articles import prepared as prepared_module
from storage.articles.saving import save_articles
from storage.engine.database import Database, open_database
from storage.records import Article, Saved
from storage.stories.fingerprints import fingerprint
from storage.stories.matching import Index, candidates
from tests.benchmarks.chinese import COPIES, article_text, notice_text
from tests.storage.samples import NOW

pytestmark = pytest.mark.bench

DOCUMENTS = int(os.environ.get("CPPCC_BENCH_DOCUMENTS", "100000"))
COPIES_A_KIND = 500
NOTICES = 5000
PEER_DOCUMENTS = 4000
BATCH = 250


def documents(count: int, make: Callable[[int], str], site: str) -> Iterator[list[Article]]:
    for start in range(0, count, BATCH):
        yield [
            Article(url=f"https://{site}.example/{n}", title=f"{site}第{n}篇", text=make(n))
            for n in range(start, min(count, start + BATCH))
        ]


class Stopwatch:
    """Adds up the processor time spent in the functions that it wraps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        began = time.process_time()
        yield
        self.seconds += time.process_time() - began


def watch(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, watch: Stopwatch) -> None:
    inner = getattr(owner, name)

    def timed(*args: object, **kwargs: object) -> object:
        with watch.running():
            return inner(*args, **kwargs)

    monkeypatch.setattr(owner, name, timed)


def save_all(database: Database, batches: Iterator[list[Article]]) -> Counter[Saved]:
    saved: Counter[Saved] = Counter()
    for batch in batches:
        with database.begin() as session:
            outcomes = save_articles(session, batch, now=NOW, run_id=None)
        saved.update(outcome.saved for outcome in outcomes)
    return saved


def peer_rate() -> float:
    """Documents a second of datasketch: its fastest documented way, the same shingles."""
    texts = [article_text(n) for n in range(PEER_DOCUMENTS)]
    began = time.process_time()
    index = MinHashLSH(num_perm=128, params=(42, 3))
    for number, words in enumerate(texts):
        signature = MinHash(num_perm=128)
        signature.update_batch({words[i : i + 4].encode() for i in range(len(words) - 3)})
        index.query(signature)
        index.insert(number, signature)
    return PEER_DOCUMENTS / (time.process_time() - began)


def test_copies_and_look_alikes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = Stopwatch()
    watch(monkeypatch, prepared_module, "fingerprint", ours)
    for name in ("__init__", "place", "write"):
        watch(monkeypatch, Index, name, ours)
    database = open_database(f"sqlite:///{tmp_path / 'dedup.db'}")

    began = time.process_time()
    saved = save_all(database, documents(DOCUMENTS, article_text, "unseen"))
    whole = time.process_time() - began
    ours_seconds = ours.seconds
    false_merges = saved[Saved.REPOST] / DOCUMENTS
    with database.reading() as session:
        pages = session.execute(
            text("SELECT sum(pgsize) FROM dbstat WHERE name IN ('bands', 'signatures')")
        ).scalar_one()

    notices = save_all(database, documents(NOTICES, notice_text, "notice"))
    false_notices = notices[Saved.REPOST] / NOTICES

    print(f"\n{DOCUMENTS} articles of 1,200 characters, SQLite")
    recalls = {}
    step = DOCUMENTS // (len(COPIES) * COPIES_A_KIND)
    for row, (kind, (change, _)) in enumerate(COPIES.items()):
        rng = random.Random(row)
        chosen = [(row * COPIES_A_KIND + i) * step for i in range(COPIES_A_KIND)]
        copies = [
            Article(
                url=f"https://copy.example/{row}/{n}",
                title="转载",
                text=change(article_text(n), rng),
            )
            for n in chosen
        ]
        with database.begin() as session:
            outcomes = save_articles(session, copies, now=NOW, run_id=None)
            found = session.execute(
                text(
                    "SELECT c.id, o.id IS NOT NULL FROM publications c LEFT JOIN publications o"
                    " ON o.story_id = c.story_id AND o.url = replace(c.url,"
                    f" 'https://copy.example/{row}/', 'https://unseen.example/')"
                    " WHERE c.url LIKE :like"
                ),
                {"like": f"https://copy.example/{row}/%"},
            ).all()
        assert len(found) == len(outcomes)
        recalls[kind] = sum(same for _, same in found) / len(found)
        print(f"  recall, {kind:20} {recalls[kind]:.3f}")
    database.close()

    peer = peer_rate()
    rate = DOCUMENTS / ours_seconds
    print(f"  false merges, unseen texts   {false_merges * 1000:.2f} in 1,000")
    print(f"  false merges, short notices  {false_notices:.2%}")
    print(f"  index, bytes a document      {pages / DOCUMENTS:,.0f}")
    print(f"  signature + lookup + insert  {rate:,.0f}/s (CPU), {rate / peer:.1f}x datasketch")
    print(f"  datasketch, in memory        {peer:,.0f}/s (CPU)")
    print(f"  whole save_articles          {whole / DOCUMENTS * 1000:.2f} ms CPU an article")
    for kind, (_, wanted) in COPIES.items():
        assert recalls[kind] >= wanted, kind
    assert false_merges <= 0.001
    assert false_notices <= 0.005
    assert rate >= 3 * peer


def test_lookup_at_a_million(tmp_path: Path) -> None:
    """Random signatures: the keys of different texts are as good as random too."""
    count = int(os.environ.get("CPPCC_BENCH_SIGNATURES", "1000000"))
    database = open_database(f"sqlite:///{tmp_path / 'million.db'}")
    rng = np.random.default_rng(1)
    # In key order, as a finished index lies; built at random it takes an hour.
    keys = np.sort(rng.integers(-(2**63), 2**63, count * 43, dtype=np.int64))
    with database.begin() as session:
        raw = session.connection().connection.cursor()
        for start in range(0, len(keys), 1_000_000):
            part = keys[start : start + 1_000_000]
            owners = rng.integers(1, count + 1, len(part))
            raw.executemany(
                "INSERT OR IGNORE INTO bands (key, publication_id) VALUES (?, ?)",
                list(zip(part.tolist(), owners.tolist(), strict=True)),
            )
    times = []
    with database.reading() as session:
        for n in range(2000):
            wanted = list(fingerprint("", article_text(n)).keys)
            wanted[::7] = rng.choice(keys, len(wanted[::7])).tolist()
            began = time.perf_counter()
            found = candidates(session, wanted)
            times.append(time.perf_counter() - began)
            assert len(found) >= len(wanted[::7]) - 1
    database.close()
    p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    size = (tmp_path / "million.db").stat().st_size / count
    print(
        f"\nlookup of one text's 43 keys among {count:,} documents: p50 {p50 * 1000:.2f} ms,"
        f" p95 {p95 * 1000:.2f} ms; {size:,.0f} bytes a document"
    )
    assert p95 < 0.001

"""The page reader against a bare parse and against trafilatura, quality and speed in one run.

Only the ratios mean anything: every column is measured on the same pages one after another.
"""

import cProfile
import json
import pstats
import time
from collections.abc import Callable

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawler.pages import decode, read_article
from crawler.pages.careful import reread_carefully
from tests.score_pages import SHARED, read_all, score

MANIFEST = SHARED / "real" / "manifest.jsonl"
ROUNDS = 5

pytestmark = [
    pytest.mark.bench,
    pytest.mark.skipif(
        not MANIFEST.is_file(), reason=f"the real pages are not beside the project: {MANIFEST}"
    ),
]


def seconds(reader: Callable[[bytes], object], pages: list[bytes], rounds: int = ROUNDS) -> float:
    """Processor seconds for all pages, the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        for page in pages:
            reader(page)
        best = min(best, time.process_time() - began)
    return best


def test_reader_against_parse_and_trafilatura() -> None:
    trafilatura = pytest.importorskip("trafilatura")
    entries = [json.loads(line) for line in MANIFEST.read_text("utf-8").splitlines()]
    gold = [entry for entry in entries if entry.get("gold")]
    pages = [(MANIFEST.parent / entry["file"]).read_bytes() for entry in gold]
    texts = {page: decode(page).text for page in pages}

    def peer(page: bytes) -> object:
        return trafilatura.bare_extraction(texts[page], with_metadata=True)

    parse = seconds(lambda page: LexborHTMLParser(texts[page]), pages)
    rows = [
        ("lexbor parse", parse),
        ("read_article", seconds(read_article, pages)),
        ("reread_carefully", seconds(reread_carefully, pages, 1)),
        ("trafilatura, with metadata", seconds(peer, pages, 1)),
    ]
    print(f"\n{len(pages)} real pages, mean {sum(map(len, pages)) // len(pages) // 1024} KB")
    for name, took in rows:
        print(f"  {name:28} {took / parse:8.1f} x parse {took / rows[1][1]:8.2f} x read_article")
    print("  " + score(MANIFEST, read_all(MANIFEST)).strip())
    # The goal is 4 and 20 on a machine that does nothing else; under load caches decide.
    assert rows[1][1] / parse <= 6
    assert rows[3][1] / rows[1][1] >= 12


def test_profile() -> None:
    entries = [json.loads(line) for line in MANIFEST.read_text("utf-8").splitlines()]
    pages = [(MANIFEST.parent / e["file"]).read_bytes() for e in entries if e.get("gold")]
    profile = cProfile.Profile()
    profile.enable()
    for page in pages:
        read_article(page)
    profile.disable()
    print()
    pstats.Stats(profile).strip_dirs().sort_stats("tottime").print_stats(12)
    assert pages

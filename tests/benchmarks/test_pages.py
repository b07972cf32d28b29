"""The page reader against a bare parse and against trafilatura, quality and speed in one run.

Only the ratios mean anything: every column is measured on the same pages one after another.
"""

import cProfile
import json
import pstats
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawler.pages import decode, read_article
from crawler.pages.careful import reread_carefully
from tests.benchmarks.table import Table
from tests.score_pages import SHARED, read_all, score

ROOT = Path(__file__).parents[2]
MANIFEST = SHARED / "real" / "manifest.jsonl"
ROUNDS = 12
SLOW_ROUNDS = 3

pytestmark = [
    pytest.mark.bench,
    # Runs where ../shared/real lies beside the checkout: real pages are never in the project.
    pytest.mark.skipif(
        not MANIFEST.is_file(), reason=f"the real pages are not beside the project: {MANIFEST}"
    ),
]


def real_pages() -> list[bytes]:
    """The pages that have a gold text."""
    entries = [json.loads(line) for line in MANIFEST.read_text("utf-8").splitlines()]
    return [
        (MANIFEST.parent / entry["file"]).read_bytes() for entry in entries if entry.get("gold")
    ]


def peer(_page: bytes, text: str) -> object:
    """What trafilatura makes of a page that is decoded for it."""
    import trafilatura  # a peer: only this benchmark pays for it

    return trafilatura.bare_extraction(text, with_metadata=True)


READERS: dict[str, tuple[int, Callable[[bytes, str], object]]] = {
    "lexbor parse": (ROUNDS, lambda _page, text: LexborHTMLParser(text)),
    "read_article": (ROUNDS, lambda page, _text: read_article(page)),
    "reread_carefully": (SLOW_ROUNDS, lambda page, _text: reread_carefully(page)),
    "trafilatura, with metadata": (SLOW_ROUNDS, peer),
}


def seconds(name: str) -> float:
    """Processor seconds for all pages, the best of some rounds, so that load does not decide."""
    rounds, reader = READERS[name]
    pages = [(page, decode(page).text) for page in real_pages()]
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        for page, text in pages:
            reader(page, text)
        best = min(best, time.process_time() - began)
    return best


def alone(name: str) -> float:
    """``seconds`` in a process of its own: no reader finds memory that another has warmed.

    A bare parse costs half as much where something else has grown the heap before it.
    """
    asked = f"from {__name__} import seconds; print(seconds({name!r}))"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def test_reader_against_parse_and_trafilatura() -> None:
    # Runs with the extra dev: the peer is there to be measured, the product does not need it.
    pytest.importorskip("trafilatura", reason="the peer is not installed (extra dev)")
    took = {name: alone(name) for name in READERS}
    parse, own, _careful, other = took.values()
    pages = real_pages()
    print(f"\n{len(pages)} real pages, mean {sum(map(len, pages)) // len(pages) // 1024} KB")
    for name, value in took.items():
        print(f"  {name:28} {value / parse:8.1f} x parse {value / own:8.2f} x read_article")
    print("  " + score(MANIFEST, read_all(MANIFEST)).strip())
    table = Table()
    table.add("an article page, in parses", own / parse, 4, unit="parses", floor=1.0,
              peer=other / parse)  # fmt: skip
    table.add("trafilatura / an article page", other / own, 20, unit="times", least=True)
    table.show()


def test_profile() -> None:
    pages = real_pages()
    profile = cProfile.Profile()
    profile.enable()
    for page in pages:
        read_article(page)
    profile.disable()
    print()
    pstats.Stats(profile).strip_dirs().sort_stats("tottime").print_stats(12)
    assert pages

"""Mutated pages for the page readers: what a broken network and broken sites may serve.

usage: python -m tests.fuzz_pages [COUNT] [SEED]   (pages of ../shared/real where present)
"""

import random
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from crawler.errors import PageError
from crawler.pages import read_article

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared" / "real" / "pages"
OWN = ROOT / "fixtures" / "pages"
SLOW_SECONDS = 2.0
_TAG = re.compile(rb"<[^<>]{1,200}>")

Mutation = Callable[[bytes, random.Random], bytes]


def drop_tags(page: bytes, dice: random.Random) -> bytes:
    """A tenth of the tags is lost."""
    return _TAG.sub(lambda tag: b"" if dice.random() < 0.1 else tag[0], page)


def flip_bytes(page: bytes, dice: random.Random) -> bytes:
    """One byte in two hundred is another."""
    flipped = bytearray(page)
    for _ in range(len(page) // 200 + 1):
        if flipped:
            flipped[dice.randrange(len(flipped))] = dice.randrange(256)
    return bytes(flipped)


def truncate(page: bytes, dice: random.Random) -> bytes:
    """The page ends somewhere."""
    return page[: dice.randrange(len(page) + 1)]


def repeat_slice(page: bytes, dice: random.Random) -> bytes:
    """A piece of the page comes many times."""
    start = dice.randrange(len(page) + 1)
    piece = page[start : start + dice.randrange(1, 400)]
    return page[:start] + piece * dice.randrange(1, 300) + page[start:]


def shuffle_pieces(page: bytes, dice: random.Random) -> bytes:
    """Pieces of the page change places."""
    size = max(1, len(page) // 20)
    pieces = [page[at : at + size] for at in range(0, len(page), size)]
    dice.shuffle(pieces)
    return b"".join(pieces)


def nest(page: bytes, dice: random.Random) -> bytes:
    """Elements are opened thousands of times and never closed."""
    tag = dice.choice([b"<div>", b"<span>", b"<table><tr><td>", b"<a href=x>", b"<b>", b"<!--"])
    at = dice.randrange(len(page) + 1)
    return page[:at] + tag * dice.randrange(1, 5_000) + page[at:]


def leave(page: bytes, _dice: random.Random) -> bytes:
    """The page is sound, its label is not."""
    return page


MUTATIONS: tuple[Mutation, ...] = (
    drop_tags,
    flip_bytes,
    truncate,
    repeat_slice,
    shuffle_pieces,
    nest,
    leave,
)
CHARSETS = (None, "utf-8", "gbk", "gb2312", "big5", "iso-8859-1", "utf-16", "no-such-charset", "")


def mutants(count: int, seed: int, folders: tuple[Path, ...]) -> Iterator[tuple[str, str, bytes]]:
    """(name, mutation, page) of one to three mutations each, the same for the same seed."""
    dice = random.Random(seed)
    pages = [page for folder in folders for page in sorted(folder.glob("*.html"))]
    for _ in range(count):
        page = dice.choice(pages)
        body = page.read_bytes()
        applied = dice.sample(MUTATIONS, dice.randrange(1, 4))
        for mutation in applied:
            body = mutation(body, dice)
        yield page.name, "+".join(mutation.__name__ for mutation in applied), body


def run(count: int, seed: int, folders: tuple[Path, ...]) -> tuple[Counter[str], float, list[str]]:
    """Outcomes by class, the slowest reading in seconds, and what must not happen."""
    dice = random.Random(seed + 1)
    outcomes: Counter[str] = Counter()
    slowest = 0.0
    wrong: list[str] = []
    for name, mutation, body in mutants(count, seed, folders):
        charset = dice.choice(CHARSETS)
        began = time.process_time()
        try:
            read_article(body, url="http://www.example/2021/01/24/1.html", charset=charset)
            outcomes["read"] += 1
        except PageError as refusal:
            outcomes[type(refusal).__name__] += 1
        took = time.process_time() - began
        slowest = max(slowest, took)
        if took > SLOW_SECONDS:
            wrong.append(f"{took:.1f} s: {name} {mutation} charset={charset}")
    return outcomes, slowest, wrong


if __name__ == "__main__":
    how_many = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    first_seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    counted, longest, failures = run(how_many, first_seed, (REAL, OWN) if REAL.is_dir() else (OWN,))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    sys.stdout.write(f"{sum(counted.values())} pages: {dict(counted.most_common())}\n")
    sys.stdout.write(f"slowest {longest:.2f} s, memory grew by {grown // 1024} MB at its highest\n")
    sys.stdout.write("".join(f"WRONG {failure}\n" for failure in failures))
    sys.exit(1 if failures else 0)

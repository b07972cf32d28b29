"""What reading a list page costs beside parsing it, and how the cost grows with the links."""

from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawler.errors import PageError
from crawler.pages.lists.links import read_listing
from tests.benchmarks.table import Table

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures" / "listings"
REAL = ROOT.parent / "shared" / "real"
URL = "http://www.example.cn/list/"


def seconds_of(work: Callable[[], object], rounds: int) -> float:
    """The best of three: CPU seconds a round."""
    best = float("inf")
    for _ in range(3):
        start = process_time()
        for _ in range(rounds):
            work()
        best = min(best, (process_time() - start) / rounds)
    return best


def read_all(bodies: list[bytes]) -> int:
    links = 0
    for body in bodies:
        try:
            links += len(read_listing(body, url=URL).links)
        except PageError:
            continue
    return links


def parse_all(bodies: list[bytes]) -> None:
    for body in bodies:
        LexborHTMLParser(body.decode("utf-8", "replace"))


@pytest.mark.bench
@pytest.mark.parametrize("kind", ["fixtures", "real"])
def test_reading_against_parsing(kind: str) -> None:
    if kind == "real" and not REAL.is_dir():
        # Real pages are never in the project: measured where they lie beside it.
        pytest.skip("../shared/real is absent on this machine")
    folder, pattern = (
        (FIXTURES, "*.html") if kind == "fixtures" else (REAL / "pages", "*list*.html")
    )
    bodies = [path.read_bytes() for path in sorted(folder.glob(pattern))]
    parse = seconds_of(lambda: parse_all(bodies), 3)
    read = seconds_of(lambda: read_all(bodies), 3)
    size = sum(map(len, bodies)) / len(bodies) / 1024
    print(
        f"\n{kind}: {len(bodies)} pages of {size:.0f} KB on average, {read_all(bodies)} links;"
        f" reading = {read / parse:.1f} x bare lexbor parse, {len(bodies) / read:.0f} pages/CPU-s"
    )
    # Pages of 2 KB are all overhead: only pages of a real size say what reading costs.
    goal = 9 if kind == "real" else None
    table = Table()
    table.add(f"a list page, in parses ({kind})", read / parse, goal, unit="parses", floor=1.0)
    table.show()


@pytest.mark.bench
@pytest.mark.parametrize("shape", ["rows", "flat", "one row", "same place, no titles"])
def test_growth_with_the_number_of_links(shape: str) -> None:
    def page(count: int) -> bytes:
        link = "<a href='/2026/0101/{0:07d}.shtml'>南岭政协开展第{0}次专题调研</a>"
        row = {
            "rows": f"<li>{link}<span>2026-01-01</span></li>",
            "flat": f"2026-01-01 {link}<br>",
            "one row": f"{link} ",
            "same place, no titles": "<a href='/2026/0101/{0:07d}.shtml'></a>2026-01-01",
        }[shape]
        rows = "".join(row.format(i) for i in range(count))
        return f"<html><body><div>{rows}</div></body></html>".encode()

    small, large = page(2_000), page(100_000)
    few = seconds_of(lambda: read_all([small]), 1)
    many = seconds_of(lambda: read_all([large]), 1)
    growth = many / few / 50
    print(
        f"\n{shape}: 100,000 links cost {growth:.2f} times 50 x what 2,000 cost, {many:.1f} CPU-s"
    )
    assert growth < 4  # warm caches favour the small page; quadratic work would give 50

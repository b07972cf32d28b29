"""kill -9 in the middle of a crawl, then again to the end: the same content as undisturbed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from fixtures.server import SmallInternet
from tests.benchmarks.crawl_site import DECLARATION, build_site
from tests.crawl_many import ROOT, crawl_many

PAGES = 340
KILLS = (0.15, 0.45, 0.7)
"""Shares of the pages stored when the crawl is killed: each leaves more than one batch to store."""

CONTENT = {
    "publications": """SELECT url, title, outlet, author, editor, published_at, genre, score,
        committee_level, committee_region, committee_name, year_from, year_to, term, part, text,
        content_sha256, is_original, revision, snapshot_sha256 FROM v1_publications ORDER BY url""",
    "events": """SELECT p.url, e.ordinal, e.heading, e.body, e.date FROM v1_events e
        JOIN v1_publications p ON p.id = e.publication_id ORDER BY 1, 2, 3""",
    "figures": """SELECT p.url, f.event_ordinal, f.metric, f.value, f.unit, f.qualifier, f.sentence
        FROM v1_figures f JOIN v1_publications p ON p.id = f.publication_id
        ORDER BY 1, 7, 3, 4, 5, 2""",
    "flags": """SELECT p.url, f.genre, f.score, f.status FROM v1_flags f
        JOIN v1_publications p ON p.id = f.publication_id ORDER BY 1""",
    "revisions": """SELECT p.url, r.revision, r.title, r.text, r.content_sha256 FROM v1_revisions r
        JOIN v1_publications p ON p.id = r.publication_id ORDER BY 1, 2""",
    "changes": """SELECT c.kind, p.url FROM v1_changes c
        JOIN v1_publications p ON p.id = c.publication_id ORDER BY 2, 1""",
    "stories": """SELECT p.url, o.url FROM v1_publications p JOIN v1_stories s
        ON s.story_id = p.story_id JOIN v1_publications o ON o.id = s.original_publication_id
        ORDER BY 1""",
    "snapshots": "SELECT sha256, size FROM snapshots ORDER BY 1",
    "outbox": "SELECT kind, count(*) FROM outbox GROUP BY kind ORDER BY 1",
    "links": "SELECT url, state, title FROM discoveries ORDER BY 1",
}
"""Everything but ids and the moments of the crawl itself."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("kill")
    build_site(folder / "hosts", PAGES)
    sources = folder / "sources"
    sources.mkdir()
    (sources / "bench_net.toml").write_text(DECLARATION, "utf-8")
    with SmallInternet(folder / "hosts") as internet:
        yield (
            folder,
            {
                **internet.environment(),
                "CPPCC_SOURCES": str(sources),
                "CPPCC_TODAY": "2021-01-24",
                "CPPCC_MAX_DELAY_SECONDS": "0",
            },
        )


def content(url: str) -> dict[str, list[tuple[object, ...]]]:
    """All rows that a consumer may rely on."""
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = {
            name: [tuple(row) for row in connection.execute(text(query))]
            for name, query in CONTENT.items()
        }
    engine.dispose()
    return rows


def stored(url: str) -> int:
    """How many publications are stored; 0 before there is a database."""
    path = Path(url.removeprefix("sqlite:///"))
    if not path.exists():
        return 0
    engine = create_engine(url)
    with engine.connect() as connection:
        there = connection.execute(
            text("SELECT count(*) FROM sqlite_master WHERE name = 'publications'")
        ).scalar_one()
        count = 0
        if there:
            count = connection.execute(text("SELECT count(*) FROM publications")).scalar_one()
    engine.dispose()
    return int(count)


def crawl_and_kill(environment: Mapping[str, str], share: float) -> int:
    """Start a crawl, kill it when ``share`` of the pages is stored; how many were."""
    url = environment["CPPCC_DATABASE_URL"]
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.crawl_many", "bench_net"],
        env={**os.environ, **environment},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    give_up = time.monotonic() + 120
    while child.poll() is None and time.monotonic() < give_up:
        if stored(url) >= share * PAGES:
            child.send_signal(signal.SIGKILL)
            break
        time.sleep(0.02)
    assert child.wait() == -signal.SIGKILL, "the crawl ended before it could be killed"
    return stored(url)


def test_content_is_as_if_nothing_had_happened(site: tuple[Path, dict[str, str]]) -> None:
    folder, environment = site
    calm = {**environment, "CPPCC_DATABASE_URL": f"sqlite:///{folder / 'calm.db'}"}
    crawl_many(["bench_net"], calm, seconds=240)
    expected = content(calm["CPPCC_DATABASE_URL"])
    assert len(expected["publications"]) == PAGES
    assert expected["flags"]
    killed = {**environment, "CPPCC_DATABASE_URL": f"sqlite:///{folder / 'killed.db'}"}
    for share in KILLS:
        assert 0 < crawl_and_kill(killed, share) < PAGES
    crawl_many(["bench_net"], killed, seconds=240)
    found = content(killed["CPPCC_DATABASE_URL"])
    for name, rows in expected.items():
        assert found[name] == rows, name

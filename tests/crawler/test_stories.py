"""The failure stories: real crawls of hosts that fail as real sites do; none is complete.

Each host is healthy on day 1, fails on day 2 and has recovered on day 3.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from fixtures.server import SmallInternet
from fixtures.site import DAY_ONE
from fixtures.stories import Story, load
from storage.engine.database import Database, open_database
from storage.links.discoveries import list_refusals
from storage.runs.history import RunRecord, list_runs
from tests.crawl_many import crawl_many

STORIES = load()
DECLARATION = """
name = "{name}"
region = "广西"
kind = "committee_site"
family = "listing"
homepage = "http://{host}/"
hosts = ["{host}"]

[listing]
urls = ["{list_url}"]

[politeness]
delay_seconds = 0
concurrency = 4
timeout_seconds = 10
max_bytes = 4194304

[expect]
min_articles = 3
max_days_silent = 3
listing_words = ["政协动态"]
"""


def source_id(story: Story) -> str:
    return f"story_{story.name}"


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The database after all stories were crawled on all three days; crawled once a session.

    ``tests/scheduler`` judges the same runs.
    """
    folder = tmp_path_factory.getbasetemp() / "stories"
    url = f"sqlite:///{folder / 'cppcc.db'}"
    if not folder.exists():
        _crawl_all(folder, url)
    database = open_database(url)
    yield database
    database.close()


def _crawl_all(folder: Path, url: str) -> None:
    sources = folder / "sources"
    sources.mkdir(parents=True)
    for story in STORIES:
        text = DECLARATION.format(name=story.name * 2, host=story.host, list_url=story.list_url)
        (sources / f"{source_id(story)}.toml").write_text(text, "utf-8")
    open_database(url).close()
    with SmallInternet(day=1) as internet:
        for day in (1, 2, 3):
            internet.day = day
            crawl_many(
                # Only a full crawl gets as far as a page behind known articles.
                [source_id(story) + (":full" if story.pages > 2 else "") for story in STORIES],
                {
                    **internet.environment(),
                    "CPPCC_DATABASE_URL": url,
                    "CPPCC_SOURCES": str(sources),
                    "CPPCC_TODAY": (DAY_ONE + timedelta(days=day - 1)).isoformat(),
                    "CPPCC_MAX_DELAY_SECONDS": "0",
                },
                seconds=240,
            )


def run_of(database: Database, story: Story, day: int) -> RunRecord:
    with database.reading() as session:
        records = list_runs(session, source_id=source_id(story))
    assert len(records) == 3, "each day has one run"
    return records[3 - day]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_bad_day(crawled: Database, story: Story) -> None:
    record = run_of(crawled, story, 2)
    assert record.verdict is not None
    assert record.verdict.kind.value in story.verdicts, record.verdict.reason
    with crawled.reading() as session:
        found = {refusal.refusal_class.value for refusal in list_refusals(session, record.id)}
    assert not story.refusals or found & set(story.refusals), (found, record.verdict.reason)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_account_balances(crawled: Database, story: Story) -> None:
    for day in (1, 2, 3):
        counts = run_of(crawled, story, day).counts
        assert counts.requested == counts.accepted + counts.refused
        assert counts.refused == sum(number for _, number in counts.refused_by_class)


@pytest.mark.parametrize(
    "story", [story for story in STORIES if story.name != "dead"], ids=lambda story: story.name
)
def test_health_before_and_after(crawled: Database, story: Story) -> None:
    """What the bad day kept back is caught up on the day after it."""
    first, last = run_of(crawled, story, 1), run_of(crawled, story, 3)
    assert first.verdict is not None
    assert last.verdict is not None
    assert first.verdict.kind.value == "complete", first.verdict.reason
    assert last.verdict.kind.value == "complete", last.verdict.reason
    new = sum(run_of(crawled, story, day).counts.articles_new for day in (2, 3))
    assert new == 3, "two articles appear on day 2, one on day 3"


def test_no_failure_is_called_complete(crawled: Database) -> None:
    for story in STORIES:
        verdict = run_of(crawled, story, 2).verdict
        assert verdict is not None
        if story.failure_class:
            assert verdict.kind.value not in ("complete", "empty_expected"), story.name

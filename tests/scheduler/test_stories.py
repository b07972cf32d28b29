"""The failure stories, judged: each bad day has the class that a person would name."""

import pytest

from crawler.sources.declaration import Source, load_source
from fixtures.stories import Story
from scheduler.health.judgement import Judgement
from scheduler.health.settling import Settler
from scheduler.rhythm.almanac import load_almanac
from storage.engine.database import Database
from storage.records import SHANGHAI
from storage.runs import door
from storage.runs.history import list_runs
from tests.crawler.test_stories import DECLARATION, STORIES, crawled, source_id

__all__ = ["crawled"]  # the fixture: the same crawl of all stories on three days


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Source]:
    folder = tmp_path_factory.mktemp("declared")
    made = {}
    for story in STORIES:
        path = folder / f"{source_id(story)}.toml"
        text = DECLARATION.format(name=story.name * 2, host=story.host, list_url=story.list_url)
        path.write_text(text, "utf-8")
        made[source_id(story)] = load_source(path)
    return made


@pytest.fixture(scope="module")
def judged(crawled: Database, sources: dict[str, Source]) -> dict[str, list[Judgement]]:
    """The judgements of the three days, by source."""
    calendar = load_almanac().calendar
    settler = Settler()
    judgements: dict[str, list[Judgement]] = {}
    for name in sources:
        with crawled.reading() as session:
            records = list_runs(session, source_id=name)[::-1]
        for record in records:
            assert record.finished_at is not None
            with crawled.begin() as session:
                door.lock_schedule(session)
                judgement = settler.settle(
                    session, calendar, sources, record, now=record.finished_at.astimezone(SHANGHAI)
                )
            assert judgement is not None
            judgements.setdefault(name, []).append(judgement)
    return judgements


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_class_of_the_bad_day(story: Story, judged: dict[str, list[Judgement]]) -> None:
    bad = judged[source_id(story)][1]
    assert (bad.failure_class.value if bad.failure_class else "") == story.failure_class, bad.reason


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_sound_before_and_after(story: Story, judged: dict[str, list[Judgement]]) -> None:
    first, _, last = judged[source_id(story)]
    if story.name != "dead":
        assert first.sound, first.reason
        assert last.sound, last.reason
        assert last.failure_class is None, last.reason


def test_the_twelve_are_here() -> None:
    assert sum(story.twelve for story in STORIES) == 12

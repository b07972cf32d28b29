"""Trying declarations on the small internet: sound ones are proved, wrong ones named."""

import asyncio
from pathlib import Path

import pytest

from crawler.sources.declaration import Source, load_source, load_sources
from fixtures.server import SmallInternet
from scheduler.config import Config
from scheduler.probing.verification import Verification, verify_all
from tests.crawler.test_stories import DECLARATION, STORIES, source_id

OURS = (
    "yunnan_net",
    "yunnan_daily",
    "guangxi_daily",
    "guangxi_news",
    "guangxi_cppcc_news",
    "people_yunnan",
    "people_guangxi",
)
BY_NAME = {story.name: story for story in STORIES}
WRONG = {
    "blocked": "blocked",
    "challenge": "challenge",
    "gone": "gone",
    "soft404": "soft_404",
    "moved": "",
    "wrongcolumn": "wrong_content",
    "emptylist": "",
    "repeat": "again",
    "dead": "network",
    "status503": "http_error",
    "jsshell": "",
}


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verification]:
    """Every one of them tried in one go, as `sources probe --all` does."""
    declared = load_sources()
    sources: list[Source] = [declared[name] for name in OURS]
    folder = tmp_path_factory.mktemp("stories")
    for story in WRONG:
        sources.append(written(folder, story))
    found: dict[str, Verification] = {}

    def note(one: Verification) -> None:
        found[one.source_id] = one

    with SmallInternet(day=2) as internet, pytest.MonkeyPatch.context() as patch:
        for name, value in internet.environment().items():
            patch.setenv(name, value)
        patch.setenv("CPPCC_TODAY", "2021-01-25")
        patch.setenv("CPPCC_MAX_DELAY_SECONDS", "0")
        asyncio.run(verify_all(sources, Config(), note))
    return found


def written(folder: Path, name: str) -> Source:
    story = BY_NAME[name]
    path = folder / f"{source_id(story)}.toml"
    declared = DECLARATION.format(name=name * 2, host=story.host, list_url=story.list_url)
    path.write_text(declared, "utf-8")
    return load_source(path)


@pytest.mark.parametrize("name", OURS)
def test_a_sound_declaration_is_proved(tried: dict[str, Verification], name: str) -> None:
    one = tried[name]
    assert one.sound, one.findings
    assert any(page.links for page in one.pages)
    assert any(article.published_at for article in one.articles)


@pytest.mark.parametrize("story", WRONG)
def test_a_wrong_one_says_what_is_wrong(tried: dict[str, Verification], story: str) -> None:
    one = tried[source_id(BY_NAME[story])]
    assert not one.sound
    assert WRONG[story] in " ".join(one.findings)


def test_second_pages_were_asked_for(tried: dict[str, Verification]) -> None:
    pages = tried["yunnan_net"].pages
    assert [page.number for page in pages] == [1, 2]
    assert pages[1].new > 0

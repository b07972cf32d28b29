"""Recorded pages are read as somebody who looked at them said that they are to be read."""

import asyncio
from datetime import datetime
from pathlib import Path

import pytest

from crawler.sources.declaration import Source, load_source, load_sources
from fixtures.server import SmallInternet
from scheduler.config import Config
from scheduler.probing.recording import (
    ANSWER,
    DECLARATION,
    Recorded,
    load_recording,
    read_again,
    record,
)
from scheduler.probing.verification import with_prober
from storage.records import SHANGHAI, Capture

RECORDED = Path(__file__).parents[3] / "fixtures/recorded"
PLACES = sorted(path.parent for path in RECORDED.rglob(ANSWER))
DECLARED = load_sources()
OURS = {
    "yunnan_net",
    "yunnan_daily",
    "guangxi_daily",
    "guangxi_news",
    "guangxi_cppcc_news",
    "people_yunnan",
    "people_guangxi",
}
"""The declared sources that the small internet plays."""


def source_of(place: Path) -> Source:
    """The declaration of that day with today's selectors: an old layout has its ``until``."""
    then = load_source(place / DECLARATION)
    now = DECLARED.get(place.parent.name, then)
    return then.model_copy(
        update={
            "id": place.parent.name,
            "selectors": now.selectors,
            "former_selectors": now.former_selectors,
            "lookups": now.lookups,
        }
    )


@pytest.mark.parametrize("place", PLACES, ids=[f"{p.parent.name}/{p.name}" for p in PLACES])
def test_a_recorded_page_reads_as_reviewed(place: Path) -> None:
    recording = load_recording(place)
    assert recording.reviewed, f"{place / ANSWER}: look at it, then set reviewed to true"
    assert asyncio.run(read_again(recording, source_of(place))) == recording.answer


def test_every_source_of_the_small_internet_is_recorded() -> None:
    assert {place.parent.name for place in PLACES} >= OURS


LAYOUT = """
name = "记录网"
region = "云南"
kind = "portal"
family = "listing"
homepage = "http://healthy.example/"
hosts = ["healthy.example"]

[listing]
urls = ["http://healthy.example/list/index.html"]

[politeness]
delay_seconds = 0

[selectors]
title = "b.new_headline"

[[former_selectors]]
until = 2021-06-30
title = "h1"

[expect]
min_articles = 1
max_days_silent = 9
"""


def test_what_is_recorded_is_a_draft_to_review(tmp_path: Path) -> None:
    path = tmp_path / "kept.toml"
    path.write_text(LAYOUT, "utf-8")
    source = load_source(path)
    with SmallInternet(day=1) as internet, pytest.MonkeyPatch.context() as patch:
        for name, value in internet.environment().items():
            patch.setenv(name, value)
        patch.setenv("CPPCC_TODAY", "2021-01-24")
        patch.setenv("CPPCC_MAX_DELAY_SECONDS", "0")
        config = Config()
        tried, place = asyncio.run(
            with_prober(
                config,
                lambda prober: record(prober, source, LAYOUT, tmp_path / "out", now=config.now()),
            )
        )
    assert tried.sound
    assert place == tmp_path / "out/kept/2021-01-24"
    recording = load_recording(place)
    assert not recording.reviewed
    again = asyncio.run(read_again(recording, source))
    assert again == recording.answer
    assert len(again["lists"]) == len(again["articles"]) == 2  # type: ignore[arg-type]
    # The layout of that day is read by the selectors that fitted it until June.
    assert not any("drift" in str(one) for one in again["articles"])  # type: ignore[attr-defined]
    evidence = [one.article.evidence for one in tried.articles if one.article is not None]
    assert not [item for items in evidence for item in items if item.about == "drift"]


@pytest.mark.parametrize("body", [None, b"<html><body><p>nothing</p></body></html>"])
def test_where_no_article_is_listed_nothing_is_recorded(tmp_path: Path, body: bytes | None) -> None:
    path = tmp_path / "kept.toml"
    path.write_text(LAYOUT, "utf-8")
    source = load_source(path)
    (url,) = source.entry_urls
    at = datetime(2021, 1, 24, 12, tzinfo=SHANGHAI)
    page = Capture(url=url, fetched_at=at, status=200, headers=(), body=body or b"")
    pages = Recorded({} if body is None else {url: page})
    tried, place = asyncio.run(record(pages, source, LAYOUT, tmp_path / "out", now=at))
    assert not tried.sound
    assert place is None
    assert not (tmp_path / "out").exists()


def test_a_page_that_was_altered_is_refused(tmp_path: Path) -> None:
    place = PLACES[0]
    for file in place.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    page = next(file for file in tmp_path.iterdir() if file.name.startswith("01"))
    page.write_bytes(page.read_bytes() + b" ")
    with pytest.raises(ValueError, match="not what was recorded"):
        load_recording(tmp_path)

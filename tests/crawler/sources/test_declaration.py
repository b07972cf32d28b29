"""Declarations: the project's own are sound, and a wrong one is refused with file and key."""

from pathlib import Path

import pytest

from crawler.errors import DeclarationError
from crawler.sources.declaration import REGIONS, load_source, load_sources

SOUND = """
name = "测试网"
region = "云南"
kind = "portal"
family = "listing"
homepage = "http://news.example/"
hosts = ["news.example"]

[listing]
urls = ["http://news.example/list/index.html"]

[expect]
min_articles = 3
max_days_silent = 2
"""


def declared(folder: Path, text: str, name: str = "test_net") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_projects_own_are_sound() -> None:
    sources = load_sources()
    assert {"yunnan_net", "guangxi_daily"} <= sources.keys()
    assert {source.family for source in sources.values()} == {"listing", "epaper", "json"}


def test_there_are_31_regions() -> None:
    assert len(REGIONS) == len(set(REGIONS)) == 31


def test_a_sound_one(tmp_path: Path) -> None:
    source = load_source(declared(tmp_path, SOUND))
    assert source.id == "test_net"
    assert source.allows("news.example")
    assert source.allows("m.news.example")
    assert not source.allows("badnews.example")
    assert source.politeness.delay_seconds == 3.0


WRONG = [
    ("name =", "nmae =", "nmae: Extra"),
    ('region = "云南"', 'region = "雲南"', "region"),
    ('family = "listing"', 'family = "lists"', "family"),
    ('family = "listing"', 'family = "epaper"', "[listing]"),
    ('hosts = ["news.example"]', 'hosts = ["other.example"]', "hosts"),
    ("min_articles = 3", "min_articles = -1", "expect.min_articles"),
    ("[expect]", "[expext]", "expext: Extra"),
    ('urls = ["http://news.example/list/index.html"]', 'urls = ["/list/"]', "listing.urls"),
    ("[expect]", '[selectors]\nheadline = "h1"\n\n[expect]', "unknown key headline"),
    ("[expect]", '[selectors]\ntitle = "h1[["\n\n[expect]', "not a CSS selector"),
    ('kind = "portal"', 'kind = "portal"\narticle_pattern = "("', "not a regular expression"),
    ('kind = "portal"', 'kind = "portal"\nid = "x"', "file's name"),
    ("[expect]", "[expect", "not TOML"),
]


@pytest.mark.parametrize(("right", "wrong", "words"), WRONG)
def test_a_wrong_one_is_refused(tmp_path: Path, right: str, wrong: str, words: str) -> None:
    path = declared(tmp_path, SOUND.replace(right, wrong, 1))
    with pytest.raises(DeclarationError) as caught:
        load_source(path)
    assert str(path) in str(caught.value)
    assert words in str(caught.value)


def test_expectations_are_required(tmp_path: Path) -> None:
    path = declared(tmp_path, SOUND.split("[expect]")[0])
    with pytest.raises(DeclarationError, match="expect"):
        load_source(path)


def test_two_sources_may_not_share_a_list(tmp_path: Path) -> None:
    declared(tmp_path, SOUND)
    declared(tmp_path, SOUND, name="zz_twin")
    with pytest.raises(DeclarationError, match="is also of test_net"):
        load_sources(tmp_path)


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="no folder"):
        load_sources(tmp_path / "nowhere")


ISSUES = SOUND.replace('family = "listing"', 'family = "epaper"').replace(
    '[listing]\nurls = ["http://news.example/list/index.html"]',
    '[epaper]\nissue_url = "http://news.example/{YYYY}-{MM}/{DD}/node_1.htm"',
)


@pytest.mark.parametrize("part", ["{DD}", "{YYYY}"])
def test_issue_urls_need_the_whole_date(tmp_path: Path, part: str) -> None:
    load_source(declared(tmp_path, ISSUES))
    with pytest.raises(DeclarationError, match="placeholders"):
        load_source(declared(tmp_path, ISSUES.replace(part, "x")))

"""Declarations: the project's own are sound, and a wrong one is refused with file and key."""

from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.errors import DeclarationError
from crawler.sources.declaration import DECLARED, REGIONS, Source, load_source, load_sources
from crawler.sources.gaps import by_region_and_kind, reasons

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
    assert {"listing", "epaper", "json", "json_list"} <= {one.family for one in sources.values()}


def test_there_are_31_regions() -> None:
    assert len(REGIONS) == len(set(REGIONS)) == 31


def test_every_region_has_what_is_promised() -> None:
    kinds: dict[str, list[str]] = {region: [] for region in REGIONS}
    for source in load_sources().values():
        kinds.setdefault(source.region, []).append(source.kind)
    thin = {region: found for region, found in kinds.items() if len(found) < 3}
    assert not thin
    assert not {region: found for region, found in kinds.items() if len(set(found)) < 2}


def test_a_gap_has_its_reason_and_only_a_gap_has_one() -> None:
    held = by_region_and_kind(load_sources().values())
    assert {place for place, sources in held.items() if not sources} == reasons().keys()


def test_the_national_level_has_its_named_sources() -> None:
    """全国政协 (its site is called 中国政协网), 人民政协报, 中国网's channel."""
    national = {source.id for source in load_sources().values() if source.region == "全国"}
    assert {"cppcc", "rmzxb_epaper", "rmzxw", "china_cppcc"} <= national


def test_each_declaration_lies_in_the_folder_of_its_region() -> None:
    folders: dict[str, set[str]] = {}
    for path in DECLARED.rglob("*.toml"):
        folders.setdefault(load_source(path).region, set()).add(path.parent.name)
    assert all(len(names) == 1 for names in folders.values()), folders
    assert len({next(iter(names)) for names in folders.values()}) == len(folders)


def overlapping() -> list[tuple[Source, Source]]:
    """Sources that may fetch from one host: its articles could have two owners."""
    return [
        (one, other)
        for one, other in permutations(load_sources().values(), 2)
        if any(one.allows(host) or other.allows(one.hosts[0]) for host in other.hosts)
    ]


@pytest.mark.parametrize(("one", "other"), overlapping(), ids=lambda source: source.id)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_two_sources_claim_one_article(one: Source, other: Source, data: st.DataObject) -> None:
    """Addresses made from one pattern, on the host that both may ask, are not the other's."""
    assert one.article_re, f"{one.id} shares a host with {other.id} and takes every article"
    assert other.article_re, f"{other.id} shares a host with {one.id} and takes every article"
    path = data.draw(st.from_regex(one.article_re, fullmatch=True))
    address = f"https:{path}" if path.startswith("//") else f"https://{one.hosts[0]}{path}"
    assert not other.article_re.search(address)


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

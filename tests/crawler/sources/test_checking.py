"""Checking declarations: every fault of every file is named, and none hides another."""

from pathlib import Path

import pytest

from crawler.sources.checking import check_all, check_files
from tests.crawler.sources.test_declaration import ISSUES, SOUND, declared


def faults(*paths: Path) -> list[tuple[str, str, str]]:
    return [(one.path.stem, one.key, one.problem) for one in check_files(paths).faults]


def test_the_projects_own_have_no_fault(tmp_path: Path) -> None:
    checked = check_all(tmp_path)
    assert not checked.faults
    assert len(checked.sound) == checked.files > 150


def test_each_fault_of_a_file_is_named(tmp_path: Path) -> None:
    text = (
        SOUND.replace('name = "测试网"', 'nmae = "测试网"')
        .replace('"云南"', '"雲南"')
        .replace('kind = "portal"', 'kind = "blog"\narticle_pattern = "("\nid = "x"')
        .replace('urls = ["http://news.example/', 'pages = 3\nurls = ["http://other.example/')
        .replace("min_articles = 3", "min_articles = -1")
    ) + '\n[epaper]\nentry_url = "x"\n\n[selectors]\nheadline = "h1"\n'
    found = faults(declared(tmp_path, text))
    keys = {"nmae", "name", "region", "kind", "article_pattern", "id", "listing.pages"}
    keys |= {"expect.min_articles", "[epaper]", "selectors"}
    assert {key for _, key, _ in found} == keys
    assert len(found) == len(keys)


@pytest.mark.parametrize(
    ("right", "wrong", "keys"),
    [
        # what must fit together is judged although something else is wrong
        ("min_articles = 3", "min_articles = -1", {"expect.min_articles", "hosts"}),
        ('family = "listing"\n', "", {"family", "hosts"} - {"hosts"}),
        ('family = "listing"', 'family = "lists"', {"family"}),
        ("[expect]", "[expect", {"(file)"}),
        ("[listing]", "[[listing]]", {"listing"}),
    ],
)
def test_a_fault_hides_no_other(tmp_path: Path, right: str, wrong: str, keys: set[str]) -> None:
    text = SOUND.replace('urls = ["http://news.', 'urls = ["http://elsewhere.', 1)
    found = faults(declared(tmp_path, text.replace(right, wrong, 1)))
    assert {key for _, key, _ in found} == keys


def test_what_contradicts_itself_is_named_beside_other_faults(tmp_path: Path) -> None:
    text = ISSUES.replace("[expect]", "skips_days = true\nlookback_days = 2\n\n[expect]")
    found = faults(declared(tmp_path, text.replace('"云南"', '"雲南"')))
    assert {key for _, key, _ in found} == {"region", "epaper"}


def test_faults_between_files_and_of_several(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    first = declared(tmp_path, SOUND)
    twin = declared(tmp_path, SOUND, name="zz_twin")
    again = declared(other, SOUND.replace('"云南"', '"雲南"'))
    found = faults(first, twin, again)
    assert [(name, key) for name, key, _ in found] == [
        ("zz_twin", "listing"),
        ("test_net", "region"),
        ("test_net", "id"),
    ]

"""One broken declaration stops itself only: for the service, its runs, and services to come."""

from pathlib import Path

import pytest
from scrapy.settings import Settings

from crawler.errors import DeclarationError
from crawler.spiders.loader import SourceSpiderLoader
from scheduler.config import Config
from scheduler.service.declared import kept_in, load_declared

DECLARED = """
name = "来源{name}"
region = "云南"
kind = "portal"
homepage = "http://{name}.example.cn/"
hosts = ["{name}.example.cn"]
family = "listing"

[listing]
urls = ["http://{name}.example.cn/list.html"]

[expect]
min_articles = 1
max_days_silent = 30
"""
BROKEN = {
    "half": DECLARED.format(name="one")[:150],
    "empty": "",
    "a typo": DECLARED.format(name="one").replace("hosts", "hsots"),
    "another alphabet": "\ufeff名 = ",
}


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    folder = tmp_path / "sources"
    folder.mkdir()
    for name in ("one", "two"):
        (folder / f"{name}.toml").write_text(DECLARED.format(name=name), "utf-8")
    monkeypatch.delenv("CPPCC_SOURCES", raising=False)
    return Config(sources=folder, var=tmp_path / "var")


def spiders(config: Config) -> SourceSpiderLoader:
    """What a child process of the service finds declared."""
    return SourceSpiderLoader.from_settings(
        Settings(
            {
                "CPPCC_SOURCES": str(config.sources),
                "CPPCC_KEPT": str(kept_in(config)),
                "USER_AGENT": "test",
            }
        )
    )


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_file_leaves_the_former_declaration_at_work(how: str, config: Config) -> None:
    assert config.sources is not None
    before = load_declared(config)
    (config.sources / "one.toml").write_text(BROKEN[how], "utf-8")
    for now in (load_declared(config, before=before), load_declared(config)):  # reloaded, restarted
        assert now.sources["one"] == before.sources["one"]
        assert now.sources["two"] == before.sources["two"]
        assert [error.path.name for error in now.broken] == ["one.toml"]
    assert spiders(config).load("one").source == before.sources["one"]


def test_a_mended_file_is_what_counts_and_is_kept_anew(config: Config) -> None:
    assert config.sources is not None
    load_declared(config)
    (config.sources / "one.toml").write_text("", "utf-8")
    load_declared(config)
    mended = DECLARED.format(name="one").replace("来源one", "新名")
    (config.sources / "one.toml").write_text(mended, "utf-8")
    assert load_declared(config).sources["one"].name == "新名"
    assert (kept_in(config) / "one.toml").read_text("utf-8") == mended
    assert sorted(path.name for path in kept_in(config).iterdir()) == ["one.toml", "two.toml"]


def test_a_file_that_is_gone_is_declared_no_more(config: Config) -> None:
    assert config.sources is not None
    load_declared(config)
    (config.sources / "one.toml").unlink()
    assert "one" not in load_declared(config).sources
    with pytest.raises(KeyError):
        spiders(config).load("one")


def test_a_source_that_never_was_right_is_left_out(config: Config) -> None:
    assert config.sources is not None
    (config.sources / "one.toml").write_text(BROKEN["half"], "utf-8")
    declared = load_declared(config)
    assert "one" not in declared.sources
    assert "two" in declared.sources
    with pytest.raises(DeclarationError):
        spiders(config).load("one")


def test_a_former_declaration_never_takes_an_address_that_another_has_now(config: Config) -> None:
    assert config.sources is not None
    load_declared(config)
    (config.sources / "one.toml").write_text("", "utf-8")
    renamed = DECLARED.format(name="one").replace("来源one", "改名")
    (config.sources / "three.toml").write_text(renamed, "utf-8")
    declared = load_declared(config)
    assert "one" not in declared.sources
    assert declared.sources["three"].entry_urls == ("http://one.example.cn/list.html",)

"""What a wrong file in the operator's folders does to the console: it is said, and no more."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from crawler.sources.declaration import load_sources
from scheduler.config import Config
from scheduler.console.app import make_app
from scheduler.console.ground import Ground
from scheduler.service.declared import load_declared

OWN = """
name = "来源"
region = "云南"
kind = "portal"
homepage = "http://own.example.cn/"
hosts = ["own.example.cn"]
family = "listing"

[listing]
urls = ["http://own.example.cn/list.html"]

[expect]
min_articles = 1
max_days_silent = 30
"""


@pytest.fixture
def with_folder(config: Config, tmp_path: Path) -> Config:
    """Settings with a folder of declarations of the operator's own: two that are wrong."""
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "own.toml").write_text(OWN, "utf-8")
    (folder / "typo.toml").write_text(OWN.replace("hosts", "hsots"), "utf-8")
    (folder / "half.toml").write_text(OWN[:60], "utf-8")
    return config.model_copy(update={"sources": folder})


def local(config: Config) -> TestClient:
    app = make_app(config, ground=Ground(config))
    return TestClient(app, base_url="http://127.0.0.1:8765", client=("127.0.0.1", 50000))


def test_a_wrong_declaration_is_said_and_takes_no_other_with_it(with_folder: Config) -> None:
    console = local(with_folder)
    answer = console.get("/api/v1/sources").json()
    assert answer["total"] == len(load_sources()) + 1
    assert [words for words in answer["broken"] if "typo.toml" in words]
    assert [words for words in answer["broken"] if "half.toml" in words]
    assert len(answer["broken"]) == 2
    page = console.get("/sources?region=云南").text
    assert "own" in page
    assert page.count('role="alert"') == 2
    assert console.get("/sources/own").status_code == 200
    assert console.get("/sources/typo").status_code == 404
    assert 'class="said"' not in console.get("/coverage").text, "the calendar is right"


def test_a_source_that_was_right_before_is_shown_as_the_service_has_it(with_folder: Config) -> None:
    load_declared(with_folder)  # a service keeps copies of what is right
    assert with_folder.sources is not None
    (with_folder.sources / "own.toml").write_text("", "utf-8")
    answer = local(with_folder).get("/api/v1/sources").json()
    assert "own" in {row["id"] for row in answer["rows"]}
    assert len(answer["broken"]) == 3


def test_a_folder_that_is_not_there_is_said_and_the_calendar_stands(config: Config) -> None:
    console = local(config.model_copy(update={"sources": Path("/nowhere/sources")}))
    answer = console.get("/api/v1/sources").json()
    assert answer["total"] == 0
    assert "/nowhere/sources" in answer["broken"][0]
    assert console.get("/coverage").status_code == 200


def test_what_was_made_while_something_was_written_is_not_remembered(config: Config) -> None:
    ground = Ground(config)

    def overtaken(given: Ground) -> str:
        given.forget()  # a person decides while it is made
        return "as it was before"

    assert ground.remembered("cells", overtaken) == "as it was before"
    assert ground.remembered("cells", lambda _: "as it is now") == "as it is now"
    assert ground.remembered("cells", lambda _: "not asked") == "as it is now"

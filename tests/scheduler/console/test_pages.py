"""What single pages show and do, asked without a browser."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from jinja2.ext import babel_extract

from scheduler.backups import note_backup
from scheduler.config import Config
from scheduler.console.pages import probing
from scheduler.i18n import words_in
from scheduler.i18n.reasons import reason
from scheduler.probing.verification import ArticleSeen, PageSeen, Verification
from scheduler.shapes.verification import verification_json
from storage.engine.database import Database
from storage.notices.decisions import CameBack, dismiss_flag
from storage.notices.flags import FlagStatus
from storage.records import Genre, RefusalClass, RunTrigger
from storage.runs import door, history
from tests.scheduler.console.conftest import post
from tests.storage.samples import DAY, NOW, article
from tests.storage.steps import save_article

TEMPLATES = Path(__file__).parents[3] / "scheduler/console/templates"


def test_every_sentence_of_a_page_stands_in_the_catalogues() -> None:
    known = words_in("zh").catalogue.messages
    for path in sorted(TEMPLATES.glob("*.html")):
        with path.open("rb") as file:
            found = babel_extract(file, ["_"], [], {"extensions": "jinja2.ext.i18n"})
            said = [words for _, _, words, _ in found if isinstance(words, str)]
        assert not [words for words in said if words not in known], path


def test_a_dismissed_story_comes_back_when_its_text_changes_and_says_so(
    local: TestClient, database_of: Database
) -> None:
    one = article(1, genre=Genre.TEN_EVENTS)
    with database_of.begin() as session:
        flag = save_article(session, one, now=NOW, run_id=None).flag_id or 0
        dismiss_flag(session, flag, why="不是", now=NOW, by="老王")
    with database_of.begin() as session:  # printed again as it was: no reason to come back
        save_article(session, one, now=NOW + DAY, run_id=None)
    assert local.get("/flags.json").json()["rows"][0]["status"] == FlagStatus.DISMISSED
    with database_of.begin() as session:
        save_article(session, replace(one, text=one.text + "\n更正。"), now=NOW + DAY, run_id=None)
    row = local.get("/flags.json").json()["rows"][0]
    assert (row["status"], row["came_back"]) == (FlagStatus.OPEN, CameBack.REVISED)
    assert "its text changed, so it is back" in local.get("/?lang=en").text
    assert "正文有变动" in local.get(f"/publications/{row['publication']}?lang=zh").text


def test_and_when_another_outlet_prints_it(local: TestClient, database_of: Database) -> None:
    one = article(1, genre=Genre.TEN_EVENTS)
    with database_of.begin() as session:
        flag = save_article(session, one, now=NOW, run_id=None).flag_id or 0
        dismiss_flag(session, flag, why="不是", now=NOW, by="老王")
    elsewhere = replace(one, url="https://other.example/1", source_id="o")
    with database_of.begin() as session:
        save_article(session, elsewhere, now=NOW + DAY, run_id=None)
    row = local.get("/flags.json").json()["rows"][0]
    assert (row["status"], row["came_back"]) == (FlagStatus.OPEN, CameBack.PRINTED)


def test_a_backfill_is_paused_and_resumed(local: TestClient, database_of: Database) -> None:
    with database_of.begin() as session:
        run, _ = door.begin_run(
            session, "backfill", trigger=RunTrigger.IMPORT, owner="me", now=NOW,
            options={"parts": 4},
        )  # fmt: skip
    assert post(local, f"/backfills/{run}/pause", {}).status_code == 303
    row = local.get("/backfills.json").json()["rows"][0]
    assert (row["paused"], row["parts_planned"], row["can_pause"]) == (True, 4, True)
    assert f"/backfills/{run}/resume" in local.get("/backfills").text
    assert post(local, f"/backfills/{run}/pause", {}).status_code == 409
    assert post(local, f"/backfills/{run}/resume", {}).status_code == 303
    with database_of.reading() as session:
        assert history.get_run(session, run).paused_at is None
    assert post(local, f"/backfills/{run}/burn", {}).status_code == 404


def test_the_doctor_knows_the_backup_and_shows_the_log_to_operators_only(
    local: TestClient, config: Config, tmp_path: Path
) -> None:
    assert local.get("/doctor.json").json()["backup"] is None
    note_backup(config, tmp_path / "b.db", 12)
    config.service_log.parent.mkdir(parents=True)
    config.service_log.write_text("tick <b>\n", "utf-8")
    page = local.get("/doctor.json").json()
    assert page["backup"]["size"] == 12
    assert page["log"] == "tick <b>\n"
    assert "tick &lt;b&gt;" in local.get("/doctor").text


def test_what_a_probe_showed_is_read_as_the_command_prints_it() -> None:
    tried = Verification(
        source_id="a",
        pages=(PageSeen(walk="w", url="http://a.example/", number=1, links=3, dated=2, new=3),),
        articles=(ArticleSeen(url="http://a.example/1", refusal=(RefusalClass.GONE, "404")),),
        findings=("an article could not be read",),
        advice=(),
    )
    read = probing.probed(json.loads(json.dumps(verification_json(tried))))
    assert (read.sound, read.pages[0].links) == (tried.sound, 3)
    assert (read.articles[0].refused, read.articles[0].detail) == (RefusalClass.GONE, "404")


def test_only_a_declared_source_is_probed(local: TestClient) -> None:
    assert post(local, "/sources/nobodys/probe", {}).status_code == 404


def test_a_search_is_a_feed_and_a_file(local: TestClient, flags: list[int]) -> None:
    page = local.get("/search?q=政协&genre=ten_events").text
    assert "/feeds/search.atom?q=%E6%94%BF%E5%8D%8F&amp;genre=ten_events" in page
    assert "/exports?q=%E6%94%BF%E5%8D%8F&amp;genre=ten_events" in page
    feed = local.get("/feeds/search.json?q=政协&genre=ten_events").json()
    ids = [int(one["id"].rsplit(":", 1)[1]) for one in feed["items"]]
    assert ids == sorted(ids, reverse=True)
    assert {one["tags"][0] for one in feed["items"]} == {"ten_events"}
    atom = local.get("/feeds/search.atom?q=政协")
    assert atom.headers["content-type"] == "application/atom+xml"
    assert "tag:cppcc-monitor,2026:publication:1" in atom.text
    assert local.get("/feeds/search.atom").status_code == 422


def test_a_compared_value_leads_to_its_sentence(local: TestClient, flags: list[int]) -> None:
    rows = local.get("/compare.json?metric=proposals_filed").json()["rows"]
    stated = [row for row in rows if row["value"] is not None]
    assert stated
    for row in stated:
        where, _, figure = row["address"].partition("#figure-")
        told = local.get(f"{where}.json").json()["publication"]["reading"]["figures"]
        assert told[int(figure) - 1]["value"] == row["value"]


def test_every_value_of_a_wide_table_names_its_column_where_it_is_a_card() -> None:
    wide = re.compile(r'<table class="[^"]*wide".*?</table>', re.S)
    tables = [one for file in TEMPLATES.glob("*.html") for one in wide.findall(file.read_text())]
    assert len(tables) > 5
    values = [one for table in tables for one in re.findall(r"<td[^>]*>", table)]
    assert [one for one in values if "data-label=" not in one] == []


def test_a_publication_leads_to_its_cell_where_there_is_one(
    local: TestClient, database_of: Database
) -> None:
    told = article(4, genre=Genre.ANNUAL_REVIEW)
    old = replace(article(5, genre=Genre.OTHER), title="二十年前的一次视察")
    assert told.reading is not None
    assert old.reading is not None
    old = replace(old, reading=replace(old.reading, years=(1999,)))
    for one in (told, old):
        with database_of.begin() as session:
            save_article(session, one, now=NOW, run_id=None)
    for number, years in ((1, told.reading.years), (2, (1999,))):
        found = local.get(f"/publications/{number}.json").json()
        page = local.get(f"/publications/{number}").text
        assert found["publication"]["reading"]["years"] == list(years)
        address = f"/coverage/%E4%BA%91%E5%8D%97/{years[-1]}"
        assert (address in page) is (found["cell"] is not None) is (number == 1)
        assert local.get(address).status_code == (200 if number == 1 else 404)


@pytest.mark.parametrize("named", ["云南", "云南省", "Yunnan", "yunnan"])
def test_a_region_has_its_name_in_both_languages(
    local: TestClient, flags: list[int], named: str
) -> None:
    assert local.get("/compare.json", params={"regions": named}).json()["regions"] == ["云南"]
    assert ">Yunnan<" in local.get("/search?lang=en").text
    assert ">云南<" in local.get("/search?lang=zh").text


def test_a_publication_shows_its_reasons_in_words(local: TestClient, flags: list[int]) -> None:
    page = local.get("/publications/1").text
    told = local.get("/publications/1.json").json()["publication"]["reading"]["evidence"]
    assert told
    words = words_in("zh")
    for one in told:
        name = reason(words, one["rule"])
        assert name is None or name in page

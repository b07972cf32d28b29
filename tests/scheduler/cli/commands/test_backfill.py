"""`cppcc backfill` as it is typed: its JSON, its exit codes, a dry run, one message in all."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scheduler.cli.app import app
from storage.engine.database import open_database
from storage.notices.flags import list_flags
from storage.notices.outbox import waiting
from storage.runs.history import list_runs
from tests.crawler.backfill.archive.making import answer, packed, record, response

TITLE = "云南省政协2020年十件大事"
ITEMS = "".join(
    f"<p>{n}、省政协围绕第{n}个课题深入基层开展协商，提出建议{n + 2}条，得到有关部门采纳落实。</p>"
    for n in range(1, 11)
)
TEN = f"""<html><head><meta charset="utf-8"><title>{TITLE}</title></head><body><h1>{TITLE}</h1>
<div>2021-01-05 09:00 来源：某某日报</div><div class="content">{ITEMS}</div></body></html>"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CPPCC_DATABASE_URL", f"sqlite:///{tmp_path / 'cppcc.db'}")
    monkeypatch.setenv("CPPCC_VAR", str(tmp_path / "var"))
    held = tmp_path / "archives"
    held.mkdir()
    ten = record(answer(TEN.encode()), url="http://archive.example/ten.html")
    (held / "a.warc.gz").write_bytes(b"".join(packed([response(1), ten], "warc.gz")))
    (held / "b.warc").write_bytes(response(2) + b"garbage\r\n\r\n" + response(3))
    return held


def test_a_folder_of_archives(folder: Path, tmp_path: Path) -> None:
    dry = CliRunner().invoke(
        app, ["backfill", str(folder), "--dry-run", "--json", "--workers", "1"]
    )
    assert dry.exit_code == 0, dry.output
    counted = json.loads(dry.output)
    assert (counted["parts"], counted["members"], counted["read"]) == (2, 5, 4)

    done = CliRunner().invoke(app, ["backfill", str(folder), "--json", "--workers", "1"])
    assert done.exit_code == 3, done.output
    printed = json.loads(done.output)
    assert {key: printed[key] for key in ("parts", "members", "read", "unwanted", "new")} == {
        "parts": 2, "members": 5, "read": 4, "unwanted": 0, "new": 4,
    }  # fmt: skip
    assert printed["refused"] == {"truncated": 1}
    assert (printed["verdict"], printed["changed"], printed["same"]) == ("partial", 0, 0)

    database = open_database(f"sqlite:///{tmp_path / 'cppcc.db'}")
    with database.reading() as session:
        (flag,) = list_flags(session)
        assert flag.past
        assert waiting(session, "flag") == [], "no alert a story"
        (message,) = waiting(session, "digest")
        assert TITLE in str(message.payload["body"])
        assert len(list_runs(session)) == 1, "a dry run is no run"
    spoken = CliRunner().invoke(app, ["backfill", str(folder), "--workers", "1"])
    assert spoken.exit_code == 3, "what is damaged stays so"
    assert "2 parts were read before" in spoken.output
    with database.reading() as session:
        assert len(waiting(session, "digest")) == 1, "nothing was found, nothing is told"
    database.close()
    covered = CliRunner().invoke(app, ["coverage"])
    assert "2021" in covered.output


@pytest.mark.parametrize(
    "words",
    [
        ["nowhere.warc.gz"],
        ["."],
        ["ARCHIVES", "--since", "2021-02-01", "--until", "2021-01-01"],
        ["ARCHIVES", "--since", "gestern"],
        ["yunnan_net", "--since", "2999-01-01"],
        ["ARCHIVES", "--cluster", "tcp://10.0.0.1:8786"],
    ],
)
def test_what_cannot_be_done_is_said_in_words(
    words: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    typed = [str(folder) if word == "ARCHIVES" else word for word in words]
    done = CliRunner().invoke(app, ["backfill", *typed])
    assert done.exit_code == 2, done.output

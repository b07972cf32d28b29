"""The main job, end to end: `cppcc demo` as a newcomer runs it, held against the answers."""

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import pytest
from sqlalchemy import create_engine, text

from crawler.pages.raw.urls import canonical_url
from scheduler.cli.commands.demo import SOURCES
from storage.engine.database import Database, open_database
from storage.publications.reading import get_publication
from storage.records import SHANGHAI, Precision
from storage.runs.history import list_runs
from storage.runs.states import RunState

HOSTS = Path(__file__).parent.parent / "fixtures" / "hosts"
ROOT = Path(__file__).parent.parent
DATA_PAGE = "".join(
    (ROOT / page).read_text("utf-8") for page in ("docs/data.md", "docs/zh/analysts.md")
)
CRAWLED = {
    "gx.people.com.cn": "people_guangxi",
    "gxzxbxwzx.com.cn": "guangxi_cppcc_news",
    "news.gxnews.com.cn": "guangxi_news",
    "ssw.gxrb.com.cn": "guangxi_daily",
    "yn.people.com.cn": "people_yunnan",
    "yn.yunnan.cn": "yunnan_net",
    "yndaily.yunnan.cn": "yunnan_daily",
}


@dataclass(frozen=True)
class Demo:
    """What the demo printed, and the database that it left."""

    output: str
    database: Database


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo") / "small"
    done = subprocess.run(
        [sys.executable, "-m", "scheduler", "demo", "--folder", str(folder)],
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    database = open_database(f"sqlite:///{folder / 'cppcc.db'}")
    yield Demo(done.stdout, database)
    database.close()


def answers(host: str) -> list[dict[str, object]]:
    """The expected articles of one host, as day 3 shows them, by canonical URL."""
    rows = json.loads((HOSTS / host / "answers.json").read_text("utf-8"))
    newest: dict[str, dict[str, object]] = {}
    for row in rows:
        url = canonical_url(row["url"])
        if "/BIG5/" in row["url"] or "/pc/con/" in row["url"]:
            continue  # twins of a document that the lists name by its other address
        if url not in newest or max(row["days"]) >= max(newest[url]["days"]):  # type: ignore[call-overload]
            newest[url] = row
    return list(newest.values())


def test_every_run_is_complete(demo: Demo) -> None:
    with demo.database.reading() as session:
        records = list_runs(session, limit=100)
    assert len(records) == 3 * len(SOURCES)
    for record in records:
        assert record.state is RunState.FINISHED
        assert record.verdict is not None
        assert record.verdict.kind.value == "complete", (record.source_id, record.verdict.reason)


@pytest.mark.parametrize("host", CRAWLED)
def test_every_article_is_stored_as_the_answer_says(demo: Demo, host: str) -> None:
    expected = answers(host)
    assert expected
    wrong: list[str] = []
    with demo.database.reading() as session:
        for row in expected:
            found = get_publication(session, canonical_url(str(row["url"])))
            summary = found.summary
            published = None
            if summary.published_at is not None:
                published = summary.published_at.astimezone(SHANGHAI).isoformat()
                if summary.published_precision is Precision.DAY:
                    published = published[:10]
            read = {
                "title": summary.title,
                "published_at": published,
                "outlet": summary.outlet if row["outlet_printed"] else row["outlet"],
                "author": found.author,
                "editor": found.editor,
                "text": found.text.split("\n"),
            }
            wrong += [
                f"{row['url']} {name}: {value!r} instead of {row[name]!r}"
                for name, value in read.items()
                if value != row[name]
            ]
    assert not wrong, "\n".join(wrong)


def test_exactly_the_flagged_stories_are_flagged(demo: Demo) -> None:
    """One flag a story, however many copies of it there are; nothing else is flagged."""
    stories: dict[str, set[str]] = defaultdict(set)
    for host in CRAWLED:
        for row in answers(host):
            if row["flagged"]:
                stories[str(row["story"])].add(canonical_url(str(row["url"])))
    engine = create_engine(demo.database.url)
    with engine.connect() as connection:
        flagged = [
            url
            for (url,) in connection.execute(
                text(
                    "SELECT p.url FROM v1_flags f JOIN v1_publications p ON p.id = f.publication_id"
                )
            )
        ]
    engine.dispose()
    assert len(flagged) == len(stories)
    for story, urls in stories.items():
        assert len(urls & set(flagged)) == 1, story


def test_days(demo: Demo) -> None:
    """Day 1 finds both seeds, day 2 flags nothing, day 3 exactly the new publication."""
    days, _, _ = demo.output.partition("The database is")
    first, second, third = re.split(r"day \d, ", days)[1:]
    assert "广西壮族自治区政协2020年十件履职大事" in first
    assert "2020年亮点工作综述" in first
    assert "nothing new is flagged" in second
    assert "十大履职要事揭晓" in third
    assert third.count("ten_events") + third.count("annual_review") == 1


def test_coverage_by_command_and_by_sql_is_one_answer(demo: Demo) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "scheduler", "coverage", "--json", "--db", demo.database.url],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    drawn = {(one["region"], one["year"], one["status"]) for one in json.loads(said.stdout)}
    with demo.database.reading() as session:
        kept = session.execute(text("SELECT region, year, status FROM v1_coverage"))
        assert {tuple(row) for row in kept} == drawn
    assert sum(one[1:] == (2020, "not_watched") for one in drawn) == 30


def test_ten_events_of_guangxi(demo: Demo) -> None:
    row = next(row for row in answers("news.gxnews.com.cn") if row["flagged"])
    with demo.database.reading() as session:
        found = get_publication(session, canonical_url(str(row["url"])))
    assert found.reading is not None
    headings = [event.heading for event in found.reading.events]
    assert headings == row["events"]
    assert len(headings) == 10


@pytest.mark.parametrize("query", re.findall(r"```sql\n(.*?)```", DATA_PAGE, re.DOTALL))
def test_each_query_of_the_data_page_answers_on_the_demos_database(demo: Demo, query: str) -> None:
    with demo.database.reading() as session:
        assert session.execute(text(query)).all()


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_the_newcomers_commands_read_the_demos_database(
    demo: Demo, page: str, tmp_path: Path
) -> None:
    lines = re.findall(
        r"^\.venv/bin/cppcc (.*--db var/demo.*)$", (ROOT / page).read_text("utf-8"), re.M
    )
    assert len(lines) == 4
    for line in lines:
        words = shlex.split(line, comments=True)
        words[words.index("--db") + 1] = demo.database.url
        done = subprocess.run(
            [sys.executable, "-m", "scheduler", *words],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert done.returncode == 0, line + done.stderr
        assert "广西" in done.stdout or (tmp_path / "guangxi.xlsx").exists(), line


def test_the_demo_ends_by_naming_one_address_and_one_command_serves_it(demo: Demo) -> None:
    *_, named, command = (line for line in demo.output.splitlines() if line.strip())
    assert "http://127.0.0.1:8765/ " in named
    folder = Path(demo.database.url.removeprefix("sqlite:///")).parent
    assert command.split("cppcc", 1)[-1].endswith(f"console --demo --folder {folder}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [*shlex.split(command[command.index("console ") :]), "--port", str(port)]
    command_line = [sys.executable, "-m", "scheduler", *words]
    with subprocess.Popen(command_line, stdout=subprocess.PIPE) as serving:
        try:
            assert serving.stdout is not None
            assert f"http://127.0.0.1:{port}/".encode() in serving.stdout.readline()
            rows = _json_of(f"http://127.0.0.1:{port}/flags.json")["rows"]
            assert {row["region"] for row in rows} == {"云南", "广西"}
        finally:
            serving.terminate()


def _json_of(url: str) -> dict[str, list[dict[str, object]]]:
    """What a server that is about to listen answers."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=600) as answer:
                found: dict[str, list[dict[str, object]]] = json.load(answer)
                return found
        except URLError:  # not listening yet
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {url}")

"""docs/data.md is the contract: the views have its columns, types and nulls; its examples run."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, inspect, text

from storage.engine.database import Database
from storage.links.sources import sync_sources
from storage.links.takedown import record_missing
from storage.notices.incidents import open_incident
from storage.records import (
    FailureClass,
    RunCounts,
    RunTrigger,
    SourceRecord,
    Verdict,
    VerdictKind,
    WalkTotals,
)
from storage.runs import door, lease
from storage.runs.totals import put_totals
from storage.views import VIEWS
from tests.storage.importing import run_import
from tests.storage.samples import DAY, NOW, article

PAGE = (Path(__file__).parents[2] / "docs/data.md").read_text("utf-8")
SECTIONS = {
    part.split("\n", 1)[0].strip(): part for part in PAGE.split("\n## ") if part.startswith("v1_")
}
ON_POSTGRESQL = {
    "integer": {"INTEGER", "BIGINT"},
    "number": {"DOUBLE PRECISION"},
    "text": {"TEXT"},
    "boolean": {"BOOLEAN"},
    "json": {"JSONB"},
    "instant": {"TIMESTAMP"},
    "day": {"DATE"},
}
ON_SQLITE = {
    "integer": (int,),
    "number": (float, int),
    "text": (str,),
    "boolean": (int,),
    "json": (str,),
    "instant": (str,),
    "day": (str,),
}
INSTANT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\Z")


@dataclass(frozen=True)
class Column:
    """One line of a view's table."""

    name: str
    kind: str
    nullable: bool


def columns(view: str) -> list[Column]:
    """The columns that the page promises."""
    lines = re.findall(r"^\| (\w+) \| (\w+) \| (.+?) \| .+ \|$", SECTIONS[view], re.MULTILINE)
    return [
        Column(name=name, kind=kind, nullable=null != "never")
        for name, kind, null in lines
        if name != "column"
    ]


def examples(language: str, *, views_only: bool = True) -> list[str]:
    """The page's code blocks in a language, in order."""
    within = "".join(SECTIONS.values()) if views_only else PAGE
    return re.findall(rf"```{language}\n(.*?)```", within, re.DOTALL)


@pytest.fixture
def filled(database: Database) -> Database:
    """A database with rows in every view."""
    run_import(database)
    with database.begin() as session:
        source = SourceRecord(
            id="ynzx",
            name="云南政协网",
            region="云南",
            kind="committee_site",
            family="listing",
            homepage="http://ynzx.example/",
        )
        sync_sources(session, [source], now=NOW)
        run_id = door.create_run(session, "ynzx", trigger=RunTrigger.MANUAL, due_at=NOW, now=NOW)
        token = door.claim_run(session, run_id, owner="a", now=NOW, lease_seconds=60)
        assert token
        verdict = Verdict(kind=VerdictKind.COMPLETE, reason="all pages read")
        put_totals(session, run_id, [WalkTotals(name="http://ynzx.example/list/", words="read")])
        lease.finish_run(session, run_id, token, verdict, RunCounts(), now=NOW)
        open_incident(
            session,
            "coverage:云南:provincial:2025",
            FailureClass.OVERDUE,
            region="云南",
            reason="no review was found",
            now=NOW,
        )
        for day in (0, 4, 8):
            record_missing(session, article(3).url, now=NOW + day * DAY)
    return database


def test_the_page_names_every_view() -> None:
    assert set(SECTIONS) == set(VIEWS)


@pytest.mark.parametrize("view", VIEWS)
def test_the_page_lists_the_columns_in_order(view: str) -> None:
    assert tuple(column.name for column in columns(view)) == VIEWS[view]


def test_the_views_keep_the_contract(filled: Database) -> None:
    with filled.reading() as session:
        connection = session.connection()
        for view in VIEWS:
            if connection.dialect.name == "postgresql":
                hold_types(connection, view)
            rows = connection.execute(text(f"SELECT * FROM {view}")).all()
            assert rows, view
            for place, column in enumerate(columns(view)):
                values = [row[place] for row in rows]
                where = f"{view}.{column.name}"
                assert column.nullable or None not in values, where
                stated = [value for value in values if value is not None]
                assert "" not in stated or column.name in ("body", "unit"), where
                if connection.dialect.name == "sqlite":
                    assert all(isinstance(value, ON_SQLITE[column.kind]) for value in stated), where
                    if column.kind == "instant":
                        assert all(INSTANT.match(str(value)) for value in stated), where


def hold_types(connection: Connection, view: str) -> None:
    found = inspect(connection).get_columns(view)
    assert [str(one["name"]) for one in found] == list(VIEWS[view])
    for one, column in zip(found, columns(view), strict=True):
        assert str(one["type"]) in ON_POSTGRESQL[column.kind], f"{view}.{column.name}"


def test_the_sql_examples_run(filled: Database) -> None:
    queries = examples("sql")
    assert len(queries) == len(VIEWS)
    with filled.reading() as session:
        for query in queries:
            session.execute(text(query.replace(":last", "0"))).all()


# DuckDB 2.0 calls pandas 3.1 in a way that pandas will no longer take.
@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_the_python_examples_run(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    # Runs where pandas and DuckDB are installed (extra dev, so in CI): the product needs neither.
    pytest.importorskip("pandas", reason="pandas is not installed (extra dev; CI does)")
    pytest.importorskip("duckdb", reason="duckdb is not installed (extra dev; CI does)")
    url = filled.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("CPPCC_DATABASE_URL", url)
    blocks = examples("python", views_only=False)
    assert len(blocks) == len(VIEWS) + 1
    names: dict[str, object] = {}
    try:
        for block in blocks:
            exec(compile(block, "docs/data.md", "exec"), names)
    finally:
        engine = names["engine"]
        assert isinstance(engine, Engine)
        engine.dispose()


def test_a_bare_day_shows_as_that_day(filled: Database) -> None:
    with filled.begin() as session:
        session.execute(
            text("UPDATE publications SET published_precision = 'day', published_at = :at"),
            {"at": "2026-01-18 16:00:00.000000"}
            if filled.engine.dialect.name == "sqlite"
            else {"at": "2026-01-18 16:00:00+00"},
        )
    with filled.reading() as session:
        days = session.execute(text("SELECT DISTINCT published_on FROM v1_publications")).all()
    assert [tuple(day) for day in days] == [("2026-01-19",)]

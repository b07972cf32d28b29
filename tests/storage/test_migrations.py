"""Each schema revision: equal to the tables, up with data from every one before, and down."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from storage.engine.database import (
    Database,
    check,
    make_engine,
    open_database,
    schema_revision,
    upgrade,
)
from storage.engine.tables import Base
from storage.errors import SchemaOutdatedError
from storage.migrations import HEAD
from storage.migrations.upgrading import alembic_config, upgrade_engine
from storage.search.index import fts5_document
from tests.storage.crashing import content
from tests.storage.importing import run_import
from tests.storage.steps import downgrade_engine

REVISIONS = [
    script.revision
    for script in reversed(
        list(ScriptDirectory.from_config(alembic_config()).walk_revisions("base", "heads"))
    )
]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


def shape(engine: Engine) -> dict[str, list[str]]:
    """Each table and view with its columns."""
    with engine.connect() as connection:
        seen = inspect(connection)
        names = [*seen.get_table_names(), *seen.get_view_names()]
        return {name: [str(c["name"]) for c in seen.get_columns(name)] for name in names}


def test_the_newest_revision_is_the_one_that_the_program_wants() -> None:
    assert REVISIONS[-1] == HEAD
    assert len(set(REVISIONS)) == len(REVISIONS)


def ours(item: object, name: str | None, *_: object) -> bool:
    """Not the full-text index, which SQLAlchemy has no words for, nor the day kept for it."""
    return not (name or "").startswith(("search_grams", "ix_revisions_search", "searched_day"))


def test_the_revisions_make_the_tables_that_the_code_knows(engine: Engine) -> None:
    upgrade_engine(engine)
    with engine.begin() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": ours}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_each_step_down_undoes_its_step_up(engine: Engine) -> None:
    shapes = [shape(engine)]
    for revision in REVISIONS:
        upgrade_engine(engine, revision)
        shapes.append(shape(engine))
    for revision, before in zip(["base", *REVISIONS][-2::-1], shapes[-2::-1], strict=True):
        downgrade_engine(engine, revision)
        left = shape(engine)
        if revision == "base":
            assert left.pop("alembic_version") == ["version_num"]
        assert left == before


@pytest.mark.parametrize("revision", REVISIONS)
def test_data_survives_from_every_revision(database: Database, revision: str) -> None:
    run_import(database)
    before = content(database)
    downgrade_engine(database.engine, revision)
    assert schema_revision(database.engine) == revision
    if revision != HEAD:
        with pytest.raises(SchemaOutdatedError, match="cppcc db upgrade"):
            open_database(database.url, migrate=False)
        assert any("db upgrade" in problem for problem in check(database.url))
    upgrade(database.url)
    assert content(database) == before
    assert check(database.url) == []


def test_the_index_that_a_migration_builds_is_the_one_that_the_code_keeps(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cppcc.db'}"
    database = open_database(url)
    run_import(database)
    downgrade_engine(database.engine, "0002")
    upgrade(url)
    with database.begin() as session:
        rows = session.execute(
            text("SELECT publication_id, title, text, revision FROM revisions ORDER BY 1, revision")
        ).all()
        current = {row[0]: row for row in rows}
        forget = text(
            "INSERT INTO search_grams (search_grams, rowid, grams) VALUES ('delete', :id, :grams)"
        )
        assert current
        for id_, title, body, _ in current.values():
            session.execute(forget, {"id": id_, "grams": fts5_document(title, body)})
        session.execute(
            text("CREATE VIRTUAL TABLE what_is_left USING fts5vocab(search_grams, 'row')")
        )
        assert session.execute(text("SELECT count(*) FROM what_is_left")).scalar() == 0
        session.execute(text("DROP TABLE what_is_left"))
    database.close()


def test_postgresql_is_never_migrated_unasked(database_url: str) -> None:
    if database_url.startswith("sqlite"):
        open_database(database_url).close()
        assert check(database_url) == []
        return
    with pytest.raises(SchemaOutdatedError, match="no tables of ours"):
        open_database(database_url)
    open_database(database_url, migrate=True).close()
    open_database(database_url).close()


def test_the_index_of_words_can_be_made_as_pg_restore_makes_it(database: Database) -> None:
    """Without a search path; what it is made of must find the functions that it calls."""
    if database.engine.dialect.name == "sqlite":
        pytest.skip("runs on PostgreSQL alone")
    run_import(database)
    with database.begin() as session:
        session.execute(text("SET LOCAL search_path = ''"))
        session.execute(text("REINDEX INDEX public.ix_revisions_search"))

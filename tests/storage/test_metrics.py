"""v1_metrics: one value a committee, year and metric, or what contradicts."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from storage.articles.saving import save_articles
from storage.engine.database import Database
from storage.records import Figure, FigureScope, Genre
from storage.vocabulary import METRIC_NAMES
from tests.storage.samples import NOW, article, reading

KEY = "proposals_filed"


def told(
    value: float,
    *,
    whole: bool = True,
    scope: FigureScope = FigureScope.OWN,
    qualifier: str | None = None,
) -> Figure:
    """A number of proposals filed."""
    sentence = f"立案{value:g}件"
    return Figure(
        metric="立案提案", value=value, unit="件", sentence=sentence, span=(0, 4), key=KEY,
        qualifier=qualifier, scope=scope, whole=whole,
    )  # fmt: skip


def keep(database: Database, *publications: tuple[Genre, tuple[Figure, ...]]) -> None:
    articles = []
    for number, (genre, figures) in enumerate(publications):
        read = replace(reading(genre), figures=figures, events=())
        articles.append(replace(article(number), reading=read))
    with database.begin() as session:
        save_articles(session, articles, now=NOW, run_id=None)


def row(database: Database) -> tuple[object, ...] | None:
    """Value, qualifier and rule of the one cell."""
    with database.reading() as session:
        query = (
            f"SELECT value, qualifier, rule, sentence FROM v1_metrics WHERE metric_key = '{KEY}'"
        )
        found = session.execute(text(query)).one_or_none()
    return None if found is None else tuple(found)


REPORT, REVIEW, LIST = Genre.WORK_REPORT, Genre.ANNUAL_REVIEW, Genre.TEN_EVENTS


@pytest.mark.parametrize(
    ("publications", "value", "qualifier", "rule"),
    [
        ([(REVIEW, (told(612),))], 612, None, "total"),
        ([(REVIEW, (told(612), told(90, whole=False)))], 612, None, "total"),
        ([(REVIEW, (told(90, whole=False),))], 90, None, "part"),
        ([(REVIEW, (told(90, whole=False), told(30, whole=False)))], None, None, "parts"),
        ([(REVIEW, (told(612),)), (REPORT, (told(612),))], 612, None, "total"),
        ([(REVIEW, (told(612),)), (REPORT, (told(598),))], None, None, "conflict"),
        ([(REVIEW, (told(600, qualifier="余"),)), (LIST, (told(612),))], 612, None, "total"),
        ([(REVIEW, (told(900, qualifier="余"),)), (LIST, (told(612),))], None, None, "conflict"),
        ([(REVIEW, (told(600, qualifier="余"),))], 600, "余", "total"),
    ],
)
def test_one_value_or_what_contradicts(
    database: Database,
    publications: list[tuple[Genre, tuple[Figure, ...]]],
    value: float | None,
    qualifier: str | None,
    rule: str,
) -> None:
    keep(database, *publications)
    found = row(database)
    assert found is not None
    assert found[:3] == (value, qualifier, rule)
    assert (found[3] is None) is (value is None)


@pytest.mark.parametrize(
    "publication",
    [
        (REVIEW, (told(82, scope=FigureScope.NATIONAL_SESSION),)),
        (REVIEW, (told(82, scope=FigureScope.OTHER),)),
        (Genre.CPPCC_NEWS, (told(82),)),
    ],
)
def test_what_is_not_the_committees_year_gives_no_row(
    database: Database, publication: tuple[Genre, tuple[Figure, ...]]
) -> None:
    keep(database, publication)
    assert row(database) is None


def test_each_metric_is_named_in_chinese(database: Database) -> None:
    figures = tuple(replace(told(3), key=key) for key in METRIC_NAMES)
    keep(database, (REVIEW, figures))
    with database.reading() as session:
        rows = session.execute(text("SELECT metric_key, metric_name_zh FROM v1_metrics")).all()
    assert {str(key): str(name) for key, name in rows} == METRIC_NAMES

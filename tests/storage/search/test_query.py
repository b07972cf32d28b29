"""Search against a plain substring scan, on both engines; ranking, filters, snippets."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from storage.articles.saving import save_articles
from storage.engine.database import Database
from storage.engine.tables import PublicationRow
from storage.links.sources import sync_sources
from storage.migrations.upgrading import upgrade_engine
from storage.records import Article, Committee, Genre, Level, SourceRecord
from storage.search import candidates, windows
from storage.search.grams import folded
from storage.search.query import search
from storage.search.snippets import snippet
from tests.storage.samples import DAY, NOW, article, reading
from tests.storage.steps import downgrade_engine

SIGNS = "政协提案委员会议云南省的一，。 \n2０Ａa…①𠮷"


def generated(count: int, seed: int) -> list[Article]:
    """Short articles over few characters, so that most pairs stand in most of them."""
    chance = random.Random(seed)
    return [
        replace(
            article(number),
            title="".join(chance.choices(SIGNS, k=chance.randint(1, 8))),
            text=f"{number}" + "".join(chance.choices(SIGNS, k=chance.randint(0, 40))),
            published_at=None if number % 7 == 0 else NOW - timedelta(hours=chance.randint(0, 99)),
        )
        for number in range(count)
    ]


def store(database: Database, articles: Sequence[Article]) -> list[int]:
    with database.begin() as session:
        outcomes = save_articles(session, articles, now=NOW, run_id=None)
    return [outcome.publication_id for outcome in outcomes]


def scan(articles: Sequence[Article], *terms: str) -> set[str]:
    """URLs of those that hold every term, without any index."""
    return {
        one.url
        for one in articles
        if all(folded(term) in folded(f"{one.title}\n{one.text}") for term in terms)
    }


def urls(database: Database, *terms: str, limit: int | None = None) -> list[str]:
    with database.reading() as session:
        return [hit.publication.url for hit in search(session, *terms, limit=limit)]


def test_every_query_finds_what_a_scan_finds(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "AHEAD", 1)
    articles = generated(150, seed=5)
    store(database, articles)
    chance = random.Random(6)
    for number in range(200):
        one = chance.choice(articles)
        words = f"{one.title}\n{one.text}"
        start = chance.randrange(len(words))
        query = words[start : start + number % 6 + 1]
        if number % 5 == 0:
            query = "".join(chance.choices(SIGNS, k=number % 6 + 1))
        found = urls(database, query)
        assert set(found) == scan(articles, query), query
        assert len(found) == len(set(found))
        best = urls(database, query, limit=5)
        assert best == found[:5], query
    assert set(urls(database, "政", "协")) == scan(articles, "政", "协")


@pytest.mark.parametrize("give_up", [40, 10_000])
def test_frequent_words_are_read_newest_first(
    database: Database, monkeypatch: pytest.MonkeyPatch, give_up: int
) -> None:
    """With more candidates than are sorted: the same answer, whether the walk ends or not."""
    articles = generated(150, seed=7)
    store(database, articles)
    queries = ["政", "协", "政协", "员，", "一2", "a", "云南省"]
    every = {query: urls(database, query) for query in queries}
    monkeypatch.setattr(candidates, "CANDIDATES", 3)
    monkeypatch.setattr(candidates, "WALK_LIMIT", give_up)
    monkeypatch.setattr(candidates, "CHUNKS", (4, 8))
    for query in queries:
        assert set(every[query]) == scan(articles, query)
        for limit in (1, 7):
            assert urls(database, query, limit=limit) == every[query][:limit], (query, limit)


@pytest.mark.parametrize(("newest", "at_once"), [((2, 5), 10), ((5, 40), 1000), ((0, 20), 2)])
def test_the_newest_days_are_asked_first(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    newest: tuple[int, int],
    at_once: int,
) -> None:
    """The same answer as that of all that is found, sorted, also after days have changed."""
    articles = generated(150, seed=9)
    ids = store(database, articles)
    queries = ["政", "协", "政协", "员，", "一2", "a", "云南省", "无"]
    with database.begin() as session:
        for id_ in ids[::3]:  # as another reading of a page does
            moved = NOW - timedelta(days=id_)
            changed = update(PublicationRow).where(PublicationRow.id == id_)
            session.execute(changed.values(published_at=None if id_ % 4 == 0 else moved))
    every = {query: urls(database, query) for query in queries}
    monkeypatch.setattr(candidates, "IN_HEAP", 3)
    monkeypatch.setattr(candidates, "CANDIDATES", 3)
    monkeypatch.setattr(candidates, "AT_ONCE", at_once)
    monkeypatch.setattr(windows, "NEWEST", newest)
    for query in queries:
        assert set(every[query]) == scan(articles, query)
        for limit in (1, 7, 40):
            assert urls(database, query, limit=limit) == every[query][:limit], (query, limit)


def test_a_revision_is_found_by_its_own_words_only(database: Database) -> None:
    one = replace(article(1), title="委员读书", text="协商在基层的做法")
    store(database, [one])
    store(database, [replace(one, title="委员读书活动", text="监督有新招")])
    assert urls(database, "协商") == []
    assert urls(database, "监督") == urls(database, "书活") == [one.url]


def test_titles_then_originals_then_the_newest(database: Database) -> None:
    base = article(1)
    body = "全省政协系统深入开展调查研究，围绕中心工作建言资政，" * 6
    articles = [
        replace(article(1), title="甲", text="提案" + "一二三四五" * 9, published_at=NOW - DAY),
        replace(article(2), title="乙", text="提案" + "子丑寅卯辰" * 9, published_at=NOW),
        replace(article(3), title="提案工作", text="金木水火土" * 9, published_at=NOW - 9 * DAY),
        replace(base, url="https://a.example.cn/4", title="丙", text=f"提案{body}",
                published_at=NOW - 3 * DAY),
        replace(base, url="https://b.example.cn/5", title="丙", text=f"提案{body}",
                published_at=NOW - 2 * DAY),
        replace(article(6), title="丁", text="提案" + "春夏秋冬天" * 9, published_at=None),
    ]  # fmt: skip
    store(database, articles)
    with database.reading() as session:
        hits = search(session, "提案")
    assert [hit.in_title for hit in hits] == [True] + [False] * 5
    shown = [(hit.publication.is_original, hit.publication.published_at) for hit in hits[1:]]
    originals = [at for original, at in shown if original]
    assert [original for original, _ in shown] == [True] * 4 + [False]
    assert originals[-1] is None
    assert originals[:-1] == sorted((at for at in originals if at), reverse=True)


def test_filters(database: Database) -> None:
    with database.begin() as session:
        source = SourceRecord(id="gx", name="广西政协网", region="广西")
        sync_sources(session, [source], now=NOW)
    yunnan = replace(article(1, genre=Genre.TEN_EVENTS), text="协商议政甲乙丙丁戊己庚辛")
    reviewed = replace(
        reading(Genre.ANNUAL_REVIEW),
        committee=Committee(level=Level.PROVINCIAL, region="贵州", name="贵州省政协"),
        years=(2018, 2022),
    )
    guizhou = replace(article(2), text="协商议政子丑寅卯辰巳午未", reading=reviewed)
    guangxi = replace(article(3, source_id="gx"), text="协商议政春夏秋冬东西南北")
    store(database, [yunnan, guizhou, guangxi])

    def found(
        *, region: str | None = None, year: int | None = None, genre: Genre | None = None
    ) -> list[str]:
        with database.reading() as session:
            hits = search(session, "协商", region=region, year=year, genre=genre)
        return [hit.publication.url for hit in hits]

    assert len(found()) == 3
    assert found(region="云南") == [yunnan.url]
    assert found(region="广西") == [guangxi.url]  # names no committee: its source's region
    assert found(year=2020) == [guizhou.url]
    assert found(year=2025) == [yunnan.url]
    assert found(year=2026) == [guangxi.url]  # states no year: published in it
    assert found(genre=Genre.ANNUAL_REVIEW, region="贵州", year=2022) == [guizhou.url]
    assert found(genre=Genre.ANNUAL_REVIEW, region="云南") == []


def test_what_is_found_is_marked(database: Database) -> None:
    body = "开篇语" * 30 + "\n全年ＡＢ立案提案６１２件，提案办复率…" + "余下的话" * 40
    one = replace(article(1), title="提案工作回眸", text=body)
    store(database, [one])
    with database.reading() as session:
        (hit,) = search(session, "提案", "612件")
    assert [one.title[a:b] for a, b in hit.title_highlights] == ["提案"]
    assert not hit.in_title
    assert hit.snippet.startswith("…")
    assert hit.snippet.endswith("…")
    assert "\n" not in hit.snippet
    assert [hit.snippet[a:b] for a, b in hit.highlights] == ["提案６１２件", "提案"]


def test_a_snippet_without_a_hit_is_the_beginning() -> None:
    assert snippet("短文", ["没有"]).text == "短文"
    assert snippet("", ["没有"]).highlights == ()


@pytest.mark.parametrize("terms", [(), ("",), ("政协", "")])
def test_an_empty_query_is_refused(database: Database, terms: tuple[str, ...]) -> None:
    with database.reading() as session, pytest.raises(ValueError, match="nothing to search for"):
        search(session, *terms)


@pytest.mark.parametrize("query", ['"', "'", "*", "政*", "a OR b", "-政", "NEAR(", "%", "_", ":"])
def test_signs_of_query_languages_are_plain_characters(database: Database, query: str) -> None:
    one = replace(article(1), text=f"前{query}后")
    store(database, [one, replace(article(2), text="政协 a b")])
    assert urls(database, query) == [one.url]


def test_the_index_is_made_for_words_stored_before_it(database: Database) -> None:
    articles = generated(40, seed=8)
    store(database, articles)
    store(database, [replace(articles[0], text="后来的话")])
    current = [replace(articles[0], text="后来的话"), *articles[1:]]
    database.close()
    downgrade_engine(database.engine, "0002")
    with database.engine.connect() as connection:
        kept = connection.execute(text("SELECT count(*) FROM publications")).scalar_one()
    assert kept == 40
    upgrade_engine(database.engine)
    for query in ("政", "政协", "后来的", "提案委"):
        assert set(urls(database, query)) == scan(current, query)

"""Writes against the bare driver, the seen-check, and the downstream queries at a million rows."""

import gc
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session

from storage.articles import saving as articles_module
from storage.articles.saving import save_articles
from storage.engine import bulk, changes
from storage.engine.database import Database
from storage.engine.tables import Base
from storage.links.discoveries import known_links, record_links
from storage.records import Article, Genre, Link
from storage.stories import matching as stories
from tests.benchmarks.chinese import article_text
from tests.storage.samples import NOW, article
from tests.storage.steps import save_article
from tests.storage.test_data_contract import examples

pytestmark = pytest.mark.bench

ARTICLES = 6000
BATCH = 200
ROWS = int(os.environ.get("CPPCC_BENCH_ROWS", "1000000"))

Statements = list[tuple[str, Sequence[object], bool]]
Signatures = Sequence[tuple[int, bytes]]
Keys = tuple[Sequence[int], Sequence[int], Signatures]
Written = list[tuple[type[Base], list[dict[str, object]]]]


def made_up(count: int) -> list[Article]:
    """Articles of 1,200 characters; every twentieth is read with events and figures."""
    return [
        replace(
            article(n, text=article_text(n), genre=Genre.ANNUAL_REVIEW if n % 20 == 0 else None),
            captures=(),
        )
        for n in range(count)
    ]


def clock(database: Database) -> float:
    """SQLite works in this process: its processor time is true on a busy machine too."""
    return time.process_time() if database.engine.dialect.name == "sqlite" else time.perf_counter()


def seconds(action: Callable[[], object], database: Database | None = None) -> float:
    """How long it took: by the wall, or by ``clock`` for a database."""
    began = time.perf_counter() if database is None else clock(database)
    action()
    return (time.perf_counter() if database is None else clock(database)) - began


def without_search(database: Database) -> None:
    """Drop the full-text index of PostgreSQL, which has a benchmark of its own."""
    if database.engine.dialect.name == "postgresql":
        with database.begin() as session:
            session.execute(text("DROP INDEX IF EXISTS ix_revisions_search"))


def test_writing_against_the_bare_driver(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same rows, in the same transactions: by our way, and by the driver's executemany."""
    without_search(database)
    articles = made_up(ARTICLES)
    batches: list[Written] = []
    inner = bulk.insert_rows

    def noted(session: Session, row: type[Base], rows: Sequence[dict[str, object]]) -> None:
        if rows:
            batches[-1].append((row, [dict(one) for one in rows]))
        inner(session, row, rows)

    def noted_keys(
        session: Session, found: Sequence[int], owners: Sequence[int], signatures: Signatures
    ) -> None:
        keys.append((list(found), list(owners), list(signatures)))
        inner_keys(session, found, owners, signatures)

    keys: list[Keys] = []
    inner_keys = stories.write_keys
    for module in (articles_module, changes, stories):
        monkeypatch.setattr(module, "insert_rows", noted)
    monkeypatch.setattr(stories, "write_keys", noted_keys)
    whole = 0.0
    for start in range(0, ARTICLES, BATCH):
        batches.append([])
        with database.begin() as session:
            began = clock(database)
            save_articles(session, articles[start : start + BATCH], now=NOW, run_id=None)
            whole += clock(database) - began
    monkeypatch.undo()

    statements = said(database, batches, keys)
    # The collector would walk all that this benchmark keeps, in our way's time only.
    gc.collect()
    gc.freeze()
    spent = {"ours": 0.0, "bare": 0.0}
    for number, batch in enumerate(batches):
        # By turns into the same growing tables: both meet the same busy machine.
        if number % 2:
            spent["bare"] += replay(database, statements[number])
        else:
            spent["ours"] += write(database, batch, keys[number])
    gc.unfreeze()
    count = sum(len(rows) for batch in batches for _, rows in batch)
    count += sum(len(found) + len(signatures) for found, _, signatures in keys)
    count //= 2  # each way wrote half of them
    ratio = spent["bare"] / spent["ours"]
    print(
        f"\n{database.engine.dialect.name}: {count} rows of {ARTICLES} articles, batches of"
        f" {BATCH}: ours {count / spent['ours']:,.0f} rows/s, bare executemany"
        f" {count / spent['bare']:,.0f} rows/s: {ratio:.0%}\n"
        f"  whole save_articles with fingerprint, stories and search index:"
        f" {whole / ARTICLES * 1000:.2f} ms an article"
    )
    assert ratio >= 0.8


def write(database: Database, batch: Written, keys: Keys) -> float:
    """The rows of a batch of articles, in a transaction."""
    began = clock(database)
    with database.begin() as session:
        for row, rows in batch:
            bulk.insert_rows(session, row, rows)
        stories.write_keys(session, *keys)
    return clock(database) - began


def said(database: Database, batches: list[Written], keys: list[Keys]) -> list[Statements]:
    """What each batch says to the driver."""
    found: list[Statements] = []

    def seen(
        connection: Connection, cursor: object, statement: str, parameters: Sequence[object],
        context: object, many: bool,
    ) -> None:  # fmt: skip
        if statement.startswith("INSERT"):
            found[-1].append((statement, parameters, many))

    empty(database)
    event.listen(database.engine, "before_cursor_execute", seen)
    for batch, batch_keys in zip(batches, keys, strict=True):
        found.append([])
        write(database, batch, batch_keys)
    event.remove(database.engine, "before_cursor_execute", seen)
    empty(database)
    return found


def empty(database: Database) -> None:
    """No publications; the search index stays as it is."""
    tables = (
        "flag_notes flags signatures bands figures events captures revisions changes publications"
        " stories"
    )
    with database.begin() as session:
        for table in tables.split():
            session.execute(text(f"DELETE FROM {table}"))
    if database.engine.dialect.name == "sqlite":
        # Else the log is written back in whichever commit comes next.
        raw = database.engine.raw_connection()
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()


def replay(database: Database, batch: Statements) -> float:
    """The same statements through the driver alone."""
    connection = database.engine.raw_connection()
    cursor = connection.cursor()
    began = clock(database)
    if database.engine.dialect.name == "sqlite":
        cursor.execute("BEGIN IMMEDIATE")
    for statement, parameters, many in batch:
        (cursor.executemany if many else cursor.execute)(statement, parameters)  # type: ignore[arg-type]  # as it was given
    connection.commit()
    spent = clock(database) - began
    connection.close()
    return spent


def test_the_crawl_path(database: Database) -> None:
    """One transaction an article, and batches of 20, raw pages included."""
    articles = [article(n, text=article_text(n)) for n in range(1200)]

    def one_by_one() -> None:
        for one in articles[:400]:
            with database.begin() as session:
                save_article(session, one, now=NOW, run_id=None)

    def in_batches() -> None:
        for start in range(400, 1200, 20):
            with database.begin() as session:
                save_articles(session, articles[start : start + 20], now=NOW, run_id=None)

    single = seconds(one_by_one, database) / 400
    batched = seconds(in_batches, database) / 800
    print(
        f"\n{database.engine.dialect.name}: save_article {single * 1000:.2f} ms each in a"
        f" transaction of its own, {batched * 1000:.2f} ms in batches of 20"
    )
    if database.engine.dialect.name == "sqlite":
        assert batched <= 0.0025


def test_the_seen_check(database: Database) -> None:
    urls = [f"https://www.example.cn/2025/c{n // 100}/content_{n}.html" for n in range(100_000)]
    with database.begin() as session:
        for start in range(0, len(urls), 5000):
            links = [Link(url=url, title="政协要闻") for url in urls[start : start + 5000]]
            record_links(session, "a", links, now=NOW, run_id=None)
    fresh = [f"https://www.example.cn/2026/{n}.html" for n in range(50_000)]
    asked = [url for pair in zip(urls[:50_000], fresh, strict=True) for url in pair]
    with database.reading() as session:
        known = 0

        def ask() -> None:
            nonlocal known
            for start in range(0, len(asked), 1000):
                known += len(known_links(session, "a", asked[start : start + 1000]))

        rate = len(asked) / min(seconds(ask, database) for _ in range(3))
    assert known == 3 * 50_000
    print(f"\n{database.engine.dialect.name}: seen-check {rate:,.0f} URLs/s, half of them known")
    assert rate >= 50_000


SERIES = {
    "sqlite": (
        "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {rows})"
    ),
    "postgresql": "WITH series AS (SELECT generate_series(1, {rows}) AS n)",
}
REGION = (
    "CASE (n / 100) % 32 WHEN 0 THEN '云南' WHEN 1 THEN '广东' WHEN 2 THEN '四川'"
    " WHEN 3 THEN '湖北' WHEN 4 THEN '江苏' WHEN 5 THEN '甘肃' WHEN 6 THEN '吉林' ELSE '海南' END"
)
GENRE = (
    "CASE WHEN n % 100 = 0 THEN 'ten_events' WHEN n % 100 = 1 THEN 'annual_review'"
    " WHEN n % 3 = 0 THEN 'other' ELSE 'cppcc_news' END"
)
FILLS = (
    "INSERT INTO stories (id, original_id, created_at) {series} SELECT n, n, {now} FROM series",
    "INSERT INTO publications (id, url, source_id, region, title, published_at,"
    " published_precision, images, page_score, page_evidence, first_seen_at, last_seen_at,"
    " missing_checks, genre, score, rules_version, evidence, issues, committee_level,"
    " committee_region, committee_name, year_from, year_to, content_sha256, story_id,"
    " is_original, revision)"
    " {series} SELECT n, 'https://www.example.cn/' || n, 's' || (n % 4000), {region},"
    " '政协工作动态' || n, {at}, 'second', '[]', 1, '[]', {now}, {now}, 0, {genre}, 0.9, 'r1',"
    " '[]', '[]', CASE WHEN n % 400 < 2 THEN 'provincial' ELSE 'county' END, {region}, '政协',"
    " 2000 + n / 7 % 26, 2000 + n / 7 % 26, 'x', n, {true}, 1 FROM series",
    "INSERT INTO revisions (publication_id, revision, seen_at, title, text, content_sha256)"
    " {series} SELECT n, 1, {now}, '政协工作动态' || n, '全年立案提案若干件', 'x' FROM series",
    "INSERT INTO changes (at, kind, publication_id) {series} SELECT {now}, 'add', n FROM series",
    "INSERT INTO events (publication_id, position, ordinal, heading, body)"
    " {series} SELECT n, 0, 1, '提案办理', '全年' FROM series",
    "INSERT INTO figures (publication_id, position, metric, key, value, unit, sentence,"
    " span_start, span_end) {series} SELECT n, 0, '立案提案',"
    " CASE WHEN n % 50 = 0 THEN 'proposals_filed' ELSE 'other' || (n % 500) END, n, '件', '全年',"
    " 0, 2 FROM series",
    "INSERT INTO flags (story_id, publication_id, genre, score, evidence, raised_at, status)"
    " {series} SELECT n, n, 'ten_events', 0.9, '[]', {at},"
    " CASE WHEN n % 500 = 0 THEN 'open' ELSE 'accepted' END FROM series WHERE n % 50 = 0",
    "INSERT INTO runs (source_id, trigger, due_at, state, options, token, created_at, verdict,"
    " requested, accepted, refused, refused_by_class, pages, articles_new, articles_changed,"
    " articles_unchanged, reposts, flags, finished_at)"
    " {series} SELECT CASE WHEN n % 1000 = 0 THEN 'ynzx' ELSE 's' || (n % 4000) END, 'clock', {at},"
    " 'finished', '{{}}', 1, {now}, CASE WHEN n % 9 = 0 THEN 'partial' ELSE 'complete' END,"
    " 1, 1, 0, '{{}}', 1, 1, 0, 0, 0, 0, {at} FROM series",
)


def fill(database: Database) -> None:
    """A million rows in each large table, in the engine's own words."""
    name = database.engine.dialect.name
    sqlite = name == "sqlite"
    words = {
        "series": SERIES[name].format(rows=ROWS),
        "region": REGION,
        "genre": GENRE,
        "now": "'2026-01-20 01:30:00.000000'" if sqlite else "timestamptz '2026-01-20 01:30:00+00'",
        "at": "strftime('%Y-%m-%d %H:%M:%S.000000', 946684800 + n * 800, 'unixepoch')"
        if sqlite
        else "timestamptz '2000-01-01 00:00:00+00' + n * interval '800 seconds'",
        "true": "1" if sqlite else "true",
    }
    with database.begin() as session:
        connection = session.connection()
        for statement in FILLS:
            whole = statement.format(**words)
            connection.exec_driver_sql(whole if sqlite else whole.replace("%", "%%"))
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("ANALYZE" if sqlite else "VACUUM ANALYZE")


def rows_of(connection: Connection, query: str) -> Sequence[object]:
    return connection.exec_driver_sql(query).all()


def test_downstream_queries_at_a_million_rows(database: Database) -> None:
    """The SQL examples of docs/data.md, as they stand there."""
    without_search(database)
    fill(database)
    bound = 0.005 if database.engine.dialect.name == "sqlite" else 0.010
    slow = []
    print(f"\n{database.engine.dialect.name}, {ROWS:,} publications: SQL of docs/data.md")
    with database.reading() as session:
        connection = session.connection()
        for query in examples("sql"):
            found = rows_of(connection, query)
            times = [seconds(partial(rows_of, connection, query), database) for _ in range(60)]
            p95 = statistics.quantiles(times, n=20)[-1]
            view = query.split("FROM ")[1].split()[0]
            print(
                f"  {view:16} {len(found):5} rows, p50 {statistics.median(times) * 1000:6.2f} ms,"
                f" p95 {p95 * 1000:6.2f} ms"
            )
            if p95 >= bound:
                slow.append(view)
    assert slow == []

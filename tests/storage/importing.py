"""An import that a test may kill: ``python -m tests.storage.importing URL``.

The same articles every time: new ones, copies, revisions and flagged ones, in batches of a
few, each batch in one transaction.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import text

from storage.articles.saving import save_articles
from storage.engine.database import Database, open_database
from storage.links.discoveries import record_links
from storage.records import Article, Genre, Link
from tests.storage.samples import DAY, NOW, article

ARTICLES = 80
BATCH = 4


def batches() -> Iterator[list[Article]]:
    """All batches of the import, the same every time; nothing in them depends on the clock."""
    for start in range(0, ARTICLES, BATCH):
        batch = []
        for number in range(start, start + BATCH):
            genre = Genre.ANNUAL_REVIEW if number % 5 == 0 else Genre.CPPCC_NEWS
            one = article(number, genre=genre)
            if number % 8 == 7:  # a copy of the one before
                one = replace(one, text=article(number - 1).text)
            batch.append(one)
        yield batch
    for number in range(0, ARTICLES, 10):
        one = article(number, genre=Genre.ANNUAL_REVIEW)
        yield [replace(one, text=one.text + "\n更正：原文有一处数字有误。")]


def run_import(database: Database, *, aloud: bool = False) -> None:
    """Import everything that is not there yet; a batch that was cut off is done again."""
    for number, batch in enumerate(batches()):
        with database.begin() as session:
            done = session.execute(
                text("SELECT count(*) FROM refusals WHERE url = :mark"), {"mark": f"batch {number}"}
            ).scalar_one()
            if done:
                continue
            links = [Link(url=one.url, title=one.title) for one in batch]
            record_links(session, "ynzx", links, now=NOW, run_id=None)
            save_articles(session, batch, now=NOW + number * DAY, run_id=None)
            # Any row that commits with the batch would do as the mark of what was done.
            session.execute(
                text(
                    "INSERT INTO refusals (source_id, url, kind, refusal_class, detail, at)"
                    " VALUES ('test', :mark, 'article', 'ours', '', :now)"
                ),
                {"mark": f"batch {number}", "now": NOW.replace(tzinfo=None)},
            )
        if aloud:
            print(number, flush=True)  # noqa: T201 - the test that started us reads it


if __name__ == "__main__":
    run_import(open_database(sys.argv[1], migrate=False), aloud=True)

"""Raw pages of ordinary news are dropped in time; what was flagged keeps all of its pages."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from storage.articles.pruning import prune
from storage.articles.snapshots import get_snapshot, sha256_of
from storage.engine.database import Database
from storage.errors import SnapshotDroppedError
from storage.exports import Format, export
from storage.publications.reading import get_publication
from storage.records import Article, Capture, Genre
from tests.storage.samples import NOW, TEXT, article, reading
from tests.storage.steps import save_article

LATER = NOW + timedelta(days=400)
BEFORE = LATER - timedelta(days=365)


def news(number: int) -> Article:
    """An article that is read as ordinary news."""
    return replace(article(number), reading=replace(reading(), genre=Genre.CPPCC_NEWS))


def kept(database: Database, one: Article) -> bool:
    """Whether the page of an article is still there."""
    with database.reading() as session:
        try:
            body = get_snapshot(session, sha256_of(one.captures[0].body))
        except SnapshotDroppedError:
            return False
    assert body == one.captures[0].body
    return True


def fetched_later(one: Article) -> Article:
    """The same, fetched when it is still too young to be dropped."""
    return replace(one, captures=(replace(one.captures[0], fetched_at=BEFORE),))


def save(database: Database, *articles: Article) -> None:
    with database.begin() as session:
        for one in articles:
            save_article(session, one, now=NOW, run_id=None)


def test_old_pages_of_news_are_dropped_and_only_they(database: Database, tmp_path: Path) -> None:
    review = article(2, text=TEXT, genre=Genre.TEN_EVENTS)
    articles = (news(1), review, fetched_later(news(3)), replace(news(4), reading=None))
    save(database, *articles)
    counted = prune(database, before=BEFORE, now=LATER, apply=False)
    assert kept(database, articles[0])
    assert prune(database, before=BEFORE, now=LATER, apply=True) == counted
    assert (counted.pages, counted.size > 0) == (1, True)
    assert [kept(database, one) for one in articles] == [False, True, True, True]
    assert prune(database, before=BEFORE, now=LATER, apply=True).pages == 0
    with database.reading() as session:
        stored = get_publication(session, articles[0].url)
        archive = export(session, Format.WARC, tmp_path / "a.warc.gz")
    assert stored.text == articles[0].text
    assert stored.captures[0].sha256 == sha256_of(articles[0].captures[0].body)
    assert archive.count == 3


def test_all_pages_of_a_story_once_flagged_are_kept(database: Database) -> None:
    review = article(1, text=TEXT, genre=Genre.TEN_EVENTS)
    page = Capture(url=review.url, fetched_at=NOW, status=200, headers=(), body=b"<html>2</html>")
    revised = replace(news(1), url=review.url, text="改了，不再是十件大事。" * 9, captures=(page,))
    save(database, review, revised)
    assert prune(database, before=BEFORE, now=LATER, apply=True).pages == 0
    assert kept(database, review)
    assert kept(database, revised)


def test_a_dropped_page_that_is_fetched_again_is_kept_again(database: Database) -> None:
    save(database, news(1))
    prune(database, before=BEFORE, now=LATER, apply=True)
    assert not kept(database, news(1))
    save(database, replace(news(2), captures=news(1).captures))
    assert kept(database, news(1))

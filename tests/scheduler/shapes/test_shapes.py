"""One shape a thing: the same key says the same of a publication wherever it is printed."""

import json

from scheduler.shapes.flag import flag_json
from scheduler.shapes.listing import listing_json
from scheduler.shapes.publication import article_json, hit_json, publication_json, summary_json
from storage.articles.saving import save_articles
from storage.engine.database import Database
from storage.notices.flags import list_flags
from storage.publications.reading import get_publication, list_publications
from storage.records import Genre, Link, Listing
from storage.search.query import search
from tests.storage.samples import NOW, article


def test_the_same_key_says_the_same_everywhere(database: Database) -> None:
    one = article(1, genre=Genre.ANNUAL_REVIEW)
    with database.begin() as session:
        save_articles(session, [one], now=NOW, run_id=None)
    with database.reading() as session:
        stored = publication_json(get_publication(session, 1))
        (summary,) = list_publications(session)
        (hit,) = search(session, one.title)
        (flag,) = list_flags(session)
    read = article_json(one)
    assert read.items() <= stored.items()
    for shape in (summary_json(summary), hit_json(hit)):
        shared = shape.keys() & stored.keys()
        assert {"id", "url", "title", "published_at", "genre", "score", "years"} <= shared
        assert {key: shape[key] for key in shared} == {key: stored[key] for key in shared}
    assert flag_json(flag)["publication"] == stored["id"]
    assert flag_json(flag)["flag"] == flag.id
    assert json.dumps([stored, hit_json(hit), flag_json(flag)])


def links(count: int) -> tuple[Link, ...]:
    return tuple(Link(url=f"http://a.example/{n} 协商.html", title="会") for n in range(count))


def test_a_link_is_asked_for_as_scrapy_escapes_it() -> None:
    shape = listing_json(Listing(url="http://a.example/", links=links(1)))
    link = {"url": "http://a.example/0 协商.html", "title": "会", "date": None}
    link |= {"request": "http://a.example/0%20%E5%8D%8F%E5%95%86.html"}
    assert shape["links"] == [link]

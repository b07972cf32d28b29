"""Lists of publications: what they are narrowed to, in which order."""

from dataclasses import replace

from storage.engine.database import Database
from storage.publications.reading import list_publications
from storage.records import Genre
from tests.storage.samples import DAY, NOW, article
from tests.storage.steps import save_article


def test_the_last_year_is_that_of_a_cell(database: Database) -> None:
    spans = {1: (2020,), 2: (2018, 2019, 2020), 3: (2020, 2021), 4: (2021,)}
    for number, years in spans.items():
        one = article(number, genre=Genre.CPPCC_NEWS)
        assert one.reading
        assert one.published_at
        reading = replace(one.reading, years=years)
        one = replace(one, reading=reading, published_at=one.published_at + number * DAY)
        with database.begin() as session:
            save_article(session, one, now=NOW, run_id=None)
    with database.reading() as session:
        of_cell = list_publications(session, committee_region="云南", last_year=2020)
        covering = list_publications(session, committee_region="云南", year=2020)
    assert [one.years[-1] for one in of_cell] == [2020, 2020]
    assert [one.years for one in of_cell] == [(2018, 2020), (2020,)]
    assert len(covering) == 3

"""A month of ordinary news: 5,000 articles of which nothing is a review or a selection."""

from crawler.reading import read_publication
from fixtures.ordinary import placed
from storage.records import Article
from tests.crawler.reading.generator import words
from tests.crawler.reading.genre.corpora import written
from tests.crawler.reading.genre.ordinary_news import ordinary
from tests.crawler.reading.genre.test_wording_family import DAY

COUNT = 5_000
MOST_FLAGGED = 5


def test_a_month_of_ordinary_news_raises_at_most_five_flags() -> None:
    month = ordinary(seed=20251128, count=COUNT, half=1)
    flagged = [article.title for article, _ in month if read_publication(article).flagged]
    assert len(flagged) <= MOST_FLAGGED, flagged


def test_the_ordinary_pages_of_the_small_internet_raise_none() -> None:
    flagged = []
    for page in placed():
        text = "\n".join(block.words for block in page.text.blocks)
        article = Article(url="u", title=page.text.title, text=text, published_at=page.at)
        if read_publication(article).flagged:
            flagged.append(article.title)
    assert flagged == []


def test_routine_titles_alone_raise_none() -> None:
    news = [frame.format(who="市政协") for frame in words("family_news")]
    for title in news:
        article = Article(url="u", title=title, text="", published_at=DAY)
        assert not read_publication(article).flagged, title


def test_the_negatives_of_the_corpus() -> None:
    negatives = [text for text in written() if not text.flagged and not text.unsure]
    flagged = [t.identity for t in negatives if read_publication(t.article).flagged]
    assert len(negatives) >= 190
    assert len(flagged) <= MOST_FLAGGED, flagged
